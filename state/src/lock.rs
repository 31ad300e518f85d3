//! Locks of states.

use std::fmt;
use std::time::{Duration, SystemTime};

use crate::{Result, StateError, StateKey, StateStore};

/// Who holds a lock, and for what. Terraform's lock info shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockInfo {
    /// A random UUID.
    pub id: String,
    /// What is done under it: `OperationTypeApply`.
    pub operation: String,
    /// Anything more to say.
    pub info: String,
    /// `user@host`
    pub who: String,
    /// Of the program.
    pub version: String,
    /// When it was taken.
    pub created: SystemTime,
    /// Where the state is, as people know it.
    pub path: String,
    /// The process that holds it.
    pub pid: u32,
    /// The host that the process runs on.
    pub host: String,
}

/// Whether the holder of a lock is still there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LockState {
    /// It is, or renewed its lease not long ago.
    Held,
    /// Its lease ended, and whether it still runs cannot be told from here.
    Expired,
}

impl LockState {
    pub(crate) const fn suffix(self) -> &'static str {
        match self {
            Self::Held => "",
            Self::Expired => ", but its holder has not renewed it for a while and may be gone",
        }
    }
}

/// A lock that is held. Each write of a run checks that it still is.
#[derive(Clone, Debug)]
pub struct Lock {
    /// [`LockInfo::id`]
    pub id: String,
    /// Grows with each lock of the same state: a paused process that wakes up cannot write.
    pub fence: u64,
    /// The lock that was there, of a process that is known to have ended on this host. To be
    /// told to the user.
    pub taken_over: Option<LockInfo>,
}

impl LockInfo {
    /// A new lock for `operation`, by `user` on `host`, of this process, now.
    pub fn new(operation: impl Into<String>, user: &str, host: &str, version: &str) -> Self {
        Self {
            id: uuid::Uuid::new_v4().to_string(),
            operation: operation.into(),
            info: String::new(),
            who: format!("{user}@{host}"),
            version: version.to_owned(),
            created: SystemTime::now(),
            path: String::new(),
            pid: std::process::id(),
            host: host.to_owned(),
        }
    }
}

/// As Terraform shows it after `Lock Info:`, one field a line.
impl fmt::Display for LockInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "  ID:        {}", self.id)?;
        writeln!(f, "  Path:      {}", self.path)?;
        writeln!(f, "  Operation: {}", self.operation)?;
        writeln!(f, "  Who:       {}", self.who)?;
        writeln!(f, "  Version:   {}", self.version)?;
        writeln!(f, "  Created:   {}", GoTime(self.created))?;
        writeln!(f, "  Info:      {}", self.info)
    }
}

/// A time as Go prints it: `2023-11-14 22:13:20.123 +0000 UTC`.
pub(crate) struct GoTime(pub(crate) SystemTime);

impl fmt::Display for GoTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let since = self.0.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let (days, seconds) = (since.as_secs() / 86400, since.as_secs() % 86400);
        let (year, month, day) = civil(days);
        let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        write!(f, "{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")?;
        let fraction = format!("{:09}", since.subsec_nanos());
        match fraction.trim_end_matches('0') {
            "" => {}
            digits => write!(f, ".{digits}")?,
        }
        f.write_str(" +0000 UTC")
    }
}

/// Year, month and day of a day counted from 1970-01-01. Years are taken to begin in March, so
/// that the leap day is the last of its year.
fn civil(days: u64) -> (u64, u64, u64) {
    const DAYS_IN_400_YEARS: u64 = 146_097;
    let shifted = days + 719_468;
    let (era, day) = (shifted / DAYS_IN_400_YEARS, shifted % DAYS_IN_400_YEARS);
    let year = (day - day / 1460 + day / 36524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 400 + year + u64::from(month <= 2), month, day)
}

/// Locks a state, and tries again until `timeout` has passed while another has it.
pub async fn lock_within(
    store: &dyn StateStore,
    key: &StateKey,
    info: LockInfo,
    timeout: Duration,
) -> Result<Lock> {
    const LONGEST_PAUSE: Duration = Duration::from_secs(2);
    let end = tokio::time::Instant::now() + timeout;
    let mut pause = Duration::from_millis(50);
    loop {
        match store.lock(key, info.clone()).await {
            Err(error @ StateError::Locked { .. }) => {
                let now = tokio::time::Instant::now();
                if now >= end {
                    return Err(error);
                }
                tokio::time::sleep_until(end.min(now + pause)).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
            other => return other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MemoryStore;

    fn check_time(seconds: u64, nanos: u32, expected: &str) {
        let time = SystemTime::UNIX_EPOCH + Duration::new(seconds, nanos);
        assert_eq!(GoTime(time).to_string(), expected);
    }

    #[test]
    fn times_are_as_go_prints_them() {
        check_time(0, 0, "1970-01-01 00:00:00 +0000 UTC");
        check_time(951_782_399, 0, "2000-02-28 23:59:59 +0000 UTC");
        check_time(951_782_400, 1, "2000-02-29 00:00:00.000000001 +0000 UTC");
        check_time(951_868_800, 0, "2000-03-01 00:00:00 +0000 UTC");
        check_time(1_700_000_000, 123_000_000, "2023-11-14 22:13:20.123 +0000 UTC");
        check_time(4_107_542_399, 0, "2100-02-28 23:59:59 +0000 UTC");
        check_time(4_107_542_400, 0, "2100-03-01 00:00:00 +0000 UTC");
    }

    #[tokio::test(start_paused = true)]
    async fn waits_for_a_lock_until_its_time_is_over() {
        let (store, key) = (MemoryStore::new(), StateKey::new("", "default"));
        let info = || LockInfo::new("apply", "ada", "host", "1.11.4");
        let held = store.lock(&key, info()).await.unwrap();
        let late = lock_within(&store, &key, info(), Duration::from_secs(10)).await;
        assert!(matches!(late, Err(StateError::Locked { .. })));

        let release = async {
            tokio::time::advance(Duration::from_secs(5)).await;
            store.unlock(&key, &held.id).await.unwrap();
        };
        let wait = lock_within(&store, &key, info(), Duration::from_mins(1));
        let (lock, ()) = tokio::join!(wait, release);
        assert!(lock.unwrap().fence > held.fence);
    }
}
