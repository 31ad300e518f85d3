//! A package, checked, into its place in a data directory.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Seek as _};
use std::path::{Path, PathBuf};

use groma_addr::Provider;
use groma_config::version::Version;
use reqwest::StatusCode;
use url::Url;

use super::unpack::{h1_of_archive, make_executable, unpack};
use crate::Hash;
use crate::hash::{files_of, h1_of_directory, zh_of_archive};
use crate::http::Client;
use crate::origin::{Authentication, Found, Place};
use crate::packages::executable;

const MORE: &str = "for more information: \
    https://developer.hashicorp.com/terraform/language/files/dependency-lock#checksum-verification";
/// Many times as much as the largest provider.
const MAX_ARCHIVE: u64 = 4 << 30;

/// What a package should be.
pub(super) struct Wanted<'a> {
    pub(super) provider: &'a Provider,
    pub(super) version: &'a Version,
    /// Its hash is one of these; any, if there are none.
    pub(super) admitted: &'a BTreeSet<Hash>,
}

/// Brings a package to `target`, in place of what is there. It gets there whole, and only if it is
/// what it should be.
///
/// # Errors
/// It is not, it has no program, it cannot be had, or the disk says no.
pub(super) fn place(
    found: &Found,
    client: &Client,
    target: &Path,
    wanted: &Wanted<'_>,
) -> Result<Authentication, String> {
    let (mut archive, path) = match &found.place {
        Place::Unpacked(directory) => {
            unpacked(directory, target, wanted)?;
            return Ok(Authentication::None);
        }
        Place::Packed(path) => {
            (File::open(path).map_err(|error| unreadable(path, &error))?, path.clone())
        }
        Place::Remote(url) => {
            let parent = target.parent().unwrap_or(target);
            let file = fs::create_dir_all(parent)
                .and_then(|()| tempfile::tempfile_in(parent))
                .map_err(|error| unwritable(target, &error))?;
            (download(client, url, file)?, PathBuf::from(url.path()))
        }
    };
    let authentication = found.proof.check(&mut archive)?;
    packed(&mut archive, &path, target, wanted)?;
    Ok(authentication)
}

/// Downloads an archive into a file, which is at its start then.
///
/// # Errors
/// It cannot be had, in Terraform's words, or not be written.
pub(crate) fn download(client: &Client, url: &Url, mut file: File) -> Result<File, String> {
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    let host = format!("{}{port}", url.host_str().unwrap_or_default());
    let failed = |error: &dyn std::fmt::Display| format!("{host}: {error}");
    let response = client.get(url.clone()).allow_plain().send().map_err(|error| failed(&error))?;
    if response.status() != StatusCode::OK {
        return Err(failed(&format!("bad response code: {}", response.status().as_u16())));
    }
    response.save(&mut file, MAX_ARCHIVE).map_err(|error| failed(&error))?;
    file.rewind().map_err(|error| failed(&error))?;
    Ok(file)
}

fn unpacked(directory: &Path, target: &Path, wanted: &Wanted<'_>) -> Result<(), String> {
    let Wanted { provider, version, admitted } = wanted;
    // An unpacked package has no hash of its archive to compare.
    if admitted.iter().any(Hash::is_h1) {
        let h1 = h1_of_directory(directory).map_err(|error| unreadable(directory, &error))?;
        if !admitted.contains(&h1) {
            return Err(format!(
                "the local package for {provider} {version} doesn't match any of the checksums \
                 previously recorded in the dependency lock file (this might be because the \
                 available checksums are for packages targeting different platforms); {MORE}"
            ));
        }
    }
    let program = program(directory, provider)?;
    if is_executable(&program) {
        return link(directory, target);
    }
    // A mirror's owner may not want it changed, and a package without the bit is of no use.
    let copy = beside(target)?;
    copied(directory, copy.path()).map_err(|error| unwritable(target, &error))?;
    finish(copy, target, provider)
}

