//! Shared bytes as serde data: as bytes, not as a list of numbers.

use std::sync::Arc;

use serde::{Deserializer, Serializer};

pub(crate) fn serialize<S: Serializer>(
    bytes: &Arc<[u8]>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_bytes(bytes)
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Arc<[u8]>, D::Error> {
    let bytes: Vec<u8> = serde_bytes::deserialize(deserializer)?;
    Ok(bytes.into())
}
