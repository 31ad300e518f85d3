//! The functions that read files, over a [`Source`].

use groma_lang::functions::HostError;

use crate::source::{EntryKind, Source, SourceError, glob, path};

/// The bytes of a file, for `file` and its like.
pub fn read_file(source: &dyn Source, path: &str) -> Result<Vec<u8>, HostError> {
    source.read(path).map(|bytes| bytes.to_vec()).map_err(|error| match error {
        SourceError::NotFound(path) => HostError::NotFound(path),
        SourceError::NotFile(path) => HostError::NotRegular(path),
        error => HostError::Other(error.to_string()),
    })
}

/// Whether a regular file is there, for `fileexists`.
pub fn file_exists(source: &dyn Source, path: &str) -> Result<bool, HostError> {
    match source.kind(path) {
        Ok(Some(EntryKind::File)) => Ok(true),
        Ok(Some(EntryKind::Dir | EntryKind::Other)) => Err(HostError::NotRegular(path.to_owned())),
        Ok(None) => Ok(false),
        Err(_) => Err(HostError::Other(format!("failed to stat {path:?}"))),
    }
}

/// The files in a directory that match a pattern, for `fileset`.
pub fn fileset(source: &dyn Source, dir: &str, pattern: &str) -> Result<Vec<String>, HostError> {
    glob(source, dir, pattern).map_err(|error| HostError::Other(error.to_string()))
}

/// The absolute form of a path, for `abspath`: from the root module's directory.
pub fn absolute(source: &dyn Source, path: &str) -> String {
    path::join(source.root(), path)
}
