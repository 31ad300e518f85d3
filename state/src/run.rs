//! Runs: how a state changes.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use async_trait::async_trait;
use groma_addr::{ProviderConfig, ResourceInstance};

use crate::lock::GoTime;
use crate::{Change, DeposedKey, Result, Snapshot, VersionId};

/// What a run does, for whom, from what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunMeta {
    /// `apply`, `destroy`, `state mv`, …
    pub command: String,
    /// For whom.
    pub actor: String,
    /// The commit that the configuration was read from.
    pub commit: Option<String>,
    /// When it began.
    pub started: SystemTime,
    /// The version of Terraform that we answer as.
    pub terraform_version: String,
}

/// Names a run: a random UUID.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RunId(pub Arc<str>);

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Names an intent within its store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IntentId(pub u64);

/// What is about to be done to an object.
#[derive(Clone, Debug, PartialEq)]
pub struct Intent {
    /// Whose object.
    pub addr: ResourceInstance,
    /// Which object; `None` for the current one.
    pub deposed: Option<DeposedKey>,
    /// The provider configuration that does it.
    pub provider: Arc<ProviderConfig>,
    /// What.
    pub action: IntentAction,
    /// The planned attributes as compact JSON, null where unknown; `None` for a
    /// destruction.
    pub planned: Option<Arc<[u8]>>,
    /// Names this attempt for the provider, so that it can find what a lost call made.
    pub token: Arc<str>,
}

/// What is about to be done to an object. A replacement is two intents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IntentAction {
    /// A new object.
    Create,
    /// A change in place.
    Update,
    /// The end of an object.
    Delete,
}

impl IntentAction {
    /// `create`, `update`, `delete`
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }

    /// Reads what [`Self::as_str`] gives.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Create, Self::Update, Self::Delete].into_iter().find(|a| a.as_str() == text)
    }
}

/// An intent that a run left open when it ended: nobody knows whether it happened.
#[derive(Clone, Debug, PartialEq)]
pub struct DanglingIntent {
    /// To [`finish`](Run::finish) it by.
    pub id: IntentId,
    /// The run that left it.
    pub run: RunId,
    /// What that run was.
    pub meta: RunMeta,
    /// When it was begun.
    pub begun: SystemTime,
    /// What was about to be done.
    pub intent: Intent,
}

/// As people are told of it: what, when, and by which run.
impl fmt::Display for DanglingIntent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { run, meta, begun, intent, .. } = self;
        write!(f, "{}", intent.addr)?;
        if let Some(key) = intent.deposed {
            write!(f, " (deposed object {key})")?;
        }
        let (action, begun) = (intent.action.as_str(), GoTime(*begun));
        write!(f, ": {action}, begun {begun} by {:?} of {} (run {run})", meta.command, meta.actor)
    }
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closed {
    /// The version that the run made; `None` if it changed nothing.
    pub version: Option<VersionId>,
    /// The state's serial now.
    pub serial: u64,
}

/// A run in progress: the only way to change a state.
///
/// Transactions are committed in groups: whatever is queued when the store is ready to write is
/// made durable at once. Methods take `&self`, so that many tasks can wait at the same time.
/// After a failed write the run takes no more, and each further call fails with
/// [`Stopped`](crate::StateError::Stopped).
///
/// A run that is dropped leaves its version open, as one that died does; what it wrote stays,
/// and the next run closes that version before it opens its own.
#[async_trait]
pub trait Run: Send + Sync {
    /// Names the run.
    fn id(&self) -> &RunId;

    /// Makes intents known, in one transaction; durable across power loss when it returns. Only
    /// then may the effects be tried. One id for each, in order.
    async fn begin(&self, intents: Vec<Intent>) -> Result<Vec<IntentId>>;

    /// Ends an intent, of this run or a dangling one, together with what came of it, in one
    /// transaction; durable when it returns. No changes: it is known to have done nothing.
    async fn finish(&self, intent: IntentId, changes: Vec<Change>) -> Result<()>;

    /// Makes changes that have no effect outside, in one transaction. Returns once they are
    /// queued; they are durable after the next [`flush`](Self::flush), [`finish`](Self::finish)
    /// or [`close`](Self::close), which also report if they could not be written.
    async fn record(&self, changes: Vec<Change>) -> Result<()>;

    /// Makes durable what was recorded.
    async fn flush(&self) -> Result<()>;

    /// Replaces the whole state by another, as `state push` does; its lineage and serial become
    /// the state's (the serial plus 1 if it differs from a state that was there, as Terraform
    /// counts). Only the differences are stored. Unless `force`, refuses another lineage, an
    /// older serial, and a different state with the same serial. Durable when it returns.
    async fn replace(&self, snapshot: Snapshot, force: bool) -> Result<()>;

    /// Ends the run and closes its version, with serial + 1 if it changed anything. Intents still
    /// open are dangling from now on. The lock stays.
    async fn close(self: Box<Self>) -> Result<Closed>;
}
