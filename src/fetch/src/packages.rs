//! What is installed: packages in the data directory, each checked against the lock file.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use groma_addr::Provider;
use groma_config::version::Version;
use groma_diag::{Diagnostic, Diagnostics};

use crate::hash::HashCache;
use crate::lock::{Entry, Lock};
use crate::requirements::{meets, normalized};
use crate::{Hash, Platform, Requirements};

/// Directories of providers under development, which are used as they are.
pub type Overrides = BTreeMap<Provider, PathBuf>;

/// A package that may be started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// Which provider.
    pub source: Provider,
    /// Which version; none, if it is under development.
    pub version: Option<Version>,
    /// Where it is unpacked.
    pub directory: PathBuf,
    /// The program in it.
    pub executable: PathBuf,
    /// What it is, as the lock file has it; none, if that was not checked.
    pub hash: Option<Hash>,
}

/// The packages of a root module: `providers` in its data directory.
#[derive(Clone, Debug)]
pub struct Store {
    root: PathBuf,
    shown: String,
    hashes: PathBuf,
    platform: Platform,
}

impl Store {
    /// The store of the root module in `directory`, for this platform. `data_dir` is
    /// `TF_DATA_DIR`, as it is written, or `.terraform`.
    pub fn new(directory: &Path, data_dir: &Path) -> Self {
        Self {
            root: directory.join(data_dir).join("providers"),
            shown: data_dir.join("providers").display().to_string(),
            hashes: directory.join(data_dir).join("groma-hashes.json"),
            platform: Platform::current(),
        }
    }

    /// A directory that many root modules share (`plugin_cache_dir`), with the same layout.
    pub fn shared(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
            shown: root.display().to_string(),
            hashes: root.join("groma-hashes.json"),
            platform: Platform::current(),
        }
    }

    /// The same for packages of another platform.
    #[must_use]
    pub fn of_platform(self, platform: Platform) -> Self {
        Self { platform, ..self }
    }

    /// The platform that its packages are for.
    pub fn platform(&self) -> &Platform {
        &self.platform
    }

    /// Where a package is, or would be.
    pub fn package(&self, source: &Provider, version: &Version) -> PathBuf {
        let place = [&*source.host, &source.namespace, &source.ty];
        let mut path = self.root.clone();
        path.extend(place);
        path.join(version.to_string()).join(self.platform.to_string())
    }

    /// Hashes of what is in the store.
    pub(crate) fn hash_cache(&self) -> HashCache {
        HashCache::load(&self.hashes)
    }

    /// The package that the lock file selects.
    ///
    /// # Errors
    /// It is not there, or it is another one, in Terraform's words.
    pub(crate) fn selected(
        &self,
        source: &Provider,
        entry: &Entry,
        hashes: &mut HashCache,
    ) -> Result<Package, String> {
        let version = &entry.version;
        let directory = self.package(source, version);
        if !directory.is_dir() {
            return Err(format!(
                "there is no package for {source} {version} cached in {}",
                self.shown
            ));
        }
        let mut hash = None;
        if !entry.hashes.is_empty() {
            let h1 = hashes.h1(&directory).map_err(|error| {
                format!(
                    "failed to verify checksum of {source} {version} package cached in {}: {error}",
                    self.shown
                )
            })?;
            if !entry.hashes.contains(&h1) {
                return Err(format!(
                    "the cached package for {source} {version} (in {}) does not match any of the \
                     checksums recorded in the dependency lock file",
                    self.shown
                ));
            }
            hash = Some(h1);
        }
        let executable = executable(&directory, source)?;
        let source = source.clone();
        Ok(Package { source, version: Some(version.clone()), directory, executable, hash })
    }
}

/// The program of an unpacked package: a file named `terraform-provider-TYPE`, perhaps with a
/// version after `_` or an extension.
///
/// # Errors
/// There is none, in Terraform's words.
pub fn executable(directory: &Path, source: &Provider) -> Result<PathBuf, String> {
    let prefix = format!("terraform-provider-{}", source.ty);
    let entries = fs::read_dir(directory).map_err(|error| {
        format!("could not read package directory: {}: {error}", directory.display())
    })?;
    let fits = |name: &str| {
        name.strip_prefix(&*prefix)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['_', '.']))
    };
    let found = entries.filter_map(Result::ok).map(|entry| entry.path()).filter(|path| {
        path.file_name().and_then(|name| name.to_str()).is_some_and(fits) && path.is_file()
    });
    found.min().ok_or_else(|| format!("could not find executable file starting with {prefix}"))
}

