//! Packages as archives: `zip`, and `tar` as it is or compressed with gzip, bzip2 or xz.
//!
//! An archive comes from elsewhere, and nothing in it is believed. Entries stay below the
//! directory; they are files, directories, or links that lead to some of the same archive; and
//! there is an end to them. Links are made when everything else is there, so that nothing is ever
//! written through one.

mod place;
mod tar;
mod zip;

use std::fs::File;
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};

use super::limits::{Limits, Stop};

/// What an xz archive may take in memory, in KiB.
const XZ_MEMORY: u32 = 1 << 18;

/// Why an archive is not unpacked.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// It is broken, or no such archive.
    #[error("the archive cannot be read: {0}")]
    Read(#[from] io::Error),
    /// It is broken, or no zip archive.
    #[error("the archive cannot be read: {0}")]
    Zip(#[from] ::zip::result::ZipError),
    /// A path that leads elsewhere.
    #[error("entry contains '..': {0}")]
    Parent(String),
    /// A path that leads elsewhere.
    #[error("entry has an absolute path: {0}")]
    Absolute(String),
    /// A path that is none.
    #[error("entry has no valid path: {0:?}")]
    Path(String),
    /// Neither file, directory nor link.
    #[error("entry is no file, directory or link: {0}")]
    Special(String),
    /// A hard link to what is not there.
    #[error("entry {0} is a link to {1:?}, which is not in the archive before it")]
    Dangling(String, String),
    /// It has two things of one name.
    #[error("entry is there twice: {0}")]
    Twice(String),
    /// A single compressed file, which is no package.
    #[error("{0}-compressed files can only unarchive to a single file")]
    Single(&'static str),
    /// It cannot be written.
    #[error("{} cannot be written: {source}", .path.display())]
    Write {
        /// Where.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// There is no end to it.
    #[error("{0}")]
    Stopped(#[from] Stop),
}

/// Unpacks an archive of a kind, named by what files of that kind end in, into an empty directory.
///
/// # Errors
/// It is none, it has what no package has, or it cannot be written.
pub(super) fn unpack(
    archive: &File,
    kind: &str,
    directory: &Path,
    limits: &Limits,
) -> Result<(), ArchiveError> {
    let read = BufReader::new(archive);
    let mut place = place::Place::new(directory, limits);
    match kind {
        "zip" => zip::unpack(archive, &mut place)?,
        "tar.gz" | "tgz" => tar::unpack(flate2::read::MultiGzDecoder::new(read), &mut place)?,
        "tar.bz2" | "tar.tbz2" => tar::unpack(bzip2::read::MultiBzDecoder::new(read), &mut place)?,
        "tar.xz" | "txz" => {
            tar::unpack(lzma_rust2::XzReader::new_mem_limit(read, true, XZ_MEMORY), &mut place)?;
        }
        "gz" => return Err(ArchiveError::Single("gzip")),
        "bz2" => return Err(ArchiveError::Single("bzip2")),
        _ => return Err(ArchiveError::Single("xz")),
    }
    place.finish()
}

#[cfg(test)]
mod tests;
