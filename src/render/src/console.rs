//! Values as expressions of the language: what `console` and `output` print.

use std::fmt::Write as _;

use groma_value::{Type, Value, View};

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
        View::List(items) => wrapped("tolist(", sequence(items, indent), &value.ty()),
        View::Set(items) => wrapped("toset(", sequence(items, indent), &value.ty()),
        View::Tuple(items) => sequence(items, indent),
        View::Map(fields) => {
            let entries = fields.iter().map(|(key, value)| (quote(key), value));
            wrapped("tomap(", mapping(entries, indent), &value.ty())
        }
        View::Object(fields) => {
            mapping(fields.iter().map(|(key, value)| (quote(key), value)), indent)
        }
    }
}

fn wrapped(constructor: &str, inner: String, _ty: &Type) -> String {
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
    while text.lines().any(|line| line.trim() == marker) {
        marker.push('_');
    }
    let pad = " ".repeat(indent);
    let (open, pad) = if indent == 0 { ("<<", String::new()) } else { ("<<-", pad) };
    let mut out = format!("{open}{marker}\n");
    let body = text.strip_suffix('\n').unwrap_or(text);
    for line in body.split('\n') {
        let _ = writeln!(out, "{pad}{}", escape_templates(line));
    }
    let _ = write!(out, "{pad}{marker}");
    if indent == 0 { out + "\n" } else { out }
}

fn escape_templates(text: &str) -> String {
    text.replace("${", "$${").replace("%{", "%%{")
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

fn mapping<'a>(entries: impl Iterator<Item = (String, &'a Value)>, indent: usize) -> String {
    let pad = " ".repeat(indent + 2);
    let mut out = String::new();
    for (key, value) in entries {
        let _ = writeln!(out, "{pad}{key} = {}", value_expression(value, indent + 2));
    }
    if out.is_empty() { "{}".to_owned() } else { format!("{{\n{out}{}}}", " ".repeat(indent)) }
}

/// A quoted template that stands for the text itself.
fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '$' | '%' if chars.peek() == Some(&'{') => {
                out.push(c);
                out.push(c);
            }
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
