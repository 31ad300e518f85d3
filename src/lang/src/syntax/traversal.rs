//! References: a root name and the steps from it.

use std::fmt;

use groma_diag::Span;
use groma_value::{Str, Value, View};

/// A reference: `aws_instance.web[0].id`.
#[derive(Clone)]
pub struct Traversal {
    /// The first name.
    pub root: Str,
    /// Where the first name is.
    pub root_span: Span,
    /// What follows it.
    pub steps: Vec<Step>,
    /// All of it.
    pub span: Span,
}

/// One step of a [`Traversal`].
#[derive(Clone)]
pub struct Step {
    /// What the step does.
    pub kind: StepKind,
    /// From the dot or the opening bracket to the end of the name or the closing bracket.
    pub span: Span,
}

/// What a step of a traversal does.
#[derive(Clone)]
pub enum StepKind {
    /// `.name`
    Attr(Str),
    /// `["key"]`, `[0]`, or the legacy `.0`: a known string or number.
    Index(Value),
}

impl Traversal {
    /// Whether it is a name with no steps.
    pub fn is_word(&self) -> bool {
        self.steps.is_empty()
    }

    /// The name of an attribute step at `index`.
    pub fn attr(&self, index: usize) -> Option<&Str> {
        match &self.steps.get(index)?.kind {
            StepKind::Attr(name) => Some(name),
            StepKind::Index(_) => None,
        }
    }

    /// The root and the steps before `end`, with the span cut to match.
    #[must_use]
    pub fn prefix(&self, end: usize) -> Self {
        let steps = self.steps.get(..end).unwrap_or(&self.steps).to_vec();
        let span = steps.last().map_or(self.root_span, |step| self.root_span.to(step.span));
        Self { root: self.root.clone(), root_span: self.root_span, steps, span }
    }
}

/// As Terraform prints it: `a.b["c"][0]`.
impl fmt::Display for Traversal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.root)?;
        self.steps.iter().try_for_each(|step| step.fmt(f))
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            StepKind::Attr(name) => write!(f, ".{name}"),
            StepKind::Index(key) => match key.view() {
                View::Number(number) => write!(f, "[{number}]"),
                View::String(text) => write!(f, "[{:?}]", text.as_str()),
                _ => f.write_str("[...]"),
            },
        }
    }
}

impl fmt::Debug for Traversal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Traversal({self})")
    }
}

impl fmt::Debug for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Step({self})")
    }
}
