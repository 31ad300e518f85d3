//! Which version of a provider, and whether it is there already.

use std::path::PathBuf;
use std::sync::mpsc::Sender;

use groma_addr::Provider;
use groma_config::version::{Constraints, Version};

use super::{Event, Failure, Failures, Installer, Problem, registry_warning};
use crate::Requirements;
use crate::hash::HashCache;
use crate::lock::{Entry, Lock};
use crate::origin::{Found, OriginError};
use crate::parallel::in_order;
use crate::requirements::{meets, normalized};

/// A provider that is needed.
pub(super) struct Wanted<'a> {
    pub(super) provider: &'a Provider,
    pub(super) constraints: &'a Constraints,
    need: Need<'a>,
}

/// What is needed of it.
enum Need<'a> {
    /// The newest version that fits. What the lock has of it may be that.
    Newest(Option<&'a Entry>),
    /// The locked version, which is not there.
    Locked(&'a Entry),
    /// The locked version, which is there.
    AtHand(&'a Entry, Means),
    /// The locked version, which is not wanted any more.
    Unwanted(&'a Entry),
}

/// A version that was decided on.
pub(super) struct Choice<'a> {
    pub(super) provider: &'a Provider,
    /// What is known of it; no hashes, if it was not locked.
    pub(super) entry: Entry,
    pub(super) means: Means,
}

/// How a package comes to where it is used.
#[derive(Clone)]
pub(super) enum Means {
    /// It is there.
    Installed,
    /// It is in the directory that root modules share.
    Shared(PathBuf),
    /// From where it comes from, if that is known already.
    Fetch(Option<Found>),
}

/// What was found out over the network.
enum Answer {
    /// The newest version that fits, and what its registry wants to be said.
    Newest(Version, Vec<String>),
    /// The package of the locked version, if there is one for this platform.
    Package(Option<Found>),
    /// There is nothing to find out.
    Nothing,
}

impl Wanted<'_> {
    pub(super) fn is_locked(&self) -> bool {
        !matches!(self.need, Need::Newest(_))
    }

    fn failure(&self, problem: Problem) -> Failure {
        Failure {
            provider: self.provider.clone(),
            constraints: self.constraints.clone(),
            version: None,
            problem,
        }
    }
}

impl Choice<'_> {
    pub(super) fn failure(&self, problem: Problem) -> Failure {
        Failure {
            provider: self.provider.clone(),
            constraints: self.entry.constraints.clone(),
            version: Some(self.entry.version.clone()),
            problem,
        }
    }
}

