//! Bodies decoded by a provider's schema to values (what hcldec, dynblock and blocktoattr do for
//! Terraform).
//!
//! A [`Spec`] is made once of a schema and decodes any number of bodies. The result always
//! conforms to the type that the schema implies: what is wrong is unknown in it.
//!
//! | Part | Does |
//! |---|---|
//! | [`Spec`] | a schema, prepared for decoding |
//! | `body` | arguments and nested blocks to an object |
//! | `nested` | the blocks of one type to a list, set, map or object |
//! | `dynamic` | `dynamic` blocks to what they stand for |
//! | `references` | what a body refers to, without evaluating it |

mod body;
mod dynamic;
mod nested;
mod references;
mod spec;

#[cfg(test)]
mod tests;

pub use spec::Spec;
