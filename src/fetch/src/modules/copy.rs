//! `init -from-module`: a module as the start of a new root module.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use groma_config::modules::ModuleSource;
use groma_config::version::Constraints;
use groma_config::{DirSource, load_calls};
use groma_diag::Diagnostic;

use super::fetch::{Fetched, Packages, Tools};
use super::prefetch::joined;
use super::redact::redacted;
use super::registry::{Choice, Registries};
use super::tree;

/// Copies the module of a source into a directory. Files whose names begin with a dot are left out,
/// as Terraform does it. `room` is where it is fetched to.
///
/// # Errors
/// The source is none, it cannot be fetched, or it could not be a root module.
pub fn copy_module(source: &str, into: &Path, room: &Path, tools: Tools) -> Result<(), Diagnostic> {
    let parsed = ModuleSource::parse(source)
        .map_err(|error| Diagnostic::error("Invalid module source address", error.message))?;
    let (_kept, from) = match &parsed {
        ModuleSource::Local(local) => (None, into.join(local)),
        ModuleSource::Remote { package, subdir } => {
            let subdir = subdir.as_deref().unwrap_or_default();
            let (fetched, dir) = fetch(package, subdir, room, tools)?;
            (Some(fetched), dir)
        }
        ModuleSource::Registry { package, subdir } => {
            let registries = Registries::new(tools.client.clone());
            let failed = |why: &dyn std::fmt::Display| {
                Diagnostic::error(
                    "Error accessing remote module registry",
                    format!("Failed to find module {}: {why}.", package.for_display()),
                )
            };
            let available = registries.available(package).map_err(|error| failed(&error))?;
            let Choice::Version(version) = available.choose(&Constraints::default()) else {
                return Err(failed(&"it has no versions"));
            };
            let location = registries.location(package, &version);
            let location = location.map_err(|error| failed(&error))?;
            let (address, inside) = &*location;
            let subdir = joined(inside.as_deref(), subdir.as_deref());
            let (fetched, dir) = fetch(address, &subdir, room, tools)?;
            (Some(fetched), dir)
        }
    };
    let files = groma_config::module_files(&DirSource::new(&from, &from), ".");
    files.map_err(|_| unreadable(source, "it is no directory that can be read"))?;
    check_calls(&from, &parsed)?;
    tree::copy_visible(&from, into).map_err(|error| unreadable(source, &error.to_string()))
}

fn fetch(
    address: &str,
    subdir: &str,
    room: &Path,
    tools: Tools,
) -> Result<(Arc<Fetched>, PathBuf), Diagnostic> {
    let packages = Packages::new(tools, room.to_owned());
    let fetched = packages.get(address, "root").map_err(|error| {
        let address = redacted(address);
        Diagnostic::error(
            "Failed to download module",
            format!("Could not download module \"root\" source code from {address:?}: {error}"),
        )
    })?;
    let path = fetched.path();
    let found = tree::expand(&path, subdir)
        .map_err(|problem| Diagnostic::error("Failed to expand subdir globs", problem))?;
    Ok((fetched, path.join(found)))
}

/// What a root module calls is inside of it, or elsewhere by an address of its own.
fn check_calls(from: &Path, source: &ModuleSource) -> Result<(), Diagnostic> {
    if matches!(source, ModuleSource::Local(_)) {
        return Ok(());
    }
    for call in load_calls(&DirSource::new(from, from), ".") {
        if let ModuleSource::Local(local) = &call.source_addr
            && (local.starts_with("../") || local == "./..")
        {
            return Err(Diagnostic::error(
                "Root module references parent directory",
                format!(
                    "The requested module {:?} refers to a module via its parent directory. To use \
                     this as a new root module the source {local:?} must be rewritten as a remote \
                     source address.",
                    redacted(&source.to_string())
                ),
            ));
        }
    }
    Ok(())
}

fn unreadable(source: &str, why: &str) -> Diagnostic {
    let source = redacted(source);
    Diagnostic::error("Failed to copy module", format!("The module {source:?}: {why}."))
}
