//! How provider configurations pass from module to module.

mod check;

use std::collections::BTreeMap;

use groma_addr::{Ident, LocalProvider, Module as ModulePath, Provider, ProviderConfig};

pub(super) use check::check;

use super::module::implied_provider;
use crate::model::{Config, Module, ProviderBlock};

/// For each module, which configuration serves each name that it has for one.
pub(super) fn resolve(config: &Config) -> Vec<BTreeMap<LocalProvider, ProviderConfig>> {
    config.modules.iter().map(|module| resolve_module(config, module)).collect()
}

fn resolve_module(config: &Config, module: &Module) -> BTreeMap<LocalProvider, ProviderConfig> {
    let mut names: Vec<LocalProvider> = module.providers.keys().cloned().collect();
    let plain = |name: &Ident| LocalProvider { name: name.clone(), alias: None };
    for (name, required) in &module.required_providers {
        names.push(plain(name));
        names.extend(required.aliases.iter().cloned());
    }
    // Resources are sorted by type: those with one provider stand together.
    for resource in module.resources.values() {
        if names.last() != Some(&resource.provider) {
            names.push(resource.provider.clone());
        }
    }
    for call in module.calls.values() {
        names.extend(call.providers.iter().map(|passed| passed.parent.addr.clone()));
    }
    for import in &module.imports {
        let implied: Ident = implied_provider(&import.resource.resource.ty).into();
        names.push(import.provider.clone().unwrap_or_else(|| plain(&implied)));
    }
    names.sort();
    names.dedup();
    let serve = |name: LocalProvider| {
        let provider = module.provider_for_name(&name.name);
        let config = serving(config, module, &provider, name.alias.as_ref());
        (name, config)
    };
    names.into_iter().map(serve).collect()
}

/// The configuration of `provider` that serves a module under an alias, or by default.
///
/// Its own block if that says anything; else the one that the caller passes; else its own empty
/// block; else, of a default one, what serves the caller, in the end the implied configuration of
/// the root.
fn serving(
    config: &Config,
    module: &Module,
    provider: &Provider,
    alias: Option<&Ident>,
) -> ProviderConfig {
    let here = |path: &ModulePath| ProviderConfig {
        module: path.clone(),
        provider: provider.clone(),
        alias: alias.cloned(),
    };
    let mut blocks = module.providers.values();
    let block =
        blocks.find(|block| block.source == *provider && block.addr.alias.as_ref() == alias);
    let caller = module.parent.as_ref().and_then(|(id, name)| {
        let parent = config.module(*id)?;
        Some((parent, parent.calls.get(name)?))
    });
    let Some((parent, call)) = caller else { return here(&module.path) };
    if block.is_some_and(|block| !is_empty(block)) {
        return here(&module.path);
    }
    let mut passed = call.providers.iter();
    let passed = passed.find(|passed| {
        passed.child.addr.alias.as_ref() == alias
            && module.provider_for_name(&passed.child.addr.name) == *provider
    });
    if let Some(passed) = passed {
        let name = &passed.parent.addr;
        let provider = parent.provider_for_name(&name.name);
        return serving(config, parent, &provider, name.alias.as_ref());
    }
    if block.is_some() || alias.is_some() {
        return here(&module.path);
    }
    serving(config, parent, provider, None)
}

/// Whether a block says nothing, so that it only declares the need for a configuration.
fn is_empty(block: &ProviderBlock) -> bool {
    block.version.is_none() && !says_anything(block)
}

fn says_anything(block: &ProviderBlock) -> bool {
    let (_, diags) = block.body.content(&groma_lang::syntax::BodySchema::new());
    diags.has_errors()
}
