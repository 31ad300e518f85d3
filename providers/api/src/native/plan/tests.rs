//! Rules, one by one.

use groma_value::{Type, Value};

use super::Rules;
use crate::objchange::proposed_new_state;
use crate::{Attribute, Block, PlanRequest, Private};

fn block() -> Block {
    let string = || Attribute::new(Type::String);
    let attributes = [
        ("id".into(), string().computed()),
        ("made".into(), string().computed()),
        ("mode".into(), string().optional().computed()),
        ("name".into(), string().optional()),
        ("keepers".into(), Attribute::new(Type::map(Type::String)).optional()),
    ];
    Block { attributes: attributes.into(), ..Block::default() }
}

fn rules() -> Rules {
    Rules::new()
        .default_to("mode", Value::from("fast"))
        .keep(&["id"])
        .replace(&["mode"])
        .replace_unless_nulls("keepers")
}

fn object(fields: &[(&str, &str)]) -> Value {
    let block = block();
    let fields = fields.iter().map(|(name, value)| (*name, Value::from(*value)));
    block.coerce_value(&Value::object_of(fields)).unwrap()
}

fn keepers(base: &Value, entries: &[(&str, Option<&str>)]) -> Value {
    let entries = entries
        .iter()
        .map(|(key, value)| ((*key).into(), value.map_or(Value::null(Type::String), Value::from)));
    let map = Value::map(Type::String, entries.collect::<Vec<_>>());
    let fields = base.as_fields().unwrap().iter();
    Value::object_of(fields.map(|(name, value)| {
        (name.clone(), if &**name == "keepers" { map.clone() } else { value.clone() })
    }))
}

fn check(prior: &Value, config: &Value, expected: &str, replaced: &[&str]) {
    let block = block();
    let request = PlanRequest {
        ty: "t".into(),
        prior: prior.clone(),
        config: config.clone(),
        proposed: proposed_new_state(&block, prior, config),
        private: Private::default(),
        identity: None,
        meta: None,
    };
    let planned = rules().plan(&block, &request);
    assert_eq!(format!("{:?}", planned.value.unwrap()), expected);
    let paths: Vec<String> = planned.requires_replace.iter().map(ToString::to_string).collect();
    assert_eq!(paths, replaced);
}

#[test]
fn creates_with_defaults_and_unknowns() {
    let none = Value::null(block().implied_type());
    check(
        &none,
        &object(&[("name", "n")]),
        r#"{id = unknown(string), keepers = null(map(string)), made = unknown(string), mode = "fast", name = "n"}"#,
        &[],
    );
}

#[test]
fn changes_nothing_where_nothing_changed() {
    let prior = object(&[("id", "1"), ("made", "m"), ("mode", "fast"), ("name", "n")]);
    check(
        &prior,
        &object(&[("name", "n")]),
        r#"{id = "1", keepers = null(map(string)), made = "m", mode = "fast", name = "n"}"#,
        &[],
    );
    check(
        &prior,
        &object(&[("name", "x")]),
        r#"{id = "1", keepers = null(map(string)), made = unknown(string), mode = "fast", name = "x"}"#,
        &[],
    );
}

#[test]
fn replaces_where_asked() {
    let prior = object(&[("id", "1"), ("made", "m"), ("mode", "slow"), ("name", "n")]);
    check(
        &prior,
        &object(&[("name", "n")]),
        r#"{id = "1", keepers = null(map(string)), made = unknown(string), mode = "fast", name = "n"}"#,
        &[".mode"],
    );
}

#[test]
fn nulls_in_keepers_replace_nothing() {
    let prior = object(&[("id", "1"), ("made", "m"), ("mode", "fast")]);
    let config = object(&[]);
    let replaced = |before: &Value, entries| {
        let config = keepers(&config, entries);
        let request = PlanRequest {
            ty: "t".into(),
            prior: before.clone(),
            proposed: proposed_new_state(&block(), before, &config),
            config,
            private: Private::default(),
            identity: None,
            meta: None,
        };
        !rules().plan(&block(), &request).requires_replace.is_empty()
    };
    assert!(!replaced(&prior, &[("a", None)]));
    assert!(replaced(&prior, &[("a", Some("1"))]));
    let prior = keepers(&prior, &[("a", Some("1"))]);
    assert!(!replaced(&prior, &[("a", Some("1")), ("b", None)]));
    assert!(replaced(&prior, &[("a", Some("2"))]));
    assert!(replaced(&prior, &[("b", None)]));
    assert!(replaced(&prior, &[]));
}
