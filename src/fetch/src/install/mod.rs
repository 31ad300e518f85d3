//! `init`: from what is required and what is locked to installed packages and a new lock.
//!
//! | Module | Holds |
//! |---|---|
//! | `query` | which version of a provider, and where its package is |
//! | `place` | the package, checked, into the data directory |
//! | `unpack` | archives |

mod place;
mod query;
mod unpack;

use std::path::PathBuf;

use groma_addr::Provider;
use groma_config::version::{Constraints, Version};
use groma_diag::{Diagnostic, Diagnostics};

use crate::Requirements;
use crate::hash::HashCache;
use crate::lock::{Entry, Lock};
use crate::mirror::LocalPackage;
use crate::packages::Store;
use crate::rc::Method;
use crate::requirements::meets;

/// What happens while providers are installed.
#[derive(Clone, Copy, Debug)]
pub enum Event<'a> {
    /// The locked version is to be installed.
    Reusing(&'a Provider),
    /// A version is looked for.
    Finding(&'a Provider, &'a Constraints),
    /// The package is there already.
    Installed(&'a Provider, &'a Version),
    /// The package is in the directory that root modules share.
    Shared(&'a Provider, &'a Version),
    /// A package is about to be installed.
    Fetching(&'a Provider, &'a Version),
    /// It was installed.
    Fetched(&'a Provider, &'a Version),
}

/// Installs providers.
#[derive(Debug)]
pub struct Installer<'a> {
    /// Where packages are looked for, in this order.
    pub methods: &'a [Method],
    /// Where they are installed.
    pub store: &'a Store,
    /// A directory that root modules share.
    pub shared: Option<Store>,
    /// Whether what is shared may be used without a lock to hold it against.
    pub trust_shared: bool,
    /// Whether to look for newer versions than the locked ones.
    pub upgrade: bool,
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub struct Selections {
    /// The lock, with what was selected now.
    pub lock: Lock,
    /// The providers of which only the hash for this platform is known.
    pub incomplete: Vec<Provider>,
}

/// A version that was decided on.
struct Choice<'a> {
    source: &'a Provider,
    /// What is known of it; no hashes, if it was not locked.
    entry: Entry,
    means: Means,
}

/// How a package comes to where it is used.
enum Means {
    /// It is there.
    Installed,
    /// It is in the directory that root modules share.
    Shared(PathBuf),
    /// From a mirror.
    Package(LocalPackage),
}

impl Installer<'_> {
    /// Installs what is required. Entries of `lock` for other providers are kept.
    ///
    /// # Errors
    /// For each provider that could not be found or installed, why; in Terraform's words.
    pub fn install(
        &self,
        requirements: &Requirements,
        lock: &Lock,
        say: &mut dyn FnMut(Event<'_>),
    ) -> Result<Selections, Diagnostics> {
        let mut hashes = self.store.hash_cache();
        let mut problems = Diagnostics::new();
        let mut choices = Vec::new();
        for (source, constraints) in requirements.iter() {
            match self.choose(source, constraints, lock, &mut hashes, say) {
                Ok(choice) => choices.push(choice),
                Err(problem) => problems.push(problem),
            }
        }
        if problems.has_errors() {
            return Err(problems);
        }
        let mut selections = Selections { lock: lock.clone(), incomplete: Vec::new() };
        for choice in &choices {
            match self.fulfil(choice, &mut hashes, say) {
                Ok(None) => {}
                Ok(Some(entry)) => {
                    if choice.entry.hashes.is_empty() {
                        selections.incomplete.push(choice.source.clone());
                    }
                    selections.lock.insert(choice.source.clone(), entry);
                }
                Err(why) => problems.push(Diagnostic::error(
                    "Failed to install provider",
                    format!(
                        "Error while installing {} v{}: {why}",
                        choice.source.for_display(),
                        choice.entry.version
                    ),
                )),
            }
        }
        hashes.save();
        if problems.has_errors() { Err(problems) } else { Ok(selections) }
    }

    /// Decides on a version: the locked one, or the newest that meets the constraints.
    fn choose<'a>(
        &self,
        source: &'a Provider,
        constraints: &Constraints,
        lock: &Lock,
        hashes: &mut HashCache,
        say: &mut dyn FnMut(Event<'_>),
    ) -> Result<Choice<'a>, Diagnostic> {
        let locked = lock.get(source);
        let (version, package) = if let Some(entry) = locked.filter(|_| !self.upgrade) {
            say(Event::Reusing(source));
            if !meets(constraints, &entry.version) {
                return Err(query::locked_to_another(source, entry, constraints));
            }
            (entry.version.clone(), None)
        } else {
            say(Event::Finding(source, constraints));
            let (version, package) = query::newest(self.methods, source, constraints)?;
            (version, Some(package))
        };
        let locked = locked.filter(|entry| entry.version == version);
        let known = locked.map(|entry| entry.hashes.clone()).unwrap_or_default();
        let entry = Entry { version, constraints: constraints.clone(), hashes: known };
        let means = if let Some(means) = self.at_hand(source, &entry, hashes) {
            means
        } else if let Some(package) = package {
            Means::Package(package)
        } else {
            Means::Package(query::locked(self.methods, source, &entry.version)?)
        };
        Ok(Choice { source, entry, means })
    }

    /// A package that is there already, and is what it should be.
    fn at_hand(&self, source: &Provider, entry: &Entry, hashes: &mut HashCache) -> Option<Means> {
        let locked = !entry.hashes.is_empty();
        if locked && self.store.selected(source, entry, hashes).is_ok() {
            return Some(Means::Installed);
        }
        let shared = self.shared.as_ref().filter(|_| locked || self.trust_shared)?;
        let package = shared.selected(source, entry, &mut shared.hash_cache()).ok()?;
        Some(Means::Shared(package.directory))
    }

    /// Makes the chosen version be there. Gives its entry for the lock; none, if the lock has it.
    fn fulfil(
        &self,
        choice: &Choice<'_>,
        hashes: &mut HashCache,
        say: &mut dyn FnMut(Event<'_>),
    ) -> Result<Option<Entry>, String> {
        let (source, version) = (choice.source, &choice.entry.version);
        let target = self.store.package(source, version);
        match &choice.means {
            Means::Installed => {
                say(Event::Installed(source, version));
                return Ok(None);
            }
            Means::Shared(directory) => {
                place::link(directory, &target)?;
                say(Event::Shared(source, version));
            }
            Means::Package(package) => {
                say(Event::Fetching(source, version));
                let shared = self.shared.as_ref().map(|shared| shared.package(source, version));
                let first = shared.as_ref().unwrap_or(&target);
                place::place(package, first, source, &choice.entry)?;
                if let Some(shared) = &shared {
                    place::link(shared, &target)?;
                }
                say(Event::Fetched(source, version));
            }
        }
        let h1 = hashes.h1(&target).map_err(|error| {
            format!("failed to calculate checksum for {source} {version}: {error}")
        })?;
        let mut entry = choice.entry.clone();
        entry.hashes.insert(h1);
        Ok(Some(entry))
    }
}

#[cfg(test)]
mod tests;
