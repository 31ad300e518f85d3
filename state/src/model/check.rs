//! Results of the last evaluation of conditions: checks, preconditions, variable validations.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// The result of one checkable object of the configuration, over all its instances.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckResult {
    /// Which kind of object.
    pub kind: CheckableKind,
    /// Its address in the configuration: `module.a.check.b`.
    pub config_addr: Arc<str>,
    /// Over all instances.
    pub status: CheckStatus,
    /// Each instance; none if the expansion is not known.
    pub objects: Vec<CheckObject>,
}

/// The result of one instance of a checkable object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckObject {
    /// Its address: `module.a[0].check.b`.
    pub object_addr: Arc<str>,
    /// Of this instance.
    pub status: CheckStatus,
    /// The error messages of the conditions that failed.
    pub failure_messages: Vec<String>,
}

/// What can have conditions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum CheckableKind {
    /// Pre- and postconditions of a resource.
    Resource,
    /// Preconditions of an output value.
    Output,
    /// A `check` block.
    Check,
    /// Validations of an input variable.
    Variable,
}

/// The outcome of conditions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum CheckStatus {
    /// Not decided.
    Unknown,
    /// All held.
    Pass,
    /// One did not hold.
    Fail,
    /// One could not be evaluated.
    Error,
}

impl CheckableKind {
    /// As state and plan JSON write it in a state file.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Resource => "resource",
            Self::Output => "output",
            Self::Check => "check",
            Self::Variable => "var",
        }
    }

    /// Reads what [`Self::as_str`] gives.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Resource, Self::Output, Self::Check, Self::Variable]
            .into_iter()
            .find(|kind| kind.as_str() == text)
    }
}

impl CheckStatus {
    /// As a state file writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Error => "error",
        }
    }

    /// Reads what [`Self::as_str`] gives.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Unknown, Self::Pass, Self::Fail, Self::Error]
            .into_iter()
            .find(|status| status.as_str() == text)
    }
}
