//! Providers: their sources, and configurations of them.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Ident, Module};

/// The registry that a source without a host belongs to.
pub const DEFAULT_HOST: &str = "registry.terraform.io";

/// A provider's source address: `registry.terraform.io/hashicorp/null`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Provider {
    /// The registry's host.
    pub host: Ident,
    /// Who publishes it.
    pub namespace: Ident,
    /// The provider's type.
    pub ty: Ident,
}

impl Provider {
    /// From its parts.
    pub fn new(host: impl Into<Ident>, ns: impl Into<Ident>, ty: impl Into<Ident>) -> Self {
        Self { host: host.into(), namespace: ns.into(), ty: ty.into() }
    }

    /// `hashicorp/TYPE`, what a provider without an entry in `required_providers` is.
    pub fn implied(ty: impl Into<Ident>) -> Self {
        let ty = ty.into();
        if &*ty == "terraform" {
            Self::built_in(ty)
        } else {
            Self::new(DEFAULT_HOST, "hashicorp", ty)
        }
    }

    /// `terraform.io/builtin/TYPE`, part of the binary.
    pub fn built_in(ty: impl Into<Ident>) -> Self {
        Self::new("terraform.io", "builtin", ty)
    }

    /// Whether it is part of the binary.
    pub fn is_built_in(&self) -> bool {
        &*self.host == "terraform.io" && &*self.namespace == "builtin"
    }

    /// As people write it: without the default host.
    pub fn for_display(&self) -> String {
        if &*self.host == DEFAULT_HOST {
            format!("{}/{}", self.namespace, self.ty)
        } else {
            self.to_string()
        }
    }
}

/// All three parts.
impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.host, self.namespace, self.ty)
    }
}

/// A provider configuration as a module names it: `aws` or `aws.west`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LocalProvider {
    /// The local name.
    pub name: Ident,
    /// The alias, if any.
    pub alias: Option<Ident>,
}

impl fmt::Display for LocalProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        self.alias.as_ref().map_or(Ok(()), |alias| write!(f, ".{alias}"))
    }
}

/// A provider configuration, absolutely: `module.a.provider["…/hashicorp/aws"].west`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ProviderConfig {
    /// The module whose `provider` block it is.
    pub module: Module,
    /// Which provider.
    pub provider: Provider,
    /// The alias, if any.
    pub alias: Option<Ident>,
}

impl fmt::Display for ProviderConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.module.is_root() {
            write!(f, "{}.", self.module)?;
        }
        write!(f, "provider[\"{}\"]", self.provider)?;
        self.alias.as_ref().map_or(Ok(()), |alias| write!(f, ".{alias}"))
    }
}
