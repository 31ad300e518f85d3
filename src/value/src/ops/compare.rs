//! Equality.

use crate::types::conforms;
use crate::value::Repr;
use crate::{Fields, Marks, Type, Value};

impl Value {
    /// `self == other` as cty's `Equals`: a bool, unknown where it depends on an unknown.
    ///
    /// Nulls of any types are equal. Values of different types are not. Numbers are equal if they
    /// print alike. Marks at any depth flow into the result.
    #[must_use]
    pub fn equals(&self, other: &Self) -> Self {
        let marks = self.marks_deep() | other.marks_deep();
        match equal(self, other) {
            Some(result) => Self::bool(result).with_marks(marks),
            None => Self::unknown_bool(marks),
        }
    }

    /// `self != other`
    #[must_use]
    pub fn not_equals(&self, other: &Self) -> Self {
        let equal = self.equals(other);
        match equal.repr {
            Repr::Bool(result) => Self::bool(!result).with_marks(equal.marks),
            _ => equal,
        }
    }

    /// The same value, type, unknownness, refinements and marks at every depth (cty `RawEquals`).
    pub fn raw_equals(&self, other: &Self) -> bool {
        if self.marks != other.marks {
            return false;
        }
        match (&self.repr, &other.repr) {
            (Repr::Null(a), Repr::Null(b)) => a == b,
            (Repr::Unknown(a), Repr::Unknown(b)) => a == b,
            (Repr::Bool(a), Repr::Bool(b)) => a == b,
            (Repr::Number(a), Repr::Number(b)) => a.same_as(b),
            (Repr::String(a), Repr::String(b)) => a == b,
            (Repr::List(a), Repr::List(b)) | (Repr::Set(a), Repr::Set(b)) => {
                std::ptr::eq(&raw const **a, &raw const **b)
                    || a.ty == b.ty && raw_items(&a.items, &b.items)
            }
            (Repr::Map(a), Repr::Map(b)) => {
                std::ptr::eq(&raw const **a, &raw const **b)
                    || a.ty == b.ty && raw_fields(&a.entries, &b.entries)
            }
            (Repr::Tuple(a), Repr::Tuple(b)) => {
                std::ptr::eq(&raw const **a, &raw const **b) || raw_items(&a.content, &b.content)
            }
            (Repr::Object(a), Repr::Object(b)) => {
                std::ptr::eq(&raw const **a, &raw const **b) || raw_fields(&a.content, &b.content)
            }
            _ => false,
        }
    }
}

fn raw_items(a: &[Value], b: &[Value]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.raw_equals(b))
}

fn raw_fields(a: &Fields, b: &Fields) -> bool {
    a.len() == b.len()
        && a.iter().zip(b.iter()).all(|((ka, va), (kb, vb))| ka == kb && va.raw_equals(vb))
}

/// Whether two values are equal, marks aside; `None` where that is not known.
fn equal(a: &Value, b: &Value) -> Option<bool> {
    if a.is_null() && b.is_definitely_not_null() || b.is_null() && a.is_definitely_not_null() {
        return Some(false);
    }
    match (a.is_known(), b.is_known()) {
        (true, true) => equal_known(a, b),
        (false, false) => None,
        (true, false) => equal_to_unknown(a, b),
        (false, true) => equal_to_unknown(b, a),
    }
}

/// Known and unknown: different for certain if the refinements or types say so.
fn equal_to_unknown(known: &Value, unknown: &Value) -> Option<bool> {
    let Repr::Unknown(what) = &unknown.repr else { return None };
    if known.is_null() {
        return None;
    }
    if what.refinements.excludes(known) {
        return Some(false);
    }
    if what.ty.has_dynamic() || what.ty == known.ty() { None } else { Some(false) }
}

