//! Function calls.

use std::sync::Arc;

use groma_diag::{Diagnostic, Diagnostics, FunctionCall, Span};
use groma_value::{Marks, Type, Value, convert};

use super::evaluator::{Env, Evaluator};
use super::render::Renderer;
use super::scope::{ExternalFunction, FunctionRef};
use super::{spans, suggest};
use crate::functions::{Context, Function, FunctionError, NoTemplates, TemplateRenderer};
use crate::syntax::{Call, ExprRef};

/// An argument: as written, or an element of the one that `...` expands.
pub(super) enum Argument<'a> {
    Written(ExprRef<'a>),
    Expanded(Value, ExprRef<'a>),
}

impl<'a> Argument<'a> {
    pub(super) const fn place(&self) -> ExprRef<'a> {
        match self {
            Self::Written(place) | Self::Expanded(_, place) => *place,
        }
    }

    /// Where a message about it points.
    fn subject(&self) -> Span {
        match self {
            Self::Written(place) => spans::start(*place),
            Self::Expanded(_, place) => place.span(),
        }
    }
}

/// A call whose function has been found.
pub(super) struct Site<'a> {
    pub(super) expr: ExprRef<'a>,
    pub(super) call: &'a Call<'a>,
    pub(super) function: &'a FunctionRef,
    pub(super) args: Vec<Argument<'a>>,
}

