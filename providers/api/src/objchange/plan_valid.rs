//! Whether a provider may plan what it planned.

use groma_value::{Path, Type, Value};

use super::level::{Level, element, elements, join, join_attr, part, same};
use super::{Inconsistency, go_string};
use crate::{Attribute, Block, NestedBlock, NestedType, Nesting};

type Found = Vec<Inconsistency>;

const UNKNOWN_ELEMENT: &str = "element representing nested block must not be unknown itself; set \
                               nested attribute values to unknown instead";

/// What is wrong with a plan (`objchange.AssertPlanValid`): a provider may choose values only for
/// computed attributes that are not configured, or keep a prior value that means the same as the
/// configured one.
pub fn assert_plan_valid(
    block: &Block,
    prior: &Value,
    config: &Value,
    planned: &Value,
) -> Vec<Inconsistency> {
    let mut found = Vec::new();
    object(block.into(), prior, config, planned, &Path::new(), &mut found);
    found
}

/// Compares the presence of two objects; whether there is more to compare.
fn present(config: &Value, planned: &Value, path: &Path, found: &mut Found) -> bool {
    let message = match (config.is_null(), planned.is_null()) {
        (false, true) => "planned for absence but config wants existence",
        (true, false) => "planned for existence but config wants absence",
        (true, true) => return false,
        (false, false) => return true,
    };
    found.push(Inconsistency::new(path, message));
    false
}

fn object(
    level: Level<'_>,
    prior: &Value,
    config: &Value,
    planned: &Value,
    path: &Path,
    found: &mut Found,
) {
    if present(config, planned, path, found) {
        attributes(level, prior, config, planned, path, found);
        for (name, nested) in level.blocks() {
            let part = |object| part(object, name, || nested.implied_type());
            let path = join_attr(path, name);
            nested_block(nested, &part(prior), &part(config), &part(planned), &path, found);
        }
    }
}

fn nested_block(
    nested: &NestedBlock,
    prior: &Value,
    config: &Value,
    planned: &Value,
    path: &Path,
    found: &mut Found,
) {
    let mut report = |message: String| found.push(Inconsistency::new(path, message));
    if planned.raw_equals(config) {
        return;
    }
    if !config.is_known() {
        report(format!("planned value {} for unknown dynamic block", go_string(planned)));
        return;
    }
    if !planned.is_known() {
        report(
            "attribute representing nested block must not be unknown itself; set nested attribute \
             values to unknown instead"
                .to_owned(),
        );
        return;
    }
    let level = Level::from(&nested.block);
    let kind = match nested.nesting {
        Nesting::Single | Nesting::Group => {
            return object(level, prior, config, planned, path, found);
        }
        Nesting::List => "list",
        Nesting::Map => "map",
        Nesting::Set => "set",
    };
    if planned.is_null() {
        report(format!(
            "attribute representing a {kind} of nested blocks must be empty to indicate no blocks, \
             not null"
        ));
        return;
    }
    let (planned_elements, config_elements) = (elements(planned), elements(config));
    if nested.nesting == Nesting::Map {
        keys(planned, config, "block key", path, found);
    } else if nested.nesting == Nesting::List && planned_elements.len() != config_elements.len() {
        let (in_plan, in_config) = (planned_elements.len(), config_elements.len());
        report(format!(
            "block count in plan (cty.NumberIntVal({in_plan})) disagrees with count in config \
             (cty.NumberIntVal({in_config}))"
        ));
        return;
    }
    // Nothing tells which element of a set was made from which, and a provider may mix prior and
    // configured values in one: they are taken on trust.
    for (step, planned) in planned_elements {
        let place = join(path, step.clone());
        if !planned.is_known() {
            found.push(Inconsistency::new(&place, UNKNOWN_ELEMENT));
        } else if let Some(config) = element(config, &step) {
            let absent = Value::null(Type::Dynamic);
            let prior = element(prior, &step).unwrap_or(&absent);
            object(level, prior, config, planned, &place, found);
        }
    }
}

