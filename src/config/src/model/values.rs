//! Named values, and conditions on them.

use groma_addr::{Ident, Resource};
use groma_diag::Span;
use groma_lang::eval::TypeConstraint;
use groma_lang::syntax::{Expr, Traversal};
use groma_value::Value;

/// A `variable` block.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is an argument of the block")]
pub struct Variable {
    /// Its name.
    pub name: Ident,
    /// `type`; anything if there is none.
    pub constraint: TypeConstraint,
    /// Whether `type` was written.
    pub typed: bool,
    /// `default`, converted to the type; `None` if a value is required.
    pub default: Option<Value>,
    /// Where `default` is.
    pub default_span: Option<Span>,
    /// Whether a value given as text is read as an expression, rather than taken as it is.
    pub parse_as_expression: bool,
    /// `description`
    pub description: Option<String>,
    /// `sensitive`
    pub sensitive: bool,
    /// `nullable`, true unless it says otherwise.
    pub nullable: bool,
    /// `ephemeral`
    pub ephemeral: bool,
    /// `validation` blocks.
    pub validations: Vec<Condition>,
    /// The block's header.
    pub span: Span,
}

/// One argument of a `locals` block.
#[derive(Clone, Debug)]
pub struct Local {
    /// Its name.
    pub name: Ident,
    /// Its value.
    pub expr: Expr,
    /// The whole argument.
    pub span: Span,
}

/// An `output` block.
#[derive(Clone, Debug)]
pub struct Output {
    /// Its name.
    pub name: Ident,
    /// `value`
    pub expr: Expr,
    /// `description`
    pub description: Option<String>,
    /// `sensitive`
    pub sensitive: bool,
    /// `ephemeral`
    pub ephemeral: bool,
    /// `depends_on`
    pub depends_on: Vec<Traversal>,
    /// `precondition` blocks.
    pub preconditions: Vec<Condition>,
    /// The block's header.
    pub span: Span,
}

/// A `validation`, `precondition`, `postcondition` or `assert` block.
#[derive(Clone, Debug)]
pub struct Condition {
    /// `condition`
    pub condition: Expr,
    /// `error_message`
    pub error_message: Expr,
    /// The block's header.
    pub span: Span,
}

/// A `check` block.
#[derive(Clone, Debug)]
pub struct Check {
    /// Its name.
    pub name: Ident,
    /// Its nested data source, which is among the module's resources too.
    pub data: Option<Resource>,
    /// `assert` blocks.
    pub asserts: Vec<Condition>,
    /// The block's header.
    pub span: Span,
}
