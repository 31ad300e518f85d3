//! What makes a digest worthless: a time that is another in each plan.
//!
//! `timestamp()` is not among it: while planning it is unknown, and counts by its expression.

use groma_addr::{Ident, ResourceInstance};
use serde::{Deserialize, Serialize};

/// Something for which no later plan of the same configuration will match this one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Lint {
    /// An argument of a changed instance comes of `plantimestamp()`.
    TimeInChange {
        /// The instance.
        addr: ResourceInstance,
        /// The argument.
        argument: Ident,
    },
    /// A changed output of the root module comes of `plantimestamp()`.
    TimeInOutput(Ident),
}

/// What a program tells of it, as a warning.
impl std::fmt::Display for Lint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::TimeInChange { addr, argument } => write!(
                f,
                "The argument {argument} of {addr} comes of plantimestamp(), so that no later plan \
                 can be found equal to this one."
            ),
            Self::TimeInOutput(name) => write!(
                f,
                "The output {name} comes of plantimestamp(), so that no later plan can be found \
                 equal to this one."
            ),
        }
    }
}
