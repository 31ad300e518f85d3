//! What is planned: changes of objects and of outputs.

use std::sync::Arc;

use groma_engine::{Action, ActionReason, InstanceChange, OutputChange};
use groma_value::{Value, type_to_json};

use super::hook::resource_json;
use crate::json::{Json, Object, known_json};
use crate::plan::importing_json;

/// The message and the content of a planned change; `None` if nothing is planned.
pub(super) fn planned(change: &InstanceChange) -> Option<(String, Object)> {
    let action = action(change);
    (action != "noop").then(|| (format!("{}: Plan to {action}", change.addr), json(change, action)))
}

/// The message and the content of a change that happened outside.
pub(super) fn drifted(change: &InstanceChange) -> (String, Object) {
    let action = action(change);
    (format!("{}: Drift detected ({action})", change.addr), json(change, action))
}

fn json(change: &InstanceChange, action: &str) -> Object {
    let mut out = Object::new();
    out.set("resource", resource_json(&change.addr));
    if change.is_moved() {
        out.set("previous_resource", resource_json(&change.prev_run_addr));
    }
    out.set("action", action);
    out.set_some("reason", reason(change.reason));
    if let Some(import) = &change.importing {
        out.set("importing", importing_json(import));
    }
    out.set_some("generated_config", change.generated_config.as_deref());
    out
}

/// What is done to an object, which may be no more than to know it under another address.
fn action(change: &InstanceChange) -> &'static str {
    match change.action {
        Action::NoOp if change.is_moved() => "move",
        Action::NoOp if change.importing.is_some() => "import",
        action => word(action),
    }
}

const fn word(action: Action) -> &'static str {
    match action {
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

/// The stream's own words for reasons; shorter than those of the plan's JSON.
const fn reason(reason: ActionReason) -> Option<&'static str> {
    use ActionReason as R;
    Some(match reason {
        R::None => return None,
        R::ReplaceBecauseTainted => "tainted",
        R::ReplaceByRequest => "requested",
        R::ReplaceByTriggers => "replace_triggered_by",
        R::ReplaceBecauseCannotUpdate => "cannot_update",
        R::DeleteBecauseNoResourceConfig => "delete_because_no_resource_config",
        R::DeleteBecauseWrongRepetition => "delete_because_wrong_repetition",
        R::DeleteBecauseCountIndex => "delete_because_count_index",
        R::DeleteBecauseEachKey => "delete_because_each_key",
        R::DeleteBecauseNoModule => "delete_because_no_module",
        R::DeleteBecauseNoMoveTarget => "delete_because_no_move_target",
        R::ReadBecauseConfigUnknown => "read_because_config_unknown",
        R::ReadBecauseDependencyPending => "read_because_dependency_pending",
        R::ReadBecauseCheckNested => "read_because_check_nested",
    })
}

/// How outputs will change.
pub(super) fn planned_outputs(outputs: &[OutputChange]) -> Json {
    let members = outputs.iter().map(|output| {
        let mut member = Object::new();
        member.set("sensitive", output.sensitive).set("action", word(output.action));
        (&*output.name, Json::from(member))
    });
    Json::Object(members.collect())
}

/// Outputs as they are.
pub(super) fn output_values(outputs: &[(Arc<str>, Value, bool)]) -> Json {
    let members = outputs.iter().map(|(name, value, sensitive)| {
        let mut member = Object::new();
        member.set("sensitive", *sensitive);
        member.set("type", Json::Raw(type_to_json(&value.ty()).to_string()));
        if !sensitive {
            member.set("value", known_json(value).unwrap_or(Json::Null));
        }
        (&**name, Json::from(member))
    });
    Json::Object(members.collect())
}
