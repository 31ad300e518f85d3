//! What people read, compared as text: plans, states, outputs, progress, questions and errors.
//!
//! A case is run once more for this, because a command prints either for people or for programs.

mod better;
mod run;
mod settle;

pub use settle::sort_progress;

use std::fmt::{self, Write as _};

use similar::{ChangeTag, TextDiff};

use crate::fixture::Case;
use crate::parity::Tools;
use crate::remembered::{self, Recorder};
use crate::run::{Document, Transcript};

const TEXTS: Recorder = Recorder { run: run::run, source: include_str!("run.rs") };

/// A text that is not as the oracle has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Which step of the case, and which command.
    pub place: String,
    /// The lines that only one of them has, with those around them.
    pub lines: String,
}

/// Where what the subject says to people differs from what the oracle says. `Err` if the oracle
/// itself does not do what the case says.
pub fn compare(tools: &Tools, case: &Case) -> Result<Vec<Difference>, String> {
    let oracle = remembered::oracle(case, &tools.oracle, TEXTS);
    if !oracle.surprises.is_empty() {
        return Err(oracle.surprises.join("\n"));
    }
    let subject = run::run(case, &tools.subject);
    let documents = oracle.documents.iter();
    Ok(documents.filter_map(|expected| difference(case, expected, &subject)).collect())
}

fn difference(case: &Case, document: &Document, subject: &Transcript) -> Option<Difference> {
    let same = |found: &&Document| found.kind == document.kind && found.place == document.place;
    let text = |document: &Document| document.content.text().map(settle::settle);
    let place = format!("{} · {}", document.place, document.kind);
    let expected = text(document).unwrap_or_default();
    let found = subject.documents.iter().find(same).and_then(text).unwrap_or_default();
    let found = better::level(case, document, &expected, &found);
    (expected != found).then(|| Difference { place, lines: unified(&expected, &found) })
}

fn unified(expected: &str, found: &str) -> String {
    let diff = TextDiff::from_lines(expected, found);
    let mut out = String::new();
    for group in diff.grouped_ops(2) {
        out.push_str("  @@\n");
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let sign = match change.tag() {
                ChangeTag::Delete => "terraform",
                ChangeTag::Insert => "    groma",
                ChangeTag::Equal => "         ",
            };
            let _ = writeln!(out, "  {sign}|{}", change.value().trim_end_matches('\n'));
        }
    }
    out
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}", self.place, self.lines)
    }
}
