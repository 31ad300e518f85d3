//! Evaluation of any expression and template, with no scope: no panic, no endless work.

#![no_main]

use std::sync::Arc;

use groma_diag::SourceMap;
use groma_lang::eval::{NoScope, evaluate};
use groma_lang::syntax::{parse_expression, parse_template};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let map = SourceMap::new();
    let text: Arc<[u8]> = data.into();
    let file = map.add("expression", Arc::clone(&text));
    let (expr, diagnostics) = parse_expression(file, Arc::clone(&text));
    if !diagnostics.has_errors() {
        drop(evaluate(&expr, &NoScope));
    }
    let (expr, diagnostics) = parse_template(file, text);
    if !diagnostics.has_errors() {
        drop(evaluate(&expr, &NoScope));
    }
});
