//! A body of an override file laid over another, as it is read by a schema.

use std::borrow::Cow;
use std::collections::HashSet;

use groma_diag::Diagnostics;
use groma_value::Str;

use super::{Attribute, AttributeSchema, Block, BlockSchema, Body, BodyContent, BodySchema, Item};

pub(super) fn partial(
    base: &Body,
    over: &Body,
    schema: &BodySchema,
) -> (BodyContent, Body, Diagnostics) {
    let (base_schema, over_schema) = (with_dynamic(schema, true), with_dynamic(schema, false));
    let (below, base_rest, mut diagnostics) = base.partial_content(&base_schema);
    let (above, over_rest, more) = over.partial_content(&over_schema);
    diagnostics.extend(more);
    let content = BodyContent {
        missing_item_span: below.missing_item_span,
        attributes: merge_attributes(below.attributes, above.attributes),
        blocks: merge_blocks(below.blocks, above.blocks),
    };
    (content, Body::merge_override(&base_rest, &over_rest), diagnostics)
}

/// The schema with `dynamic` blocks; what is required only of the base.
fn with_dynamic(schema: &BodySchema, required: bool) -> BodySchema {
    let mut out = BodySchema::new();
    for attribute in schema.attributes() {
        let required = attribute.required && required;
        out.add_attribute(AttributeSchema { name: attribute.name.clone(), required });
    }
    schema.blocks().iter().for_each(|block| out.add_block(block.clone()));
    let labels = vec![Cow::Borrowed("type")];
    out.add_block(BlockSchema { ty: Cow::Borrowed("dynamic"), labels });
    out
}

fn merge_attributes(below: Vec<Attribute>, above: Vec<Attribute>) -> Vec<Attribute> {
    let names: HashSet<Str> = above.iter().map(|attribute| attribute.name.clone()).collect();
    let kept = below.into_iter().filter(|attribute| !names.contains(&attribute.name));
    kept.chain(above).collect()
}

fn merge_blocks(below: Vec<Block>, above: Vec<Block>) -> Vec<Block> {
    let replaced: HashSet<Str> = above.iter().map(made_type).collect();
    let kept = below.into_iter().filter(|block| !replaced.contains(&made_type(block)));
    kept.chain(above).collect()
}

/// The type of a block, or of the blocks that it makes.
fn made_type(block: &Block) -> Str {
    match block.labels.first() {
        Some(label) if &*block.ty == "dynamic" => label.text.clone(),
        _ => block.ty.clone(),
    }
}

pub(super) fn just_attributes(base: &Body, over: &Body) -> (Vec<Attribute>, Diagnostics) {
    let (below, mut diagnostics) = base.just_attributes();
    let (above, more) = over.just_attributes();
    diagnostics.extend(more);
    (merge_attributes(below, above), diagnostics)
}

pub(super) fn items(base: &Body, over: &Body) -> Option<Vec<Item>> {
    let separate = |items: Vec<Item>| {
        let (mut attributes, mut blocks) = (Vec::new(), Vec::new());
        for item in items {
            match item {
                Item::Attribute(attribute) => attributes.push(attribute),
                Item::Block(block) => blocks.push(block),
            }
        }
        (attributes, blocks)
    };
    let (below, above) = (separate(base.items()?), separate(over.items()?));
    let attributes = merge_attributes(below.0, above.0).into_iter().map(Item::Attribute);
    let blocks = merge_blocks(below.1, above.1).into_iter().map(Item::Block);
    Some(attributes.chain(blocks).collect())
}
