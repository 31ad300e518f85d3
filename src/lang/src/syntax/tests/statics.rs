//! Expressions read without evaluation, and the references in them.

use super::{parsed_json, source};
use crate::syntax::{Expr, parse_expression, parse_traversal};

fn native(text: &str) -> Expr {
    let (_, file, text) = source(text.as_bytes());
    parse_expression(file, text).0
}

fn json(text: &str) -> Expr {
    let (_, body, _) = parsed_json(&format!("{{\"a\": {text}}}"));
    body.just_attributes().0.remove(0).expr
}

fn variables(expr: &Expr) -> Vec<String> {
    expr.variables().iter().map(ToString::to_string).collect()
}

#[test]
fn references_but_not_what_a_for_binds() {
    let check = |text: &str, expected: &[&str]| assert_eq!(variables(&native(text)), expected);
    check("a.b[0][\"c\\\"\"] + f(c)", &["a.b[0][\"c\\\"\"]", "c"]);
    check("[for k, v in m.k: \"${k}${v}${w}\" if k]", &["m.k", "w"]);
    check("{ a = b, (c) = d, \"e${f}\" = g }", &["b", "c", "d", "f", "g"]);
    check("\"%{ for x in y }${x}${z}%{ endfor }${x}\"", &["y", "z", "x"]);
    check("a[*].b[c[d]]", &["a", "c", "d"]);
    check("{for x in [for x in x: x]: x => y}", &["x", "y"]);
    assert_eq!(
        variables(&json(r#"{"${a}": ["${b.c}", "${", "%{if d}%{endif}"]}"#)),
        ["a", "b.c", "d"]
    );
}

#[test]
fn calls() {
    let expr = native("f(g(1), \"${provider::a::h()}\")");
    let names: Vec<_> = expr.function_calls().iter().map(|call| call.name.to_owned()).collect();
    assert_eq!(names, ["f", "g", "provider::a::h"]);
}

#[test]
fn traversals() {
    for expr in [native("a.b[0][\"c\"]"), json(r#""a.b[0][\"c\"]""#)] {
        let traversal = expr.as_traversal().expect("a reference");
        assert_eq!(traversal.to_string(), "a.b[0][\"c\"]");
        assert_eq!(traversal.prefix(1).to_string(), "a.b");
    }
    assert!(native("a[b]").as_traversal().is_err());
    assert!(native("(a)").as_traversal().is_err());
    assert!(json(r#""${a}""#).as_traversal().is_err());
    let parse = |text: &str| {
        let (_, file, text) = source(text.as_bytes());
        parse_traversal(file, text).map(|t| t.to_string())
    };
    assert_eq!(parse("module.a[\"x\"].b"), Ok("module.a[\"x\"].b".into()));
    for bad in ["", "a.", "a[*]", "a.*", "a[b]", "a b", "1", "a[0", "a[\"${b}\"]"] {
        assert!(parse(bad).is_err(), "of {bad:?}");
    }
}

#[test]
fn keywords_lists_maps_and_calls() {
    assert_eq!(native("all").as_keyword().as_deref(), Some("all"));
    assert_eq!(json("\"all\"").as_keyword().as_deref(), Some("all"));
    assert_eq!(native("a.b").as_keyword(), None);
    assert_eq!(native("[a, b]").as_literal_list().map(|l| l.len()), Ok(2));
    assert!(native("f()").as_literal_list().is_err());
    let items = native("{ aws.x = aws.y, b = c }").as_map_items().expect("a map");
    assert_eq!(items[0].0.as_traversal().expect("a reference").to_string(), "aws.x");
    for expr in [native("list(string)"), json("\"list(string)\"")] {
        let call = expr.as_call().expect("a call");
        assert_eq!((call.name.as_str(), call.args.len()), ("list", 1));
        assert_eq!(call.args[0].as_keyword().as_deref(), Some("string"));
    }
    assert!(native("list").as_call().is_err());
}
