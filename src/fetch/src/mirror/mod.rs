//! Packages in a directory, laid out as Terraform's mirrors are.
//!
//! | Layout | Path |
//! |---|---|
//! | packed | `HOST/NAMESPACE/TYPE/terraform-provider-TYPE_VERSION_OS_ARCH.zip` |
//! | unpacked | `HOST/NAMESPACE/TYPE/VERSION/OS_ARCH/` |
//!
//! | Module | Holds |
//! |---|---|
//! | [`fill`] | packages from registries into a mirror |
//! | `index` | the indexes by which a directory can be served as a network mirror |

pub mod fill;
mod index;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use groma_addr::Provider;
use groma_config::version::Version;

pub use index::write_indexes;

use crate::Platform;

/// A package in a mirror.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LocalPackage {
    /// A directory.
    Unpacked(PathBuf),
    /// A zip archive.
    Packed(PathBuf),
}

/// A mirror that cannot be searched.
#[derive(Debug, thiserror::Error)]
#[error("cannot search {}: {source}", .path.display())]
pub struct SearchError {
    path: PathBuf,
    source: io::Error,
}

/// The versions of a provider in a mirror, each with its package for a platform; none, if it has
/// one only for others. An unpacked package comes before a packed one.
///
/// # Errors
/// There is no such mirror, or it cannot be read.
pub fn versions(
    mirror: &Path,
    source: &Provider,
    platform: &Platform,
) -> Result<BTreeMap<Version, Option<LocalPackage>>, SearchError> {
    let failed = |path: &Path, source| SearchError { path: path.to_owned(), source };
    fs::metadata(mirror).map_err(|error| failed(mirror, error))?;
    let directory = provider_directory(mirror, source);
    let entries = entries(&directory).map_err(|error| failed(&directory, error))?;
    let mut found = BTreeMap::<Version, Option<LocalPackage>>::new();
    // `1.0.0` sorts before `terraform-provider-…`, so that unpacked packages come first.
    for (name, path) in entries {
        let (version, package) = if let Some(version) = version(&name) {
            if !has_platform(&path).map_err(|error| failed(&path, error))? {
                continue;
            }
            let package = path.join(platform.to_string());
            (version, package.is_dir().then_some(LocalPackage::Unpacked(package)))
        } else if let Some((version, of)) = packed_name(&name, source)
            && path.is_file()
        {
            (version, (of == *platform).then_some(LocalPackage::Packed(path)))
        } else {
            continue;
        };
        let known = found.entry(version).or_default();
        if known.is_none() {
            *known = package;
        }
    }
    Ok(found)
}

/// Where a mirror has what there is of a provider.
fn provider_directory(mirror: &Path, source: &Provider) -> PathBuf {
    let mut directory = mirror.to_owned();
    directory.extend([&*source.host, &source.namespace, &source.ty]);
    directory
}

/// Where a packed package is, or would be.
fn packed_path(
    mirror: &Path,
    source: &Provider,
    version: &Version,
    platform: &Platform,
) -> PathBuf {
    let name = format!("terraform-provider-{}_{version}_{platform}.zip", source.ty);
    provider_directory(mirror, source).join(name)
}

/// The packed packages of a provider.
fn archives(mirror: &Path, source: &Provider) -> io::Result<Vec<(Version, Platform, PathBuf)>> {
    let entries = entries(&provider_directory(mirror, source))?.into_iter();
    let files = entries.filter(|(_, path)| path.is_file());
    Ok(files
        .filter_map(|(name, path)| {
            let (version, platform) = packed_name(&name, source)?;
            Some((version, platform, path))
        })
        .collect())
}

/// Whether a directory of a version has an unpacked package for any platform.
fn has_platform(directory: &Path) -> io::Result<bool> {
    let mut entries = entries(directory)?.into_iter();
    Ok(entries.any(|(name, path)| name.parse::<Platform>().is_ok() && path.is_dir()))
}

/// The providers that a mirror has a package of.
///
/// # Errors
/// It cannot be read.
pub fn providers(mirror: &Path) -> io::Result<BTreeSet<Provider>> {
    let mut found = BTreeSet::new();
    for (host, path) in entries(mirror)? {
        for (namespace, path) in entries(&path)? {
            for (ty, path) in entries(&path)? {
                let Ok(source) = format!("{host}/{namespace}/{ty}").parse::<Provider>() else {
                    continue;
                };
                let mut names = entries(&path)?.into_iter();
                if names.any(|(n, _)| version(&n).is_some() || packed_name(&n, &source).is_some()) {
                    found.insert(source);
                }
            }
        }
    }
    Ok(found)
}

/// What a directory has, sorted by name; nothing, if there is no such directory.
fn entries(directory: &Path) -> io::Result<BTreeMap<String, PathBuf>> {
    let entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error)
            if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) =>
        {
            return Ok(BTreeMap::new());
        }
        Err(error) => return Err(error),
    };
    let mut found = BTreeMap::new();
    for entry in entries {
        let entry = entry?;
        if let Ok(name) = entry.file_name().into_string() {
            found.insert(name, entry.path());
        }
    }
    Ok(found)
}

/// A version as it names a directory: with no `v` before it.
fn version(name: &str) -> Option<Version> {
    name.starts_with(|c: char| c.is_ascii_digit()).then(|| name.parse().ok())?
}

/// `terraform-provider-TYPE_VERSION_OS_ARCH.zip`
fn packed_name(name: &str, source: &Provider) -> Option<(Version, Platform)> {
    let rest = name.strip_prefix("terraform-provider-")?.strip_prefix(&*source.ty)?;
    let (number, platform) = rest.strip_prefix('_')?.strip_suffix(".zip")?.split_once('_')?;
    Some((version(number)?, platform.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_are_found_in_both_layouts() {
        let dir = tempfile::tempdir().expect("a directory");
        let base = dir.path().join("registry.terraform.io/acme/x");
        let linux = Platform { os: "linux".into(), arch: "amd64".into() };
        for unpacked in ["1.0.0/linux_amd64", "3.0/linux_amd64", "2.0.0/darwin_arm64", "v4.0.0"] {
            fs::create_dir_all(base.join(unpacked)).expect("directories");
        }
        for packed in [
            "x_1.0.0_linux_amd64",
            "x_1.1.0_linux_amd64",
            "y_1.2.0_linux_amd64",
            "x_1.3.0_linux_arm",
        ] {
            let name = format!("terraform-provider-{packed}.zip");
            fs::write(base.join(name), "").expect("a file");
        }
        let source: Provider = "acme/x".parse().expect("a source");
        let found = versions(dir.path(), &source, &linux).expect("versions");
        let found: Vec<String> = found
            .iter()
            .map(|(version, package)| match package {
                Some(LocalPackage::Unpacked(_)) => format!("{version} unpacked"),
                Some(LocalPackage::Packed(_)) => format!("{version} packed"),
                None => format!("{version} for others"),
            })
            .collect();
        let expected = [
            "1.0.0 unpacked",
            "1.1.0 packed",
            "1.3.0 for others",
            "2.0.0 for others",
            "3.0.0 unpacked",
        ];
        assert_eq!(found, expected);
        assert_eq!(providers(dir.path()).expect("providers"), [source].into());
    }

    #[test]
    fn a_mirror_must_be_there() {
        let source = Provider::implied("x");
        let error = versions(Path::new("/nonexistent"), &source, &Platform::current());
        let error = error.expect_err("an error").to_string();
        assert!(error.starts_with("cannot search /nonexistent: "), "{error}");
    }
}
