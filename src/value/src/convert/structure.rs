//! Conversion of known values that are made of others.

use super::possible::element_type;
use super::{ConvertError, convert_at, convert_part};
use crate::path::PathStep;
use crate::unify::unify_with;
use crate::value::Repr;
use crate::{Fields, Number, ObjectType, Path, Str, Type, Value};

/// The value's own marks are the caller's to keep.
pub(super) fn convert(value: &Value, ty: &Type, path: &mut Path) -> Result<Value, ConvertError> {
    match (&value.repr, ty) {
        (Repr::Object(object), Type::Object(to)) => convert_object(&object.content, to, path),
        (Repr::Map(map), Type::Object(to)) => convert_map_to_object(&map.entries, to, path),
        (Repr::Tuple(tuple), Type::Tuple(to)) => {
            let each = tuple.content.iter().zip(to.iter()).enumerate();
            let items = each.map(|(i, (item, ty))| convert_part(item, ty, path, index(i)));
            Ok(Value::tuple(items.collect::<Result<_, _>>()?))
        }
        // How many elements there will be is not known before it is known which are equal.
        (Repr::Set(from), Type::List(_)) if !value.length().is_known() => {
            convert_at(&Value::unknown(from.ty.clone()), ty, path)
        }
        (Repr::List(from) | Repr::Set(from), Type::List(to) | Type::Set(to)) => {
            let items = convert_items(&from.items, to, path)?;
            let open = from.ty.element().unwrap_or(&Type::Dynamic);
            let elem = common_type(items.iter(), to, open, path, kind_of(ty))?;
            Ok(sequence(ty, elem, items))
        }
        (Repr::Tuple(tuple), Type::List(to) | Type::Set(to)) => {
            let to = structure_element(tuple.content.iter(), to, path, ty)?;
            let mut items = convert_items(&tuple.content, &to, path)?;
            if matches!(ty, Type::List(_)) && to.has_dynamic() {
                let unified = unify_elements(items.iter(), path)?;
                for item in &mut items {
                    *item = convert_at(item, &unified, path)?;
                }
            }
            let elem = common_type(items.iter(), &to, &to, path, kind_of(ty))?;
            Ok(sequence(ty, elem, items))
        }
        (Repr::Map(map), Type::Map(to)) => {
            let open = map.ty.element().unwrap_or(&Type::Dynamic);
            convert_to_map(&map.entries, to, open, path)
        }
        (Repr::Object(object), Type::Map(to)) => {
            let to = structure_element(object.content.iter().map(|(_, v)| v), to, path, ty)?;
            convert_to_map(&object.content, &to, &to, path)
        }
        _ => Err(ConvertError::new(path, super::message::mismatch(&value.ty(), ty))),
    }
}

fn index(at: usize) -> PathStep {
    PathStep::Index(Number::from(at))
}

fn sequence(ty: &Type, elem: Type, items: Vec<Value>) -> Value {
    if matches!(ty, Type::Set(_)) { Value::set(elem, items) } else { Value::list(elem, items) }
}

fn kind_of(ty: &Type) -> &'static str {
    match ty {
        Type::Set(_) => "set",
        Type::Map(_) => "map",
        _ => "list",
    }
}

fn convert_object(from: &Fields, to: &ObjectType, path: &mut Path) -> Result<Value, ConvertError> {
    let mut attributes: Vec<(Str, Value)> = Vec::with_capacity(to.attributes.len());
    for (name, wanted) in &to.attributes {
        let value = match from.get(name) {
            Some(value) => convert_part(value, &wanted.ty, path, PathStep::Attr(name.clone()))?,
            None => Value::null(wanted.ty.without_optional()),
        };
        attributes.push((name.clone(), value));
    }
    Ok(Value::object(attributes))
}

fn convert_map_to_object(
    from: &Fields,
    to: &ObjectType,
    path: &mut Path,
) -> Result<Value, ConvertError> {
    let mut attributes: Vec<(Str, Value)> = Vec::with_capacity(to.attributes.len());
    for (name, wanted) in &to.attributes {
        let value = match from.get(name) {
            Some(value) => convert_part(value, &wanted.ty, path, PathStep::Key(name.clone()))?,
            None if wanted.optional => Value::null(wanted.ty.without_optional()),
            None => {
                let message = format!("map has no element for required attribute {name:?}");
                return Err(ConvertError::new(path, message));
            }
        };
        attributes.push((name.clone(), value));
    }
    Ok(Value::object(attributes))
}

fn convert_items(items: &[Value], to: &Type, path: &mut Path) -> Result<Vec<Value>, ConvertError> {
    let each = items.iter().enumerate();
    each.map(|(i, item)| convert_part(item, to, path, index(i))).collect()
}

/// `open` is the element type of an empty map where `to` does not say.
fn convert_to_map(
    entries: &Fields,
    to: &Type,
    open: &Type,
    path: &mut Path,
) -> Result<Value, ConvertError> {
    let mut converted: Vec<(Str, Value)> = Vec::with_capacity(entries.len());
    for (key, value) in entries.iter() {
        converted.push((key.clone(), convert_part(value, to, path, PathStep::Key(key.clone()))?));
    }
    if to.has_dynamic() && *to != Type::Dynamic && !converted.is_empty() {
        let unified = unify_elements(converted.iter().map(|(_, v)| v), path)?;
        for (key, value) in &mut converted {
            *value = convert_part(value, &unified, path, PathStep::Key(key.clone()))?;
        }
    }
    let elem = common_type(converted.iter().map(|(_, v)| v), to, open, path, "map")?;
    Ok(Value::map(elem, converted))
}

/// What the parts of a structure are converted to for a collection of `to`.
fn structure_element<'a>(
    parts: impl Iterator<Item = &'a Value>,
    to: &Type,
    path: &Path,
    collection: &Type,
) -> Result<Type, ConvertError> {
    if *to != Type::Dynamic {
        return Ok(to.clone());
    }
    let types: Vec<Type> = parts.map(Value::ty).collect();
    element_type(&types.iter().collect::<Vec<_>>(), to, true).ok_or_else(|| {
        let message = format!("all {} elements must have the same type", kind_of(collection));
        ConvertError::new(path, message)
    })
}

fn unify_elements<'a>(
    items: impl Iterator<Item = &'a Value>,
    path: &Path,
) -> Result<Type, ConvertError> {
    let types: Vec<Type> = items.map(Value::ty).collect();
    if types.is_empty() {
        return Ok(Type::Dynamic);
    }
    unify_with(&types, true)
        .ok_or_else(|| ConvertError::new(path, "collection elements cannot be unified"))
}

/// The element type of converted elements: `to`, or where that leaves something open what they
/// all have; `open` if there are none. Elements of unknown type go with any.
fn common_type<'a>(
    items: impl Iterator<Item = &'a Value>,
    to: &Type,
    open: &Type,
    path: &Path,
    kind: &str,
) -> Result<Type, ConvertError> {
    if !to.has_dynamic() {
        return Ok(to.without_optional());
    }
    let mut common: Option<Type> = None;
    for ty in items.map(Value::ty) {
        match &common {
            None | Some(Type::Dynamic) => common = Some(ty),
            Some(common) if ty != Type::Dynamic && *common != ty => {
                let message = format!("element types must all match for conversion to {kind}");
                return Err(ConvertError::new(path, message));
            }
            Some(_) => {}
        }
    }
    Ok(common
        .unwrap_or_else(|| if *to == Type::Dynamic { open.clone() } else { to.without_optional() }))
}
