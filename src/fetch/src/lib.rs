//! Where providers and modules come from: the CLI configuration file's installation methods,
//! registries, mirrors, repositories and archives, and the dependency lock file.
//!
//! | Module | Holds |
//! |---|---|
//! | [`rc`] | the CLI configuration file: which methods find which providers |
//! | [`requirements`] | which providers are needed, in which versions |
//! | [`lock`] | `.terraform.lock.hcl`, read and written byte for byte as Terraform does |
//! | [`hash`] | `h1:` and `zh:` |
//! | [`mirror`] | packages in a directory, packed and unpacked |
//! | [`origin`] | mirrors and registries: which versions there are, where packages are, what vouches for them |
//! | [`install`] | `init`: from requirements and a lock to packages and a new lock |
//! | [`http`] | the client that registries, mirrors and archives are asked with |
//! | [`modules`] | modules that are called from elsewhere: installing, and finding what is installed |
//! | [`packages`] | every other command: what is installed, checked against the lock |
//!
//! **Invariant:** a package is used only if it is what the lock file says.

mod files;
pub mod hash;
pub mod http;
pub mod install;
pub mod lock;
pub mod mirror;
pub mod modules;
pub mod origin;
pub mod packages;
mod parallel;
mod platform;
pub mod rc;
pub mod requirements;

pub use hash::Hash;
pub use lock::{LOCK_FILE, Lock};
pub use platform::{NotAPlatform, Platform};
pub use requirements::Requirements;
