//! Sharing of equal addresses while a state is loaded.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::str::FromStr as _;
use std::sync::Arc;

use groma_addr::{
    ConfigResource, Ident, ModuleInstance, ParseError, ProviderConfig, Target,
    parse_module_instance, parse_target,
};

use crate::{Dependencies, Dependency};

/// Parses the texts of addresses and shares what is equal: a state repeats the same few
/// modules, types, providers and dependencies a hundred thousand times.
#[derive(Default)]
pub struct Interner {
    idents: HashSet<Ident>,
    modules: HashMap<Box<str>, ModuleInstance>,
    providers: HashMap<Box<str>, Arc<ProviderConfig>>,
    resources: HashMap<Box<str>, Dependency>,
    dependencies: HashMap<Box<str>, Dependencies>,
}

/// The value of `map` for `key`, made at its first use.
fn intern<V: Clone, E>(
    map: &mut HashMap<Box<str>, V>,
    key: &str,
    make: impl FnOnce() -> Result<V, E>,
) -> Result<V, E> {
    if let Some(value) = map.get(key) {
        return Ok(value.clone());
    }
    let value = make()?;
    map.insert(key.into(), value.clone());
    Ok(value)
}

fn intern_in<T: Eq + Hash + Clone + for<'a> From<&'a str> + std::borrow::Borrow<str>>(
    set: &mut HashSet<T>,
    text: &str,
) -> T {
    if let Some(shared) = set.get(text) {
        return shared.clone();
    }
    let new = T::from(text);
    set.insert(new.clone());
    new
}

impl Interner {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// A shared identifier.
    pub fn ident(&mut self, text: &str) -> Ident {
        intern_in(&mut self.idents, text)
    }

    /// Reads `module.a[0]`; nothing is the root.
    pub fn module(&mut self, text: &str) -> Result<ModuleInstance, ParseError> {
        if text.is_empty() {
            return Ok(ModuleInstance::root());
        }
        intern(&mut self.modules, text, || parse_module_instance(text))
    }

    /// Reads `provider["…"].alias`.
    pub fn provider(&mut self, text: &str) -> Result<Arc<ProviderConfig>, ParseError> {
        intern(&mut self.providers, text, || ProviderConfig::from_str(text).map(Arc::new))
    }

    /// Reads a list of addresses of resources, shared by its text as a whole: `joined` tells
    /// lists apart.
    pub fn dependencies<'a>(
        &mut self,
        joined: &str,
        addresses: impl IntoIterator<Item = &'a str>,
    ) -> Result<Dependencies, ParseError> {
        let resources = &mut self.resources;
        intern(&mut self.dependencies, joined, || {
            addresses.into_iter().map(|text| intern(resources, text, || leaf(text))).collect()
        })
    }
}

/// A resource of which nothing more is known.
fn leaf(text: &str) -> Result<Dependency, ParseError> {
    parse_config_resource(text).map(|resource| Dependency::new(resource, Dependencies::none()))
}

/// Reads the address of a resource without instance keys.
pub fn parse_config_resource(text: &str) -> Result<ConfigResource, ParseError> {
    let invalid = |message: &str| ParseError {
        summary: "Invalid address".to_owned(),
        message: message.to_owned(),
        span: 0..text.len(),
    };
    match parse_target(text)? {
        Target::Resource(resource) => Ok(resource.config()),
        Target::Instance(_) => Err(invalid(
            "A resource address is required. This instance key identifies a specific resource \
             instance, which is not expected here.",
        )),
        Target::Module(_) => Err(invalid(
            "A resource address is required here. The module path must be followed by a resource \
             specification.",
        )),
    }
}
