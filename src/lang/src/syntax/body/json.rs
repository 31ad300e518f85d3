//! Bodies of JSON syntax: only a schema tells arguments from blocks.

use std::collections::HashSet;
use std::sync::Arc;

use groma_diag::{Diagnostic, Diagnostics, Span};
use groma_value::Str;

use super::content::missing_argument;
use super::{Attribute, Block, Body, BodyContent, BodySchema, Label, Repr};
use crate::syntax::expr::{Expr, ExprRef};
use crate::syntax::node::{Node, Range};
use crate::syntax::suggest::name_suggestion;
use crate::syntax::tree::{ExprId, Tree};

const WRONG_TYPE: &str = "Incorrect JSON value type";

/// A property of an object.
struct Property {
    name: Str,
    key: ExprId,
    value: ExprId,
}

impl Body {
    pub(in crate::syntax) fn json(tree: Arc<Tree>, expr: ExprId) -> Self {
        Self { repr: Repr::Json { tree, expr }, hidden: None }
    }
}

fn properties_of(tree: &Arc<Tree>, object: ExprId) -> Option<Vec<Property>> {
    let Node::JsonObject(run) = tree.node(object) else { return None };
    let pairs = tree.list(run).as_chunks::<2>().0.iter();
    Some(
        pairs
            .map(|[key, value]| Property { name: key_text(tree, *key), key: *key, value: *value })
            .collect(),
    )
}

fn key_text(tree: &Arc<Tree>, key: ExprId) -> Str {
    ExprRef { tree, id: key }.json_literal().map_or_else(|| Str::new(""), |text| Str::new(&text))
}

/// The properties of an object, or of all objects of an array. `label` is the name of the label
/// that they stand for, if they are not arguments and blocks.
fn deep_properties(
    tree: &Arc<Tree>,
    value: ExprId,
    label: Option<&str>,
    diagnostics: &mut Diagnostics,
) -> Vec<Property> {
    let purpose = match label {
        Some(label) => format!("to specify {label} labels for this block"),
        None => "to define arguments and child blocks".into(),
    };
    let wrong = |detail: String, at: ExprId| {
        Diagnostic::error(WRONG_TYPE, detail).at(tree.span(start_range(tree, at)))
    };
    match tree.node(value) {
        Node::Null | Node::Invalid => Vec::new(),
        Node::JsonObject(_) => properties_of(tree, value).unwrap_or_default(),
        Node::Tuple(items) => {
            let mut all = Vec::new();
            for item in tree.list(items) {
                if let Some(properties) = properties_of(tree, *item) {
                    all.extend(properties);
                } else {
                    let detail = format!("A JSON object is required here, {purpose}.");
                    diagnostics.push(wrong(detail, *item));
                }
            }
            all
        }
        _ => {
            let detail = format!(
                "Either a JSON object or JSON array of objects is required here, {purpose}."
            );
            diagnostics.push(wrong(detail, value));
            Vec::new()
        }
    }
}

/// The opening bracket of an object or array; all of anything else.
fn start_range(tree: &Tree, value: ExprId) -> Range {
    let range = tree.range(value);
    match tree.node(value) {
        Node::JsonObject(_) | Node::Tuple(_) => Range::new(range.start, range.start + 1),
        _ => range,
    }
}

fn attribute(tree: &Arc<Tree>, property: &Property) -> Attribute {
    let name_span = tree.span(tree.range(property.key));
    Attribute {
        name: property.name.clone(),
        name_span,
        span: name_span.to(tree.span(tree.range(property.value))),
        expr: Expr { tree: Arc::clone(tree), id: property.value },
    }
}

pub(super) fn partial(
    body: &Body,
    tree: &Arc<Tree>,
    expr: ExprId,
    schema: &BodySchema,
) -> (BodyContent, Diagnostics) {
    let mut diagnostics = Diagnostics::new();
    let properties = deep_properties(tree, expr, None, &mut diagnostics);
    let missing = missing_item_span(tree, expr);
    let mut content = BodyContent { missing_item_span: Some(missing), ..BodyContent::default() };
    let mut seen = vec![false; schema.attributes().len()];
    for property in &properties {
        if body.hides_attribute(&property.name) || body.hides_block(&property.name) {
            continue;
        }
        if let Some(index) = schema.attribute_index(&property.name) {
            if std::mem::replace(&mut seen[index], true) {
                diagnostics.push(duplicate("Duplicate argument", tree, property));
            } else {
                content.attributes.push(attribute(tree, property));
            }
        } else if let Some(block) = schema.block_schema(&property.name) {
            let mut unpack = Unpack {
                tree,
                ty: &property.name,
                ty_span: tree.span(tree.range(property.key)),
                blocks: &mut content.blocks,
                diagnostics: &mut diagnostics,
            };
            unpack.unpack(property.value, &block.labels, &mut Vec::new());
        }
    }
    for (attribute, seen) in schema.attributes().iter().zip(seen) {
        if attribute.required && !seen {
            diagnostics.push(missing_argument(&attribute.name).at(missing));
        }
    }
    (content, diagnostics)
}

fn duplicate(summary: &str, tree: &Tree, property: &Property) -> Diagnostic {
    let detail = format!("The argument {:?} was already set.", property.name.as_str());
    let name = tree.span(tree.range(property.key));
    let error = Diagnostic::error(summary, detail).at(name);
    error.within(name.to(tree.span(tree.range(property.value))))
}

