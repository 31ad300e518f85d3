//! Where providers come from: directories, network mirrors and registries, asked in the order of
//! the installation methods.
//!
//! | Module | Holds |
//! |---|---|
//! | `registry` | the registry protocol |
//! | `network` | the network mirror protocol |
//! | `proof` | what vouches for a package |
//! | `signature` | OpenPGP signatures of lists of checksums |
//! | `error` | what goes wrong |
//!
//! All versions that any method has count; a package comes from the first that has it.

mod error;
mod network;
mod proof;
mod registry;
mod signature;

use std::collections::BTreeSet;
use std::path::PathBuf;

use groma_addr::Provider;
use groma_config::version::Version;
use url::Url;

pub use error::OriginError;
pub use proof::{Authentication, Proof};

use crate::Platform;
use crate::http::Client;
use crate::mirror::{self, LocalPackage};
use crate::rc::{Location, Method};

/// The methods, and the client that those of the network are asked with.
#[derive(Clone, Copy, Debug)]
pub struct Origins<'a> {
    /// In the order in which they are asked.
    pub methods: &'a [Method],
    /// The client.
    pub client: &'a Client,
}

/// What there is of a provider.
#[derive(Clone, Debug, Default)]
pub struct Available {
    /// Its versions.
    pub versions: BTreeSet<Version>,
    /// What its registry wants to be said.
    pub warnings: Vec<String>,
}

/// Where a package is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A directory.
    Unpacked(PathBuf),
    /// An archive.
    Packed(PathBuf),
    /// An archive that has to be downloaded.
    Remote(Url),
}

/// A package that was found.
#[derive(Clone, Debug)]
pub struct Found {
    /// Where it is.
    pub place: Place,
    /// What vouches for it.
    pub proof: Proof,
}

impl Origins<'_> {
    /// All versions of a provider.
    ///
    /// # Errors
    /// None is found, or a method cannot be asked.
    pub fn versions(&self, provider: &Provider) -> Result<Available, OriginError> {
        let mut all = Available::default();
        let mut unknown = false;
        for method in self.methods_for(provider) {
            let found = match &method.location {
                Location::Filesystem(directory) => {
                    let found = mirror::versions(directory, provider, &Platform::current())?;
                    Ok(Available { versions: found.into_keys().collect(), warnings: Vec::new() })
                }
                Location::Network(url) => network::versions(self.client, url, provider),
                Location::Direct => registry::versions(self.client, provider),
            };
            match found {
                Ok(found) => {
                    all.versions.extend(found.versions);
                    all.warnings.extend(found.warnings);
                }
                Err(OriginError::Unknown(_)) => unknown = true,
                Err(error) if error.is_absence() => {}
                Err(error) => return Err(error),
            }
        }
        match (all.versions.is_empty() && !self.methods.is_empty(), unknown) {
            (true, true) => Err(OriginError::Unknown(provider.clone())),
            (true, false) => Err(self.not_found(provider)),
            (false, _) => Ok(all),
        }
    }

    /// A version's package for a platform.
    ///
    /// # Errors
    /// There is none, or a method cannot be asked.
    pub fn package(
        &self,
        provider: &Provider,
        version: &Version,
        platform: &Platform,
    ) -> Result<Found, OriginError> {
        // A mirror that lists no package of a version lets others have it.
        let mut unlisted = None;
        for method in self.methods_for(provider) {
            let found = match &method.location {
                Location::Filesystem(directory) => {
                    let mut found = mirror::versions(directory, provider, platform)?;
                    let package = found.remove(version).flatten();
                    package.map(found_locally).ok_or_else(|| self.not_found(provider))
                }
                Location::Network(url) => {
                    match network::package(self.client, url, provider, version, platform)? {
                        Ok(found) => Ok(found),
                        Err(error) => {
                            unlisted.get_or_insert(error);
                            continue;
                        }
                    }
                }
                Location::Direct => registry::package(self.client, provider, version, platform),
            };
            match found {
                Err(error) if error.is_absence() => {}
                other => return other,
            }
        }
        Err(unlisted.unwrap_or_else(|| OriginError::Platform {
            provider: provider.clone(),
            version: version.clone(),
            platform: platform.clone(),
        }))
    }

    /// The provider that somebody may have meant by one that its registry does not have: one of
    /// the same type that is `needed` too, or the one that the type alone once stood for.
    pub fn suggestion<'p>(
        &self,
        provider: &Provider,
        mut needed: impl Iterator<Item = &'p Provider>,
    ) -> Option<Provider> {
        if *provider != Provider::implied(provider.ty.clone()) {
            return None;
        }
        let same_type = needed.find(|other| other.ty == provider.ty && *other != provider);
        let mut methods = self.methods_for(provider);
        same_type.cloned().or_else(|| {
            methods.find(|method| method.location == Location::Direct)?;
            registry::once_meant(self.client, provider)
        })
    }

    fn methods_for(&self, provider: &Provider) -> impl Iterator<Item = &Method> {
        self.methods.iter().filter(|method| method.patterns.matches(provider))
    }

    fn not_found(&self, provider: &Provider) -> OriginError {
        let searched = self.methods_for(provider).map(|method| match &method.location {
            Location::Filesystem(directory) => directory.display().to_string(),
            Location::Network(url) => format!("provider mirror at {url}"),
            Location::Direct => format!("registry {}", provider.host),
        });
        OriginError::NotFound { provider: provider.clone(), searched: searched.collect() }
    }
}

/// Whoever put a package into a directory vouches for it.
fn found_locally(package: LocalPackage) -> Found {
    let place = match package {
        LocalPackage::Unpacked(directory) => Place::Unpacked(directory),
        LocalPackage::Packed(archive) => Place::Packed(archive),
    };
    Found { place, proof: Proof::None }
}
