//! What modules tell providers about themselves (`provider_meta`): sent with every request for an
//! object of theirs.

use std::collections::HashMap;

use groma_addr::{ModuleInstance, Provider};
use groma_config::{Config, ModuleId};
use groma_diag::{Diagnostic, Diagnostics, Span};
use groma_eval::decode::Spec;
use groma_lang::eval::NoScope;
use groma_value::Value;

use crate::pool::Pool;

/// Who tells what to whom.
#[derive(Default)]
pub(crate) struct Metas {
    told: HashMap<ModuleId, HashMap<Provider, Told>>,
}

enum Told {
    /// Conforms to the provider's schema for it.
    Value(Value),
    /// The provider does not want to be told.
    Unwanted(Span),
}

impl Metas {
    /// All of a configuration. The blocks are constant: they refer to nothing.
    pub(crate) fn new(config: &Config, pool: &Pool) -> (Self, Diagnostics) {
        let (mut metas, mut diags) = (Self::default(), Diagnostics::new());
        for module in config.modules.iter().filter(|module| !module.provider_metas.is_empty()) {
            for (name, block) in &module.provider_metas {
                let source = module.provider_for_name(name);
                let Some(loaded) = pool.get(&source) else { continue };
                let told = match &loaded.schema.meta {
                    Some(schema) => {
                        let (value, found) = Spec::new(&schema.block).decode(&block.body, &NoScope);
                        diags.extend(found);
                        Told::Value(value.unmark_deep().0)
                    }
                    None => Told::Unwanted(block.span),
                };
                metas.told.entry(module.id).or_default().insert(source, told);
            }
        }
        (metas, diags)
    }

    /// What a module tells a provider, if anything, in requests for the object at `address`.
    ///
    /// # Errors
    /// The provider does not want to be told.
    pub(crate) fn of(
        &self,
        module: ModuleId,
        source: &Provider,
        address: &str,
    ) -> Result<Option<Value>, Diagnostic> {
        match self.told.get(&module).and_then(|told| told.get(source)) {
            None => Ok(None),
            Some(Told::Value(value)) => Ok(Some(value.clone())),
            Some(Told::Unwanted(span)) => Err(Diagnostic::error(
                format!("Provider {source} doesn't support provider_meta"),
                format!(
                    "The resource {address} belongs to a provider that doesn't support \
                     provider_meta blocks"
                ),
            )
            .at(*span)),
        }
    }

    /// What the module of an object tells its provider, if the module is still there.
    pub(crate) fn of_object(
        &self,
        config: &Config,
        module: &ModuleInstance,
        source: &Provider,
    ) -> Option<Value> {
        if self.told.is_empty() {
            return None;
        }
        let id = config.find(&module.module())?.id;
        match self.told.get(&id)?.get(source)? {
            Told::Value(value) => Some(value.clone()),
            Told::Unwanted(_) => None,
        }
    }
}
