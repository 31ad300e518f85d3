//! Repositories and revisions.

use std::fmt;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use git2::{ErrorCode, Oid};

use crate::GitError;

/// A repository, bare or with a working tree. May be shared between threads, which then take
/// turns.
pub struct Repository {
    inner: Mutex<git2::Repository>,
}

/// The id of a commit: a hash in hexadecimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommitId(pub(crate) Oid);

impl CommitId {
    /// The first seven digits, for people.
    pub fn short(&self) -> String {
        self.to_string().chars().take(7).collect()
    }
}

impl fmt::Display for CommitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What a revision leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// Its id.
    pub id: CommitId,
    /// Who wrote it: `Name <address>`.
    pub author: String,
    /// When it was committed.
    pub time: SystemTime,
    /// The first line of its message.
    pub summary: String,
}

impl Repository {
    /// Opens the repository at `path`: a working tree's top, its `.git`, or a bare one.
    pub fn open(path: &Path) -> Result<Self, GitError> {
        let inner = git2::Repository::open(path).map_err(|source| not_repository(path, source))?;
        Ok(Self { inner: Mutex::new(inner) })
    }

    /// Opens the repository that `path` is in.
    pub fn discover(path: &Path) -> Result<Self, GitError> {
        let inner =
            git2::Repository::discover(path).map_err(|source| not_repository(path, source))?;
        Ok(Self { inner: Mutex::new(inner) })
    }

    /// The top of the working tree; `None` of a bare one.
    pub fn workdir(&self) -> Option<std::path::PathBuf> {
        self.lock().workdir().map(Path::to_owned)
    }

    /// Finds a commit by anything that Git takes for one: a branch, a tag, a (short) id,
    /// `HEAD~2`.
    pub fn commit(&self, revision: &str) -> Result<Commit, GitError> {
        let repository = self.lock();
        let object = repository.revparse_single(revision).map_err(|error| match error.code() {
            ErrorCode::NotFound | ErrorCode::InvalidSpec | ErrorCode::UnbornBranch => {
                GitError::NoSuchRevision(revision.to_owned())
            }
            ErrorCode::Ambiguous => GitError::Ambiguous(revision.to_owned()),
            _ => GitError::Other(error),
        })?;
        let commit =
            object.peel_to_commit().map_err(|_| GitError::NotCommit(revision.to_owned()))?;
        let author = commit.author();
        let name = String::from_utf8_lossy(author.name_bytes()).into_owned();
        let address = String::from_utf8_lossy(author.email_bytes()).into_owned();
        let message = String::from_utf8_lossy(commit.message_bytes()).into_owned();
        Ok(Commit {
            id: CommitId(commit.id()),
            author: format!("{name} <{address}>"),
            time: from_unix(commit.time().seconds()),
            summary: message.trim_start().lines().next().unwrap_or_default().to_owned(),
        })
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, git2::Repository> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn not_repository(path: &Path, source: git2::Error) -> GitError {
    GitError::NotRepository { path: path.to_string_lossy().into_owned(), source }
}

/// Seconds since 1970, which may be negative and absurd: a commit says what it likes.
fn from_unix(seconds: i64) -> SystemTime {
    let distance = Duration::from_secs(seconds.unsigned_abs());
    let time = if seconds < 0 {
        UNIX_EPOCH.checked_sub(distance)
    } else {
        UNIX_EPOCH.checked_add(distance)
    };
    time.unwrap_or(UNIX_EPOCH)
}
