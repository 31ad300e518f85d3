//! Why one type has no conversion to another, in words.

use super::possible;
use crate::{ObjectType, Type};

/// The reason why no value of type `got` becomes a `want`, worded as cty words it.
pub(super) fn mismatch(got: &Type, want: &Type) -> String {
    let open = want.element() == Some(&Type::Dynamic);
    match (got, want) {
        (Type::Object(got), Type::Object(want)) => mismatch_objects(got, want),
        (Type::Tuple(_), Type::List(_)) if open => {
            "all list elements must have the same type".to_owned()
        }
        (Type::Tuple(_), Type::Set(_)) if open => {
            "all set elements must have the same type".to_owned()
        }
        (Type::Object(_), Type::Map(_)) if open => {
            "all map elements must have the same type".to_owned()
        }
        (Type::Tuple(elems), Type::List(to) | Type::Set(to)) => {
            let named = elems.iter().enumerate().map(|(i, elem)| (i.to_string(), elem));
            mismatch_elements(named, to)
        }
        (Type::Object(object), Type::Map(to)) => {
            let named = object.attributes.iter().map(|(name, a)| (format!("{name:?}"), &a.ty));
            mismatch_elements(named, to)
        }
        (Type::List(from) | Type::Set(from), Type::List(to)) => {
            format!("incorrect list element type: {}", mismatch(from, to))
        }
        (Type::List(from) | Type::Set(from), Type::Set(to)) => {
            format!("incorrect set element type: {}", mismatch(from, to))
        }
        (Type::Map(from), Type::Map(to)) => {
            format!("incorrect map element type: {}", mismatch(from, to))
        }
        _ => format!("{} required", want.friendly_constraint_name()),
    }
}

/// Missing attributes before any other problem, and of those the first.
fn mismatch_objects(got: &ObjectType, want: &ObjectType) -> String {
    let missing: Vec<String> = want
        .attributes
        .iter()
        .filter(|(name, wanted)| !wanted.optional && !got.attributes.contains_key(*name))
        .map(|(name, _)| format!("{name:?}"))
        .collect();
    match missing.as_slice() {
        [] => {}
        [one] => return format!("attribute {one} is required"),
        [one, two] => return format!("attributes {one} and {two} are required"),
        [first @ .., last] => {
            return format!("attributes {}, and {last} are required", first.join(", "));
        }
    }
    let wrong = want.attributes.iter().find_map(|(name, wanted)| {
        let given = got.attributes.get(name)?;
        let wrong = !possible(&given.ty, &wanted.ty, true);
        wrong.then(|| format!("attribute {name:?}: {}", mismatch(&given.ty, &wanted.ty)))
    });
    wrong.unwrap_or_else(|| "incorrect object attributes".to_owned())
}

fn mismatch_elements<'a>(
    elements: impl Iterator<Item = (String, &'a Type)>,
    want: &Type,
) -> String {
    let mut wrong = elements.filter(|(_, ty)| !possible(ty, want, true));
    match wrong.next() {
        Some((name, ty)) => format!("element {name}: {}", mismatch(ty, want)),
        None => format!("all elements must be {}", want.friendly_constraint_name()),
    }
}
