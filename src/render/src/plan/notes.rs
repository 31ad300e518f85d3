//! What is said around the changes: nothing to do, and what changed outside.

use std::fmt::Write as _;

use groma_engine::{InstanceChange, Plan, PlanMode, RelevantResource};

use super::prose;
use crate::style::{Color, Style};

/// What is said when there is nothing to do.
pub(super) fn no_changes(mode: PlanMode, drifted: bool, style: Style) -> String {
    let (title, text) = match mode {
        PlanMode::RefreshOnly if drifted => return String::new(),
        PlanMode::RefreshOnly => (
            "Your infrastructure still matches the configuration.",
            "Groma has checked that the real remote objects still match the result of your most \
             recent changes, and found no differences.",
        ),
        PlanMode::Destroy => (
            "No objects need to be destroyed.",
            "Either you have not created any objects yet or the existing objects were already \
             deleted outside of Groma.",
        ),
        PlanMode::Normal if drifted => (
            "Your infrastructure matches the configuration.",
            "Your configuration already matches the changes detected above. If you'd like to \
             update the Groma state to match, create and apply a refresh-only plan.",
        ),
        PlanMode::Normal => (
            "Your infrastructure matches the configuration.",
            "Groma has compared your real infrastructure against your configuration and found no \
             differences, so no changes are needed.",
        ),
    };
    let title = style.paint(Color::Bold, title);
    let mut out = String::new();
    let _ = write!(out, "\n{} {title}\n\n", style.paint(Color::Green, "No changes."));
    out + &prose(text, style)
}

/// What is said before the objects that changed outside.
pub(super) fn drift_intro(mode: PlanMode, style: Style) -> String {
    let text = if mode == PlanMode::RefreshOnly {
        "Groma detected the following changes made outside of Groma since the last \"groma apply\":"
    } else {
        "Groma detected the following changes made outside of Groma since the last \"groma apply\" \
         which may have affected this plan:"
    };
    let title = style.paint(Color::Bold, "Note: Objects have changed outside of Groma");
    format!("\n{title}\n\n{}", prose(text, style))
}

/// What is said after them.
pub(super) fn drift_outro(mode: PlanMode, style: Style) -> String {
    let text = if mode == PlanMode::RefreshOnly {
        "This is a refresh-only plan, so Groma will not take any actions to undo these. If you \
         were expecting these changes then you can apply this plan to record the updated values \
         in the Groma state without changing any remote objects."
    } else {
        "Unless you have made equivalent changes to your configuration, or ignored the relevant \
         attributes using ignore_changes, the following plan may include actions to undo or \
         respond to these changes."
    };
    let rule = "─".repeat(77);
    format!("\n{}\n{}", prose(text, style), style.paint(Color::Dim, format!("{rule}\n")))
}

/// Whether a drifted object may have led to one of the plan's changes. A refresh-only plan shows
/// all of them.
pub(super) fn is_relevant(change: &InstanceChange, plan: &Plan) -> bool {
    plan.mode == PlanMode::RefreshOnly
        || plan.relevant_attributes.iter().any(|relevant| match &relevant.resource {
            RelevantResource::Resource(resource) => *resource == change.addr.containing(),
            RelevantResource::Instance(instance) => *instance == change.addr,
        })
}
