//! The stream of events, as lines for people and as JSON lines for programs.

mod json;
mod text;

pub use json::{JsonStream, change_summary, diagnostic_line, log_line, version_line};
pub use text::{Lines, event_line};

use groma_engine::{Counts, Operation};

/// `Creating`, `creating`, `Creation`: the three forms that messages need.
struct Verb {
    doing: &'static str,
    still: &'static str,
    done: &'static str,
}

const fn verb(operation: Operation) -> Verb {
    let (doing, still, done) = match operation {
        Operation::Create => ("Creating", "creating", "Creation"),
        Operation::Update => ("Modifying", "modifying", "Modifications"),
        Operation::Delete => ("Destroying", "destroying", "Destruction"),
        Operation::Read => ("Reading", "reading", "Read"),
        Operation::Open => ("Opening", "opening", "Opening"),
        Operation::Renew => ("Renewing", "renewing", "Renewal"),
        Operation::Close => ("Closing", "closing", "Closing"),
    };
    Verb { doing, still, done }
}

/// `Plan: 1 to add, …` or `Apply complete! Resources: …`.
pub fn summary_text(counts: &Counts, applied: bool, destroyed: bool) -> String {
    let Counts { added, changed, removed, imported, forgotten } = *counts;
    if destroyed && applied {
        return format!("Destroy complete! Resources: {removed} destroyed.");
    }
    let words = if applied {
        ["imported", "added", "changed", "destroyed", "forgotten"]
    } else {
        ["to import", "to add", "to change", "to destroy", "to forget"]
    };
    let numbers = [imported, added, changed, removed, forgotten];
    let parts: Vec<String> = numbers
        .iter()
        .zip(words)
        .enumerate()
        .filter(|(i, (number, _))| (1..=3).contains(i) || **number > 0)
        .map(|(_, (number, word))| format!("{number} {word}"))
        .collect();
    let lead = if applied { "Apply complete! Resources:" } else { "Plan:" };
    format!("{lead} {}.", parts.join(", "))
}
