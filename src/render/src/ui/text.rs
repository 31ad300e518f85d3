//! Events as lines for people.

use std::time::Duration;

use groma_engine::{Event, IdValue, ObjectId, Operation, ProvisionedStatus};

use super::verb;
use crate::style::{Color, Style};

/// Which events become lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lines {
    /// What is read as well as what is done, as a terminal shows them.
    All,
    /// Only what is done: for a pipe, where nobody watches.
    Effects,
}

/// The line of an event, without its end; `None` for events that are shown otherwise.
pub fn event_line(event: &Event, lines: Lines, style: Style) -> Option<String> {
    let subject = |object: &ObjectId| style.paint(Color::Bold, address(object)).to_string();
    Some(match event {
        Event::RefreshStart { object, id } if lines == Lines::All => {
            format!("{}: Refreshing state...{}", subject(object), bracket(id, None))
        }
        Event::ImportStart { object, id } => {
            format!("{}: Preparing import... [id={id}]", subject(object))
        }
        Event::ApplyStart { object, operation, id } => {
            let id = if *operation == Operation::Read { String::new() } else { bracket(id, None) };
            format!("{}: {}...{id}", subject(object), verb(*operation).doing)
        }
        Event::ApplyProgress { object, operation, elapsed } => {
            let elapsed = format!("{} elapsed", duration(*elapsed));
            format!("{}: Still {}... [{elapsed}]", subject(object), verb(*operation).still)
        }
        Event::ApplyDone { object, operation, id, elapsed } => {
            let id =
                if *operation == Operation::Delete { String::new() } else { bracket(id, None) };
            let done = verb(*operation).done;
            format!("{}: {done} complete after {}{id}", subject(object), duration(*elapsed))
        }
        Event::ProvisionStart { object, provisioner } => {
            format!("{}: Provisioning with '{provisioner}'...", subject(object))
        }
        Event::ProvisionOutput { object, provisioner, line } => {
            format!("{} ({provisioner}): {line}", subject(object))
        }
        Event::ProvisionDone { object, provisioner, status: ProvisionedStatus::Errored } => {
            format!("{}: ({provisioner}) failed", subject(object))
        }
        _ => return None,
    })
}

/// `addr`, or `addr (deposed object 0123abcd)`.
pub(super) fn address(object: &ObjectId) -> String {
    match &object.deposed {
        None => object.addr.to_string(),
        Some(key) => format!("{} (deposed object {key})", object.addr),
    }
}

fn bracket(id: &IdValue, more: Option<&str>) -> String {
    let id = id.as_ref().map(|(key, value)| format!("{key}={value}"));
    let parts: Vec<&str> = id.as_deref().into_iter().chain(more).collect();
    if parts.is_empty() { String::new() } else { format!(" [{}]", parts.join(", ")) }
}

/// Whole seconds, as Go prints durations: `1m5s`.
pub(super) fn duration(elapsed: Duration) -> String {
    let seconds = (elapsed + Duration::from_millis(500)).as_secs();
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, s) => format!("{s}s"),
        (0, m, s) => format!("{m}m{s}s"),
        (h, m, s) => format!("{h}h{m}m{s}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_gos() {
        assert_eq!(duration(Duration::from_millis(400)), "0s");
        assert_eq!(duration(Duration::from_secs(65)), "1m5s");
        assert_eq!(duration(Duration::from_hours(1)), "1h0m0s");
    }
}
