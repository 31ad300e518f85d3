//! The functions of the language.
//!
//! Each file holds the functions of one meaning in a constant table; [`lookup`] finds one by its
//! name, [`Function::call`] does what is common to all: conversion of arguments, nulls, unknowns
//! and marks, as cty's `function.Call` does.
//!
//! `try`, `can` and `type` are special forms: their arguments are expressions, or their result no
//! ordinary value, so that the evaluator handles them. They are in the table for their metadata.

mod call;
mod collection;
mod conversion;
mod crypto;
mod datetime;
mod encoding;
mod filesystem;
mod format;
mod glob;
mod host;
mod metadata;
mod network;
mod numeric;
mod parameter;
mod regex;
mod sensitive;
mod string;
mod template;

use std::collections::HashMap;
use std::sync::LazyLock;

use groma_value::{Type, Value};

pub use call::{Call, Context, NoTemplates, RenderError, TemplateRenderer};
pub use glob::{Glob, GlobError};
pub use host::{Host, HostError};
pub use metadata::metadata_json;
pub use parameter::Parameter;
pub use regex::Patterns;

/// Why a call failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct FunctionError {
    /// The argument at fault, from 0. Then the message completes
    /// `Invalid value for "name" parameter: …`; else `Call to function "name" failed: …`.
    pub argument: Option<usize>,
    /// What is wrong, as Terraform words it, with no full stop.
    pub message: String,
}

impl FunctionError {
    /// A call that failed as a whole.
    pub fn new(message: impl Into<String>) -> Self {
        Self { argument: None, message: message.into() }
    }

    /// An argument that is not acceptable.
    pub fn argument(index: usize, message: impl Into<String>) -> Self {
        Self { argument: Some(index), message: message.into() }
    }
}

/// Decides the type of a call's result. Arguments may be unknown, even where the parameter does
/// not allow that.
pub type ReturnType = fn(&[Value]) -> Result<Type, FunctionError>;

/// Computes a call's result, of the type that [`Call::ty`] says.
pub type Run = fn(&Call<'_>) -> Result<Value, FunctionError>;

/// A function of the language.
pub struct Function {
    /// Its name, without a namespace.
    pub name: &'static str,
    /// What it does, in our own words; shown by `metadata functions -json`.
    pub description: &'static str,
    /// The positional parameters.
    pub parameters: &'static [Parameter],
    /// The parameter that takes all further arguments.
    pub variadic: Option<Parameter>,
    /// The type of the result, from the arguments (which may be unknown).
    pub return_type: ReturnType,
    /// Whether the result is never null, so that an unknown one is refined so.
    pub not_null: bool,
    /// The result. Arguments are converted and checked as the parameters say.
    pub run: Run,
}

impl Function {
    /// A function whose result is never null.
    pub(crate) const fn new(
        name: &'static str,
        description: &'static str,
        parameters: &'static [Parameter],
        return_type: ReturnType,
        run: Run,
    ) -> Self {
        Self { name, description, parameters, variadic: None, return_type, not_null: true, run }
    }

    /// Takes any number of further arguments.
    pub(crate) const fn variadic(mut self, parameter: Parameter) -> Self {
        self.variadic = Some(parameter);
        self
    }

    /// May give null.
    pub(crate) const fn nullable(mut self) -> Self {
        self.not_null = false;
        self
    }

    /// The parameter that takes the argument at `index`.
    pub fn parameter(&self, index: usize) -> Option<&Parameter> {
        self.parameters.get(index).or(self.variadic.as_ref())
    }
}

/// Return types that do not depend on the arguments.
#[expect(clippy::unnecessary_wraps, reason = "they are all of the type `ReturnType`")]
mod returns {
    use super::{FunctionError, Type, Value};

    pub(super) type Result = std::result::Result<Type, FunctionError>;

    /// That of the first argument.
    pub(super) fn first(args: &[Value]) -> Result {
        Ok(args.first().map_or(Type::Dynamic, Value::ty))
    }

    pub(super) fn number(_: &[Value]) -> Result {
        Ok(Type::Number)
    }

    pub(super) fn string(_: &[Value]) -> Result {
        Ok(Type::String)
    }

    pub(super) fn bool(_: &[Value]) -> Result {
        Ok(Type::Bool)
    }

    pub(super) fn strings(_: &[Value]) -> Result {
        Ok(Type::list(Type::String))
    }
}

static ALL: LazyLock<Vec<&'static Function>> = LazyLock::new(|| {
    let tables: [&'static [Function]; 12] = [
        conversion::FUNCTIONS,
        crypto::FUNCTIONS,
        datetime::FUNCTIONS,
        encoding::FUNCTIONS,
        filesystem::FUNCTIONS,
        format::FUNCTIONS,
        network::FUNCTIONS,
        numeric::FUNCTIONS,
        regex::FUNCTIONS,
        sensitive::FUNCTIONS,
        string::FUNCTIONS,
        template::FUNCTIONS,
    ];
    let tables = tables.into_iter().chain(collection::FUNCTIONS);
    let mut all: Vec<_> = tables.flatten().collect();
    all.sort_by_key(|function| function.name);
    all
});

/// Every function that Terraform lists, in name order, special forms included.
pub fn all() -> &'static [&'static Function] {
    &ALL
}

/// Those that are listed and those that are not, since every call in a configuration asks.
static BY_NAME: LazyLock<HashMap<&'static str, &'static Function>> = LazyLock::new(|| {
    let all = ALL.iter().copied().chain(conversion::UNLISTED.iter());
    all.map(|function| (function.name, function)).collect()
});

/// The function of that name, which may be in the namespace `core::`.
///
/// Besides those of [`all`] there are `list` and `map`, which only explain what to use instead of
/// them, and `type`, which the evaluator offers in the console alone.
pub fn lookup(name: &str) -> Option<&'static Function> {
    let name = name.strip_prefix("core::").unwrap_or(name);
    BY_NAME.get(name).copied()
}
