//! Modules that are called from elsewhere: registries, Git repositories, archives.
//!
//! | Module | Holds |
//! |---|---|
//! | `install` | `init` and `get`: from a configuration to installed modules |
//! | `prefetch` | fetching ahead, several packages at once |
//! | `installed` | every other command: where what is called is installed |
//! | `manifest` | `modules.json`, as Terraform has it |
//! | `copy` | `init -from-module` |
//! | `registry` | the module registry protocol |
//! | `fetch` | packages by address, each once |
//! | `package` | addresses of packages, taken apart |
//! | `git`, `web`, `archive` | repositories, web servers, archives |
//! | `meta`, `checksum`, `netrc` | what pages say, what archives must be, passwords by host |
//! | `tree`, `limits`, `redact` | what packages may hold, how much, and what is not shown |
//!
//! **Invariants:** what comes from elsewhere stays below the directory that is made for it; nothing
//! of it is run; it has an end; no password, token or key of an address is shown.

mod archive;
mod checksum;
mod copy;
mod fetch;
mod git;
mod install;
mod installed;
mod limits;
mod manifest;
mod meta;
mod netrc;
mod package;
mod prefetch;
mod redact;
mod registry;
mod tree;
mod web;

pub use copy::copy_module;
pub use fetch::Tools;
pub use git::Git;
pub use install::{Event, Installer, Report};
pub use installed::{InstalledModules, ModulesDir};
pub use limits::Limits;
pub use manifest::{Manifest, ManifestError, Record};
pub use netrc::Logins;
pub use redact::redacted;
