//! Every entry of the parser, on any bytes: no panic, and every span inside its file.

#![no_main]

use std::sync::Arc;

use groma_diag::{Diagnostics, SourceMap};
use groma_lang::syntax::{
    Body, Item, format, parse_expression, parse_file, parse_json_file, parse_template,
    parse_traversal,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let map = SourceMap::new();
    let text: Arc<[u8]> = data.into();
    let file = map.add("main.tf", Arc::clone(&text));
    let check = |diagnostics: &Diagnostics| {
        for span in diagnostics.iter().filter_map(|d| d.subject) {
            assert!(span.start <= span.end && span.end as usize <= data.len(), "{span:?}");
            assert!(!map.describe(span).is_empty());
        }
    };
    let (body, diagnostics) = parse_file(file, "main.tf", Arc::clone(&text));
    check(&diagnostics);
    walk(&body);
    assert_eq!(format(file, &text).is_err(), diagnostics.has_errors());
    let (body, diagnostics) = parse_json_file(file, Arc::clone(&text));
    check(&diagnostics);
    body.just_attributes().0.iter().for_each(|attribute| drop(attribute.expr.variables()));
    let (expr, diagnostics) = parse_expression(file, Arc::clone(&text));
    check(&diagnostics);
    drop((expr.variables(), expr.kind(), expr.as_call(), expr.as_keyword()));
    let (expr, diagnostics) = parse_template(file, Arc::clone(&text));
    check(&diagnostics);
    drop((expr.variables(), expr.function_calls().len()));
    if let Ok(traversal) = parse_traversal(file, text) {
        assert!(!traversal.to_string().is_empty());
    }
});

fn walk(body: &Body) {
    for item in body.items().unwrap_or_default() {
        match item {
            Item::Attribute(attribute) => drop((attribute.expr.variables(), attribute.span)),
            Item::Block(block) => walk(&block.body),
        }
    }
}
