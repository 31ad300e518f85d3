//! Events as lines for people.

use std::time::Duration;

use groma_engine::{Event, IdValue, ObjectId, Operation};
use groma_value::Str;

use super::verb;
use crate::style::{Color, Style};

/// Identifiers beyond this many characters are shortened where many lines repeat them.
const LONGEST_ID: usize = 80;

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
    let line = plain_line(event, lines)?;
    Some(match event {
        // What a command prints is not Groma's to emphasise.
        Event::ProvisionOutput { object, provisioner, line } => {
            let lead = style.paint(Color::Bold, format!("{} ({provisioner}):", address(object)));
            format!("{lead} {line}")
        }
        _ => style.paint(Color::Bold, line).to_string(),
    })
}

fn plain_line(event: &Event, lines: Lines) -> Option<String> {
    Some(match event {
        Event::RefreshStart { object, id } if lines == Lines::All => {
            format!("{}: Refreshing state...{}", address(object), bracket(id, None))
        }
        Event::ImportStart { object, id } => {
            format!("{}: Preparing import... [id={id}]", address(object))
        }
        Event::AdoptStart { object, id } => {
            format!("{}: Importing... [id={id}]", address(object))
        }
        Event::AdoptDone { object, id } => {
            format!("{}: Import complete [id={id}]", address(object))
        }
        Event::ApplyStart { object, operation, id } => {
            let id = if *operation == Operation::Read { String::new() } else { bracket(id, None) };
            format!("{}: {}...{id}", address(object), verb(*operation).doing)
        }
        Event::ApplyProgress { object, operation, id, elapsed } => {
            let id = id.as_ref().map(|(key, value)| (*key, shortened(value)));
            let still = verb(*operation).still;
            let state = bracket(&id, Some(&format!("{} elapsed", duration(*elapsed))));
            format!("{}: Still {still}...{state}", object.addr)
        }
        Event::ApplyDone { object, operation, id, elapsed } => {
            let id =
                if *operation == Operation::Delete { String::new() } else { bracket(id, None) };
            let done = verb(*operation).done;
            let subject = &object.addr;
            format!("{subject}: {done} complete after {}{id}", duration(*elapsed))
        }
        Event::ProvisionStart { object, provisioner } => {
            format!("{}: Provisioning with '{provisioner}'...", address(object))
        }
        Event::ProvisionOutput { object, provisioner, line } => {
            format!("{} ({provisioner}): {line}", address(object))
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

/// ` [id=i-0123, more]`, or nothing if there is nothing to say.
pub(super) fn bracket(id: &IdValue, more: Option<&str>) -> String {
    let id = id.as_ref().map(|(key, value)| format!("{key}={value}"));
    let parts: Vec<&str> = id.as_deref().into_iter().chain(more).collect();
    if parts.is_empty() { String::new() } else { format!(" [{}]", parts.join(", ")) }
}

/// An identifier that fits beside others: the middle of a longer one is left out.
fn shortened(id: &Str) -> Str {
    let count = id.as_str().chars().count();
    if count <= LONGEST_ID {
        return id.clone();
    }
    let part = LONGEST_ID / 2;
    let start = id.as_str().chars().take(part - 1);
    let end = id.as_str().chars().skip(count - (part - 2));
    Str::from(start.chain("...".chars()).chain(end).collect::<String>())
}

/// Whole seconds, rounded.
pub(super) fn seconds(elapsed: Duration) -> u64 {
    (elapsed + Duration::from_millis(500)).as_secs()
}

/// Whole seconds, as Go prints durations: `1m5s`.
pub(super) fn duration(elapsed: Duration) -> String {
    let seconds = seconds(elapsed);
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

    #[test]
    fn progress_names_the_object_and_the_time() {
        let addr = groma_addr::parse_resource_instance("a_b.c").expect("an address");
        let object = ObjectId { addr: addr.into(), deposed: None };
        let (operation, elapsed) = (Operation::Delete, Duration::from_secs(20));
        let line = |id: IdValue| {
            let object = object.clone();
            let event = Event::ApplyProgress { object, operation, id, elapsed };
            event_line(&event, Lines::Effects, Style::PLAIN).expect("a line")
        };
        assert_eq!(line(None), "a_b.c: Still destroying... [20s elapsed]");
        let id = Some(("id", Str::from("i-1")));
        assert_eq!(line(id), "a_b.c: Still destroying... [id=i-1, 20s elapsed]");
        let long = ["x".repeat(50), "y".repeat(50)].concat();
        let shown = ["x".repeat(39), "...".to_owned(), "y".repeat(38)].concat();
        assert_eq!(
            line(Some(("id", Str::from(long)))),
            format!("a_b.c: Still destroying... [id={shown}, 20s elapsed]")
        );
    }
}
