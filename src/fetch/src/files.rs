//! Files that are whole or not there.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

/// Writes a file so that whoever reads it finds the old content or the new, also after a crash.
///
/// # Errors
/// The directory cannot be made or written to.
pub(crate) fn write_atomically(path: &Path, content: &[u8]) -> io::Result<()> {
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    fs::create_dir_all(directory)?;
    let mut file = tempfile::Builder::new().prefix(".groma-").tempfile_in(directory)?;
    file.write_all(content)?;
    set_mode(file.as_file(), path)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

/// Lets everybody read a file that was temporary, and private as such.
#[cfg(unix)]
pub(crate) fn open_to_others(file: &fs::File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

/// There are no such modes here.
#[cfg(not(unix))]
pub(crate) fn open_to_others(_: &fs::File) -> io::Result<()> {
    Ok(())
}

/// The mode of the file that is replaced, or that of a new file: temporary ones are private.
#[cfg(unix)]
fn set_mode(file: &fs::File, path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = fs::metadata(path).map_or(0o644, |metadata| metadata.permissions().mode());
    file.set_permissions(fs::Permissions::from_mode(mode & 0o777))
}

#[cfg(not(unix))]
fn set_mode(_: &fs::File, _: &Path) -> io::Result<()> {
    Ok(())
}
