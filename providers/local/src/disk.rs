//! Files, away from the thread that asks for them.

use std::ffi::OsString;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Runs something that waits for the disk.
pub(crate) async fn run<T: Send + 'static>(
    task: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(task).await.map_err(io::Error::other)?
}

/// The content, or `None` if there is no such file.
pub(crate) fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(content) => Ok(Some(content)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Makes the directory that `path` is in, and those above it, if it is not there.
pub(crate) fn make_parents(path: &Path, mode: u32) -> io::Result<()> {
    let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) else {
        return Ok(());
    };
    if parent.is_dir() {
        return Ok(());
    }
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, mode);
    #[cfg(not(unix))]
    let _ = mode;
    builder.create(parent)
}

/// Writes a file: at once where it is a plain one or new, so that nobody ever sees half of it; in
/// place where the path is a link or a device.
pub(crate) fn write(path: &Path, content: &[u8], mode: u32) -> io::Result<()> {
    let replaceable = match fs::symlink_metadata(path) {
        Ok(found) => found.is_file(),
        Err(error) => error.kind() == io::ErrorKind::NotFound,
    };
    if !replaceable {
        return fill(&open(path, mode, OpenOptions::new().create(true).truncate(true))?, content);
    }
    let draft = draft_path(path)?;
    // What an attempt that died left behind.
    let _ = fs::remove_file(&draft);
    let written = open(&draft, mode, OpenOptions::new().create_new(true))
        .and_then(|file| fill(&file, content))
        .and_then(|()| fs::rename(&draft, path));
    if written.is_err() {
        let _ = fs::remove_file(&draft);
    }
    written
}

/// Removes a file. That there is none is fine.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn open(path: &Path, mode: u32, options: &mut OpenOptions) -> io::Result<File> {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, mode);
    #[cfg(not(unix))]
    let _ = mode;
    options.write(true).open(path)
}

fn fill(mut file: &File, content: &[u8]) -> io::Result<()> {
    file.write_all(content)?;
    // Pipes and terminals have nothing to synchronise.
    if file.metadata()?.is_file() { file.sync_all() } else { Ok(()) }
}

/// Beside the file, so that renaming stays within one file system.
fn draft_path(path: &Path) -> io::Result<PathBuf> {
    let name = path.file_name().ok_or(io::ErrorKind::InvalidFilename)?;
    let mut draft = OsString::from(".");
    draft.push(name);
    draft.push(".groma-draft");
    Ok(path.with_file_name(draft))
}
