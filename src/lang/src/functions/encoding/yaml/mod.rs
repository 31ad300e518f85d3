//! `yamldecode` and `yamlencode`: YAML 1.1 as go-cty-yaml reads and writes it.

mod emitter;
mod parser;
mod reader;
mod scalar;
mod scan;
mod scanner;
mod token;

use groma_value::{Type, Value};

use self::emitter::Emitter;
use crate::functions::{Call, FunctionError};

/// The value that a YAML document stands for.
pub(super) fn decode(call: &Call<'_>) -> Result<Value, FunctionError> {
    reader::read(call.text(0)?).map_err(FunctionError::new)
}

/// A value as a YAML document.
pub(super) fn encode(call: &Call<'_>) -> Result<Value, FunctionError> {
    let value = call.value(0)?;
    if !value.is_wholly_known() {
        return Ok(Value::unknown(Type::String).refine_not_null());
    }
    Ok(Value::string(Emitter::document(value)))
}
