//! Native and synthetic bodies read by a schema.

use groma_diag::{Diagnostic, Diagnostics};

use super::{Attribute, Block, BlockSchema, Body, BodyContent, BodySchema, Item};
use crate::syntax::suggest::name_suggestion;

pub(super) fn partial(body: &Body, schema: &BodySchema) -> (BodyContent, Diagnostics) {
    let items = body.items().unwrap_or_default();
    let (content, _, diagnostics) = split(body, items, schema);
    (content, diagnostics)
}

pub(super) fn whole(body: &Body, schema: &BodySchema) -> (BodyContent, Diagnostics) {
    let items = body.items().unwrap_or_default();
    let (content, rest, mut diagnostics) = split(body, items, schema);
    diagnostics.extend(rest.iter().map(|item| match item {
        Item::Attribute(attribute) => unsupported_argument(attribute, &content, schema),
        Item::Block(block) => unsupported_block(block, schema),
    }));
    (content, diagnostics)
}

/// What the schema asks for, and what it does not.
fn split(
    body: &Body,
    items: Vec<Item>,
    schema: &BodySchema,
) -> (BodyContent, Vec<Item>, Diagnostics) {
    let missing = body.missing_item_span();
    let mut content = BodyContent { missing_item_span: Some(missing), ..BodyContent::default() };
    let mut seen = vec![false; schema.attributes().len()];
    let mut rest = Vec::new();
    let mut labels = Diagnostics::new();
    for item in items {
        match item {
            Item::Attribute(attribute) => match schema.attribute_index(&attribute.name) {
                // Defined twice: the parser has said so, and the first one stays.
                Some(index) if seen.get(index) == Some(&true) => {}
                Some(index) => {
                    seen[index] = true;
                    content.attributes.push(attribute);
                }
                None => rest.push(Item::Attribute(attribute)),
            },
            Item::Block(block) => match schema.block_schema(&block.ty) {
                Some(expected) => match label_error(&block, expected) {
                    Some(error) => labels.push(error),
                    None => content.blocks.push(block),
                },
                None => rest.push(Item::Block(block)),
            },
        }
    }
    let mut diagnostics: Diagnostics = schema
        .attributes()
        .iter()
        .zip(seen)
        .filter(|(attribute, seen)| attribute.required && !seen)
        .map(|(attribute, _)| missing_argument(&attribute.name).at(missing))
        .collect();
    diagnostics.extend(labels);
    (content, rest, diagnostics)
}

pub(super) fn missing_argument(name: &str) -> Diagnostic {
    let detail = format!("The argument {name:?} is required, but no definition was found.");
    Diagnostic::error("Missing required argument", detail)
}

fn label_error(block: &Block, schema: &BlockSchema) -> Option<Diagnostic> {
    let (ty, names) = (&block.ty, &schema.labels);
    let whole = block.ty_span.to(block.open_span);
    if let Some(extra) = block.labels.get(names.len()) {
        let detail = if names.is_empty() {
            format!("No labels are expected for {ty} blocks.")
        } else {
            let (count, names) = (names.len(), names.join(", "));
            format!("Only {count} labels ({names}) are expected for {ty} blocks.")
        };
        let error = Diagnostic::error(format!("Extraneous label for {ty}"), detail);
        return Some(error.at(extra.span).within(whole));
    }
    let missing = names.get(block.labels.len())?;
    let detail =
        format!("All {ty} blocks must have {} labels ({}).", names.len(), names.join(", "));
    let error = Diagnostic::error(format!("Missing {missing} for {ty}"), detail);
    Some(error.at(block.open_span).within(whole))
}

fn unsupported_argument(
    attribute: &Attribute,
    content: &BodyContent,
    schema: &BodySchema,
) -> Diagnostic {
    let name = &attribute.name;
    let unused = schema.attributes().iter().map(|a| &*a.name).filter(|n| content.attr(n).is_none());
    let hint = match name_suggestion(name, unused) {
        Some(near) => format!(" Did you mean {near:?}?"),
        None if schema.block_schema(name).is_some() => {
            format!(" Did you mean to define a block of type {:?}?", name.as_str())
        }
        None => String::new(),
    };
    let detail = format!("An argument named {:?} is not expected here.{hint}", name.as_str());
    Diagnostic::error("Unsupported argument", detail).at(attribute.name_span)
}

fn unsupported_block(block: &Block, schema: &BodySchema) -> Diagnostic {
    let ty = block.ty.as_str();
    let hint = match name_suggestion(ty, schema.blocks().iter().map(|b| &*b.ty)) {
        Some(near) => format!(" Did you mean {near:?}?"),
        None if schema.attribute_index(ty).is_some() => format!(
            " Did you mean to define argument {ty:?}? If so, use the equals sign to assign it a \
             value."
        ),
        None => String::new(),
    };
    let detail = format!("Blocks of type {ty:?} are not expected here.{hint}");
    Diagnostic::error("Unsupported block type", detail).at(block.ty_span)
}

pub(super) fn just_attributes(body: &Body) -> (Vec<Attribute>, Diagnostics) {
    let mut attributes: Vec<Attribute> = Vec::new();
    let mut names = std::collections::HashSet::new();
    let mut diagnostics = Diagnostics::new();
    for item in body.items().unwrap_or_default() {
        match item {
            Item::Attribute(attribute) => {
                if names.insert(attribute.name.clone()) {
                    attributes.push(attribute);
                }
            }
            Item::Block(block) if diagnostics.is_empty() => {
                let summary = format!("Unexpected {:?} block", block.ty.as_str());
                let error = Diagnostic::error(summary, "Blocks are not allowed here.");
                diagnostics.push(error.at(block.ty_span));
            }
            Item::Block(_) => {}
        }
    }
    (attributes, diagnostics)
}
