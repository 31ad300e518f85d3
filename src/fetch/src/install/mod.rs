//! `init`: from what is required and what is locked to installed packages and a new lock.
//!
//! | Module | Holds |
//! |---|---|
//! | `choose` | which version of a provider, and whether it is there already |
//! | `place` | the package, checked, into the data directory |
//! | `unpack` | archives |
//! | `failure` | what does not work, as it is said |
//!
//! Several providers are asked about and installed at once; what is said of them comes in their
//! order.

mod choose;
mod failure;
mod place;
mod unpack;

use std::collections::BTreeSet;
use std::sync::mpsc::Sender;

use groma_addr::Provider;
use groma_config::version::{Constraints, Version};
use groma_diag::{Diagnostic, Diagnostics};

pub use failure::{Failure, Failures, Problem};
pub(crate) use place::download;
pub(crate) use unpack::h1_of_archive;

use crate::hash::{HashCache, h1_of_directory};
use crate::lock::{Entry, Lock};
use crate::origin::{Authentication, Origins};
use crate::packages::Store;
use crate::parallel::in_order;
use crate::{Hash, Requirements};
use choose::{Choice, Means, Wanted};

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
    Fetched(&'a Provider, &'a Version, &'a Authentication),
}

/// Installs providers.
#[derive(Debug)]
pub struct Installer<'a> {
    /// Where packages are looked for.
    pub origins: Origins<'a>,
    /// Where they are installed.
    pub store: &'a Store,
    /// A directory that root modules share.
    pub shared: Option<Store>,
    /// Whether what is shared may be used without a lock to hold it against.
    pub trust_shared: bool,
    /// Whether to look for newer versions than the locked ones.
    pub upgrade: bool,
    /// Whether packages may be others than the lock has hashes of.
    pub any_hash: bool,
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub struct Selections {
    /// The lock, with what was selected now.
    pub lock: Lock,
    /// The providers of which only the hash for this platform is known.
    pub incomplete: Vec<Provider>,
    /// What registries want to be said.
    pub warnings: Diagnostics,
}

/// How far a package has come.
enum Progress {
    /// It was found.
    Found,
    /// It is there, or it will not be.
    Ended(Result<Fetched, Problem>),
}

/// A package that is in its place.
struct Fetched {
    authentication: Authentication,
    h1: Hash,
    /// Those of other platforms too, if somebody has signed for them.
    signed: BTreeSet<Hash>,
}

