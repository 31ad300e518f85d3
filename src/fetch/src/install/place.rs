//! A package, checked, into its place in a data directory.

use std::fs::{self, File};
use std::io::{self, Seek as _};
use std::path::{Path, PathBuf};

use groma_addr::Provider;

use super::unpack::{make_executable, unpack};
use crate::hash::{files_of, h1_of_directory, zh_of_archive};
use crate::lock::Entry;
use crate::mirror::LocalPackage;
use crate::packages::executable;

const MORE: &str = "for more information: \
    https://developer.hashicorp.com/terraform/language/files/dependency-lock#checksum-verification";

/// Brings a package to `target`, in place of what is there.
///
/// # Errors
/// It is none that `entry` admits, it has no program, or the disk says no.
pub(super) fn place(
    package: &LocalPackage,
    target: &Path,
    source: &Provider,
    entry: &Entry,
) -> Result<(), String> {
    match package {
        LocalPackage::Unpacked(directory) => unpacked(directory, target, source, entry),
        LocalPackage::Packed(archive) => packed(archive, target, source, entry),
    }
}

fn unpacked(
    directory: &Path,
    target: &Path,
    source: &Provider,
    entry: &Entry,
) -> Result<(), String> {
    // An unpacked package has no hash of its archive to compare.
    if entry.hashes.iter().any(crate::Hash::is_h1) {
        let h1 = h1_of_directory(directory).map_err(|error| unreadable(directory, &error))?;
        if !entry.hashes.contains(&h1) {
            return Err(format!(
                "the local package for {source} {} doesn't match any of the checksums previously \
                 recorded in the dependency lock file (this might be because the available \
                 checksums are for packages targeting different platforms); {MORE}",
                entry.version
            ));
        }
    }
    let program = program(directory, source)?;
    if is_executable(&program) {
        return link(directory, target);
    }
    // A mirror's owner may not want it changed, and a package without the bit is of no use.
    let copy = beside(target)?;
    copied(directory, copy.path()).map_err(|error| unwritable(target, &error))?;
    finish(copy, target, source)
}

fn packed(archive: &Path, target: &Path, source: &Provider, entry: &Entry) -> Result<(), String> {
    let mut file = File::open(archive).map_err(|error| unreadable(archive, &error))?;
    let zh = zh_of_archive(&mut file).map_err(|error| unreadable(archive, &error))?;
    file.rewind().map_err(|error| unreadable(archive, &error))?;
    let unpacked = beside(target)?;
    unpack(&file, unpacked.path()).map_err(|error| format!("{}: {error}", archive.display()))?;
    if !entry.hashes.is_empty() && !entry.hashes.contains(&zh) {
        let path = unpacked.path();
        let h1 = h1_of_directory(path).map_err(|error| unreadable(path, &error))?;
        if !entry.hashes.contains(&h1) {
            return Err(format!(
                "the current package for {source} {} doesn't match any of the checksums previously \
                 recorded in the dependency lock file; {MORE}",
                entry.version
            ));
        }
    }
    finish(unpacked, target, source)
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
