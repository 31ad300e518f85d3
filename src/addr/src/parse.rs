//! Reading addresses from text: command arguments and state files.

use crate::{AbsResource, ModuleInstance, ResourceInstance};

/// Text that is not an address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ParseError {
    /// What is wrong with it.
    pub message: String,
}

impl ParseError {
    pub(crate) fn new(message: String) -> Self {
        Self { message }
    }
}

/// What `-target`, `moved` and `state mv` point at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// A module instance with everything inside it. A step without a key means every instance
    /// when the call has keys.
    Module(ModuleInstance),
    /// A resource with all its instances.
    Resource(AbsResource),
    /// One instance.
    Instance(ResourceInstance),
}

/// Reads `module.a[0].null_resource.b["x"]`.
pub fn parse_resource_instance(_text: &str) -> Result<ResourceInstance, ParseError> {
    todo!()
}

/// Reads `module.a[0].module.b`.
pub fn parse_module_instance(_text: &str) -> Result<ModuleInstance, ParseError> {
    todo!()
}

/// Reads an address of any of the three kinds.
pub fn parse_target(_text: &str) -> Result<Target, ParseError> {
    todo!()
}
