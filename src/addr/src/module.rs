//! Modules, as written and as expanded.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{Ident, InstanceKey};

/// A module as written: the names of the calls that lead to it. Empty for the root.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Module(Arc<[Ident]>);

impl Module {
    /// The root module.
    pub fn root() -> Self {
        Self::default()
    }

    /// From the names of the calls.
    pub fn new(calls: impl IntoIterator<Item = Ident>) -> Self {
        Self(calls.into_iter().collect())
    }

    /// Whether it is the root.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The names of the calls, outermost first.
    pub fn calls(&self) -> &[Ident] {
        &self.0
    }

    /// The module that this one calls as `name`.
    #[must_use]
    pub fn child(&self, name: impl Into<Ident>) -> Self {
        Self(self.0.iter().cloned().chain([name.into()]).collect())
    }

    /// The calling module and the name of the call; `None` for the root.
    pub fn parent(&self) -> Option<(Self, &Ident)> {
        let (last, rest) = self.0.split_last()?;
        Some((Self(rest.into()), last))
    }
}

/// `module.a.module.b`, nothing for the root.
impl fmt::Display for Module {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, name) in self.0.iter().enumerate() {
            let dot = if i == 0 { "" } else { "." };
            write!(f, "{dot}module.{name}")?;
        }
        Ok(())
    }
}

/// One step of a module instance's address.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ModuleStep {
    /// Name of the call.
    pub name: Ident,
    /// Which instance of it.
    pub key: InstanceKey,
}

/// A module as expanded. Empty for the root.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ModuleInstance(Arc<[ModuleStep]>);

/// Terraform's order: what is less deep comes first.
impl Ord for ModuleInstance {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.len().cmp(&other.0.len()).then_with(|| self.0.cmp(&other.0))
    }
}

impl PartialOrd for ModuleInstance {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl ModuleInstance {
    /// The root module's only instance.
    pub fn root() -> Self {
        Self::default()
    }

    /// From its steps.
    pub fn new(steps: impl IntoIterator<Item = ModuleStep>) -> Self {
        Self(steps.into_iter().collect())
    }

    /// Whether it is the root.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The steps, outermost first.
    pub fn steps(&self) -> &[ModuleStep] {
        &self.0
    }

    /// The instance `key` of the module that this one calls as `name`.
    #[must_use]
    pub fn child(&self, name: impl Into<Ident>, key: InstanceKey) -> Self {
        let step = ModuleStep { name: name.into(), key };
        Self(self.0.iter().cloned().chain([step]).collect())
    }

    /// The calling module's instance and the last step; `None` for the root.
    pub fn parent(&self) -> Option<(Self, &ModuleStep)> {
        let (last, rest) = self.0.split_last()?;
        Some((Self(rest.into()), last))
    }

    /// The module as written.
    pub fn module(&self) -> Module {
        Module::new(self.0.iter().map(|step| step.name.clone()))
    }

    /// Whether `other` is this instance or inside it.
    pub fn contains(&self, other: &Self) -> bool {
        other.0.starts_with(&self.0)
    }
}

/// `module.a["x"].module.b[0]`, nothing for the root.
impl fmt::Display for ModuleInstance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, step) in self.0.iter().enumerate() {
            let dot = if i == 0 { "" } else { "." };
            write!(f, "{dot}module.{}{}", step.name, step.key)?;
        }
        Ok(())
    }
}
