//! Stored attributes, made to fit the schema.

use std::collections::BTreeMap;

use groma_value::{Str, Value, from_json};
use serde_json::value::RawValue;

use crate::{AttributeDiagnostic, Block, ProviderDiagnostics};

/// The attributes of an object of an older schema version, to be upgraded.
pub type JsonObject = serde_json::Map<String, serde_json::Value>;

fn unreadable(error: impl std::fmt::Display) -> ProviderDiagnostics {
    vec![AttributeDiagnostic::error(
        "Unable to Read Previously Saved State",
        format!("The saved attributes do not fit the resource type's schema: {error}."),
    )]
}

/// Reads an object of an older version as loose JSON.
pub(super) fn parse_loose(json: &[u8]) -> Result<JsonObject, ProviderDiagnostics> {
    serde_json::from_slice(json).map_err(unreadable)
}

/// Writes what [`parse_loose`] has read.
pub(super) fn write_loose(object: &JsonObject) -> Result<Vec<u8>, ProviderDiagnostics> {
    serde_json::to_vec(object).map_err(unreadable)
}

/// Reads an object of the current version. Attributes that the schema does not have are dropped,
/// those that are not there are null; numbers keep all their digits.
pub(super) fn parse_current(block: &Block, json: &[u8]) -> Result<Value, ProviderDiagnostics> {
    if json.trim_ascii() == b"null" {
        return Ok(Value::null(block.implied_type()));
    }
    let stored: BTreeMap<String, &RawValue> = serde_json::from_slice(json).map_err(unreadable)?;
    let attributes = block.attributes.iter().map(|(name, attribute)| (name, attribute.ty.clone()));
    let blocks = block.blocks.iter().map(|(name, nested)| (name, nested.implied_type()));
    let mut fields = Vec::with_capacity(block.attributes.len() + block.blocks.len());
    for (name, ty) in attributes.chain(blocks) {
        let value = match stored.get(&**name) {
            Some(raw) => from_json(raw.get().as_bytes(), &ty).map_err(unreadable)?,
            None => Value::null(ty),
        };
        fields.push((Str::new(name), value));
    }
    Ok(Value::object(fields))
}
