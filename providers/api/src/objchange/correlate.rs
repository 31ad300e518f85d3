//! What a prior object can tell of the configuration that it was made from.

use groma_value::{Type, Value, View};

use super::level::{Level, element, elements, part, same};
use crate::{Attribute, NestedType, Nesting};

/// Whether an object of a set could have been made from `config`: it differs only in what a
/// provider computes where nothing is configured.
pub(super) fn could_be_prior_of(level: Level<'_>, prior: &Value, config: &Value) -> bool {
    if same(prior, config) || prior.is_null() {
        return true;
    }
    let (View::Object(_), View::Object(_)) = (prior.view(), config.view()) else {
        return false;
    };
    level.attributes.iter().all(|(name, attribute)| {
        let prior = part(prior, name, || attribute.ty.clone());
        let config = part(config, name, || attribute.ty.clone());
        attribute_could_be(attribute, &prior, &config)
    }) && level.blocks().all(|(name, nested)| {
        let prior = part(prior, name, || nested.implied_type());
        let config = part(config, name, || nested.implied_type());
        nested_could_be((&nested.block).into(), nested.nesting, &prior, &config)
    })
}

fn attribute_could_be(attribute: &Attribute, prior: &Value, config: &Value) -> bool {
    if same(prior, config) {
        return true;
    }
    // Nothing tells which element of a set was made from which.
    if matches!(config.ty(), Type::Set(_)) {
        return false;
    }
    match &attribute.nested {
        Some(nested) => nested_could_be(nested.into(), nested.nesting, prior, config),
        None => attribute.computed && config.is_null(),
    }
}

fn nested_could_be(level: Level<'_>, nesting: Nesting, prior: &Value, config: &Value) -> bool {
    if same(prior, config) {
        return true;
    }
    match nesting {
        Nesting::Single | Nesting::Group => could_be_prior_of(level, prior, config),
        Nesting::Set => false,
        Nesting::List | Nesting::Map => elements(prior).into_iter().all(|(step, prior)| {
            element(config, &step).is_some_and(|config| could_be_prior_of(level, prior, config))
        }),
    }
}

/// Whether the value of an optional attribute has parts that no provider computes, so that it
/// must have been configured.
pub(super) fn came_from_configuration(attribute: &Attribute, value: &Value) -> bool {
    attribute.optional
        && attribute.nested.as_ref().is_some_and(|nested| has_uncomputed(nested, value))
}

fn has_uncomputed(nested: &NestedType, value: &Value) -> bool {
    let in_object = |object: &Value| {
        nested.attributes.iter().any(|(name, attribute)| {
            object.attr(name).is_some_and(|value| {
                !value.is_null()
                    && (!attribute.computed
                        || attribute.nested.as_ref().is_some_and(|n| has_uncomputed(n, value)))
            })
        })
    };
    match nested.nesting {
        Nesting::Single | Nesting::Group => in_object(value),
        _ => elements(value).into_iter().any(|(_, object)| in_object(object)),
    }
}
