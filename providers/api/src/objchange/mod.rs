//! Comparing and merging objects by schema, as Terraform Core does around every provider call.
//!
//! Values are unmarked, and conform to the schema that comes with them.

mod compatible;
mod correlate;
mod level;
mod normalise;
mod plan_valid;
mod proposed;
mod show;

pub use compatible::{assert_object_compatible, assert_value_compatible};
pub use normalise::normalise_legacy;
pub use plan_valid::assert_plan_valid;
pub use proposed::{planned_data_object, proposed_new_state};
pub use show::go_string;

use groma_value::Path;

/// A provider's answer contradicts what it was asked, or what it answered before.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{path}: {message}")]
pub struct Inconsistency {
    /// Where in the object. Empty for all of it.
    pub path: Path,
    /// What is wrong, for the provider's developers.
    pub message: String,
}

impl Inconsistency {
    fn new(path: &Path, message: impl Into<String>) -> Self {
        Self { path: path.clone(), message: message.into() }
    }
}

#[cfg(test)]
mod tests;
