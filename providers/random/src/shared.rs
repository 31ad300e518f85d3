//! What all of the resource types have in common.

use groma_provider_api::native::Object;
use groma_provider_api::{Attribute, AttributeDiagnostic, ProviderDiagnostics};
use groma_value::{Type, Value};

/// `keepers`: a new value is made when these change.
pub(crate) fn keepers() -> Attribute {
    Attribute::new(Type::map(Type::String))
        .optional()
        .describe("Arbitrary values that, when they change, cause a new value to be made.")
}

/// A string that the provider makes.
pub(crate) fn computed(description: &str) -> Attribute {
    Attribute::new(Type::String).computed().describe(description)
}

/// `id`, where it says nothing.
pub(crate) fn static_id() -> Attribute {
    computed("A constant, for internal use only.")
}

/// The object of an import, its `fields` set and everything else null.
pub(crate) fn imported<'a>(
    names: impl IntoIterator<Item = (&'a str, Type)>,
    fields: impl IntoIterator<Item = (&'a str, Value)>,
) -> Value {
    let mut object = Object::default();
    for (name, ty) in names {
        object.set(name, Value::null(ty));
    }
    for (name, value) in fields {
        object.set(name, value);
    }
    object.into_value()
}

/// One error, about the whole.
pub(crate) fn error(summary: &str, detail: impl Into<String>) -> ProviderDiagnostics {
    vec![AttributeDiagnostic::error(summary, detail)]
}
