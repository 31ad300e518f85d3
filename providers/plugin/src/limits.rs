//! How many calls a plugin is given at once.
//!
//! Terraform gives ten, whatever the cloud takes. Here it grows as long as calls go well, and is
//! halved when the cloud says that it is too much: additive increase, multiplicative decrease, as
//! TCP finds its rate.

use std::sync::{Arc, Mutex, PoisonError};

use groma_provider_api::ProviderDiagnostics;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Calls at once to begin with.
const FIRST: usize = 32;
/// Never more.
const MOST: usize = 256;

/// The limit of one configured plugin.
pub(crate) struct Limits {
    free: Arc<Semaphore>,
    state: Mutex<State>,
}

struct State {
    limit: usize,
    /// Permits to take out as they come back.
    surplus: usize,
    /// Calls that went well since the limit changed.
    well: usize,
    /// Calls that were out when it was halved: what becomes of them says nothing of the new one.
    grace: usize,
}

impl Default for Limits {
    fn default() -> Self {
        let state = State { limit: FIRST, surplus: 0, well: 0, grace: 0 };
        Self { free: Arc::new(Semaphore::new(FIRST)), state: Mutex::new(state) }
    }
}

impl Limits {
    /// Waits until one more call may be made.
    pub(crate) async fn enter(&self) -> Option<OwnedSemaphorePermit> {
        // The semaphore is never closed; without it, calls would go on unlimited.
        Arc::clone(&self.free).acquire_owned().await.ok()
    }

    /// The call is over, and the cloud did or did not say that it was too much.
    pub(crate) fn leave(&self, permit: Option<OwnedSemaphorePermit>, throttled: bool) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.grace > 0 {
            state.grace -= 1;
        } else if throttled {
            state.well = 0;
            state.grace = state.limit - 1;
            let lower = (state.limit / 2).max(1);
            state.surplus += state.limit - lower;
            state.limit = lower;
        } else {
            state.well += 1;
            // Once a whole round went well, one more.
            if state.well >= state.limit && state.limit < MOST {
                state.well = 0;
                state.limit += 1;
                if state.surplus > 0 {
                    state.surplus -= 1;
                } else {
                    self.free.add_permits(1);
                }
            }
        }
        if state.surplus > 0
            && let Some(permit) = permit
        {
            state.surplus -= 1;
            permit.forget();
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

    /// Makes so many calls one after the other.
    async fn calls(limits: &Limits, count: usize, throttled: bool) {
        for _ in 0..count {
            let permit = limits.enter().await;
            limits.leave(permit, throttled);
        }
    }

    fn free(limits: &Limits) -> usize {
        limits.free.available_permits()
    }

    #[tokio::test]
    async fn the_limit_grows_while_all_goes_well() {
        let limits = Limits::default();
        calls(&limits, FIRST, false).await;
        assert_eq!(free(&limits), FIRST + 1);
        calls(&limits, 100_000, false).await;
        assert_eq!(free(&limits), MOST);
    }

    #[tokio::test]
    async fn the_limit_is_halved_when_it_was_too_much() {
        let limits = Limits::default();
        let held = [limits.enter().await, limits.enter().await];
        // All of one round fail, which counts once.
        calls(&limits, FIRST, true).await;
        for permit in held {
            limits.leave(permit, false);
        }
        assert_eq!(free(&limits), FIRST / 2);
        calls(&limits, 1_000, true).await;
        assert_eq!(free(&limits), 1, "one call is always possible");
    }

    #[test]
    fn clouds_have_many_words_for_too_much() {
        let say = |detail: &str| vec![AttributeDiagnostic::error("Error", detail)];
        assert!(throttled(&say("RequestLimitExceeded: Request limit exceeded.")));
        assert!(throttled(&say("StatusCode: 429, Too Many Requests")));
        assert!(!throttled(&say("InvalidParameter")));
    }
}
