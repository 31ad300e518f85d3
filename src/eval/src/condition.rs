//! Conditions: preconditions, postconditions, variable validations, assertions.

use groma_config::Condition;
use groma_diag::{Diagnostic, Diagnostics, Severity};
use groma_lang::eval::{Cause, Scope, evaluate, expression_values};
use groma_value::{Type, Value, convert};

/// The result of a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It held.
    Pass,
    /// It did not hold.
    Fail,
    /// It is not known yet.
    Unknown,
    /// It could not be evaluated.
    Error,
}

/// The result of a condition, with what there is to say.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The result.
    pub status: Status,
    /// The error message of a condition that did not hold, if it may be shown.
    pub message: String,
    /// What to report.
    pub diagnostics: Diagnostics,
}

/// What kind of condition it is, for messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `precondition` of a resource.
    ResourcePrecondition,
    /// `postcondition` of a resource.
    ResourcePostcondition,
    /// `precondition` of an output.
    OutputPrecondition,
    /// `assert` of a `check`. Its failure is a warning.
    CheckAssertion,
}

impl Kind {
    const fn failed(self) -> &'static str {
        match self {
            Self::ResourcePrecondition => "Resource precondition failed",
            Self::ResourcePostcondition => "Resource postcondition failed",
            Self::OutputPrecondition => "Module output value precondition failed",
            Self::CheckAssertion => "Check block assertion failed",
        }
    }

    /// How bad it is that it does not hold.
    pub const fn severity(self) -> Severity {
        match self {
            Self::CheckAssertion => Severity::Warning,
            _ => Severity::Error,
        }
    }
}

/// What a condition is a condition of, as far as its error message goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Of {
    /// An object: a precondition, a postcondition, an assertion.
    Check,
    /// An input variable.
    Variable,
}

const UNEXPLAINED: &str = "This check failed, but has an invalid error message as described in the \
    other accompanying messages.";

/// Evaluates a condition. If it does not hold, that is as bad as `severity` says; that it cannot
/// be evaluated is always an error.
pub fn check(condition: &Condition, kind: Kind, severity: Severity, scope: &dyn Scope) -> Checked {
    let (value, mut diags) = evaluate(&condition.condition, scope);
    let error = |diagnostics: Diagnostics| Checked {
        status: Status::Error,
        message: String::new(),
        diagnostics,
    };
    if diags.has_errors() {
        return error(diags);
    }
    match truth(condition, &value, "Invalid condition result", scope) {
        Err(diagnostic) => {
            diags.push(diagnostic);
            error(diags)
        }
        Ok(None) => {
            if kind == Kind::CheckAssertion {
                diags.push(known_later(condition, scope));
            }
            Checked { status: Status::Unknown, message: String::new(), diagnostics: diags }
        }
        Ok(Some(true)) => {
            Checked { status: Status::Pass, message: String::new(), diagnostics: diags }
        }
        Ok(Some(false)) => {
            let (message, more) = message(condition, scope, Of::Check);
            diags.extend(more);
            let shown = message.unwrap_or_else(|| UNEXPLAINED.to_owned());
            let mut diagnostic =
                Diagnostic::error(kind.failed(), shown.clone()).at(condition.condition.span());
            diagnostic.of_check = kind == Kind::CheckAssertion;
            diagnostic.severity = severity;
            diagnostic.values = expression_values(&condition.condition, scope, Cause::default());
            diags.push(diagnostic);
            Checked { status: Status::Fail, message: shown, diagnostics: diags }
        }
    }
}

/// That an assertion says nothing yet.
fn known_later(condition: &Condition, scope: &dyn Scope) -> Diagnostic {
    let mut warning = Diagnostic::warning(
        "Check block assertion known after apply",
        "The condition could not be evaluated at this time, a result will be known when this plan \
         is applied.",
    )
    .at(condition.condition.span());
    warning.of_check = true;
    warning.values = expression_values(&condition.condition, scope, Cause::default());
    warning
}

/// Whether a condition's value is true; `None` if that is not known.
fn truth(
    condition: &Condition,
    value: &Value,
    summary: &str,
    scope: &dyn Scope,
) -> Result<Option<bool>, Diagnostic> {
    let (value, _) = value.unmark_deep();
    let wrong = |why: &str| {
        let mut diagnostic = Diagnostic::error(summary, why).at(condition.condition.span());
        diagnostic.values = expression_values(&condition.condition, scope, Cause::default());
        Err(diagnostic)
    };
    if !value.is_known() {
        return Ok(None);
    }
    if value.is_null() {
        return wrong("Condition expression must return either true or false, not null.");
    }
    match convert(&value, &Type::Bool) {
        Ok(value) => Ok(value.as_bool()),
        Err(error) => wrong(&format!("Invalid condition result value: {error}.")),
    }
}

