//! `moved`, `removed` and `import` blocks.

use groma_addr::{ConfigResource, LocalProvider, Module, ResourceInstance, Target};
use groma_diag::Span;
use groma_lang::syntax::{Body, Expr};

use super::Provisioner;

/// A `moved` block. Addresses are relative to the module that it is in.
#[derive(Clone, Debug)]
pub struct Moved {
    /// `from`
    pub from: Target,
    /// Where `from` is.
    pub from_span: Span,
    /// `to`
    pub to: Target,
    /// Where `to` is.
    pub to_span: Span,
    /// The block's header.
    pub span: Span,
}

/// A `removed` block. Addresses are relative to the module that it is in.
#[derive(Clone)]
pub struct Removed {
    /// `from`: a resource or a module, with no instance keys.
    pub from: RemovedTarget,
    /// Where `from` is.
    pub from_span: Span,
    /// `lifecycle { destroy }`: whether the objects are destroyed rather than forgotten.
    pub destroy: bool,
    /// `provisioner` blocks, which run at destruction.
    pub provisioners: Vec<Provisioner>,
    /// `connection`, which the provisioners inherit.
    pub connection: Option<Body>,
    /// The block's header.
    pub span: Span,
}

/// What a `removed` block takes out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RemovedTarget {
    /// All instances of a resource.
    Resource(ConfigResource),
    /// All instances of a module.
    Module(Module),
}

/// What an object is imported by.
#[derive(Clone, Debug)]
pub enum ImportBy {
    /// `id`
    Id(Expr),
    /// `identity`, as Terraform 1.12 has it.
    Identity(Expr),
}

impl ImportBy {
    /// The expression.
    pub const fn expr(&self) -> &Expr {
        match self {
            Self::Id(expr) | Self::Identity(expr) => expr,
        }
    }
}

/// An `import` block, of the root module.
#[derive(Clone, Debug)]
pub struct Import {
    /// `to`: a resource instance's address, whose keys are expressions.
    pub to: Expr,
    /// The resource that `to` is an instance of.
    pub resource: ConfigResource,
    /// The address that `to` is, if it has no expressions in it.
    pub target: Option<ResourceInstance>,
    /// `id` or `identity`
    pub by: ImportBy,
    /// `for_each`
    pub for_each: Option<Expr>,
    /// `provider`
    pub provider: Option<LocalProvider>,
    /// The block's header.
    pub span: Span,
}
