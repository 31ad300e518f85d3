//! Which version of a provider, and where its package is.

use std::collections::BTreeMap;
use std::path::Path;

use groma_addr::Provider;
use groma_config::version::{Constraints, Version};
use groma_diag::Diagnostic;

use crate::Platform;
use crate::lock::Entry;
use crate::mirror::{LocalPackage, SearchError, versions};
use crate::rc::{Location, Method};
use crate::requirements::{exact, meets, normalized};

/// What mirrors on disk have of a provider.
struct Found<'a> {
    /// By version, for this platform; the first method that has one wins.
    packages: BTreeMap<Version, Option<LocalPackage>>,
    /// Where it was looked for.
    searched: Vec<&'a Path>,
    /// The first method that would have to be asked over the network.
    unasked: Option<&'a Location>,
}

/// The newest version that meets the constraints.
///
/// # Errors
/// There is none.
pub(super) fn newest(
    methods: &[Method],
    source: &Provider,
    constraints: &Constraints,
) -> Result<(Version, LocalPackage), Diagnostic> {
    let mut found = search(methods, source).map_err(|e| unavailable(source, &e.to_string()))?;
    let best = found.packages.keys().rev().find(|version| meets(constraints, version)).cloned();
    let best = best.filter(|_| found.unasked.is_none() || exact(constraints).is_some());
    if let Some((version, package)) = best.and_then(|best| found.packages.remove_entry(&best)) {
        return match (package, found.unasked) {
            (Some(package), _) => Ok((version, package)),
            (None, Some(location)) => Err(undownloadable(source, location)),
            (None, None) => Err(for_other_platforms(source, &version)),
        };
    }
    if let Some(location) = found.unasked {
        return Err(undownloadable(source, location));
    }
    if found.packages.is_empty() && !methods.is_empty() {
        return Err(not_found(source, &found.searched));
    }
    let constraints = normalized(constraints);
    let why = format!("no available releases match the given constraints {constraints}");
    Err(unavailable(source, &why))
}

/// The package of the locked version.
///
/// # Errors
/// There is none.
pub(super) fn locked(
    methods: &[Method],
    source: &Provider,
    version: &Version,
) -> Result<LocalPackage, Diagnostic> {
    let mut found = search(methods, source).map_err(|e| unavailable(source, &e.to_string()))?;
    match (found.packages.remove(version), found.unasked) {
        (Some(Some(package)), _) => Ok(package),
        (_, Some(location)) => Err(undownloadable(source, location)),
        (Some(None), None) => Err(for_other_platforms(source, version)),
        (None, None) if found.packages.is_empty() => Err(not_found(source, &found.searched)),
        (None, None) => {
            let why = format!("the previously-selected version {version} is no longer available");
            Err(unavailable(source, &why))
        }
    }
}

fn for_other_platforms(source: &Provider, version: &Version) -> Diagnostic {
    let detail = format!(
        "Provider {source} v{version} does not have a package available for your current platform, \
         {}.\n\nProvider releases are separate from Groma CLI releases, so not all providers are \
         available for all platforms. Other versions of this provider may have different platforms \
         supported.",
        Platform::current()
    );
    Diagnostic::error("Incompatible provider version", detail)
}

fn search<'a>(methods: &'a [Method], source: &Provider) -> Result<Found<'a>, SearchError> {
    let platform = Platform::current();
    let mut found = Found { packages: BTreeMap::new(), searched: Vec::new(), unasked: None };
    for method in methods.iter().filter(|method| method.patterns.matches(source)) {
        match &method.location {
            Location::Filesystem(mirror) => {
                for (version, package) in versions(mirror, source, &platform)? {
                    let known = found.packages.entry(version).or_default();
                    if known.is_none() {
                        *known = package;
                    }
                }
                found.searched.push(mirror);
            }
            location => {
                found.unasked.get_or_insert(location);
            }
        }
    }
    Ok(found)
}

/// The lock has a version that is not wanted any more.
pub(super) fn locked_to_another(
    source: &Provider,
    entry: &Entry,
    constraints: &Constraints,
) -> Diagnostic {
    unavailable(
        source,
        &format!(
            "locked provider {source} {} does not match configured version constraint {}; must use \
             groma init -upgrade to allow selection of new versions",
            entry.version,
            normalized(constraints)
        ),
    )
}

fn unavailable(source: &Provider, why: &str) -> Diagnostic {
    let shown = source.for_display();
    Diagnostic::error(
        "Failed to query available provider packages",
        format!(
            "Could not retrieve the list of available versions for provider {shown}: {why}\n\nTo \
             see which modules are currently depending on {shown} and what versions are specified, \
             run the following command:\n    groma providers"
        ),
    )
}

fn not_found(source: &Provider, searched: &[&Path]) -> Diagnostic {
    Diagnostic::error(
        "Failed to query available provider packages",
        format!(
            "Could not retrieve the list of available versions for provider {}: provider {source} \
             was not found in any of the search locations{}",
            source.for_display(),
            listed(searched)
        ),
    )
}

fn listed(searched: &[&Path]) -> String {
    let lines = searched.iter().map(|path| format!("\n  - {}", path.display()));
    format!("\n{}", lines.collect::<String>())
}

/// Downloads are still to come.
fn undownloadable(source: &Provider, location: &Location) -> Diagnostic {
    let place = match location {
        Location::Network(url) => format!("the network mirror {url}"),
        _ => format!("the registry {}", source.host),
    };
    let detail = format!(
        "Could not retrieve the list of available versions for provider {shown}: provider {source} \
         would have to be looked for in {place}, and providers cannot be downloaded yet. Install it \
         from a directory instead: put its package at \
         DIRECTORY/{source}/VERSION/{platform}/, or its archive at \
         DIRECTORY/{source}/terraform-provider-{ty}_VERSION_{platform}.zip (\"terraform providers \
         mirror DIRECTORY\" does the latter), and have a CLI configuration file with\n\n  \
         provider_installation {{\n    filesystem_mirror {{\n      path = \"DIRECTORY\"\n    }}\n    \
         direct {{\n      exclude = [\"{source}\"]\n    }}\n  }}",
        platform = Platform::current(),
        ty = source.ty,
        shown = source.for_display(),
    );
    Diagnostic::error("Failed to query available provider packages", detail)
}
