//! `resource`, `data` and `ephemeral` blocks.

use groma_addr::{Ident, LocalProvider, Provider, Resource};
use groma_diag::Span;
use groma_lang::syntax::{Body, Expr, Traversal};

use super::{Condition, Repetition};

/// A `resource`, `data` or `ephemeral` block.
#[derive(Clone)]
pub struct ResourceBlock {
    /// Its address in its module.
    pub addr: Resource,
    /// The provider configuration that it names, or that its type implies.
    pub provider: LocalProvider,
    /// Where `provider` says so.
    pub provider_span: Option<Span>,
    /// The source of that provider.
    pub source: Provider,
    /// `count` or `for_each`
    pub repetition: Repetition,
    /// Everything that is the provider's to define.
    pub body: Body,
    /// `depends_on`
    pub depends_on: Vec<Traversal>,
    /// `lifecycle`
    pub lifecycle: Lifecycle,
    /// `connection`
    pub connection: Option<Body>,
    /// `provisioner` blocks.
    pub provisioners: Vec<Provisioner>,
    /// Where the type is.
    pub ty_span: Span,
    /// The `check` that a data source is nested in.
    pub check: Option<Ident>,
    /// Whether it is not written anywhere: it will be generated, and cannot be referred to.
    pub generated: bool,
    /// The block's header.
    pub span: Span,
}

/// A `lifecycle` block.
#[derive(Clone, Debug, Default)]
pub struct Lifecycle {
    /// `create_before_destroy`; `None` if it says nothing.
    pub create_before_destroy: Option<bool>,
    /// `prevent_destroy`, and where it says so.
    pub prevent_destroy: Option<Span>,
    /// `ignore_changes`
    pub ignore_changes: IgnoreChanges,
    /// `replace_triggered_by`
    pub replace_triggered_by: Vec<Expr>,
    /// `precondition` blocks.
    pub preconditions: Vec<Condition>,
    /// `postcondition` blocks.
    pub postconditions: Vec<Condition>,
}

/// What `ignore_changes` says.
#[derive(Clone, Debug, Default)]
pub enum IgnoreChanges {
    /// Nothing is ignored.
    #[default]
    None,
    /// `all`
    All,
    /// These; relative to the resource, so that the root is an attribute's name.
    Paths(Vec<Traversal>),
}

/// A `provisioner` block.
#[derive(Clone)]
pub struct Provisioner {
    /// Its type: `local-exec`.
    pub ty: Ident,
    /// `when`
    pub when: ProvisionerWhen,
    /// `on_failure`
    pub on_failure: OnFailure,
    /// Everything else.
    pub body: Body,
    /// `connection`
    pub connection: Option<Body>,
    /// The block's header.
    pub span: Span,
}

/// When a provisioner runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ProvisionerWhen {
    /// After the object is made.
    #[default]
    Create,
    /// Before it is destroyed.
    Destroy,
}

/// What the failure of a provisioner leads to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnFailure {
    /// The object is tainted, or stays.
    #[default]
    Fail,
    /// The run goes on.
    Continue,
}

impl ResourceBlock {
    /// Whether the object of a replacement is made first, by the block's own word.
    pub fn creates_before_destroy(&self) -> bool {
        self.lifecycle.create_before_destroy == Some(true)
    }
}
