//! Modules, how they call one another, and their providers.

use std::collections::BTreeMap;
use std::sync::Arc;

use groma_addr::{Ident, LocalProvider, Mode, Provider, ProviderConfig, Resource};
use groma_diag::{SourceMap, Span};
use groma_lang::syntax::{Attribute, Body, Expr, Traversal};
use indexmap::{Equivalent, IndexMap};

use crate::modules::ModuleSource;
use crate::version::{Constraints, Version};

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
    /// Which version of a registry's module it is.
    pub version: Option<Version>,
    /// `required_version`, each with where it is.
    pub required_version: Vec<(Constraints, Span)>,
    /// `backend`
    pub backend: Option<Backend>,
    /// `cloud`
    pub cloud: Option<Cloud>,
    /// `provider_meta` blocks, by local name.
    pub provider_metas: BTreeMap<Ident, ProviderMeta>,
    /// `required_providers`, by local name.
    pub required_providers: BTreeMap<Ident, RequiredProvider>,
    /// `provider` blocks.
    pub providers: BTreeMap<LocalProvider, ProviderBlock>,
    /// Which configuration serves what this module calls by a name that is written or implied
    /// anywhere in it: its own, one passed or inherited, or the empty one that is implied in the
    /// root.
    pub provider_configs: BTreeMap<LocalProvider, ProviderConfig>,
    /// `variable` blocks.
    pub variables: BTreeMap<Ident, Variable>,
    /// Arguments of `locals` blocks.
    pub locals: BTreeMap<Ident, Local>,
    /// `output` blocks.
    pub outputs: BTreeMap<Ident, Output>,
    /// `resource`, `data` and `ephemeral` blocks, in the order of their addresses.
    pub resources: IndexMap<Resource, ResourceBlock>,
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
    /// What `source` says.
    pub source_addr: ModuleSource,
    /// Where `source` is.
    pub source_span: Span,
    /// `version`
    pub version: Option<(Constraints, Span)>,
    /// `count` or `for_each`
    pub repetition: Repetition,
    /// The arguments for the called module's variables, by name.
    pub arguments: BTreeMap<Ident, Attribute>,
    /// Where the arguments are read from.
    pub(crate) body: Body,
    /// `depends_on`
    pub depends_on: Vec<Traversal>,
    /// `providers`: what the called module knows a configuration as, and ours.
    pub providers: Vec<PassedProvider>,
    /// The block's header.
    pub span: Span,
}

/// A name of a provider configuration, where it is written: `aws`, `aws.west`.
#[derive(Clone, Debug)]
pub struct ProviderRef {
    /// Local name and alias.
    pub addr: LocalProvider,
    /// Where the local name is.
    pub name_span: Span,
    /// Where all of it is.
    pub span: Span,
}

/// An entry of a module call's `providers`.
#[derive(Clone, Debug)]
pub struct PassedProvider {
    /// What the called module knows the configuration as.
    pub child: ProviderRef,
    /// What the caller knows it as.
    pub parent: ProviderRef,
}

/// A `backend` block.
#[derive(Clone)]
pub struct Backend {
    /// Its type.
    pub ty: Ident,
    /// Where the type is.
    pub ty_span: Span,
    /// Everything that is the backend's to define.
    pub body: Body,
    /// The block's header.
    pub span: Span,
}

/// A `cloud` block.
#[derive(Clone)]
pub struct Cloud {
    /// Its content.
    pub body: Body,
    /// The block's header.
    pub span: Span,
}

/// A `provider_meta` block.
#[derive(Clone)]
pub struct ProviderMeta {
    /// What the provider is told with each request for this module.
    pub body: Body,
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
    /// `version`, deprecated.
    pub version: Option<(Constraints, Span)>,
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
    /// Whether `source` was written.
    pub explicit: bool,
    /// `version`
    pub version: Option<(Constraints, Span)>,
    /// `configuration_aliases`
    pub aliases: Vec<LocalProvider>,
    /// The entry.
    pub span: Span,
}

/// The address of a resource, to look it up by.
#[derive(PartialEq, Eq, Hash)]
struct Named<'a> {
    // Fields as those of [`Resource`], since both have to have the same hash.
    mode: Mode,
    ty: &'a str,
    name: &'a str,
}

impl Equivalent<Resource> for Named<'_> {
    fn equivalent(&self, other: &Resource) -> bool {
        self.mode == other.mode && *self.name == *other.name && *self.ty == *other.ty
    }
}

impl Module {
    /// The block of a resource.
    pub fn resource(&self, mode: Mode, ty: &str, name: &str) -> Option<&ResourceBlock> {
        self.resources.get(&Named { mode, ty, name })
    }

    /// The provider that a local name stands for in this module: what `required_providers` says,
    /// or what the name implies.
    pub fn provider_for_name(&self, name: &str) -> Provider {
        match self.required_providers.get(name) {
            Some(required) => required.source.clone(),
            None => Provider::implied(name),
        }
    }

    /// The local name that this module has for a provider: that of `required_providers`, or its
    /// type.
    pub fn local_name_for(&self, provider: &Provider) -> Ident {
        let mut required = self.required_providers.iter();
        let named = required.find(|(_, required)| required.source == *provider);
        named.map_or_else(|| provider.ty.clone(), |(name, _)| name.clone())
    }

    /// The configuration that serves a resource of this module.
    pub fn provider_config_of(&self, resource: &ResourceBlock) -> Option<&ProviderConfig> {
        self.provider_configs.get(&resource.provider)
    }
}

impl Config {
    /// The block of a configuration; `None` if it is an implied empty one.
    pub fn provider_block(&self, addr: &ProviderConfig) -> Option<&ProviderBlock> {
        let mut blocks = self.find(&addr.module)?.providers.values();
        blocks.find(|block| block.addr.alias == addr.alias && block.source == addr.provider)
    }

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