impl Evaluator<'_> {
    pub(super) fn call(
        &mut self,
        expr: ExprRef<'_>,
        call: &Call<'_>,
        env: Env<'_>,
        diags: &mut Diagnostics,
    ) -> Value {
        let function = self.scope.function(call.name);
        match &function {
            FunctionRef::Unknown => {
                let error = self.unknown_function(call).at(call.name_span).within(expr.span());
                diags.push(error);
                return Value::dynamic();
            }
            FunctionRef::Forbidden => {
                diags.push(
                    Diagnostic::error(
                        "Function calls not allowed",
                        "Functions may not be called here.",
                    )
                    .at(expr.span()),
                );
                return Value::dynamic();
            }
            FunctionRef::Builtin(_) | FunctionRef::External(_) => {}
        }
        let Some(args) = self.arguments(expr, call, &function, env, diags) else {
            return Value::dynamic();
        };
        let site = Site { expr, call, function: &function, args };
        let (required, variadic) = match &function {
            FunctionRef::Builtin(function) => {
                (function.parameters.len(), function.variadic.is_some())
            }
            FunctionRef::External(function) => (function.required(), function.is_variadic()),
            FunctionRef::Unknown | FunctionRef::Forbidden => (0, true),
        };
        if let Some(error) = self.check_count(&site, required, variadic, env) {
            diags.push(error);
            return Value::dynamic();
        }
        match &function {
            FunctionRef::Builtin(function) => self.call_builtin(&site, function, env, diags),
            FunctionRef::External(function) => self.call_external(&site, function, env, diags),
            FunctionRef::Unknown | FunctionRef::Forbidden => Value::dynamic(),
        }
    }

    /// The arguments, with what `...` expands to; `None` if that is unknown or wrong.
    fn arguments<'a>(
        &mut self,
        expr: ExprRef<'a>,
        call: &Call<'a>,
        function: &FunctionRef,
        env: Env<'_>,
        diags: &mut Diagnostics,
    ) -> Option<Vec<Argument<'a>>> {
        let (written, expanded) = match call.args.split_last() {
            Some((last, first)) if call.expand => (first, Some(*last)),
            _ => (&*call.args, None),
        };
        let mut args: Vec<_> = written.iter().copied().map(Argument::Written).collect();
        let Some(place) = expanded else { return Some(args) };

        let mut found = Diagnostics::new();
        let (value, marks) = self.eval(place, env, &mut found).unmark();
        let failed = found.has_errors();
        diags.extend(found);
        if failed {
            return None;
        }
        if let Some(items) = value.as_slice() {
            args.extend(
                items.iter().map(|item| Argument::Expanded(item.clone().with_marks(marks), place)),
            );
            return Some(args);
        }
        let expandable = match value.ty() {
            Type::Dynamic | Type::List(_) | Type::Set(_) | Type::Tuple(_) => true,
            Type::Bool | Type::Number | Type::String | Type::Map(_) | Type::Object(_) => false,
        };
        let detail = match (expandable, value.is_null()) {
            (true, false) => return None,
            (true, true) => "The expanding argument (indicated by ...) must not be null.",
            (false, _) => {
                "The expanding argument (indicated by ...) must be of a tuple, list, or set type."
            }
        };
        let summary = "Invalid expanding argument value";
        let mut error = self.error(summary, detail, place.span(), place, env);
        error.function_call = self.described(call.name, function);
        diags.push(error.within(expr.span()));
        None
    }

    fn call_builtin(
        &mut self,
        site: &Site<'_>,
        function: &'static Function,
        env: Env<'_>,
        diags: &mut Diagnostics,
    ) -> Value {
        match function.name {
            "try" => return self.call_try(site, env, diags),
            "can" => return self.call_can(site, env),
            "templatestring" if !self.in_template => {
                if let Some(error) = self.check_template_reference(site, env) {
                    diags.push(error);
                    return Value::dynamic();
                }
            }
            _ => {}
        }
        let parameter = |index| function.parameter(index).map(|p| (p.name, (p.ty)()));
        let Some(args) = self.evaluate_arguments(site, &parameter, env, diags) else {
            return Value::dynamic();
        };
        let renderer = Renderer { scope: self.scope };
        let templates: &dyn TemplateRenderer =
            if self.in_template { &NoTemplates } else { &renderer };
        let (host, patterns) = (self.scope.host(), self.scope.patterns());
        let context = Context { host, templates, patterns };
        function.call_in(&args, context).unwrap_or_else(|error| {
            let name = error.argument.and_then(|at| function.parameter(at)).map(|p| p.name);
            diags.push(self.call_failed(site, name, &error, env));
            Value::dynamic()
        })
    }

    fn call_external(
        &mut self,
        site: &Site<'_>,
        function: &Arc<dyn ExternalFunction>,
        env: Env<'_>,
        diags: &mut Diagnostics,
    ) -> Value {
        let parameter = |index| function.parameter(index).map(|p| (p.name, p.ty.clone()));
        let Some(args) = self.evaluate_arguments(site, &parameter, env, diags) else {
            return Value::dynamic();
        };
        external_result(&**function, args).unwrap_or_else(|error| {
            let name = error.argument.and_then(|at| function.parameter(at)).map(|p| p.name);
            diags.push(self.call_failed(site, name, &error, env));
            Value::dynamic()
        })
    }

    /// Why there are too few or too many arguments.
    fn check_count(
        &mut self,
        site: &Site<'_>,
        required: usize,
        variadic: bool,
        env: Env<'_>,
    ) -> Option<Diagnostic> {
        let Site { expr, call, function, args } = site;
        let name = call.name;
        let (summary, detail, subject) = if args.len() < required {
            let missing = match function {
                FunctionRef::Builtin(function) => function.parameter(args.len()).map(|p| p.name),
                FunctionRef::External(function) => function.parameter(args.len()).map(|p| p.name),
                FunctionRef::Unknown | FunctionRef::Forbidden => None,
            };
            let at_least = if variadic { " at least" } else { "" };
            let detail = format!(
                "Function {name:?} expects{at_least} {required} argument(s). Missing value for \
                 {:?}.",
                missing.unwrap_or_default()
            );
            ("Not enough function arguments", detail, call.close_span)
        } else {
            let first_extra = args.get(required).filter(|_| !variadic)?;
            let detail = format!("Function {name:?} expects only {required} argument(s).");
            ("Too many function arguments", detail, first_extra.subject())
        };
        let mut diagnostic = self.error(summary, detail, subject, *expr, env).within(expr.span());
        diagnostic.function_call = self.described(name, function);
        Some(diagnostic)
    }

    /// The arguments' values, converted to the parameters' types; `None` if any is wrong.
    fn evaluate_arguments<'p>(
        &mut self,
        site: &Site<'_>,
        parameter: &dyn Fn(usize) -> Option<(&'p str, Type)>,
        env: Env<'_>,
        diags: &mut Diagnostics,
    ) -> Option<Vec<Value>> {
        let mut found = Diagnostics::new();
        let mut values = Vec::with_capacity(site.args.len());
        for (index, arg) in site.args.iter().enumerate() {
            let value = match arg {
                Argument::Written(place) => self.eval(*place, env, &mut found),
                Argument::Expanded(value, _) => value.clone(),
            };
            let Some((name, ty)) = parameter(index) else { continue };
            match as_argument(value, &ty) {
                Ok(value) => values.push(value),
                Err(message) => {
                    let error = FunctionError::argument(index, message);
                    found.push(self.call_failed(site, Some(name), &error, env));
                }
            }
        }
        let failed = found.has_errors();
        diags.extend(found);
        (!failed).then_some(values)
    }

    /// The diagnostic for a call that failed. `parameter` is the one at fault.
    pub(super) fn call_failed(
        &mut self,
        site: &Site<'_>,
        parameter: Option<&str>,
        error: &FunctionError,
        env: Env<'_>,
    ) -> Diagnostic {
        const ARGUMENT: &str = "Invalid function argument";
        let Site { expr, call, function, args } = site;
        let message = &error.message;
        let argument = error.argument.and_then(|at| args.get(at));
        let mut diagnostic = match (parameter, argument) {
            (Some(name), Some(argument)) => {
                let detail = format!("Invalid value for {name:?} parameter: {message}.");
                let (subject, place) = (argument.subject(), argument.place());
                self.error(ARGUMENT, detail, subject, place, env).within(expr.span())
            }
            // The variadic parameter, for which nothing was given.
            (Some(name), None) => {
                let detail = format!("Invalid value for {name:?} parameter: {message}.");
                self.error(ARGUMENT, detail, expr.span(), *expr, env)
            }
            (None, _) => {
                let detail = format!("Call to function {:?} failed: {message}.", call.name);
                let subject = call.name_span.to(call.open_span);
                self.error("Error in function call", detail, subject, *expr, env)
                    .within(expr.span())
            }
        };
        diagnostic.function_call = self.described(call.name, function);
        diagnostic
    }

    /// What a diagnostic says of the function whose call failed.
    fn described(&self, name: &str, function: &FunctionRef) -> Option<Box<FunctionCall>> {
        let signature = match function {
            // Nobody will see it.
            _ if self.terse => return None,
            FunctionRef::Builtin(function) => function.signature(),
            FunctionRef::External(function) => function.signature(name),
            FunctionRef::Unknown | FunctionRef::Forbidden => return None,
        };
        Some(Box::new(FunctionCall { called_as: name.to_owned(), signature }))
    }

    /// Why there is no such function, with the name that was most likely meant.
    fn unknown_function(&self, call: &Call<'_>) -> Diagnostic {
        const PROVIDER: &str = "Unknown provider function";
        let known = self.scope.function_names();
        let Some((namespace, name)) = call.name.rsplit_once("::") else {
            let name = call.name;
            let suffix = format!("::{name}");
            let elsewhere = known.iter().find(|known| known.ends_with(&suffix));
            let hint = suggest(name, known.iter().map(String::as_str));
            let hint = hint.or(elsewhere.map(String::as_str));
            let hint = hint.map_or_else(String::new, |name| format!(" Did you mean {name:?}?"));
            return Diagnostic::error(
                "Call to unknown function",
                format!("There is no function named {name:?}.{hint}"),
            );
        };
        let (kind, provider) = namespace.split_once("::").unwrap_or((namespace, ""));
        if kind != "provider" {
            return Diagnostic::error(
                PROVIDER,
                format!(
                    "The function namespace {kind:?} is not valid. Provider function calls must \
                     use the \"provider::\" namespace prefix."
                ),
            );
        }
        if provider.is_empty() {
            return Diagnostic::error(
                PROVIDER,
                "The function call must include the provider name after the \"provider::\" prefix.",
            );
        }
        let prefix = format!("{namespace}::");
        if known.iter().any(|known| known.starts_with(&prefix)) {
            return Diagnostic::error(
                PROVIDER,
                format!("The function {name:?} is not available from the provider {provider:?}."),
            );
        }
        Diagnostic::error(
            PROVIDER,
            format!(
                "There is no function named {:?}. Ensure that provider name {provider:?} is \
                 declared in this module's required_providers block, and that this provider \
                 offers a function named {name:?}.",
                call.name
            ),
        )
    }
}

