//! MessagePack, as plan files and providers exchange values.
//!
//! A value is written for a reader that knows its type. Where the type is dynamic it is written
//! as an array of the type's JSON and the value. Unknowns are extension values: code 0 with
//! nothing known, code 12 with a map of refinements.

mod packed;
mod read;
mod unknown;
mod wire;
mod write;

pub use self::read::from_msgpack;
pub use self::write::to_msgpack;

use crate::Path;

/// Bytes that are not a value of the type asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct MsgpackError {
    /// Where in the value.
    pub path: Path,
    /// What is wrong.
    pub message: String,
}

impl MsgpackError {
    fn new(path: &Path, message: impl Into<String>) -> Self {
        Self { path: path.clone(), message: message.into() }
    }
}

#[cfg(test)]
mod tests;
