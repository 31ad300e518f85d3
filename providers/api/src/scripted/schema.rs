//! Types of objects with every kind of attribute and block.

use std::sync::Arc;

use groma_value::Type;

use crate::{
    Attribute, Block, IdentityAttribute, IdentitySchema, NestedBlock, NestedType, Nesting,
    ProviderSchema, Schema,
};

/// What the scripted provider declares.
pub(super) fn things(provider: &str) -> ProviderSchema {
    let named = |kind: &str, schema: Schema| {
        [(Arc::from(format!("{provider}_{kind}")), Arc::new(schema))].into_iter()
    };
    ProviderSchema {
        provider: Schema::of(
            "",
            [
                ("region", Attribute::new(Type::String).optional()),
                ("password", Attribute::new(Type::String).optional().sensitive()),
            ],
        ),
        resources: named("thing", thing().version(1))
            .chain(named("plain", plain()))
            .chain(named("named", plain()))
            .collect(),
        identities: [(Arc::from(format!("{provider}_named")), Arc::new(name()))].into(),
        meta: Some(Schema::of("", [("team", Attribute::new(Type::String).optional())])),
        data_sources: named("data", data()).collect(),
        ephemeral: named("secret", data()).collect(),
        ..ProviderSchema::default()
    }
}

fn plain() -> Schema {
    Schema::of(
        "",
        [
            ("id", Attribute::new(Type::String).computed()),
            ("name", Attribute::new(Type::String).required()),
            ("value", Attribute::new(Type::String).optional()),
        ],
    )
}

/// Version 0 had `called` for it.
fn name() -> IdentitySchema {
    let name = IdentityAttribute {
        ty: Type::String,
        required_for_import: true,
        optional_for_import: false,
        description: String::new(),
    };
    IdentitySchema { version: 1, attributes: [("name".into(), name)].into() }
}

fn data() -> Schema {
    Schema::of(
        "",
        [
            ("name", Attribute::new(Type::String).required()),
            ("value", Attribute::new(Type::String).computed()),
        ],
    )
}

/// `kind` takes a new object when it changes; `made` is computed from `value`.
fn thing() -> Schema {
    let nested = NestedType {
        attributes: [
            ("in".into(), Attribute::new(Type::String).optional()),
            ("out".into(), Attribute::new(Type::String).computed()),
        ]
        .into(),
        nesting: Nesting::Single,
    };
    let settings = Attribute {
        nested: Some(nested.clone()),
        ..Attribute::new(nested.implied_type()).optional()
    };
    let mut schema = Schema::of(
        "",
        [
            ("id", Attribute::new(Type::String).computed()),
            ("name", Attribute::new(Type::String).required()),
            ("kind", Attribute::new(Type::String).optional()),
            ("value", Attribute::new(Type::String).optional()),
            ("made", Attribute::new(Type::String).computed()),
            ("chosen", Attribute::new(Type::String).optional().computed()),
            ("secret", Attribute::new(Type::String).optional().sensitive()),
            ("token", Attribute::new(Type::String).optional().write_only()),
            ("old", Attribute::new(Type::String).optional().deprecated()),
            ("tags", Attribute::new(Type::map(Type::String)).optional()),
            ("settings", settings),
        ],
    );
    let blocks = [
        ("single", Nesting::Single),
        ("group", Nesting::Group),
        ("list", Nesting::List),
        ("set", Nesting::Set),
        ("map", Nesting::Map),
    ];
    schema.block.blocks = blocks.map(|(name, nesting)| (name.into(), block(nesting))).into();
    schema
}

fn block(nesting: Nesting) -> NestedBlock {
    let attributes = [("text".into(), Attribute::new(Type::String).optional())].into();
    let block = Block { attributes, ..Block::default() };
    NestedBlock { nesting, block, min_items: 0, max_items: 0 }
}