/// Calls a function that knows nothing of nulls, unknowns and marks.
fn external_result(
    function: &dyn ExternalFunction,
    mut args: Vec<Value>,
) -> Result<Value, FunctionError> {
    let mut marks = Marks::NONE;
    let mut unknown = false;
    for (index, arg) in args.iter_mut().enumerate() {
        let (plain, arg_marks) = arg.unmark_deep();
        marks |= arg_marks;
        *arg = plain;
        let Some(parameter) = function.parameter(index) else { continue };
        if arg.is_null() && !parameter.allow_null {
            return Err(FunctionError::argument(index, "argument must not be null"));
        }
        unknown |= !parameter.allow_unknown && !arg.is_wholly_known();
    }
    if unknown {
        return Ok(Value::unknown(function.return_type().clone()).with_marks(marks));
    }
    function.call(&args).map(|value| value.with_marks(marks))
}

/// An argument as its parameter takes it.
fn as_argument(value: Value, ty: &Type) -> Result<Value, String> {
    let fits = match ty {
        Type::Dynamic => true,
        Type::String => value.as_str().is_some(),
        Type::Number => value.as_number().is_some(),
        Type::Bool => value.as_bool().is_some(),
        _ => false,
    };
    if fits { Ok(value) } else { convert(&value, ty).map_err(|error| error.to_string()) }
}