fn equal_known(a: &Value, b: &Value) -> Option<bool> {
    match (&a.repr, &b.repr) {
        (Repr::Null(_), Repr::Null(_)) => return Some(true),
        (Repr::Null(_), _) | (_, Repr::Null(_)) => return Some(false),
        (Repr::Bool(a), Repr::Bool(b)) => return Some(a == b),
        (Repr::Number(a), Repr::Number(b)) => return Some(a.same_as(b)),
        (Repr::String(a), Repr::String(b)) => return Some(a == b),
        _ => {}
    }
    let (a_type, b_type) = (a.ty(), b.ty());
    if !(has_known_type(a) && has_known_type(b)) {
        // With part of a type still open, only types that can never meet are certain to differ.
        let apart = !conforms(&a_type, &b_type) && !conforms(&b_type, &a_type);
        return if apart { Some(false) } else { None };
    }
    if a_type != b_type {
        return Some(false);
    }
    match (&a.repr, &b.repr) {
        (Repr::List(a), Repr::List(b)) if a.items.len() != b.items.len() => Some(false),
        (Repr::List(a), Repr::List(b)) => equal_items(a.items.iter().zip(&b.items)),
        (Repr::Tuple(a), Repr::Tuple(b)) => equal_items(a.content.iter().zip(&b.content)),
        (Repr::Set(a), Repr::Set(b)) => equal_sets(&a.items, &b.items),
        (Repr::Map(a), Repr::Map(b)) => {
            let keys = |fields: &Fields| fields.len();
            let same_keys = keys(&a.entries) == keys(&b.entries)
                && a.entries.iter().zip(b.entries.iter()).all(|((a, _), (b, _))| a == b);
            if same_keys { equal_fields(&a.entries, &b.entries) } else { Some(false) }
        }
        (Repr::Object(a), Repr::Object(b)) => equal_fields(&a.content, &b.content),
        _ => Some(false),
    }
}

/// The first pair that is not equal for certain decides.
fn equal_items<'a>(pairs: impl Iterator<Item = (&'a Value, &'a Value)>) -> Option<bool> {
    for (a, b) in pairs {
        if !equal(a, b)? {
            return Some(false);
        }
    }
    Some(true)
}

fn equal_fields(a: &Fields, b: &Fields) -> Option<bool> {
    equal_items(a.iter().zip(b.iter()).map(|((_, a), (_, b))| (a, b)))
}

/// Sets with an element that is itself unknown may be equal to any other. An element with an
/// unknown *inside* is equal to none.
fn equal_sets(a: &[Value], b: &[Value]) -> Option<bool> {
    if a.iter().chain(b).any(|item| !item.is_known()) {
        return None;
    }
    // Both are sorted and without duplicates.
    Some(a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b) == Some(true)))
}

/// Whether the type of every part is settled. A null's is, whatever it is.
fn has_known_type(value: &Value) -> bool {
    match &value.repr {
        Repr::Unknown(unknown) => !unknown.ty.has_dynamic(),
        Repr::Null(_) | Repr::Bool(_) | Repr::Number(_) | Repr::String(_) => true,
        Repr::List(seq) | Repr::Set(seq) => seq.items.iter().all(has_known_type),
        Repr::Map(map) => map.entries.iter().all(|(_, v)| has_known_type(v)),
        Repr::Tuple(tuple) => tuple.content.iter().all(has_known_type),
        Repr::Object(object) => object.content.iter().all(|(_, v)| has_known_type(v)),
    }
}

impl Value {
    /// Whether a set has `element` (cty `HasElement`): a bool, unknown where unknown elements or
    /// the element itself could still make it so. `false` of anything but a set.
    #[must_use]
    pub fn has_element(&self, element: &Self) -> Self {
        let marks: Marks = self.marks | element.marks_deep();
        let Repr::Set(set) = &self.repr else {
            return if self.is_known() {
                Self::bool(false).with_marks(marks)
            } else {
                Self::unknown_bool(marks)
            };
        };
        let ty = element.ty();
        let elem_type = set.ty.element();
        let apart =
            ty != Type::Dynamic && elem_type.is_some_and(|e| *e != Type::Dynamic && *e != ty);
        if apart {
            return Self::bool(false).with_marks(marks);
        }
        if !element.is_known() {
            return Self::unknown_bool(marks);
        }
        if set.items.iter().any(|item| equal(item, element) == Some(true)) {
            return Self::bool(true).with_marks(marks);
        }
        if self.is_wholly_known() {
            Self::bool(false).with_marks(marks)
        } else {
            Self::unknown_bool(marks)
        }
    }
}
