//! The results and messages of Terraform 1.11.4.

use groma_provider_api::native::Function;
use groma_value::{Type, Value, View};

use super::{DecodeTfvars, EncodeExpr, EncodeTfvars};

fn check(function: &dyn Function, argument: Value, expected: &str) {
    let actual = match function.call(&[argument]) {
        Ok(value) => format!("{value:?}"),
        Err((argument, message)) => format!("{argument:?} {message}"),
    };
    assert_eq!(actual, expected);
}

#[test]
fn encodes_expressions() {
    check(&EncodeExpr, "a".into(), r#""\"a\"""#);
    check(&EncodeExpr, Value::object_of([("x", Value::from(1))]), r#""{\n  x = 1\n}""#);
    let prefix = |value: &Value| match EncodeExpr.call(std::slice::from_ref(value)).unwrap().view()
    {
        View::Unknown(known) => (known.not_null, known.prefix.as_ref().map(ToString::to_string)),
        _ => panic!("known"),
    };
    let list = Value::unknown(Type::list(Type::String));
    assert_eq!(prefix(&list), (true, None));
    assert_eq!(prefix(&list.refine_not_null()), (true, Some("[".to_owned())));
    let string = Value::unknown(Type::String).refine_not_null();
    assert_eq!(prefix(&string), (true, Some("\"".to_owned())));
}

#[test]
fn encodes_variables() {
    let both = Value::object_of([("bb", Value::from("x")), ("a", Value::from(1))]);
    check(&EncodeTfvars, both, r#""a  = 1\nbb = \"x\"\n""#);
    let unknown = EncodeTfvars.call(&[Value::object_of([("a", Value::dynamic())])]).unwrap();
    assert!(unknown.is_definitely_not_null() && !unknown.is_known());
    check(
        &EncodeTfvars,
        Value::tuple(Vec::new()),
        "None invalid value to encode: must be an object whose attribute names will become the \
         encoded variable names",
    );
    check(
        &EncodeTfvars,
        Value::object_of([("a b", Value::from(1))]),
        "None invalid variable name \"a b\": must be a valid identifier, per Terraform's rules \
         for input variable declarations",
    );
}

#[test]
fn decodes_variables() {
    let check = |text: &str, expected: &str| check(&DecodeTfvars, text.into(), expected);
    check("", "{}");
    check(
        "a = 1\nb = [1, \"x\"]\nc = { x = null }\nd = \"${1 + 2}\"",
        r#"{a = 1, b = [1, "x"], c = {x = null(any)}, d = 3}"#,
    );
    check(
        "a = ",
        "None invalid tfvars syntax: <decode_tfvars argument>:1,5-5: Missing expression; Expected \
         the start of an expression, but found the end of the file.",
    );
    check(
        "a {}",
        "None invalid tfvars content: <decode_tfvars argument>:1,1-2: Unexpected \"a\" block; \
         Blocks are not allowed here.",
    );
    check(
        "a = b",
        "None invalid expression for variable \"a\": <decode_tfvars argument>:1,5-6: Variables not \
         allowed; Variables may not be used here.",
    );
    check(
        "a = upper(\"x\")",
        "None invalid expression for variable \"a\": <decode_tfvars argument>:1,5-15: Function \
         calls not allowed; Functions may not be called here.",
    );
}
