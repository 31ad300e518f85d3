//! What is wrong with a state file.

use std::fmt;

use groma_addr::ParseError;
use groma_value::JsonError;

/// What is wrong with a state file, in Terraform's words where it has some.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct StateFileError {
    /// At least one.
    pub problems: Vec<Problem>,
}

/// One thing that is wrong with a state file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// A title.
    pub summary: String,
    /// Whole sentences.
    pub detail: String,
}

impl StateFileError {
    pub(crate) fn new(summary: &str, detail: impl Into<String>) -> Self {
        Self { problems: vec![Problem { summary: summary.to_owned(), detail: detail.into() }] }
    }

    pub(crate) fn unsupported(detail: impl Into<String>) -> Self {
        Self::new("Unsupported state file format", detail)
    }

    pub(crate) fn format(detail: impl Into<String>) -> Self {
        Self::new("Invalid state file format", detail)
    }

    pub(crate) fn metadata(detail: impl Into<String>) -> Self {
        Self::new("Invalid resource instance metadata in state", detail)
    }
}

/// As Terraform shows them: `summary: detail`, or a list.
impl fmt::Display for StateFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let [only] = &self.problems[..] {
            return only.fmt(f);
        }
        writeln!(f, "{} problems:\n", self.problems.len())?;
        for (i, problem) in self.problems.iter().enumerate() {
            let newline = if i == 0 { "" } else { "\n" };
            write!(f, "{newline}- {problem}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.summary, self.detail)
    }
}

impl From<ParseError> for StateFileError {
    fn from(error: ParseError) -> Self {
        Self::new(&error.summary, error.message)
    }
}

/// A value that cannot be written as JSON.
impl From<JsonError> for StateFileError {
    fn from(error: JsonError) -> Self {
        Self::new("Failed to serialize output value in state", error.message)
    }
}
