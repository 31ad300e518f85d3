//! Cases over hashicorp/aws, planned and applied with both tools, each against a cloud of its own,
//! which moto plays.
//!
//! | Part | Does |
//! |---|---|
//! | [`Cloud`] | a cloud: started, reset, recorded, played again |
//! | `install` | what every case has besides: the provider, where it comes from, its configuration |
//! | `names` | folds what the cloud makes up |
//! | `play` | runs a case with one tool |
//! | `cross` | holds what one tool left against the other |
//! | [`Clouds`] | the pairs of clouds that cases take turns at |

mod cloud;
mod cross;
mod install;
mod names;
mod play;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::fixture::Case;
use crate::parity::{Tools, differences};
use crate::remembered;

pub use cloud::Cloud;
use cross::Cross;
use install::Install;
use play::Played;

/// All that decides what the oracle leaves besides what the sources of every recorder do.
const SOURCES: [&str; 6] = [
    include_str!("install.rs"),
    include_str!("names.rs"),
    include_str!("play.rs"),
    include_str!("cloud.rs"),
    include_str!("../run.rs"),
    cloud::SOURCE,
];

/// A cloud for each tool.
struct Pair {
    oracle: Cloud,
    subject: Cloud,
}

/// Compares cases over clouds that they take turns at: as many pairs as there are cases at once.
pub struct Clouds {
    tools: Tools,
    mirror: PathBuf,
    python: PathBuf,
    idle: Mutex<Vec<Pair>>,
}

impl Clouds {
    /// Clouds of the moto that `python` has, for providers from `mirror`.
    pub fn new(tools: Tools, mirror: &Path, python: &Path) -> Self {
        let (mirror, python) = (mirror.to_owned(), python.to_owned());
        Self { tools, mirror, python, idle: Mutex::default() }
    }

    /// What is not as it should be: where the documents differ, and where a tool plans changes of
    /// what the other left. Whether the latter could be asked.
    ///
    /// # Errors
    /// A cloud fails.
    pub fn compare(&self, case: &Case) -> io::Result<Verdict> {
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = idle().pop();
        let pair = match kept {
            Some(pair) => pair,
            None => {
                Pair { oracle: Cloud::start(&self.python)?, subject: Cloud::start(&self.python)? }
            }
        };
        let verdict = self.compare_at(&pair, case)?;
        idle().push(pair);
        Ok(verdict)
    }

    fn compare_at(&self, Pair { oracle, subject }: &Pair, case: &Case) -> io::Result<Verdict> {
        let there = Install { mirror: &self.mirror, endpoint: oracle.endpoint() };
        let here = Install { mirror: &self.mirror, endpoint: subject.endpoint() };
        let Tools { oracle: terraform, subject: groma } = &self.tools;
        oracle.reset()?;
        subject.reset()?;

        let mut made = false;
        let mut lost = None;
        let remembered = remembered::remember(case, &SOURCES, || {
            made = true;
            let played = play::play(&there.of(case), terraform, &there.endpoint);
            match oracle.recording() {
                Ok(requests) => played.into_transcript(requests),
                Err(error) => {
                    lost = Some(error);
                    played.transcript
                }
            }
        });
        if let Some(error) = lost {
            return Err(error);
        }
        let (expected, requests) = Played::from_transcript(remembered);
        let found = play::play(&here.of(case), groma, &here.endpoint);

        let mut problems = expected.transcript.surprises.clone();
        let differing = differences(case, &expected.transcript, &found.transcript);
        problems.extend(differing.iter().map(ToString::to_string));
        let Some(cross) = Cross::of(case) else { return Ok(Verdict { problems, crossed: false }) };
        if !made {
            oracle.replay(&requests)?;
        }
        problems.extend(cross.holds(&there, groma, &expected.left));
        problems.extend(cross.holds(&here, terraform, &found.left));
        Ok(Verdict { problems, crossed: true })
    }
}

/// What came of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// For people; none if all is as it should be.
    pub problems: Vec<String>,
    /// Whether each tool was asked for a plan of what the other left: the case does not end in
    /// nothing, nor in an error.
    pub crossed: bool,
}