/// Compares the keys of two maps.
fn keys(planned: &Value, config: &Value, what: &str, path: &Path, found: &mut Found) {
    let names = |value: &Value| -> Vec<groma_value::Str> {
        value.as_fields().map_or_else(Vec::new, |f| f.iter().map(|(k, _)| k.clone()).collect())
    };
    let has = |value: &Value, key: &str| value.as_fields().is_some_and(|f| f.get(key).is_some());
    for key in names(planned) {
        if !has(config, &key) {
            let message = format!("{what} {key:?} from plan is not present in config");
            found.push(Inconsistency::new(path, message));
        }
    }
    for key in names(config) {
        if !has(planned, &key) {
            let message = format!("{what} {key:?} from config is not present in plan");
            found.push(Inconsistency::new(path, message));
        }
    }
}

fn attributes(
    level: Level<'_>,
    prior: &Value,
    config: &Value,
    planned: &Value,
    path: &Path,
    found: &mut Found,
) {
    for (name, schema) in level.attributes {
        let part = |object| part(object, name, || schema.ty.clone());
        let path = join_attr(path, name);
        attribute(schema, &part(prior), &part(config), &part(planned), &path, found);
    }
}

fn attribute(
    schema: &Attribute,
    prior: &Value,
    config: &Value,
    planned: &Value,
    path: &Path,
    found: &mut Found,
) {
    let kept = !prior.is_null() && !config.is_null() && same(planned, prior);
    if kept || same(planned, config) {
        return;
    }
    let mut report = |message: String| found.push(Inconsistency::new(path, message));
    if schema.write_only {
        if !planned.is_null() {
            report("planned value for write-only attribute is not null".to_owned());
        }
        return;
    }
    if schema.computed && (!schema.optional || config.is_null()) {
        return;
    }
    let shown = |value| go_string(value);
    if config.is_null() && !planned.is_null() {
        report(if schema.sensitive {
            "sensitive planned value for a non-computed attribute".to_owned()
        } else {
            format!("planned value {} for a non-computed attribute", shown(planned))
        });
        return;
    }
    if let Some(nested) = &schema.nested {
        return nested_attribute(nested, prior, config, planned, path, found);
    }
    report(match (schema.sensitive, prior.is_null()) {
        (true, true) => "sensitive planned value does not match config value".to_owned(),
        (true, false) => {
            "sensitive planned value does not match config value nor prior value".to_owned()
        }
        (false, true) => format!(
            "planned value {} does not match config value {}",
            shown(planned),
            shown(config)
        ),
        (false, false) => format!(
            "planned value {} does not match config value {} nor prior value {}",
            shown(planned),
            shown(config),
            shown(prior)
        ),
    });
}

fn nested_attribute(
    nested: &NestedType,
    prior: &Value,
    config: &Value,
    planned: &Value,
    path: &Path,
    found: &mut Found,
) {
    if !present(config, planned, path, found) {
        return;
    }
    if !planned.is_known() {
        found.push(Inconsistency::new(path, "planned unknown for configured value"));
        return;
    }
    let level = Level::from(nested);
    if matches!(nested.nesting, Nesting::Single | Nesting::Group) {
        return attributes(level, prior, config, planned, path, found);
    }
    let (in_plan, in_config) = (planned.length(), config.length());
    if in_plan.equals(&in_config).as_bool() != Some(true) {
        // Elements of a set that are not known yet may turn out equal.
        let may_agree =
            nested.nesting == Nesting::Set && in_plan.equals(&in_config).as_bool() != Some(false);
        if !may_agree {
            let (in_plan, in_config) = (go_string(&in_plan), go_string(&in_config));
            let message =
                format!("count in plan ({in_plan}) disagrees with count in config ({in_config})");
            found.push(Inconsistency::new(path, message));
        }
        return;
    }
    if nested.nesting == Nesting::Map {
        keys(planned, config, "map key", path, found);
    }
    // Nothing tells which element of a set was made from which: they are taken on trust.
    for (step, planned) in elements(planned) {
        if let Some(config) = element(config, &step) {
            let absent = Value::null(Type::Dynamic);
            let prior = element(prior, &step).unwrap_or(&absent);
            attributes(level, prior, config, planned, &join(path, step), found);
        }
    }
}
