//! State files of version 4, as Terraform writes `terraform.tfstate`.
//!
//! What Terraform wrote is written back byte for byte. Older versions are refused, and so is
//! whatever would be lost on the way: a provider address that we cannot read, for one, where
//! Terraform drops the resource without a word.

mod error;
mod json;
mod paths;
mod read;
mod write;

pub use error::{Problem, StateFileError};
pub use json::{compact, pretty};
pub use paths::{paths_from_json, paths_to_json};
pub use read::read;
pub use write::write;

#[cfg(test)]
mod tests;
