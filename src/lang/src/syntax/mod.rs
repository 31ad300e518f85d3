//! From bytes to a syntax tree: native syntax, JSON syntax, bodies by schema, formatting.
//!
//! | Module | Holds |
//! |---|---|
//! | [`tree`](Tree) | one parsed file: its bytes and flat arenas of nodes, addressed by `u32` |
//! | [`expr`](Expr) | handles into the tree and the closed [`ExprKind`] that an evaluator matches |
//! | [`traversal`](Traversal) | references: `a.b[0]` |
//! | [`body`](Body) | attributes and blocks, read by schema, the same over native and JSON syntax |
//!
//! Nodes are 24 bytes, spans are offsets, and literals stay in the source until they are asked
//! for, since most expressions of a large configuration are evaluated once or never. A tree is
//! never deeper than [`MAX_HEIGHT`], so that every walk over it may recurse.
//!
//! **Invariant:** a parse never stops at the first problem: it returns what it understood *and*
//! the diagnostics.

mod body;
mod escape;
mod expr;
mod format;
mod json;
mod lex;
mod node;
mod parse;
mod statics;
mod suggest;
mod traversal;
mod tree;
mod walk;
mod write;

pub use body::{
    Attribute, AttributeSchema, Block, BlockSchema, Body, BodyContent, BodySchema, Item, Label,
};
pub use escape::quote;
pub use expr::{
    BinaryOp, Call, Expr, ExprKind, ExprRef, For, ForResult, JsonString, ObjectItem, StaticCall,
    UnaryOp,
};
pub use format::format;
pub use json::parse_json_file;
pub use parse::{parse_expression, parse_file, parse_template, parse_traversal};
pub(crate) use suggest::distance;
pub use suggest::name_suggestion;
pub use traversal::{Step, StepKind, Traversal};
pub use tree::{ExprId, Tree};
pub use write::{write_arguments, write_value};

/// Whether `text` is a name: letters, digits, underscores and hyphens, not starting with a digit
/// or a hyphen.
pub fn is_identifier(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| c == '_' || unicode_ident::is_xid_start(c))
        && chars.all(|c| c == '-' || unicode_ident::is_xid_continue(c))
}

/// How many nodes may enclose one another. Real configurations stay below fifty.
pub const MAX_HEIGHT: u16 = 1000;

/// Errors of one file before a parser gives up on it: nobody reads more.
const MAX_ERRORS: usize = 200;

#[cfg(test)]
mod tests;
