//! Events as JSON lines: Terraform's machine-readable UI, version 1.2.

use std::time::SystemTime;

use groma_addr::ResourceInstance;
use groma_diag::{Diagnostic, Severity, SourceMap};
use groma_engine::{
    Action, ActionReason, Counts, Event, IdValue, InstanceChange, ObjectId, Operation,
    OutputChange, ProvisionedStatus,
};
use groma_value::type_to_json;

use super::summary_text;
use crate::diagnostic::diagnostic_json;
use crate::json::{Json, Object, known_json};
use crate::state::key_json;
use crate::style::Style;

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
    let text = summary_text(counts, operation != "plan", operation == "destroy");
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
        if let Event::Diagnostic(diagnostic) = event {
            return Some(diagnostic_line(diagnostic, self.sources, now));
        }
        if let Event::ChangeSummary { counts, applied, .. } = event {
            let operation = match (applied, self.destroys) {
                (false, _) => "plan",
                (true, true) => "destroy",
                (true, false) => "apply",
            };
            return Some(change_summary(counts, operation, now));
        }
        let message = match event {
            Event::PlannedChange(change) => planned_message(change)?,
            Event::Drift(change) => {
                format!("{}: Drift detected ({})", change.addr, verb_of(change))
            }
            Event::Outputs(outputs) => format!("Outputs: {}", outputs.len()),
            Event::OutputValues(outputs) => format!("Outputs: {}", outputs.len()),
            Event::RefreshDone { object, id } => {
                format!("{}: Refresh complete{}", super::text::address(object), bracket(id))
            }
            Event::ApplyStart { object, operation: Operation::Read, .. } => {
                format!("{}: Refreshing...", super::text::address(object))
            }
            Event::ApplyDone { object, operation: Operation::Read, elapsed, .. } => {
                let elapsed = super::text::duration(*elapsed);
                format!("{}: Refresh complete after {elapsed}", super::text::address(object))
            }
            Event::ApplyErrored { object, operation, elapsed } => {
                let (what, elapsed) = (noun(*operation), super::text::duration(*elapsed));
                format!("{}: {what} errored after {elapsed}", super::text::address(object))
            }
            Event::ProvisionOutput { object, provisioner, line } => {
                format!("{}: ({provisioner}): {line}", super::text::address(object))
            }
            Event::ProvisionDone { object, provisioner, status } => {
                let status = match status {
                    ProvisionedStatus::Done => "complete",
                    ProvisionedStatus::Errored => "errored",
                };
                let object = super::text::address(object);
                format!("{object}: ({provisioner}) Provisioning {status}")
            }
            other => super::event_line(other, super::Lines::All, Style::PLAIN)?,
        };
        let mut line = start("info", message, now);
        match event {
            Event::RefreshStart { object, id } => {
                line.set("hook", id_hook(object, id)).set("type", "refresh_start");
            }
            Event::RefreshDone { object, id } => {
                line.set("hook", id_hook(object, id)).set("type", "refresh_complete");
            }
            Event::PlannedChange(change) => {
                line.set("change", change_json(change)).set("type", "planned_change");
            }
            Event::Drift(change) => {
                line.set("change", change_json(change)).set("type", "resource_drift");
            }
            Event::Outputs(outputs) => {
                line.set("outputs", planned_outputs(outputs)).set("type", "outputs");
            }
            Event::OutputValues(outputs) => {
                let members = outputs.iter().map(|(name, value, sensitive)| {
                    let mut member = Object::new();
                    member.set("sensitive", *sensitive);
                    member.set("type", Json::Raw(type_to_json(&value.ty()).to_string()));
                    if !sensitive {
                        member.set("value", known_json(value).unwrap_or(Json::Null));
                    }
                    (&**name, Json::from(member))
                });
                line.set("outputs", Json::Object(members.collect())).set("type", "outputs");
            }
            _ => hook(&mut line, event)?,
        }
        Some(Json::from(line).to_string())
    }
}

/// The events of things done to one object.
fn hook(line: &mut Object, event: &Event) -> Option<()> {
    let action = |operation: &Operation| operation.action().json().first().copied().unwrap_or("");
    let mut hook = Object::new();
    let ty = match event {
        Event::ApplyStart { object, operation, id } => {
            hook.set("resource", resource_json(&object.addr)).set("action", action(operation));
            set_id(&mut hook, id);
            if is_ephemeral(*operation) { "ephemeral_op_start" } else { "apply_start" }
        }
        Event::ApplyProgress { object, operation, elapsed } => {
            hook.set("resource", resource_json(&object.addr)).set("action", action(operation));
            hook.set("elapsed_seconds", elapsed.as_secs());
            if is_ephemeral(*operation) { "ephemeral_op_progress" } else { "apply_progress" }
        }
        Event::ApplyDone { object, operation, id, elapsed } => {
            hook.set("resource", resource_json(&object.addr)).set("action", action(operation));
            set_id(&mut hook, id);
            hook.set("elapsed_seconds", elapsed.as_secs());
            if is_ephemeral(*operation) { "ephemeral_op_complete" } else { "apply_complete" }
        }
        Event::ApplyErrored { object, operation, elapsed } => {
            hook.set("resource", resource_json(&object.addr)).set("action", action(operation));
            hook.set("elapsed_seconds", elapsed.as_secs());
            if is_ephemeral(*operation) { "ephemeral_op_errored" } else { "apply_errored" }
        }
        Event::ProvisionStart { object, provisioner } => {
            hook.set("resource", resource_json(&object.addr)).set("provisioner", &**provisioner);
            "provision_start"
        }
        Event::ProvisionOutput { object, provisioner, line } => {
            hook.set("resource", resource_json(&object.addr)).set("provisioner", &**provisioner);
            hook.set("output", line.as_str());
            "provision_progress"
        }
        Event::ProvisionDone { object, provisioner, status } => {
            hook.set("resource", resource_json(&object.addr)).set("provisioner", &**provisioner);
            match status {
                ProvisionedStatus::Done => "provision_complete",
                ProvisionedStatus::Errored => "provision_errored",
            }
        }
        _ => return None,
    };
    line.set("hook", hook).set("type", ty);
    Some(())
}

