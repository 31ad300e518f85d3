//! How much a package may be, and how long it may take to come.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Why a download was ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Stop {
    /// It is larger than any package of modules.
    #[error("the package is larger than {0} bytes")]
    TooLarge(u64),
    /// It has more in it than any package of modules.
    #[error("the package has more than {0} files")]
    TooMany(u64),
    /// It takes too long.
    #[error("it took longer than {} seconds", .0.as_secs())]
    TooLong(Duration),
    /// Nobody wants it any more.
    #[error("the download was cancelled")]
    Cancelled,
}

/// How much a package may be, and how long it may take to come.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Of all its files together, and of what they come in.
    pub bytes: u64,
    /// Files and directories.
    pub entries: u64,
    /// For one step of it.
    pub time: Duration,
    cancelled: Arc<AtomicBool>,
}

/// Ten times as much as the largest repositories of modules.
impl Default for Limits {
    fn default() -> Self {
        Self::new(4 << 30, 1_000_000, Duration::from_mins(30))
    }
}

impl Limits {
    /// Limits in bytes, entries and time.
    pub fn new(bytes: u64, entries: u64, time: Duration) -> Self {
        Self { bytes, entries, time, cancelled: Arc::default() }
    }

    /// Ends whatever is under way.
    pub(super) fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// Lets things begin that are not ended yet.
    pub(super) fn fresh(&self) -> Self {
        Self { cancelled: Arc::default(), ..self.clone() }
    }

    pub(super) fn admit(&self, bytes: u64, entries: u64) -> Result<(), Stop> {
        if bytes > self.bytes {
            return Err(Stop::TooLarge(self.bytes));
        }
        if entries > self.entries {
            return Err(Stop::TooMany(self.entries));
        }
        self.wanted()
    }

    /// Whether what began at a moment may go on.
    pub(super) fn in_time(&self, begun: Instant) -> Result<(), Stop> {
        if begun.elapsed() > self.time {
            return Err(Stop::TooLong(self.time));
        }
        self.wanted()
    }

    pub(super) fn wanted(&self) -> Result<(), Stop> {
        if self.cancelled.load(Ordering::Relaxed) { Err(Stop::Cancelled) } else { Ok(()) }
    }

    /// Whether a directory is not too large. What changes while it is measured counts as it may.
    pub(super) fn admit_tree(&self, root: &Path) -> Result<(), Stop> {
        let (mut bytes, mut entries) = (0_u64, 0_u64);
        let mut pending = vec![root.to_owned()];
        while let Some(dir) = pending.pop() {
            for entry in fs::read_dir(&dir).into_iter().flatten().flatten() {
                let Ok(metadata) = entry.metadata() else { continue };
                if metadata.is_dir() {
                    pending.push(entry.path());
                }
                bytes = bytes.saturating_add(metadata.len());
                entries += 1;
                self.admit(bytes, entries)?;
            }
        }
        Ok(())
    }
}
