//! Unknown values and their refinements.

use super::wire::{
    Item, Wire, write_array_header, write_extension, write_int, write_map_header, write_string,
};
use super::write::write_number;
use crate::refine::UnknownValue;
use crate::{Number, Type, Value};

/// The extension code of an unknown value with refinements.
const REFINED: u8 = 12;

/// What is refined, by the key in the extension's map.
mod key {
    pub(super) const IS_NULL: i64 = 1;
    pub(super) const PREFIX: i64 = 2;
    pub(super) const NUMBER_MIN: i64 = 3;
    pub(super) const NUMBER_MAX: i64 = 4;
    pub(super) const LENGTH_MIN: i64 = 5;
    pub(super) const LENGTH_MAX: i64 = 6;
}

pub(super) fn write(unknown: &UnknownValue, out: &mut Vec<u8>) {
    let known = &unknown.refinements;
    let (mut count, mut body) = (0, Vec::new());
    let mut entry = |key: i64, write: &dyn Fn(&mut Vec<u8>)| {
        count += 1;
        write_int(key, &mut body);
        write(&mut body);
    };
    if known.not_null {
        entry(key::IS_NULL, &|out| out.push(0xc2));
    }
    if let Some((min, inclusive)) = &known.number_min {
        entry(key::NUMBER_MIN, &|out| write_bound(min, *inclusive, out));
    }
    if let Some((max, inclusive)) = &known.number_max {
        entry(key::NUMBER_MAX, &|out| write_bound(max, *inclusive, out));
    }
    if let Some(prefix) = &known.prefix {
        entry(key::PREFIX, &|out| write_string(prefix, out));
    }
    if let Some(min) = known.length_min {
        entry(key::LENGTH_MIN, &|out| write_int(i64::try_from(min).unwrap_or(i64::MAX), out));
    }
    if let Some(max) = known.length_max {
        entry(key::LENGTH_MAX, &|out| write_int(i64::try_from(max).unwrap_or(i64::MAX), out));
    }
    if count == 0 {
        write_extension(0, &[0], out);
        return;
    }
    let mut whole = Vec::with_capacity(body.len() + 1);
    write_map_header(count, &mut whole);
    whole.extend_from_slice(&body);
    write_extension(REFINED, &whole, out);
}

fn write_bound(bound: &Number, inclusive: bool, out: &mut Vec<u8>) {
    write_array_header(2, out);
    write_number(bound, out);
    out.push(if inclusive { 0xc3 } else { 0xc2 });
}

/// The value of an extension item.
pub(super) fn read(code: u8, body: &[u8], ty: &Type) -> Result<Value, String> {
    /// More than any refinement takes; beyond it, someone means harm.
    const LONGEST: usize = 1024;

    let ty = ty.without_optional();
    if body.len() <= 1 {
        return Ok(Value::unknown(ty));
    }
    if code != REFINED {
        return Err(format!("unsupported extension type 0x{code:02x} with len {}", body.len()));
    }
    if body.len() > LONGEST {
        return Err("oversize unknown value refinement".to_owned());
    }
    refine(&mut Wire(body), ty)
        .map_err(|why| format!("failed to decode msgpack extension body: {why}"))
}

/// Reads the map of refinements. Keys that are not known are passed over, for later versions.
fn refine(wire: &mut Wire<'_>, ty: Type) -> Result<Value, &'static str> {
    let Some(Item::Map(count)) = wire.item() else { return Err("not a map") };
    let mut value = Value::unknown(ty.clone()).refine();
    for _ in 0..count {
        let Some(Item::Int(key)) = wire.item() else { return Err("non-integer key in map") };
        value = match key {
            key::IS_NULL => match wire.item() {
                Some(Item::Bool(true)) => return Ok(Value::null(ty)),
                Some(Item::Bool(false)) => value.not_null(),
                _ => return Err("null refinement is not boolean"),
            },
            key::PREFIX => match wire.item() {
                Some(Item::String(prefix)) => {
                    let prefix = std::str::from_utf8(prefix);
                    value.full_prefix(
                        prefix.map_err(|_| "string prefix refinement is not valid UTF-8")?,
                    )
                }
                _ => return Err("string prefix refinement is not string"),
            },
            key::NUMBER_MIN => {
                let (min, inclusive) = read_bound(wire)?;
                value.number_min(min, inclusive)
            }
            key::NUMBER_MAX => {
                let (max, inclusive) = read_bound(wire)?;
                value.number_max(max, inclusive)
            }
            key::LENGTH_MIN => value.length_min(read_length(wire)?),
            key::LENGTH_MAX => value.length_max(read_length(wire)?),
            _ => {
                skip(wire, 0).ok_or("a refinement is cut off")?;
                value
            }
        };
    }
    Ok(value.done())
}

fn read_length(wire: &mut Wire<'_>) -> Result<u64, &'static str> {
    match wire.item() {
        Some(Item::Int(length)) => {
            u64::try_from(length).map_err(|_| "length bound refinement is negative")
        }
        _ => Err("length bound refinement must be integer"),
    }
}

fn read_bound(wire: &mut Wire<'_>) -> Result<(Number, bool), &'static str> {
    const WRONG: &str = "number bound refinement must be [number, bool] array";
    if wire.item() != Some(Item::Array(2)) {
        return Err(WRONG);
    }
    let bound = wire.item().and_then(|item| number(&item)).ok_or(WRONG)?;
    match wire.item() {
        Some(Item::Bool(inclusive)) => Ok((bound, inclusive)),
        _ => Err(WRONG),
    }
}

/// The number that an item is, in any of the forms that one is written in.
pub(super) fn number(item: &Item<'_>) -> Option<Number> {
    match item {
        Item::Int(value) => Some(Number::from(*value)),
        Item::Uint(value) => Some(Number::from(*value)),
        Item::Float(value) => Number::from_f64(*value),
        Item::String(text) => std::str::from_utf8(text).ok()?.parse().ok(),
        _ => None,
    }
}

/// Passes over an item and its parts.
fn skip(wire: &mut Wire<'_>, depth: usize) -> Option<()> {
    const DEEPEST: usize = 16;
    let parts = match wire.item()? {
        _ if depth > DEEPEST => return None,
        Item::Array(count) => count,
        Item::Map(count) => 2 * count,
        _ => 0,
    };
    (0..parts).try_for_each(|_| skip(wire, depth + 1))
}