/// The packages for what is required, sorted by source. `lock` says which, and what they must be;
/// `overrides` come first and are not checked.
///
/// # Errors
/// The lock file does not fit the requirements, or what is installed does not fit the lock file.
pub fn installed(
    store: &Store,
    requirements: &Requirements,
    lock: &Lock,
    overrides: &Overrides,
) -> Result<Vec<Package>, Diagnostics> {
    let unselected = unselected(&requirements.filter(|s, _| !overrides.contains_key(s)), lock);
    if !unselected.is_empty() {
        return Err(inconsistent(&unselected, lock).into());
    }
    let mut hashes = store.hash_cache();
    let mut packages = Vec::new();
    let mut problems = Vec::new();
    for (source, _) in requirements.iter() {
        if let Some(directory) = overrides.get(source) {
            packages.push(overridden(source, directory)?);
        } else if let Some(entry) = lock.get(source) {
            match store.selected(source, entry, &mut hashes) {
                Ok(package) => packages.push(package),
                Err(problem) => problems.push(format!("  - {source}: {problem}")),
            }
        }
    }
    hashes.save();
    if problems.is_empty() { Ok(packages) } else { Err(not_installed(&problems).into()) }
}

/// The packages of those providers that `lock` has hashes of and that are `wanted`, as far as they
/// are there and as they should be; sorted by source.
pub fn present(
    store: &Store,
    lock: &Lock,
    overrides: &Overrides,
    wanted: impl Fn(&Provider) -> bool,
) -> Vec<Package> {
    let mut hashes = store.hash_cache();
    let locked = lock.iter().filter(|(source, entry)| !entry.hashes.is_empty() && wanted(source));
    let found = locked.filter_map(|(source, entry)| match overrides.get(source) {
        Some(directory) => overridden(source, directory).ok(),
        None => store.selected(source, entry, &mut hashes).ok(),
    });
    let packages = found.collect();
    hashes.save();
    packages
}

fn overridden(source: &Provider, directory: &Path) -> Result<Package, Diagnostic> {
    let executable = executable(directory, source).map_err(|problem| {
        Diagnostic::error(
            "Failed to load plugin schemas",
            format!(
                "Error while loading schemas for plugin components: Failed to obtain provider \
                 schema: Could not load the schema for provider {source}: failed to instantiate \
                 provider \"{source}\" to obtain schema: {problem}.."
            ),
        )
    })?;
    let (source, directory) = (source.clone(), directory.to_owned());
    Ok(Package { source, version: None, directory, executable, hash: None })
}

/// Where the lock file does not fit the requirements, a sentence each.
pub fn unselected(requirements: &Requirements, lock: &Lock) -> Vec<String> {
    let problem = |(source, constraints)| {
        let why = match lock.get(source) {
            None => "required by this configuration but no version is selected".to_owned(),
            Some(entry) if meets(constraints, &entry.version) => return None,
            Some(entry) => format!(
                "locked version selection {} doesn't match the updated version constraints {:?}",
                entry.version,
                normalized(constraints)
            ),
        };
        Some(format!("provider {source}: {why}"))
    };
    requirements.iter().filter_map(problem).collect()
}

fn inconsistent(problems: &[String], lock: &Lock) -> Diagnostic {
    let advice = if lock.is_empty() {
        "To make the initial dependency selections that will initialize the dependency lock file, \
         run:\n  groma init"
    } else {
        "To update the locked dependency selections to match a changed configuration, run:\n  \
         groma init -upgrade"
    };
    Diagnostic::error(
        "Inconsistent dependency lock file",
        format!(
            "The following dependency selections recorded in the lock file are inconsistent with \
             the current configuration:\n  - {}\n\n{advice}",
            problems.join("\n  - ")
        ),
    )
}

fn not_installed(problems: &[String]) -> Diagnostic {
    Diagnostic::error(
        "Required plugins are not installed",
        format!(
            "The installed provider plugins are not consistent with the packages selected in the \
             dependency lock file:\n{}\n\nGroma uses external plugins to integrate with a variety \
             of different infrastructure services. To download the plugins required for this \
             configuration, run:\n  groma init",
            problems.join("\n")
        ),
    )
}

#[cfg(test)]
mod tests;
