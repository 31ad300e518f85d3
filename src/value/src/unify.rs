//! Unification: the one type that values of several types convert to.

use crate::convert::possible;
use crate::{ObjectType, Type};

/// The type that all of `types` convert to (cty `UnifyUnsafe`); `None` if there is none.
///
/// [`Type::Dynamic`] gives way to its neighbours, except beside structures and collections: there
/// the result is dynamic, for what a type still open will make of it cannot be told.
pub fn unify(types: &[Type]) -> Option<Type> {
    unify_with(types, true)
}

/// As [`unify`], but with `allow_unsafe` false by conversions alone that never fail (cty `Unify`).
pub fn unify_with(types: &[Type], allow_unsafe: bool) -> Option<Type> {
    let (first, rest) = types.split_first()?;
    if rest.iter().all(|ty| ty == first) {
        return Some(first.clone());
    }
    if let Decision::Settled(unified) = unify_kinds(types, allow_unsafe) {
        return unified;
    }
    let convertible = |wanted: &Type| types.iter().all(|ty| possible(ty, wanted, allow_unsafe));
    by_preference(types).into_iter().map(|at| &types[at]).find(|ty| convertible(ty)).cloned()
}

/// How many of the types are of each kind.
#[derive(Default)]
struct Kinds {
    dynamic: usize,
    lists: usize,
    sets: usize,
    maps: usize,
    tuples: usize,
    objects: usize,
}

impl Kinds {
    fn count(types: &[Type]) -> Self {
        let mut kinds = Self::default();
        for ty in types {
            match ty {
                Type::Dynamic => kinds.dynamic += 1,
                Type::List(_) => kinds.lists += 1,
                Type::Set(_) => kinds.sets += 1,
                Type::Map(_) => kinds.maps += 1,
                Type::Tuple(_) => kinds.tuples += 1,
                Type::Object(_) => kinds.objects += 1,
                Type::Bool | Type::Number | Type::String => {}
            }
        }
        kinds
    }
}

/// What the types' kinds alone say.
enum Decision {
    /// They unify so, or not at all.
    Settled(Option<Type>),
    /// It depends on which of them the others convert to.
    Open,
}

/// Types of one structural kind may have a type in common that none of them is.
fn unify_kinds(types: &[Type], allow_unsafe: bool) -> Decision {
    let kinds = Kinds::count(types);
    let all = |count: usize| count > 0 && count + kinds.dynamic == types.len();
    let open = kinds.dynamic > 0;
    let dynamic_or =
        |unified: Option<Type>| Decision::Settled(if open { Some(Type::Dynamic) } else { unified });
    let elements = || {
        let elements: Vec<Type> = types.iter().filter_map(Type::element).cloned().collect();
        unify_with(&elements, allow_unsafe)
    };
    if all(kinds.maps) {
        return dynamic_or(elements().map(Type::map));
    }
    if kinds.maps > 0 && all(kinds.maps + kinds.objects) {
        let as_maps = unify_as_collections(types, allow_unsafe, |ty| matches!(ty, Type::Object(_)));
        let as_maps = as_maps.filter(|ty| matches!(ty, Type::Map(_)));
        return as_maps.map_or(Decision::Open, |ty| Decision::Settled(Some(ty)));
    }
    if all(kinds.lists) {
        return dynamic_or(elements().map(Type::list));
    }
    if kinds.lists > 0 && all(kinds.lists + kinds.tuples) {
        let as_lists = unify_as_collections(types, allow_unsafe, |ty| matches!(ty, Type::Tuple(_)));
        let as_lists = as_lists.filter(|ty| matches!(ty, Type::List(_)));
        return as_lists.map_or(Decision::Open, |ty| Decision::Settled(Some(ty)));
    }
    if all(kinds.sets) {
        return dynamic_or(elements().map(Type::set));
    }
    if all(kinds.objects) {
        return dynamic_or(if open { None } else { unify_objects(types, allow_unsafe) });
    }
    if all(kinds.tuples) {
        return dynamic_or(if open { None } else { unify_tuples(types, allow_unsafe) });
    }
    if kinds.objects > 0 && kinds.tuples > 0 { Decision::Settled(None) } else { Decision::Open }
}

