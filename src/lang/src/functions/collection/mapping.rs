//! Maps and objects: `keys`, `map`, `matchkeys`, `merge`, `transpose`, `values`, `zipmap`.

use std::collections::BTreeMap;

use groma_value::{Fields, Marks, Str, Type, Value, convert, unify};

use super::super::{Call, Function, FunctionError, Parameter, returns};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "keys",
        "The keys of a map, sorted.",
        &[Parameter::any("inputMap")
            .described("A map, or an object, whose attributes' names are its keys.")
            .unknown()
            .marked()],
        keys_type,
        keys,
    ),
    Function::new(
        "matchkeys",
        "Those of the values whose key, at the same index in another list, is in a third list.",
        &[Parameter::list("values"), Parameter::list("keys"), Parameter::list("searchset")],
        matchkeys_type,
        matchkeys,
    ),
    Function::new(
        "merge",
        "One map or object with everything that several have; of a key that several have, the \
         last counts.",
        &[],
        merge_type,
        |call| Ok(merge(call)),
    )
    .variadic(Parameter::any("maps").dynamic().nullable().marked()),
    Function::new(
        "transpose",
        "Swaps the keys and the values of a map of lists of strings.",
        &[Parameter::new("values", || Type::map(Type::list(Type::String)))],
        |_| Ok(Type::map(Type::list(Type::String))),
        transpose,
    ),
    Function::new(
        "values",
        "The values of a map, in the order of its keys.",
        &[Parameter::any("mapping").marked()],
        values_type,
        values,
    ),
    Function::new(
        "zipmap",
        "A map from a list of keys and a list of values.",
        &[
            Parameter::strings("keys").described("The keys.").marked(),
            Parameter::any("values").described("The value of each key.").marked(),
        ],
        zipmap_type,
        zipmap,
    ),
];

fn keys_type(args: &[Value]) -> returns::Result {
    match args.first().map(Value::ty) {
        Some(Type::Map(_)) => Ok(Type::list(Type::String)),
        Some(Type::Object(object)) => {
            Ok(Type::tuple(object.attributes.iter().map(|_| Type::String)))
        }
        _ => Err(FunctionError::argument(0, "must have map or object type")),
    }
}

/// Keys are never marked, and those of an object are known even if it is not.
fn keys(call: &Call<'_>) -> Result<Value, FunctionError> {
    let map = call.value(0)?;
    let result = if let Type::Object(object) = map.ty() {
        let names = object.attributes.keys();
        Value::tuple(names.map(|name| Value::string(name.clone())).collect())
    } else if let Some(fields) = map.as_fields() {
        let names = fields.iter().map(|(name, _)| Value::string(name.clone()));
        Value::list(Type::String, names.collect())
    } else {
        call.unknown()?
    };
    Ok(result.with_marks(map.marks()))
}

fn matchkeys_type(args: &[Value]) -> returns::Result {
    let [values, keys, search] = args else { return Ok(Type::list(Type::Dynamic)) };
    if unify(&[keys.ty(), search.ty()]).is_none() {
        return Err(FunctionError::new("keys and searchset must be of the same type"));
    }
    Ok(values.ty())
}

fn matchkeys(call: &Call<'_>) -> Result<Value, FunctionError> {
    let (values, keys, search) = (call.items(0)?, call.value(1)?, call.value(2)?);
    let elem = call.ty.element().cloned().unwrap_or(Type::Dynamic);
    let common = unify(&[keys.ty(), search.ty()])
        .ok_or_else(|| FunctionError::new("keys and searchset must be of the same type"))?;
    let with = |index: usize, value: &Value| {
        convert(value, &common).map_err(|error| FunctionError::argument(index, error.message))
    };
    let (keys, search) = (with(1, keys)?, with(2, search)?);
    let (keys, search) = (super::items(&keys), super::items(&search));
    if values.len() != keys.len() {
        return Err(FunctionError::new("length of keys and values should be equal"));
    }
    if search.is_empty() {
        return Ok(Value::list(elem, Vec::new()));
    }
    if !values.iter().chain(keys).chain(search).all(Value::is_wholly_known) {
        return call.unknown();
    }
    let search = super::Members::new(search);
    let matching = values.iter().zip(keys).filter(|(_, key)| search.contains(key));
    Ok(Value::list(elem, matching.map(|(value, _)| value.clone()).collect()))
}

fn merge_type(args: &[Value]) -> returns::Result {
    let Some(first) = args.first() else { return Ok(Type::object::<Str>([])) };
    let first = first.ty();
    let mut attributes = BTreeMap::new();
    let (mut same, mut all_known) = (true, true);
    for arg in args {
        let ty = arg.ty();
        match &ty {
            Type::Dynamic => return Ok(Type::Dynamic),
            Type::Object(object) => {
                if !arg.is_null() {
                    let named = object.attributes.iter();
                    attributes.extend(named.map(|(name, a)| (name.clone(), a.ty.clone())));
                }
            }
            Type::Map(elem) => {
                if let Some(fields) = arg.as_fields() {
                    let named = fields.iter();
                    attributes.extend(named.map(|(name, _)| (name.clone(), (**elem).clone())));
                } else if !arg.is_null() {
                    all_known = false;
                }
            }
            other => {
                return Err(FunctionError::new(format!(
                    "arguments must be maps or objects, got {:?}",
                    other.friendly_name()
                )));
            }
        }
        same &= ty == first;
    }
    Ok(match (same, all_known) {
        (true, _) => first,
        (false, true) => Type::object(attributes),
        (false, false) => Type::Dynamic,
    })
}