/// Unpacks an archive that is what it should be.
fn packed(
    archive: &mut File,
    path: &Path,
    target: &Path,
    wanted: &Wanted<'_>,
) -> Result<(), String> {
    let Wanted { provider, version, admitted } = wanted;
    let failed = |error: &io::Error| unreadable(path, error);
    if !admitted.is_empty() {
        let zh = zh_of_archive(archive).map_err(|error| failed(&error))?;
        archive.rewind().map_err(|error| failed(&error))?;
        let h1 = || h1_of_archive(archive).map(|all| all.iter().any(|h1| admitted.contains(h1)));
        if !admitted.contains(&zh) && !h1().map_err(|error| failed(&error))? {
            return Err(format!(
                "the current package for {provider} {version} doesn't match any of the checksums \
                 previously recorded in the dependency lock file; {MORE}"
            ));
        }
        archive.rewind().map_err(|error| failed(&error))?;
    }
    let unpacked = beside(target)?;
    unpack(archive, unpacked.path()).map_err(|error| format!("{}: {error}", path.display()))?;
    finish(unpacked, target, provider)
}

/// Makes `target` a link to a package, or a copy of it where there are no links.
///
/// # Errors
/// It cannot be made.
pub(super) fn link(package: &Path, target: &Path) -> Result<(), String> {
    let linked = || {
        let package = std::path::absolute(package)?;
        let parent = target.parent().unwrap_or(target);
        fs::create_dir_all(parent)?;
        let temporary = tempfile::Builder::new().prefix(".groma-").tempdir_in(parent)?;
        let new = temporary.path().join("link");
        if symlink(&package, &new).is_err() {
            fs::create_dir(&new)?;
            copied(&package, &new)?;
        }
        remove(target)?;
        fs::rename(new, target)
    };
    linked().map_err(|error| unwritable(target, &error))
}

/// A new directory beside the target, from where it can be renamed.
fn beside(target: &Path) -> Result<tempfile::TempDir, String> {
    let parent = target.parent().unwrap_or(target);
    let made = fs::create_dir_all(parent)
        .and_then(|()| tempfile::Builder::new().prefix(".groma-").tempdir_in(parent));
    made.map_err(|error| unwritable(target, &error))
}

/// Puts a package of our own in its place, with a program that can be run.
fn finish(package: tempfile::TempDir, target: &Path, source: &Provider) -> Result<(), String> {
    let program = program(package.path(), source)?;
    let placed = make_executable(&program)
        .and_then(|()| open_to_others(package.path()))
        .and_then(|()| remove(target))
        .and_then(|()| fs::rename(package.keep(), target));
    placed.map_err(|error| unwritable(target, &error))
}

fn program(directory: &Path, source: &Provider) -> Result<PathBuf, String> {
    executable(directory, source).map_err(|why| format!("provider binary not found: {why}"))
}

fn remove(target: &Path) -> io::Result<()> {
    match fs::symlink_metadata(target) {
        Ok(metadata) if metadata.is_dir() => fs::remove_dir_all(target),
        Ok(_) => fs::remove_file(target),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

fn copied(from: &Path, to: &Path) -> io::Result<()> {
    for (name, path) in files_of(&from.canonicalize()?)? {
        let target = to.join(name);
        if let Some(parent) = target.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::copy(path, target)?;
    }
    Ok(())
}

#[cfg(unix)]
fn symlink(package: &Path, link: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(package, link)
}

#[cfg(not(unix))]
fn symlink(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(_: &Path) -> bool {
    true
}

/// Temporary directories are private; packages are as readable as what is around them.
#[cfg(unix)]
fn open_to_others(directory: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(directory, fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn open_to_others(_: &Path) -> io::Result<()> {
    Ok(())
}

fn unreadable(path: &Path, error: &io::Error) -> String {
    format!("{} cannot be read: {error}", path.display())
}

fn unwritable(path: &Path, error: &io::Error) -> String {
    format!("{} cannot be written: {error}", path.display())
}
