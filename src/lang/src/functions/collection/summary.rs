//! One answer about many elements: `alltrue`, `anytrue`, `contains`, `index`, `length`, `sum`.

use groma_value::{Number, Type, Value, convert};

use super::super::{Call, Function, FunctionError, Parameter, returns};
use crate::functions::string::character_count;

const BOOLS: Parameter = Parameter::new("list", || Type::list(Type::Bool));

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "alltrue",
        "Whether all elements of a list are `true`. Those of an empty list are.",
        &[BOOLS],
        returns::bool,
        alltrue,
    ),
    Function::new(
        "anytrue",
        "Whether any element of a list is `true`. None of an empty list is.",
        &[BOOLS],
        returns::bool,
        anytrue,
    ),
    Function::new(
        "contains",
        "Whether a list, set or tuple has an element equal to a value.",
        &[Parameter::any("list"), Parameter::any("value")],
        returns::bool,
        contains,
    ),
    Function::new(
        "index",
        "The index of the first element of a list that is equal to a value.",
        &[Parameter::any("list"), Parameter::any("value")],
        returns::number,
        index,
    ),
    Function::new(
        "length",
        "The number of elements of a collection, of attributes of an object or of characters of \
         a string.",
        &[Parameter::any("value").dynamic().unknown().marked()],
        length_type,
        length,
    ),
    Function::new(
        "sum",
        "The sum of the numbers in a list, set or tuple.",
        &[Parameter::any("list")],
        returns::number,
        sum,
    ),
];

/// Stops at the first element that decides, so that what follows an unknown one does not count.
fn alltrue(call: &Call<'_>) -> Result<Value, FunctionError> {
    for item in call.items(0)? {
        if !item.is_known() {
            return call.unknown();
        }
        if item.as_bool() != Some(true) {
            return Ok(Value::bool(false));
        }
    }
    Ok(Value::bool(true))
}

fn anytrue(call: &Call<'_>) -> Result<Value, FunctionError> {
    let items = call.items(0)?;
    if items.iter().any(|item| item.as_bool() == Some(true)) {
        return Ok(Value::bool(true));
    }
    if items.iter().all(Value::is_known) { Ok(Value::bool(false)) } else { call.unknown() }
}

fn contains(call: &Call<'_>) -> Result<Value, FunctionError> {
    let (list, wanted) = (call.value(0)?, call.value(1)?);
    if !super::is_sequence(&list.ty()) {
        return Err(FunctionError::new("argument must be list, tuple, or set"));
    }
    let mut known = true;
    for item in super::items(list) {
        match wanted.equals(item).as_bool() {
            Some(true) => return Ok(Value::bool(true)),
            Some(false) => {}
            None => known = false,
        }
    }
    if known { Ok(Value::bool(false)) } else { call.unknown() }
}

fn index(call: &Call<'_>) -> Result<Value, FunctionError> {
    let (list, wanted) = (call.value(0)?, call.value(1)?);
    if !matches!(list.ty(), Type::List(_) | Type::Tuple(_)) {
        return Err(FunctionError::new("argument must be a list or tuple"));
    }
    let items = super::items(list);
    if items.is_empty() {
        return Err(FunctionError::new("cannot search an empty list"));
    }
    for (at, item) in items.iter().enumerate() {
        match item.equals(wanted).as_bool() {
            Some(true) => return Ok(Value::number(at)),
            Some(false) => {}
            None => return call.unknown(),
        }
    }
    Err(FunctionError::new("item not found"))
}

fn length_type(args: &[Value]) -> returns::Result {
    match args.first().map(Value::ty) {
        Some(Type::Bool | Type::Number) => Err(FunctionError::new(
            "argument must be a string, a collection type, or a structural type",
        )),
        _ => Ok(Type::Number),
    }
}

/// Marks inside do not matter: how many elements there are says nothing of them.
fn length(call: &Call<'_>) -> Result<Value, FunctionError> {
    let value = call.value(0)?;
    let length = match value.ty() {
        Type::Tuple(elems) => Value::number(elems.len()),
        Type::Object(object) => Value::number(object.attributes.len()),
        Type::String => value
            .as_str()
            .map_or_else(|| least_length(value), |text| Value::number(character_count(text))),
        Type::List(_) | Type::Set(_) | Type::Map(_) => value.length(),
        _ => Value::unknown(Type::Number),
    };
    Ok(length.with_marks(value.marks()))
}

/// The length of text of which only the beginning may be known.
fn least_length(value: &Value) -> Value {
    let prefix = value.refinements().and_then(|known| known.prefix.as_ref());
    let least = prefix.map_or(0, |prefix| character_count(prefix.as_str()));
    let length = Value::unknown(Type::Number).refine().not_null();
    length.number_min(Number::from(least), true).done()
}

fn sum(call: &Call<'_>) -> Result<Value, FunctionError> {
    let list = call.value(0)?;
    let wrong = |message: String| FunctionError::argument(0, message);
    let ty = list.ty();
    let (sequence, mapping) = (super::is_sequence(&ty), list.as_fields());
    if !sequence && mapping.is_none() {
        return Err(wrong("cannot sum noniterable".to_owned()));
    }
    if mapping.map_or(super::items(list).is_empty(), groma_value::Fields::is_empty) {
        return Err(wrong("cannot sum an empty list".to_owned()));
    }
    if !sequence {
        return Err(wrong(format!(
            "argument must be list, set, or tuple. Received {}",
            ty.friendly_name()
        )));
    }
    if !list.is_wholly_known() {
        return call.unknown();
    }
    let mut sum: Option<groma_value::Number> = None;
    for item in super::items(list) {
        let number = convert(item, &Type::Number).ok();
        let Some(number) = number.as_ref().and_then(Value::as_number) else {
            return Err(wrong("argument must be list, set, or tuple of number values".to_owned()));
        };
        sum = Some(match sum {
            None => number.clone(),
            Some(sum) => sum
                .add(number)
                .map_err(|_| FunctionError::new("can't compute sum of opposing infinities"))?,
        });
    }
    sum.map_or_else(|| call.unknown(), |sum| Ok(Value::number(sum)))
}
