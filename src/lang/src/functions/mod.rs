//! The functions of the language.

mod host;

pub use host::{Host, HostError};

use groma_value::{Type, Value};

/// A parameter of a function.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    /// Its name, as the documentation and error messages give it.
    pub name: &'static str,
    /// What arguments are converted to before the call; a function pointer since types are shared.
    pub ty: fn() -> Type,
    /// Whether null may be passed; otherwise null is an error before the call.
    pub allow_null: bool,
    /// Whether the function itself handles unknown arguments; otherwise the result is unknown.
    pub allow_unknown: bool,
    /// Whether the function itself handles marks; otherwise they come off and go onto the result.
    pub allow_marked: bool,
    /// Whether an argument of unknown type reaches the function.
    pub allow_dynamic: bool,
}

/// Why a call failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct FunctionError {
    /// The argument at fault, from 0.
    pub argument: Option<usize>,
    /// What is wrong, as Terraform words it.
    pub message: String,
}

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
    pub return_type: fn(&[Value]) -> Result<Type, FunctionError>,
    /// The result. Arguments are converted and checked as the parameters say.
    pub run: fn(&[Value], &Type, &dyn Host) -> Result<Value, FunctionError>,
}
