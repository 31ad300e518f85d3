//! Between the protocol's messages and the types of [`groma_provider_api`].

mod diagnostic;
mod function;
mod identity;
mod schema;
mod value;

pub(crate) use self::diagnostic::{diagnostics, diagnostics_to, path, path_to};
pub(crate) use self::function::{signature, signature_to};
pub(crate) use self::identity::{
    decode_identity, encode_identity, identity_schema, identity_schema_to,
};
pub(crate) use self::schema::{schema, schema_to};
pub(crate) use self::value::{decode, decode_or_null, encode};

/// The provider sent what the protocol does not allow.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Malformed(pub(crate) String);

/// The version of a schema.
fn version(number: i64) -> Result<u64, Malformed> {
    u64::try_from(number).map_err(|_| Malformed(format!("a schema version cannot be {number}")))
}
