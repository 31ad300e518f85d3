//! A directory as a source.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::{Entry, EntryKind, Source, SourceError, path};

/// A directory. Listings are kept, so that asking again costs nothing.
pub struct DirSource {
    dir: PathBuf,
    root: String,
    cwd: String,
    listings: Mutex<HashMap<String, Arc<[Entry]>>>,
}

impl DirSource {
    /// The directory `dir`, which becomes the root module's; `cwd` is where the command was
    /// started. Both absolute.
    pub fn new(dir: &Path, cwd: &Path) -> Self {
        let text = |path: &Path| path::clean(&path.to_string_lossy().replace('\\', "/"));
        Self {
            dir: dir.to_owned(),
            root: text(dir),
            cwd: text(cwd),
            listings: Mutex::new(HashMap::new()),
        }
    }

    fn real(&self, path: &str) -> PathBuf {
        self.dir.join(path)
    }
}

impl Source for DirSource {
    fn read(&self, path: &str) -> Result<Arc<[u8]>, SourceError> {
        let real = self.real(path);
        let metadata = fs::metadata(&real).map_err(|error| wrap(path, &error))?;
        if !metadata.is_file() {
            return Err(SourceError::NotFile(path.to_owned()));
        }
        if metadata.len() >= u64::from(u32::MAX) {
            return Err(SourceError::TooLarge(path.to_owned()));
        }
        fs::read(&real).map(Arc::from).map_err(|error| wrap(path, &error))
    }

    fn list(&self, path: &str) -> Result<Arc<[Entry]>, SourceError> {
        let clean = path::clean(path);
        let lock = || self.listings.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entries) = lock().get(&clean) {
            return Ok(Arc::clone(entries));
        }
        let entries: Arc<[Entry]> = read_dir(&self.real(path))
            .map_err(|error| match error.kind() {
                io::ErrorKind::NotADirectory => SourceError::NotDir(path.to_owned()),
                _ => wrap(path, &error),
            })?
            .into();
        lock().insert(clean, Arc::clone(&entries));
        Ok(entries)
    }

    fn kind(&self, path: &str) -> Result<Option<EntryKind>, SourceError> {
        match fs::metadata(self.real(path)) {
            Ok(metadata) => Ok(Some(kind_of(metadata.file_type()))),
            Err(error) => match error.kind() {
                io::ErrorKind::NotFound => Ok(None),
                _ => Err(wrap(path, &error)),
            },
        }
    }

    fn root(&self) -> &str {
        &self.root
    }

    fn cwd(&self) -> &str {
        &self.cwd
    }

    fn materialize(&self, _cache: &Path) -> Result<PathBuf, SourceError> {
        Ok(self.dir.clone())
    }
}

fn read_dir(dir: &Path) -> io::Result<Vec<Entry>> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        // A name that is not UTF-8 can be written neither in configuration nor in a pattern.
        let Ok(name) = entry.file_name().into_string() else { continue };
        let ty = entry.file_type()?;
        let kind = if ty.is_symlink() {
            fs::metadata(entry.path()).map_or(EntryKind::Other, |it| kind_of(it.file_type()))
        } else {
            kind_of(ty)
        };
        entries.push(Entry { name, kind });
    }
    entries.sort();
    Ok(entries)
}

fn kind_of(ty: fs::FileType) -> EntryKind {
    if ty.is_file() {
        EntryKind::File
    } else if ty.is_dir() {
        EntryKind::Dir
    } else {
        EntryKind::Other
    }
}

fn wrap(path: &str, error: &io::Error) -> SourceError {
    match error.kind() {
        io::ErrorKind::NotFound => SourceError::NotFound(path.to_owned()),
        // `ErrorKind::FilesystemLoop` is not stable; the system's own number is.
        _ if error.raw_os_error() == Some(ELOOP) => SourceError::Loop(path.to_owned()),
        _ => SourceError::Other { path: path.to_owned(), message: error.to_string() },
    }
}

/// Linux's number of "too many levels of symbolic links"; macOS has 62.
const ELOOP: i32 = if cfg!(target_os = "linux") { 40 } else { 62 };
