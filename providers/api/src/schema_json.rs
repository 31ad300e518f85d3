//! Schemas as `terraform providers schema -json` prints them, key for key in its order.

use std::collections::BTreeMap;
use std::num::NonZeroU64;
use std::ops::Not;
use std::sync::Arc;

use groma_value::type_to_json;
use serde::Serialize;
use serde_json::Value as Json;

use crate::{
    Attribute, Block, DescriptionKind, FunctionParameter, FunctionSignature, NestedBlock,
    NestedType, Nesting, ProviderSchema, Schema, Schemas,
};

/// One provider's entry under `provider_schemas`.
#[derive(Serialize)]
pub struct ProviderSchemaJson<'a> {
    provider: SchemaJson<'a>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    resource_schemas: Named<'a, SchemaJson<'a>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    data_source_schemas: Named<'a, SchemaJson<'a>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    ephemeral_resource_schemas: Named<'a, SchemaJson<'a>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    functions: Named<'a, FunctionJson<'a>>,
}

type Named<'a, T> = BTreeMap<&'a str, T>;

impl<'a> ProviderSchemaJson<'a> {
    /// Of `schema`. The provider that is built in has no configuration block at all, not even an
    /// empty one.
    pub fn new(schema: &'a ProviderSchema, built_in: bool) -> Self {
        let provider = SchemaJson {
            version: schema.provider.version,
            block: (!built_in).then(|| BlockJson::new(&schema.provider.block)),
        };
        Self {
            provider,
            resource_schemas: schemas(&schema.resources),
            data_source_schemas: schemas(&schema.data_sources),
            ephemeral_resource_schemas: schemas(&schema.ephemeral),
            functions: named(&schema.functions, FunctionJson::new),
        }
    }
}

fn named<'a, V, T>(map: &'a BTreeMap<Arc<str>, V>, json: fn(&'a V) -> T) -> Named<'a, T> {
    map.iter().map(|(name, value)| (&**name, json(value))).collect()
}

fn schemas(all: &Schemas) -> Named<'_, SchemaJson<'_>> {
    all.iter().map(|(name, schema)| (&**name, SchemaJson::new(schema))).collect()
}

/// A schema: `{"version": 0, "block": {…}}`.
#[derive(Serialize)]
pub struct SchemaJson<'a> {
    version: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    block: Option<BlockJson<'a>>,
}

impl<'a> SchemaJson<'a> {
    /// Of `schema`.
    pub fn new(schema: &'a Schema) -> Self {
        Self { version: schema.version, block: Some(BlockJson::new(&schema.block)) }
    }
}

#[derive(Serialize)]
struct BlockJson<'a> {
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    attributes: Named<'a, AttributeJson<'a>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    block_types: Named<'a, NestedBlockJson<'a>>,
    #[serde(skip_serializing_if = "str::is_empty")]
    description: &'a str,
    description_kind: &'static str,
    #[serde(skip_serializing_if = "Not::not")]
    deprecated: bool,
}

impl<'a> BlockJson<'a> {
    fn new(block: &'a Block) -> Self {
        Self {
            attributes: named(&block.attributes, AttributeJson::new),
            block_types: named(&block.blocks, NestedBlockJson::new),
            description: &block.description,
            description_kind: kind(block.description_kind),
            deprecated: block.deprecated,
        }
    }
}

#[derive(Serialize)]
struct NestedBlockJson<'a> {
    nesting_mode: &'static str,
    block: BlockJson<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    min_items: Option<NonZeroU64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_items: Option<NonZeroU64>,
}

impl<'a> NestedBlockJson<'a> {
    fn new(nested: &'a NestedBlock) -> Self {
        Self {
            nesting_mode: mode(nested.nesting),
            block: BlockJson::new(&nested.block),
            min_items: NonZeroU64::new(nested.min_items),
            max_items: NonZeroU64::new(nested.max_items),
        }
    }
}

#[derive(Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "as Terraform prints it")]
struct AttributeJson<'a> {
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    ty: Option<Json>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nested_type: Option<NestedTypeJson<'a>>,
    #[serde(skip_serializing_if = "str::is_empty")]
    description: &'a str,
    description_kind: &'static str,
    #[serde(skip_serializing_if = "Not::not")]
    deprecated: bool,
    #[serde(skip_serializing_if = "Not::not")]
    required: bool,
    #[serde(skip_serializing_if = "Not::not")]
    optional: bool,
    #[serde(skip_serializing_if = "Not::not")]
    computed: bool,
    #[serde(skip_serializing_if = "Not::not")]
    sensitive: bool,
    #[serde(skip_serializing_if = "Not::not")]
    write_only: bool,
}

impl<'a> AttributeJson<'a> {
    fn new(attribute: &'a Attribute) -> Self {
        Self {
            ty: attribute.nested.is_none().then(|| type_to_json(&attribute.ty)),
            nested_type: attribute.nested.as_ref().map(NestedTypeJson::new),
            description: &attribute.description,
            description_kind: kind(attribute.description_kind),
            deprecated: attribute.deprecated,
            required: attribute.required,
            optional: attribute.optional,
            computed: attribute.computed,
            sensitive: attribute.sensitive,
            write_only: attribute.write_only,
        }
    }
}

#[derive(Serialize)]
struct NestedTypeJson<'a> {
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    attributes: Named<'a, AttributeJson<'a>>,
    nesting_mode: &'static str,
}

impl<'a> NestedTypeJson<'a> {
    fn new(nested: &'a NestedType) -> Self {
        Self {
            attributes: named(&nested.attributes, AttributeJson::new),
            nesting_mode: mode(nested.nesting),
        }
    }
}

#[derive(Serialize)]
struct FunctionJson<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    description: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    summary: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    deprecation_message: Option<&'a str>,
    return_type: Json,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parameters: Vec<ParameterJson<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    variadic_parameter: Option<ParameterJson<'a>>,
}

impl<'a> FunctionJson<'a> {
    fn new(function: &'a FunctionSignature) -> Self {
        Self {
            description: &function.description,
            summary: &function.summary,
            deprecation_message: function.deprecation.as_deref(),
            return_type: type_to_json(&function.return_type),
            parameters: function.parameters.iter().map(ParameterJson::new).collect(),
            variadic_parameter: function.variadic.as_ref().map(ParameterJson::new),
        }
    }
}

#[derive(Serialize)]
struct ParameterJson<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    description: &'a str,
    #[serde(skip_serializing_if = "Not::not")]
    is_nullable: bool,
    #[serde(rename = "type")]
    ty: Json,
}

impl<'a> ParameterJson<'a> {
    fn new(parameter: &'a FunctionParameter) -> Self {
        Self {
            name: &parameter.name,
            description: &parameter.description,
            is_nullable: parameter.allow_null,
            ty: type_to_json(&parameter.ty),
        }
    }
}

const fn kind(kind: DescriptionKind) -> &'static str {
    match kind {
        DescriptionKind::Plain => "plain",
        DescriptionKind::Markdown => "markdown",
    }
}

const fn mode(nesting: Nesting) -> &'static str {
    match nesting {
        Nesting::Single => "single",
        Nesting::Group => "group",
        Nesting::List => "list",
        Nesting::Set => "set",
        Nesting::Map => "map",
    }
}

#[cfg(test)]
mod tests;
