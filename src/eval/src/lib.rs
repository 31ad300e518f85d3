//! The values of what a configuration names, per module instance.
//!
//! | Part | Does |
//! |---|---|
//! | [`Frames`] | module instances, each with the values of its variables, locals, outputs, resources |
//! | [`ModuleScope`] | says what the names of an expression mean in a frame |
//! | [`decode`] | bodies by a provider's schema |
//! | [`expand`] | `count` and `for_each`, for resources and modules alike |
//! | [`variable`] | converts and checks the value of an input variable |
//! | [`condition`] | preconditions, postconditions, validations, assertions |
//! | [`generate`] | the block that an object could have come from |
//! | [`references`] | what an expression, a body or a `depends_on` refers to |
//!
//! **Invariant:** reading a value never computes another. Whoever walks the configuration does so
//! in the order of its references, so that neither a long chain of values nor a wide one costs
//! more than its length.

pub mod condition;
pub mod decode;
mod expand;
mod frames;
mod generate;
mod instances;
pub mod references;
mod scope;
mod traversal;
pub mod variable;

pub use expand::{Expansion, expand};
pub use frames::{Found, Frame, FrameId, Frames};
pub use generate::{Generated, generate};
pub use instances::{Instances, KeyData};
pub use scope::{
    Globals, ModuleScope, ProviderFunctions, ProviderSchemas, check_reference, instance_key,
};
pub use traversal::{check_steps, deprecated};
