//! Lists, sets, tuples, maps and objects.

mod choice;
mod mapping;
mod sequence;
mod set;
mod summary;

use groma_value::{Type, Value};

use super::Function;

pub(super) const FUNCTIONS: [&[Function]; 5] = [
    choice::FUNCTIONS,
    mapping::FUNCTIONS,
    sequence::FUNCTIONS,
    set::FUNCTIONS,
    summary::FUNCTIONS,
];

/// Whether it has elements by position.
fn is_sequence(ty: &Type) -> bool {
    matches!(ty, Type::List(_) | Type::Set(_) | Type::Tuple(_))
}

/// The elements of a known list, set or tuple; none of anything else.
fn items(value: &Value) -> &[Value] {
    value.as_slice().unwrap_or_default()
}

/// Wholly known values, to ask whether another is one of them.
struct Members<'a>(Vec<&'a Value>);

impl<'a> Members<'a> {
    fn new(items: &'a [Value]) -> Self {
        let mut items: Vec<&Value> = items.iter().collect();
        items.sort_by(|a, b| a.total_cmp(b));
        Self(items)
    }

    fn contains(&self, value: &Value) -> bool {
        self.0.binary_search_by(|member| member.total_cmp(value)).is_ok()
    }
}

/// Whether the number of elements is known: a set with unknown elements may turn out shorter.
fn has_known_length(value: &Value) -> bool {
    value.length().is_known()
}
