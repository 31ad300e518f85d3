//! Configuration: from the files of a [`Source`] to modules whose blocks are decoded and checked
//! as far as that can be done without providers. Expressions are kept unevaluated.
//!
//! | Module | Holds |
//! |---|---|
//! | [`source`] | where files come from: a directory, memory, a recording and its replay |
//! | `model` | what each block says, and the tree of modules |
//! | [`host`] | the functions that read files |
//! | [`inputs`] | values given to the root module's variables |
//! | [`modules`] | where called modules are |
//! | `reference` | what a traversal refers to |
//! | [`version`] | versions and constraints |
//!
//! **Invariant:** no I/O but through a [`Source`]; the environment is never read.

mod decode;
pub mod host;
pub mod inputs;
mod load;
mod model;
pub mod modules;
mod reference;
pub mod source;
mod validate;
pub mod version;

pub use load::{
    ModuleFiles, StateBlocks, check_calls, load_calls, load_config, load_state_blocks, module_files,
};
pub use model::{
    Backend, Check, Cloud, Condition, Config, IgnoreChanges, Import, ImportBy, Lifecycle, Local,
    Module, ModuleCall, ModuleId, Moved, OnFailure, Output, PassedProvider, ProviderBlock,
    ProviderMeta, ProviderRef, Provisioner, ProvisionerWhen, Removed, RemovedTarget, Repetition,
    RequiredProvider, ResourceBlock, Variable,
};
pub use modules::{LocalModules, Modules};
pub use reference::{Reference, Subject};
pub use source::{DirSource, MemorySource, Snapshot, Source, SourceError};
pub use validate::{check_providers, check_references};
