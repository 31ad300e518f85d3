//! How many calls a plugin is given at once.
//!
//! Terraform gives ten, whatever the cloud takes. Here it grows as long as calls go well, and is
//! halved when the cloud says that it is too much, as TCP finds its rate: at first by one with each
//! call, and once it was too much, by one with each round.

use std::sync::{Mutex, MutexGuard, PoisonError};

use groma_provider_api::ProviderDiagnostics;

/// Calls at once to begin with.
const FIRST: usize = 32;
/// Never more.
const MOST: usize = 256;

/// The limit of one configured plugin.
pub(crate) struct Limits(Mutex<State>);

struct State {
    limit: usize,
    /// Calls under way.
    flying: usize,
    /// Whether the limit was reached since nothing was under way: otherwise nothing is learnt of it.
    reached: bool,
    /// Whether the limit was never too much yet.
    fresh: bool,
    /// Calls that went well since the limit changed.
    well: usize,
    /// Calls that were under way when it was halved: what becomes of them says nothing of the new
    /// one.
    grace: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self(Mutex::new(State {
            limit: FIRST,
            flying: 0,
            reached: false,
            fresh: true,
            well: 0,
            grace: 0,
        }))
    }
}

impl Limits {
    /// How many calls may be under way by what is known now.
    pub(crate) fn now(&self) -> usize {
        self.state().limit
    }

    /// Whether a call is under way.
    pub(crate) fn is_busy(&self) -> bool {
        self.state().flying > 0
    }

    /// A call begins. The limit is kept by whoever makes calls.
    pub(crate) fn enter(&self) -> Flight<'_> {
        self.state().enter();
        Flight { limits: self, ended: false }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn enter(&mut self) {
        self.flying += 1;
        self.reached |= self.flying >= self.limit;
    }

    fn leave(&mut self, how: Option<Ended>) {
        let reached = self.reached;
        self.flying = self.flying.saturating_sub(1);
        self.reached &= self.flying > 0;
        if self.grace > 0 {
            self.grace -= 1;
            return;
        }
        match how {
            Some(Ended::Throttled) => {
                self.fresh = false;
                self.well = 0;
                self.grace = self.flying;
                self.limit = (self.limit / 2).max(1);
            }
            Some(Ended::Well) if reached => {
                self.well += 1;
                if (self.fresh || self.well >= self.limit) && self.limit < MOST {
                    self.well = 0;
                    self.limit += 1;
                }
            }
            Some(Ended::Well) | None => {}
        }
    }
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    Well,
    Throttled,
}

/// A call under way.
pub(crate) struct Flight<'a> {
    limits: &'a Limits,
    ended: bool,
}

impl Flight<'_> {
    /// The call is over, and the cloud did or did not say that it was too much.
    pub(crate) fn end(mut self, throttled: bool) {
        self.ended = true;
        let how = if throttled { Ended::Throttled } else { Ended::Well };
        self.limits.state().leave(Some(how));
    }
}

impl Drop for Flight<'_> {
    /// Nobody waits for the call any more.
    fn drop(&mut self) {
        if !self.ended {
            self.limits.state().leave(None);
        }
    }
}

/// Whether a cloud says in what a provider reports that it is asked too often.
pub(crate) fn throttled(problems: &ProviderDiagnostics) -> bool {
    const SIGNS: [&str; 8] = [
        "Throttling",
        "throttled",
        "RequestLimitExceeded",
        "TooManyRequests",
        "Too Many Requests",
        "SlowDown",
        "Rate exceeded",
        "rateLimitExceeded",
    ];
    problems.iter().any(|problem| {
        SIGNS.iter().any(|sign| problem.detail.contains(sign) || problem.summary.contains(sign))
    })
}

#[cfg(test)]
mod tests {
    use groma_provider_api::AttributeDiagnostic;

    use super::{FIRST, Limits, MOST, throttled};

    /// Makes as many calls at once as there may be; all of them go well, or none does.
    fn round(limits: &Limits, throttled: bool) {
        let calls: Vec<_> = (0..limits.now()).map(|_| limits.enter()).collect();
        for call in calls {
            call.end(throttled);
        }
    }

    /// The limits after each of so many rounds that go well.
    fn growth(limits: &Limits, rounds: usize) -> Vec<usize> {
        let grown = (0..rounds).map(|_| {
            round(limits, false);
            limits.now()
        });
        grown.collect()
    }

    #[test]
    fn the_limit_grows_while_all_goes_well() {
        let limits = Limits::default();
        assert_eq!(growth(&limits, 4), [2 * FIRST, 4 * FIRST, MOST, MOST]);
    }

    #[test]
    fn the_limit_stays_while_it_is_not_reached() {
        let limits = Limits::default();
        (0..1000).for_each(|_| limits.enter().end(false));
        assert_eq!(limits.now(), FIRST);
    }

    #[test]
    fn the_limit_is_halved_when_it_was_too_much() {
        let limits = Limits::default();
        // All calls of one round fail, which counts once.
        round(&limits, true);
        assert_eq!(limits.now(), FIRST / 2);
        assert!(growth(&limits, 2).is_sorted_by(|before, after| after - before <= 1));
        (0..10).for_each(|_| round(&limits, true));
        assert_eq!(limits.now(), 1, "one call is always possible");
    }

    #[test]
    fn calls_that_nobody_waits_for_are_over() {
        let limits = Limits::default();
        let call = limits.enter();
        assert!(limits.is_busy());
        drop(call);
        assert!(!limits.is_busy());
    }

    #[test]
    fn clouds_have_many_words_for_too_much() {
        let say = |detail: &str| vec![AttributeDiagnostic::error("Error", detail)];
        assert!(throttled(&say("RequestLimitExceeded: Request limit exceeded.")));
        assert!(throttled(&say("StatusCode: 429, Too Many Requests")));
        assert!(!throttled(&say("InvalidParameter")));
    }
}
