//! Default values of optional attributes (HCL's `typeexpr.Defaults`).

use std::collections::BTreeMap;

use crate::{Str, Type, Value};

/// The defaults that a type constraint gives to the optional attributes of its objects, at any
/// depth: `object({ a = optional(number, 3) })`.
#[derive(Clone, Debug)]
pub struct Defaults {
    /// The constraint at this depth.
    pub ty: Type,
    /// Of an object: the default of each attribute that has one, converted to its type.
    pub values: BTreeMap<Str, Value>,
    /// Of what is inside: by attribute of an object, by index (`0`, `1`, …) of a tuple, and under
    /// the empty name for all elements of a list, set or map.
    pub children: BTreeMap<Str, Defaults>,
}

impl Defaults {
    /// Fills in what `value` leaves out or has as null. To be called before the conversion to
    /// the type; where the value does not fit that it is left as it is, for the conversion to
    /// refuse.
    #[must_use]
    pub fn apply(&self, _value: &Value) -> Value {
        todo!()
    }
}
