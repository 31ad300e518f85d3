//! Which types convert to which.

use crate::unify::unify_with;
use crate::{ObjectType, Type};

/// Whether values of type `from` can be converted to `to`. An *unsafe* conversion may fail for
/// some values, or lose something of them.
pub fn possible(from: &Type, to: &Type, allow_unsafe: bool) -> bool {
    if from == to {
        return true;
    }
    let part = |from: &Type, to: &Type| possible(from, to, allow_unsafe);
    match (from, to) {
        (_, Type::Dynamic) | (Type::Number | Type::Bool, Type::String) => true,
        (Type::Dynamic, _) | (Type::String, Type::Number | Type::Bool) => allow_unsafe,
        (Type::Object(from), Type::Object(to)) => objects(from, to, allow_unsafe),
        (Type::Tuple(from), Type::Tuple(to)) => {
            from.len() == to.len() && from.iter().zip(to.iter()).all(|(from, to)| part(from, to))
        }
        (Type::List(from), Type::Set(to)) => allow_unsafe && part(from, to),
        (Type::List(from) | Type::Set(from), Type::List(to))
        | (Type::Set(from), Type::Set(to))
        | (Type::Map(from), Type::Map(to)) => part(from, to),
        (Type::Tuple(from), Type::List(to) | Type::Set(to)) => {
            let from: Vec<&Type> = from.iter().collect();
            elements(&from, to, allow_unsafe)
        }
        (Type::Object(from), Type::Map(to)) => {
            let from: Vec<&Type> = from.attributes.values().map(|a| &a.ty).collect();
            elements(&from, to, allow_unsafe)
        }
        (Type::Map(from), Type::Object(to)) => {
            allow_unsafe && to.attributes.values().all(|a| part(from, &a.ty))
        }
        _ => false,
    }
}

/// Each attribute wanted is there, or may be absent.
fn objects(from: &ObjectType, to: &ObjectType, allow_unsafe: bool) -> bool {
    to.attributes.iter().all(|(name, wanted)| match from.attributes.get(name) {
        Some(given) => possible(&given.ty, &wanted.ty, allow_unsafe),
        None => wanted.optional,
    })
}

/// The parts of a structure all become elements of one type.
fn elements(from: &[&Type], to: &Type, allow_unsafe: bool) -> bool {
    let Some(to) = element_type(from, to, allow_unsafe) else { return false };
    from.iter().all(|from| possible(from, &to, allow_unsafe))
}

/// The type that the parts of a structure are converted to for a collection of `to`: the one that
/// they have in common where `to` leaves it open. `None` if there is none.
pub(super) fn element_type(from: &[&Type], to: &Type, allow_unsafe: bool) -> Option<Type> {
    if *to != Type::Dynamic || from.is_empty() {
        return Some(to.clone());
    }
    let types: Vec<Type> = from.iter().copied().cloned().collect();
    let unified = unify_with(&types, allow_unsafe)?;
    // Elements of types still open make a collection only among themselves.
    let open = unified == Type::Dynamic && types.iter().any(|ty| *ty != Type::Dynamic);
    if open { None } else { Some(unified) }
}
