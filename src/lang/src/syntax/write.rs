//! Values written as source text: as the expressions that give them, in canonical layout.

use std::fmt::Write as _;
use std::sync::Arc;

use groma_diag::SourceMap;
use groma_value::{Fields, Str, Value, View};

use super::escape::escape;
use super::{format, is_identifier};

/// The expression that gives `value`. `None` if any of it is unknown or marked, or it is nested
/// deeper than the language allows.
pub fn write_value(value: &Value) -> Option<String> {
    const NAME: &str = "value = ";
    let text = write_arguments([("value", value)])?;
    Some(text.strip_prefix(NAME)?.trim_end_matches('\n').to_owned())
}

/// Lines `name = value`, as a `.tfvars` file has them. `None` as [`write_value`], and if a name is
/// no identifier.
pub fn write_arguments<'a>(
    arguments: impl IntoIterator<Item = (&'a str, &'a Value)>,
) -> Option<String> {
    let mut text = String::new();
    for (name, value) in arguments {
        if !is_identifier(name) {
            return None;
        }
        text.push_str(name);
        text.push_str(" = ");
        expression(&mut text, value)?;
        text.push('\n');
    }
    let text: Arc<[u8]> = text.into_bytes().into();
    let file = SourceMap::new().add("", Arc::clone(&text));
    String::from_utf8(format(file, &text).ok()?).ok()
}

/// Writes an expression, with no care for its layout.
fn expression(out: &mut String, value: &Value) -> Option<()> {
    if !value.marks().is_empty() {
        return None;
    }
    match value.view() {
        View::Unknown(_) => return None,
        View::Null => out.push_str("null"),
        View::Bool(value) => out.push_str(if value { "true" } else { "false" }),
        View::Number(number) => write!(out, "{number}").ok()?,
        View::String(text) => write!(out, "\"{}\"", escape(text)).ok()?,
        View::List(items) | View::Set(items) | View::Tuple(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                out.push_str(if i == 0 { "" } else { ", " });
                expression(out, item)?;
            }
            out.push(']');
        }
        View::Map(fields) | View::Object(fields) => items(out, fields)?,
    }
    Some(())
}

fn items(out: &mut String, fields: &Fields) -> Option<()> {
    if fields.is_empty() {
        out.push_str("{}");
        return Some(());
    }
    out.push_str("{\n");
    for (name, value) in fields.iter() {
        let name: &Str = name;
        if is_identifier(name) {
            out.push_str(name);
        } else {
            write!(out, "\"{}\"", escape(name)).ok()?;
        }
        out.push_str(" = ");
        expression(out, value)?;
        out.push('\n');
    }
    out.push('}');
    Some(())
}

#[cfg(test)]
mod tests {
    use groma_value::{Marks, Type, Value};

    use super::{write_arguments, write_value};

    fn object(fields: &[(&str, Value)]) -> Value {
        Value::object_of(fields.iter().cloned())
    }

    /// Expectations are what terraform 1.11.4's `provider::terraform::encode_expr` gives.
    #[test]
    fn writes_expressions_as_terraform_does() {
        let one = || Value::from(1);
        let check = |value: Value, expected: &str| {
            assert_eq!(write_value(&value).as_deref(), Some(expected));
        };
        check(
            object(&[
                ("a", one()),
                ("b c", Value::tuple(vec![one(), Value::from(2)])),
                ("c", object(&[])),
                ("e", Value::null(Type::Dynamic)),
                ("f", Value::from(true)),
                ("g", "x\n${y} %{z} \"q\" \\ é \0 \u{7} \u{a0} \u{200b}".into()),
                ("h", Value::number("1.5".parse::<groma_value::Number>().unwrap())),
                ("z", object(&[("n", object(&[("m", one())]))])),
                ("1a", Value::from(3)),
                ("if", one()),
                ("é", Value::from(4)),
            ]),
            r#"{
  "1a"  = 3
  a     = 1
  "b c" = [1, 2]
  c     = {}
  e     = null
  f     = true
  g     = "x\n$${y} %%{z} \"q\" \\ é \u0000 \u0007 \u00a0 \u200b"
  h     = 1.5
  if    = 1
  z = {
    n = {
      m = 1
    }
  }
  é = 4
}"#,
        );
        check(Value::tuple(Vec::new()), "[]");
        check(object(&[]), "{}");
        check("a\tb\r\n".into(), r#""a\tb\r\n""#);
        check("$".into(), "\"$\"");
        let nested = Value::tuple(vec![object(&[("c", one())])]);
        check(
            Value::tuple(vec![object(&[("a", one())]), object(&[("b", nested)])]),
            "[{\n  a = 1\n  }, {\n  b = [{\n    c = 1\n  }]\n}]",
        );
    }

    #[test]
    fn writes_arguments_in_columns() {
        let (a, b) = (Value::from(1), object(&[("x", Value::from(1)), ("yyy", Value::from(2))]));
        let list = Value::tuple(vec![a.clone(), object(&[("q", a.clone())])]);
        let text = write_arguments([("a", &a), ("bb", &a), ("c", &b), ("d", &list)]);
        let expected = "a  = 1\nbb = 1\nc = {\n  x   = 1\n  yyy = 2\n}\nd = [1, {\n  q = 1\n}]\n";
        assert_eq!(text.as_deref(), Some(expected));
        assert_eq!(write_arguments([("a b", &a)]), None);
        assert_eq!(write_arguments([]).as_deref(), Some(""));
    }

    #[test]
    fn writes_nothing_that_is_not_known_or_secret() {
        assert_eq!(write_value(&Value::tuple(vec![Value::dynamic()])), None);
        assert_eq!(write_value(&Value::from(1).with_marks(Marks::SENSITIVE)), None);
    }
}
