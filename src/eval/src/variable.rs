//! Input variables: from what is given to what the module sees.

use groma_config::Variable;
use groma_diag::{Diagnostic, Diagnostics, Span};
use groma_value::{Marks, Value, convert};

/// Where the value of a variable comes from, for messages.
#[derive(Clone, Copy, Debug)]
pub enum Given {
    /// An argument of a module call.
    Argument(Span),
    /// The root module's caller, with the words for it and maybe a place.
    Root(RootSource),
    /// Nobody gave one.
    Default,
}

/// Who gave a root variable its value.
#[derive(Clone, Copy, Debug)]
pub enum RootSource {
    /// `-var`
    Argument,
    /// `TF_VAR_…`
    Environment,
    /// A tfvars file.
    File(Span),
    /// A person who was asked, or a program.
    Other,
}

/// The value of a variable as its module sees it: converted, defaults filled in, marked.
///
/// An error leaves an unknown value of the variable's type.
pub fn prepare(variable: &Variable, given: Option<Value>, from: Given) -> (Value, Diagnostics) {
    let mut diags = Diagnostics::new();
    let ty = &variable.constraint.ty;
    let unknown = || Value::unknown(ty.without_optional());
    let value = match given {
        // With `nullable = false` null means the default.
        Some(value) if value.is_null() && !variable.nullable => variable.default.clone(),
        Some(value) => Some(value),
        None => variable.default.clone(),
    };
    let Some(value) = value else {
        diags.push(required(variable, from));
        return (mark(variable, unknown()), diags);
    };
    let filled = match &variable.constraint.defaults {
        Some(defaults) if !value.is_null() => defaults.apply(&value),
        _ => value,
    };
    let value = match convert(&filled, ty) {
        Ok(value) => value,
        Err(error) => {
            let path = error.path.to_string();
            let why =
                if path.is_empty() { error.message } else { format!("{path}: {}", error.message) };
            diags.push(invalid(variable, from, &format!("{why}.")));
            return (mark(variable, unknown()), diags);
        }
    };
    if value.is_null() && !variable.nullable {
        diags.push(required(variable, from));
        return (mark(variable, unknown()), diags);
    }
    if !variable.ephemeral && value.marks_deep().ephemeral() {
        diags.push(
            Diagnostic::error(
                "Ephemeral value not allowed",
                "This input variable is not declared as accepting an ephemeral values, so it \
                 cannot be set to a result derived from an ephemeral value.",
            )
            .at(place(variable, from)),
        );
        return (mark(variable, unknown()), diags);
    }
    (mark(variable, value), diags)
}

fn mark(variable: &Variable, value: Value) -> Value {
    let mut marks = Marks::NONE;
    if variable.sensitive {
        marks |= Marks::SENSITIVE;
    }
    if variable.ephemeral {
        marks |= Marks::EPHEMERAL;
    }
    value.with_marks(marks)
}

fn place(variable: &Variable, from: Given) -> Span {
    match from {
        Given::Argument(span) | Given::Root(RootSource::File(span)) => span,
        _ => variable.span,
    }
}

fn required(variable: &Variable, from: Given) -> Diagnostic {
    let name = &variable.name;
    match from {
        Given::Default => Diagnostic::error(
            "No value for required variable",
            format!(
                "The root module input variable {:?} is not set, and has no default value. Use a \
                 -var or -var-file command line argument to provide a value for this variable.",
                &**name
            ),
        ),
        _ => Diagnostic::error(
            "Required variable not set",
            match from {
                Given::Argument(_) => "The given value is not suitable for this input variable: \
                    required variable may not be set to null."
                    .to_owned(),
                _ => format!(
                    "The given value is not suitable for var.{name} defined in its module: \
                     required variable may not be set to null."
                ),
            },
        ),
    }
    .at(place(variable, from))
}

fn invalid(variable: &Variable, from: Given, why: &str) -> Diagnostic {
    let name = &variable.name;
    let (summary, detail) = match from {
        Given::Argument(_) => (
            "Invalid value for module argument",
            format!(
                "The given value is not suitable for child module variable {:?}: {why}",
                &**name
            ),
        ),
        Given::Root(RootSource::Argument) => (
            "Invalid value for input variable",
            format!("The value given for variable {:?} using -var is not valid: {why}", &**name),
        ),
        Given::Root(RootSource::Environment) => (
            "Invalid value for input variable",
            format!(
                "Unsuitable value for var.{name} set using the TF_VAR_{name} environment variable: \
                 {why}"
            ),
        ),
        _ => (
            "Invalid value for input variable",
            format!("The given value is not suitable for var.{name}: {why}"),
        ),
    };
    Diagnostic::error(summary, detail).at(place(variable, from))
}