fn merge(call: &Call<'_>) -> Value {
    let mut marks = Marks::NONE;
    let mut entries: Vec<(Str, Value)> = Vec::new();
    for arg in call.args.iter().filter(|arg| !arg.is_null()) {
        marks |= arg.marks();
        let fields = arg.as_fields().into_iter().flat_map(Fields::iter);
        entries.extend(fields.map(|(name, value)| (name.clone(), value.clone())));
    }
    let merged = match call.ty {
        Type::Map(elem) => Value::map((**elem).clone(), entries),
        _ => Value::object(entries),
    };
    merged.with_marks(marks)
}

fn transpose(call: &Call<'_>) -> Result<Value, FunctionError> {
    let map = call.value(0)?;
    if !map.is_wholly_known() {
        return call.unknown();
    }
    let mut transposed: BTreeMap<Str, Vec<Value>> = BTreeMap::new();
    for (key, list) in map.as_fields().into_iter().flat_map(Fields::iter) {
        let Some(items) = list.as_slice() else {
            return Err(FunctionError::new("input must not contain null list"));
        };
        for item in items {
            let Some(text) = item.as_str() else {
                return Err(FunctionError::new("input list must not contain null string"));
            };
            transposed.entry(text.clone()).or_default().push(Value::string(key.clone()));
        }
    }
    let entries: Fields =
        transposed.into_iter().map(|(key, keys)| (key, Value::list(Type::String, keys))).collect();
    Ok(Value::map(Type::list(Type::String), entries))
}

fn values_type(args: &[Value]) -> returns::Result {
    match args.first().map(Value::ty) {
        Some(Type::Map(elem)) => Ok(Type::list((*elem).clone())),
        Some(Type::Object(object)) => {
            Ok(Type::tuple(object.attributes.values().map(|a| a.ty.clone())))
        }
        _ => Err(FunctionError::new("values() requires a map as the first argument")),
    }
}

fn values(call: &Call<'_>) -> Result<Value, FunctionError> {
    let map = call.value(0)?;
    let values = map.as_fields().into_iter().flat_map(Fields::iter).map(|(_, v)| v.clone());
    let result = match call.ty {
        Type::List(elem) => Value::list((**elem).clone(), values.collect()),
        _ => Value::tuple(values.collect()),
    };
    Ok(result.with_marks(map.marks()))
}

fn counts_differ(keys: usize, values: usize) -> FunctionError {
    FunctionError::new(format!(
        "number of keys ({keys}) does not match number of values ({values})"
    ))
}

fn null_key(index: usize) -> FunctionError {
    FunctionError::new(format!("keys list has null value at index {index}"))
}

fn zipmap_type(args: &[Value]) -> returns::Result {
    let [keys, values] = args else { return Ok(Type::Dynamic) };
    match values.ty() {
        Type::List(elem) => Ok(Type::map((*elem).clone())),
        Type::Tuple(elems) => {
            // The keys name the attributes, so that without them there is no type.
            if !keys.is_wholly_known() {
                return Ok(Type::Dynamic);
            }
            let keys = super::items(keys);
            if keys.len() != elems.len() {
                return Err(counts_differ(keys.len(), elems.len()));
            }
            let named = keys.iter().enumerate().zip(elems.iter()).map(|((index, key), ty)| {
                Ok((key.as_str().ok_or_else(|| null_key(index))?.clone(), ty.clone()))
            });
            Ok(Type::object(named.collect::<Result<Vec<_>, FunctionError>>()?))
        }
        _ => Err(FunctionError::new("values argument must be a list or tuple value")),
    }
}

fn zipmap(call: &Call<'_>) -> Result<Value, FunctionError> {
    let (keys, values) = (call.value(0)?, call.value(1)?);
    let mut marks = keys.marks() | values.marks();
    if !keys.is_wholly_known() {
        return Ok(call.unknown()?.with_marks(marks));
    }
    let (keys, values) = (call.items(0)?, call.items(1)?);
    if keys.len() != values.len() {
        return Err(counts_differ(keys.len(), values.len()));
    }
    let mut entries = Vec::with_capacity(keys.len());
    for (index, (key, value)) in keys.iter().zip(values).enumerate() {
        // A key cannot carry marks, so that they go onto the whole.
        marks |= key.marks();
        entries.push((key.as_str().ok_or_else(|| null_key(index))?.clone(), value.clone()));
    }
    let result = match call.ty {
        Type::Map(elem) => Value::map((**elem).clone(), entries),
        _ => Value::object(entries),
    };
    Ok(result.with_marks(marks))
}
