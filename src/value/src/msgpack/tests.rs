use super::{from_msgpack, to_msgpack};
use crate::{Marks, Number, Type, Value};

fn hex(value: &Value, ty: &Type) -> String {
    match to_msgpack(value, ty) {
        Ok(bytes) => bytes.iter().map(|b| format!("{b:02x}")).collect::<Vec<_>>().join(" "),
        Err(error) => format!("error: {error}"),
    }
}

fn number(text: &str) -> Value {
    Value::number(text.parse::<Number>().unwrap())
}

#[test]
fn bytes_are_those_of_cty() {
    let (n, s, any) = (Type::Number, Type::String, Type::Dynamic);
    let refined = Value::unknown(Type::String).refine().not_null().prefix("ab-").done();
    for (value, ty, expected) in [
        (Value::number(5), &n, "05"),
        (Value::number(-5), &n, "fb"),
        (Value::number(200), &n, "cc c8"),
        (Value::number(-200), &n, "d1 ff 38"),
        (Value::number(70_000), &n, "ce 00 01 11 70"),
        (number("0.5"), &n, "cb 3f e0 00 00 00 00 00 00"),
        (number("0.1"), &n, "a3 30 2e 31"),
        (number("18446744073709551616"), &n, "cb 43 f0 00 00 00 00 00 00"),
        (Value::from("hi"), &s, "a2 68 69"),
        (Value::null(Type::String), &s, "c0"),
        (Value::unknown(Type::String), &s, "d4 00 00"),
        (refined, &s, "d7 0c 82 01 c2 02 a3 61 62 2d"),
        (Value::from(true), &any, "92 c4 06 22 62 6f 6f 6c 22 c3"),
        (Value::null(Type::Dynamic), &any, "c0"),
        (Value::dynamic(), &any, "d4 00 00"),
        (
            Value::from("x").with_marks(Marks::SENSITIVE),
            &s,
            "error: value has marks, so it cannot be serialized",
        ),
    ] {
        assert_eq!(hex(&value, ty), expected, "{value:?}");
    }
    let object = Value::object_of([("b", Value::number(1)), ("a", Value::from(false))]);
    assert_eq!(hex(&object, &object.ty()), "82 a1 61 c2 a1 62 01");
}

#[test]
fn what_is_written_reads_back() {
    let unknown_list = Value::unknown(Type::list(Type::String));
    let value = Value::object_of([
        ("any", Value::tuple(vec![1.into(), Value::null(Type::Bool)])),
        ("bounded", {
            let n = Value::unknown(Type::Number).refine().not_null();
            n.number_min(1.into(), true).number_max("2.5".parse().unwrap(), false).done()
        }),
        ("list", unknown_list.refine().length_min(1).length_max(300).done()),
        ("map", Value::map(Type::Number, vec![("k".into(), number("1e400"))])),
        ("set", Value::set(Type::String, vec!["x".into(), Value::unknown(Type::String)])),
        ("long", Value::from("é".repeat(40_000).as_str())),
    ]);
    for ty in [value.ty(), Type::Dynamic] {
        let bytes = to_msgpack(&value, &ty).unwrap();
        assert!(from_msgpack(&bytes, &ty).unwrap().raw_equals(&value));
    }
}

#[test]
fn bad_bytes_are_errors() {
    let object = Type::object([("a", Type::Bool)]);
    for (bytes, ty, message) in [
        (&[][..], &Type::Bool, "msgpack data is cut off or malformed"),
        (&[0xc1], &Type::Bool, "msgpack data is cut off or malformed"),
        (&[0xdd, 0xff, 0xff, 0xff, 0xff], &Type::Dynamic, "msgpack data is cut off or malformed"),
        (&[0x01], &Type::Bool, "bool is required"),
        (&[0xc3, 0xc3], &Type::Bool, "extra bytes after msgpack value"),
        (&[0x80], &object, "an object with 1 attributes is required (0 given)"),
        (&[0x81, 0xa1, b'z', 0xc3], &object, "unsupported attribute"),
        (&[0xa1, 0xff], &Type::String, "string is not valid UTF-8"),
        (&[0xd5, 0x05, 0, 0], &Type::Bool, "unsupported extension type 0x05 with len 2"),
        (&[0xd5, 0x0c, 1, 0], &Type::Bool, "failed to decode msgpack extension body: not a map"),
    ] {
        assert_eq!(from_msgpack(bytes, ty).unwrap_err().message, message, "{bytes:?}");
    }
}