/// What was tried, as the stream calls it.
const fn noun(operation: Operation) -> &'static str {
    match operation {
        Operation::Read => "Refresh",
        other => super::verb(other).done,
    }
}

const fn is_ephemeral(operation: Operation) -> bool {
    matches!(operation, Operation::Open | Operation::Renew | Operation::Close)
}

fn bracket(id: &IdValue) -> String {
    id.as_ref().map_or_else(String::new, |(key, value)| format!(" [{key}={value}]"))
}

fn set_id(hook: &mut Object, id: &IdValue) {
    if let Some((key, value)) = id {
        hook.set("id_key", *key).set("id_value", value.as_str());
    }
}

fn id_hook(object: &ObjectId, id: &IdValue) -> Object {
    let mut hook = Object::new();
    hook.set("resource", resource_json(&object.addr));
    set_id(&mut hook, id);
    hook
}

/// An address in its parts.
fn resource_json(addr: &ResourceInstance) -> Object {
    let mut out = Object::new();
    let ty = &*addr.resource.ty;
    let local = format!("{}{}", addr.resource, addr.key);
    out.set("addr", addr.to_string()).set("module", addr.module.to_string());
    out.set("resource", local);
    out.set("implied_provider", ty.split_once('_').map_or(ty, |(provider, _)| provider));
    out.set("resource_type", ty).set("resource_name", &*addr.resource.name);
    out.set("resource_key", key_json(&addr.key));
    out
}

fn planned_message(change: &InstanceChange) -> Option<String> {
    let addr = &change.addr;
    Some(match change.action {
        Action::NoOp if change.importing.is_some() => format!("{addr}: Plan to import"),
        Action::NoOp if change.is_moved() => format!("{addr}: Plan to move"),
        Action::NoOp => return None,
        _ => format!("{addr}: Plan to {}", verb_of(change)),
    })
}

fn verb_of(change: &InstanceChange) -> &'static str {
    match change.action {
        Action::NoOp if change.is_moved() => "move",
        Action::NoOp => "noop",
        Action::Create => "create",
        Action::Read => "read",
        Action::Update => "update",
        Action::DeleteThenCreate | Action::CreateThenDelete | Action::CreateThenForget => "replace",
        Action::Delete => "delete",
        Action::Forget => "remove",
        Action::Open => "open",
        Action::Renew => "renew",
        Action::Close => "close",
    }
}

fn change_json(change: &InstanceChange) -> Object {
    let mut out = Object::new();
    out.set("resource", resource_json(&change.addr));
    if change.is_moved() {
        out.set("previous_resource", resource_json(&change.prev_run_addr));
    }
    let action = match change.action {
        Action::NoOp if change.importing.is_some() => "import",
        _ => verb_of(change),
    };
    out.set("action", action);
    out.set_some("reason", reason(change.reason));
    if let Some(import) = &change.importing {
        let mut importing = Object::new();
        importing.set("id", import.id.as_str());
        out.set("importing", importing);
    }
    out.set_some("generated_config", change.generated_config.as_deref());
    out
}

/// The stream's own words for reasons; shorter than those of the plan's JSON.
const fn reason(reason: ActionReason) -> Option<&'static str> {
    Some(match reason {
        ActionReason::None => return None,
        ActionReason::ReplaceBecauseTainted => "tainted",
        ActionReason::ReplaceByRequest => "requested",
        ActionReason::ReplaceByTriggers => "replace_triggered_by",
        ActionReason::ReplaceBecauseCannotUpdate => "cannot_update",
        ActionReason::DeleteBecauseNoResourceConfig => "delete_because_no_resource_config",
        ActionReason::DeleteBecauseWrongRepetition => "delete_because_wrong_repetition",
        ActionReason::DeleteBecauseCountIndex => "delete_because_count_index",
        ActionReason::DeleteBecauseEachKey => "delete_because_each_key",
        ActionReason::DeleteBecauseNoModule => "delete_because_no_module",
        ActionReason::DeleteBecauseNoMoveTarget => "delete_because_no_move_target",
        ActionReason::ReadBecauseConfigUnknown => "read_because_config_unknown",
        ActionReason::ReadBecauseDependencyPending => "read_because_dependency_pending",
        ActionReason::ReadBecauseCheckNested => "read_because_check_nested",
    })
}

fn planned_outputs(outputs: &[OutputChange]) -> Json {
    let members = outputs.iter().map(|output| {
        let mut member = Object::new();
        member.set("sensitive", output.sensitive);
        let action = match output.action {
            Action::Create => "create",
            Action::Update => "update",
            Action::Delete => "delete",
            _ => "noop",
        };
        member.set("action", action);
        (&*output.name, Json::from(member))
    });
    Json::Object(members.collect())
}
