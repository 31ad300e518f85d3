//! Operators, comparison and access: `+`, `==`, `a[b]`, `a.b`, `length`.

use crate::{Marks, Path, Type, Value};

/// Why an operation has no result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct OpError(pub String);

/// Arithmetic and logic. Operands have been converted to the operator's type; nulls are errors;
/// unknown gives unknown, refined where that is certain; marks of both flow into the result.
impl Value {
    /// `self + other`
    pub fn add(&self, _other: &Self) -> Result<Self, OpError> {
        todo!()
    }
    /// `self - other`
    pub fn sub(&self, _other: &Self) -> Result<Self, OpError> {
        todo!()
    }
    /// `self * other`
    pub fn mul(&self, _other: &Self) -> Result<Self, OpError> {
        todo!()
    }
    /// `self / other`; dividing by zero is an error.
    pub fn div(&self, _other: &Self) -> Result<Self, OpError> {
        todo!()
    }
    /// `self % other`; by zero is an error.
    pub fn rem(&self, _other: &Self) -> Result<Self, OpError> {
        todo!()
    }
    /// `-self`
    pub fn neg(&self) -> Result<Self, OpError> {
        todo!()
    }
    /// `!self`
    pub fn not(&self) -> Result<Self, OpError> {
        todo!()
    }
    /// `self && other` of two bools, with no short circuit (the evaluator does that).
    pub fn and(&self, _other: &Self) -> Result<Self, OpError> {
        todo!()
    }
    /// `self || other` of two bools, with no short circuit.
    pub fn or(&self, _other: &Self) -> Result<Self, OpError> {
        todo!()
    }
    /// `self < other` of two numbers.
    pub fn less_than(&self, _other: &Self) -> Result<Self, OpError> {
        todo!()
    }
    /// `self == other` as cty's `Equals`: a bool, unknown where it depends on an unknown.
    pub fn equals(&self, _other: &Self) -> Self {
        todo!()
    }
    /// The same value, type, unknownness, refinements and marks at every depth (cty `RawEquals`).
    pub fn raw_equals(&self, _other: &Self) -> bool {
        todo!()
    }
    /// `self[key]` of a list, map or tuple; cty's rules for unknown key and collection.
    pub fn index(&self, _key: &Self) -> Result<Self, OpError> {
        todo!()
    }
    /// Whether `self[key]` would succeed: a bool, maybe unknown.
    pub fn has_index(&self, _key: &Self) -> Self {
        todo!()
    }
    /// `self.name` of an object; unknown objects of known type give unknown attributes.
    pub fn get_attr(&self, _name: &str) -> Result<Self, OpError> {
        todo!()
    }
    /// The number of elements as a value; unknown with bounds where not known.
    pub fn length(&self) -> Self {
        todo!()
    }
    /// Builds a set: sorts as cty orders, drops duplicates, hoists the elements' marks.
    pub fn set(_elem: Type, _items: Vec<Self>) -> Self {
        todo!()
    }
    /// Every mark at any depth.
    pub fn marks_deep(&self) -> Marks {
        todo!()
    }
    /// Without marks at any depth, and every mark with where it was.
    pub fn unmark_deep_with_paths(&self) -> (Self, Vec<(Path, Marks)>) {
        todo!()
    }
    /// Without marks at any depth, and all of them together.
    pub fn unmark_deep(&self) -> (Self, Marks) {
        todo!()
    }
    /// Puts marks back where they were; paths that are not there any more mark their parent.
    #[must_use]
    pub fn mark_with_paths(&self, _marks: &[(Path, Marks)]) -> Self {
        todo!()
    }
}
