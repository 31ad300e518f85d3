//! Plans as text for people.

mod header;
mod json;
mod notes;
mod outputs;

use std::fmt::Write as _;

use groma_engine::{Action, Counts, InstanceChange, Plan, PlanMode};

use crate::change::{self, Canvas};
use crate::schemas::Schemas;
use crate::style::{Color, Style, wrap};

pub use json::plan_json;
pub use outputs::output_changes;

/// Prose is wrapped here where the terminal does not say how wide it is.
const DEFAULT_WIDTH: usize = 78;

/// The whole plan: what was found changed outside, what will be done, and the summary.
pub fn plan_text(plan: &Plan, schemas: &Schemas, style: Style) -> String {
    let painter = Painter { schemas, style };
    let mut out = String::new();
    let drift = painter.drift(plan);
    out.push_str(&drift);
    let changes: Vec<&InstanceChange> = plan.told().filter(|c| is_shown(c)).collect();
    let outputs = output_changes(&plan.outputs, style);
    if changes.is_empty() && outputs.is_empty() && !plan.errored {
        out.push_str(&notes::no_changes(plan.mode, !drift.is_empty(), style));
        return out;
    }
    if plan.mode == PlanMode::RefreshOnly && changes.is_empty() {
        out.push_str(&outputs_section(&outputs, true, style));
        return out;
    }
    if !changes.is_empty() {
        if !drift.is_empty() {
            out.push('\n');
        }
        out.push_str(&painter.actions(&changes, plan.errored));
    }
    if !plan.errored || !changes.is_empty() {
        out.push_str(&summary(plan, &changes, style));
    }
    out.push_str(&outputs_section(&outputs, changes.is_empty(), style));
    out
}

fn outputs_section(outputs: &str, alone: bool, style: Style) -> String {
    if outputs.is_empty() {
        return String::new();
    }
    let title = style.paint(Color::Bold, "Changes to Outputs:");
    let mut out = format!("\n{title}\n{outputs}");
    if alone {
        out.push('\n');
        let text = "You can apply this plan to save these new output values to the Groma state, \
                    without changing any real infrastructure.";
        out.push_str(&prose(text, style));
    }
    out
}

fn summary(plan: &Plan, changes: &[&InstanceChange], style: Style) -> String {
    if changes.is_empty() {
        return String::new();
    }
    let mut counts = Counts::default();
    plan.told().for_each(|change| counts.count(change));
    let mut parts = Vec::new();
    if counts.imported > 0 {
        parts.push(format!("{} to import", counts.imported));
    }
    parts.push(format!("{} to add", counts.added));
    parts.push(format!("{} to change", counts.changed));
    parts.push(format!("{} to destroy", counts.removed));
    if counts.forgotten > 0 {
        parts.push(format!("{} to forget", counts.forgotten));
    }
    format!("{} {}.\n", style.paint(Color::Bold, "Plan:"), parts.join(", "))
}

/// A paragraph, wrapped, with its line ends.
pub(crate) fn prose(text: &str, style: Style) -> String {
    let width = if style.width == 0 { DEFAULT_WIDTH } else { style.width.min(DEFAULT_WIDTH) };
    wrap(text, width).iter().fold(String::new(), |mut out, line| {
        let _ = writeln!(out, "{line}");
        out
    })
}

/// Whether a change is worth a reader's time.
fn is_shown(change: &InstanceChange) -> bool {
    change.action != Action::NoOp || change.is_bookkeeping()
}

struct Painter<'a> {
    schemas: &'a Schemas,
    style: Style,
}

impl Painter<'_> {
    fn canvas(&self) -> Canvas {
        Canvas { style: self.style, symbols: true }
    }

    fn drift(&self, plan: &Plan) -> String {
        let shown: Vec<&InstanceChange> =
            plan.drift.iter().filter(|change| notes::is_relevant(change, plan)).collect();
        if shown.is_empty() {
            return String::new();
        }
        let mut out = notes::drift_intro(plan.mode, self.style);
        for change in shown {
            let _ = write!(out, "\n{}\n", self.change(change, true));
        }
        out.push('\n');
        out.push_str(&notes::drift_outro(plan.mode, self.style));
        out
    }

    fn actions(&self, changes: &[&InstanceChange], errored: bool) -> String {
        let mut out = String::new();
        let acting = changes.iter().filter(|c| c.action != Action::NoOp).map(|c| c.action);
        let symbols = header::legend(acting, self.style);
        if !symbols.is_empty() {
            let text = "Groma used the selected providers to generate the following execution \
                        plan. Resource actions are indicated with the following symbols:";
            let _ = write!(out, "\n{}{symbols}", prose(text, self.style));
        }
        let title = if errored {
            "Groma planned the following actions, but then encountered a problem:"
        } else {
            "Groma will perform the following actions:"
        };
        let _ = writeln!(out, "\n{}", self.style.paint(Color::Bold, title));
        for change in changes {
            let _ = write!(out, "\n{}\n", self.change(change, false));
        }
        out.push('\n');
        out
    }

    /// One change: its comment lines, its header and what is inside.
    fn change(&self, change: &InstanceChange, drift: bool) -> String {
        let mut out = header::comment(change, drift, self.style);
        if drift && change.is_moved() && change.action == Action::NoOp {
            return out.trim_end().to_owned();
        }
        let resource = &change.addr.resource;
        let keyword = match resource.mode {
            groma_addr::Mode::Data => "data",
            groma_addr::Mode::Managed => "resource",
            groma_addr::Mode::Ephemeral => "ephemeral",
        };
        let symbol = header::symbol(change.action, self.style);
        let _ = write!(out, "{symbol}{keyword} {:?} {:?} ", &*resource.ty, &*resource.name);
        out.push_str(&self.body(change));
        for cause in &change.replace_causes {
            out.push_str(&header::cause(cause, self.style));
        }
        out
    }

    fn body(&self, change: &InstanceChange) -> String {
        let forgets = matches!(change.action, Action::Forget);
        let side = |value| -> Option<&groma_value::Value> { Some(value) };
        let (before, after) = match change.action {
            Action::NoOp | Action::Forget => (side(&change.before), side(&change.before)),
            _ => (side(&change.before), side(&change.after)),
        };
        let (before, after) = if change.action == Action::NoOp && change.importing.is_some() {
            (side(&change.after), side(&change.after))
        } else {
            (before, after)
        };
        let schema = self.schemas.resource(&change.provider.provider, resource_of(change));
        let paths = if change.action.is_replace() { &change.required_replace[..] } else { &[] };
        let node = match schema {
            Some(schema) => change::block(&schema.block, before, after, paths),
            // The provider does not know the type any more: shown by what it is.
            None => change::output(before, after),
        };
        let _ = forgets;
        change::draw(&node, self.canvas(), 0)
    }
}

fn resource_of(change: &InstanceChange) -> &groma_addr::Resource {
    &change.addr.resource
}
