//! Conversion to a type constraint (cty `convert`).
//!
//! Whether a conversion is possible is decided by the types alone ([`possible`]); what it makes of
//! a value, and whether that fails all the same (`"x"` is no number), then follows the value.

mod message;
mod possible;
mod structure;
mod unknown;

use crate::path::PathStep;
use crate::value::Repr;
use crate::{Number, Path, Type, Value};

pub use self::possible::possible;

/// A value that has no conversion to the type asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ConvertError {
    /// Where in the value. Empty for the value itself.
    pub path: Path,
    /// Worded as cty words it: `a number is required`, `attribute "a" is required`.
    pub message: String,
}

impl ConvertError {
    fn new(path: &Path, message: impl Into<String>) -> Self {
        Self { path: path.clone(), message: message.into() }
    }

    /// With the path in front, as Terraform prints it: `[0].a: a bool is required`.
    pub fn with_path(&self) -> String {
        if self.path.0.is_empty() {
            self.message.clone()
        } else {
            format!("{}: {}", self.path, self.message)
        }
    }
}

/// Converts `value` to `ty`, which may have optional attributes (absent ones become null) and
/// [`Type::Dynamic`] parts (kept as they are, element types unified).
///
/// Marks stay where they are, but for those inside a set, which move to it. An unknown stays
/// unknown, with what its refinements say of the result.
pub fn convert(value: &Value, ty: &Type) -> Result<Value, ConvertError> {
    let from = value.ty();
    if from == *ty {
        return Ok(value.clone());
    }
    if !possible(&from, ty, true) {
        return Err(ConvertError::new(&Path::new(), message::mismatch(&from, ty)));
    }
    convert_at(value, ty, &mut Path::new())
}

/// Converts, `path` being where the value is. That it is possible has been checked.
fn convert_at(value: &Value, ty: &Type, path: &mut Path) -> Result<Value, ConvertError> {
    if *ty == Type::Dynamic {
        return Ok(value.clone());
    }
    let converted = match (&value.repr, ty) {
        (Repr::Unknown(what), _) => unknown::convert(what, ty),
        (Repr::Null(from), _) => Value::null(unknown::settle(from, ty).without_optional()),
        (Repr::Bool(_), Type::Bool)
        | (Repr::Number(_), Type::Number)
        | (Repr::String(_), Type::String) => return Ok(value.clone()),
        (Repr::Number(number), Type::String) if number.is_overlong() => {
            let message = "the number has over a million digits, which is too much for a string";
            return Err(ConvertError::new(path, message));
        }
        (Repr::Number(number), Type::String) => Value::string(number.to_string()),
        (Repr::Bool(value), Type::String) => Value::string(if *value { "true" } else { "false" }),
        (Repr::String(text), Type::Number) => match text.parse::<Number>() {
            Ok(number) => Value::number(number),
            Err(error) => return Err(ConvertError::new(path, error.to_string())),
        },
        (Repr::String(text), Type::Bool) => Value::bool(parse_bool(text, path)?),
        _ if value.ty() == *ty => return Ok(value.clone()),
        _ => structure::convert(value, ty, path)?,
    };
    Ok(converted.with_marks(value.marks))
}

fn parse_bool(text: &str, path: &Path) -> Result<bool, ConvertError> {
    let message = match text {
        "true" | "1" => return Ok(true),
        "false" | "0" => return Ok(false),
        "True" | "TRUE" => "a bool is required; to convert from string, use lowercase \"true\"",
        "False" | "FALSE" => "a bool is required; to convert from string, use lowercase \"false\"",
        _ => "a bool is required",
    };
    Err(ConvertError::new(path, message))
}

/// Converts a part of a value, one step further down.
fn convert_part(
    value: &Value,
    ty: &Type,
    path: &mut Path,
    step: PathStep,
) -> Result<Value, ConvertError> {
    path.0.push(step);
    let converted = convert_at(value, ty, path);
    path.0.pop();
    converted
}

#[cfg(test)]
mod tests;