impl Installer<'_> {
    /// Installs what is required. Entries of `lock` for other providers are kept.
    ///
    /// # Errors
    /// For each provider that could not be found or installed, why. The others are installed.
    pub fn install(
        &self,
        requirements: &Requirements,
        lock: &Lock,
        say: &mut dyn FnMut(Event<'_>),
    ) -> Result<Selections, Failures> {
        let mut hashes = self.store.hash_cache();
        let mut failed = Failures::default();
        let choices = self.choose(requirements, lock, &mut hashes, &mut failed, say);
        let mut selections = Selections { lock: lock.clone(), ..Selections::default() };
        in_order(
            &choices,
            |choice, progress| self.work(choice, progress),
            |choice, progress| {
                let ended = match &choice.means {
                    Means::Fetch(_) => {
                        let told = progress.into_iter().filter_map(|progress| match progress {
                            Progress::Found => {
                                say(Event::Fetching(choice.provider, &choice.entry.version));
                                None
                            }
                            Progress::Ended(ended) => Some(ended),
                        });
                        told.last().map(|ended| ended.map(|fetched| fetched_entry(choice, fetched)))
                    }
                    means => Some(self.take(choice, means, &mut hashes)),
                };
                match ended {
                    Some(Ok(taken)) => {
                        say(taken.event(choice));
                        if taken.is_incomplete {
                            selections.incomplete.push(choice.provider.clone());
                        }
                        if let Some(entry) = taken.entry {
                            selections.lock.insert(choice.provider.clone(), entry);
                        }
                    }
                    Some(Err(problem)) => failed.failures.push(choice.failure(problem)),
                    None => {}
                }
            },
        );
        hashes.save();
        if failed.failures.is_empty() {
            selections.warnings = failed.warnings;
            return Ok(selections);
        }
        Err(failed)
    }

    /// Brings a chosen package from where it is to where it is used, if it has to be fetched.
    fn work(&self, choice: &Choice<'_>, progress: &Sender<Progress>) {
        let Means::Fetch(found) = &choice.means else { return };
        let (provider, version) = (choice.provider, &choice.entry.version);
        let found = match found {
            Some(found) => Ok(found.clone()),
            None => self.origins.package(provider, version, self.store.platform()),
        };
        let ended = found.map_err(Problem::Origin).and_then(|found| {
            // Whoever does not listen any more has failed, and says so.
            drop(progress.send(Progress::Found));
            self.fetch(choice, &found).map_err(Problem::Package)
        });
        drop(progress.send(Progress::Ended(ended)));
    }

    fn fetch(&self, choice: &Choice<'_>, found: &crate::origin::Found) -> Result<Fetched, String> {
        let (provider, version) = (choice.provider, &choice.entry.version);
        let target = self.store.package(provider, version);
        let shared = self.shared.as_ref().map(|shared| shared.package(provider, version));
        let first = shared.as_ref().unwrap_or(&target);
        let none = BTreeSet::new();
        let admitted = if self.any_hash { &none } else { &choice.entry.hashes };
        let what = place::Wanted { provider, version, admitted };
        let authentication = place::place(found, self.origins.client, first, &what)?;
        if let Some(shared) = &shared {
            place::link(shared, &target)?;
        }
        let h1 = h1_of_directory(&target).map_err(|error| {
            format!("after installing {provider}, failed to compute a checksum for it: {error}")
        })?;
        let signed = match authentication {
            Authentication::Signed(_) => found.proof.signed_hashes(),
            Authentication::None | Authentication::Checksum => BTreeSet::new(),
        };
        Ok(Fetched { authentication, h1, signed })
    }

    /// Takes a package that is at hand.
    fn take(
        &self,
        choice: &Choice<'_>,
        means: &Means,
        hashes: &mut HashCache,
    ) -> Result<Taken, Problem> {
        let Means::Shared(directory) = means else {
            return Ok(Taken { entry: None, is_incomplete: false, how: How::Installed });
        };
        let (provider, version) = (choice.provider, &choice.entry.version);
        let target = self.store.package(provider, version);
        place::link(directory, &target).map_err(Problem::Package)?;
        let h1 = hashes.h1(&target).map_err(|error| {
            let why = format!("failed to calculate checksum for {provider} {version}: {error}");
            Problem::Package(why)
        })?;
        Ok(Taken::new(choice, [h1], How::Shared))
    }
}

/// A package that is used from now on.
struct Taken {
    /// Its entry for the lock; none, if the lock has it.
    entry: Option<Entry>,
    /// Whether only this platform's package is known.
    is_incomplete: bool,
    how: How,
}

enum How {
    Installed,
    Shared,
    Fetched(Authentication),
}

impl Taken {
    fn new(choice: &Choice<'_>, hashes: impl IntoIterator<Item = Hash>, how: How) -> Self {
        let mut entry = choice.entry.clone();
        entry.hashes.extend(hashes);
        let is_incomplete = choice.entry.hashes.is_empty() && entry.hashes.len() == 1;
        Self { entry: Some(entry), is_incomplete, how }
    }

    fn event<'a>(&'a self, choice: &'a Choice<'_>) -> Event<'a> {
        let (provider, version) = (choice.provider, &choice.entry.version);
        match &self.how {
            How::Installed => Event::Installed(provider, version),
            How::Shared => Event::Shared(provider, version),
            How::Fetched(authentication) => Event::Fetched(provider, version, authentication),
        }
    }
}

fn fetched_entry(choice: &Choice<'_>, fetched: Fetched) -> Taken {
    let hashes = fetched.signed.into_iter().chain([fetched.h1]);
    Taken::new(choice, hashes, How::Fetched(fetched.authentication))
}

/// What a registry wants to be said of a provider.
fn registry_warning(provider: &Provider, warnings: &[String]) -> Diagnostic {
    let lines: Vec<String> = warnings.iter().map(|warning| format!("- {warning}")).collect();
    Diagnostic::warning(
        "Additional provider information from registry",
        format!(
            "The remote registry returned warnings for {}:\n{}",
            provider.for_display(),
            lines.join("\n")
        ),
    )
}

impl Wanted<'_> {
    /// What is said before its version is decided on.
    fn event(&self) -> Event<'_> {
        if self.is_locked() {
            Event::Reusing(self.provider)
        } else {
            Event::Finding(self.provider, self.constraints)
        }
    }
}

#[cfg(test)]
mod tests;
