//! Writing files so that there never is half of one.

use std::io::Write as _;
use std::path::Path;

/// Writes a file that only its owner may read: beside its place, then renamed to it.
///
/// # Errors
/// The folder is not there or not writable, or the disk is full. The old file is then as it was.
pub fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // Made with mode 0600.
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// Writes a file that must not be there yet.
///
/// # Errors
/// It is there, the folder is not writable, or the disk is full.
pub fn write_new(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(bytes)
}
