//! Loose objects and their outcome.

use groma_value::{Type, Value};

use crate::{Attribute, Block, NestedBlock, NestedType, Nesting};

fn block() -> Block {
    let string = || Attribute::new(Type::String);
    let nested = NestedType {
        attributes: [
            ("a".into(), string().required()),
            ("b".into(), Attribute::new(Type::Number).optional()),
        ]
        .into(),
        nesting: Nesting::List,
    };
    let nested =
        Attribute { nested: Some(nested.clone()), ..Attribute::new(nested.implied_type()) };
    let attributes = [
        ("id".into(), string().computed()),
        ("must".into(), string().required()),
        ("nested".into(), nested.optional()),
    ];
    let inner =
        Block { attributes: [("x".into(), string().optional())].into(), ..Block::default() };
    let part = |nesting| NestedBlock { nesting, block: inner.clone(), min_items: 0, max_items: 0 };
    let blocks = [
        ("group".into(), part(Nesting::Group)),
        ("list".into(), part(Nesting::List)),
        ("map".into(), part(Nesting::Map)),
        ("single".into(), part(Nesting::Single)),
    ];
    Block { attributes: attributes.into(), blocks: blocks.into(), ..Block::default() }
}

fn check(value: &Value, expected: &str) {
    let block = block();
    let actual = match block.coerce_value(value) {
        Ok(value) => {
            assert_eq!(value.ty(), block.implied_type());
            format!("{value:?}")
        }
        Err(error) => format!("{}: {error}", error.path),
    };
    assert_eq!(actual, expected);
}

#[test]
fn fills_in_what_is_not_there() {
    let must = |more: Vec<(&str, Value)>| {
        Value::object_of([("must", Value::from(1))].into_iter().chain(more))
    };
    check(
        &must(Vec::new()),
        r#"{group = {x = null(string)}, id = null(string), list = list(object({x=string}))[], map = map(object({x=string})){}, must = "1", nested = null(list(object({a=string,b=number}))), single = null(object({x=string}))}"#,
    );
    let object = |name: &str, value: &str| Value::object_of([(name, Value::from(value))]);
    check(
        &must(vec![
            ("list", Value::tuple(vec![object("x", "1"), Value::object_of([("x", true.into())])])),
            ("map", Value::object_of([("k", object("x", "1"))])),
            ("nested", Value::tuple(vec![object("a", "1")])),
        ]),
        r#"{group = {x = null(string)}, id = null(string), list = list(object({x=string}))[{x = "1"}, {x = "true"}], map = map(object({x=string})){k = {x = "1"}}, must = "1", nested = list(object({a=string,b=number}))[{a = "1", b = null(number)}], single = null(object({x=string}))}"#,
    );
}

#[test]
fn says_what_does_not_fit() {
    check(&Value::from(1), ": an object is required");
    check(&Value::object_of([("none", Value::from(1))]), ": unexpected attribute \"none\"");
    check(&Value::object_of([("id", Value::from(1))]), ": attribute \"must\" is required");
    check(&Value::object_of([("must", Value::tuple(Vec::new()))]), ".must: string required");
    check(
        &Value::object_of([("must", Value::from("x")), ("list", Value::from("x"))]),
        ".list: must be a list",
    );
    check(
        &Value::object_of([("must", Value::from("x")), ("map", Value::tuple(Vec::new()))]),
        ".map: must be a map",
    );
}
