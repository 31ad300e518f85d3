//! What a reference refers to, by its syntax alone.

use std::fmt;

use groma_addr::Mode;
use groma_diag::{Diagnostic, Span};
use groma_lang::syntax::{StepKind, Traversal};
use groma_value::{Str, Value};

/// A reference, read.
#[derive(Clone, Debug)]
pub struct Reference<'a> {
    /// What it refers to.
    pub subject: Subject<'a>,
    /// How many of the traversal's steps name the subject; the others lead into its value.
    pub consumed: usize,
    /// Where the subject is named.
    pub span: Span,
}

/// What a reference refers to.
#[derive(Clone, Copy, Debug)]
pub enum Subject<'a> {
    /// `var.name`
    Variable(&'a Str),
    /// `local.name`
    Local(&'a Str),
    /// `module.name`, with the key and output if they follow.
    Module {
        /// The name of the call.
        name: &'a Str,
        /// Which instance.
        key: Option<&'a Value>,
        /// Which output. With no key, the steps may lead into a collection of instances, if the
        /// call repeats.
        output: Option<&'a Str>,
    },
    /// `type.name`, `data.type.name`, `ephemeral.type.name`, with the key if one follows.
    Resource {
        /// The kind of block.
        mode: Mode,
        /// The resource type.
        ty: &'a Str,
        /// Its name.
        name: &'a Str,
        /// Which instance.
        key: Option<&'a Value>,
    },
    /// `count.name`
    Count(&'a Str),
    /// `each.name`
    Each(&'a Str),
    /// `path.name`
    Path(&'a Str),
    /// `terraform.name`
    Terraform(&'a Str),
    /// `self`
    This,
}

impl<'a> Reference<'a> {
    /// Reads a traversal as Terraform's `addrs.ParseRef` does.
    pub fn parse(traversal: &'a Traversal) -> Result<Self, Diagnostic> {
        let single = |make: fn(&'a Str) -> Subject<'a>| {
            let name = single(traversal)?;
            Ok(reference(traversal, make(name), 1))
        };
        match &*traversal.root {
            "var" => single(Subject::Variable),
            "local" => single(Subject::Local),
            "count" => single(Subject::Count),
            "each" => single(Subject::Each),
            "path" => single(Subject::Path),
            "terraform" => single(Subject::Terraform),
            "self" => Ok(reference(traversal, Subject::This, 0)),
            "module" => module(traversal),
            "data" => resource(traversal, Mode::Data, 0),
            "ephemeral" => resource(traversal, Mode::Ephemeral, 0),
            "resource" => resource(traversal, Mode::Managed, 0),
            "template" | "lazy" | "arg" => Err(Diagnostic::error(
                "Reserved symbol name",
                format!(
                    "The symbol name {:?} is reserved for use in a future Terraform version. If \
                     you are using a provider that already uses this as a resource type name, add \
                     the prefix \"resource.\" to force interpretation as a resource type name.",
                    traversal.root
                ),
            )
            .at(traversal.root_span)),
            _ => implied_resource(traversal),
        }
    }
}

fn reference<'a>(traversal: &'a Traversal, subject: Subject<'a>, consumed: usize) -> Reference<'a> {
    let last = consumed.checked_sub(1).and_then(|last| traversal.steps.get(last));
    let span = last.map_or(traversal.root_span, |step| traversal.root_span.to(step.span));
    Reference { subject, consumed, span }
}

fn invalid(detail: impl Into<String>, span: Span) -> Diagnostic {
    Diagnostic::error("Invalid reference", detail).at(span)
}

fn single(traversal: &Traversal) -> Result<&Str, Diagnostic> {
    let root = &traversal.root;
    match traversal.steps.first().map(|step| (&step.kind, step.span)) {
        Some((StepKind::Attr(name), _)) => Ok(name),
        Some((StepKind::Index(_), span)) => {
            Err(invalid(format!("The {root:?} object does not support this operation."), span))
        }
        None => Err(invalid(
            format!(
                "The {root:?} object cannot be accessed directly. Instead, access one of its \
                 attributes."
            ),
            traversal.root_span,
        )),
    }
}

fn index(traversal: &Traversal, at: usize) -> Option<&Value> {
    match &traversal.steps.get(at)?.kind {
        StepKind::Index(key) => Some(key),
        StepKind::Attr(_) => None,
    }
}

fn module(traversal: &Traversal) -> Result<Reference<'_>, Diagnostic> {
    let name = single(traversal)?;
    let key = index(traversal, 1);
    let mut consumed = 1 + usize::from(key.is_some());
    let output = traversal.attr(consumed);
    consumed += usize::from(output.is_some());
    Ok(reference(traversal, Subject::Module { name, key, output }, consumed))
}

fn resource(traversal: &Traversal, mode: Mode, from: usize) -> Result<Reference<'_>, Diagnostic> {
    let root = &traversal.root;
    let kind = match mode {
        Mode::Data => "the data source type",
        Mode::Ephemeral => "the ephemeral resource type",
        Mode::Managed => "the resource type",
    };
    let (Some(ty), Some(name)) = (traversal.attr(from), traversal.attr(from + 1)) else {
        return Err(invalid(
            format!(
                "The {root:?} object must be followed by two attribute names: {kind} and the \
                 resource name."
            ),
            traversal.span,
        ));
    };
    let key = index(traversal, from + 2);
    let consumed = from + 2 + usize::from(key.is_some());
    Ok(reference(traversal, Subject::Resource { mode, ty, name, key }, consumed))
}

fn implied_resource(traversal: &Traversal) -> Result<Reference<'_>, Diagnostic> {
    let Some(name) = traversal.attr(0) else {
        return Err(invalid(
            "A reference to a resource type must be followed by at least one attribute access, \
             specifying the resource name.",
            traversal.span,
        ));
    };
    let key = index(traversal, 1);
    let consumed = 1 + usize::from(key.is_some());
    let subject = Subject::Resource { mode: Mode::Managed, ty: &traversal.root, name, key };
    Ok(reference(traversal, subject, consumed))
}

/// As it is written, without keys and what follows.
impl fmt::Display for Subject<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variable(name) => write!(f, "var.{name}"),
            Self::Local(name) => write!(f, "local.{name}"),
            Self::Module { name, .. } => write!(f, "module.{name}"),
            Self::Resource { mode, ty, name, .. } => write!(f, "{}{ty}.{name}", mode.prefix()),
            Self::Count(name) => write!(f, "count.{name}"),
            Self::Each(name) => write!(f, "each.{name}"),
            Self::Path(name) => write!(f, "path.{name}"),
            Self::Terraform(name) => write!(f, "terraform.{name}"),
            Self::This => f.write_str("self"),
        }
    }
}
