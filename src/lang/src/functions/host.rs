//! What functions need from outside: files, time, randomness.

use std::time::SystemTime;

/// Why the host could not do what a function asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HostError {
    /// There is no such file.
    #[error("no file exists at {0:?}")]
    NotFound(String),
    /// It is a directory or something else that cannot be read.
    #[error("{0:?} is not a regular file")]
    NotRegular(String),
    /// Anything else, in words.
    #[error("{0}")]
    Other(String),
}

/// The outside world as functions see it. One implementation reads a directory, another a Git
/// revision; tests have a fake.
pub trait Host: Send + Sync {
    /// The bytes of a file. A relative path is relative to the base directory of the run.
    fn read_file(&self, path: &str) -> Result<Vec<u8>, HostError>;

    /// Whether a regular file is there; an error if something else is.
    fn file_exists(&self, path: &str) -> Result<bool, HostError>;

    /// The regular files under `dir` that match the glob `pattern`, relative to `dir`, sorted.
    fn fileset(&self, dir: &str, pattern: &str) -> Result<Vec<String>, HostError>;

    /// The absolute form of a path.
    fn absolute(&self, path: &str) -> String;

    /// The home directory, for `pathexpand`.
    fn home(&self) -> Option<String>;

    /// The time that `plantimestamp()` gives; `None` where it is not known.
    fn plan_timestamp(&self) -> Option<SystemTime>;

    /// The time that `timestamp()` gives; `None` during a plan, when it is unknown.
    fn now(&self) -> Option<SystemTime>;

    /// Random bytes for `uuid()` and `bcrypt()`; `None` during a plan, when they are unknown.
    fn random(&self, len: usize) -> Option<Vec<u8>>;
}
