//! Input variables: from what is given to what the module sees.

use groma_addr::ModuleInstance;
use groma_config::Variable;
use groma_diag::{Diagnostic, Diagnostics, SourceMap, Span};
use groma_value::{Marks, Value, convert};

use crate::condition::full_range;

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

/// Where a variable is, for messages.
#[derive(Clone, Copy)]
pub struct About<'a> {
    /// The instance of its module.
    pub module: &'a ModuleInstance,
    /// Where spans can be looked up.
    pub sources: &'a SourceMap,
}

/// The value of a variable as its module sees it: converted, defaults filled in, marked.
///
/// An error leaves an unknown value of the variable's type.
///
/// `about` says where the variable is, for messages.
pub fn prepare(
    variable: &Variable,
    given: Option<Value>,
    from: Given,
    about: About<'_>,
) -> (Value, Diagnostics) {
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
        diags.push(required(variable, from, about));
        return (mark(variable, unknown()), diags);
    };
    let filled = match &variable.constraint.defaults {
        Some(defaults) if !value.is_null() => defaults.apply(&value),
        _ => value,
    };
    let value = match convert(&filled, ty) {
        Ok(value) => value,
        Err(error) => {
            diags.push(invalid(variable, from, about, &format!("{}.", error.message)));
            return (mark(variable, unknown()), diags);
        }
    };
    if value.is_null() && !variable.nullable {
        diags.push(required(variable, from, about));
        return (mark(variable, unknown()), diags);
    }
    if !variable.ephemeral && value.marks_deep().ephemeral() {
        diags.push(
            Diagnostic::error(
                "Ephemeral value not allowed",
                "This input variable is not declared as accepting a ephemeral values, so it \
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

fn required(variable: &Variable, from: Given, about: About<'_>) -> Diagnostic {
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
            format!(
                "The given value is not suitable for {} defined at {}: required variable may not \
                 be set to null.",
                about.address(variable),
                about.declared(variable)
            ),
        ),
    }
    .at(place(variable, from))
}

fn invalid(variable: &Variable, from: Given, about: About<'_>, why: &str) -> Diagnostic {
    let name = &variable.name;
    let detail = match from {
        Given::Root(RootSource::Argument) => {
            format!("Unsuitable value for var.{name} set using -var=\"{name}=...\": {why}")
        }
        Given::Root(RootSource::Environment) => format!(
            "Unsuitable value for var.{name} set using the TF_VAR_{name} environment variable: \
             {why}"
        ),
        _ => format!(
            "The given value is not suitable for {} declared at {}: {why}",
            about.address(variable),
            about.declared(variable)
        ),
    };
    Diagnostic::error("Invalid value for input variable", detail).at(place(variable, from))
}

impl About<'_> {
    fn address(self, variable: &Variable) -> String {
        if self.module.is_root() {
            format!("var.{}", variable.name)
        } else {
            format!("{}.var.{}", self.module, variable.name)
        }
    }

    fn declared(self, variable: &Variable) -> String {
        full_range(self.sources, variable.span)
    }
}
