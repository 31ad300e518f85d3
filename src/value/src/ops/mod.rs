//! Operators, comparison and access: `+`, `==`, `a[b]`, `a.b`, `length`.
//!
//! Marks of all operands flow into the result, and an unknown operand makes it unknown, refined
//! where something is certain all the same.

mod access;
mod compare;
mod logic;
mod marks;

/// Why an operation has no result, worded as Terraform words it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct OpError(pub String);

impl OpError {
    fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

#[cfg(test)]
mod tests;
