//! What is said of expressions that are wrong.

use groma_value::Type;

use super::{check_error, eval};

#[test]
fn access() {
    check_error(
        "object.nope",
        "Unsupported attribute [.nope] This object does not have an attribute named \"nope\".",
    );
    check_error(
        r#"object["nope"]"#,
        "Invalid index [[\"nope\"]] The given key does not identify an element in this collection \
         value.",
    );
    check_error(
        "object[0]",
        "Invalid index [[0]] The given key does not identify an element in this collection value. \
         An object only supports looking up attributes by name, not by numeric index.",
    );
    check_error(
        "list[n]",
        "Invalid index [[n]] The given key does not identify an element in this collection value.",
    );
    check_error(
        "list[n - 1]",
        "Invalid index [[n - 1]] The given key does not identify an element in this collection \
         value: the given index is greater than or equal to the length of the collection.",
    );
    check_error(
        "empty_list[0]",
        "Invalid index [[0]] The given key does not identify an element in this collection value: \
         the collection has no elements.",
    );
    check_error(
        "list[0.5]",
        "Invalid index [[0.5]] The given key does not identify an element in this collection \
         value: indexing a sequence requires a whole number, but the given index has a fractional \
         part.",
    );
    check_error(
        "list[-1]",
        "Invalid index [[-1]] The given key does not identify an element in this collection \
         value: a negative number is not a valid index for a sequence.",
    );
    check_error(
        "nothing.a",
        "Attempt to get attribute from null value [.a] This value is null, so it does not have \
         any attributes.",
    );
    check_error(
        "nothing[0]",
        "Attempt to index null value [[0]] This value is null, so it does not have any indices.",
    );
    check_error(
        "s.a",
        "Unsupported attribute [.a] Can't access attributes on a primitive-typed value (string).",
    );
    check_error("s[0]", "Invalid index [[0]] This value does not have any indices.");
    check_error(
        "unknown_object.b",
        "Unsupported attribute [.b] This object does not have an attribute named \"b\".",
    );
}

#[test]
fn references() {
    check_error(
        "lst",
        "Unknown variable [lst] There is no variable named \"lst\". Did you mean \"list\"?",
    );
    // Nothing that follows from a reference that is wrong is reported, nor does `try` hide it.
    check_error(
        "try(nope.x, 1) + [][0]",
        "Unknown variable [nope] There is no variable named \"nope\".",
    );
}

#[test]
fn operators() {
    check_error(
        r#"1 + "a""#,
        "Invalid operand [\"a\"] Unsuitable value for right operand: a number is required.",
    );
    check_error(
        "1 && null",
        "Invalid operand [1] Unsuitable value for left operand: bool required.",
    );
    check_error(
        "null + 1",
        "Operation failed [null + 1] Error during operation: argument must not be null.",
    );
    check_error("!1", "Invalid operand [1] Unsuitable value for unary operand: bool required.");
}

#[test]
fn conditionals() {
    check_error(
        "true ? 1 : [1]",
        "Inconsistent conditional result types [1 : [1]] The true and false result expressions \
         must have consistent types. The 'true' value is number, but the 'false' value is tuple.",
    );
    check_error(
        "null ? 1 : 2",
        "Null condition [null] The condition value is null. Conditions must either be true or \
         false.",
    );
    check_error(
        "s ? 1 : 2",
        "Incorrect condition type [s] The condition expression must be of type bool.",
    );
}

#[test]
fn for_expressions() {
    check_error(
        "[for x in 1 : x]",
        "Iteration over non-iterable value [1] A value of type number cannot be used as the \
         collection in a 'for' expression.",
    );
    check_error(
        "[for x in null : x]",
        "Iteration over null value [null] A null value cannot be used as the collection in a \
         'for' expression.",
    );
    check_error(
        r#"{for x in ["a", "a"] : x => x}"#,
        "Duplicate object key [x] Two different items produced the key \"a\" in this 'for' \
         expression. If duplicates are expected, use the ellipsis (...) after the value \
         expression to enable grouping by key.",
    );
    check_error(
        "[for x in [1, 2] : x if x]",
        "Invalid 'for' condition [x] The 'if' clause value is invalid: bool required.",
    );
    check_error(
        "[for x in [1, 2] : x if null]",
        "Condition is null [null] The value of the 'if' clause must not be null.",
    );
    check_error(
        "{for x in [1] : null => x}",
        "Invalid object key [null] Key expression in 'for' expression must not produce a null \
         value.",
    );
}

#[test]
fn objects() {
    check_error("{(null) = 1}", "Null value as key [1] Can't use a null value as a key.");
    check_error(
        "{([]) = 1}",
        "Incorrect key type [([])] Can't use this value as a key: string required.",
    );
    check_error(
        "{object.a = 1}",
        "Ambiguous attribute key [object.a] If this expression is intended to be a reference, \
         wrap it in parentheses. If it's instead intended as a literal name containing periods, \
         wrap it in quotes to create a string literal.",
    );
}

#[test]
fn splats() {
    check_error(
        "null_list[*]",
        "Splat of null value [null_list] Splat expressions (with the * symbol) cannot be applied \
         to null sequences.",
    );
    check_error(
        "[{a = 1}, {b = 2}][*].a",
        "Unsupported attribute [.a] This object does not have an attribute named \"a\".",
    );
}

#[test]
fn say_what_the_references_were() {
    let values = |source: &str| {
        let (_, diags) = eval(source);
        let values = diags.iter().flat_map(|d| &d.values);
        values.map(|v| format!("{} {}", v.traversal, v.statement)).collect::<Vec<_>>()
    };
    assert_eq!(values("object.a + object.b"), ["object.b is \"x\""]);
    assert_eq!(values("list[object.a + 7]"), ["object.a is 1"]);
    assert_eq!(
        values("[for x in [{a = 1}] : x.a.b]"),
        ["x.a is 1"],
        "names bound by a for are references of what is inside it"
    );
    assert!(values("secret.a").is_empty());
    assert!(values("list[n]").is_empty(), "a name alone is not worth mentioning");
}

#[test]
fn what_failed_is_unknown() {
    let (value, diags) = eval("[1, [][0], 3]");
    assert!(diags.has_errors());
    assert_eq!(value.ty(), Type::tuple([Type::Number, Type::Dynamic, Type::Number]));
}

#[test]
fn depth_costs_no_stack() {
    // As deep as the parser lets through: deeper is its error, and nothing overflows.
    for open in ["(", "[", "-", "!", "{a=", "max(", "\"${", "true ? 1 : "] {
        let close = match open {
            "(" | "max(" => ")",
            "[" => "]",
            "{a=" => "}",
            "\"${" => "}\"",
            _ => "",
        };
        for depth in [100, 900] {
            let source = format!("{}true{}", open.repeat(depth), close.repeat(depth));
            let sources = groma_diag::SourceMap::new();
            let file = sources.add("test", source.as_bytes());
            let bytes = std::sync::Arc::from(source.as_bytes());
            let (expr, _) = crate::syntax::parse_expression(file, bytes);
            crate::eval::evaluate(&expr, &super::scope());
        }
    }
}
