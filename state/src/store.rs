//! The trait of stores.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::{DanglingIntent, Lock, LockInfo, Result, Run, RunId, RunMeta, Snapshot};

/// The workspace that is always there.
pub const DEFAULT_WORKSPACE: &str = "default";

/// Names a state within a store.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StateKey {
    /// The stack: by default the root module's path in its repository, empty outside one.
    pub stack: Arc<str>,
    /// The workspace.
    pub workspace: Arc<str>,
}

impl StateKey {
    /// From its parts.
    pub fn new(stack: impl Into<Arc<str>>, workspace: impl Into<Arc<str>>) -> Self {
        Self { stack: stack.into(), workspace: workspace.into() }
    }
}

/// Numbers the versions of a state from 1. Not the serial, which `state push` may set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct VersionId(pub u64);

impl fmt::Display for VersionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// A state as it is in a store.
#[derive(Clone, Debug)]
pub struct Stored {
    /// Which version it is. The newest may be open still: of a run in progress, or one that died.
    pub version: VersionId,
    /// The state.
    pub snapshot: Snapshot,
}

/// One version in the history of a state: the result of a run that changed something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionInfo {
    /// Its number.
    pub version: VersionId,
    /// The state's serial then.
    pub serial: u64,
    /// The run that made it.
    pub run: RunId,
    /// What that run was: command, actor, commit, time.
    pub meta: RunMeta,
    /// When it was closed; `None` while it is open.
    pub closed: Option<SystemTime>,
    /// How many objects came to be in it.
    pub added: u64,
    /// How many objects it changed.
    pub changed: u64,
    /// How many objects went.
    pub removed: u64,
}

/// Keeps states, with their history. See [`Run`] for how they change.
#[async_trait]
pub trait StateStore: Send + Sync {
    /// The newest state: all that is durable, also of a run in progress or one that died. `None`
    /// if it was never written.
    async fn read(&self, key: &StateKey) -> Result<Option<Stored>>;

    /// The state as it was at the end of a version.
    async fn read_version(&self, key: &StateKey, version: VersionId) -> Result<Stored>;

    /// The history, newest first. Empty if the state was never written.
    async fn versions(&self, key: &StateKey) -> Result<Vec<VersionInfo>>;

    /// Intents that a run left open when it ended, oldest first. Those of a run in progress are
    /// not among them.
    async fn dangling(&self, key: &StateKey) -> Result<Vec<DanglingIntent>>;

    /// The workspaces of a stack, sorted, [`DEFAULT_WORKSPACE`] always among them.
    async fn workspaces(&self, stack: &str) -> Result<Vec<String>>;

    /// Makes a workspace with no state.
    async fn create_workspace(&self, key: &StateKey) -> Result<()>;

    /// Deletes a workspace with its state, history and lock. Whether there is still something in
    /// the state is for the caller to ask.
    async fn delete_workspace(&self, key: &StateKey) -> Result<()>;

    /// Tries once to lock a state; [`Locked`](crate::StateError::Locked) if another has it. The
    /// lock of a process that provably ended on this host is taken over, and named in the result.
    async fn lock(&self, key: &StateKey, info: LockInfo) -> Result<Lock>;

    /// Releases a lock: one's own, or another's (`force-unlock`).
    async fn unlock(&self, key: &StateKey, id: &str) -> Result<()>;

    /// Who holds the lock.
    async fn lock_info(&self, key: &StateKey) -> Result<Option<LockInfo>>;

    /// Begins a run, under a lock unless the user asked for none, and closes the version that a
    /// dead run left open. Refused while another run of the same state is in progress.
    async fn begin_run(
        &self,
        key: &StateKey,
        lock: Option<&Lock>,
        meta: RunMeta,
    ) -> Result<Box<dyn Run>>;

    /// A secret of this store, made at its creation: sensitive values enter digests under it.
    async fn digest_secret(&self) -> Result<[u8; 32]>;
}
