//! Writing JSON.

use std::io::Write as _;

use super::{JsonError, types::write_type};
use crate::path::PathStep;
use crate::value::Repr;
use crate::{Fields, Number, Path, Str, Type, Value};

/// Writes a wholly known, unmarked value (cty `json.Marshal`): dynamic parts as
/// `{"value":…,"type":…}`.
pub fn to_json(value: &Value, ty: &Type) -> Result<Vec<u8>, JsonError> {
    let mut out = Vec::new();
    write(value, ty, &mut Path::new(), &mut out)?;
    Ok(out)
}

/// Writes a wholly known, unmarked value as what it is itself, as `jsonencode` and
/// `output -json` do.
pub fn encode_json(value: &Value) -> Result<Vec<u8>, JsonError> {
    let mut out = Vec::new();
    write_own(value, &mut Path::new(), &mut out)?;
    Ok(out)
}

/// Writes a string as Go's `encoding/json` does: `<`, `>` and `&` escaped too.
pub fn write_json_string(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    let bytes = text.as_bytes();
    let mut done = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        let escape: &[u8] = match byte {
            b'"' => b"\\\"",
            b'\\' => b"\\\\",
            b'\n' => b"\\n",
            b'\r' => b"\\r",
            b'\t' => b"\\t",
            0x08 => b"\\b",
            0x0c => b"\\f",
            b'<' => b"\\u003c",
            b'>' => b"\\u003e",
            b'&' => b"\\u0026",
            // The line and paragraph separators, U+2028 and U+2029.
            0xe2 if bytes[at + 1] == 0x80 && bytes[at + 2] == 0xa8 => b"\\u2028",
            0xe2 if bytes[at + 1] == 0x80 && bytes[at + 2] == 0xa9 => b"\\u2029",
            0x00..0x20 => {
                out.extend_from_slice(&bytes[done..at]);
                done = at + 1;
                // Writing to a vector does not fail.
                let _ = write!(out, "\\u{byte:04x}");
                continue;
            }
            _ => continue,
        };
        out.extend_from_slice(&bytes[done..at]);
        out.extend_from_slice(escape);
        done = at + if byte == 0xe2 { 3 } else { 1 };
    }
    out.extend_from_slice(&bytes[done..]);
    out.push(b'"');
}

/// Writes `value` for a reader that knows `ty`.
fn write(value: &Value, ty: &Type, path: &mut Path, out: &mut Vec<u8>) -> Result<(), JsonError> {
    if !ty.has_dynamic() {
        return write_own(value, path, out);
    }
    if *ty == Type::Dynamic {
        return write_dynamic(value, path, out);
    }
    let any = &Type::Dynamic;
    match (&value.repr, ty) {
        _ if !value.marks().is_empty() => write_own(value, path, out),
        (Repr::List(seq) | Repr::Set(seq), Type::List(elem) | Type::Set(elem)) => {
            write_items(&seq.items, |_| elem, path, out)
        }
        (Repr::Tuple(tuple), Type::Tuple(elems)) => {
            write_items(&tuple.content, |at| elems.get(at).unwrap_or(any), path, out)
        }
        (Repr::Map(map), Type::Map(elem)) => {
            let step = |key: &Str| PathStep::Key(key.clone());
            write_fields(&map.entries, |_| elem, step, path, out)
        }
        (Repr::Object(object), Type::Object(to)) => {
            let ty = |name: &Str| to.attributes.get(name).map_or(any, |a| &a.ty);
            write_fields(&object.content, ty, |name| PathStep::Attr(name.clone()), path, out)
        }
        _ => write_own(value, path, out),
    }
}

/// Writes a value with its type beside it, for a reader that does not know it.
fn write_dynamic(value: &Value, path: &mut Path, out: &mut Vec<u8>) -> Result<(), JsonError> {
    let ty = value.ty();
    if ty == Type::Dynamic {
        return write_own(value, path, out);
    }
    out.extend_from_slice(b"{\"value\":");
    write(value, &ty, path, out)?;
    out.extend_from_slice(b",\"type\":");
    write_type(&ty, out);
    out.push(b'}');
    Ok(())
}