impl Installer<'_> {
    /// Decides on versions: the locked ones, or the newest that meet the constraints.
    pub(super) fn choose<'a>(
        &self,
        requirements: &'a Requirements,
        lock: &'a Lock,
        hashes: &mut HashCache,
        failed: &mut Failures,
        say: &mut dyn FnMut(Event<'_>),
    ) -> Vec<Choice<'a>> {
        let wanted: Vec<Wanted<'a>> = requirements
            .iter()
            .map(|(provider, constraints)| {
                let need = self.need(provider, constraints, lock.get(provider), hashes);
                Wanted { provider, constraints, need }
            })
            .collect();
        let mut choices = Vec::new();
        in_order(
            &wanted,
            |wanted, answers: &Sender<Result<Answer, Problem>>| {
                // Whoever asked listens until all is said.
                drop(answers.send(self.ask(wanted, requirements)));
            },
            |wanted, answers| {
                say(wanted.event());
                match answers.recv().unwrap_or(Ok(Answer::Nothing)) {
                    Ok(answer) => {
                        if let Answer::Newest(_, warnings) = &answer
                            && !warnings.is_empty()
                        {
                            failed.warnings.push(registry_warning(wanted.provider, warnings));
                        }
                        choices.extend(self.choice(wanted, answer, hashes));
                    }
                    Err(problem) => failed.failures.push(wanted.failure(problem)),
                }
            },
        );
        choices
    }

    fn need<'a>(
        &self,
        provider: &Provider,
        constraints: &Constraints,
        locked: Option<&'a Entry>,
        hashes: &mut HashCache,
    ) -> Need<'a> {
        let Some(entry) = locked.filter(|_| !self.upgrade) else { return Need::Newest(locked) };
        if !meets(constraints, &entry.version) {
            return Need::Unwanted(entry);
        }
        match self.at_hand(provider, entry, hashes) {
            Some(means) => Need::AtHand(entry, means),
            None => Need::Locked(entry),
        }
    }

    /// Finds out what is not known yet.
    fn ask(&self, wanted: &Wanted<'_>, needed: &Requirements) -> Result<Answer, Problem> {
        let provider = wanted.provider;
        let unavailable = |error| match error {
            OriginError::Unknown(provider) => {
                let needed = needed.iter().map(|(provider, _)| provider);
                let suggestion = self.origins.suggestion(&provider, needed);
                Problem::Unknown { provider, suggestion }
            }
            error => Problem::Origin(error),
        };
        match &wanted.need {
            Need::AtHand(..) => Ok(Answer::Nothing),
            Need::Unwanted(entry) => Err(Problem::Version(format!(
                "locked provider {provider} {} does not match configured version constraint {}; \
                 must use groma init -upgrade to allow selection of new versions",
                entry.version,
                normalized(wanted.constraints)
            ))),
            Need::Newest(_) => {
                let available = self.origins.versions(provider).map_err(unavailable)?;
                let mut newest_first = available.versions.into_iter().rev();
                let newest = newest_first.find(|version| meets(wanted.constraints, version));
                let newest = newest.ok_or_else(|| {
                    Problem::Version(format!(
                        "no available releases match the given constraints {}",
                        normalized(wanted.constraints)
                    ))
                })?;
                Ok(Answer::Newest(newest, available.warnings))
            }
            Need::Locked(entry) => self.ask_for(provider, &entry.version, &unavailable),
        }
    }

    /// Asks for the locked version without asking which there are. Where it is not, that is asked
    /// after all, to know what to say.
    fn ask_for(
        &self,
        provider: &Provider,
        version: &Version,
        unavailable: &dyn Fn(OriginError) -> Problem,
    ) -> Result<Answer, Problem> {
        match self.origins.package(provider, version, self.store.platform()) {
            Ok(found) => Ok(Answer::Package(Some(found))),
            Err(OriginError::Platform { .. }) => {
                let available = self.origins.versions(provider).map_err(unavailable)?;
                if available.versions.contains(version) {
                    // Which is said in its turn.
                    return Ok(Answer::Package(None));
                }
                Err(Problem::Version(format!(
                    "the previously-selected version {version} is no longer available"
                )))
            }
            Err(
                error @ (OriginError::NotFound { .. }
                | OriginError::NoRegistry { .. }
                | OriginError::Unreachable { .. }),
            ) => Err(error.into()),
            Err(_) => Ok(Answer::Package(None)),
        }
    }

    fn choice<'a>(
        &self,
        wanted: &Wanted<'a>,
        answer: Answer,
        hashes: &mut HashCache,
    ) -> Option<Choice<'a>> {
        let provider = wanted.provider;
        let entry = |version: &Version, locked: Option<&Entry>| {
            let locked = locked.filter(|entry| entry.version == *version);
            let hashes = locked.map(|entry| entry.hashes.clone()).unwrap_or_default();
            Entry { version: version.clone(), constraints: wanted.constraints.clone(), hashes }
        };
        let (entry, means) = match (&wanted.need, answer) {
            (Need::AtHand(locked, means), _) => {
                (entry(&locked.version, Some(locked)), means.clone())
            }
            (Need::Locked(locked), Answer::Package(found)) => {
                (entry(&locked.version, Some(locked)), Means::Fetch(found))
            }
            (Need::Newest(locked), Answer::Newest(version, _)) => {
                let entry = entry(&version, *locked);
                let means = self.at_hand(provider, &entry, hashes);
                (entry, means.unwrap_or(Means::Fetch(None)))
            }
            _ => return None,
        };
        Some(Choice { provider, entry, means })
    }

    /// A package that is there already, and is what it should be.
    fn at_hand(&self, provider: &Provider, entry: &Entry, hashes: &mut HashCache) -> Option<Means> {
        let locked = !entry.hashes.is_empty();
        if locked && self.store.selected(provider, entry, hashes).is_ok() {
            return Some(Means::Installed);
        }
        let shared = self.shared.as_ref().filter(|_| locked || self.trust_shared)?;
        let package = shared.selected(provider, entry, &mut shared.hash_cache()).ok()?;
        Some(Means::Shared(package.directory))
    }
}
