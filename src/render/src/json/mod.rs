//! JSON as Go's `encoding/json` writes it, which is what Terraform's readers expect.
//!
//! Members keep the order in which they are added; numbers are raw text, so that none loses a
//! digit.

mod values;

use std::fmt::{self, Write as _};

pub(crate) use values::{known_json, sensitive_json, unknown_json};

/// A JSON document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Json {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// JSON text that is written as it is: a number, or a whole document.
    Raw(String),
    /// A string.
    Text(String),
    /// An array.
    Array(Vec<Json>),
    /// An object.
    Object(Object),
}

/// The members of a JSON object, in the order in which they were added.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Object(Vec<(String, Json)>);

impl Object {
    /// No members.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a member.
    pub fn set(&mut self, name: impl Into<String>, value: impl Into<Json>) -> &mut Self {
        self.0.push((name.into(), value.into()));
        self
    }

    /// Adds a member unless the value is null, false, empty text, or has nothing in it (Go's
    /// `omitempty`).
    pub fn set_some(&mut self, name: impl Into<String>, value: impl Into<Json>) -> &mut Self {
        let value = value.into();
        let empty = match &value {
            Json::Null | Json::Bool(false) => true,
            Json::Text(text) => text.is_empty(),
            Json::Array(items) => items.is_empty(),
            Json::Object(members) => members.is_empty(),
            Json::Raw(text) => text == "0",
            Json::Bool(true) => false,
        };
        if !empty {
            self.0.push((name.into(), value));
        }
        self
    }

    /// Whether it has no members.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<K: Into<String>> FromIterator<(K, Json)> for Object {
    fn from_iter<I: IntoIterator<Item = (K, Json)>>(iter: I) -> Self {
        Self(iter.into_iter().map(|(name, value)| (name.into(), value)).collect())
    }
}

impl From<bool> for Json {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<&str> for Json {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Json {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<u64> for Json {
    fn from(value: u64) -> Self {
        Self::Raw(value.to_string())
    }
}

impl From<Object> for Json {
    fn from(value: Object) -> Self {
        Self::Object(value)
    }
}

impl<T: Into<Json>> From<Vec<T>> for Json {
    fn from(items: Vec<T>) -> Self {
        Self::Array(items.into_iter().map(Into::into).collect())
    }
}

impl<T: Into<Json>> From<Option<T>> for Json {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl Json {
    /// On several lines, indented by two columns a level (Go's `MarshalIndent`).
    pub fn indented(&self) -> String {
        let mut out = String::new();
        self.indent(&mut out, 0);
        out
    }

    fn indent(&self, out: &mut String, level: usize) {
        let line = |out: &mut String, level: usize| {
            out.push('\n');
            out.extend(std::iter::repeat_n("  ", level));
        };
        match self {
            Self::Array(items) if !items.is_empty() => {
                out.push('[');
                for (i, item) in items.iter().enumerate() {
                    out.push_str(if i > 0 { "," } else { "" });
                    line(out, level + 1);
                    item.indent(out, level + 1);
                }
                line(out, level);
                out.push(']');
            }
            Self::Object(Object(members)) if !members.is_empty() => {
                out.push('{');
                for (i, (name, value)) in members.iter().enumerate() {
                    out.push_str(if i > 0 { "," } else { "" });
                    line(out, level + 1);
                    let _ = write!(out, "{}: ", Self::Text(name.clone()));
                    value.indent(out, level + 1);
                }
                line(out, level);
                out.push('}');
            }
            Self::Raw(text) if text.starts_with(['[', '{']) => {
                match serde_json::from_str::<serde_json::Value>(text) {
                    Ok(value) => Self::from(value).indent(out, level),
                    Err(_) => out.push_str(text),
                }
            }
            other => {
                let _ = write!(out, "{other}");
            }
        }
    }
}

impl From<serde_json::Value> for Json {
    fn from(value: serde_json::Value) -> Self {
        match value {
            serde_json::Value::Null => Self::Null,
            serde_json::Value::Bool(value) => Self::Bool(value),
            serde_json::Value::Number(number) => Self::Raw(number.to_string()),
            serde_json::Value::String(text) => Self::Text(text),
            serde_json::Value::Array(items) => items.into(),
            serde_json::Value::Object(members) => {
                Self::Object(members.into_iter().map(|(k, v)| (k, Self::from(v))).collect())
            }
        }
    }
}

/// Compact, with no space between tokens.
impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Raw(text) => f.write_str(text),
            Self::Text(text) => write_string(f, text),
            Self::Array(items) => {
                f.write_char('[')?;
                for (i, item) in items.iter().enumerate() {
                    if i > 0 {
                        f.write_char(',')?;
                    }
                    write!(f, "{item}")?;
                }
                f.write_char(']')
            }
            Self::Object(Object(members)) => {
                f.write_char('{')?;
                for (i, (name, value)) in members.iter().enumerate() {
                    if i > 0 {
                        f.write_char(',')?;
                    }
                    write_string(f, name)?;
                    write!(f, ":{value}")?;
                }
                f.write_char('}')
            }
        }
    }
}

/// Quotes a string as Go does: `<`, `>` and `&` are escaped too.
fn write_string(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_char('"')?;
    let mut plain = 0;
    for (i, c) in text.char_indices() {
        let escape = match c {
            '"' => "\\\"",
            '\\' => "\\\\",
            '\n' => "\\n",
            '\r' => "\\r",
            '\t' => "\\t",
            '\u{8}' => "\\b",
            '\u{c}' => "\\f",
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => "",
            c if u32::from(c) < 0x20 => "",
            _ => continue,
        };
        f.write_str(&text[plain..i])?;
        plain = i + c.len_utf8();
        if escape.is_empty() {
            write!(f, "\\u{:04x}", u32::from(c))?;
        } else {
            f.write_str(escape)?;
        }
    }
    f.write_str(&text[plain..])?;
    f.write_char('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_written_as_go_writes_it() {
        let mut object = Object::new();
        object.set("a<b", "x\"\n\u{1}&").set_some("none", "").set("n", 3u64);
        object.set("l", vec![Json::Null, true.into()]);
        assert_eq!(
            Json::from(object).to_string(),
            r#"{"a\u003cb":"x\"\n\u0001\u0026","n":3,"l":[null,true]}"#
        );
    }
}
