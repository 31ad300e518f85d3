//! What is done to one instance, given its inputs: no graph, no configuration, no other instance.
//!
//! Each step is a future that owns what it needs, so that it can run anywhere.

pub(crate) mod apply;
pub(crate) mod codec;
pub(crate) mod ignore;
pub(crate) mod path;
pub(crate) mod plan;
pub(crate) mod replan;
mod settle;
pub(crate) mod sound;
