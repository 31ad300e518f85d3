//! What is known of an unknown value.

use crate::{Number, Str, Type};

/// An unknown value's type and refinements.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct UnknownValue {
    /// Its type; [`Type::Dynamic`] carries no refinement.
    pub ty: Type,
    /// What is known of it.
    pub refinements: Refinements,
}

impl UnknownValue {
    pub(crate) const fn new(ty: Type, refinements: Refinements) -> Self {
        Self { ty, refinements }
    }
}

/// What is known of a value that is not known (cty's refinements).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Refinements {
    /// It will not be null.
    pub not_null: bool,
    /// A string that starts so. At a safe grapheme boundary.
    pub prefix: Option<Str>,
    /// Lower bound of a number, and whether the bound itself is possible.
    pub number_min: Option<(Number, bool)>,
    /// Upper bound of a number, and whether the bound itself is possible.
    pub number_max: Option<(Number, bool)>,
    /// Lower bound of a collection's length.
    pub length_min: Option<u64>,
    /// Upper bound of a collection's length.
    pub length_max: Option<u64>,
}
