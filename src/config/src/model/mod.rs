//! What configuration says, block by block.

mod module;
mod refactor;
mod resource;
mod values;

pub use module::{
    Backend, Cloud, Config, Module, ModuleCall, ModuleId, PassedProvider, ProviderBlock,
    ProviderMeta, ProviderRef, Repetition, RequiredProvider,
};
pub use refactor::{Import, ImportBy, Moved, Removed, RemovedTarget};
pub use resource::{
    IgnoreChanges, Lifecycle, OnFailure, Provisioner, ProvisionerWhen, ResourceBlock,
};
pub use values::{Check, Condition, Local, Output, Variable};
