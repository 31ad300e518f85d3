//! Configuration: files to modules, their blocks decoded as far as that takes no provider.
//!
//! Expressions are kept unevaluated.

mod model;
mod reference;

pub use model::{
    Check, Condition, Config, IgnoreChanges, Import, Lifecycle, Local, Module, ModuleCall,
    ModuleId, Moved, OnFailure, Output, ProviderBlock, Provisioner, ProvisionerWhen, Removed,
    RemovedTarget, Repetition, RequiredProvider, ResourceBlock, Variable,
};
pub use reference::{Reference, Subject};
