//! What is said around the changes: nothing to do, and what changed outside.

use groma_engine::{InstanceChange, Plan, PlanMode, RelevantResource};
use groma_value::Path;

use super::prose;
use crate::style::{Color, Style};

/// What is said when there is nothing to do.
pub(super) fn nothing_to_do(plan: &Plan, drifted: bool, style: Style) -> String {
    if plan.errored {
        let title = style.paint(Color::BoldRed, "Planning failed.");
        let text = "Groma encountered an error while generating this plan.";
        return format!("\n{title} {}\n\n", style.paint(Color::Bold, text));
    }
    let (title, text) = match plan.mode {
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
        PlanMode::Normal => (
            "Your infrastructure matches the configuration.",
            "Groma has compared your real infrastructure against your configuration and found no \
             differences, so no changes are needed.",
        ),
    };
    let none = style.paint(Color::BoldGreen, "No changes.");
    let title = style.paint(Color::Bold, title);
    format!("\n{none} {title}\n\n{}", prose(text, style))
}

/// What is said before the objects that changed outside.
pub(super) fn drift_intro(style: Style) -> String {
    let note = style.paint(Color::BoldCyan, "Note:");
    let title = style.paint(Color::Bold, "Objects have changed outside of Groma");
    let text = "Groma detected the following changes made outside of Groma since the last \
                \"groma apply\" which may have affected this plan:";
    format!("\n{note} {title}\n\n{}", prose(text, style))
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
    format!("\n\n{}", prose(text, style))
}

/// The attributes of a drifted object that may have led to one of the plan's changes.
pub(super) fn relevant<'a>(change: &InstanceChange, plan: &'a Plan) -> Vec<&'a Path> {
    let is_of = |resource: &RelevantResource| match resource {
        // One that names no instance means the object only where there is one without a key.
        RelevantResource::Resource(resource) => {
            change.addr.key == groma_addr::InstanceKey::None
                && *resource == change.addr.containing()
        }
        RelevantResource::Instance(instance) => *instance == change.addr,
    };
    plan.relevant_attributes.iter().filter(|r| is_of(&r.resource)).map(|r| &r.attribute).collect()
}
