//! What names objects.

use groma_provider_api::{IdentityAttribute, IdentitySchema};
use groma_value::{Type, Value};

use super::schema::{ty, ty_to};
use super::value::{decode, encode};
use super::{Malformed, version};
use crate::proto;

/// Decodes the schema of identities.
pub(crate) fn identity_schema(schema: proto::IdentitySchema) -> Result<IdentitySchema, Malformed> {
    let attributes = schema.identity_attributes.into_iter().map(|attribute| {
        let name = attribute.name;
        let ty = ty(&attribute.ty)
            .map_err(|Malformed(problem)| Malformed(format!("attribute {name}: {problem}")))?;
        let attribute = IdentityAttribute {
            ty,
            required_for_import: attribute.required_for_import,
            optional_for_import: attribute.optional_for_import,
            description: attribute.description,
        };
        Ok((name.into(), attribute))
    });
    Ok(IdentitySchema {
        version: version(schema.version)?,
        attributes: attributes.collect::<Result<_, Malformed>>()?,
    })
}

/// Encodes an identity; a type that has none, and an object whose identity is not known yet, send
/// none.
pub(crate) fn encode_identity(
    identity: Option<&Value>,
    ty: Option<&Type>,
) -> Result<Option<proto::IdentityData>, Malformed> {
    let Some((identity, ty)) = identity.zip(ty) else { return Ok(None) };
    Ok(Some(proto::IdentityData { identity_data: encode(identity, ty)? }))
}

/// Decodes an identity, if the type has any and one was sent.
pub(crate) fn decode_identity(
    encoded: Option<proto::IdentityData>,
    ty: Option<&Type>,
) -> Result<Option<Value>, Malformed> {
    let Some((encoded, ty)) = encoded.zip(ty) else { return Ok(None) };
    decode(encoded.identity_data, ty, "identity").map(Some)
}

/// What a provider in process names its objects by.
pub(crate) fn identity_schema_to(schema: &IdentitySchema) -> proto::IdentitySchema {
    let attributes = schema.attributes.iter().map(|(name, attribute)| proto::IdentityAttribute {
        name: name.to_string(),
        ty: ty_to(&attribute.ty),
        required_for_import: attribute.required_for_import,
        optional_for_import: attribute.optional_for_import,
        description: attribute.description.clone(),
    });
    proto::IdentitySchema {
        version: i64::try_from(schema.version).unwrap_or(i64::MAX),
        identity_attributes: attributes.collect(),
    }
}
