//! Events as JSON lines: Terraform's machine-readable UI, version 1.2.

mod change;
mod hook;

use std::time::SystemTime;

use groma_diag::{Diagnostic, Severity, SourceMap};
use groma_engine::{Counts, Event};

use super::summary_text;
use crate::diagnostic::diagnostic_json;
use crate::json::{Json, Object};

/// Writes events as lines.
#[derive(Clone, Copy, Debug)]
pub struct JsonStream<'a> {
    /// For diagnostics.
    pub sources: &'a SourceMap,
    /// Whether the command destroys: what was applied is then summed up as such.
    pub destroys: bool,
}

/// The line that opens the stream.
pub fn version_line(now: SystemTime) -> String {
    let mut line = start("info", "Terraform 1.11.4".to_owned(), now);
    line.set("terraform", "1.11.4").set("type", "version").set("ui", "1.2");
    Json::from(line).to_string()
}

/// A line that is only a message.
pub fn log_line(message: &str, now: SystemTime) -> String {
    let mut line = start("info", message.to_owned(), now);
    line.set("type", "log");
    Json::from(line).to_string()
}

/// The line of a diagnostic.
pub fn diagnostic_line(diagnostic: &Diagnostic, sources: &SourceMap, now: SystemTime) -> String {
    let (level, title) = match diagnostic.severity {
        Severity::Error => ("error", "Error"),
        Severity::Warning => ("warn", "Warning"),
    };
    let mut line = start(level, format!("{title}: {}", diagnostic.summary), now);
    line.set("diagnostic", Json::Raw(diagnostic_json(diagnostic, sources).to_string()));
    line.set("type", "diagnostic");
    Json::from(line).to_string()
}

/// The line that sums up changes.
pub fn change_summary(counts: &Counts, operation: &'static str, now: SystemTime) -> String {
    // Objects that are forgotten are no part of what Terraform sums up.
    let counts = Counts { forgotten: 0, ..*counts };
    let text = summary_text(&counts, operation != "plan", operation == "destroy");
    let mut changes = Object::new();
    changes.set("add", counts.added).set("change", counts.changed);
    changes.set("import", counts.imported).set("remove", counts.removed);
    changes.set("operation", operation);
    let mut line = start("info", text, now);
    line.set("changes", changes).set("type", "change_summary");
    Json::from(line).to_string()
}

fn start(level: &str, message: String, now: SystemTime) -> Object {
    let mut line = Object::new();
    line.set("@level", level).set("@message", message).set("@module", "terraform.ui");
    line.set("@timestamp", timestamp(now));
    line
}

/// RFC 3339 in UTC, with microseconds.
fn timestamp(now: SystemTime) -> String {
    jiff::Timestamp::try_from(now)
        .map(|at| at.strftime("%Y-%m-%dT%H:%M:%S.%6fZ").to_string())
        .unwrap_or_default()
}

impl JsonStream<'_> {
    /// The line of an event, without its end; `None` for events that the stream does not have.
    pub fn line(&self, event: &Event, now: SystemTime) -> Option<String> {
        let (message, ty, member) = match event {
            Event::Diagnostic(diagnostic) => {
                return Some(diagnostic_line(diagnostic, self.sources, now));
            }
            Event::ChangeSummary { counts, applied, .. } => {
                let operation = match (applied, self.destroys) {
                    (false, _) => "plan",
                    (true, true) => "destroy",
                    (true, false) => "apply",
                };
                return Some(change_summary(counts, operation, now));
            }
            Event::PlannedChange(change) => {
                let (message, change) = change::planned(change)?;
                (message, "planned_change", ("change", change.into()))
            }
            Event::Drift(change) => {
                let (message, change) = change::drifted(change);
                (message, "resource_drift", ("change", change.into()))
            }
            Event::Outputs(outputs) => {
                let message = format!("Outputs: {}", outputs.len());
                (message, "outputs", ("outputs", change::planned_outputs(outputs)))
            }
            Event::OutputValues(outputs) => {
                let message = format!("Outputs: {}", outputs.len());
                (message, "outputs", ("outputs", change::output_values(outputs)))
            }
            event => {
                let hook::Hook { message, ty, members } = hook::hook(event)?;
                (message, ty, ("hook", Json::from(members)))
            }
        };
        let mut line = start("info", message, now);
        line.set(member.0, member.1).set("type", ty);
        Some(Json::from(line).to_string())
    }
}
