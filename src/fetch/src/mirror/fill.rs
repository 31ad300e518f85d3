//! Packages from registries into a mirror.

use std::fs;
use std::path::Path;
use std::sync::mpsc::Sender;

use groma_addr::Provider;
use groma_config::version::{Constraints, Version};
use groma_diag::{Diagnostic, Diagnostics};

use super::packed_path;
use crate::install::download;
use crate::lock::Lock;
use crate::origin::{Authentication, Origins, Place};
use crate::parallel::in_order;
use crate::requirements::{meets, normalized};
use crate::{Platform, Requirements};

/// What happens while a mirror is filled.
#[derive(Clone, Debug)]
pub enum Event<'a> {
    /// A provider's turn has come.
    Mirroring(&'a Provider),
    /// A version was selected.
    Selected(Version, Reason),
    /// Its package for a platform is downloaded.
    Downloading(Platform),
    /// It is what it should be.
    Authenticated(Authentication),
}

/// Why a version was selected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It is the locked one.
    Lock,
    /// It is the newest that meets these.
    Constraints(String),
    /// It is the newest.
    None,
}

/// Fills a mirror.
#[derive(Debug)]
pub struct Filler<'a> {
    /// Where packages come from.
    pub origins: Origins<'a>,
    /// The mirror.
    pub directory: &'a Path,
    /// The platforms that it is for.
    pub platforms: &'a [Platform],
}

/// What is said while a provider is worked on.
enum Told {
    Event(Event<'static>),
    Problem(Diagnostic),
}

impl Filler<'_> {
    /// Downloads packages of what is required, in the versions of `lock` unless that is empty.
    /// Gives what did not work.
    pub fn fill(
        &self,
        requirements: &Requirements,
        lock: &Lock,
        say: &mut dyn FnMut(Event<'_>),
    ) -> Diagnostics {
        let wanted: Vec<(&Provider, &Constraints)> = requirements.iter().collect();
        let mut problems = Diagnostics::new();
        in_order(
            &wanted,
            |(provider, constraints), told| {
                if let Err(problem) = self.mirror(provider, constraints, lock, told) {
                    tell(told, Told::Problem(problem));
                }
            },
            |(provider, _), told| {
                say(Event::Mirroring(provider));
                for told in told {
                    match told {
                        Told::Event(event) => say(event),
                        Told::Problem(problem) => problems.push(problem),
                    }
                }
            },
        );
        problems
    }

    fn mirror(
        &self,
        provider: &Provider,
        constraints: &Constraints,
        lock: &Lock,
        told: &Sender<Told>,
    ) -> Result<(), Diagnostic> {
        let unavailable = |why: &dyn std::fmt::Display| {
            Diagnostic::error(
                "Provider not available",
                format!("Failed to download {provider} from its origin registry: {why}."),
            )
        };
        let available = self.origins.versions(provider).map_err(|error| unavailable(&error))?;
        let mut newest_first = available.versions.into_iter().rev();
        let written = normalized(constraints);
        let newest = newest_first.find(|version| meets(constraints, version)).ok_or_else(|| {
            unavailable(&format!("no releases match the given constraints {written}"))
        })?;
        let (version, reason) = match lock.get(provider) {
            Some(entry) => (entry.version.clone(), Reason::Lock),
            None if written.is_empty() => (newest, Reason::None),
            None => (newest, Reason::Constraints(written)),
        };
        tell(told, Told::Event(Event::Selected(version.clone(), reason)));
        for platform in self.platforms {
            tell(told, Told::Event(Event::Downloading(platform.clone())));
            match self.package(provider, &version, platform) {
                Ok(how) => tell(told, Told::Event(Event::Authenticated(how))),
                Err((summary, what, why)) => {
                    let detail =
                        format!("Failed to {what} {provider} v{version} for {platform}: {why}.");
                    tell(told, Told::Problem(Diagnostic::error(summary, detail)));
                }
            }
        }
        Ok(())
    }

    /// Downloads one package. The error has a title, what failed, and why.
    fn package(
        &self,
        provider: &Provider,
        version: &Version,
        platform: &Platform,
    ) -> Result<Authentication, (&'static str, &'static str, String)> {
        let cannot = |why: String| ("Cannot download provider release", "download", why);
        let found = self.origins.package(provider, version, platform);
        let found =
            found.map_err(|why| ("Provider release not available", "download", why.to_string()))?;
        let Place::Remote(url) = &found.place else {
            return Err(cannot("its origin is no registry".to_owned()));
        };
        let target = packed_path(self.directory, provider, version, platform);
        let parent = target.parent().unwrap_or(&target);
        let staged = fs::create_dir_all(parent)
            .and_then(|()| tempfile::Builder::new().prefix(".groma-").tempfile_in(parent))
            .and_then(|staged| Ok((staged.reopen()?, staged)));
        let (file, staged) = staged.map_err(|error| cannot(error.to_string()))?;
        let mut file = download(self.origins.client, url, file).map_err(cannot)?;
        let authentication = found
            .proof
            .check(&mut file)
            .map_err(|why| ("Invalid provider package", "authenticate", why))?;
        crate::files::open_to_others(staged.as_file())
            .and_then(|()| staged.persist(&target).map(drop).map_err(Into::into))
            .map_err(|error| cannot(error.to_string()))?;
        Ok(authentication)
    }
}

fn tell(told: &Sender<Told>, what: Told) {
    // Whoever asked listens until all is said.
    drop(told.send(what));
}
