use super::{decode_json, encode_json, from_json, to_json, type_from_json, type_to_json};
use crate::{Marks, Type, Value};

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

fn encoded(value: &Value) -> String {
    encode_json(value).map_or_else(|error| format!("error: {error}"), text)
}

fn decoded(json: &str) -> String {
    match decode_json(json.as_bytes()) {
        Ok(value) => format!("{value:?}"),
        Err(error) => format!("error: {error}"),
    }
}

#[test]
fn strings_are_escaped_as_go_does() {
    let value = Value::from("<>&\u{2028}\u{2029}\u{8}\u{c}\u{1}\u{7f}\"\\/é\n");
    let expected =
        r#""\u003c\u003e\u0026\u2028\u2029\b\f\u0001"#.to_owned() + "\u{7f}" + r#"\"\\/é\n""#;
    assert_eq!(encoded(&value), expected);
}

#[test]
fn decodes_as_what_it_is() {
    for (json, expected) in [
        ("1.50", "1.5"),
        (r#" {"b":[1,null,"x"],"a":true} "#, r#"{a = true, b = [1, null(any), "x"]}"#),
        (r#"{"a":1,"a":2}"#, "{a = 2}"),
        (r#""\ud83d\ude00\u00e9\/""#, r#""😀é/""#),
        (r#""\ud800""#, "\"\u{fffd}\""),
        ("{", "error: EOF"),
        ("", "error: EOF"),
        ("{a", "error: invalid character 'a'"),
        ("[1,]", "error: invalid character ']' looking for beginning of value"),
        ("[01]", "error: invalid character '1' after array element"),
        ("1 2", "error: extraneous data after JSON object"),
        ("nul", "error: unexpected EOF"),
    ] {
        assert_eq!(decoded(json), expected, "{json}");
    }
    assert_eq!(decoded(&"[".repeat(100_000)), "error: exceeded max depth");
}

#[test]
fn typed_values() {
    let ty = Type::object([
        ("a", Type::Dynamic),
        ("l", Type::list(Type::Number)),
        ("s", Type::set(Type::String)),
        ("n", Type::map(Type::Bool)),
    ]);
    let json = r#"{"s":["b","a"],"l":[1,"2"],"a":{"type":["tuple",["string"]],"value":["x"]}}"#;
    let value = from_json(json.as_bytes(), &ty).unwrap();
    assert_eq!(
        format!("{value:?}"),
        r#"{a = ["x"], l = list(number)[1, 2], n = null(map(bool)), s = set(string)["a", "b"]}"#
    );
    assert_eq!(
        text(to_json(&value, &ty).unwrap()),
        r#"{"a":{"value":["x"],"type":["tuple",["string"]]},"l":[1,2],"n":null,"s":["a","b"]}"#
    );
    for (json, message) in [
        (r#"{"z":1}"#, r#"unsupported attribute "z""#),
        (r#"{"l":1}"#, "an array is required"),
        (r#"{"l":[true]}"#, "number is required"),
        (r#"{"a":{"value":1}}"#, "missing type in dynamically-typed value"),
    ] {
        assert_eq!(from_json(json.as_bytes(), &ty).unwrap_err().message, message);
    }
    let error = from_json(br#"{"l":[1,true]}"#, &ty).unwrap_err();
    assert_eq!(error.path.to_string(), ".l[1]");
}

#[test]
fn what_json_cannot_hold() {
    let secret = Value::from("x").with_marks(Marks::SENSITIVE);
    assert_eq!(encoded(&secret), "error: value has marks, so it cannot be serialized as JSON");
    assert_eq!(encoded(&Value::dynamic()), "error: value is not known");
    let infinity = Value::number(crate::Number::INFINITY);
    assert_eq!(encoded(&infinity), "error: cannot serialize infinity as JSON");
    assert_eq!(encoded(&Value::number("-0".parse::<crate::Number>().unwrap())), "-0");
}

#[test]
fn types_round_trip() {
    for json in [
        r#""dynamic""#,
        r#"["list","string"]"#,
        r#"["tuple",["bool",["map","number"]]]"#,
        r#"["object",{"a":"string","b":["set","bool"]},["b"]]"#,
        r#"["object",{}]"#,
    ] {
        let ty = type_from_json(&serde_json::from_str(json).unwrap()).unwrap();
        assert_eq!(type_to_json(&ty).to_string(), json);
        let mut written = Vec::new();
        super::write_type(&ty, &mut written);
        assert_eq!(text(written), json);
    }
    assert!(type_from_json(&serde_json::json!(["list"])).is_err());
    assert!(type_from_json(&serde_json::json!("float")).is_err());
}
