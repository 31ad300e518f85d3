//! The value itself: construction and inspection.

use std::sync::{Arc, OnceLock};

use crate::refine::{Refinements, UnknownValue};
use crate::{Fields, Marks, Number, Str, Type};

/// A value of the Terraform language. 32 bytes; cloning copies a pointer at most.
///
/// Marks sit on the value that they were put on: an object with a sensitive attribute is not
/// itself sensitive. Elements of a set carry none: theirs move to the set.
#[derive(Clone)]
pub struct Value {
    pub(crate) repr: Repr,
    pub(crate) marks: Marks,
}

#[derive(Clone)]
pub(crate) enum Repr {
    Null(Type),
    Unknown(Arc<UnknownValue>),
    Bool(bool),
    Number(Number),
    String(Str),
    List(Arc<Sequence>),
    /// Sorted as cty sorts, with no element twice.
    Set(Arc<Sequence>),
    Map(Arc<Mapping>),
    Tuple(Arc<Structure<Vec<Value>>>),
    Object(Arc<Structure<Fields>>),
}

/// The elements of a list or set.
pub(crate) struct Sequence {
    /// That of the list or set itself.
    pub(crate) ty: Type,
    pub(crate) items: Vec<Value>,
}

/// The elements of a map.
pub(crate) struct Mapping {
    /// That of the map itself.
    pub(crate) ty: Type,
    pub(crate) entries: Fields,
}

/// The elements of a tuple or object, whose type follows from them: built when first asked for.
pub(crate) struct Structure<T> {
    pub(crate) content: T,
    ty: OnceLock<Type>,
}

impl<T> Structure<T> {
    const fn new(content: T) -> Self {
        Self { content, ty: OnceLock::new() }
    }
}

