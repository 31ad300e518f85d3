use std::collections::BTreeMap;

use super::convert;
use crate::{Attribute, Marks, Number, Type, Value};

fn object(attributes: &[(&str, Value)]) -> Value {
    Value::object_of(attributes.iter().map(|(k, v)| (*k, v.clone())))
}

fn tuple(items: &[Value]) -> Value {
    Value::tuple(items.to_vec())
}

fn optional(attributes: &[(&str, Type, bool)]) -> Type {
    let each = attributes.iter().map(|(name, ty, optional)| {
        ((*name).into(), Attribute { ty: ty.clone(), optional: *optional })
    });
    Type::object_with(each.collect::<BTreeMap<_, _>>())
}

fn show(value: &Value, ty: &Type) -> String {
    match convert(value, ty) {
        Ok(value) => format!("{value:?}"),
        Err(error) => format!("error: {}", error.with_path()),
    }
}

#[test]
fn primitives() {
    let (n, s, b) = (Type::Number, Type::String, Type::Bool);
    for (value, ty, expected) in [
        (Value::from("12.50"), &n, "12.5"),
        (Value::from("x"), &n, "error: a number is required"),
        (Value::number(7), &s, r#""7""#),
        (Value::from(true), &s, r#""true""#),
        (Value::from("1"), &b, "true"),
        (Value::from("yes"), &b, "error: a bool is required"),
        (
            Value::from("True"),
            &b,
            r#"error: a bool is required; to convert from string, use lowercase "true""#,
        ),
        (Value::number(2), &b, "error: bool required"),
        (Value::null(Type::Dynamic), &s, "null(string)"),
        (Value::unknown(Type::Number), &s, "unknown(string)"),
        (Value::dynamic(), &s, "unknown(string)"),
        (Value::from("x"), &Type::Dynamic, r#""x""#),
    ] {
        assert_eq!(show(&value, ty), expected, "{value:?} to {ty}");
    }
}

#[test]
fn structures() {
    let list = |ty: Type| Type::list(ty);
    let a = |v: Value| object(&[("a", v)]);
    for (value, ty, expected) in [
        (tuple(&[1.into(), "x".into()]), list(Type::Dynamic), r#"list(string)["1", "x"]"#),
        (tuple(&[]), list(Type::Dynamic), "list(any)[]"),
        (
            tuple(&[Value::null(Type::Dynamic), 1.into()]),
            list(Type::Dynamic),
            "list(number)[null(number), 1]",
        ),
        (
            tuple(&[a(1.into()), a("x".into())]),
            list(Type::Dynamic),
            r#"list(object({a=string}))[{a = "1"}, {a = "x"}]"#,
        ),
        (
            tuple(&[tuple(&[1.into()]), tuple(&["x".into(), true.into()])]),
            list(Type::Dynamic),
            r#"list(list(string))[list(string)["1"], list(string)["x", "true"]]"#,
        ),
        (tuple(&["b".into(), "a".into()]), Type::set(Type::String), r#"set(string)["a", "b"]"#),
        (object(&[("k", 1.into())]), Type::map(Type::String), r#"map(string){k = "1"}"#),
        (
            Value::map(Type::String, vec![("a".into(), "1".into()), ("z".into(), "".into())]),
            Type::object([("a", Type::Number)]),
            "{a = 1}",
        ),
        (
            Value::map(Type::String, Vec::new()),
            Type::object([("a", Type::Number)]),
            r#"error: map has no element for required attribute "a""#,
        ),
        (
            object(&[("a", 1.into()), ("extra", 2.into())]),
            optional(&[("a", Type::String, false), ("b", list(Type::Bool), true)]),
            r#"{a = "1", b = null(list(bool))}"#,
        ),
        (
            tuple(&[object(&[("a", 1.into())])]),
            list(optional(&[("a", Type::Dynamic, false), ("b", Type::String, true)])),
            "list(object({a=number,b=string}))[{a = 1, b = null(string)}]",
        ),
        (
            object(&[("x", tuple(&[1.into()])), ("y", tuple(&[]))]),
            Type::map(list(Type::Dynamic)),
            "map(list(number)){x = list(number)[1], y = list(number)[]}",
        ),
    ] {
        assert_eq!(show(&value, &ty), expected, "{value:?} to {ty}");
    }
}

/// Each message is Terraform's own, for a variable's default.
#[test]
fn messages() {
    let a = |v: Value| object(&[("a", v)]);
    let x = || Value::from("x");
    let empty = || object(&[]);
    let list = |ty: Type| Type::list(ty);
    let oa = |ty: Type| Type::object([("a", ty)]);
    let nbs = |names: &[&str]| Type::object(names.iter().map(|n| (*n, Type::Number)));
    for (value, ty, expected) in [
        (a(x()), oa(Type::Number), ".a: a number is required"),
        (object(&[("b", x())]), oa(Type::Number), r#"attribute "a" is required"#),
        (empty(), nbs(&["a", "b"]), r#"attributes "a" and "b" are required"#),
        (empty(), nbs(&["a", "b", "c"]), r#"attributes "a", "b", and "c" are required"#),
        (tuple(&["1".into(), x()]), list(Type::Number), "[1]: a number is required"),
        (tuple(&[a(x())]), list(oa(Type::Bool)), "[0].a: a bool is required"),
        (
            tuple(&[a(tuple(&[]))]),
            list(oa(Type::Bool)),
            r#"element 0: attribute "a": bool required"#,
        ),
        (object(&[("k", x())]), Type::map(Type::Number), r#"["k"]: a number is required"#),
        (
            object(&[("k", empty())]),
            Type::map(list(Type::String)),
            r#"element "k": list of string required"#,
        ),
        (tuple(&[]), Type::String, "string required"),
        (x(), list(Type::String), "list of string required"),
        (empty(), list(Type::String), "list of string required"),
        (tuple(&[x()]), Type::tuple([Type::String, Type::Number]), "tuple required"),
        (
            tuple(&[x(), x()]),
            Type::tuple([Type::String, Type::Number]),
            "[1]: a number is required",
        ),
        (a(empty()), oa(oa(Type::Number)), r#"attribute "a": attribute "a" is required"#),
        (a(tuple(&[])), oa(oa(Type::Number)), r#"attribute "a": object required"#),
        (
            tuple(&[1.into(), empty()]),
            list(Type::Dynamic),
            "all list elements must have the same type",
        ),
        (
            object(&[("a", 1.into()), ("b", tuple(&[]))]),
            Type::map(Type::Dynamic),
            "all map elements must have the same type",
        ),
        (
            tuple(&[tuple(&[]), empty()]),
            Type::set(Type::Dynamic),
            "all set elements must have the same type",
        ),
        (tuple(&[a(x())]), list(Type::map(Type::Number)), r#"[0]["a"]: a number is required"#),
        (
            tuple(&[Value::null(Type::Dynamic), empty()]),
            list(Type::Dynamic),
            "all list elements must have the same type",
        ),
    ] {
        assert_eq!(show(&value, &ty), format!("error: {expected}"), "{value:?} to {ty}");
    }
}

#[test]
fn unknowns_keep_what_is_known() {
    let of = |ty: Type| Value::unknown(ty).refine_not_null();
    let converted =
        convert(&of(Type::tuple([Type::String, Type::Number])), &Type::set(Type::String));
    let refinements = converted.as_ref().unwrap().refinements().unwrap();
    assert!(refinements.not_null);
    assert_eq!((refinements.length_min, refinements.length_max), (Some(1), Some(2)));
    let list = convert(&of(Type::tuple([Type::String, Type::Number])), &Type::list(Type::Dynamic));
    assert_eq!(format!("{:?}", list.unwrap()), "list(string)[unknown(string), unknown(string)]");
}

#[test]
fn marks_stay_where_they_are() {
    let secret = Value::from("1").with_marks(Marks::SENSITIVE);
    let value = tuple(&[secret, "2".into()]);
    let list = convert(&value, &Type::list(Type::Number)).unwrap();
    assert!(list.marks().is_empty());
    assert!(list.as_slice().unwrap()[0].marks().sensitive());
    let set = convert(&value, &Type::set(Type::Number)).unwrap();
    assert!(set.marks().sensitive());
}

#[test]
fn a_number_that_fills_the_memory_is_no_string() {
    let text = |number: &str| {
        let number = Value::number(number.parse::<Number>().unwrap());
        convert(&number, &Type::String).map(|text| text.as_str().map(|text| text.len()))
    };
    assert_eq!(text("1e500000"), Ok(Some(500_001)));
    for overlong in ["1e99999999", "1e-99999999"] {
        let said = text(overlong).unwrap_err().to_string();
        assert!(said.contains("over a million digits"), "{said}");
    }
}
