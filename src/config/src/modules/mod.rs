//! Where the module of a call comes from, and where it is.

mod address;
mod detect;

use std::fmt;

pub use address::SourceAddrError;
use groma_addr::{DEFAULT_HOST, Module};
use groma_diag::Diagnostic;

use crate::model::ModuleCall;
use crate::source::path;
use crate::version::Version;

/// Where a module comes from, by the text of `source`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ModuleSource {
    /// A directory relative to the calling module: `./a`, `../b`.
    Local(String),
    /// A module of a registry, perhaps in a directory of it.
    Registry {
        /// Which module.
        package: RegistryModule,
        /// The directory inside of its package, if not the package's top.
        subdir: Option<String>,
    },
    /// Anything else that can be downloaded: a Git repository, an archive.
    Remote {
        /// The address without the subdirectory, in the form that says all: `github.com/a/b` is
        /// `git::https://github.com/a/b.git`.
        package: String,
        /// The directory inside of it, if not its top; may be a pattern with `*`.
        subdir: Option<String>,
    },
}

impl ModuleSource {
    /// As people write it: without the default registry's host.
    pub fn for_display(&self) -> String {
        match self {
            Self::Registry { package, subdir: None } => package.for_display(),
            Self::Registry { package, subdir: Some(dir) } => {
                format!("{}//{dir}", package.for_display())
            }
            other => other.to_string(),
        }
    }
}

/// In the form that says all; a subdirectory is before the query.
impl fmt::Display for ModuleSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Local(path) => f.write_str(path),
            Self::Registry { package, subdir } => {
                package.fmt(f)?;
                subdir.as_ref().map_or(Ok(()), |subdir| write!(f, "//{subdir}"))
            }
            Self::Remote { package, subdir: None } => f.write_str(package),
            Self::Remote { package, subdir: Some(subdir) } => match package.split_once('?') {
                Some((package, query)) => write!(f, "{package}//{subdir}?{query}"),
                None => write!(f, "{package}//{subdir}"),
            },
        }
    }
}

/// A module of a registry: `registry.terraform.io/hashicorp/consul/aws`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RegistryModule {
    /// The registry's host.
    pub host: String,
    /// Who publishes it.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// What it is for, often a provider's type.
    pub system: String,
}

impl RegistryModule {
    /// As people write it: without the default host.
    pub fn for_display(&self) -> String {
        let Self { host, namespace, name, system } = self;
        if host == DEFAULT_HOST { format!("{namespace}/{name}/{system}") } else { self.to_string() }
    }
}

/// All four parts.
impl fmt::Display for RegistryModule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, namespace, name, system } = self;
        write!(f, "{host}/{namespace}/{name}/{system}")
    }
}

/// A call whose module is wanted.
#[derive(Clone, Copy)]
pub struct ModuleRequest<'a> {
    /// The static path of the module called.
    pub path: &'a Module,
    /// The call.
    pub call: &'a ModuleCall,
    /// The directory of the calling module.
    pub parent_dir: &'a str,
}

/// Where a module is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located {
    /// Its directory, as a path of the [`Source`](crate::Source).
    pub dir: String,
    /// Which version of a registry's module it is.
    pub version: Option<Version>,
}

/// Finds modules by static path. What is downloaded by `init` is found by `groma-fetch`.
pub trait Modules: Send + Sync {
    /// Where the module of a call is.
    fn locate(&self, request: ModuleRequest<'_>) -> Result<Located, Diagnostic>;
}

/// Finds modules in directories of the same source, and no others.
#[derive(Clone, Copy, Debug, Default)]
pub struct LocalModules;

impl Modules for LocalModules {
    fn locate(&self, request: ModuleRequest<'_>) -> Result<Located, Diagnostic> {
        let source = &request.call.source_addr;
        if let ModuleSource::Local(local) = source {
            return Ok(Located { dir: path::join(request.parent_dir, local), version: None });
        }
        Err(Diagnostic::error(
            "Module not installed",
            format!(
                "The module {:?} is not in this source: it comes from {}.",
                request.call.name,
                source.for_display()
            ),
        )
        .at(request.call.source_span))
    }
}
