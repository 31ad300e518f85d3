//! Resources and their instances.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Ident, InstanceKey, Module, ModuleInstance};

/// Which kind of resource block declares it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Mode {
    /// `data`
    Data,
    /// `resource`
    Managed,
    /// `ephemeral`
    Ephemeral,
}

impl Mode {
    /// What an address starts with: nothing for managed resources.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Data => "data.",
            Self::Managed => "",
            Self::Ephemeral => "ephemeral.",
        }
    }
}

/// A resource within its module: `null_resource.a`, `data.local_file.b`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Resource {
    /// The kind of block.
    pub mode: Mode,
    /// The resource type.
    pub ty: Ident,
    /// The name.
    pub name: Ident,
}

impl Resource {
    /// From its parts.
    pub fn new(mode: Mode, ty: impl Into<Ident>, name: impl Into<Ident>) -> Self {
        Self { mode, ty: ty.into(), name: name.into() }
    }

    /// This resource in a module as written.
    pub fn in_module(self, module: Module) -> ConfigResource {
        ConfigResource { module, resource: self }
    }

    /// This resource in a module instance.
    pub fn absolute(self, module: ModuleInstance) -> AbsResource {
        AbsResource { module, resource: self }
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}.{}", self.mode.prefix(), self.ty, self.name)
    }
}

/// A resource as written, in a module as written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ConfigResource {
    /// The module that declares it.
    pub module: Module,
    /// The resource there.
    pub resource: Resource,
}

/// A resource in a module instance, with all its instances.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AbsResource {
    /// The module instance.
    pub module: ModuleInstance,
    /// The resource there.
    pub resource: Resource,
}

impl AbsResource {
    /// The instance with that key.
    pub fn instance(&self, key: InstanceKey) -> ResourceInstance {
        ResourceInstance { module: self.module.clone(), resource: self.resource.clone(), key }
    }

    /// The resource as written.
    pub fn config(&self) -> ConfigResource {
        self.resource.clone().in_module(self.module.module())
    }
}

/// One instance of a resource: what a provider knows as one object.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ResourceInstance {
    /// The module instance.
    pub module: ModuleInstance,
    /// The resource there.
    pub resource: Resource,
    /// Which instance.
    pub key: InstanceKey,
}

impl ResourceInstance {
    /// The resource with all its instances.
    pub fn containing(&self) -> AbsResource {
        self.resource.clone().absolute(self.module.clone())
    }
}

macro_rules! display_in_module {
    ($ty:ty, |$self:ident, $f:ident| $rest:expr) => {
        impl fmt::Display for $ty {
            fn fmt(&self, $f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let $self = self;
                if !$self.module.is_root() {
                    write!($f, "{}.", $self.module)?;
                }
                $rest
            }
        }
    };
}

display_in_module!(ConfigResource, |this, f| write!(f, "{}", this.resource));
display_in_module!(AbsResource, |this, f| write!(f, "{}", this.resource));
display_in_module!(ResourceInstance, |this, f| write!(f, "{}{}", this.resource, this.key));
