//! Conversion to a type constraint (cty `convert`).

use crate::{Path, Type, Value};

/// A value that has no conversion to the type asked for.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message}")]
pub struct ConvertError {
    /// Where in the value. Empty for the value itself.
    pub path: Path,
    /// Worded as cty words it: `a number is required`, `attribute "a" is required`.
    pub message: String,
}

/// Converts `value` to `ty`, which may have optional attributes (absent ones become null) and
/// [`Type::Dynamic`] parts (kept as they are, element types unified).
pub fn convert(_value: &Value, _ty: &Type) -> Result<Value, ConvertError> {
    todo!()
}