/// Blocks of one type, with one level of nesting for each label.
struct Unpack<'a> {
    tree: &'a Arc<Tree>,
    ty: &'a Str,
    ty_span: Span,
    blocks: &'a mut Vec<Block>,
    diagnostics: &'a mut Diagnostics,
}

impl Unpack<'_> {
    fn unpack(
        &mut self,
        value: ExprId,
        names: &[std::borrow::Cow<'static, str>],
        labels: &mut Vec<Label>,
    ) {
        let Some((name, names)) = names.split_first() else {
            return self.bodies(value, labels);
        };
        let properties = deep_properties(self.tree, value, Some(name), self.diagnostics);
        if properties.is_empty() {
            let detail = format!(
                "At least one object property is required, whose name represents the {} block's \
                 {name}.",
                self.ty
            );
            self.error("Missing block label", detail, value);
        }
        for property in properties {
            let span = self.tree.span(self.tree.range(property.key));
            labels.push(Label { text: property.name, span });
            self.unpack(property.value, names, labels);
            labels.pop();
        }
    }

    fn error(&mut self, summary: &str, detail: String, at: ExprId) {
        let at = self.tree.span(start_range(self.tree, at));
        self.diagnostics.push(Diagnostic::error(summary, detail).at(at));
    }

    fn bodies(&mut self, value: ExprId, labels: &[Label]) {
        match self.tree.node(value) {
            Node::Null | Node::Invalid => {}
            Node::JsonObject(_) => self.block(value, value, labels),
            Node::Tuple(items) => {
                // An item of another type is found out when its content is asked for.
                let tree = self.tree;
                for item in tree.list(items) {
                    self.block(*item, value, labels);
                }
            }
            _ => {
                let detail = format!(
                    "Either a JSON object or a JSON array is required, representing the contents \
                     of one or more {:?} blocks.",
                    self.ty.as_str()
                );
                self.error(WRONG_TYPE, detail, value);
            }
        }
    }

    fn block(&mut self, body: ExprId, definition: ExprId, labels: &[Label]) {
        let open = self.tree.span(start_range(self.tree, definition));
        self.blocks.push(Block {
            ty: self.ty.clone(),
            labels: labels.to_vec(),
            body: Body::json(Arc::clone(self.tree), body),
            ty_span: self.ty_span,
            def_span: open,
            open_span: open,
        });
    }
}

pub(super) fn whole(
    body: &Body,
    tree: &Arc<Tree>,
    expr: ExprId,
    schema: &BodySchema,
) -> (BodyContent, Diagnostics) {
    let (content, mut diagnostics) = partial(body, tree, expr, schema);
    let used: HashSet<&str> = content.attributes.iter().map(|a| a.name.as_str()).collect();
    let names: Vec<&str> = schema
        .attributes()
        .iter()
        .map(|attribute| &*attribute.name)
        .filter(|name| !used.contains(name))
        .chain(schema.blocks().iter().map(|block| &*block.ty))
        .collect();
    for property in deep_properties(tree, expr, None, &mut Diagnostics::new()) {
        let name = property.name.as_str();
        let known = schema.attribute_index(name).is_some() || schema.block_schema(name).is_some();
        // A property named "//" is a comment.
        if known || name == "//" || body.hides_attribute(name) || body.hides_block(name) {
            continue;
        }
        let hint = match name_suggestion(name, names.iter().copied()) {
            Some(near) => format!(" Did you mean {near:?}?"),
            None => String::new(),
        };
        let detail = format!("No argument or block type is named {name:?}.{hint}");
        let name = tree.span(tree.range(property.key));
        let error = Diagnostic::error("Extraneous JSON object property", detail).at(name);
        diagnostics.push(error.within(name.to(tree.span(tree.range(property.value)))));
    }
    (content, diagnostics)
}

pub(super) fn just_attributes(
    body: &Body,
    tree: &Arc<Tree>,
    expr: ExprId,
) -> (Vec<Attribute>, Diagnostics) {
    let mut diagnostics = Diagnostics::new();
    let Some(properties) = properties_of(tree, expr) else {
        if !matches!(tree.node(expr), Node::Invalid) {
            let detail = "A JSON object is required here, setting the arguments for this block.";
            let at = tree.span(start_range(tree, expr));
            diagnostics.push(Diagnostic::error(WRONG_TYPE, detail).at(at));
        }
        return (Vec::new(), diagnostics);
    };
    let mut names = HashSet::new();
    let mut attributes = Vec::new();
    for property in &properties {
        let name = property.name.as_str();
        if name == "//" || body.hides_attribute(name) || body.hides_block(name) {
            continue;
        }
        if names.insert(property.name.clone()) {
            attributes.push(attribute(tree, property));
        } else {
            diagnostics.push(duplicate("Duplicate attribute definition", tree, property));
        }
    }
    (attributes, diagnostics)
}

pub(super) fn missing_item_span(tree: &Tree, expr: ExprId) -> Span {
    let range = tree.range(expr);
    tree.span(match tree.node(expr) {
        Node::JsonObject(_) => Range::new(range.end.saturating_sub(1), range.end),
        _ => start_range(tree, expr),
    })
}
