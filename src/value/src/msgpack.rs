//! MessagePack, as plan files and providers exchange values.

use crate::{Path, Type, Value};

/// Bytes that are not a value of the type asked for.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message}")]
pub struct MsgpackError {
    /// Where in the value.
    pub path: Path,
    /// What is wrong.
    pub message: String,
}

/// Writes an unmarked value; unknowns as extension 0, refined ones as extension 12.
pub fn to_msgpack(_value: &Value, _ty: &Type) -> Result<Vec<u8>, MsgpackError> {
    todo!()
}

/// Reads a value of type `ty`.
pub fn from_msgpack(_bytes: &[u8], _ty: &Type) -> Result<Value, MsgpackError> {
    todo!()
}
