//! How resource types of HashiCorp's plugin framework plan, told as rules for attributes.

use std::sync::Arc;

use groma_value::{Path, Type, Value};

use super::Object;
use crate::{Block, PlanRequest, Planned};

/// What is special about the top-level attributes of a resource type.
///
/// | step | what happens |
/// |---|---|
/// | 1 | the proposed state is taken; attributes not configured get their defaults |
/// | 2 | if that differs from the prior state, computed attributes that are not configured and have no default become unknown |
/// | 3 | attributes to keep, if unknown by step 2, get their prior value |
/// | 4 | attributes whose change takes a new object are compared with the prior state |
#[derive(Clone, Debug, Default)]
pub struct Rules {
    defaults: Vec<(&'static str, Value)>,
    keep: Vec<&'static str>,
    replace: Vec<&'static str>,
    replace_if_configured: Vec<&'static str>,
}

impl Rules {
    /// Nothing special.
    pub fn new() -> Self {
        Self::default()
    }

    /// `attribute` is `value` if not configured.
    #[must_use]
    pub fn default_to(mut self, attribute: &'static str, value: Value) -> Self {
        self.defaults.push((attribute, value));
        self
    }

    /// The `attributes` stay as they were once they are known.
    #[must_use]
    pub fn keep(mut self, attributes: &[&'static str]) -> Self {
        self.keep.extend(attributes);
        self
    }

    /// A change of one of the `attributes` takes a new object.
    #[must_use]
    pub fn replace(mut self, attributes: &[&'static str]) -> Self {
        self.replace.extend(attributes);
        self
    }

    /// A change of one of the `attributes` takes a new object, unless it is a removal from the
    /// configuration.
    #[must_use]
    pub fn replace_if_configured(mut self, attributes: &[&'static str]) -> Self {
        self.replace_if_configured.extend(attributes);
        self
    }

    /// Plans by these rules.
    pub fn plan(&self, block: &Block, request: &PlanRequest) -> Planned {
        self.plan_with(block, request, |_| {})
    }

    /// Plans by these rules, with `amend` between steps 3 and 4.
    pub fn plan_with(
        &self,
        block: &Block,
        request: &PlanRequest,
        amend: impl FnOnce(&mut Object),
    ) -> Planned {
        if request.proposed.is_null() {
            return planned(request.proposed.clone(), Vec::new(), request);
        }
        let config = Object::new(&request.config);
        let mut object = Object::new(&request.proposed);
        for (name, value) in &self.defaults {
            if config.is_null(name) {
                object.set(name, value.clone());
            }
        }
        let value = object.clone().into_value();
        if request.prior.is_null() || !value.raw_equals(&request.prior) {
            self.forget_computed(block, &config, &mut object);
        }
        let prior = (!request.prior.is_null()).then(|| Object::new(&request.prior));
        if let Some(prior) = &prior {
            for name in &self.keep {
                if config.is_null(name) && !object.is_known(name) && !prior.is_null(name) {
                    object.set(name, prior.get(name));
                }
            }
        }
        amend(&mut object);
        let changed = |name: &str| {
            prior.as_ref().is_some_and(|prior| !prior.get(name).raw_equals(&object.get(name)))
        };
        let always = self.replace.iter().filter(|name| changed(name));
        let configured = self.replace_if_configured.iter();
        let configured = configured.filter(|name| !config.is_null(name) && changed(name));
        let mut paths: Vec<&str> = always.chain(configured).copied().collect();
        paths.sort_unstable();
        let paths = paths.into_iter().map(|name| Path::new().attr(name)).collect();
        planned(object.into_value(), paths, request)
    }

    fn forget_computed(&self, block: &Block, config: &Object, object: &mut Object) {
        for (name, attribute) in &block.attributes {
            let has_default = self.defaults.iter().any(|(with, _)| *with == &**name);
            if attribute.computed && config.is_null(name) && !has_default {
                let ty =
                    if attribute.ty.has_dynamic() { Type::Dynamic } else { attribute.ty.clone() };
                object.set(name, Value::unknown(ty));
            }
        }
    }
}

fn planned(value: Value, requires_replace: Vec<Path>, request: &PlanRequest) -> Planned {
    Planned {
        value: Some(value),
        requires_replace,
        private: Some(Arc::clone(&request.private)),
        legacy_type_system: false,
        diagnostics: Vec::new(),
    }
}
