//! Expressions of JSON syntax.

use std::sync::Arc;

use groma_diag::{Diagnostics, SourceMap};
use groma_value::Value;

use super::{scope, show};
use crate::eval::{NoScope, Scope, evaluate};
use crate::syntax::parse_json_file;

fn eval(json: &str, scope: &dyn Scope) -> (Value, Diagnostics) {
    let source = format!("{{\"x\": {json}}}");
    let file = SourceMap::new().add("test.json", source.as_bytes());
    let (body, problems) = parse_json_file(file, Arc::from(source.as_bytes()));
    assert!(problems.is_empty(), "{problems:#?}");
    let (attributes, problems) = body.just_attributes();
    assert!(problems.is_empty(), "{problems:#?}");
    evaluate(&attributes[0].expr, scope)
}

#[track_caller]
fn check(json: &str, expected: &str) {
    let (value, diags) = eval(json, &scope());
    assert!(diags.is_empty(), "{diags:#?}");
    assert_eq!(show(&value), expected, "{json}");
}

#[test]
fn strings_are_templates() {
    check(r#""${n + 1}""#, "4");
    check(r#""a ${s}""#, r#""a text""#);
    check(r#""plain""#, r#""plain""#);
    check(r#"{"${s}": ["${n}", null, true, 1.5]}"#, "{text = [3, null, true, 1.5]}");
}

#[test]
fn as_terraform_has_them() {
    check(r#""x ${upper(\"y\")}""#, r#""x Y""#);
    check(r#"["${[1]}", null, true, 1.50]"#, "[[1], null, true, 1.5]");
    check(r#"{"${\"k\"}": "v", "//": "kept"}"#, r#"{// = "kept", k = "v"}"#);
    check(r#""$${x}""#, r#""${x}""#);
    check(r#""%{if true}a%{endif}""#, r#""a""#);
    check(r#""${null}""#, "null");
    check(r#""a\"b\\n\n\u00e9""#, r#""a\"b\\n\né""#);
    check("1e400", &format!("1{}", "0".repeat(400)));
}

#[test]
fn strings_stand_for_themselves_without_names() {
    let (value, diags) = eval(r#"["${n}", {"${s}": 1}]"#, &NoScope);
    assert!(diags.is_empty(), "{diags:#?}");
    assert_eq!(show(&value), r#"["${n}", {${s} = 1}]"#);
}

#[test]
fn an_attribute_is_there_once() {
    let (_, diags) = eval(r#"{"${s}": 1, "text": 2}"#, &scope());
    let summaries: Vec<_> = diags.iter().map(|d| d.summary.as_str()).collect();
    assert_eq!(summaries, ["Duplicate object attribute"]);
}
