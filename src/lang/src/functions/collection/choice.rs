//! One of several: `coalesce`, `coalescelist`, `element`, `lookup`, `one`.

use groma_value::{Type, Value, convert, unify};

use super::super::call::integer;
use super::super::{Call, Function, FunctionError, Parameter, returns};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "coalesce",
        "The first argument that is neither null nor the empty string.",
        &[],
        coalesce_type,
        coalesce,
    )
    .variadic(Parameter::any("vals").unknown().dynamic().nullable()),
    Function::new(
        "coalescelist",
        "The first of several lists that is not empty.",
        &[],
        coalescelist_type,
        coalescelist,
    )
    .variadic(
        Parameter::any("vals")
            .described("The lists to choose from.")
            .unknown()
            .dynamic()
            .nullable(),
    ),
    Function::new(
        "element",
        "One element of a list, by its index. Beyond the end it starts again from the beginning.",
        &[Parameter::any("list").marked(), Parameter::number("index")],
        element_type,
        element,
    )
    .nullable(),
    Function::new(
        "lookup",
        "The value that a map has for a key, or a default if it has none.",
        &[Parameter::any("inputMap").marked(), Parameter::string("key").marked()],
        lookup_type,
        lookup,
    )
    .variadic(Parameter::any("default").unknown().dynamic().nullable().marked())
    .nullable(),
    Function::new(
        "one",
        "The only element of a list, set or tuple, or null if it is empty; with more elements it \
         fails.",
        &[Parameter::any("list")],
        one_type,
        one,
    )
    .nullable(),
];

fn coalesce_type(args: &[Value]) -> returns::Result {
    let types: Vec<Type> = args.iter().map(Value::ty).collect();
    let common = if types.is_empty() { None } else { unify(&types) };
    common.ok_or_else(|| FunctionError::new("all arguments must have the same type"))
}

fn coalesce(call: &Call<'_>) -> Result<Value, FunctionError> {
    for (index, arg) in call.args.iter().enumerate() {
        let arg =
            convert(arg, call.ty).map_err(|error| FunctionError::argument(index, error.message))?;
        if !arg.is_known() {
            return call.unknown();
        }
        if !arg.is_null() && arg.as_str().is_none_or(|text| !text.is_empty()) {
            return Ok(arg);
        }
    }
    Err(FunctionError::new("no non-null, non-empty-string arguments"))
}

fn coalescelist_type(args: &[Value]) -> returns::Result {
    let Some(first) = args.first() else {
        return Err(FunctionError::new("at least one argument is required"));
    };
    let first = first.ty();
    let mut same = true;
    for arg in args {
        if !arg.is_known() {
            return Ok(Type::Dynamic);
        }
        let ty = arg.ty();
        if !matches!(ty, Type::List(_) | Type::Tuple(_)) {
            return Err(FunctionError::new("coalescelist arguments must be lists or tuples"));
        }
        same &= ty == first;
    }
    Ok(if same { first } else { Type::Dynamic })
}

fn coalescelist(call: &Call<'_>) -> Result<Value, FunctionError> {
    for arg in call.args {
        if !arg.is_known() {
            return call.unknown();
        }
        if !super::items(arg).is_empty() {
            return Ok(arg.clone());
        }
    }
    Err(FunctionError::new("no non-null arguments"))
}

/// The index into `len` elements, from the end if negative, wrapped around.
fn wrap(index: &Value, len: usize) -> Result<usize, FunctionError> {
    let Some(number) = index.as_number() else { return Ok(0) };
    let index = integer(number)
        .map_err(|error| FunctionError::new(format!("invalid index: {}", error.message)))?;
    if len == 0 {
        return Err(FunctionError::new("cannot use element function with an empty list"));
    }
    let length = i64::try_from(len).unwrap_or(i64::MAX);
    Ok(usize::try_from(index.rem_euclid(length)).unwrap_or(0))
}

fn element_type(args: &[Value]) -> returns::Result {
    let [list, index] = args else { return Ok(Type::Dynamic) };
    match list.ty() {
        Type::List(elem) => Ok((*elem).clone()),
        // Each element of a tuple has a type of its own.
        Type::Tuple(_) if !index.is_known() => Ok(Type::Dynamic),
        Type::Tuple(elems) => {
            let at = wrap(index, elems.len())?;
            Ok(elems.get(at).cloned().unwrap_or(Type::Dynamic))
        }
        ty => Err(FunctionError::new(format!("cannot read elements from {}", ty.friendly_name()))),
    }
}

fn element(call: &Call<'_>) -> Result<Value, FunctionError> {
    let list = call.value(0)?;
    let items = call.items(0)?;
    let at = wrap(call.value(1)?, items.len())?;
    items.get(at).map_or_else(|| call.unknown(), |item| Ok(item.clone().with_marks(list.marks())))
}

fn lookup_type(args: &[Value]) -> returns::Result {
    let (Some(map), Some(key)) = (args.first(), args.get(1)) else { return Ok(Type::Dynamic) };
    if args.len() > 3 {
        return Err(FunctionError::new(format!(
            "lookup() takes two or three arguments, got {}",
            args.len()
        )));
    }
    match map.ty() {
        Type::Object(object) => {
            let Some(key) = key.as_str() else { return Ok(Type::Dynamic) };
            if let Some(attribute) = object.attributes.get(key) {
                return Ok(attribute.ty.clone());
            }
            args.get(2).map(Value::ty).ok_or_else(|| {
                FunctionError::argument(0, format!("the given object has no attribute {key:?}"))
            })
        }
        Type::Map(elem) => {
            if args.get(2).is_some_and(|default| convert(default, &elem).is_err()) {
                return Err(FunctionError::argument(
                    2,
                    "the default value must have the same type as the map elements",
                ));
            }
            Ok((*elem).clone())
        }
        _ => Err(FunctionError::argument(0, "lookup() requires a map as the first argument")),
    }
}

fn lookup(call: &Call<'_>) -> Result<Value, FunctionError> {
    let (map, key) = (call.value(0)?, call.value(1)?);
    let marks = map.marks() | key.marks();
    let name = call.text(1)?;
    if let Some(found) = map.as_fields().and_then(|fields| fields.get(name)) {
        return Ok(found.clone().with_marks(marks));
    }
    if let Some(default) = call.args.get(2) {
        let default =
            convert(default, call.ty).map_err(|error| FunctionError::argument(2, error.message))?;
        return Ok(default.with_marks(marks));
    }
    let shown = super::super::sensitive::redact(name, key.marks());
    Err(FunctionError::new(format!("lookup failed to find key {shown}")))
}

const ONE: &str = "must be a list, set, or tuple value with either zero or one elements";

fn one_type(args: &[Value]) -> returns::Result {
    match args.first().map(Value::ty) {
        Some(Type::List(elem) | Type::Set(elem)) => Ok((*elem).clone()),
        Some(Type::Tuple(elems)) if elems.is_empty() => Ok(Type::Dynamic),
        Some(Type::Tuple(elems)) if elems.len() == 1 => Ok(elems[0].clone()),
        _ => Err(FunctionError::argument(0, ONE)),
    }
}

fn one(call: &Call<'_>) -> Result<Value, FunctionError> {
    if !super::has_known_length(call.value(0)?) {
        return call.unknown();
    }
    match call.items(0)? {
        [] => Ok(Value::null(call.ty.clone())),
        [only] => Ok(only.clone()),
        _ => Err(FunctionError::argument(0, ONE)),
    }
}
