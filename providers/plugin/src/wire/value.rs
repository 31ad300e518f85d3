//! Values, which cross as MessagePack.

use groma_value::{Type, Value, from_json, from_msgpack, to_msgpack};

use super::Malformed;
use crate::proto::DynamicValue;

/// Encodes a value of type `ty`. It has no marks.
pub(crate) fn encode(value: &Value, ty: &Type) -> Result<Option<DynamicValue>, Malformed> {
    let msgpack = to_msgpack(value, ty).map_err(|error| Malformed(error.to_string()))?;
    Ok(Some(DynamicValue { msgpack, json: Vec::new() }))
}

/// Decodes a value that is there.
pub(crate) fn decode(
    encoded: Option<DynamicValue>,
    ty: &Type,
    what: &str,
) -> Result<Value, Malformed> {
    let encoded = encoded.ok_or_else(|| Malformed(format!("it sent no {what}")))?;
    decode_or_null(Some(encoded), ty, what)
}

/// Decodes a value; one that is not there is null.
pub(crate) fn decode_or_null(
    encoded: Option<DynamicValue>,
    ty: &Type,
    what: &str,
) -> Result<Value, Malformed> {
    let Some(DynamicValue { msgpack, json }) = encoded else { return Ok(Value::null(ty.clone())) };
    let unfit = |error: &dyn std::fmt::Display| {
        Malformed(format!("its {what} is not what its schema says: {error}"))
    };
    if !msgpack.is_empty() {
        return from_msgpack(&msgpack, ty).map_err(|error| unfit(&error));
    }
    if !json.is_empty() {
        return from_json(&json, ty).map_err(|error| unfit(&error));
    }
    Ok(Value::null(ty.clone()))
}
