//! How an apply ended, and how to end one early.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use groma_diag::Diagnostics;
use groma_state::State;

use crate::Counts;

/// How an apply ended.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The state as it is now; all of it is in the store.
    pub state: State,
    /// What was done.
    pub counts: Counts,
    /// Whether it was cancelled before everything was done.
    pub cancelled: bool,
    /// Errors and warnings.
    pub diagnostics: Diagnostics,
}

impl Outcome {
    /// Whether everything that was planned was done.
    pub fn succeeded(&self) -> bool {
        !self.cancelled && !self.diagnostics.has_errors()
    }
}

/// Asks a run to end early. Clones are the same request.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<AtomicU8>);

impl Cancel {
    /// Nothing asked yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Start nothing more, finish what is under way, save.
    pub fn stop(&self) {
        self.0.fetch_max(1, Ordering::Relaxed);
    }

    /// Wait for nothing: save what is known and return.
    pub fn stop_now(&self) {
        self.0.fetch_max(2, Ordering::Relaxed);
    }

    /// Whether nothing more may be started.
    pub fn is_stopping(&self) -> bool {
        self.0.load(Ordering::Relaxed) >= 1
    }

    /// Whether nothing may be waited for.
    pub fn is_stopping_now(&self) -> bool {
        self.0.load(Ordering::Relaxed) >= 2
    }
}
