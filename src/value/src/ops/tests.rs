use crate::{Marks, Number, Type, Value};

fn unknown() -> Value {
    Value::unknown(Type::String).refine_not_null()
}

fn show(value: impl std::fmt::Debug) -> String {
    format!("{value:?}")
}

#[test]
fn equality() {
    let object = |a: Value, b: Value| Value::object_of([("a", a), ("b", b)]);
    let not_null = "unknown(bool, Refinements { not_null: true, prefix: None, number_min: None, \
                    number_max: None, length_min: None, length_max: None })";
    for (a, b, expected) in [
        (Value::from("x"), Value::from("x"), "true"),
        (Value::number(1), Value::from("1"), "false"),
        (Value::null(Type::String), Value::null(Type::Number), "true"),
        (unknown(), Value::null(Type::Dynamic), "false"),
        (Value::unknown(Type::String), Value::null(Type::Dynamic), not_null),
        (unknown(), Value::number(1), "false"),
        (Value::dynamic(), Value::number(1), not_null),
        (unknown().refine().prefix("foo-").done(), Value::from("bar"), "false"),
        (unknown().refine().prefix("foo-").done(), Value::from("foo-x"), not_null),
        (object(unknown(), 1.into()), object("x".into(), 1.into()), not_null),
        (Value::tuple(vec![unknown(), 1.into()]), Value::tuple(vec![1.into(), 2.into()]), "false"),
        (
            object(Value::null(Type::Dynamic), 1.into()),
            object(Value::null(Type::Dynamic), 1.into()),
            "true",
        ),
        (Value::from("x").with_marks(Marks::SENSITIVE), Value::from("y"), "(sensitive)"),
    ] {
        assert_eq!(show(a.equals(&b)), expected, "{a:?} == {b:?}");
        assert_eq!(show(b.equals(&a)), expected, "{b:?} == {a:?}");
    }
}

#[test]
fn comparison_by_bounds() {
    let n = |n: i64| Number::from(n);
    let between = |min: i64, max: i64| {
        let value = Value::unknown(Type::Number).refine().not_null();
        value.number_min(n(min), true).number_max(n(max), true).done()
    };
    let known = |value: Result<Value, super::OpError>| value.unwrap().as_bool();
    assert_eq!(known(between(1, 5).less_than(&10.into())), Some(true));
    assert_eq!(known(between(1, 5).greater_than(&10.into())), Some(false));
    assert_eq!(known(between(1, 2).less_than(&2.into())), None);
    assert_eq!(known(between(0, 9).greater_than_or_equal_to(&0.into())), None);
    assert_eq!(known(Value::number(2).less_than_or_equal_to(&2.into())), Some(true));
}

#[test]
fn arithmetic_with_unknown_and_null() {
    let one = Value::number(1);
    let sum = one.add(&Value::unknown(Type::Number)).unwrap();
    assert!(!sum.is_known() && sum.is_definitely_not_null());
    assert_eq!(
        one.add(&Value::null(Type::Number)).unwrap_err().to_string(),
        "argument must not be null"
    );
    let secret = one.clone().with_marks(Marks::SENSITIVE);
    assert_eq!(show(one.sub(&secret).unwrap()), "(sensitive)");
    let zero = Value::number(0);
    assert_eq!(
        zero.div(&zero).unwrap_err().to_string(),
        "can't divide zero by zero or infinity by infinity"
    );
}

#[test]
fn indexing() {
    let list = Value::list(Type::String, vec!["a".into(), "b".into()]);
    assert_eq!(show(list.index(&1.into()).unwrap()), r#""b""#);
    assert_eq!(show(list.index(&"0".into()).unwrap()), r#""a""#);
    assert!(list.index(&2.into()).is_err() && list.index(&Value::number(-1)).is_err());
    assert_eq!(show(list.index(&Value::unknown(Type::Number)).unwrap()), "unknown(string)");
    assert_eq!(show(list.has_index(&2.into())), "false");
    let tuple = Value::tuple(vec![1.into()]);
    assert_eq!(show(tuple.index(&Value::dynamic()).unwrap()), "unknown(any)");
    let object = Value::unknown(Type::object([("a", Type::Bool)]));
    assert_eq!(show(object.get_attr("a").unwrap()), "unknown(bool)");
    assert_eq!(
        object.get_attr("b").unwrap_err().to_string(),
        r#"This object does not have an attribute named "b"."#
    );
}

#[test]
fn lengths() {
    assert_eq!(show(Value::tuple(vec![1.into()]).length()), "1");
    let set = Value::set(Type::String, vec![unknown(), "x".into()]);
    let length = set.length();
    let bounds = length.refinements().unwrap();
    assert_eq!(bounds.number_min, Some((1.into(), true)));
    assert_eq!(bounds.number_max, Some((2.into(), true)));
    assert!(Value::unknown(Type::list(Type::String)).length().is_definitely_not_null());
}

#[test]
fn marks_come_off_and_go_back() {
    let inner =
        Value::list(Type::String, vec!["a".into(), Value::from("b").with_marks(Marks::EPHEMERAL)]);
    let value = Value::object_of([("l", inner.with_marks(Marks::SENSITIVE)), ("n", 1.into())]);
    let (bare, marks) = value.unmark_deep_with_paths();
    assert_eq!(show(&bare), r#"{l = list(string)["a", "b"], n = 1}"#);
    let at: Vec<_> = marks.iter().map(|(path, marks)| format!("{path:?} {marks:?}")).collect();
    assert_eq!(at, [r#".l {"sensitive"}"#, r#".l[1] {"ephemeral"}"#]);
    assert!(bare.mark_with_paths(&marks).raw_equals(&value));
    let gone = Value::object_of([("l", Value::null(Type::list(Type::String)))]);
    let marked = gone.mark_with_paths(&marks);
    let marks = marked.attr("l").unwrap().marks();
    assert_eq!(marks, Marks::SENSITIVE | Marks::EPHEMERAL);
    assert_eq!(value.unmark_deep().1, Marks::SENSITIVE | Marks::EPHEMERAL);
}

#[test]
fn sets_are_equal_by_content() {
    let set = |items: Vec<Value>| Value::set(Type::Number, items);
    assert_eq!(show(set(vec![1.into(), 2.into()]).equals(&set(vec![2.into(), 1.into()]))), "true");
    assert_eq!(show(set(vec![1.into()]).equals(&set(vec![2.into(), 1.into()]))), "false");
    assert!(
        set(vec![1.into()]).equals(&set(vec![Value::unknown(Type::Number)])).as_bool().is_none()
    );
    assert_eq!(show(set(vec![1.into()]).has_element(&1.into())), "true");
    assert_eq!(show(set(vec![1.into()]).has_element(&"1".into())), "false");
}
