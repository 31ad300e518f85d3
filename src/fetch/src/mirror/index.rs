//! The indexes by which a directory can be served as a network mirror.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::path::Path;

use groma_addr::Provider;
use groma_config::version::Version;
use groma_diag::{Diagnostic, Diagnostics};
use serde::Serialize;

use super::{archives, provider_directory, providers};
use crate::Platform;
use crate::install::h1_of_archive;

#[derive(Serialize)]
struct Index {
    /// Each with nothing to say of it.
    versions: BTreeMap<String, serde_json::Map<String, serde_json::Value>>,
}

#[derive(Serialize, Default)]
struct Archives {
    archives: BTreeMap<String, Archive>,
}

#[derive(Serialize)]
struct Archive {
    hashes: Vec<String>,
    /// Relative to the index.
    url: String,
}

/// Writes the indexes of all that a mirror has. Gives what did not work.
pub fn write_indexes(mirror: &Path) -> Diagnostics {
    let failed = |why: String| Diagnostic::error("Failed to update indexes", why);
    let searched = std::fs::metadata(mirror).and_then(|_| providers(mirror));
    let found = match searched {
        Ok(found) => found,
        Err(error) => {
            return failed(format!(
                "Could not scan the output directory to get package metadata for the JSON indexes: \
                 cannot search {}: {error}.",
                mirror.display()
            ))
            .into();
        }
    };
    let mut problems = Diagnostics::new();
    for provider in found {
        if let Err(why) = write_index(mirror, &provider, &mut |why| problems.push(failed(why))) {
            let why = format!("Failed to write an updated JSON index for {provider}: {why}.");
            problems.push(failed(why));
        }
    }
    problems
}

fn write_index(
    mirror: &Path,
    provider: &Provider,
    unhashed: &mut dyn FnMut(String),
) -> io::Result<()> {
    let directory = provider_directory(mirror, provider);
    let mut versions = BTreeMap::<Version, Archives>::new();
    for (version, platform, path) in archives(mirror, provider)? {
        let hashed = File::open(&path).and_then(|archive| h1_of_archive(&archive));
        match hashed {
            Ok([_, of_archive]) => {
                let url = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                let archive = Archive { hashes: vec![of_archive.as_str().to_owned()], url };
                let archives = &mut versions.entry(version).or_default().archives;
                archives.insert(platform.to_string(), archive);
            }
            Err(error) => unhashed(undetermined(provider, &version, &platform, &error)),
        }
    }
    let index =
        versions.keys().map(|version| (version.to_string(), serde_json::Map::new())).collect();
    write(&directory.join("index.json"), &Index { versions: index })?;
    for (version, archives) in &versions {
        write(&directory.join(format!("{version}.json")), archives)?;
    }
    Ok(())
}

fn undetermined(
    provider: &Provider,
    version: &Version,
    platform: &Platform,
    error: &io::Error,
) -> String {
    format!("Failed to determine a hash value for {provider} v{version} on {platform}: {error}.")
}

fn write(path: &Path, content: &impl Serialize) -> io::Result<()> {
    crate::files::write_atomically(path, &serde_json::to_vec_pretty(content)?)
}
