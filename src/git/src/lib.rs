//! Git: repositories, revisions, and configuration read straight from the object database.
//!
//! | Type | Is |
//! |---|---|
//! | [`Repository`] | a repository, bare or with a working tree |
//! | [`Commit`] | what a revision leads to, with who made it and when |
//! | [`GitSource`] | the files of a commit, as a `Source` |
//!
//! **Invariant:** nothing is checked out and no network is used; the repository is only read.

mod error;
mod repository;
mod source;
mod tree;

pub use error::GitError;
pub use repository::{Commit, CommitId, Repository};
pub use source::{GitSource, VIRTUAL_ROOT};
