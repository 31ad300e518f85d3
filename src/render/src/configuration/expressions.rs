//! Expressions as constants or as the references that they make.

use groma_config::{Reference, Subject};
use groma_lang::eval::constant;
use groma_lang::syntax::{AttributeSchema, BlockSchema, Body, BodySchema, Expr, Traversal};
use groma_provider_api::{Block, Nesting};

use super::as_blocks::{blocks_json, unwritten};
use crate::json::{Json, Object, known_json};

/// `constant_value`, or `references`, or neither if only functions are called.
pub(super) fn expression_json(expr: &Expr) -> Object {
    let mut out = Object::new();
    let value = constant(expr);
    if value.is_wholly_known()
        && let Some(constant) = known_json(&value)
    {
        out.set("constant_value", constant);
    }
    // As often as they are made: readers of the format count on nothing else.
    let references: Vec<String> = expr.variables().iter().flat_map(reference_strings).collect();
    out.set_some("references", references);
    out
}

/// A reference, and everything that it leads through, from the whole to the object.
pub(super) fn reference_strings(traversal: &Traversal) -> Vec<String> {
    let Ok(reference) = Reference::parse(traversal) else { return Vec::new() };
    let text = |end: usize| {
        let text = traversal.prefix(end).to_string();
        text.strip_prefix("resource.").map(str::to_owned).unwrap_or(text)
    };
    let subject = reference.consumed;
    let mut out: Vec<String> = (subject..=traversal.steps.len()).rev().map(text).collect();
    match reference.subject {
        // An instance also means its resource or its call, and an output also its instance.
        Subject::Resource { key: Some(_), .. }
        | Subject::Module { output: Some(_), .. }
        | Subject::Module { key: Some(_), output: None, .. } => {
            out.push(text(subject.saturating_sub(1)));
        }
        _ => {}
    }
    out
}

/// What a `depends_on` names: the object or the call, and the instance if one is given.
pub(super) fn dependency_string(traversal: &Traversal) -> Option<String> {
    let reference = Reference::parse(traversal).ok()?;
    let text = traversal.prefix(reference.consumed).to_string();
    Some(text.strip_prefix("resource.").map(str::to_owned).unwrap_or(text))
}

/// The arguments and blocks of a body, by schema. What the schema does not have, and what
/// `dynamic` makes, is left out.
pub(super) fn body_json(body: &Body, schema: &Block) -> Object {
    body_json_in(body, schema, schema.allows_blocks_for_arguments())
}

/// The same of a body inside of one whose arguments may or may not be written as blocks.
fn body_json_in(body: &Body, schema: &Block, as_blocks: bool) -> Object {
    let mut wanted = BodySchema::new();
    for name in schema.attributes.keys() {
        wanted.add_attribute(AttributeSchema { name: name.to_string().into(), required: false });
    }
    for (name, nested) in &schema.blocks {
        let labels = if nested.nesting == Nesting::Map { vec!["key".into()] } else { Vec::new() };
        wanted.add_block(BlockSchema { ty: name.to_string().into(), labels });
    }
    let (content, _, _) = body.partial_content(&wanted);
    let mut out: Vec<(String, Json)> = content
        .attributes
        .iter()
        .map(|attribute| (attribute.name.to_string(), expression_json(&attribute.expr).into()))
        .collect();
    if as_blocks {
        let arguments = || schema.attributes.iter().map(|(name, a)| (&**name, &a.ty));
        let blocks = unwritten(body, &content, arguments());
        for (name, ty) in arguments() {
            let blocks: Vec<_> = blocks.blocks_of(name).collect();
            if !blocks.is_empty() {
                out.push((name.to_owned(), blocks_json(&blocks, ty).into()));
            }
        }
    }
    for (name, nested) in &schema.blocks {
        let mut blocks = content.blocks_of(name).peekable();
        if blocks.peek().is_none() {
            continue;
        }
        let json = match nested.nesting {
            Nesting::Single | Nesting::Group => blocks
                .next()
                .map_or(Json::Null, |b| body_json_in(&b.body, &nested.block, as_blocks).into()),
            Nesting::List | Nesting::Set => Json::from(
                blocks.map(|b| body_json_in(&b.body, &nested.block, as_blocks)).collect::<Vec<_>>(),
            ),
            Nesting::Map => {
                let members = blocks.map(|block| {
                    let key = block.labels.first().map(|l| l.text.to_string()).unwrap_or_default();
                    (key, Json::from(body_json_in(&block.body, &nested.block, as_blocks)))
                });
                Json::Object(members.collect())
            }
        };
        out.push((name.to_string(), json));
    }
    out.sort_by(|a, b| a.0.cmp(&b.0));
    out.into_iter().collect()
}

/// Every argument of a body that has no schema at hand.
pub(super) fn just_attributes_json(body: &Body) -> Object {
    let (attributes, _) = body.just_attributes();
    attributes
        .iter()
        .map(|attribute| (attribute.name.to_string(), expression_json(&attribute.expr).into()))
        .collect()
}
