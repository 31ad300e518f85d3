//! `format` and `formatlist`: text by a pattern with verbs, as Go's `fmt` but for strings, whose
//! width and precision count characters.

mod number;
mod verb;

use groma_value::{Type, Value, convert, to_json};

use self::verb::{Piece, Verb};
use super::string::{character_count, characters};
use super::{Call, Function, FunctionError, Parameter, returns};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "format",
        "Writes values into a string, each where a verb such as `%s` or `%05.2f` stands.",
        &[Parameter::string("format")],
        returns::string,
        format,
    )
    .variadic(Parameter::any("args").unknown().nullable()),
    Function::new(
        "formatlist",
        "Writes values as `format` does, once for each element of the lists among them.",
        &[Parameter::string("format")],
        returns::strings,
        formatlist,
    )
    .variadic(Parameter::any("args").unknown().nullable()),
];

fn format(call: &Call<'_>) -> Result<Value, FunctionError> {
    let (pattern, args) = (call.text(0)?, call.args.get(1..).unwrap_or_default());
    if !args.iter().all(Value::is_wholly_known) {
        // What comes before the first verb is known all the same.
        let start = pattern.split('%').next().unwrap_or_default();
        return Ok(Value::unknown(Type::String).refine().not_null().prefix(start).done());
    }
    write(pattern, args).map(Value::string)
}

fn formatlist(call: &Call<'_>) -> Result<Value, FunctionError> {
    let (pattern, args) = (call.text(0)?, call.args.get(1..).unwrap_or_default());
    let Some(count) = iterations(args)? else { return call.unknown() };
    let mut results = Vec::with_capacity(count);
    for iteration in 0..count {
        let arg = |arg: &Value| match elements(arg) {
            Some(items) => items.get(iteration).cloned().unwrap_or_else(|| arg.clone()),
            None => arg.clone(),
        };
        let args: Vec<Value> = args.iter().map(arg).collect();
        if !args.iter().all(Value::is_wholly_known) {
            results.push(Value::unknown(Type::String).refine_not_null());
            continue;
        }
        let text = write(pattern, &args).map_err(|error| {
            FunctionError::new(format!("error on format iteration {iteration}: {}", error.message))
        })?;
        results.push(Value::string(text));
    }
    Ok(Value::list(Type::String, results))
}

/// The elements of a known list, set or tuple.
fn elements(arg: &Value) -> Option<&[Value]> {
    arg.as_slice()
}

/// How many elements the lists among the arguments have, 1 if there is no list; nothing if one of
/// them is unknown.
fn iterations(args: &[Value]) -> Result<Option<usize>, FunctionError> {
    let mut chosen: Option<(usize, usize)> = None;
    let mut unknown = false;
    for (index, arg) in args.iter().enumerate() {
        let length = match (elements(arg), arg.ty()) {
            (Some(items), _) => items.len(),
            (None, Type::Tuple(elems)) if !arg.is_null() => elems.len(),
            (None, Type::List(_) | Type::Set(_)) if !arg.is_null() => {
                unknown = true;
                continue;
            }
            _ => continue,
        };
        unknown |= !arg.is_known();
        match chosen {
            Some((first, expected)) if expected != length => {
                return Err(FunctionError::argument(
                    index + 1,
                    format!(
                        "argument {} has length {length}, which is inconsistent with argument {} \
                         of length {expected}",
                        index + 1,
                        first + 1
                    ),
                ));
            }
            Some(_) => {}
            None => chosen = Some((index, length)),
        }
    }
    Ok((!unknown).then(|| chosen.map_or(1, |(_, length)| length)))
}

