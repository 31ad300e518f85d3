//! Archives of `zip`.

use std::fs::File;
use std::io::Read as _;

use zip::ZipArchive;

use super::ArchiveError;
use super::place::Place;

/// Longer than any path that a link may lead to.
const MAX_TARGET: u64 = 4096;

/// Unpacks an archive.
pub(super) fn unpack(archive: &File, place: &mut Place<'_>) -> Result<(), ArchiveError> {
    let mut archive = ZipArchive::new(archive)?;
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index)?;
        let name = entry.name()?.into_owned();
        if entry.is_symlink() {
            let mut target = String::new();
            entry.by_ref().take(MAX_TARGET).read_to_string(&mut target)?;
            place.symlink(&name, target)?;
        } else if entry.is_dir() {
            place.directory(&name)?;
        } else {
            let runs = entry.unix_mode().is_some_and(|mode| mode & 0o111 != 0);
            place.file(&name, &mut entry, runs)?;
        }
    }
    Ok(())
}
