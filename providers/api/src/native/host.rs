//! What a native provider asks of the world: the time, and randomness.

use std::time::{Duration, SystemTime};

use async_trait::async_trait;

/// Tells the time and waits.
#[async_trait]
pub trait Clock: Send + Sync {
    /// The time now.
    fn now(&self) -> SystemTime;

    /// Returns once `duration` has passed.
    async fn sleep(&self, duration: Duration);
}

/// The clock of this machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

#[async_trait]
impl Clock for SystemClock {
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}

/// Gives random bytes, good enough for passwords.
pub trait Randomness: Send + Sync {
    /// Fills `buffer`.
    fn fill(&self, buffer: &mut [u8]) -> std::io::Result<()>;
}

/// The operating system's randomness.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemRandomness;

impl Randomness for SystemRandomness {
    fn fill(&self, buffer: &mut [u8]) -> std::io::Result<()> {
        getrandom::fill(buffer).map_err(std::io::Error::other)
    }
}
