//! Merging configuration over a prior object.

use groma_value::{Fields, PathStep, Str, Value};

use super::correlate::{came_from_configuration, could_be_prior_of};
use super::level::{Level, element, elements, part, rebuild};
use crate::{Attribute, Block, NestedBlock, Nesting};

/// The configured values, with computed attributes that are not configured as they were before
/// (`objchange.ProposedNew`). Nested objects are paired up by index, by key, or in sets by what
/// could have become of the configured one.
pub fn proposed_new_state(block: &Block, prior: &Value, config: &Value) -> Value {
    if prior.is_null() {
        if config.is_null() {
            return prior.clone();
        }
        return propose(block.into(), &block.empty_value(), config);
    }
    propose(block.into(), prior, config)
}

/// What a data source that is read later will give: the configured values, with computed
/// attributes that are not configured unknown (`objchange.PlannedDataResourceObject`).
pub fn planned_data_object(block: &Block, config: &Value) -> Value {
    propose(block.into(), &Value::unknown(block.implied_type()), config)
}

fn propose(level: Level<'_>, prior: &Value, config: &Value) -> Value {
    if level.blocks.is_some() && (config.is_null() || !config.is_known()) {
        return prior.clone();
    }
    // An attribute's object may be null, unlike a block.
    if config.is_null() {
        return config.clone();
    }
    let attributes = level.attributes.iter().map(|(name, attribute)| {
        let prior = part(prior, name, || attribute.ty.clone());
        let config = part(config, name, || attribute.ty.clone());
        (Str::new(name), propose_attribute(attribute, prior, config))
    });
    let blocks = level.blocks().map(|(name, nested)| {
        let prior = part(prior, name, || nested.implied_type());
        let config = part(config, name, || nested.implied_type());
        (Str::new(name), propose_block(nested, &prior, config))
    });
    Value::object(attributes.chain(blocks).collect::<Fields>())
}

fn propose_attribute(attribute: &Attribute, prior: Value, config: Value) -> Value {
    if attribute.computed && config.is_null() {
        // An optional nested object that holds what no provider computes was configured before,
        // so its removal is meant.
        return if came_from_configuration(attribute, &prior) { config } else { prior };
    }
    match &attribute.nested {
        Some(nested) if config.is_known() && !config.is_null() => {
            propose_nested(nested.into(), nested.nesting, &prior, &config)
        }
        _ => config,
    }
}

fn propose_block(nested: &NestedBlock, prior: &Value, config: Value) -> Value {
    let group = nested.nesting == Nesting::Group;
    if !config.is_known() || config.is_null() && !group {
        return config;
    }
    if group {
        return proposed_new_state(&nested.block, prior, &config);
    }
    let absent = nested.nesting == Nesting::Single && prior.is_null();
    if absent {
        return proposed_new_state(&nested.block, prior, &config);
    }
    propose_nested((&nested.block).into(), nested.nesting, prior, &config)
}

fn propose_nested(level: Level<'_>, nesting: Nesting, prior: &Value, config: &Value) -> Value {
    let new = match nesting {
        Nesting::Single | Nesting::Group => return propose(level, prior, config),
        Nesting::Set => propose_set(level, prior, config),
        Nesting::List | Nesting::Map => elements(config)
            .into_iter()
            .map(|(step, config)| match prior_element(prior, &step, config) {
                Some(prior) => propose(level, &prior, config),
                None => config.clone(),
            })
            .collect(),
    };
    rebuild(config, new)
}

/// The prior element in the place of a configured one. Of an unknown collection: an unknown one.
fn prior_element(prior: &Value, step: &PathStep, config: &Value) -> Option<Value> {
    if prior.is_known() { element(prior, step).cloned() } else { Some(Value::unknown(config.ty())) }
}

fn propose_set(level: Level<'_>, prior: &Value, config: &Value) -> Vec<Value> {
    let mut candidates: Vec<Option<&Value>> =
        elements(prior).into_iter().map(|(_, value)| Some(value)).collect();
    let mut pair = |config: &Value| {
        let fits = |candidate: &&mut Option<&Value>| {
            candidate.is_some_and(|prior| could_be_prior_of(level, prior, config))
        };
        candidates.iter_mut().find(fits).and_then(Option::take)
    };
    elements(config)
        .into_iter()
        .map(|(_, config)| match pair(config) {
            Some(prior) => propose(level, prior, config),
            None => config.clone(),
        })
        .collect()
}
