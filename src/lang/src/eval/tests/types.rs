//! Type constraints.

use std::sync::Arc;

use groma_diag::SourceMap;
use groma_value::{Str, Type, Value};

use crate::eval::{TypeConstraint, type_constraint};
use crate::syntax::parse_expression;

fn read(source: &str) -> (TypeConstraint, Vec<String>) {
    let file = SourceMap::new().add("test", source.as_bytes());
    let (expr, problems) = parse_expression(file, Arc::from(source.as_bytes()));
    assert!(problems.is_empty(), "{problems:#?}");
    let (constraint, diags) = type_constraint(&expr);
    let messages = diags.iter().map(|diagnostic| {
        let place = diagnostic.subject.expect("every diagnostic has a place");
        let place = &source[place.start as usize..place.end as usize];
        format!("{} [{place}] {}", diagnostic.summary, diagnostic.detail)
    });
    (constraint, messages.collect())
}

#[track_caller]
fn check(source: &str, expected: &Type) {
    let (constraint, messages) = read(source);
    assert!(messages.is_empty(), "{messages:#?}");
    assert_eq!(constraint.ty, *expected, "{source}");
}

#[track_caller]
fn check_error(source: &str, expected: &str) {
    let (_, messages) = read(source);
    assert_eq!(messages.join("\n"), expected, "{source}");
}

#[test]
fn types() {
    check("string", &Type::String);
    check("any", &Type::Dynamic);
    check("list", &Type::list(Type::Dynamic));
    check("map", &Type::map(Type::Dynamic));
    check("set(list(map(number)))", &Type::set(Type::list(Type::map(Type::Number))));
    check("tuple([bool, any])", &Type::tuple([Type::Bool, Type::Dynamic]));
    check("object({})", &Type::object::<Str>([]));
    check("object({a = string})", &Type::object([("a", Type::String)]));
}

#[test]
fn optional_attributes_and_defaults() {
    let (constraint, messages) = read(
        "list(object({a = string, b = optional(number, \"3\"), c = optional(tuple([object({d = \
         optional(bool, true)})]))}))",
    );
    assert!(messages.is_empty(), "{messages:#?}");
    let Type::List(element) = &constraint.ty else { panic!("{constraint:?}") };
    let Type::Object(object) = &**element else { panic!("{constraint:?}") };
    let optional: Vec<_> = object.attributes.values().map(|a| a.optional).collect();
    assert_eq!(optional, [false, true, true]);
    let defaults = &constraint.defaults.unwrap().children[""];
    assert_eq!(defaults.values.len(), 1);
    assert!(defaults.values["b"].raw_equals(&Value::from(3)));
    let inner = &defaults.children["c"].children["0"];
    assert!(inner.values["d"].raw_equals(&Value::from(true)));
}

#[test]
fn wrong_types() {
    const ELEMENT: &str = "requires one argument specifying the element type.";
    check_error(
        "set",
        &format!("Invalid type specification [set] The set type constructor {ELEMENT}"),
    );
    check_error(
        "list(string, bool)",
        &format!("Invalid type specification [bool] The list type constructor {ELEMENT}"),
    );
    check_error(
        "string()",
        "Invalid type specification [()] Primitive type keyword \"string\" does not expect \
         arguments.",
    );
    check_error(
        "foo",
        "Invalid type specification [foo] The keyword \"foo\" is not a valid type specification.",
    );
    check_error(
        "foo(1)",
        "Invalid type specification [foo(1)] Keyword \"foo\" is not a valid type constructor.",
    );
    check_error(
        "optional()",
        "Invalid type specification [optional] Keyword \"optional\" is valid only as a modifier \
         for object type attributes.",
    );
    check_error(
        "[string]",
        "Invalid type specification [[string]] A type specification is either a primitive type \
         keyword (bool, number, string) or a complex type constructor call, like list(string).",
    );
    check_error(
        "object({a = bar, b = baz})",
        "Invalid type specification [bar] The keyword \"bar\" is not a valid type specification.\n\
         Invalid type specification [baz] The keyword \"baz\" is not a valid type specification.",
    );
    check_error(
        "object({a = optional(number, \"x\")})",
        "Invalid default value for optional attribute [\"x\"] This default value is not \
         compatible with the attribute's type constraint: a number is required.",
    );
    check_error(
        "object({a = optional(string, upper(\"x\"))})",
        "Function calls not allowed [upper(\"x\")] Functions may not be called here.",
    );
    check_error(
        "object({a = optional(string, x.y)})",
        "Variables not allowed [x] Variables may not be used here.",
    );
}

#[test]
fn quoted_types_are_explained() {
    check_error(
        "\"list\"",
        "Invalid quoted type constraints [\"list\"] Terraform 0.11 and earlier required type \
         constraints to be given in quotes, but that form is now deprecated and will be removed \
         in a future version of Terraform. Remove the quotes around \"list\" and write \
         list(string) instead to explicitly indicate that the list elements are strings.",
    );
    check_error(
        "\"foo\"",
        "Invalid legacy variable type hint [\"foo\"] To provide a full type expression, remove \
         the surrounding quotes and give the type expression directly.",
    );
}
