//! Where configuration is read from.
//!
//! | Source | Reads |
//! |---|---|
//! | [`DirSource`] | a directory |
//! | [`MemorySource`] | files held in memory: for tests |
//! | [`MountedSource`] | another source, with a directory of the disk in it |
//! | [`RecordingSource`] | another source, and remembers everything that was asked |
//! | [`SnapshotSource`] | what a recording remembered: at apply |
//! | `GitSource` of `groma-git` | a revision of a repository |
//!
//! **Paths** are text with `/` between names, relative to the root module's directory (`.`), or
//! absolute. They may lead upwards (`../modules/a`). A clean path is what is shown to people.

mod dir;
mod glob;
mod memory;
mod mounted;
pub mod path;
mod snapshot;

use std::path::PathBuf;
use std::sync::Arc;

pub use dir::DirSource;
pub use glob::{GlobError, glob};
pub use memory::MemorySource;
pub use mounted::MountedSource;
pub use snapshot::{Digest, RecordingSource, Snapshot, SnapshotSource};

use serde::{Deserialize, Serialize};

/// What a path leads to, symbolic links followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum EntryKind {
    /// A regular file.
    File,
    /// A directory.
    Dir,
    /// Something else (a socket, a device), or a symbolic link that leads nowhere.
    Other,
}

/// An entry of a directory.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: EntryKind,
}

/// Why a source could not answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum SourceError {
    /// There is nothing at the path.
    #[error("there is no file or directory {0:?}")]
    NotFound(String),
    /// It is not a regular file.
    #[error("{0:?} is not a regular file")]
    NotFile(String),
    /// It is not a directory.
    #[error("{0:?} is not a directory")]
    NotDir(String),
    /// Its symbolic links go round in a circle.
    #[error("too many symbolic links lead to {0:?}")]
    Loop(String),
    /// The path leads out of what the source holds.
    #[error("{0:?} is outside of {1}")]
    Outside(String, String),
    /// It is larger than a file of configuration can be.
    #[error("{0:?} is larger than 4 GiB")]
    TooLarge(String),
    /// The system or the repository refused.
    #[error("cannot read {path:?}: {message}")]
    Other {
        /// The path.
        path: String,
        /// Why, in the words of whoever refused.
        message: String,
    },
}

impl SourceError {
    /// The same of another path, which is what was asked for.
    #[must_use]
    pub(crate) fn at(self, path: &str) -> Self {
        let path = path.to_owned();
        match self {
            Self::NotFound(_) => Self::NotFound(path),
            Self::NotFile(_) => Self::NotFile(path),
            Self::NotDir(_) => Self::NotDir(path),
            Self::Loop(_) => Self::Loop(path),
            Self::Outside(_, what) => Self::Outside(path, what),
            Self::TooLarge(_) => Self::TooLarge(path),
            Self::Other { message, .. } => Self::Other { path, message },
        }
    }
}

/// Where configuration is read from: see the [module](self).
///
/// The same question gets the same answer during a run: implementations read what cannot change,
/// or are wrapped in a [`RecordingSource`].
pub trait Source: Send + Sync {
    /// The bytes of a regular file.
    fn read(&self, path: &str) -> Result<Arc<[u8]>, SourceError>;

    /// The entries of a directory, sorted by name (as bytes).
    fn list(&self, path: &str) -> Result<Arc<[Entry]>, SourceError>;

    /// What is at a path; `None` if nothing is.
    fn kind(&self, path: &str) -> Result<Option<EntryKind>, SourceError>;

    /// The absolute path of the root module's directory, real or virtual: what `abspath(".")`
    /// gives.
    fn root(&self) -> &str;

    /// The absolute path of the directory that the command was started in: `path.cwd`. The same
    /// as the root unless another was chosen.
    fn cwd(&self) -> &str {
        self.root()
    }

    /// A directory on disk that stands for the root module's, with everything of the source
    /// around it. The real one if there is one; else a read-only copy made below `cache`.
    fn materialize(&self, cache: &std::path::Path) -> Result<PathBuf, SourceError>;
}

impl<S: Source + ?Sized> Source for Arc<S> {
    fn read(&self, path: &str) -> Result<Arc<[u8]>, SourceError> {
        (**self).read(path)
    }

    fn list(&self, path: &str) -> Result<Arc<[Entry]>, SourceError> {
        (**self).list(path)
    }

    fn kind(&self, path: &str) -> Result<Option<EntryKind>, SourceError> {
        (**self).kind(path)
    }

    fn root(&self) -> &str {
        (**self).root()
    }

    fn cwd(&self) -> &str {
        (**self).cwd()
    }

    fn materialize(&self, cache: &std::path::Path) -> Result<PathBuf, SourceError> {
        (**self).materialize(cache)
    }
}
