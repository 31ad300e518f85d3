//! Modules, how they call one another, and their providers.

use std::collections::BTreeMap;
use std::sync::Arc;

use groma_addr::{Ident, LocalProvider, Provider, Resource};
use groma_diag::{SourceMap, Span};
use groma_lang::syntax::{Attribute, Body, Expr, Traversal};

use super::{Check, Import, Local, Moved, Output, Removed, ResourceBlock, Variable};

/// A whole configuration: the root module and all that it calls, directly or not.
#[derive(Clone)]
pub struct Config {
    /// By id; the root first, callers before what they call.
    pub modules: Vec<Arc<Module>>,
    /// The files that it was read from.
    pub sources: Arc<SourceMap>,
}

/// Names a module of a [`Config`]: a place in the tree of calls, not a directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModuleId(pub u32);

impl ModuleId {
    /// The root module.
    pub const ROOT: Self = Self(0);
}

/// One module at its place in the tree of calls.
#[derive(Clone)]
pub struct Module {
    /// Its own id.
    pub id: ModuleId,
    /// Its address.
    pub path: groma_addr::Module,
    /// Who calls it, and as what; `None` for the root.
    pub parent: Option<(ModuleId, Ident)>,
    /// The modules that it calls, by the name of the call.
    pub children: BTreeMap<Ident, ModuleId>,
    /// Its directory within the source; what `path.module` gives.
    pub dir: String,
    /// `required_version`, each as written and where.
    pub required_version: Vec<(String, Span)>,
    /// `required_providers`, by local name.
    pub required_providers: BTreeMap<Ident, RequiredProvider>,
    /// `provider` blocks.
    pub providers: BTreeMap<LocalProvider, ProviderBlock>,
    /// `variable` blocks.
    pub variables: BTreeMap<Ident, Variable>,
    /// Arguments of `locals` blocks.
    pub locals: BTreeMap<Ident, Local>,
    /// `output` blocks.
    pub outputs: BTreeMap<Ident, Output>,
    /// `resource`, `data` and `ephemeral` blocks.
    pub resources: BTreeMap<Resource, ResourceBlock>,
    /// `module` blocks.
    pub calls: BTreeMap<Ident, ModuleCall>,
    /// `moved` blocks.
    pub moved: Vec<Moved>,
    /// `removed` blocks.
    pub removed: Vec<Removed>,
    /// `import` blocks.
    pub imports: Vec<Import>,
    /// `check` blocks.
    pub checks: BTreeMap<Ident, Check>,
}

/// What `count` or `for_each` says.
#[derive(Clone, Debug, Default)]
pub enum Repetition {
    /// One instance without a key.
    #[default]
    Single,
    /// `count`
    Count(Expr),
    /// `for_each`
    ForEach(Expr),
}

/// A `module` block.
#[derive(Clone)]
pub struct ModuleCall {
    /// Its name.
    pub name: Ident,
    /// `source`, as written.
    pub source: String,
    /// `version`, as written.
    pub version: Option<String>,
    /// `count` or `for_each`
    pub repetition: Repetition,
    /// The arguments for the called module's variables, by name.
    pub arguments: BTreeMap<Ident, Attribute>,
    /// `depends_on`
    pub depends_on: Vec<Traversal>,
    /// `providers`: what the called module knows a configuration as, and ours.
    pub providers: Vec<(LocalProvider, LocalProvider)>,
    /// The block's header.
    pub span: Span,
}

/// A `provider` block.
#[derive(Clone)]
pub struct ProviderBlock {
    /// Local name and alias.
    pub addr: LocalProvider,
    /// The source of that provider.
    pub source: Provider,
    /// Everything that is the provider's to define.
    pub body: Body,
    /// The block's header.
    pub span: Span,
}

/// An entry of `required_providers`.
#[derive(Clone, Debug)]
pub struct RequiredProvider {
    /// `source`, or what the name implies.
    pub source: Provider,
    /// `version`, as written.
    pub version: Option<String>,
    /// `configuration_aliases`
    pub aliases: Vec<LocalProvider>,
    /// The entry.
    pub span: Span,
}

impl Config {
    /// The root module.
    pub fn root(&self) -> Option<&Arc<Module>> {
        self.modules.first()
    }

    /// The module of that id.
    pub fn module(&self, id: ModuleId) -> Option<&Arc<Module>> {
        self.modules.get(id.0 as usize)
    }

    /// The module at that address.
    pub fn find(&self, path: &groma_addr::Module) -> Option<&Arc<Module>> {
        path.calls()
            .iter()
            .try_fold(self.root()?, |module, call| self.module(*module.children.get(call)?))
    }
}
