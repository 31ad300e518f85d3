//! JSON syntax.

use super::{dump, parsed_json};

/// The shape of the value of `{"a": …}`, or what is wrong.
fn value(text: &str) -> String {
    let (_, body, problems) = parsed_json(&format!("{{\"a\": {text}}}"));
    let (attributes, _) = body.just_attributes();
    let shape = attributes.first().map(|a| dump::dump(a.expr.as_ref())).unwrap_or_default();
    super::join(shape, &problems)
}

#[test]
fn values() {
    assert_eq!(value("[1, -2.5e3, true, null]"), "(tuple 1 -2.5e3 true null)");
    assert_eq!(value(r#""a\n\u00e9\ud83d\ude00\ud800""#), "(json \"a\\né😀\u{fffd}\")");
    assert_eq!(value(r#""a${b.c[\"d\"]}e""#), r#"(json (tmpl "a" b.c["d"] "e"))"#);
    assert_eq!(value(r#""${b}""#), "(json (wrap b))");
    assert_eq!(
        value(r#"{"${k}": {"x": "y"}}"#),
        r#"(object (json (wrap k)) (object (json "x") (json "y")))"#
    );
}

#[test]
fn a_broken_template_is_told_when_it_is_evaluated() {
    let (_, body, problems) = parsed_json(r#"{"a": "${"}"#);
    assert_eq!(problems, "");
    let (attributes, _) = body.just_attributes();
    let crate::syntax::ExprKind::JsonString(text) = attributes[0].expr.kind() else {
        panic!("a string")
    };
    assert_eq!(text.literal(), "${");
    assert!(text.template().is_some_and(|(_, diagnostics)| diagnostics.has_errors()));
}

#[test]
fn spans_reach_into_strings() {
    let (map, body, _) = parsed_json("{\"a\":\n  \"x${b}\"}");
    let (attributes, _) = body.just_attributes();
    let variables = attributes[0].expr.variables();
    assert_eq!(map.describe(variables[0].span), "main.tf:2,7");
}

#[test]
fn errors_in_hcls_words() {
    let problems = |text: &str| parsed_json(text).2;
    assert_eq!(
        problems("{\"a\" = 1}"),
        "main.tf:1,6: Missing property value colon: JSON uses a colon as its name/value \
         delimiter, not an equals sign."
    );
    assert_eq!(
        problems("{\"a\": tru, \"b\": [1,], \"c\": 01}"),
        "main.tf:1,7: Invalid JSON keyword: \"tru\" is not a valid JSON keyword. Did you mean \
         \"true\"?\n\
         main.tf:1,19: Trailing comma in array: JSON does not permit a trailing comma after the \
         final value in an array.\n\
         main.tf:1,28: Invalid JSON number: There is a syntax error in the given JSON number."
    );
    assert_eq!(
        problems("1"),
        "main.tf:1,1: Root value must be object: The root value in a JSON-based configuration \
         must be either a JSON object or a JSON array of objects."
    );
    assert_eq!(
        problems("{} x"),
        "main.tf:1,4: Extraneous data after value: Extra characters appear after the JSON value."
    );
    for bad in [
        "",
        "{",
        "{\"a\"",
        "{\"a\":",
        "{\"a\":1",
        "[",
        "\"a",
        "{\"a\\x\":1}",
        "{1:2}",
        "\u{feff}{}",
        "{\"a\n\":1}",
    ] {
        assert_ne!(problems(bad), "", "of {bad:?}");
    }
    let deep = problems(&"[".repeat(1_000_000));
    assert!(deep.contains("Nesting too deep") && !deep.contains("Unclosed"), "{deep:.300}");
    assert_eq!(problems(&"[".repeat(900)).matches("Unclosed").count(), 199);
}
