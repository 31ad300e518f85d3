//! What every call has in common.

use groma_value::{Fields, Marks, Number, Str, Type, Value, convert};

use super::{Function, FunctionError, Host, Parameter, Patterns};

/// Renders templates for `templatefile` and `templatestring`; the evaluator does.
pub trait TemplateRenderer {
    /// The result of the template `source` with `vars` in scope. `name` stands for the file in
    /// messages.
    fn render(
        &self,
        name: &str,
        source: &str,
        vars: &Fields,
        host: &dyn Host,
    ) -> Result<Value, RenderError>;

    /// Whether it renders at all. A template may not render others.
    fn may_render(&self) -> bool {
        true
    }
}

/// Why a template has no result; each with what is wrong, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RenderError {
    /// It is no template.
    Syntax(String),
    /// The variables do not suit it.
    Variables(String),
    /// It failed to evaluate.
    Failed(String),
}

/// Refuses to render: for calls from inside a template, and where there is no evaluator.
pub struct NoTemplates;

impl TemplateRenderer for NoTemplates {
    fn render(&self, _: &str, _: &str, _: &Fields, _: &dyn Host) -> Result<Value, RenderError> {
        Err(RenderError::Failed("templates cannot be rendered here".to_owned()))
    }

    fn may_render(&self) -> bool {
        false
    }
}

/// What a function may use besides its arguments.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// Files, time and randomness.
    pub host: &'a dyn Host,
    /// Templates.
    pub templates: &'a dyn TemplateRenderer,
    /// Regular expressions that are compiled already, if any are kept.
    pub patterns: Option<&'a Patterns>,
}

/// One call, as a function sees it: arguments converted to the parameters' types, and not null,
/// unknown or marked where the parameter does not allow that.
pub struct Call<'a> {
    /// The arguments.
    pub args: &'a [Value],
    /// The type that the result must have.
    pub ty: &'a Type,
    /// Everything else.
    pub context: Context<'a>,
}

impl<'a> Call<'a> {
    /// The argument at `index`.
    pub fn value(&self, index: usize) -> Result<&'a Value, FunctionError> {
        self.args.get(index).ok_or_else(|| FunctionError::argument(index, "is required"))
    }

    /// The string argument at `index`.
    pub fn text(&self, index: usize) -> Result<&'a Str, FunctionError> {
        let value = self.value(index)?;
        value.as_str().ok_or_else(|| FunctionError::argument(index, "a string is required"))
    }

    /// The number argument at `index`.
    pub fn number(&self, index: usize) -> Result<&'a Number, FunctionError> {
        let value = self.value(index)?;
        value.as_number().ok_or_else(|| FunctionError::argument(index, "a number is required"))
    }

    /// The number argument at `index` as a machine integer.
    pub fn integer(&self, index: usize) -> Result<i64, FunctionError> {
        integer(self.number(index)?)
    }

    /// The elements of the list, set or tuple argument at `index`.
    pub fn items(&self, index: usize) -> Result<&'a [Value], FunctionError> {
        let value = self.value(index)?;
        value.as_slice().ok_or_else(|| FunctionError::argument(index, "a list is required"))
    }

    /// An unknown result.
    pub fn unknown(&self) -> Result<Value, FunctionError> {
        Ok(Value::unknown(self.ty.clone()))
    }
}

/// A number as a machine integer, or cty's refusal.
pub(super) fn integer(number: &Number) -> Result<i64, FunctionError> {
    number.to_i64().ok_or_else(|| {
        FunctionError::new(format!(
            "value must be a whole number, between {} and {}",
            i64::MIN,
            i64::MAX
        ))
    })
}

impl Function {
    /// Calls the function where no template can be rendered.
    pub fn call(&self, args: &[Value], host: &dyn Host) -> Result<Value, FunctionError> {
        self.call_in(args, Context { host, templates: &NoTemplates, patterns: None })
    }

    /// Calls the function: checks and converts the arguments, lets unknowns and marks through to
    /// the result where the function does not care for them itself.
    pub fn call_in(&self, args: &[Value], context: Context<'_>) -> Result<Value, FunctionError> {
        self.check_count(args.len())?;
        let mut args = args.to_vec();
        for (index, arg) in args.iter_mut().enumerate() {
            if let Some(parameter) = self.parameter(index) {
                *arg = prepare(index, arg, parameter)?;
            }
        }
        // With an argument that the function cannot deal with it is not called at all. Marks that
        // it would have dealt with are lost then, as in Terraform: the result is unknown.
        let dynamic = self.any(&args, |arg, parameter| !parameter.allow_dynamic && is_dynamic(arg));
        let unknown = dynamic || self.any(&args, |arg, p| !p.allow_unknown && !arg.is_known());
        let (args, marks) = self.unmark(args);
        let ty = if dynamic { Type::Dynamic } else { (self.return_type)(&args)? };
        let result = if unknown {
            Value::unknown(ty)
        } else {
            (self.run)(&Call { args: &args, ty: &ty, context })?
        };
        let result = if self.not_null { result.refine_not_null() } else { result };
        Ok(result.with_marks(marks))
    }

    /// Whether any argument and its parameter are so.
    fn any(&self, args: &[Value], is: impl Fn(&Value, &Parameter) -> bool) -> bool {
        args.iter()
            .enumerate()
            .any(|(index, arg)| self.parameter(index).is_some_and(|p| is(arg, p)))
    }

    fn check_count(&self, given: usize) -> Result<(), FunctionError> {
        let required = self.parameters.len();
        if let Some(missing) = self.parameters.get(given) {
            let least = if self.variadic.is_some() { " at least" } else { "" };
            return Err(FunctionError::new(format!(
                "Function {:?} expects{least} {required} argument(s). Missing value for {:?}",
                self.name, missing.name
            )));
        }
        if given > required && self.variadic.is_none() {
            return Err(FunctionError::new(format!(
                "Function {:?} expects only {required} argument(s)",
                self.name
            )));
        }
        Ok(())
    }

    /// Takes the marks off where the parameter does not allow them, and gives all that were taken.
    fn unmark(&self, args: Vec<Value>) -> (Vec<Value>, Marks) {
        let mut all = Marks::NONE;
        let args = args.into_iter().enumerate().map(|(index, arg)| {
            if self.parameter(index).is_some_and(|p| p.allow_marked) {
                return arg;
            }
            let (arg, marks) = arg.unmark_deep();
            all |= marks;
            arg
        });
        (args.collect(), all)
    }
}

/// Whether the value's type is not known, without building the type of one whose is.
fn is_dynamic(value: &Value) -> bool {
    (value.is_null() || !value.is_known()) && value.ty() == Type::Dynamic
}

/// Converts an argument to its parameter's type and refuses null.
fn prepare(index: usize, arg: &Value, parameter: &Parameter) -> Result<Value, FunctionError> {
    let ty = (parameter.ty)();
    let arg = if matches!(ty, Type::Dynamic) || arg.ty() == ty {
        arg.clone()
    } else {
        convert(arg, &ty).map_err(|error| FunctionError::argument(index, error.message))?
    };
    if arg.is_null() && !parameter.allow_null {
        return Err(FunctionError::argument(index, "argument must not be null"));
    }
    Ok(arg)
}
