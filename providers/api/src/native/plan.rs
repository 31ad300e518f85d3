//! How resource types of HashiCorp's plugin framework plan, told as rules for attributes.

use std::sync::Arc;

use groma_value::{Path, Value};

use super::Object;
use crate::{Block, PlanRequest, Planned, ProviderDiagnostics};

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
    replace: Vec<(&'static str, Replaces)>,
}

/// Given the value before and after, whether the change takes a new object.
type Replaces = fn(&Value, &Value) -> bool;

/// A plan under way, before what takes a new object is decided.
pub struct Amend<'a> {
    /// The object as it is; `None` for a creation.
    pub prior: Option<&'a Object>,
    /// What is configured.
    pub config: &'a Object,
    /// The object as it will be.
    pub planned: &'a mut Object,
    /// Problems.
    pub diagnostics: ProviderDiagnostics,
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
        self.replace.extend(attributes.iter().map(|name| (*name, (|_, _| true) as Replaces)));
        self
    }

    /// A change of `attribute` takes a new object if `replaces` says so of its values before and
    /// after.
    #[must_use]
    pub fn replace_if(mut self, attribute: &'static str, replaces: Replaces) -> Self {
        self.replace.push((attribute, replaces));
        self
    }

    /// A change of `attribute`, a map, takes a new object, unless all that came or went is nulls:
    /// HashiCorp's former SDK did not store those.
    #[must_use]
    pub fn replace_unless_nulls(self, attribute: &'static str) -> Self {
        self.replace_if(attribute, |before, after| {
            let at = |map: &Value, key: &str| map.as_fields().and_then(|f| f.get(key).cloned());
            if !after.is_known() {
                return true;
            }
            let came = after.as_fields().is_some_and(|fields| {
                fields.iter().any(|(key, value)| {
                    at(before, key).map_or(!value.is_null(), |before| !before.raw_equals(value))
                })
            });
            let went = before
                .as_fields()
                .is_some_and(|fields| fields.iter().any(|(key, _)| at(after, key).is_none()));
            came || went
        })
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
        amend: impl FnOnce(&mut Amend<'_>),
    ) -> Planned {
        let answer = |value, requires_replace, diagnostics| Planned {
            value: Some(value),
            requires_replace,
            private: Some(Arc::clone(&request.private)),
            identity: None,
            legacy_type_system: false,
            diagnostics,
        };
        if request.proposed.is_null() {
            return answer(request.proposed.clone(), Vec::new(), Vec::new());
        }
        let config = Object::new(&request.config);
        let prior = (!request.prior.is_null()).then(|| Object::new(&request.prior));
        let mut planned = Object::new(&request.proposed);
        for (name, value) in &self.defaults {
            if config.is_null(name) {
                planned.set(name, value.clone());
            }
        }
        if prior.is_none() || !planned.clone().into_value().raw_equals(&request.prior) {
            self.forget_computed(block, &config, &mut planned);
        }
        if let Some(prior) = &prior {
            for name in &self.keep {
                if config.is_null(name) && !planned.is_known(name) && !prior.is_null(name) {
                    planned.set(name, prior.get(name));
                }
            }
        }
        let mut step = Amend {
            prior: prior.as_ref(),
            config: &config,
            planned: &mut planned,
            diagnostics: Vec::new(),
        };
        amend(&mut step);
        let diagnostics = step.diagnostics;
        let paths = prior.map_or_else(Vec::new, |prior| self.replaced(&prior, &planned));
        answer(planned.into_value(), paths, diagnostics)
    }

    /// Which changes take a new object.
    fn replaced(&self, prior: &Object, planned: &Object) -> Vec<Path> {
        let mut names: Vec<&str> = Vec::new();
        for (name, replaces) in &self.replace {
            let (before, after) = (prior.get(name), planned.get(name));
            if !before.raw_equals(&after) && replaces(&before, &after) {
                names.push(name);
            }
        }
        names.sort_unstable();
        names.into_iter().map(|name| Path::new().attr(name)).collect()
    }

    fn forget_computed(&self, block: &Block, config: &Object, planned: &mut Object) {
        for (name, attribute) in &block.attributes {
            let has_default = self.defaults.iter().any(|(with, _)| *with == &**name);
            if attribute.computed && config.is_null(name) && !has_default {
                planned.set(name, Value::unknown(attribute.ty.clone()));
            }
        }
    }
}

#[cfg(test)]
mod tests;
