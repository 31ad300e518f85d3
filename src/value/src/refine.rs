//! What is known of an unknown value.

use std::sync::Arc;

use crate::value::Repr;
use crate::{Number, Str, Type, Value};

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

impl Value {
    /// Unknown of type `ty`, of which `refinements` is known. Nothing is known of a dynamic one.
    pub fn unknown_with(ty: Type, refinements: Refinements) -> Self {
        let refinements = if ty == Type::Dynamic { Refinements::default() } else { refinements };
        Self::from_repr(Repr::Unknown(Arc::new(UnknownValue::new(ty, refinements))))
    }

    /// The same value, of which the caller knows that it is not null.
    #[must_use]
    pub fn refine_not_null(self) -> Self {
        match &self.repr {
            Repr::Unknown(unknown) if !unknown.refinements.not_null => {
                let refinements = Refinements { not_null: true, ..unknown.refinements.clone() };
                Self::unknown_with(unknown.ty.clone(), refinements).with_marks(self.marks)
            }
            _ => self,
        }
    }
}
