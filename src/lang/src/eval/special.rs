//! Functions that take their arguments as expressions: `try`, `can`, `templatestring`.

use std::fmt::Write as _;

use groma_diag::{Diagnostic, Diagnostics};
use groma_value::{Type, Value};

use super::call::{Argument, Site};
use super::evaluator::{Env, Evaluator};
use super::spans;
use crate::functions::FunctionError;
use crate::syntax::{ExprKind, ExprRef};

impl Evaluator<'_> {
    /// `try`: the first argument that evaluates without an error. One that is not known yet may
    /// turn out to be an error, so that nothing can be said of the result, not even its type.
    pub(super) fn call_try(
        &mut self,
        site: &Site<'_>,
        env: Env<'_>,
        diags: &mut Diagnostics,
    ) -> Value {
        let mut failures = Diagnostics::new();
        for arg in &site.args {
            let mut found = Diagnostics::new();
            let value = self.argument(arg, env, &mut found);
            if found.has_errors() {
                failures.extend(found);
                continue;
            }
            return if value.is_wholly_known() { value } else { Value::dynamic() };
        }
        let message = if site.args.is_empty() {
            "at least one argument is required".to_owned()
        } else {
            self.no_success(&failures)
        };
        diags.push(self.call_failed(site, None, &FunctionError::new(message), env));
        Value::dynamic()
    }

    /// `can`: whether the argument evaluates without an error; unknown while it is unknown.
    pub(super) fn call_can(&mut self, site: &Site<'_>, env: Env<'_>) -> Value {
        let mut found = Diagnostics::new();
        let Some(arg) = site.args.first() else { return Value::dynamic() };
        let value = self.argument(arg, env, &mut found);
        if found.has_errors() {
            return Value::bool(false);
        }
        if value.is_wholly_known() { Value::bool(true) } else { Value::unknown(Type::Bool) }
    }

    fn argument(&mut self, arg: &Argument<'_>, env: Env<'_>, diags: &mut Diagnostics) -> Value {
        match arg {
            Argument::Written(place) => {
                let outer = std::mem::replace(&mut self.terse, true);
                let value = self.eval(*place, env, diags);
                self.terse = outer;
                value
            }
            Argument::Expanded(value, _) => value.clone(),
        }
    }

    /// Lists what went wrong with each argument of a `try`.
    fn no_success(&self, failures: &Diagnostics) -> String {
        let mut message = "no expression succeeded:\n".to_owned();
        for failure in failures {
            let place = self.scope.sources().zip(failure.subject);
            let place = place.and_then(|(sources, span)| spans::describe_range(sources, span));
            let place = place.map_or_else(String::new, |place| format!(" (at {place})"));
            // Writing to a string cannot fail.
            let _ = writeln!(message, "- {}{place}\n  {}", failure.summary, failure.detail);
        }
        message.push_str("\nAt least one expression must produce a successful result");
        message
    }

    /// The template of `templatestring` must come from elsewhere: one that is written out is most
    /// likely a template whose interpolations were meant to be escaped.
    pub(super) fn check_template_reference(
        &mut self,
        site: &Site<'_>,
        env: Env<'_>,
    ) -> Option<Diagnostic> {
        let place = site.args.first()?.place();
        if is_reference(place) {
            return self.check_template_type(site, place, env);
        }
        let why = match place.kind() {
            ExprKind::Literal(value) if value.as_str().is_some() => {
                "templatestring is only for rendering templates retrieved dynamically from \
                 elsewhere, and so does not support providing a literal template; consider using \
                 a template string expression instead"
            }
            ExprKind::Template(_) => {
                "templatestring is only for rendering templates retrieved dynamically from \
                 elsewhere; to render an inline template, consider using a plain template string \
                 expression"
            }
            ExprKind::TemplateWrap(_) => {
                "templatestring is only for rendering templates retrieved dynamically from \
                 elsewhere; to treat the inner expression as template syntax, write the reference \
                 expression directly without any template interpolation syntax"
            }
            _ => {
                "must be a direct reference to a single string from elsewhere, containing valid \
                 Terraform template syntax"
            }
        };
        let message = format!("invalid template expression: {why}");
        let error = FunctionError::argument(0, message);
        Some(self.call_failed(site, Some("template"), &error, env))
    }
}

impl Evaluator<'_> {
    /// The template of `templatestring` must be a string; nothing is converted to one.
    fn check_template_type(
        &mut self,
        site: &Site<'_>,
        place: ExprRef<'_>,
        env: Env<'_>,
    ) -> Option<Diagnostic> {
        let mut found = Diagnostics::new();
        let value = self.eval(place, env, &mut found);
        let ty = value.ty();
        let suits = ty == Type::String || ty == Type::Dynamic;
        if found.has_errors() || suits && !value.is_null() {
            return None;
        }
        let error = FunctionError::argument(0, "invalid template value: a string is required");
        Some(self.call_failed(site, Some("template"), &error, env))
    }
}

fn is_reference(expr: ExprRef<'_>) -> bool {
    match expr.kind() {
        ExprKind::Traversal(_) => true,
        ExprKind::Relative(source, _) | ExprKind::Splat { source, .. } => is_reference(source),
        ExprKind::Index { collection, .. } => is_reference(collection),
        _ => false,
    }
}
