//! A case, run through both tools and compared.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

use crate::better::{
    destroys_as_planned, level, level_refresh, level_second_refresh, needs_no_configuration,
    saves_outputs,
};
use crate::compare::{Difference, compare};
use crate::decided;
use crate::fixture::Case;
use crate::remembered::{self, Recorder};
use crate::run::{Document, Transcript, run};

const DOCUMENTS: Recorder = Recorder { run, source: include_str!("run.rs") };

/// The two programs that a case is run through.
#[derive(Clone, Debug)]
pub struct Tools {
    /// The real `terraform`.
    pub oracle: PathBuf,
    /// What is held against it.
    pub subject: PathBuf,
}

impl Tools {
    /// With `groma` from the same build as this test, or what `GROMA_SUBJECT` names: with
    /// `terraform` there, the harness shows that the oracle equals itself.
    pub fn new(oracle: &Path) -> Self {
        #[expect(clippy::disallowed_methods, reason = "a switch of the tests, not of the program")]
        let subject = std::env::var_os("GROMA_SUBJECT");
        let subject = subject.map_or_else(crate::groma_binary, PathBuf::from);
        Self { oracle: oracle.to_owned(), subject }
    }

    /// Where the subject's documents differ from the oracle's. `Err` if the oracle itself does
    /// not do what the case says.
    pub fn compare(&self, case: &Case) -> Result<Vec<Difference>, String> {
        let oracle = remembered::oracle(case, &self.oracle, DOCUMENTS);
        if !oracle.surprises.is_empty() {
            return Err(oracle.surprises.join("\n"));
        }
        Ok(differences(case, &oracle, &run(case, &self.subject)))
    }

    /// The same, whatever the oracle does: both may also refuse alike.
    pub fn differences(&self, case: &Case) -> Vec<Difference> {
        let oracle = remembered::oracle(case, &self.oracle, DOCUMENTS);
        differences(case, &oracle, &run(case, &self.subject))
    }
}

/// Where what one tool said of a case differs from what the `oracle` did.
///
/// Documents are told by place and kind. Where one tool stopped earlier than the other, only
/// the first document that the other has more is a difference: the rest follows from it.
pub fn differences(case: &Case, oracle: &Transcript, subject: &Transcript) -> Vec<Difference> {
    let mut all = Vec::new();
    let mut places: Vec<&str> = oracle.documents.iter().map(|d| d.place.as_str()).collect();
    places.dedup();
    for place in places {
        let at = |transcript: &Transcript| -> Vec<Document> {
            transcript.documents.iter().filter(|d| d.place == place).cloned().collect()
        };
        let (mut expected, found) = (at(oracle), at(subject));
        let from = oracle.documents.iter().position(|d| d.place == place).unwrap_or_default();
        let compared = alike(case, &expected, &found, &oracle.documents[from..]);
        let parts = compared < expected.len();
        expected.truncate(compared);
        level_refresh(&mut expected, &found);
        level_second_refresh(&mut expected, &found);
        for (index, document) in expected.iter().enumerate() {
            let place = format!("{place} · {}", document.kind);
            let other = found.get(index);
            if let Some(other) = other.filter(|other| other.kind == document.kind) {
                let (kind, expected) = (&document.kind, &document.content);
                let found = level(kind, expected, &other.content, case.first_error);
                compare(kind, &place, expected, &found, &mut all);
            } else {
                all.push(Difference {
                    place,
                    path: String::new(),
                    expected: Some(document.content.clone()),
                    found: other.map(|other| other.content.clone()),
                });
                break;
            }
        }
        if parts {
            break;
        }
    }
    all
}

/// How many of the documents in one place are to be compared. Less than all where what is better
/// here has the tools go different ways: nothing that comes later is then compared.
/// `onward` is all that is expected from there on.
fn alike(case: &Case, expected: &[Document], found: &[Document], onward: &[Document]) -> usize {
    let until = |kind: &str| expected.iter().take_while(|document| document.kind != kind).count();
    if decided::parts(case, expected, found) || needs_no_configuration(expected, found, onward) {
        until("exit code")
    } else if saves_outputs(expected, found) || destroys_as_planned(expected, found) {
        until("exit code of apply")
    } else {
        expected.len()
    }
}

/// Runs `work` over `items` on as many threads as `GROMA_JOBS` says, two by default; results are
/// in the order of the items.
pub fn on_threads<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    on_so_many_threads(2, items, work)
}

/// The same, on `jobs` if `GROMA_JOBS` does not say: more than there are processors where the work
/// is mostly waiting.
pub fn on_so_many_threads<T: Sync, R: Send>(
    jobs: usize,
    items: &[T],
    work: impl Fn(&T) -> R + Sync,
) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let (send, receive) = mpsc::channel();
    let jobs = setting("GROMA_JOBS").unwrap_or(jobs);
    std::thread::scope(|scope| {
        for _ in 0..jobs.max(1) {
            let (send, next, work) = (send.clone(), &next, &work);
            scope.spawn(move || {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(index) else { return };
                    if send.send((index, work(item))).is_err() {
                        return;
                    }
                }
            });
        }
    });
    drop(send);
    let mut results: Vec<(usize, R)> = receive.into_iter().collect();
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}

/// A number that tests are set by.
pub fn setting(name: &str) -> Option<usize> {
    #[expect(clippy::disallowed_methods, reason = "a switch of the tests, not of the program")]
    std::env::var(name).ok()?.parse().ok()
}

/// The first few differences, for people.
pub fn summary(differences: &[impl ToString]) -> String {
    let shown = setting("GROMA_SHOWN").unwrap_or(6);
    let mut lines: Vec<String> = differences.iter().take(shown).map(ToString::to_string).collect();
    if differences.len() > shown {
        lines.push(format!("… and {} more", differences.len() - shown));
    }
    lines.join("\n")
}
