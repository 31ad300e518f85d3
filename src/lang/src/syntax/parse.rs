//! Entry points: from bytes to bodies, expressions, templates and traversals.

use std::sync::Arc;

use groma_diag::{Diagnostics, FileId};

use super::{Body, Expr, Traversal};

/// Parses a file of native syntax.
pub fn parse_file(_file: FileId, _text: Arc<[u8]>) -> (Body, Diagnostics) {
    todo!()
}

/// Parses a file of JSON syntax.
pub fn parse_json_file(_file: FileId, _text: Arc<[u8]>) -> (Body, Diagnostics) {
    todo!()
}

/// Parses one expression, as `console` and `-var` take it. Newlines are allowed around it.
pub fn parse_expression(_file: FileId, _text: Arc<[u8]>) -> (Expr, Diagnostics) {
    todo!()
}

/// Parses a template with no quotes around it, as a file for `templatefile` is.
pub fn parse_template(_file: FileId, _text: Arc<[u8]>) -> (Expr, Diagnostics) {
    todo!()
}

/// Parses a reference with literal steps only, as `-target` takes it.
pub fn parse_traversal(_file: FileId, _text: Arc<[u8]>) -> Result<Traversal, Diagnostics> {
    todo!()
}