/// Writes a value for a reader that knows its type.
fn write_own(value: &Value, path: &mut Path, out: &mut Vec<u8>) -> Result<(), JsonError> {
    if !value.marks().is_empty() {
        let message = "value has marks, so it cannot be serialized as JSON";
        return Err(JsonError::new(path, message));
    }
    match &value.repr {
        Repr::Null(_) => out.extend_from_slice(b"null"),
        Repr::Unknown(_) => return Err(JsonError::new(path, "value is not known")),
        Repr::Bool(value) => out.extend_from_slice(if *value { b"true" } else { b"false" }),
        Repr::Number(number) => write_number(number, path, out)?,
        Repr::String(text) => write_json_string(text, out),
        Repr::List(seq) | Repr::Set(seq) => write_own_items(&seq.items, path, out)?,
        Repr::Tuple(tuple) => write_own_items(&tuple.content, path, out)?,
        Repr::Map(map) => {
            write_own_fields(&map.entries, |key| PathStep::Key(key.clone()), path, out)?;
        }
        Repr::Object(object) => {
            write_own_fields(&object.content, |name| PathStep::Attr(name.clone()), path, out)?;
        }
    }
    Ok(())
}

fn write_number(number: &Number, path: &Path, out: &mut Vec<u8>) -> Result<(), JsonError> {
    if !number.is_finite() {
        return Err(JsonError::new(path, "cannot serialize infinity as JSON"));
    }
    // Writing to a vector does not fail.
    let _ = write!(out, "{number}");
    Ok(())
}

fn write_items<'t>(
    items: &[Value],
    ty: impl Fn(usize) -> &'t Type,
    path: &mut Path,
    out: &mut Vec<u8>,
) -> Result<(), JsonError> {
    write_each_item(items, path, out, |at, item, path, out| write(item, ty(at), path, out))
}

fn write_own_items(items: &[Value], path: &mut Path, out: &mut Vec<u8>) -> Result<(), JsonError> {
    write_each_item(items, path, out, |_, item, path, out| write_own(item, path, out))
}

fn write_each_item(
    items: &[Value],
    path: &mut Path,
    out: &mut Vec<u8>,
    mut write: impl FnMut(usize, &Value, &mut Path, &mut Vec<u8>) -> Result<(), JsonError>,
) -> Result<(), JsonError> {
    out.push(b'[');
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        path.0.push(PathStep::Index(Number::from(at)));
        write(at, item, path, out)?;
        path.0.pop();
    }
    out.push(b']');
    Ok(())
}

fn write_fields<'t>(
    fields: &Fields,
    ty: impl Fn(&Str) -> &'t Type,
    step: impl Fn(&Str) -> PathStep,
    path: &mut Path,
    out: &mut Vec<u8>,
) -> Result<(), JsonError> {
    write_each_field(fields, step, path, out, |name, v, path, out| write(v, ty(name), path, out))
}

fn write_own_fields(
    fields: &Fields,
    step: impl Fn(&Str) -> PathStep,
    path: &mut Path,
    out: &mut Vec<u8>,
) -> Result<(), JsonError> {
    write_each_field(fields, step, path, out, |_, value, path, out| write_own(value, path, out))
}

fn write_each_field(
    fields: &Fields,
    step: impl Fn(&Str) -> PathStep,
    path: &mut Path,
    out: &mut Vec<u8>,
    mut write: impl FnMut(&Str, &Value, &mut Path, &mut Vec<u8>) -> Result<(), JsonError>,
) -> Result<(), JsonError> {
    out.push(b'{');
    for (at, (name, value)) in fields.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        write_json_string(name, out);
        out.push(b':');
        path.0.push(step(name));
        write(name, value, path, out)?;
        path.0.pop();
    }
    out.push(b'}');
    Ok(())
}
