//! State: what is known of the objects that configuration made.
//!
//! - [`State`] is the model. It is cheap to clone and knows nothing of how it is kept.
//! - [`v4`] reads and writes it as `terraform.tfstate`.
//! - [`ops`] are `state mv`, `state rm` and their like.
//! - [`StateStore`] keeps states, keyed by [`StateKey`]; a [`Run`] changes one, in transactions. [`MemoryStore`] is the fake of
//!   it; [`conformance`] is what every store must do.
//!
//! **Invariant:** no I/O here; the stores are crates of their own.

mod change;
#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
mod diff;
mod error;
mod intern;
mod lock;
mod memory;
mod model;
pub mod ops;
mod push;
mod run;
mod store;
pub mod v4;

pub use change::Change;
pub use error::StateError;
pub use intern::{Interner, parse_config_resource};
pub use lock::{Lock, LockInfo, LockState, lock_within};
pub use memory::MemoryStore;
pub use model::{
    Attributes, CheckObject, CheckResult, CheckStatus, CheckableKind, Dependencies, Dependency,
    DependencyId, DependencyTable, DeposedKey, Identity, InstanceState, Object, ObjectStatus,
    Output, Outputs, Snapshot, State, TableError, TableReader, TableWriter,
};
pub use run::{Closed, DanglingIntent, Intent, IntentAction, IntentId, Run, RunId, RunMeta};
pub use store::{DEFAULT_WORKSPACE, StateKey, StateStore, Stored, VersionId, VersionInfo};

/// `Result` of the stores.
pub type Result<T, E = StateError> = std::result::Result<T, E>;

/// A secret for [`StateStore::digest_secret`].
pub fn random_secret() -> Result<[u8; 32], getrandom::Error> {
    let mut secret = [0; 32];
    getrandom::fill(&mut secret)?;
    Ok(secret)
}
