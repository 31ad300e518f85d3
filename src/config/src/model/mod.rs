//! What configuration says, block by block.

mod module;
mod refactor;
mod resource;
mod values;

pub use module::{
    Config, Module, ModuleCall, ModuleId, ProviderBlock, Repetition, RequiredProvider,
};
pub use refactor::{Import, Moved, Removed, RemovedTarget};
pub use resource::{
    IgnoreChanges, Lifecycle, OnFailure, Provisioner, ProvisionerWhen, ResourceBlock,
};
pub use values::{Check, Condition, Local, Output, Variable};