/// Writes known arguments into `pattern`.
fn write(pattern: &str, args: &[Value]) -> Result<String, FunctionError> {
    let mut out = String::with_capacity(pattern.len());
    let (mut next, mut used) = (1, 0);
    for piece in verb::parse(pattern) {
        let verb = match piece? {
            Piece::Text(text) => {
                out.push_str(text);
                continue;
            }
            Piece::Verb(verb) => verb,
        };
        let number = verb.argument.unwrap_or(next);
        let Some(arg) = number.checked_sub(1).and_then(|index| args.get(index)) else {
            return Err(FunctionError::new(format!(
                "not enough arguments for {:?} at {}: need index {number} but have {} total",
                verb.raw,
                verb.offset,
                args.len()
            )));
        };
        out.push_str(&verb.write(arg)?);
        next = number + 1;
        used = used.max(number);
    }
    if used < args.len() {
        let message = if used == 0 {
            "too many arguments; no verbs in format string".to_owned()
        } else {
            format!("too many arguments; only {used} used by format string")
        };
        return Err(FunctionError::argument(used + 1, message));
    }
    Ok(out)
}

impl Verb<'_> {
    fn unsupported(&self, why: impl std::fmt::Display) -> FunctionError {
        FunctionError::new(format!(
            "unsupported value for {:?} at {}: {why}",
            self.raw, self.offset
        ))
    }

    fn write(&self, arg: &Value) -> Result<String, FunctionError> {
        if self.mode != 'v' && arg.is_null() {
            return Err(self.unsupported("null value cannot be formatted"));
        }
        match self.mode {
            'v' => self.write_any(arg),
            't' => {
                let value = self.converted(arg, &Type::Bool)?;
                Ok((value.as_bool() == Some(true)).to_string())
            }
            'b' | 'd' | 'o' | 'x' | 'X' | 'e' | 'E' | 'f' | 'g' | 'G' => {
                let value = self.converted(arg, &Type::Number)?;
                let Some(number) = value.as_number() else {
                    return Err(self.unsupported("a number is required"));
                };
                self.write_number(number)
            }
            's' | 'q' => self.write_string(arg),
            mode => Err(FunctionError::new(format!(
                "unsupported format verb {mode:?} in {:?} at offset {}",
                self.raw, self.offset
            ))),
        }
    }

    fn converted(&self, arg: &Value, ty: &Type) -> Result<Value, FunctionError> {
        convert(arg, ty).map_err(|error| self.unsupported(error.message))
    }

    /// Strings and numbers by themselves, anything else as JSON.
    fn write_any(&self, arg: &Value) -> Result<String, FunctionError> {
        if !self.sharp {
            if let Some(text) = arg.as_str() {
                return Ok(self.pad(text.to_string()));
            }
            if let Some(number) = arg.as_number() {
                return Ok(self.pad(number::shortest(number)));
            }
        }
        Ok(self.pad(self.json(arg)?))
    }

    fn json(&self, arg: &Value) -> Result<String, FunctionError> {
        let bytes = to_json(arg, &arg.ty()).map_err(|error| self.unsupported(error.message))?;
        String::from_utf8(bytes).map_err(|error| self.unsupported(error))
    }

    fn write_string(&self, arg: &Value) -> Result<String, FunctionError> {
        let value = self.converted(arg, &Type::String)?;
        let Some(text) = value.as_str() else {
            return Err(self.unsupported("string required"));
        };
        // A precision of 0 does not shorten, as in Terraform.
        let text: String = match self.precision {
            Some(most) if most > 0 => characters(text).take(most).collect(),
            _ => text.to_string(),
        };
        if self.mode == 'q' {
            Ok(self.pad(self.json(&Value::string(text))?))
        } else {
            Ok(self.pad(text))
        }
    }

    /// Fills up to the width, with zeros (on either side) if the verb says so.
    fn pad(&self, text: String) -> String {
        let missing = self.width.unwrap_or(0).saturating_sub(character_count(&text));
        if missing == 0 {
            return text;
        }
        let fill = if self.zero { "0" } else { " " }.repeat(missing);
        if self.minus { text + &fill } else { fill + &text }
    }
}
