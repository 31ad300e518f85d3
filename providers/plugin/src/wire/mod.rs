//! Between the protocol's messages and the types of [`groma_provider_api`].

mod diagnostic;
mod function;
mod schema;
mod value;

pub(crate) use self::diagnostic::{diagnostics, diagnostics_to, path, path_to};
pub(crate) use self::function::{signature, signature_to};
pub(crate) use self::schema::{schema, schema_to};
pub(crate) use self::value::{decode, decode_or_null, encode};

/// The provider sent what the protocol does not allow.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Malformed(pub(crate) String);
