//! Output values.

use std::collections::BTreeMap;
use std::fmt;

use groma_addr::Ident;
use groma_value::{JsonError, Path, Value, from_json, to_json, type_from_json, type_to_json};
use serde::{Deserialize, Serialize};

/// An output value, of the root module or of a module instance.
#[derive(Clone, Serialize, Deserialize)]
pub struct Output {
    /// Wholly known and without marks. Its type is the value's own ([`Value::ty`]).
    pub value: Value,
    /// Whether it must not be shown.
    pub sensitive: bool,
}

/// Output values by name.
pub type Outputs = BTreeMap<Ident, Output>;

/// The value only if it may be shown.
impl fmt::Debug for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.sensitive { f.write_str("(sensitive value)") } else { self.value.fmt(f) }
    }
}

impl Output {
    /// The value and its type as compact JSON: how a store keeps them, and how they compare.
    pub fn encode(&self) -> Result<(Vec<u8>, String), JsonError> {
        let ty = self.value.ty();
        Ok((to_json(&self.value, &ty)?, type_to_json(&ty).to_string()))
    }

    /// Reads what [`Self::encode`] gave.
    pub fn decode(value: &[u8], ty: &str, sensitive: bool) -> Result<Self, JsonError> {
        let bad = |error: serde_json::Error| JsonError {
            path: Path::new(),
            message: format!("invalid type: {error}"),
        };
        let ty = type_from_json(&serde_json::from_str(ty).map_err(bad)?)?;
        Ok(Self { value: from_json(value, &ty)?, sensitive })
    }
}
