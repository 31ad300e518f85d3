//! What can go wrong with a repository.

/// What can go wrong with a repository.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// There is no repository.
    #[error("{path:?} is not a Git repository: {}", source.message())]
    NotRepository {
        /// Where one was looked for.
        path: String,
        /// What libgit2 says.
        source: git2::Error,
    },
    /// Nothing has that name.
    #[error("the revision {0:?} does not exist in the repository")]
    NoSuchRevision(String),
    /// More than one object has that short id.
    #[error("the revision {0:?} is ambiguous: more than one object's id starts so")]
    Ambiguous(String),
    /// What has that name is a tree or a file.
    #[error("{0:?} is not a commit")]
    NotCommit(String),
    /// The commit has no such directory.
    #[error("the commit {commit} has no directory {path:?}")]
    NoSuchDirectory {
        /// The commit.
        commit: String,
        /// The directory, from the top of the repository.
        path: String,
    },
    /// The repository is damaged, or cannot be read.
    #[error("cannot read the repository: {}", .0.message())]
    Other(#[from] git2::Error),
}
