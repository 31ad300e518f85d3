//! What conversion makes of unknown and null values.

use crate::refine::UnknownValue;
use crate::unify::unify_with;
use crate::{Attribute, Type, Value};

/// An unknown value of type `to`, with what is known of it still.
pub(super) fn convert(from: &UnknownValue, to: &Type) -> Value {
    let ty = settle(&from.ty, to).without_optional();
    let known = &from.refinements;
    let mut result = Value::unknown(ty).refine();
    if known.not_null {
        result = result.not_null();
    }
    match (&from.ty, to) {
        (Type::Object(object), Type::Map(_)) => {
            let length = object.attributes.len() as u64;
            result = result.length_min(length).length_max(length);
        }
        (Type::Tuple(elems), Type::List(_)) => {
            result = result.length_min(elems.len() as u64).length_max(elems.len() as u64);
        }
        (Type::Tuple(elems), Type::Set(_)) => {
            result = result.length_min(1.min(elems.len() as u64)).length_max(elems.len() as u64);
        }
        (from, to) if from.is_collection() && to.is_collection() => {
            let least = known.length_min.unwrap_or(0);
            // Elements may turn out the same in a set.
            result =
                result.length_min(if matches!(to, Type::Set(_)) { least.min(1) } else { least });
            if let Some(most) = known.length_max {
                result = result.length_max(most);
            }
        }
        _ => {}
    }
    result.done()
}

/// `to`, with what it leaves open taken from `from`.
pub(super) fn settle(from: &Type, to: &Type) -> Type {
    let unified = |types: &mut dyn Iterator<Item = &Type>| {
        let types: Vec<Type> = types.cloned().collect();
        unify_with(&types, true).unwrap_or(Type::Dynamic)
    };
    match (from, to) {
        (Type::Dynamic, _) => to.clone(),
        (_, Type::Dynamic) => from.clone(),
        (Type::List(from) | Type::Set(from), Type::List(to)) => Type::list(settle(from, to)),
        (Type::List(from) | Type::Set(from), Type::Set(to)) => Type::set(settle(from, to)),
        (Type::Map(from), Type::Map(to)) => Type::map(settle(from, to)),
        (Type::Tuple(from), Type::List(to)) => Type::list(settle(&unified(&mut from.iter()), to)),
        (Type::Tuple(from), Type::Set(to)) => Type::set(settle(&unified(&mut from.iter()), to)),
        (Type::Object(from), Type::Map(to)) => {
            Type::map(settle(&unified(&mut from.attributes.values().map(|a| &a.ty)), to))
        }
        (Type::Tuple(from), Type::Tuple(to)) if from.len() == to.len() => {
            Type::tuple(from.iter().zip(to.iter()).map(|(from, to)| settle(from, to)))
        }
        (Type::Map(from), Type::Object(to)) => {
            Type::object(to.attributes.iter().map(|(k, a)| (k.clone(), settle(from, &a.ty))))
        }
        (Type::Object(from), Type::Object(to)) => {
            let attribute = |(name, wanted): (&crate::Str, &Attribute)| {
                let given = from.attributes.get(name);
                let ty = given.map_or_else(|| wanted.ty.clone(), |g| settle(&g.ty, &wanted.ty));
                (name.clone(), ty)
            };
            Type::object(to.attributes.iter().map(attribute))
        }
        _ => to.clone(),
    }
}
