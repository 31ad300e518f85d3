//! Diagnostics: what went wrong, where in which file, and what to do about it.
//!
//! A leaf crate. Language phases return a value *and* [`Diagnostics`]; they never stop at the
//! first problem. Spans are byte offsets into a file of a [`SourceMap`], so that a configuration
//! of a hundred thousand resources carries eight bytes per span and no path strings; lines and
//! columns are worked out only when a diagnostic is shown.

mod diagnostic;
mod source;

pub use diagnostic::{
    Diagnostic, Diagnostics, ExprValue, FunctionCall, FunctionParameter, FunctionSignature,
    Severity,
};
pub use source::{FileId, Position, Section, Snippet, SourceFile, SourceMap, Span};
