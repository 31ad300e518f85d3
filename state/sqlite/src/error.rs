//! What SQLite reports, as errors of a store.

use std::path::Path;
use std::sync::Arc;

use groma_state::StateError;
use rusqlite::ErrorCode;

/// A failure that can be handed to everyone whom it concerns.
#[derive(Clone, Debug)]
pub(crate) enum Failure {
    Busy,
    Full,
    ReadOnly,
    Newer { found: i64, supported: i64 },
    Corrupt(Arc<str>),
    Io { action: &'static str, cause: Arc<str> },
}

impl Failure {
    pub(crate) fn corrupt(detail: impl Into<Arc<str>>) -> Self {
        Self::Corrupt(detail.into())
    }

    pub(crate) fn io(action: &'static str, cause: &dyn std::fmt::Display) -> Self {
        Self::Io { action, cause: cause.to_string().into() }
    }

    /// The error, of the database at `path`.
    pub(crate) fn at(self, path: &Path) -> StateError {
        let path = path.display().to_string();
        match self {
            Self::Busy => StateError::Busy { path },
            Self::Full => StateError::Full { path },
            Self::ReadOnly => StateError::ReadOnly { path },
            Self::Newer { found, supported } => StateError::Newer { path, found, supported },
            Self::Corrupt(detail) => StateError::Corrupt { path, detail: detail.to_string() },
            Self::Io { action, cause } => {
                StateError::Io { action, path, source: cause.to_string().into() }
            }
        }
    }
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => Self::ReadOnly,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                Self::corrupt(error.to_string())
            }
            Some(_) => Self::io("use", &error),
            // A column that is not of its type, a row that must be there and is not.
            None => Self::corrupt(error.to_string()),
        }
    }
}

/// Why a piece of work was not done.
#[derive(Debug)]
pub(crate) enum WorkError {
    /// Refused before it wrote anything: nobody else is concerned.
    Refused(StateError),
    /// The whole transaction failed.
    Failed(Failure),
}

impl From<Failure> for WorkError {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<rusqlite::Error> for WorkError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Failed(error.into())
    }
}

impl From<StateError> for WorkError {
    fn from(error: StateError) -> Self {
        Self::Refused(error)
    }
}
