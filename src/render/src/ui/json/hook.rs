//! What happens to one object.

use std::time::Duration;

use groma_addr::ResourceInstance;
use groma_engine::{Event, IdValue, ObjectId, Operation, ProvisionedStatus};

use crate::json::Object;
use crate::state::key_json;
use crate::ui::text::{bracket, duration, seconds};
use crate::ui::{Verb, verb};

/// An event of one object.
pub(super) struct Hook {
    /// For people.
    pub(super) message: String,
    /// The event's `type`.
    pub(super) ty: &'static str,
    /// The event's `hook`.
    pub(super) members: Object,
}

/// The hook of an event; `None` for events of which the stream does not tell. A deposed object goes
/// by its instance's address there.
pub(super) fn hook(event: &Event) -> Option<Hook> {
    Some(match event {
        Event::RefreshStart { object, id } => {
            let message = format!("{}: Refreshing state...{}", object.addr, bracket(id, None));
            Hook { message, ty: "refresh_start", members: identified(of(object), id) }
        }
        Event::RefreshDone { object, id } => {
            let message = format!("{}: Refresh complete{}", object.addr, bracket(id, None));
            Hook { message, ty: "refresh_complete", members: identified(of(object), id) }
        }
        Event::ApplyStart { object, operation, id } => {
            let doing = words(*operation).doing;
            let message = format!("{}: {doing}...{}", object.addr, bracket(id, None));
            let ty = kind(*operation, "apply_start", "ephemeral_op_start");
            Hook { message, ty, members: identified(doing_to(object, *operation), id) }
        }
        Event::ApplyProgress { object, operation, elapsed, .. } => {
            let (still, after) = (words(*operation).still, duration(*elapsed));
            let message = format!("{}: Still {still}... [{after} elapsed]", object.addr);
            let ty = kind(*operation, "apply_progress", "ephemeral_op_progress");
            Hook { message, ty, members: timed(doing_to(object, *operation), *elapsed) }
        }
        Event::ApplyDone { object, operation, id, elapsed } => {
            let (done, after) = (words(*operation).done, duration(*elapsed));
            let id_text = bracket(id, None);
            let message = format!("{}: {done} complete after {after}{id_text}", object.addr);
            let ty = kind(*operation, "apply_complete", "ephemeral_op_complete");
            let members = identified(doing_to(object, *operation), id);
            Hook { message, ty, members: timed(members, *elapsed) }
        }
        // The diagnostics are all that is told of data that could not be read.
        Event::ApplyErrored { operation: Operation::Read, .. } => return None,
        Event::ApplyErrored { object, operation, elapsed } => {
            let (done, after) = (words(*operation).done, duration(*elapsed));
            let message = format!("{}: {done} errored after {after}", object.addr);
            let ty = kind(*operation, "apply_errored", "ephemeral_op_errored");
            Hook { message, ty, members: timed(doing_to(object, *operation), *elapsed) }
        }
        other => return provision(other),
    })
}

fn provision(event: &Event) -> Option<Hook> {
    Some(match event {
        Event::ProvisionStart { object, provisioner } => {
            let message = format!("{}: Provisioning with '{provisioner}'...", object.addr);
            Hook { message, ty: "provision_start", members: provisioned(object, provisioner) }
        }
        Event::ProvisionOutput { object, provisioner, line } => {
            let line = line.trim_end();
            // An empty line is not worth a message.
            if line.is_empty() {
                return None;
            }
            let message = format!("{}: ({provisioner}): {line}", object.addr);
            let mut members = provisioned(object, provisioner);
            members.set("output", line);
            Hook { message, ty: "provision_progress", members }
        }
        Event::ProvisionDone { object, provisioner, status } => {
            let (ty, how) = match status {
                ProvisionedStatus::Done => ("provision_complete", "complete"),
                ProvisionedStatus::Errored => ("provision_errored", "errored"),
            };
            let message = format!("{}: ({provisioner}) Provisioning {how}", object.addr);
            Hook { message, ty, members: provisioned(object, provisioner) }
        }
        _ => return None,
    })
}

/// What is done, as the stream calls it: there, data is refreshed rather than read.
const fn words(operation: Operation) -> Verb {
    match operation {
        Operation::Read => Verb { doing: "Refreshing", still: "refreshing", done: "Refresh" },
        other => verb(other),
    }
}

const fn kind(
    operation: Operation,
    lasting: &'static str,
    ephemeral: &'static str,
) -> &'static str {
    match operation {
        Operation::Open | Operation::Renew | Operation::Close => ephemeral,
        Operation::Create | Operation::Update | Operation::Delete | Operation::Read => lasting,
    }
}

fn of(object: &ObjectId) -> Object {
    let mut hook = Object::new();
    hook.set("resource", resource_json(&object.addr));
    hook
}

fn doing_to(object: &ObjectId, operation: Operation) -> Object {
    let mut hook = of(object);
    hook.set("action", operation.action().json().first().copied().unwrap_or_default());
    hook
}

fn provisioned(object: &ObjectId, provisioner: &str) -> Object {
    let mut hook = of(object);
    hook.set("provisioner", provisioner);
    hook
}

fn identified(mut hook: Object, id: &IdValue) -> Object {
    if let Some((key, value)) = id {
        hook.set("id_key", *key).set("id_value", value.as_str());
    }
    hook
}

fn timed(mut hook: Object, elapsed: Duration) -> Object {
    hook.set("elapsed_seconds", seconds(elapsed));
    hook
}

/// An address in its parts.
pub(super) fn resource_json(addr: &ResourceInstance) -> Object {
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::json::Json;

    fn object() -> ObjectId {
        let addr = groma_addr::parse_resource_instance("a_b.c").expect("an address");
        ObjectId { addr: Arc::new(addr), deposed: Some("0123abcd".parse().expect("a key")) }
    }

    #[track_caller]
    fn check(event: &Event, expected: Option<&str>) {
        let text = hook(event).map(|Hook { message, ty, members }| {
            let members = Json::from(members).to_string();
            let members = members.split_once("\"resource_key\":null},").map(|(_, rest)| rest);
            format!("{message} {ty} {}", members.unwrap_or_default())
        });
        assert_eq!(text.as_deref(), expected);
    }

    #[test]
    fn operations_that_go_on() {
        let elapsed = Duration::from_millis(69_600);
        let id = Some(("id", "i-1".into()));
        let progress = |operation| Event::ApplyProgress {
            object: object(),
            operation,
            id: id.clone(),
            elapsed,
        };
        check(
            &progress(Operation::Create),
            Some(
                r#"a_b.c: Still creating... [1m10s elapsed] apply_progress "action":"create","elapsed_seconds":70}"#,
            ),
        );
        check(
            &progress(Operation::Open),
            Some(
                r#"a_b.c: Still opening... [1m10s elapsed] ephemeral_op_progress "action":"open","elapsed_seconds":70}"#,
            ),
        );
    }

    #[test]
    fn what_provisioners_write() {
        let wrote = |line: &str| {
            let (provisioner, line) = ("p".into(), line.to_owned());
            Event::ProvisionOutput { object: object(), provisioner, line }
        };
        check(
            &wrote("  x \t"),
            Some(r#"a_b.c: (p):   x provision_progress "provisioner":"p","output":"  x"}"#),
        );
        check(&wrote(" "), None);
    }

    #[test]
    fn data_that_could_not_be_read() {
        let (operation, elapsed) = (Operation::Read, Duration::ZERO);
        check(&Event::ApplyErrored { object: object(), operation, elapsed }, None);
    }
}
