//! Exceptions that a rollout asks for, instance by instance.

use std::fmt;

use groma_addr::{ModuleInstance, ResourceInstance};
use serde::{Deserialize, Serialize};

/// What is treated differently from what the configuration says. Empty for an ordinary run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Directives {
    /// In no order; a module instance's directive is for all that is in it.
    pub entries: Vec<(DirectiveScope, Directive)>,
}

/// What a directive is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum DirectiveScope {
    /// One instance.
    Instance(ResourceInstance),
    /// Everything in a module instance.
    Module(ModuleInstance),
}

/// The address; `all` for the root module.
impl fmt::Display for DirectiveScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Instance(instance) => instance.fmt(f),
            Self::Module(module) if module.is_root() => f.write_str("all"),
            Self::Module(module) => module.fmt(f),
        }
    }
}

/// How an instance is treated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Directive {
    /// Plans as no-op at its refreshed prior value, which is what references to it give. With no
    /// prior object the key is absent from the expansion. Gone from the configuration, the object
    /// stays and the key is absent. References to a held module instance give the outputs
    /// recorded at its last apply.
    Hold,
    /// The instance's deposed objects are left alone rather than destroyed.
    KeepDeposed,
    /// The replacement is made as deposed; references from inside the set see it, from outside
    /// the current object. Refused by name for now.
    Shadow(Vec<ResourceInstance>),
}

impl Directives {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Whether the instance is held, by itself or with its module.
    pub fn holds(&self, addr: &ResourceInstance) -> bool {
        self.has(addr, &Directive::Hold)
    }

    /// Whether the module instance is held, by itself or with one around it.
    pub fn holds_module(&self, module: &ModuleInstance) -> bool {
        self.entries.iter().any(|(scope, directive)| {
            *directive == Directive::Hold
                && matches!(scope, DirectiveScope::Module(held) if held.contains(module))
        })
    }

    /// Whether the instance's deposed objects are kept.
    pub fn keeps_deposed(&self, addr: &ResourceInstance) -> bool {
        self.has(addr, &Directive::KeepDeposed)
    }

    fn has(&self, addr: &ResourceInstance, wanted: &Directive) -> bool {
        self.entries.iter().any(|(scope, directive)| {
            directive == wanted
                && match scope {
                    DirectiveScope::Instance(instance) => instance == addr,
                    DirectiveScope::Module(module) => module.contains(&addr.module),
                }
        })
    }
}
