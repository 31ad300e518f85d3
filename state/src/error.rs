//! What can go wrong with a store.

use crate::{LockInfo, LockState};

/// What can go wrong with a store. Texts are whole, for people; none has a value from a state.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// The lock is another's.
    #[error("the state is locked{}", .state.suffix())]
    Locked {
        /// By whom.
        info: Box<LockInfo>,
        /// Whether the holder is known to be gone.
        state: LockState,
    },
    /// The lock was taken from the run (`force-unlock`), so it must not write any more.
    #[error("the state lock {id:?} is no longer held: it was released or taken by another process")]
    LockLost {
        /// Of the lock that was held.
        id: String,
    },
    /// `force-unlock` of a lock that is not there, or another.
    #[error("lock ID {asked:?} does not match existing lock{}", .existing.as_ref().map_or_else(
        || ": the state is not locked".to_owned(), |id| format!(" ID {id:?}")))]
    LockMismatch {
        /// The one asked for.
        asked: String,
        /// The one there.
        existing: Option<String>,
    },
    /// Another process has the database for itself, and did not let go in time.
    #[error("the state database {path} is busy: another process is writing to it")]
    Busy {
        /// Where the database is.
        path: String,
    },
    /// No space left, or over a quota. What was committed before stays.
    #[error("no space left to write the state database {path}")]
    Full {
        /// Where the database is.
        path: String,
    },
    /// May not be written.
    #[error("the state database {path} cannot be written: it is read-only")]
    ReadOnly {
        /// Where the database is.
        path: String,
    },
    /// Written by a newer version of this program.
    #[error(
        "the state database {path} has schema version {found}, which is newer than the {supported} \
         that this version supports; use a newer version"
    )]
    Newer {
        /// Where the database is.
        path: String,
        /// Its schema version.
        found: i64,
        /// The newest that we know.
        supported: i64,
    },
    /// The bytes are not what was written.
    #[error("the state database {path} is corrupt: {detail}")]
    Corrupt {
        /// Where the database is.
        path: String,
        /// What does not fit.
        detail: String,
    },
    /// The state to push belongs to another history.
    #[error(
        "cannot import state with lineage {new:?} over unrelated state with lineage {existing:?}"
    )]
    UnrelatedLineage {
        /// Of the state to push.
        new: String,
        /// Of the state in the store.
        existing: String,
    },
    /// The state to push is older than the one there.
    #[error("cannot import state with serial {new} over newer state with serial {existing}")]
    OlderSerial {
        /// Of the state to push.
        new: u64,
        /// Of the state in the store.
        existing: u64,
    },
    /// The state to push has the serial of the one there, yet differs.
    #[error(
        "cannot overwrite existing state with serial {serial} with a different state that has the \
         same serial"
    )]
    SameSerial {
        /// Of both.
        serial: u64,
    },
    /// No such workspace.
    #[error("Workspace {name:?} doesn't exist")]
    NoWorkspace {
        /// The one asked for.
        name: String,
    },
    /// The workspace is there already.
    #[error("Workspace {name:?} already exists")]
    WorkspaceExists {
        /// The one asked for.
        name: String,
    },
    /// The default workspace cannot be deleted.
    #[error("cannot delete default state")]
    DefaultWorkspace,
    /// No such version.
    #[error("there is no version {version} of this state")]
    NoVersion {
        /// The one asked for.
        version: u64,
    },
    /// An intent that is not open in this state.
    #[error("there is no open intent {id}")]
    NoIntent {
        /// The one asked for.
        id: u64,
    },
    /// Another run of the same state has not ended.
    #[error("another run of this state is in progress: {command}, started by {actor}")]
    RunInProgress {
        /// What it does.
        command: String,
        /// For whom.
        actor: String,
    },
    /// The run cannot write any more: an earlier write failed.
    #[error("an earlier write of this run failed: {0}")]
    Stopped(String),
    /// The values cannot be written as JSON.
    #[error("a value cannot be stored: {0}")]
    Value(#[from] groma_value::JsonError),
    /// A state that no state file can hold.
    #[error(transparent)]
    File(#[from] crate::v4::StateFileError),
    /// Anything else that the store's medium reports.
    #[error("cannot {action} the state database {path}: {source}")]
    Io {
        /// `open`, `read`, `write`.
        action: &'static str,
        /// Where the database is.
        path: String,
        /// The cause.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}
