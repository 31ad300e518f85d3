//! What names an object at its provider, apart from its attributes (protocol 6.9 and 5.9).

use std::collections::BTreeMap;
use std::sync::Arc;

use groma_value::{Type, Value};

/// What the identities of a resource type's objects look like (`ResourceIdentitySchema`).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct IdentitySchema {
    /// Goes up when the attributes change in a way that stored identities do not fit.
    pub version: u64,
    /// Attributes by name.
    pub attributes: BTreeMap<Arc<str>, IdentityAttribute>,
}

/// An attribute of an identity (`ResourceIdentitySchema.IdentityAttribute`).
#[derive(Clone, Debug, PartialEq)]
pub struct IdentityAttribute {
    /// Its type: a primitive one, or a list of one.
    pub ty: Type,
    /// Whether an import must say it.
    pub required_for_import: bool,
    /// Whether an import may say it.
    pub optional_for_import: bool,
    /// At length.
    pub description: String,
}

impl IdentitySchema {
    /// The type of the identities.
    pub fn ty(&self) -> Type {
        let attributes = self.attributes.iter();
        Type::object(attributes.map(|(name, attribute)| (&**name, attribute.ty.clone())))
    }
}

/// What an import names an object by.
#[derive(Clone, Debug)]
pub enum ImportTarget {
    /// What the resource type's documentation says that it is imported by.
    Id(String),
    /// Its identity; conforms to the [`IdentitySchema`] of its type.
    Identity(Value),
}
