//! Shapes of trees, diagnostics, and the corners where parsers go wrong.

mod bodies;
mod dump;
mod errors;
mod expressions;
mod json;
mod statics;

use std::sync::Arc;

use groma_diag::{Diagnostics, FileId, SourceMap};

use super::{Body, Item, parse_expression, parse_file, parse_json_file, parse_template};

/// A file of a map, with its map to describe spans by.
fn source(text: &[u8]) -> (SourceMap, FileId, Arc<[u8]>) {
    let map = SourceMap::new();
    let text: Arc<[u8]> = text.into();
    let file = map.add("main.tf", Arc::clone(&text));
    (map, file, text)
}

/// Each diagnostic on a line: where, what.
fn describe(map: &SourceMap, diagnostics: &Diagnostics) -> String {
    let lines = diagnostics.iter().map(|d| {
        let at = d.subject.map(|span| map.describe(span)).unwrap_or_default();
        format!("{at}: {}: {}", d.summary, d.detail)
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn parsed(text: &str) -> (Body, String) {
    let (map, file, text) = source(text.as_bytes());
    let (body, diagnostics) = parse_file(file, "main.tf", text);
    (body, describe(&map, &diagnostics))
}

fn parsed_json(text: &str) -> (SourceMap, Body, String) {
    let (map, file, text) = source(text.as_bytes());
    let (body, diagnostics) = parse_json_file(file, text);
    let described = describe(&map, &diagnostics);
    (map, body, described)
}

/// The first argument's expression.
fn first_expr(body: &Body) -> crate::syntax::Expr {
    let items = body.items().unwrap_or_default();
    let expr = items.into_iter().find_map(|item| match item {
        Item::Attribute(attribute) => Some(attribute.expr),
        Item::Block(_) => None,
    });
    expr.expect("an argument")
}

/// The shape of an expression, then its diagnostics.
fn shape(text: &str) -> String {
    let (map, file, text) = source(text.as_bytes());
    let (expr, diagnostics) = parse_expression(file, text);
    join(dump::dump(expr.as_ref()), &describe(&map, &diagnostics))
}

/// The shape of a bare template, then its diagnostics.
fn template_shape(text: &str) -> String {
    let (map, file, text) = source(text.as_bytes());
    let (expr, diagnostics) = parse_template(file, text);
    join(dump::dump(expr.as_ref()), &describe(&map, &diagnostics))
}

fn join(mut shape: String, diagnostics: &str) -> String {
    if !diagnostics.is_empty() {
        shape.push('\n');
        shape.push_str(diagnostics);
    }
    shape
}
