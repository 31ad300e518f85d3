//! Random valid configurations with random transitions, and what makes a difference found in
//! them small.
//!
//! | Module | Does |
//! |---|---|
//! | `dice` | numbers from a seed |
//! | `model` | what a generated configuration is made of |
//! | `expression` | random expressions over what is in reach |
//! | `generate` | a configuration and its transitions from a seed |
//! | `write` | the model as a case of the corpus |
//! | `shrink` | the smallest part of a model that still differs |

pub mod dice;
mod expression;
mod generate;
mod model;
mod shrink;
mod write;

pub use generate::generate;
pub use model::Scenario;
pub use shrink::shrink;
