//! JSON: values by type, as state, plan and provider JSON have them, and types themselves.
//!
//! Written by hand rather than through serde, so that numbers keep all their digits and strings
//! are escaped as Terraform's are, byte for byte.

mod read;
mod scan;
mod types;
mod write;

pub(crate) use self::read::settled;
pub use self::read::{decode_json, from_json, implied_type};
pub(crate) use self::types::{parse_type, write_type};
pub use self::types::{type_from_json, type_to_json};
pub use self::write::{encode_json, to_json, write_json_string};

use crate::Path;

/// JSON that is not a value of the type asked for, or a value that JSON cannot hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct JsonError {
    /// Where in the value.
    pub path: Path,
    /// What is wrong.
    pub message: String,
}

impl JsonError {
    fn new(path: &Path, message: impl Into<String>) -> Self {
        Self { path: path.clone(), message: message.into() }
    }
}

#[cfg(test)]
mod tests;
