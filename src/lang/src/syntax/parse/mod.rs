//! Entry points: from bytes to bodies, expressions, templates and traversals.

mod body;
mod collection;
mod cursor;
mod escapes;
mod expr;
mod postfix;
mod template;
mod traversal;

use std::sync::Arc;

use groma_diag::{Diagnostic, Diagnostics, FileId};

use self::cursor::Parser;
pub(super) use self::expr::is_representable;
use super::lex::{Kind, Lexer};
use super::node::Range;
use super::tree::Tree;
use super::{Body, Expr, Traversal};

/// Parses a file of native syntax. Messages that name a second place in it name it by `path`.
pub fn parse_file(file: FileId, path: &str, text: Arc<[u8]>) -> (Body, Diagnostics) {
    let (tree, body, diagnostics) = parse_tree(file, path, text);
    (Body::native(Arc::new(tree), body), diagnostics)
}

/// The same, as stored: the tree and the index of the file's body.
pub(super) fn parse_tree(file: FileId, path: &str, text: Arc<[u8]>) -> (Tree, u32, Diagnostics) {
    let bytes = Arc::clone(&text);
    let mut parser = Parser::new(&bytes, Lexer::code(&bytes), Tree::new(file, text, 0));
    parser.path = path;
    let start = parser.peek().range;
    let body = parser.body(Kind::Eof, Range::new(start.start, start.start));
    let (tree, diagnostics) = parser.finish();
    (tree, body, diagnostics)
}

/// Parses one expression, as `console` and `-var` take it. Newlines are allowed around it.
pub fn parse_expression(file: FileId, text: Arc<[u8]>) -> (Expr, Diagnostics) {
    parse_expression_at(file, text, 0)
}

/// The same for text that starts at an offset in its file.
pub(super) fn parse_expression_at(file: FileId, text: Arc<[u8]>, base: u32) -> (Expr, Diagnostics) {
    let bytes = Arc::clone(&text);
    let mut parser = Parser::new(&bytes, Lexer::code(&bytes), Tree::new(file, text, base));
    parser.newlines = false;
    let id = parser.expression();
    let next = parser.peek();
    if next.kind != Kind::Eof {
        let detail =
            "An expression was successfully parsed, but extra characters were found after it.";
        parser.error("Extra characters after expression", detail, next.range);
    }
    let (tree, diagnostics) = parser.finish();
    (Expr { tree: Arc::new(tree), id }, diagnostics)
}

/// Parses a template with no quotes around it, as a file for `templatefile` is.
pub fn parse_template(file: FileId, text: Arc<[u8]>) -> (Expr, Diagnostics) {
    let (mut tree, diagnostics) = parse_template_tree(file, text, 0);
    let root = tree.root.take();
    let id = root.unwrap_or(super::ExprId(0));
    (Expr { tree: Arc::new(tree), id }, diagnostics)
}

/// The same for text that starts at an offset in its file; the expression is the tree's root.
pub(super) fn parse_template_tree(file: FileId, text: Arc<[u8]>, base: u32) -> (Tree, Diagnostics) {
    let bytes = Arc::clone(&text);
    let mut parser = Parser::new(&bytes, Lexer::template(&bytes), Tree::new(file, text, base));
    let root = parser.bare_template();
    let (mut tree, diagnostics) = parser.finish();
    tree.root = Some(root);
    (tree, diagnostics)
}

/// Parses a reference with literal steps only, as `-target` takes it.
pub fn parse_traversal(file: FileId, text: Arc<[u8]>) -> Result<Traversal, Diagnostics> {
    parse_traversal_at(file, text, 0)
}

/// The same for text that starts at an offset in its file.
pub(super) fn parse_traversal_at(
    file: FileId,
    text: Arc<[u8]>,
    base: u32,
) -> Result<Traversal, Diagnostics> {
    let bytes = Arc::clone(&text);
    let mut parser = Parser::new(&bytes, Lexer::code(&bytes), Tree::new(file, text, base));
    parser.newlines = false;
    let id = parser.whole_traversal();
    let (tree, diagnostics) = parser.finish();
    if diagnostics.has_errors() {
        return Err(diagnostics);
    }
    let expr = Expr { tree: Arc::new(tree), id };
    expr.as_ref().written_traversal().ok_or_else(|| {
        let detail = "Must begin with a variable name.";
        Diagnostic::error("Variable name required", detail).at(expr.span()).into()
    })
}