/// The error message; `None` if it has none to show.
fn message(condition: &Condition, scope: &dyn Scope, of: Of) -> (Option<String>, Diagnostics) {
    let (value, mut diags) = evaluate(&condition.error_message, scope);
    if diags.has_errors() {
        return (None, diags);
    }
    let (plain, marks) = value.unmark_deep();
    let span = condition.error_message.span();
    let mut wrong = |why: &str| {
        let detail = format!("Unsuitable value for error message: {why}.");
        diags.push(Diagnostic::error("Invalid error message", detail).at(span));
    };
    let text = match convert(&plain, &Type::String) {
        Err(error) => {
            wrong(&error.to_string());
            return (None, diags);
        }
        Ok(text) if text.is_null() => {
            if of == Of::Check {
                wrong("must not be null");
            }
            return (None, diags);
        }
        Ok(text) => text,
    };
    let secret = marks.sensitive() || marks.ephemeral();
    match text.as_str() {
        Some(text) if !secret => (Some(text.trim().to_owned()), diags),
        Some(_) => {
            let (diagnostic, instead) = undisplayed(condition, scope, of, marks.sensitive());
            diags.push(diagnostic);
            (instead.map(str::to_owned), diags)
        }
        None => (None, diags),
    }
}

/// That a message is not shown because of the values in it, and what is shown instead.
fn undisplayed(
    condition: &Condition,
    scope: &dyn Scope,
    of: Of,
    sensitive: bool,
) -> (Diagnostic, Option<&'static str>) {
    const NOT_SHOWN: &str =
        "The error message included a sensitive value, so it will not be displayed.";
    let summary = if sensitive {
        "Error message refers to sensitive values"
    } else {
        "Error message refers to ephemeral values"
    };
    let detail = match (of, sensitive) {
        (_, true) => {
            "The error expression used to explain this condition refers to sensitive values, so \
             Terraform will not display the resulting message.\n\nYou can correct this by removing \
             references to sensitive values, or by carefully using the nonsensitive() function if \
             the expression will not reveal the sensitive data."
        }
        (Of::Check, false) => {
            "The error expression used to explain this condition refers to ephemeral values, so \
             Terraform will not display the resulting message.\n\nYou can correct this by removing \
             references to ephemeral values, or by using the ephemeralasnull() function on the \
             references to not reveal ephemeral data."
        }
        (Of::Variable, false) => {
            "The error expression used to explain this condition refers to ephemeral values. \
             Terraform will not display the resulting message.\n\nYou can correct this by removing \
             references to ephemeral values, or by carefully using the ephemeralasnull() function \
             if the expression will not reveal the ephemeral data."
        }
    };
    let span = condition.error_message.span();
    match of {
        Of::Check => (Diagnostic::warning(summary, detail).at(span), None),
        Of::Variable => {
            let mut diagnostic = Diagnostic::error(summary, detail).at(span);
            if sensitive {
                diagnostic.severity = Severity::Warning;
                let cause = Cause { sensitive: true, ..Cause::default() };
                diagnostic.values = expression_values(&condition.error_message, scope, cause);
            }
            (diagnostic, Some(NOT_SHOWN))
        }
    }
}

/// Evaluates a validation of an input variable.
pub fn validate(condition: &Condition, place: groma_diag::Span, scope: &dyn Scope) -> Checked {
    let (value, mut diags) = evaluate(&condition.condition, scope);
    let result = if diags.has_errors() {
        Err(())
    } else {
        truth(condition, &value, "Invalid variable validation result", scope)
            .map_err(|diagnostic| diags.push(diagnostic))
    };
    match result {
        Err(()) => Checked { status: Status::Error, message: String::new(), diagnostics: diags },
        Ok(None) => Checked { status: Status::Unknown, message: String::new(), diagnostics: diags },
        Ok(Some(true)) => {
            Checked { status: Status::Pass, message: String::new(), diagnostics: diags }
        }
        Ok(Some(false)) => {
            let (text, more) = message(condition, scope, Of::Variable);
            diags.extend(more);
            let text =
                text.unwrap_or_else(|| "Failed to evaluate condition error message.".to_owned());
            let mut diagnostic = Diagnostic::error(
                "Invalid value for variable",
                format!(
                    "{text}\n\nThis was checked by the validation rule at {}.",
                    scope
                        .sources()
                        .map_or_else(String::new, |sources| full_range(sources, condition.span))
                ),
            )
            .at(place);
            diagnostic.values = expression_values(&condition.condition, scope, Cause::default());
            diags.push(diagnostic);
            Checked { status: Status::Fail, message: text, diagnostics: diags }
        }
    }
}

/// `main.tf:3,3-13`
pub(crate) fn full_range(sources: &groma_diag::SourceMap, span: groma_diag::Span) -> String {
    let Some(file) = sources.get(span.file) else { return String::new() };
    let (start, end) = (file.position(span.start), file.position(span.end));
    if start.line == end.line {
        format!("{}:{},{}-{}", file.path(), start.line, start.column, end.column)
    } else {
        format!("{}:{},{}-{},{}", file.path(), start.line, start.column, end.line, end.column)
    }
}
