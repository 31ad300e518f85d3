//! The model of a state, apart from how it is written.

pub(crate) mod bytes;
mod check;
mod dependencies;
mod object;
mod output;
mod state;

pub use check::{CheckObject, CheckResult, CheckStatus, CheckableKind};
pub use dependencies::{
    Dependencies, Dependency, DependencyId, DependencyTable, TableError, TableReader, TableWriter,
};
pub use object::{Attributes, DeposedKey, Identity, InstanceState, Object, ObjectStatus};
pub use output::{Output, Outputs};
pub use state::{Snapshot, State};
