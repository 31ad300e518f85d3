//! Schemas of version 5, whose attributes number one field otherwise.

use prost::Message;

use super::schema;

#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct Schema {
    #[prost(int64, tag = "1")]
    version: i64,
    #[prost(message, optional, tag = "2")]
    block: Option<Block>,
}

#[derive(Clone, PartialEq, Eq, Message)]
struct Block {
    #[prost(message, repeated, tag = "2")]
    attributes: Vec<Attribute>,
    #[prost(message, repeated, tag = "3")]
    block_types: Vec<NestedBlock>,
    #[prost(string, tag = "4")]
    description: String,
    #[prost(enumeration = "schema::StringKind", tag = "5")]
    description_kind: i32,
    #[prost(bool, tag = "6")]
    deprecated: bool,
}

#[derive(Clone, PartialEq, Eq, Message)]
#[expect(clippy::struct_excessive_bools, reason = "as the protocol has it")]
struct Attribute {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(bytes = "vec", tag = "2")]
    ty: Vec<u8>,
    #[prost(string, tag = "3")]
    description: String,
    #[prost(bool, tag = "4")]
    required: bool,
    #[prost(bool, tag = "5")]
    optional: bool,
    #[prost(bool, tag = "6")]
    computed: bool,
    #[prost(bool, tag = "7")]
    sensitive: bool,
    #[prost(enumeration = "schema::StringKind", tag = "8")]
    description_kind: i32,
    #[prost(bool, tag = "9")]
    deprecated: bool,
    /// The nested type of version 6 has this number.
    #[prost(bool, tag = "10")]
    write_only: bool,
}

#[derive(Clone, PartialEq, Eq, Message)]
struct NestedBlock {
    #[prost(string, tag = "1")]
    type_name: String,
    #[prost(message, optional, tag = "2")]
    block: Option<Block>,
    #[prost(enumeration = "schema::Nesting", tag = "3")]
    nesting: i32,
    #[prost(int64, tag = "4")]
    min_items: i64,
    #[prost(int64, tag = "5")]
    max_items: i64,
}

impl From<Schema> for schema::Schema {
    fn from(Schema { version, block }: Schema) -> Self {
        Self { version, block: block.map(Into::into) }
    }
}

impl From<Block> for schema::Block {
    fn from(block: Block) -> Self {
        Self {
            attributes: block.attributes.into_iter().map(Into::into).collect(),
            block_types: block.block_types.into_iter().map(Into::into).collect(),
            description: block.description,
            description_kind: block.description_kind,
            deprecated: block.deprecated,
        }
    }
}

impl From<Attribute> for schema::Attribute {
    fn from(attribute: Attribute) -> Self {
        Self {
            name: attribute.name,
            ty: attribute.ty,
            description: attribute.description,
            required: attribute.required,
            optional: attribute.optional,
            computed: attribute.computed,
            sensitive: attribute.sensitive,
            description_kind: attribute.description_kind,
            deprecated: attribute.deprecated,
            nested_type: None,
            write_only: attribute.write_only,
        }
    }
}

impl From<NestedBlock> for schema::NestedBlock {
    fn from(nested: NestedBlock) -> Self {
        let NestedBlock { type_name, block, nesting, min_items, max_items } = nested;
        Self { type_name, block: block.map(Into::into), nesting, min_items, max_items }
    }
}
