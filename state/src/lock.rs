//! Locks of states.

use std::time::SystemTime;

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
