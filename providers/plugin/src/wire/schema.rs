//! Schemas, decoded when one is asked for.

use std::collections::BTreeMap;
use std::sync::Arc;

use groma_provider_api::{
    Attribute, Block, DescriptionKind, NestedBlock, NestedType, Nesting, Schema,
};
use groma_value::{Type, type_from_json};
use prost::Message as _;

use super::Malformed;
use crate::proto;
use crate::rpc::Protocol;

/// Decodes a schema as that version of the protocol encodes it.
pub(crate) fn schema(encoded: &[u8], protocol: Protocol) -> Result<Schema, Malformed> {
    let decoded = match protocol {
        Protocol::V5 => proto::schema5::Schema::decode(encoded).map(Into::into),
        Protocol::V6 => proto::Schema::decode(encoded),
    };
    let proto::Schema { version, block: content } =
        decoded.map_err(|error| Malformed(error.to_string()))?;
    let version = u64::try_from(version)
        .map_err(|_| Malformed(format!("a schema version cannot be {version}")))?;
    Ok(Schema { version, block: block(content.unwrap_or_default())? })
}

/// A type, in JSON.
pub(super) fn ty(json: &[u8]) -> Result<Type, Malformed> {
    let json = serde_json::from_slice(json)
        .map_err(|error| Malformed(format!("a type is not in JSON: {error}")))?;
    type_from_json(&json).map_err(|error| Malformed(format!("there is no such type: {error}")))
}

fn block(block: proto::Block) -> Result<Block, Malformed> {
    let blocks: Result<_, _> = block.block_types.into_iter().map(nested_block).collect();
    Ok(Block {
        attributes: attributes(block.attributes)?,
        blocks: blocks?,
        description: block.description,
        description_kind: kind(block.description_kind),
        deprecated: block.deprecated,
    })
}

fn attributes(all: Vec<proto::Attribute>) -> Result<BTreeMap<Arc<str>, Attribute>, Malformed> {
    all.into_iter().map(attribute).collect()
}

fn attribute(attribute: proto::Attribute) -> Result<(Arc<str>, Attribute), Malformed> {
    let name = attribute.name;
    let within = |Malformed(problem)| Malformed(format!("attribute {name}: {problem}"));
    let nested = attribute.nested_type.map(|nested| {
        let nesting = nesting(nested.nesting)?;
        Ok(NestedType { attributes: attributes(nested.attributes)?, nesting })
    });
    let nested = nested.transpose().map_err(within)?;
    let ty = match &nested {
        Some(nested) => nested.implied_type(),
        None => ty(&attribute.ty).map_err(within)?,
    };
    let attribute = Attribute {
        ty,
        nested,
        required: attribute.required,
        optional: attribute.optional,
        computed: attribute.computed,
        sensitive: attribute.sensitive,
        write_only: attribute.write_only,
        deprecated: attribute.deprecated,
        description: attribute.description,
        description_kind: kind(attribute.description_kind),
    };
    Ok((name.into(), attribute))
}

fn nested_block(nested: proto::NestedBlock) -> Result<(Arc<str>, NestedBlock), Malformed> {
    let name = nested.type_name;
    let within = |Malformed(problem)| Malformed(format!("block {name}: {problem}"));
    let count = |number: i64| {
        u64::try_from(number).map_err(|_| within(Malformed(format!("{number} of them"))))
    };
    let nested = NestedBlock {
        nesting: nesting(nested.nesting).map_err(within)?,
        block: block(nested.block.unwrap_or_default()).map_err(within)?,
        min_items: count(nested.min_items)?,
        max_items: count(nested.max_items)?,
    };
    Ok((name.into(), nested))
}

fn nesting(number: i32) -> Result<Nesting, Malformed> {
    match proto::Nesting::try_from(number) {
        Ok(proto::Nesting::Single) => Ok(Nesting::Single),
        Ok(proto::Nesting::Group) => Ok(Nesting::Group),
        Ok(proto::Nesting::List) => Ok(Nesting::List),
        Ok(proto::Nesting::Set) => Ok(Nesting::Set),
        Ok(proto::Nesting::Map) => Ok(Nesting::Map),
        Ok(proto::Nesting::Invalid) | Err(_) => {
            Err(Malformed(format!("there is no nesting mode {number}")))
        }
    }
}

fn kind(number: i32) -> DescriptionKind {
    match proto::StringKind::try_from(number) {
        Ok(proto::StringKind::Markdown) => DescriptionKind::Markdown,
        Ok(proto::StringKind::Plain) | Err(_) => DescriptionKind::Plain,
    }
}
