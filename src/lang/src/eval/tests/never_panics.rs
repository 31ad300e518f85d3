//! Whatever the expression, evaluation ends with a value.

use std::sync::Arc;

use groma_diag::SourceMap;
use proptest::prelude::*;

use super::scope;
use crate::eval::evaluate;
use crate::syntax::parse_expression;

/// Source of an expression over the names of [`scope`], right or wrong.
fn expression() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        (-3_i32..4).prop_map(|n| n.to_string()),
        "[0-9]{1,3}(\\.[0-9]{1,3})?(e-?[0-9]{1,3})?",
        "\"[a-zé ]{0,3}\"",
        prop::sample::select(vec![
            "s",
            "n",
            "nothing",
            "list",
            "empty_list",
            "null_list",
            "object",
            "secret",
            "secret_list",
            "ephemeral",
            "unknown",
            "unknown_string",
            "unknown_id",
            "unknown_number",
            "unknown_bool",
            "unknown_list",
            "unknown_set",
            "unknown_object",
            "unknown_secret",
            "x",
            "object.a",
            "list[0]",
            "unknown_object.a",
            "nope",
        ])
        .prop_map(str::to_owned),
    ];
    leaf.prop_recursive(5, 40, 4, |inner| {
        let pair = (inner.clone(), inner.clone());
        let operators = vec!["+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "&&", "||"];
        let functions: Vec<_> = crate::functions::all().iter().map(|f| f.name).collect();
        prop_oneof![
            (pair.clone(), prop::sample::select(operators))
                .prop_map(|((a, b), op)| format!("({a} {op} {b})")),
            inner.clone().prop_map(|a| format!("!{a}")),
            inner.clone().prop_map(|a| format!("(-{a})")),
            (inner.clone(), pair.clone()).prop_map(|(c, (a, b))| format!("({c} ? {a} : {b})")),
            pair.clone().prop_map(|(a, b)| format!("[{a}, {b}]")),
            pair.clone().prop_map(|(a, b)| format!("{{({a}) = {b}}}")),
            pair.clone().prop_map(|(a, b)| format!("({a})[{b}]")),
            inner.clone().prop_map(|a| format!("({a}).a")),
            inner.clone().prop_map(|a| format!("({a})[*].a")),
            pair.clone().prop_map(|(a, b)| format!("({a})[*][{b}]")),
            pair.clone().prop_map(|(a, b)| format!("[for x in {a} : {b}]")),
            (pair.clone(), inner.clone())
                .prop_map(|((a, b), c)| format!("[for i, x in {a} : {b} if {c}]")),
            (pair.clone(), inner.clone())
                .prop_map(|((a, b), c)| format!("{{for k, x in {a} : {b} => {c}...}}")),
            (pair.clone(), inner.clone())
                .prop_map(|((a, b), c)| format!("{{for x in {a} : {b} => x if {c}}}")),
            pair.clone().prop_map(|(a, b)| format!("\"a${{{a}}}b${{{b}}}\"")),
            pair.clone().prop_map(|(a, b)| format!("\"%{{for x in {a}}}${{{b}}}%{{endfor}}\"")),
            (pair.clone(), prop::sample::select(functions.clone()))
                .prop_map(|((a, b), f)| format!("{f}({a}, {b})")),
            (inner.clone(), prop::sample::select(functions.clone()))
                .prop_map(|(a, f)| format!("{f}({a})")),
            (inner, prop::sample::select(functions)).prop_map(|(a, f)| format!("{f}({a}...)")),
        ]
    })
}

proptest! {
    #[test]
    fn evaluates(source in expression()) {
        let sources = SourceMap::new();
        let file = sources.add("test", source.as_bytes());
        let (expr, problems) = parse_expression(file, Arc::from(source.as_bytes()));
        prop_assert!(problems.is_empty(), "{} does not parse: {:#?}", source, problems);
        let (value, diags) = evaluate(&expr, &scope());
        for diagnostic in &diags {
            let place = diagnostic.subject.expect("every diagnostic has a place");
            prop_assert!(place.start <= place.end && place.end as usize <= source.len());
            prop_assert!(!diagnostic.detail.is_empty());
        }
        // The type of the value is one that can be told.
        let _ = value.ty();
    }
}