/// Structures beside collections: first made one collection among themselves.
fn unify_as_collections(
    types: &[Type],
    allow_unsafe: bool,
    is_structure: impl Fn(&Type) -> bool,
) -> Option<Type> {
    let structures: Vec<Type> = types.iter().filter(|ty| is_structure(ty)).cloned().collect();
    let collection = if matches!(structures.first()?, Type::Object(_)) {
        objects_to_map(&structures, allow_unsafe)?
    } else {
        tuples_to_list(&structures, allow_unsafe)?
    };
    let instead = |ty: &Type| if is_structure(ty) { collection.clone() } else { ty.clone() };
    unify_with(&types.iter().map(instead).collect::<Vec<_>>(), allow_unsafe)
}

fn object_types(types: &[Type]) -> impl Iterator<Item = &ObjectType> {
    types.iter().filter_map(|ty| if let Type::Object(object) = ty { Some(&**object) } else { None })
}

/// An object if all have the same attribute names, else a map.
fn unify_objects(types: &[Type], allow_unsafe: bool) -> Option<Type> {
    let objects: Vec<&ObjectType> = object_types(types).collect();
    let (first, rest) = objects.split_first()?;
    let same_names = |other: &&ObjectType| {
        other.attributes.len() == first.attributes.len()
            && other.attributes.keys().eq(first.attributes.keys())
    };
    if !rest.iter().all(same_names) {
        return objects_to_map(types, allow_unsafe);
    }
    let mut attributes = Vec::with_capacity(first.attributes.len());
    for name in first.attributes.keys() {
        let across = objects.iter().filter_map(|o| o.attributes.get(name)).map(|a| a.ty.clone());
        attributes.push((name.clone(), unify_with(&across.collect::<Vec<_>>(), allow_unsafe)?));
    }
    let unified = Type::object(attributes);
    if types.iter().all(|ty| possible(ty, &unified, allow_unsafe)) {
        Some(unified)
    } else {
        objects_to_map(types, allow_unsafe)
    }
}

fn objects_to_map(types: &[Type], allow_unsafe: bool) -> Option<Type> {
    let attributes = object_types(types).flat_map(|o| o.attributes.values());
    let types_inside: Vec<Type> = attributes.map(|a| a.ty.clone()).collect();
    let unified = Type::map(unify_with(&types_inside, allow_unsafe)?);
    types.iter().all(|ty| possible(ty, &unified, allow_unsafe)).then_some(unified)
}

fn tuple_types(types: &[Type]) -> impl Iterator<Item = &[Type]> {
    types.iter().filter_map(|ty| if let Type::Tuple(elems) = ty { Some(&**elems) } else { None })
}

/// A tuple if all have the same length, else a list.
fn unify_tuples(types: &[Type], allow_unsafe: bool) -> Option<Type> {
    let tuples: Vec<&[Type]> = tuple_types(types).collect();
    let length = tuples.first()?.len();
    if tuples.iter().any(|elems| elems.len() != length) {
        return tuples_to_list(types, allow_unsafe);
    }
    let mut elements = Vec::with_capacity(length);
    for at in 0..length {
        let across: Vec<Type> = tuples.iter().filter_map(|t| t.get(at)).cloned().collect();
        elements.push(unify_with(&across, allow_unsafe)?);
    }
    let unified = Type::tuple(elements);
    if types.iter().all(|ty| possible(ty, &unified, allow_unsafe)) {
        Some(unified)
    } else {
        tuples_to_list(types, allow_unsafe)
    }
}

fn tuples_to_list(types: &[Type], allow_unsafe: bool) -> Option<Type> {
    let types_inside: Vec<Type> = tuple_types(types).flatten().cloned().collect();
    let unified = Type::list(unify_with(&types_inside, allow_unsafe)?);
    types.iter().all(|ty| possible(ty, &unified, allow_unsafe)).then_some(unified)
}

/// The types' positions, the more general before the less.
fn by_preference(types: &[Type]) -> Vec<usize> {
    // Many elements of few types: comparing each type once keeps this from being quadratic.
    let mut distinct: Vec<usize> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for (at, ty) in types.iter().enumerate() {
        if seen.insert(ty) {
            distinct.push(at);
        }
    }
    let count = distinct.len();
    let mut less_general = vec![Vec::new(); count];
    let mut more_general = vec![0usize; count];
    for a in 0..count {
        for b in a + 1..count {
            let order = compare(&types[distinct[a]], &types[distinct[b]]);
            if order < 0 {
                less_general[a].push(b);
                more_general[b] += 1;
            } else if order > 0 {
                less_general[b].push(a);
                more_general[a] += 1;
            }
        }
    }
    let mut order: Vec<usize> = (0..count).filter(|at| more_general[*at] == 0).collect();
    let mut next = 0;
    while next < order.len() {
        for &after in &less_general[order[next]] {
            more_general[after] -= 1;
            if more_general[after] == 0 {
                order.push(after);
            }
        }
        next += 1;
    }
    order.into_iter().map(|at| distinct[at]).collect()
}

