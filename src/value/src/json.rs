//! JSON: values by type, as state, plan and provider JSON have them, and types themselves.

use crate::{Path, Type, Value};

/// JSON that is not a value of the type asked for, or a value that JSON cannot hold.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message}")]
pub struct JsonError {
    /// Where in the value.
    pub path: Path,
    /// What is wrong.
    pub message: String,
}

/// Writes a wholly known, unmarked value (cty `json.Marshal`): dynamic parts as
/// `{"value":…,"type":…}`.
pub fn to_json(_value: &Value, _ty: &Type) -> Result<Vec<u8>, JsonError> {
    todo!()
}

/// Reads a value of type `ty` (cty `json.Unmarshal`); numbers keep all their digits.
pub fn from_json(_bytes: &[u8], _ty: &Type) -> Result<Value, JsonError> {
    todo!()
}

/// The type that JSON has by itself: objects and tuples (cty `json.ImpliedType`).
pub fn implied_type(_bytes: &[u8]) -> Result<Type, JsonError> {
    todo!()
}

/// `"string"`, `["list","string"]`, `["object",{…}]`, `["object",{…},["optional"]]`
pub fn type_to_json(_ty: &Type) -> serde_json::Value {
    todo!()
}

/// Reads what [`type_to_json`] writes.
pub fn type_from_json(_json: &serde_json::Value) -> Result<Type, JsonError> {
    todo!()
}