/// What a value is, with its own marks left aside.
#[derive(Clone, Copy)]
pub enum View<'a> {
    /// Null, of the type that [`Value::ty`] says.
    Null,
    /// Not known yet, of the type that [`Value::ty`] says.
    Unknown(&'a Refinements),
    /// `true` or `false`
    Bool(bool),
    /// A number.
    Number(&'a Number),
    /// A string.
    String(&'a Str),
    /// The elements of a list.
    List(&'a [Value]),
    /// The elements of a set, in cty's order.
    Set(&'a [Value]),
    /// The elements of a map.
    Map(&'a Fields),
    /// The elements of a tuple.
    Tuple(&'a [Value]),
    /// The attributes of an object.
    Object(&'a Fields),
}

impl Value {
    pub(crate) const fn from_repr(repr: Repr) -> Self {
        Self { repr, marks: Marks::NONE }
    }

    /// Null of type `ty`.
    pub const fn null(ty: Type) -> Self {
        Self::from_repr(Repr::Null(ty))
    }

    /// Unknown of type `ty`, not refined. It may turn out null.
    pub fn unknown(ty: Type) -> Self {
        Self::from_repr(Repr::Unknown(Arc::new(UnknownValue::new(ty, Refinements::default()))))
    }

    /// Unknown, of a type unknown as well (cty's `DynamicVal`).
    pub fn dynamic() -> Self {
        Self::unknown(Type::Dynamic)
    }

    /// `true` or `false`
    pub const fn bool(value: bool) -> Self {
        Self::from_repr(Repr::Bool(value))
    }

    /// A number.
    pub fn number(value: impl Into<Number>) -> Self {
        Self::from_repr(Repr::Number(value.into()))
    }

    /// A string, normalised.
    pub fn string(value: impl Into<Str>) -> Self {
        Self::from_repr(Repr::String(value.into()))
    }

    /// A list. Every item's type is `elem` (the caller has converted them).
    pub fn list(elem: Type, items: Vec<Self>) -> Self {
        Self::from_repr(Repr::List(Arc::new(Sequence { ty: Type::list(elem), items })))
    }

    /// A map. Every value's type is `elem` (the caller has converted them).
    pub fn map(elem: Type, entries: impl Into<Fields>) -> Self {
        Self::from_repr(Repr::Map(Arc::new(Mapping {
            ty: Type::map(elem),
            entries: entries.into(),
        })))
    }

    /// A tuple.
    pub fn tuple(items: Vec<Self>) -> Self {
        Self::from_repr(Repr::Tuple(Arc::new(Structure::new(items))))
    }

    /// An object.
    pub fn object(attributes: impl Into<Fields>) -> Self {
        Self::from_repr(Repr::Object(Arc::new(Structure::new(attributes.into()))))
    }

    /// An object from names and values in any order.
    pub fn object_of<K: Into<Str>>(attributes: impl IntoIterator<Item = (K, Self)>) -> Self {
        Self::object(attributes.into_iter().map(|(k, v)| (k.into(), v)).collect::<Fields>())
    }

    /// What it is, its marks aside.
    pub fn view(&self) -> View<'_> {
        match &self.repr {
            Repr::Null(_) => View::Null,
            Repr::Unknown(unknown) => View::Unknown(&unknown.refinements),
            Repr::Bool(value) => View::Bool(*value),
            Repr::Number(value) => View::Number(value),
            Repr::String(value) => View::String(value),
            Repr::List(list) => View::List(&list.items),
            Repr::Set(set) => View::Set(&set.items),
            Repr::Map(map) => View::Map(&map.entries),
            Repr::Tuple(tuple) => View::Tuple(&tuple.content),
            Repr::Object(object) => View::Object(&object.content),
        }
    }

    /// Its type. That of a tuple or an object is built from its elements' types, once.
    pub fn ty(&self) -> Type {
        match &self.repr {
            Repr::Null(ty) => ty.clone(),
            Repr::Unknown(unknown) => unknown.ty.clone(),
            Repr::Bool(_) => Type::Bool,
            Repr::Number(_) => Type::Number,
            Repr::String(_) => Type::String,
            Repr::List(seq) | Repr::Set(seq) => seq.ty.clone(),
            Repr::Map(map) => map.ty.clone(),
            Repr::Tuple(tuple) => {
                let build = || Type::tuple(tuple.content.iter().map(Self::ty));
                tuple.ty.get_or_init(build).clone()
            }
            Repr::Object(object) => {
                let attributes = || object.content.iter().map(|(k, v)| (k.clone(), v.ty()));
                object.ty.get_or_init(|| Type::object(attributes())).clone()
            }
        }
    }

    /// Whether it is null (marks aside). An unknown value is not.
    pub const fn is_null(&self) -> bool {
        matches!(self.repr, Repr::Null(_))
    }

    /// Whether it is known at its top: an object with an unknown attribute is.
    pub const fn is_known(&self) -> bool {
        !matches!(self.repr, Repr::Unknown(_))
    }

    /// Whether nothing in it is unknown.
    pub fn is_wholly_known(&self) -> bool {
        match &self.repr {
            Repr::Unknown(_) => false,
            Repr::Null(_) | Repr::Bool(_) | Repr::Number(_) | Repr::String(_) => true,
            Repr::List(seq) | Repr::Set(seq) => seq.items.iter().all(Self::is_wholly_known),
            Repr::Tuple(tuple) => tuple.content.iter().all(Self::is_wholly_known),
            Repr::Map(map) => map.entries.iter().all(|(_, v)| v.is_wholly_known()),
            Repr::Object(object) => object.content.iter().all(|(_, v)| v.is_wholly_known()),
        }
    }

    /// The marks on the value itself, not those inside.
    pub const fn marks(&self) -> Marks {
        self.marks
    }

    /// The same value with `marks` added.
    #[must_use]
    pub fn with_marks(mut self, marks: Marks) -> Self {
        self.marks |= marks;
        self
    }

    /// The value without its own marks, and those marks.
    pub fn unmark(mut self) -> (Self, Marks) {
        let marks = std::mem::take(&mut self.marks);
        (self, marks)
    }

    /// The string, if it is a known one.
    pub fn as_str(&self) -> Option<&Str> {
        if let Repr::String(value) = &self.repr { Some(value) } else { None }
    }

    /// The truth value, if it is a known one.
    pub const fn as_bool(&self) -> Option<bool> {
        if let Repr::Bool(value) = &self.repr { Some(*value) } else { None }
    }

    /// The number, if it is a known one.
    pub const fn as_number(&self) -> Option<&Number> {
        if let Repr::Number(value) = &self.repr { Some(value) } else { None }
    }

    /// The elements of a list, set or tuple.
    pub fn as_slice(&self) -> Option<&[Self]> {
        match &self.repr {
            Repr::List(seq) | Repr::Set(seq) => Some(&seq.items),
            Repr::Tuple(tuple) => Some(&tuple.content),
            _ => None,
        }
    }

    /// The named values of a map or object.
    pub fn as_fields(&self) -> Option<&Fields> {
        match &self.repr {
            Repr::Map(map) => Some(&map.entries),
            Repr::Object(object) => Some(&object.content),
            _ => None,
        }
    }

    /// The attribute of an object, its own marks alone.
    pub fn attr(&self, name: &str) -> Option<&Self> {
        if let Repr::Object(object) = &self.repr { object.content.get(name) } else { None }
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::bool(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::string(value)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::number(value)
    }
}

#[cfg(test)]
mod tests {
    use super::Value;
    use crate::{Number, Type};

    #[test]
    fn values_are_small() {
        assert_eq!(size_of::<Number>(), 16);
        assert_eq!(size_of::<Value>(), 32);
    }

    #[test]
    fn the_type_of_a_structure_is_built_once() {
        let value = Value::object_of([("a", Value::from(1i64))]);
        let (Type::Object(one), Type::Object(two)) = (value.ty(), value.clone().ty()) else {
            panic!("an object's type is an object type")
        };
        assert!(std::sync::Arc::ptr_eq(&one, &two));
    }
}
