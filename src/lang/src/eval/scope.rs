//! What names mean where an expression stands.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::SystemTime;

use groma_diag::{Diagnostic, Diagnostics, FunctionParameter, FunctionSignature, SourceMap};
use groma_value::{Str, Type, Value, type_to_json};

use super::suggest;
use crate::functions::{self, Function, FunctionError, Host, HostError, Patterns};
use crate::syntax::Traversal;

/// The value that a reference starts from.
#[derive(Clone, Debug)]
pub struct Resolved {
    /// The value of the root and the first `consumed` steps.
    pub value: Value,
    /// How many steps the value accounts for. The evaluator applies the others, so that
    /// `aws_x.y[0].id` need not build the value of all of `aws_x.y`.
    pub consumed: usize,
}

impl Resolved {
    /// The value of the root alone.
    pub const fn root(value: Value) -> Self {
        Self { value, consumed: 0 }
    }
}

/// Says what references and functions mean.
pub trait Scope {
    /// The value that `reference` starts from: of its root and as many steps as the scope likes
    /// to take. A step that may fail within the language (an index out of range, a missing
    /// attribute) is better left to the evaluator, which words the error and lets `try` catch
    /// it.
    ///
    /// An error is one of the reference, not of the expression: `try` does not catch it, and it
    /// is all that is reported of the expression. Empty diagnostics are an error that has been
    /// reported elsewhere.
    fn resolve(&self, reference: &Traversal) -> Result<Resolved, Diagnostics>;

    /// The function of that name, which may have a namespace: `core::upper`,
    /// `provider::time::rfc3339_parse`. The built-in ones by default.
    fn function(&self, name: &str) -> FunctionRef {
        builtin(name)
    }

    /// The names of all functions, for "did you mean". The built-in ones by default.
    fn function_names(&self) -> Vec<String> {
        functions::all().iter().map(|function| function.name.to_owned()).collect()
    }

    /// The outside world, for functions.
    fn host(&self) -> &dyn Host;

    /// Where compiled regular expressions are kept, for functions.
    fn patterns(&self) -> Option<&Patterns> {
        None
    }

    /// Where spans can be looked up, for messages that name a place within their text.
    fn sources(&self) -> Option<&SourceMap> {
        None
    }

    /// Whether there are names at all. Where there are none, a string of JSON syntax stands for
    /// itself and is no template.
    fn has_names(&self) -> bool {
        true
    }
}

/// What a function's name means.
#[derive(Clone)]
pub enum FunctionRef {
    /// A function of the language.
    Builtin(&'static Function),
    /// A function from elsewhere, such as a provider.
    External(Arc<dyn ExternalFunction>),
    /// There is no such function.
    Unknown,
    /// Functions may not be called here.
    Forbidden,
}

/// The built-in function of that name.
pub(super) fn builtin(name: &str) -> FunctionRef {
    // `type` shows types to a person at the console, and is not a function elsewhere.
    match functions::lookup(name).filter(|function| function.name != "type") {
        Some(function) => FunctionRef::Builtin(function),
        None => FunctionRef::Unknown,
    }
}

/// A function that is not built in. The evaluator converts the arguments, refuses nulls, passes
/// over unknowns and carries marks as the parameters say; no mark reaches the function.
pub trait ExternalFunction: Send + Sync {
    /// The parameter that takes the argument at `index`: `None` if that is one too many.
    fn parameter(&self, index: usize) -> Option<ExternalParameter<'_>>;

    /// How many arguments it needs.
    fn required(&self) -> usize;

    /// Whether it takes any number of further arguments.
    fn is_variadic(&self) -> bool;

    /// The type of the result.
    fn return_type(&self) -> &Type;

