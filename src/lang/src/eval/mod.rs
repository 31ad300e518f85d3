//! Evaluation of expressions to values, with unknowns and marks.
//!
//! | Part | Does |
//! |---|---|
//! | [`evaluate`] | an [`Expr`](crate::syntax::Expr) in a [`Scope`] to a value and diagnostics |
//! | [`constant`] | an expression's value where there are neither names nor functions |
//! | [`Scope`] | says what names and functions mean; [`MapScope`] and [`NoScope`] are the simple ones |
//! | [`get_attr`], [`index`] | `a.b` and `a[b]` on values, with the language's errors |
//! | [`convert_for`] | an argument's value to the type that it must have |
//! | [`type_constraint`] | `list(object({…}))` to a type and its defaults |
//! | [`start_span`], [`describe_range`] | where to point, and the words for it |
//! | [`expression_values`] | what a diagnostic says of the references of its expression |
//!
//! Evaluation never stops at the first problem: what fails is unknown, and the rest goes on, so
//! that one run reports as much as it can.
//!
//! **Invariant:** a failure to resolve a reference is no failure of the expression: `try` and
//! `can` do not hide it, and of an expression with such a failure nothing else is said. Where there
//! are no names at all a reference is a failure like any other.

mod access;
mod call;
mod conditional;
mod conversion;
mod describe;
mod evaluator;
mod for_each;
mod object;
mod operation;
mod reference;
mod render;
mod scope;
mod spans;
mod special;
mod splat;
mod suggest;
mod template;
mod type_constraint;

pub use access::{AccessError, get_attr, index};
pub use conversion::{convert_for, evaluate_as};
pub use describe::{Cause, brief, statement};
pub use evaluator::{constant, evaluate};
pub use reference::expression_values;
pub use scope::{
    ExternalFunction, ExternalParameter, FunctionRef, MapScope, NoHost, NoScope, Resolved, Scope,
};
pub use spans::{describe_range, start as start_span};
pub use suggest::suggest;
pub use type_constraint::{TypeConstraint, exact_type, type_constraint};

#[cfg(test)]
mod tests;
