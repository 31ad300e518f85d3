//! `jsondecode` and `jsonencode`.

use groma_value::{Type, Value, from_json, implied_type, to_json};

use crate::functions::{Call, FunctionError, returns};

/// The type of the value that a JSON text stands for.
pub(super) fn decoded_type(args: &[Value]) -> returns::Result {
    match args.first().and_then(Value::as_str) {
        Some(text) => {
            implied_type(text.as_bytes()).map_err(|error| FunctionError::new(error.message))
        }
        None => Ok(Type::Dynamic),
    }
}

/// The value that a JSON text stands for.
pub(super) fn decode(call: &Call<'_>) -> Result<Value, FunctionError> {
    from_json(call.text(0)?.as_bytes(), call.ty).map_err(|error| FunctionError::new(error.message))
}

/// The JSON of a value.
pub(super) fn encode(call: &Call<'_>) -> Result<Value, FunctionError> {
    let value = call.value(0)?;
    if !value.is_wholly_known() {
        return Ok(unknown_json(value));
    }
    let bytes = to_json(value, &value.ty()).map_err(|error| FunctionError::new(error.message))?;
    let text = String::from_utf8(bytes).map_err(|error| FunctionError::new(error.to_string()))?;
    Ok(Value::string(text))
}

/// The type tells the first character, unless the value may be null.
fn unknown_json(value: &Value) -> Value {
    let result = Value::unknown(Type::String).refine().not_null();
    if !value.is_definitely_not_null() {
        return result.done();
    }
    let start = match value.ty() {
        Type::String => "\"",
        Type::Object(_) | Type::Map(_) => "{",
        Type::Tuple(_) | Type::List(_) | Type::Set(_) => "[",
        Type::Bool | Type::Number | Type::Dynamic => "",
    };
    result.full_prefix(start).done()
}
