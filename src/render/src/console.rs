//! Values as expressions of the language: what `console` and `output` print.

use std::fmt::Write as _;

use groma_value::{Str, Type, Value, View};

/// The expression, continuing a line that is indented by `indent` columns.
pub fn value_expression(value: &Value, indent: usize) -> String {
    if value.marks().sensitive() {
        return "(sensitive value)".to_owned();
    }
    if value.marks().ephemeral() {
        return "(ephemeral value)".to_owned();
    }
    match value.view() {
        View::Unknown(_) => "(known after apply)".to_owned(),
        View::Null => null_expression(&value.ty()),
        View::Bool(value) => value.to_string(),
        View::Number(number) => number.to_string(),
        View::String(text) => string_expression(text, indent),
        View::List(items) => wrapped("tolist(", &sequence(items, indent)),
        View::Set(items) => wrapped("toset(", &sequence(items, indent)),
        View::Tuple(items) => sequence(items, indent),
        View::Map(fields) => wrapped("tomap(", &mapping(fields.iter(), indent)),
        View::Object(fields) => mapping(fields.iter(), indent),
    }
}

fn wrapped(constructor: &str, inner: &str) -> String {
    format!("{constructor}{inner})")
}

fn null_expression(ty: &Type) -> String {
    match ty {
        Type::String => "tostring(null)".to_owned(),
        Type::Number => "tonumber(null)".to_owned(),
        Type::Bool => "tobool(null)".to_owned(),
        Type::Dynamic => "null".to_owned(),
        other => format!("null /* {} */", other.friendly_name()),
    }
}

fn string_expression(text: &str, indent: usize) -> String {
    if !text.contains('\n') {
        return quote(text);
    }
    let mut marker = "EOT".to_owned();
    while text.split('\n').any(|line| line.trim() == marker) {
        marker.push('_');
    }
    let pad = " ".repeat(indent);
    let (open, pad) = if indent == 0 { ("<<", String::new()) } else { ("<<-", pad) };
    let mut out = format!("{open}{marker}\n");
    for line in text.split('\n') {
        let _ = writeln!(out, "{pad}{line}");
    }
    let _ = write!(out, "{pad}{marker}");
    out
}

fn sequence(items: &[Value], indent: usize) -> String {
    if items.is_empty() {
        return "[]".to_owned();
    }
    let pad = " ".repeat(indent + 2);
    let mut out = "[\n".to_owned();
    for item in items {
        let _ = writeln!(out, "{pad}{},", value_expression(item, indent + 2));
    }
    out + &" ".repeat(indent) + "]"
}

fn mapping<'a>(entries: impl Iterator<Item = (&'a Str, &'a Value)>, indent: usize) -> String {
    let pad = " ".repeat(indent + 2);
    let mut out = String::new();
    for (key, value) in entries {
        let key = string_expression(key, indent + 2);
        let _ = writeln!(out, "{pad}{key} = {}", value_expression(value, indent + 2));
    }
    if out.is_empty() { "{}".to_owned() } else { format!("{{\n{out}{}}}", " ".repeat(indent)) }
}

/// Text in quotes as Go's `%q` prints it, which is what Terraform shows. It is for people: templates
/// in it are not escaped.
pub(crate) fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\u{b}' => out.push_str("\\v"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if is_printable(c) => out.push(c),
            c => {
                let code = u32::from(c);
                let _ = match code {
                    0..=0x7f => write!(out, "\\x{code:02x}"),
                    0x80..=0xffff => write!(out, "\\u{code:04x}"),
                    _ => write!(out, "\\U{code:08x}"),
                };
            }
        }
    }
    out.push('"');
    out
}

fn is_printable(c: char) -> bool {
    if c.is_ascii() {
        return !c.is_ascii_control();
    }
    // After a letter, so that a combining character is not escaped for standing alone.
    !format!("a{c}").escape_debug().any(|c| c == '\\')
}
