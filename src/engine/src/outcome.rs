//! How an apply ended, and how to end one early.

use std::sync::Arc;

use groma_diag::Diagnostics;
use groma_state::{Closed, State};
use tokio::sync::watch;

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
    /// The version that the run made; `None` if the run could not be closed.
    pub closed: Option<Closed>,
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
#[derive(Clone, Debug)]
pub struct Cancel(Arc<watch::Sender<Stop>>);

/// How soon a run is to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stop {
    No,
    Soon,
    Now,
}

impl Default for Cancel {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(Stop::No)))
    }
}

impl Cancel {
    /// Nothing asked yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Start nothing more, finish what is under way, save.
    pub fn stop(&self) {
        self.raise(Stop::Soon);
    }

    /// Wait for nothing: save what is known and return.
    pub fn stop_now(&self) {
        self.raise(Stop::Now);
    }

    fn raise(&self, to: Stop) {
        self.0.send_if_modified(|stop| {
            let raised = *stop < to;
            *stop = (*stop).max(to);
            raised
        });
    }

    /// Whether nothing more may be started.
    pub fn is_stopping(&self) -> bool {
        *self.0.borrow() >= Stop::Soon
    }

    /// Whether nothing may be waited for.
    pub fn is_stopping_now(&self) -> bool {
        *self.0.borrow() == Stop::Now
    }

    /// Waits until it is to end, or, if it is already to end soon, until it is to end now.
    pub async fn raised(&self, stopping: bool) {
        let beyond = if stopping { Stop::Soon } else { Stop::No };
        let mut stops = self.0.subscribe();
        // The sender lives as long as `self`, so that waiting does not fail.
        drop(stops.wait_for(|stop| *stop > beyond).await);
    }
}
