//! One diagnostic, and a list of them.

use crate::Span;

/// How bad a diagnostic is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The operation goes on.
    Warning,
    /// The operation, or the part of it that depends on this, stops.
    Error,
}

/// The value that a reference of the failing expression had: `var.count is 3`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExprValue {
    /// The reference as written: `var.count`.
    pub traversal: String,
    /// What is said of it: `is 3`, `is a list of string`, `will be known only after apply`.
    pub statement: String,
}

/// A function call that failed: `while calling upper(str)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionCall {
    /// The name as written, with its namespace.
    pub called_as: String,
    /// What the function takes and gives.
    pub signature: FunctionSignature,
}

/// What a function takes and gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionSignature {
    /// The name, without a namespace.
    pub name: String,
    /// The positional parameters.
    pub parameters: Vec<FunctionParameter>,
    /// The parameter that takes all further arguments.
    pub variadic: Option<FunctionParameter>,
    /// The type of the result, in cty's JSON.
    pub return_type: String,
}

/// A parameter of a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionParameter {
    /// Its name.
    pub name: String,
    /// Its type, in cty's JSON.
    pub ty: String,
}

/// What happened, where, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Error or warning.
    pub severity: Severity,
    /// A short title in sentence case, with no full stop: `Unsupported argument`.
    pub summary: String,
    /// Whole sentences. Empty if the summary says it all.
    pub detail: String,
    /// The span at fault.
    pub subject: Option<Span>,
    /// A wider span to show around the subject, such as the whole call of a bad argument.
    pub context: Option<Span>,
    /// Values of the references in the failing expression. Never sensitive ones.
    pub values: Vec<ExprValue>,
    /// The resource instance (or other object) that it concerns: `module.a.null_resource.b[0]`.
    pub address: Option<String>,
    /// The function whose call failed.
    pub function_call: Option<Box<FunctionCall>>,
    /// Whether a `check` block says it. It is shown by itself, where people else read warnings of one
    /// title as one; and an apply that follows a plan at once says it anew.
    pub of_check: bool,
}

impl Diagnostic {
    /// An error with no place yet; see [`Self::at`].
    pub fn error(summary: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::new(Severity::Error, summary.into(), detail.into())
    }

    /// A warning with no place yet; see [`Self::at`].
    pub fn warning(summary: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::new(Severity::Warning, summary.into(), detail.into())
    }

    fn new(severity: Severity, summary: String, detail: String) -> Self {
        Self {
            severity,
            summary,
            detail,
            subject: None,
            context: None,
            values: Vec::new(),
            address: None,
            function_call: None,
            of_check: false,
        }
    }

    /// The same, pointing at `subject`.
    #[must_use]
    pub fn at(mut self, subject: Span) -> Self {
        self.subject = Some(subject);
        self
    }

    /// The same, pointing at `subject` if there is one.
    #[must_use]
    pub fn at_opt(mut self, subject: Option<Span>) -> Self {
        self.subject = subject.or(self.subject);
        self
    }

    /// The same, shown inside `context`.
    #[must_use]
    pub fn within(mut self, context: Span) -> Self {
        self.context = Some(context);
        self
    }

    /// The same, about the object at `address`.
    #[must_use]
    pub fn about(mut self, address: impl Into<String>) -> Self {
        self.address = Some(address.into());
        self
    }

    /// Whether this is an error.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// Diagnostics in the order in which they were found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// No diagnostics.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }

    /// Adds all of `other`.
    pub fn extend(&mut self, other: impl IntoIterator<Item = Diagnostic>) {
        self.0.extend(other);
    }

    /// Whether any of them is an error.
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(Diagnostic::is_error)
    }

    /// Whether there are none at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Each in turn.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.0.iter()
    }

    /// Each in turn, to be amended.
    pub fn iter_mut(&mut self) -> std::slice::IterMut<'_, Diagnostic> {
        self.0.iter_mut()
    }

    /// `value` if there is no error among them, else the diagnostics.
    pub fn ok_or<T>(self, value: T) -> Result<(T, Self), Self> {
        if self.has_errors() { Err(self) } else { Ok((value, self)) }
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Self {
        Self(vec![diagnostic])
    }
}

impl FromIterator<Diagnostic> for Diagnostics {
    fn from_iter<I: IntoIterator<Item = Diagnostic>>(iter: I) -> Self {
        Self(iter.into_iter().collect())
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<'a> IntoIterator for &'a mut Diagnostics {
    type Item = &'a mut Diagnostic;
    type IntoIter = std::slice::IterMut<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter_mut()
    }
}
