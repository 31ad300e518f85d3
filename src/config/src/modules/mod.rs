//! Where the module of a call comes from, and where it is.

mod address;

use std::fmt;

pub use address::SourceAddrError;
use groma_addr::Module;
use groma_diag::Diagnostic;

use crate::model::ModuleCall;
use crate::source::path;
use crate::version::Version;

/// Where a module comes from, by the text of `source`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ModuleSource {
    /// A directory relative to the calling module: `./a`, `../b`.
    Local(String),
    /// A registry: `hashicorp/consul/aws`, perhaps with a host and a subdirectory.
    Registry {
        /// The address as written, without the subdirectory.
        package: String,
        /// The directory inside of it, if not its top.
        subdir: Option<String>,
    },
    /// Anything else that can be downloaded: a Git repository, an archive.
    Remote {
        /// The address as written, without the subdirectory.
        package: String,
        /// The directory inside of it, if not its top.
        subdir: Option<String>,
    },
}

/// As it is written.
impl fmt::Display for ModuleSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Local(path) => f.write_str(path),
            Self::Registry { package, subdir } | Self::Remote { package, subdir } => {
                f.write_str(package)?;
                subdir.as_ref().map_or(Ok(()), |subdir| write!(f, "//{subdir}"))
            }
        }
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
        let kind = match source {
            ModuleSource::Local(local) => {
                return Ok(Located { dir: path::join(request.parent_dir, local), version: None });
            }
            ModuleSource::Registry { .. } => "a module registry",
            ModuleSource::Remote { .. } => "a remote location",
        };
        Err(Diagnostic::error(
            "Module source not supported",
            format!(
                "The module {:?} comes from {kind} ({source}). Modules can be read from local \
                 paths, starting with \"./\" or \"../\", but not be downloaded yet.",
                request.call.name
            ),
        )
        .at(request.call.source_span))
    }
}
