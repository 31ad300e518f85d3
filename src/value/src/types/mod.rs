//! Types of values.

mod print;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::Str;

/// The type of a value, or a constraint that a value is converted to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    /// Not known yet (of a value), or anything (of a constraint).
    Dynamic,
    /// `bool`
    Bool,
    /// `number`
    Number,
    /// `string`
    String,
    /// `list(T)`
    List(Arc<Type>),
    /// `set(T)`
    Set(Arc<Type>),
    /// `map(T)`
    Map(Arc<Type>),
    /// `tuple([…])`
    Tuple(Arc<[Type]>),
    /// `object({…})`
    Object(Arc<ObjectType>),
}

/// The attributes of an object type, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ObjectType {
    /// In name order.
    pub attributes: BTreeMap<Str, Attribute>,
}

/// One attribute of an object type.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Attribute {
    /// Its type.
    pub ty: Type,
    /// Whether a constraint allows it to be left out (`optional(T)`). Never so in a value's type.
    pub optional: bool,
}

impl Type {
    /// `list(elem)`
    pub fn list(elem: Self) -> Self {
        Self::List(Arc::new(elem))
    }

    /// `set(elem)`
    pub fn set(elem: Self) -> Self {
        Self::Set(Arc::new(elem))
    }

    /// `map(elem)`
    pub fn map(elem: Self) -> Self {
        Self::Map(Arc::new(elem))
    }

    /// `tuple([elems…])`
    pub fn tuple(elems: impl IntoIterator<Item = Self>) -> Self {
        Self::Tuple(elems.into_iter().collect())
    }

    /// An object type with no optional attribute.
    pub fn object<K: Into<Str>>(attributes: impl IntoIterator<Item = (K, Self)>) -> Self {
        let attributes = attributes
            .into_iter()
            .map(|(name, ty)| (name.into(), Attribute { ty, optional: false }))
            .collect();
        Self::Object(Arc::new(ObjectType { attributes }))
    }

    /// An object type whose attributes are given whole.
    pub fn object_with(attributes: BTreeMap<Str, Attribute>) -> Self {
        Self::Object(Arc::new(ObjectType { attributes }))
    }

    /// Whether it is `bool`, `number` or `string`.
    pub fn is_primitive(&self) -> bool {
        matches!(self, Self::Bool | Self::Number | Self::String)
    }

    /// Whether it is a list, set or map.
    pub fn is_collection(&self) -> bool {
        matches!(self, Self::List(_) | Self::Set(_) | Self::Map(_))
    }

    /// The type of the elements of a list, set or map.
    pub fn element(&self) -> Option<&Self> {
        match self {
            Self::List(elem) | Self::Set(elem) | Self::Map(elem) => Some(elem),
            _ => None,
        }
    }

    /// Whether [`Type::Dynamic`] occurs anywhere in it.
    pub fn has_dynamic(&self) -> bool {
        match self {
            Self::Dynamic => true,
            Self::Bool | Self::Number | Self::String => false,
            Self::List(elem) | Self::Set(elem) | Self::Map(elem) => elem.has_dynamic(),
            Self::Tuple(elems) => elems.iter().any(Self::has_dynamic),
            Self::Object(object) => object.attributes.values().any(|a| a.ty.has_dynamic()),
        }
    }

    /// The same type with no attribute optional, as a value's type has it.
    #[must_use]
    pub fn without_optional(&self) -> Self {
        match self {
            Self::Dynamic | Self::Bool | Self::Number | Self::String => self.clone(),
            Self::List(elem) => Self::list(elem.without_optional()),
            Self::Set(elem) => Self::set(elem.without_optional()),
            Self::Map(elem) => Self::map(elem.without_optional()),
            Self::Tuple(elems) => Self::tuple(elems.iter().map(Self::without_optional)),
            Self::Object(object) => Self::object(
                object.attributes.iter().map(|(k, a)| (k.clone(), a.ty.without_optional())),
            ),
        }
    }
}

/// Whether a value of type `given` may stand where `wanted` is, [`Type::Dynamic`] in which stands
/// for anything; with no conversion.
pub(crate) fn conforms(given: &Type, wanted: &Type) -> bool {
    match (given, wanted) {
        (_, Type::Dynamic) => true,
        (Type::List(a), Type::List(b))
        | (Type::Set(a), Type::Set(b))
        | (Type::Map(a), Type::Map(b)) => conforms(a, b),
        (Type::Tuple(a), Type::Tuple(b)) => {
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| conforms(a, b))
        }
        (Type::Object(a), Type::Object(b)) => {
            a.attributes.len() == b.attributes.len()
                && a.attributes
                    .iter()
                    .all(|(name, a)| b.attributes.get(name).is_some_and(|b| conforms(&a.ty, &b.ty)))
        }
        _ => given == wanted,
    }
}
