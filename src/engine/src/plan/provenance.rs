//! What a plan was made from.

use std::collections::BTreeMap;
use std::sync::Arc;

use groma_state::{State, VersionId};
use serde::{Deserialize, Serialize};

/// The inputs of a plan, by content.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Provenance {
    /// Every file that was read: configuration, lock file, and what functions read.
    pub files: Vec<SnapshotFile>,
    /// Listings that `fileset` gave: (directory, pattern) to result.
    pub filesets: BTreeMap<(String, String), Vec<String>>,
    /// The commit that the files were read from.
    pub commit: Option<String>,
    /// The root module's directory within the source.
    pub root: String,
    /// The selected workspace.
    pub workspace: String,
    /// The providers that were used, sorted by source.
    pub providers: Vec<ProviderRecord>,
}

/// A file as it was when the plan was made.
#[derive(Clone, Serialize, Deserialize)]
pub struct SnapshotFile {
    /// As the source names it.
    pub path: String,
    /// Its bytes; `None` if something looked for it and it was not there.
    pub content: Option<Arc<[u8]>>,
}

/// A provider that was used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderRecord {
    /// Its source.
    pub source: groma_addr::Provider,
    /// The version, or the version that a native provider emulates.
    pub version: String,
    /// Hashes from the lock file; empty for a native one.
    pub hashes: Vec<String>,
    /// Whether it is part of this program.
    pub native: bool,
}

/// The state that a plan was made against.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Prior {
    /// Empty if there was no state.
    pub lineage: String,
    /// Of the state as it was read. A plan is stale if the state's is another when it is applied.
    pub serial: u64,
    /// The version in the store.
    pub version: Option<VersionId>,
    /// As it was read, with objects at the addresses that `moved` gives them.
    pub before_refresh: State,
    /// After the refresh; what the changes start from.
    pub state: State,
}

/// Path and size: content may be secret.
impl std::fmt::Debug for SnapshotFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let size = self.content.as_ref().map(|content| content.len());
        f.debug_struct("SnapshotFile").field("path", &self.path).field("size", &size).finish()
    }
}
