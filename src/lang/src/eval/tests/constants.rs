//! Constants: values of expressions where there are neither names nor functions.

use std::sync::Arc;

use groma_diag::SourceMap;

use super::show;
use crate::eval::{NoScope, constant, evaluate};
use crate::syntax::{Expr, parse_expression};

fn parse(source: &str) -> Expr {
    let sources = SourceMap::new();
    let file = sources.add("test", source.as_bytes());
    parse_expression(file, Arc::from(source.as_bytes())).0
}

#[track_caller]
fn check(source: &str, expected: &str) {
    assert_eq!(show(&constant(&parse(source))), expected, "{source}");
}

#[test]
fn what_needs_no_name_is_constant() {
    check("{ a = [1, -2], b = \"x${1 + 1}\" }", "{a = [1, -2], b = \"x2\"}");
    check("[for x in [1, 2] : x if x > 1 && true]", "[2]");
    check("false && true || true", "true");
}

#[test]
fn names_and_functions_are_not() {
    check("a.b", "unknown dynamic");
    check("[1, a.b]", "[1, unknown dynamic]");
    check("upper(\"a\")", "unknown dynamic");
    check("a == a", "unknown bool");
    check("\"%{ for x in a }x%{ endfor }\" == null", "unknown bool");
    check("[for x in [1] : a]", "[unknown dynamic]");
}

#[test]
fn both_sides_of_an_operator_count() {
    check("false && a", "unknown bool");
    check("a || true", "unknown bool");
    check("true || length([]) > 1", "unknown bool");
}

#[test]
fn a_branch_that_is_not_taken_does_not() {
    check("true ? \"x\" : a", "\"x\"");
    check("false ? can(a) : [1][true ? 0 : a]", "1");
    check("a ? 1 : 1", "1");
    let (value, diags) = evaluate(&parse("true ? 1 : a"), &NoScope);
    assert!(diags.is_empty(), "{diags:#?}");
    assert_eq!(show(&value), "1");
}

#[test]
fn every_name_is_reported() {
    let (_, diags) = evaluate(&parse("[a, f(b), c]"), &NoScope);
    let places: Vec<_> =
        diags.iter().map(|d| (d.summary.as_str(), d.subject.map(|s| s.start))).collect();
    assert_eq!(
        places,
        [
            ("Variables not allowed", Some(1)),
            ("Function calls not allowed", Some(4)),
            ("Variables not allowed", Some(10)),
        ]
    );
}
