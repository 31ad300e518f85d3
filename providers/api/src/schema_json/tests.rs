//! Key order and omissions, as Terraform 1.11 prints them.

use std::sync::Arc;

use groma_value::Type;

use super::ProviderSchemaJson;
use crate::{
    Attribute, Block, DescriptionKind, FunctionParameter, FunctionSignature, NestedBlock,
    NestedType, Nesting, ProviderSchema, Schema,
};

fn check(schema: &ProviderSchema, built_in: bool, expected: &str) {
    let json = serde_json::to_string(&ProviderSchemaJson::new(schema, built_in));
    assert_eq!(json.unwrap_or_else(|error| error.to_string()), expected);
}

#[test]
fn leaves_out_what_is_empty() {
    check(&ProviderSchema::default(), true, r#"{"provider":{"version":0}}"#);
    check(
        &ProviderSchema::default(),
        false,
        r#"{"provider":{"version":0,"block":{"description_kind":"plain"}}}"#,
    );
}

#[test]
fn prints_resources() {
    let nested = NestedType {
        attributes: [("x".into(), Attribute::new(Type::Bool).optional().computed())].into(),
        nesting: Nesting::Set,
    };
    let nested =
        Attribute { nested: Some(nested.clone()), ..Attribute::new(nested.implied_type()) };
    let list = Attribute {
        description: "A list.".to_owned(),
        description_kind: DescriptionKind::Markdown,
        ..Attribute::new(Type::list(Type::Dynamic)).required().sensitive()
    };
    let part =
        NestedBlock { nesting: Nesting::List, block: Block::default(), min_items: 0, max_items: 2 };
    let block = Block {
        attributes: [("list".into(), list), ("nested".into(), nested.optional())].into(),
        blocks: [("part".into(), part)].into(),
        deprecated: true,
        ..Block::default()
    };
    let schema = ProviderSchema {
        resources: [("t".into(), Arc::new(Schema { version: 3, block }))].into(),
        ..ProviderSchema::default()
    };
    check(
        &schema,
        true,
        r#"{"provider":{"version":0},"resource_schemas":{"t":{"version":3,"block":{"attributes":{"list":{"type":["list","dynamic"],"description":"A list.","description_kind":"markdown","required":true,"sensitive":true},"nested":{"nested_type":{"attributes":{"x":{"type":"bool","description_kind":"plain","optional":true,"computed":true}},"nesting_mode":"set"},"description_kind":"plain","optional":true}},"block_types":{"part":{"nesting_mode":"list","block":{"description_kind":"plain"},"max_items":2}},"description_kind":"plain","deprecated":true}}}}"#,
    );
}

#[test]
fn prints_functions() {
    let parameter = FunctionParameter {
        name: "value".to_owned(),
        ty: Type::Dynamic,
        allow_null: true,
        allow_unknown: false,
        description: String::new(),
    };
    let function = FunctionSignature {
        summary: "Short.".to_owned(),
        description: "Long.".to_owned(),
        parameters: vec![parameter.clone()],
        variadic: Some(parameter),
        return_type: Type::String,
        deprecation: None,
    };
    let schema =
        ProviderSchema { functions: [("f".into(), function)].into(), ..ProviderSchema::default() };
    check(
        &schema,
        true,
        r#"{"provider":{"version":0},"functions":{"f":{"description":"Long.","summary":"Short.","return_type":"string","parameters":[{"name":"value","is_nullable":true,"type":"dynamic"}],"variadic_parameter":{"name":"value","is_nullable":true,"type":"dynamic"}}}}"#,
    );
}