/// Which of two types is the more general: negative for `a`, positive for `b`, 0 for neither.
fn compare(a: &Type, b: &Type) -> i8 {
    match (a, b) {
        // Dynamic is the least: what it turns out to be is hoped to fit its neighbours.
        (Type::Dynamic, Type::Dynamic) => 0,
        (Type::List(a), Type::List(b))
        | (Type::Set(a), Type::Set(b))
        | (Type::Map(a), Type::Map(b)) => compare(a, b),
        (_, Type::Dynamic)
        | (Type::String, Type::Number | Type::Bool)
        | (Type::List(_), Type::Tuple(_) | Type::Set(_))
        | (Type::Tuple(_), Type::Set(_))
        | (Type::Map(_), Type::Object(_)) => -1,
        (Type::Dynamic, _)
        | (Type::Number | Type::Bool, Type::String)
        | (Type::Tuple(_) | Type::Set(_), Type::List(_))
        | (Type::Set(_), Type::Tuple(_))
        | (Type::Object(_), Type::Map(_)) => 1,
        (Type::Object(a), Type::Object(b)) => {
            if a.attributes.keys().ne(b.attributes.keys()) {
                return 0;
            }
            let attributes = a.attributes.values().zip(b.attributes.values());
            agree(attributes.map(|(a, b)| compare(&a.ty, &b.ty)))
        }
        (Type::Tuple(a), Type::Tuple(b)) if a.len() == b.len() => {
            agree(a.iter().zip(b.iter()).map(|(a, b)| compare(a, b)))
        }
        _ => 0,
    }
}

/// The one direction that the comparisons go, 0 if they go in both.
fn agree(comparisons: impl Iterator<Item = i8>) -> i8 {
    let (mut a, mut b) = (false, false);
    for order in comparisons {
        a |= order < 0;
        b |= order > 0;
    }
    i8::from(b && !a) - i8::from(a && !b)
}

#[cfg(test)]
mod tests {
    use super::unify;
    use crate::Type;

    #[test]
    fn unifies_as_terraform_does() {
        let object = |name: &str, ty: Type| Type::object([(name, ty)]);
        let tuple = |types: &[&Type]| Type::tuple(types.iter().copied().cloned());
        let (n, s, b, any) = (Type::Number, Type::String, Type::Bool, Type::Dynamic);
        for (types, expected) in [
            (vec![], "none"),
            (vec![n.clone(), s.clone()], "string"),
            (vec![b.clone(), n.clone()], "none"),
            (vec![any.clone(), n.clone()], "number"),
            (vec![any.clone(), tuple(&[&n])], "any"),
            (vec![object("a", n.clone()), object("a", s.clone())], "object({a=string})"),
            (vec![object("a", n.clone()), object("b", s.clone())], "map(string)"),
            (vec![object("a", n.clone()), object("b", b)], "none"),
            (vec![tuple(&[&n]), tuple(&[&s])], "tuple([string])"),
            (vec![tuple(&[&n]), tuple(&[&s, &n])], "list(string)"),
            (vec![tuple(&[]), tuple(&[&s])], "list(string)"),
            (vec![tuple(&[&n]), Type::list(s.clone())], "list(string)"),
            (vec![tuple(&[]), Type::list(s.clone())], "list(string)"),
            (vec![object("a", n.clone()), Type::map(s.clone())], "map(string)"),
            (vec![Type::set(s.clone()), Type::list(s.clone())], "list(string)"),
            (vec![Type::set(s.clone()), tuple(&[&s])], "set(string)"),
            (vec![object("a", n.clone()), tuple(&[&n])], "none"),
            (vec![object("a", any), object("a", n)], "object({a=number})"),
        ] {
            let unified = unify(&types).map_or("none".to_owned(), |ty| ty.to_string());
            assert_eq!(unified, expected, "{types:?}");
        }
    }
}
