//! Changes of a state: what a transaction is made of.

use std::sync::Arc;

use groma_addr::{Ident, ModuleInstance, ProviderConfig, ResourceInstance};

use crate::{CheckResult, DeposedKey, Object, Output, Outputs};

/// One change of a state. Each sets one thing whole, so that applying it twice is the same as
/// once, and changes of different things may be applied in any order.
#[derive(Clone, Debug)]
pub enum Change {
    /// An object of a resource instance: the current one, or the deposed one with that key.
    Object {
        /// Whose object.
        addr: ResourceInstance,
        /// `None` for the current object.
        deposed: Option<DeposedKey>,
        /// The provider configuration that manages the whole instance from now on.
        provider: Arc<ProviderConfig>,
        /// `None` if it is there no more.
        object: Option<Object>,
    },
    /// An output value of the root module.
    Output {
        /// Its name.
        name: Ident,
        /// `None` if it is there no more.
        output: Option<Output>,
    },
    /// The outputs of a module instance other than the root, all at once. Empty to forget them.
    ModuleOutputs {
        /// Which instance.
        module: ModuleInstance,
        /// All its outputs.
        outputs: Outputs,
    },
    /// The results of all conditions.
    Checks(Option<Arc<[CheckResult]>>),
}
