//! Schemas, both ways.

use std::collections::BTreeMap;
use std::sync::Arc;

use groma_provider_api::{
    Attribute, Block, DescriptionKind, NestedBlock, NestedType, Nesting, Schema,
};
use groma_value::{Type, type_from_json, type_to_json};
use prost::Message as _;

use super::{Malformed, version};
use crate::proto;
use crate::rpc::Protocol;

/// Decodes a schema as that version of the protocol encodes it.
pub(crate) fn schema(encoded: &[u8], protocol: Protocol) -> Result<Schema, Malformed> {
    let decoded = match protocol {
        Protocol::V5 => proto::schema5::Schema::decode(encoded).map(Into::into),
        Protocol::V6 => proto::Schema::decode(encoded),
    };
    let proto::Schema { version: number, block: content } =
        decoded.map_err(|error| Malformed(error.to_string()))?;
    Ok(Schema { version: version(number)?, block: block(content.unwrap_or_default())? })
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

/// Encodes a schema of a native provider, as version 6 of the protocol has it.
pub(crate) fn schema_to(schema: &Schema) -> Vec<u8> {
    let version = i64::try_from(schema.version).unwrap_or(i64::MAX);
    proto::Schema { version, block: Some(block_to(&schema.block)) }.encode_to_vec()
}

/// A type, in JSON.
pub(super) fn ty_to(ty: &Type) -> Vec<u8> {
    type_to_json(ty).to_string().into_bytes()
}

fn block_to(block: &Block) -> proto::Block {
    proto::Block {
        attributes: attributes_to(&block.attributes),
        block_types: block.blocks.iter().map(nested_block_to).collect(),
        description: block.description.clone(),
        description_kind: kind_to(block.description_kind),
        deprecated: block.deprecated,
    }
}

fn attributes_to(all: &BTreeMap<Arc<str>, Attribute>) -> Vec<proto::Attribute> {
    all.iter()
        .map(|(name, attribute)| {
            let nested = attribute.nested.as_ref();
            proto::Attribute {
                name: name.to_string(),
                // One or the other.
                ty: nested.map_or_else(|| ty_to(&attribute.ty), |_| Vec::new()),
                nested_type: nested.map(|nested| proto::Object {
                    attributes: attributes_to(&nested.attributes),
                    nesting: nesting_to(nested.nesting),
                }),
                description: attribute.description.clone(),
                description_kind: kind_to(attribute.description_kind),
                required: attribute.required,
                optional: attribute.optional,
                computed: attribute.computed,
                sensitive: attribute.sensitive,
                deprecated: attribute.deprecated,
                write_only: attribute.write_only,
            }
        })
        .collect()
}

fn nested_block_to((name, nested): (&Arc<str>, &NestedBlock)) -> proto::NestedBlock {
    let count = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    proto::NestedBlock {
        type_name: name.to_string(),
        block: Some(block_to(&nested.block)),
        nesting: nesting_to(nested.nesting),
        min_items: count(nested.min_items),
        max_items: count(nested.max_items),
    }
}

fn nesting_to(nesting: Nesting) -> i32 {
    match nesting {
        Nesting::Single => proto::Nesting::Single,
        Nesting::Group => proto::Nesting::Group,
        Nesting::List => proto::Nesting::List,
        Nesting::Set => proto::Nesting::Set,
        Nesting::Map => proto::Nesting::Map,
    }
    .into()
}

fn kind_to(kind: DescriptionKind) -> i32 {
    match kind {
        DescriptionKind::Plain => proto::StringKind::Plain,
        DescriptionKind::Markdown => proto::StringKind::Markdown,
    }
    .into()
}
