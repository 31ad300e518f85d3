//! Plans as text for people.

mod header;
mod json;
mod notes;
mod outputs;

use std::fmt::Write as _;

use groma_engine::{Action, Counts, InstanceChange, Plan, PlanMode};

use crate::change::{self, Canvas, Node, Relevant};
use crate::schemas::Schemas;
use crate::style::{Color, Style, wrap};

pub(crate) use json::importing_json;
pub use json::plan_json;
pub use outputs::output_changes;

/// Prose is wrapped here where the terminal does not say how wide it is.
const DEFAULT_WIDTH: usize = 78;

/// The whole plan: what was found changed outside, what will be done, and the summary.
pub fn plan_text(plan: &Plan, schemas: &Schemas, style: Style) -> String {
    let painter = Painter { schemas, style };
    let changes: Vec<&InstanceChange> = plan.told().filter(|c| is_shown(c)).collect();
    let outputs = output_changes(&plan.outputs, style);
    let is_empty = changes.is_empty() && outputs.is_empty();
    let mut out = painter.drift(plan, is_empty);
    let drifted = !out.is_empty();
    if drifted && !(is_empty && plan.mode == PlanMode::RefreshOnly) {
        out.push_str(&rule(style));
    }
    if is_empty {
        out.push_str(&notes::nothing_to_do(plan, drifted, style));
        return out;
    }
    let acts = changes.iter().any(|change| change.action != Action::NoOp);
    if !changes.is_empty() {
        out.push_str(&painter.actions(&changes, plan.errored));
        out.push_str(&summary(&changes, style));
    }
    if !outputs.is_empty() {
        let _ = write!(out, "\nChanges to Outputs:\n{outputs}");
        if !acts {
            out.push('\n');
            let text = "You can apply this plan to save these new output values to the Groma \
                        state, without changing any real infrastructure.";
            out.push_str(&prose(text, style));
        }
    }
    out
}

/// A line across, between parts that are about different things, after an empty one.
pub fn rule(style: Style) -> String {
    let columns = if style.width == 0 { DEFAULT_WIDTH } else { style.width };
    format!("\n{}\n", style.paint(Color::Dim, "─".repeat(columns.saturating_sub(1))))
}

fn summary(changes: &[&InstanceChange], style: Style) -> String {
    let mut counts = Counts::default();
    for change in changes {
        counts.count(change);
    }
    let imports = match counts.imported {
        0 => String::new(),
        imports => format!("{imports} to import, "),
    };
    let Counts { added, changed, removed, .. } = counts;
    let title = style.paint(Color::Bold, "Plan:");
    format!("\n{title} {imports}{added} to add, {changed} to change, {removed} to destroy.\n")
}

/// A paragraph, wrapped, with its line ends.
pub fn prose(text: &str, style: Style) -> String {
    let width = if style.width == 0 { DEFAULT_WIDTH } else { style.width };
    wrap(text, width).iter().fold(String::new(), |mut out, line| {
        let _ = writeln!(out, "{line}");
        out
    })
}

/// Whether a change is worth a reader's time.
fn is_shown(change: &InstanceChange) -> bool {
    match change.action {
        Action::NoOp => change.is_bookkeeping(),
        // What was read is forgotten, which costs nobody anything.
        Action::Delete => change.addr.resource.mode == groma_addr::Mode::Managed,
        _ => true,
    }
}

struct Painter<'a> {
    schemas: &'a Schemas,
    style: Style,
}

impl Painter<'_> {
    /// What changed outside and may be why the plan does what it does; a refresh-only plan shows
    /// all of it.
    fn drift(&self, plan: &Plan, is_empty: bool) -> String {
        let all = plan.mode == PlanMode::RefreshOnly;
        if is_empty && !all {
            return String::new();
        }
        let mut shown = Vec::new();
        for change in &plan.drift {
            let relevant = notes::relevant(change, plan);
            if relevant.is_empty() && !all {
                continue;
            }
            let paths = if all { Relevant::ALL } else { Relevant::only(&relevant) };
            let node = self.difference(change, paths);
            if all || node.action != change::Action::NoOp {
                shown.push((change, node));
            }
        }
        if shown.is_empty() {
            return String::new();
        }
        let mut out = notes::drift_intro(self.style);
        for (change, node) in shown {
            let _ = write!(out, "\n{}\n", self.change(change, &node, true));
        }
        out.push_str(&notes::drift_outro(plan.mode, self.style));
        out
    }

    fn actions(&self, changes: &[&InstanceChange], errored: bool) -> String {
        let mut out = String::new();
        let mut acting = changes.iter().map(|c| c.action).filter(|action| *action != Action::NoOp);
        if acting.clone().next().is_some() {
            let text = "Groma used the selected providers to generate the following execution \
                        plan. Resource actions are indicated with the following symbols:";
            let symbols = header::legend(&mut acting, self.style);
            let _ = write!(out, "\n{}{symbols}", prose(text, self.style));
        }
        out.push_str(if errored {
            "\nGroma planned the following actions, but then encountered a problem:\n"
        } else {
            "\nGroma will perform the following actions:\n"
        });
        for change in changes {
            let node = self.difference(change, Relevant::ALL);
            let _ = write!(out, "\n{}\n", self.change(change, &node, false));
        }
        out
    }

    /// One change: its comment lines, its header and what is inside.
    fn change(&self, change: &InstanceChange, node: &Node, drift: bool) -> String {
        let mut out = header::comment(change, drift, self.style);
        let resource = &change.addr.resource;
        let keyword = match resource.mode {
            groma_addr::Mode::Data => "data",
            groma_addr::Mode::Managed => "resource",
            groma_addr::Mode::Ephemeral => "ephemeral",
        };
        let symbol = header::symbol(change.action, self.style);
        let _ = write!(out, "{symbol}{keyword} {:?} {:?} ", &*resource.ty, &*resource.name);
        let unchanged = change.importing.is_some();
        out.push_str(&change::draw(node, Canvas { style: self.style, symbols: true, unchanged }));
        for cause in &change.replace_causes {
            out.push_str(&header::cause(cause, self.style));
        }
        out
    }

    fn difference(&self, change: &InstanceChange, relevant: Relevant<'_>) -> Node {
        let (before, after) = match change.action {
            Action::NoOp if change.importing.is_some() => (&change.after, &change.after),
            // Nothing happens to the object itself.
            Action::NoOp | Action::Forget => (&change.before, &change.before),
            _ => (&change.before, &change.after),
        };
        let schema = self.schemas.resource(&change.provider.provider, &change.addr.resource);
        let paths = if change.action.is_replace() { &change.required_replace[..] } else { &[] };
        match schema {
            Some(schema) => {
                change::block(&schema.block, Some(before), Some(after), paths, relevant)
            }
            // The provider does not know the type any more: shown by what it is.
            None => change::output(Some(before), Some(after)),
        }
    }
}
