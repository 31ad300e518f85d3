//! What a plan was made from.

use std::collections::BTreeMap;
use std::sync::Arc;

use groma_addr::ProviderConfig;
use groma_config::Snapshot;
use groma_state::{State, VersionId};
use groma_value::Value;
use serde::{Deserialize, Serialize};

/// The inputs of a plan, by content.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Provenance {
    /// Everything that was asked of the source, with the answers.
    pub snapshot: Arc<Snapshot>,
    /// The commit that the files were read from.
    pub commit: Option<String>,
    /// The selected workspace.
    pub workspace: String,
    /// The providers that were used, sorted by source.
    pub providers: Vec<ProviderRecord>,
    /// What the provider configurations say, with marks. Ephemeral values are null.
    pub provider_configs: BTreeMap<ProviderConfig, Value>,
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
