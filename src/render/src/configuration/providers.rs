//! `provider_config`: the configurations that are written, and those that are implied.
//!
//! A module that neither has a configuration of its own nor is given one inherits its caller's, if
//! the caller has one under that name; else the module is told of as having its own.

use std::collections::{BTreeMap, BTreeSet};

use groma_addr::LocalProvider;
use groma_config::version::canonical;
use groma_config::{Config, Module};

use super::expressions::body_json;
use crate::json::{Json, Object};
use crate::schemas::Schemas;

/// The provider configurations of all modules, by their keys.
pub(super) struct ProviderConfigs {
    entries: BTreeMap<String, Entry>,
}

/// One configuration, or the name that a module has for one of its caller's.
struct Entry {
    json: Object,
    source: String,
    /// The key of the configuration that it stands for, if it is not one itself.
    parent: Option<String>,
}

impl ProviderConfigs {
    pub(super) fn new(config: &Config, schemas: &Schemas) -> Self {
        let mut all = Self { entries: BTreeMap::new() };
        if let Some(root) = config.root() {
            all.module(config, root, schemas);
        }
        all
    }

    /// The `provider_config` member.
    pub(super) fn json(&self) -> Object {
        let own = self.entries.iter().filter(|(_, entry)| entry.parent.is_none());
        own.map(|(key, entry)| (key.clone(), Json::from(entry.json.clone()))).collect()
    }

    /// The key of the configuration that serves a resource of `module`.
    pub(super) fn key(&self, module: &Module, local: &LocalProvider) -> String {
        let key = key(module, &local.to_string());
        let parent = self.entries.get(&key).and_then(|entry| entry.parent.clone());
        parent.unwrap_or(key)
    }

    /// Adds the configurations of a module, and of those that it calls.
    fn module(&mut self, config: &Config, module: &Module, schemas: &Schemas) {
        for (local, block) in &module.providers {
            let source = block.source.to_string();
            let mut json = describe(module, &local.name, local.alias.as_deref(), &source);
            if let Some(schema) = schemas.provider(&block.source) {
                json.set_some("expressions", body_json(&block.body, &schema.provider.block));
            }
            let entry = Entry { json, source, parent: None };
            self.entries.insert(key(module, &local.to_string()), entry);
        }
        for (name, required) in &module.required_providers {
            for alias in &required.aliases {
                self.implied(module, &alias.to_string(), name, &required.source.to_string(), None);
            }
            self.inherited(config, module, name, &required.source.to_string());
        }
        let used = module.resources.values().map(|block| &block.source);
        let used = used.chain(module.providers.values().map(|block| &block.source));
        for source in used.collect::<BTreeSet<_>>() {
            self.inherited(config, module, &source.ty, &source.to_string());
        }
        for (name, call) in &module.calls {
            let Some(child) = module.children.get(name).and_then(|id| config.module(*id)) else {
                continue;
            };
            for passed in &call.providers {
                let local = passed.child.addr.to_string();
                let source = child.provider_for_name(&passed.child.addr.name).to_string();
                let from = key(module, &passed.parent.addr.to_string());
                let entry = Entry {
                    json: describe(child, &local, None, &source),
                    parent: self.origin(from, &source),
                    source,
                };
                self.entries.insert(key(child, &local), entry);
            }
            self.module(config, child, schemas);
        }
    }

    /// Adds what a module has under a name without a block, unless there is something already.
    fn inherited(&mut self, config: &Config, module: &Module, name: &str, source: &str) {
        let caller = module.parent.as_ref().and_then(|(id, _)| config.module(*id));
        let parent = caller.and_then(|caller| self.origin(key(caller, name), source));
        self.implied(module, name, name, source, parent);
    }

    fn implied(
        &mut self,
        module: &Module,
        local: &str,
        name: &str,
        source: &str,
        parent: Option<String>,
    ) {
        self.entries.entry(key(module, local)).or_insert_with(|| Entry {
            json: describe(module, name, None, source),
            source: source.to_owned(),
            parent,
        });
    }

    /// The configuration that a key of a caller stands for, if it is of that provider.
    fn origin(&self, start: String, source: &str) -> Option<String> {
        let mut next = Some(start);
        std::iter::from_fn(|| {
            let key = next.take()?;
            let entry = self.entries.get(&key).filter(|entry| entry.source == source)?;
            next.clone_from(&entry.parent);
            Some(key)
        })
        .last()
    }
}

fn describe(module: &Module, name: &str, alias: Option<&str>, source: &str) -> Object {
    let mut out = Object::new();
    out.set("name", name).set("full_name", source);
    out.set_some("alias", alias);
    let required = module.required_providers.values();
    let required = required.map(|required| (&required.source, &required.version));
    let written = module.providers.values().map(|block| (&block.source, &block.version));
    let own = required.chain(written).filter(|(of, _)| of.to_string() == source);
    let constraints = own.filter_map(|(_, version)| Some(&version.as_ref()?.0));
    out.set_some("version_constraint", canonical(constraints));
    out.set_some("module_address", module.path.to_string());
    out
}

fn key(module: &Module, local: &str) -> String {
    if module.path.is_root() { local.to_owned() } else { format!("{}:{local}", module.path) }
}
