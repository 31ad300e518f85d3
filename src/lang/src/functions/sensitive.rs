//! Marks: `ephemeralasnull`, `issensitive`, `nonsensitive`, `sensitive`.

use groma_value::{Fields, Marks, Type, Value};

use super::{Call, Function, FunctionError, Parameter, returns};

const VALUE: Parameter = Parameter::any("value").unknown().nullable().marked().dynamic();

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "ephemeralasnull",
        "The same value with every ephemeral part of it replaced with null.",
        &[VALUE],
        returns::first,
        |call| Ok(without_ephemeral(call.value(0)?)),
    )
    .nullable(),
    Function::new(
        "issensitive",
        "Whether a value is marked as sensitive.",
        &[VALUE],
        returns::bool,
        issensitive,
    ),
    Function::new(
        "nonsensitive",
        "The same value, no longer marked as sensitive: it is shown from here on.",
        &[VALUE],
        returns::first,
        |call| {
            let (value, marks) = call.value(0)?.clone().unmark();
            Ok(value.with_marks(marks.without(Marks::SENSITIVE)))
        },
    )
    .nullable(),
    Function::new(
        "sensitive",
        "The same value, marked as sensitive: it is not shown, nor what is made of it.",
        &[VALUE],
        returns::first,
        |call| Ok(call.value(0)?.clone().with_marks(Marks::SENSITIVE)),
    )
    .nullable(),
];

/// What is unknown and not marked yet may still turn out to be marked.
fn issensitive(call: &Call<'_>) -> Result<Value, FunctionError> {
    let value = call.value(0)?;
    if value.marks().sensitive() {
        return Ok(Value::bool(true));
    }
    if value.is_known() { Ok(Value::bool(false)) } else { call.unknown() }
}

fn without_ephemeral(value: &Value) -> Value {
    if !value.marks_deep().ephemeral() {
        return value.clone();
    }
    let marks = value.marks();
    if marks.ephemeral() {
        return Value::null(value.ty()).with_marks(marks.without(Marks::EPHEMERAL));
    }
    let items = || value.as_slice().unwrap_or_default().iter().map(without_ephemeral).collect();
    let fields = || -> Fields {
        let fields = value.as_fields().into_iter().flat_map(Fields::iter);
        fields.map(|(name, value)| (name.clone(), without_ephemeral(value))).collect()
    };
    let result = match value.ty() {
        Type::List(elem) => Value::list((*elem).clone(), items()),
        Type::Tuple(_) => Value::tuple(items()),
        Type::Map(elem) => Value::map((*elem).clone(), fields()),
        Type::Object(_) => Value::object(fields()),
        _ => value.clone().unmark().0,
    };
    result.with_marks(marks)
}

/// A string for a message, unless its marks forbid to show it.
pub(super) fn redact(text: &str, marks: Marks) -> String {
    match (marks.sensitive(), marks.ephemeral()) {
        (true, true) => "(ephemeral sensitive value)".to_owned(),
        (true, false) => "(sensitive value)".to_owned(),
        (false, true) => "(ephemeral value)".to_owned(),
        (false, false) => format!("{text:?}"),
    }
}
