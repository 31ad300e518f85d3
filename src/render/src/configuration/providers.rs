//! `provider_config`: the configurations that are written, and those that are implied.

use std::collections::BTreeMap;

use groma_addr::{LocalProvider, ProviderConfig};
use groma_config::{Config, Module};

use super::expressions::body_json;
use crate::json::{Json, Object};
use crate::schemas::Schemas;

/// Every provider configuration, by its key.
pub(super) fn provider_configs(config: &Config, schemas: &Schemas) -> Object {
    let mut out = BTreeMap::new();
    for module in &config.modules {
        for (local, block) in &module.providers {
            let mut entry = entry(config, module, local, &block.source.to_string());
            if let Some(schema) = schemas.provider(&block.source) {
                entry.set_some("expressions", body_json(&block.body, &schema.provider.block));
            }
            out.insert(key(module, local), entry);
        }
        // What is used, or required, without a block of its own.
        for (local, serving) in &module.provider_configs {
            let own = serving.module == module.path && serving.alias == local.alias;
            if own {
                let source = serving.provider.to_string();
                out.entry(key(module, local))
                    .or_insert_with(|| entry(config, module, local, &source));
            }
        }
    }
    out.into_iter().map(|(key, entry)| (key, Json::from(entry))).collect()
}

fn entry(config: &Config, module: &Module, local: &LocalProvider, source: &str) -> Object {
    let mut out = Object::new();
    out.set("name", &*local.name).set("full_name", source);
    out.set_some("alias", local.alias.as_deref());
    let constraint = config
        .modules
        .iter()
        .flat_map(|module| module.required_providers.values())
        .filter(|required| required.source.to_string() == source)
        .filter_map(|required| required.version.as_ref().map(|(version, _)| version.to_string()))
        .collect::<Vec<_>>();
    out.set_some("version_constraint", constraint.join(", "));
    out.set_some("module_address", module.path.to_string());
    out
}

fn key(module: &Module, local: &LocalProvider) -> String {
    if module.path.is_root() { local.to_string() } else { format!("{}:{local}", module.path) }
}

/// The key of the configuration that serves something.
pub(super) fn config_key(config: &Config, serving: &ProviderConfig) -> String {
    let Some(module) = config.find(&serving.module) else { return serving.to_string() };
    let named = module
        .provider_configs
        .iter()
        .find(|(local, named)| *named == serving && local.alias == serving.alias);
    named.map_or_else(|| serving.provider.ty.to_string(), |(local, _)| key(module, local))
}
