//! The Terraform language: HCL native and JSON syntax, expressions, templates and functions.
//!
//! **Invariant:** no I/O but through the traits handed in ([`functions::Host`]).

pub mod eval;
pub mod functions;
pub mod syntax;
