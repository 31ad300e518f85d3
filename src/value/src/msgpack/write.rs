//! Writing MessagePack.

use super::wire::{
    write_array_header, write_bytes, write_float, write_int, write_map_header, write_string,
};
use super::{MsgpackError, unknown};
use crate::json::write_type;
use crate::path::PathStep;
use crate::value::Repr;
use crate::{Fields, Number, Path, Str, Type, Value};

/// Writes an unmarked value; unknowns as extension 0, refined ones as extension 12.
pub fn to_msgpack(value: &Value, ty: &Type) -> Result<Vec<u8>, MsgpackError> {
    let mut out = Vec::new();
    write(value, ty, &mut Path::new(), &mut out)?;
    Ok(out)
}

/// An integer if it is one that fits, else a double if that is exact, else decimal text.
pub(super) fn write_number(number: &Number, out: &mut Vec<u8>) {
    if let Some(value) = number.to_i64() {
        write_int(value, out);
    } else if let Some(value) = number.to_f64_exact() {
        write_float(value, out);
    } else {
        write_string(&number.to_string(), out);
    }
}

fn write(value: &Value, ty: &Type, path: &mut Path, out: &mut Vec<u8>) -> Result<(), MsgpackError> {
    if !value.marks().is_empty() {
        return Err(MsgpackError::new(path, "value has marks, so it cannot be serialized"));
    }
    if *ty == Type::Dynamic {
        let own = value.ty();
        if own != Type::Dynamic {
            let mut name = Vec::new();
            write_type(&own, &mut name);
            write_array_header(2, out);
            write_bytes(&name, out);
            return write(value, &own, path, out);
        }
    }
    match (&value.repr, ty) {
        (Repr::Null(_), _) => out.push(0xc0),
        (Repr::Unknown(what), _) => unknown::write(what, out),
        (Repr::Bool(value), _) => out.push(if *value { 0xc3 } else { 0xc2 }),
        (Repr::Number(number), _) => write_number(number, out),
        (Repr::String(text), _) => write_string(text, out),
        (Repr::List(seq) | Repr::Set(seq), Type::List(elem) | Type::Set(elem)) => {
            write_array_header(seq.items.len(), out);
            for (at, item) in seq.items.iter().enumerate() {
                write_part(item, elem, PathStep::Index(Number::from(at)), path, out)?;
            }
        }
        (Repr::Tuple(tuple), Type::Tuple(elems)) if tuple.content.len() == elems.len() => {
            write_array_header(elems.len(), out);
            for (at, (item, elem)) in tuple.content.iter().zip(elems.iter()).enumerate() {
                write_part(item, elem, PathStep::Index(Number::from(at)), path, out)?;
            }
        }
        (Repr::Map(map), Type::Map(elem)) => {
            let step = |key: &Str| PathStep::Key(key.clone());
            write_fields(&map.entries, |_| Some(&**elem), step, path, out)?;
        }
        (Repr::Object(object), Type::Object(to)) => {
            let ty = |name: &Str| to.attributes.get(name).map(|a| &a.ty);
            let step = |name: &Str| PathStep::Attr(name.clone());
            write_fields(&object.content, ty, step, path, out)?;
        }
        _ => {
            let message = format!("{} is required", ty.friendly_constraint_name());
            return Err(MsgpackError::new(path, message));
        }
    }
    Ok(())
}

fn write_part(
    value: &Value,
    ty: &Type,
    step: PathStep,
    path: &mut Path,
    out: &mut Vec<u8>,
) -> Result<(), MsgpackError> {
    path.0.push(step);
    write(value, ty, path, out)?;
    path.0.pop();
    Ok(())
}

fn write_fields<'t>(
    fields: &Fields,
    ty: impl Fn(&Str) -> Option<&'t Type>,
    step: impl Fn(&Str) -> PathStep,
    path: &mut Path,
    out: &mut Vec<u8>,
) -> Result<(), MsgpackError> {
    write_map_header(fields.len(), out);
    for (name, value) in fields.iter() {
        let Some(ty) = ty(name) else {
            return Err(MsgpackError::new(path, format!("unsupported attribute {name:?}")));
        };
        write_string(name, out);
        write_part(value, ty, step(name), path, out)?;
    }
    Ok(())
}
