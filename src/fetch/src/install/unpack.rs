//! Unpacking of packed packages.
//!
//! An archive comes from elsewhere, and nothing in it is believed: entries stay below the
//! directory, are files or directories, each once, and all together no larger than any provider is.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use zip::ZipArchive;
use zip::result::ZipError;

use crate::Hash;
use crate::hash::{FileList, sha256};

/// Ten times as much as the largest provider.
const MAX_SIZE: u64 = 8 << 30;
/// More than any provider has.
const MAX_ENTRIES: usize = 100_000;

/// Why an archive is not unpacked.
#[derive(Debug, thiserror::Error)]
pub(super) enum UnpackError {
    /// It is not a zip archive, or a broken one.
    #[error("the archive cannot be read: {0}")]
    Archive(#[from] ZipError),
    /// An entry cannot be written.
    #[error("{} cannot be written: {source}", .path.display())]
    Write { path: PathBuf, source: io::Error },
    /// An entry leads out of the directory.
    #[error("the archive has an entry with the path {0:?}, which leads out of it")]
    Escapes(String),
    /// An entry is a link.
    #[error("the archive has a symbolic link, {0:?}, which packages may not have")]
    Link(String),
    /// It is larger than any provider.
    #[error("the archive is larger than any provider")]
    TooLarge,
}

/// Unpacks an archive into an empty directory.
///
/// # Errors
/// It is not one that a provider would come in, or it cannot be written.
pub(super) fn unpack(archive: &File, directory: &Path) -> Result<(), UnpackError> {
    let mut archive = ZipArchive::new(archive)?;
    if archive.len() > MAX_ENTRIES {
        return Err(UnpackError::TooLarge);
    }
    let mut left = MAX_SIZE;
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index)?;
        let name = entry.name()?.into_owned();
        if entry.is_symlink() {
            return Err(UnpackError::Link(name));
        }
        let odd = name.starts_with('/') || name.contains('\\');
        let path = entry.enclosed_name().filter(|_| !odd);
        let Some(path) = path.map(|path| directory.join(path)) else {
            return Err(UnpackError::Escapes(name));
        };
        let failed = |source| UnpackError::Write { path: path.clone(), source };
        if entry.is_dir() {
            fs::create_dir_all(&path).map_err(failed)?;
            continue;
        }
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(failed)?;
        }
        let runs = entry.unix_mode().is_some_and(|mode| mode & 0o111 != 0);
        let mut file = File::create_new(&path).map_err(failed)?;
        // What the archive says of sizes may be wrong; what comes out counts.
        let written = io::copy(&mut entry.by_ref().take(left + 1), &mut file).map_err(failed)?;
        left = left.checked_sub(written).ok_or(UnpackError::TooLarge)?;
        if runs {
            make_executable(&path).map_err(failed)?;
        }
    }
    Ok(())
}

/// The `h1:` hashes that an archive's content may be known by: that of its files, which is what it
/// has once it is unpacked, and the one that counts entries for folders too, as Go does for archives.
///
/// # Errors
/// It is no archive, or not one that a provider would come in.
pub(crate) fn h1_of_archive(archive: &File) -> io::Result<[Hash; 2]> {
    let broken = |error: ZipError| io::Error::new(io::ErrorKind::InvalidData, error);
    let mut archive = ZipArchive::new(archive).map_err(broken)?;
    let too_large = || io::Error::new(io::ErrorKind::InvalidData, UnpackError::TooLarge);
    if archive.len() > MAX_ENTRIES {
        return Err(too_large());
    }
    let (mut files, mut all) = (FileList::default(), FileList::default());
    let mut left = MAX_SIZE;
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).map_err(broken)?;
        let name = entry.name().map_err(broken)?.into_owned();
        let is_dir = entry.is_dir();
        let mut content = Counted { inner: entry.by_ref().take(left + 1), read: 0 };
        let hash = sha256(&mut content)?;
        left = left.checked_sub(content.read).ok_or_else(too_large)?;
        if !is_dir {
            files.add_hashed(name.clone(), hash.clone())?;
        }
        all.add_hashed(name, hash)?;
    }
    Ok([files.hash(), all.hash()])
}

/// Counts what is read, since what an archive says of sizes may be wrong.
struct Counted<R> {
    inner: R,
    read: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.read += read as u64;
        Ok(read)
    }
}

/// Lets everybody run a file.
#[cfg(unix)]
pub(super) fn make_executable(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = fs::metadata(path)?.permissions().mode();
    fs::set_permissions(path, fs::Permissions::from_mode(mode & 0o777 | 0o755))
}

/// Any file may be run here.
#[cfg(not(unix))]
pub(super) fn make_executable(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    /// What comes of an archive: its files and modes, or the error.
    fn check(write: impl FnOnce(&mut ZipWriter<File>), expected: &str) {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("a.zip");
        let mut archive = ZipWriter::new(File::create(&path).expect("a file"));
        write(&mut archive);
        archive.finish().expect("an archive");
        let target = dir.path().join("a/b");
        fs::create_dir_all(&target).expect("directories");
        let found = match unpack(&File::open(&path).expect("the archive"), &target) {
            Ok(()) => {
                let files = crate::hash::files_of(&target).expect("files");
                files.iter().map(|(name, path)| described(name, path)).collect()
            }
            Err(error) => error.to_string(),
        };
        let above = crate::hash::files_of(dir.path()).expect("files");
        assert!(above.keys().all(|name| name == "a.zip" || name.starts_with("a/b/")), "{above:?}");
        assert_eq!(found, expected);
    }

    fn described(name: &str, path: &Path) -> String {
        use std::os::unix::fs::PermissionsExt as _;
        let runs = fs::metadata(path).expect("a file").permissions().mode() & 0o100 != 0;
        format!("{name} {} {runs}\n", fs::read_to_string(path).expect("text"))
    }

    fn file(archive: &mut ZipWriter<File>, name: &str, mode: u32) {
        let options = SimpleFileOptions::default().unix_permissions(mode);
        archive.start_file(name, options).expect("an entry");
        archive.write_all(b"x").expect("content");
    }

    #[test]
    fn files_come_out_with_their_run_bits() {
        check(
            |archive| {
                archive.add_directory("empty", SimpleFileOptions::default()).expect("an entry");
                file(archive, "terraform-provider-x", 0o4755);
                file(archive, "docs/a.md", 0o644);
            },
            "docs/a.md x false\nterraform-provider-x x true\n",
        );
    }

    #[test]
    fn nothing_gets_out() {
        for name in ["../x", "a/../../x", "/x", "..\\x"] {
            let error =
                format!("the archive has an entry with the path {name:?}, which leads out of it");
            check(|archive| file(archive, name, 0o644), &error);
        }
        check(
            |archive| {
                let options = SimpleFileOptions::default();
                archive.add_symlink("link", "/etc", options).expect("an entry");
            },
            "the archive has a symbolic link, \"link\", which packages may not have",
        );
    }

    #[test]
    fn what_is_no_archive_is_refused() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("a.zip");
        fs::write(&path, "nothing").expect("a file");
        let error = unpack(&File::open(&path).expect("it"), dir.path()).expect_err("an error");
        assert!(error.to_string().starts_with("the archive cannot be read: "), "{error}");
    }
}