    /// The result, from as many arguments as it takes.
    fn call(&self, args: &[Value]) -> Result<Value, FunctionError>;
}

impl dyn ExternalFunction {
    /// What it takes and gives, when called by `name`, which may have a namespace.
    pub(super) fn signature(&self, name: &str) -> FunctionSignature {
        let parameter = |index| {
            let found = self.parameter(index)?;
            let ty = type_to_json(found.ty).to_string();
            Some(FunctionParameter { name: found.name.to_owned(), ty })
        };
        let required = self.required();
        FunctionSignature {
            name: name.rsplit("::").next().unwrap_or(name).to_owned(),
            parameters: (0..required).map_while(parameter).collect(),
            variadic: if self.is_variadic() { parameter(required) } else { None },
            return_type: type_to_json(self.return_type()).to_string(),
        }
    }
}

/// A parameter of an [`ExternalFunction`].
#[derive(Clone, Copy, Debug)]
pub struct ExternalParameter<'a> {
    /// Its name, for messages.
    pub name: &'a str,
    /// What its argument is converted to.
    pub ty: &'a Type,
    /// Whether null may be passed.
    pub allow_null: bool,
    /// Whether unknown may be passed; otherwise the result is unknown without a call.
    pub allow_unknown: bool,
}

/// Names from a map, and the built-in functions: for tests and templates.
pub struct MapScope<'a> {
    names: BTreeMap<Str, Value>,
    host: &'a dyn Host,
}

impl<'a> MapScope<'a> {
    /// No names yet.
    pub const fn new(host: &'a dyn Host) -> Self {
        Self { names: BTreeMap::new(), host }
    }

    /// The same, in which `name` is `value`.
    #[must_use]
    pub fn with(mut self, name: impl Into<Str>, value: Value) -> Self {
        self.names.insert(name.into(), value);
        self
    }
}

impl Scope for MapScope<'_> {
    fn resolve(&self, reference: &Traversal) -> Result<Resolved, Diagnostics> {
        match self.names.get(&reference.root) {
            Some(value) => Ok(Resolved::root(value.clone())),
            None => Err(unknown_variable(reference, self.names.keys().map(Str::as_str)).into()),
        }
    }

    fn host(&self) -> &dyn Host {
        self.host
    }
}

/// The diagnostic for a name that is none of `known`.
pub(super) fn unknown_variable<'a>(
    reference: &Traversal,
    known: impl IntoIterator<Item = &'a str>,
) -> Diagnostic {
    let root = &reference.root;
    let hint = match suggest(root, known) {
        Some(name) => format!(" Did you mean {name:?}?"),
        None => String::new(),
    };
    Diagnostic::error("Unknown variable", format!("There is no variable named {root:?}.{hint}"))
        .at(reference.root_span)
}

/// No names and no functions: constants only, as in `default` or a backend's arguments.
pub struct NoScope;

impl Scope for NoScope {
    fn resolve(&self, reference: &Traversal) -> Result<Resolved, Diagnostics> {
        Err(Diagnostic::error("Variables not allowed", "Variables may not be used here.")
            .at(reference.root_span)
            .into())
    }

    fn function(&self, _: &str) -> FunctionRef {
        FunctionRef::Forbidden
    }

    fn function_names(&self) -> Vec<String> {
        Vec::new()
    }

    fn host(&self) -> &dyn Host {
        &NoHost
    }

    fn has_names(&self) -> bool {
        false
    }
}

/// A host with no files, no time and no randomness.
pub struct NoHost;

impl NoHost {
    fn refuse<T>() -> Result<T, HostError> {
        Err(HostError::Other("files are not available here".to_owned()))
    }
}

impl Host for NoHost {
    fn read_file(&self, _: &str) -> Result<Vec<u8>, HostError> {
        Self::refuse()
    }

    fn file_exists(&self, _: &str) -> Result<bool, HostError> {
        Self::refuse()
    }

    fn fileset(&self, _: &str, _: &str) -> Result<Vec<String>, HostError> {
        Self::refuse()
    }

    fn absolute(&self, path: &str) -> String {
        path.to_owned()
    }

    fn home(&self) -> Option<String> {
        None
    }

    fn plan_timestamp(&self) -> Option<SystemTime> {
        None
    }

    fn now(&self) -> Option<SystemTime> {
        None
    }

    fn random(&self, _: usize) -> Option<Vec<u8>> {
        None
    }
}
