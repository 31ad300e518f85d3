//! JSON as the comparison needs it: numbers keep every digit, objects have no order.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::value::RawValue;

/// A JSON document. `serde_json::Value` would round numbers to `f64`, and Terraform prints up to
/// 512 bits of them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Json {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A number, as it was written.
    Number(String),
    /// Text.
    String(String),
    /// A list.
    Array(Vec<Json>),
    /// An object; the order of its members says nothing.
    Object(BTreeMap<String, Json>),
}

impl Json {
    /// Reads one document.
    pub fn parse(text: &str) -> Result<Self, serde_json::Error> {
        Self::from_raw(serde_json::from_str(text)?)
    }

    /// Reads one document a line; lines that are not JSON become text.
    pub fn parse_lines(text: &str) -> Self {
        let lines = text.lines().filter(|line| !line.trim().is_empty());
        Self::Array(
            lines
                .map(|line| Self::parse(line).unwrap_or_else(|_| Self::String(line.to_owned())))
                .collect(),
        )
    }

    fn from_raw(raw: &RawValue) -> Result<Self, serde_json::Error> {
        let text = raw.get();
        Ok(match text.as_bytes().first() {
            Some(b'{') => {
                let members: BTreeMap<String, &RawValue> = serde_json::from_str(text)?;
                let parse = |(name, raw)| Ok((name, Self::from_raw(raw)?));
                Self::Object(members.into_iter().map(parse).collect::<Result<_, _>>()?)
            }
            Some(b'[') => {
                let items: Vec<&RawValue> = serde_json::from_str(text)?;
                Self::Array(items.into_iter().map(Self::from_raw).collect::<Result<_, _>>()?)
            }
            Some(b'"') => Self::String(serde_json::from_str(text)?),
            Some(b't') => Self::Bool(true),
            Some(b'f') => Self::Bool(false),
            Some(b'n') => Self::Null,
            _ => Self::Number(text.to_owned()),
        })
    }

    /// The member `name`, if this is an object that has it.
    pub fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => members.get(name),
            _ => None,
        }
    }

    /// The items, if this is a list; none otherwise.
    pub fn items(&self) -> &[Self] {
        match self {
            Self::Array(items) => items,
            _ => &[],
        }
    }

    /// The text, if this is text.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// Changes every text in it, names of members included.
    #[must_use]
    pub fn map_text(self, change: &impl Fn(String) -> String) -> Self {
        match self {
            Self::String(text) => Self::String(change(text)),
            Self::Array(items) => {
                Self::Array(items.into_iter().map(|item| item.map_text(change)).collect())
            }
            Self::Object(members) => Self::Object(
                members
                    .into_iter()
                    .map(|(name, value)| (change(name), value.map_text(change)))
                    .collect(),
            ),
            other => other,
        }
    }
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quoted = |text: &str| serde_json::Value::from(text).to_string();
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Number(digits) => f.write_str(digits),
            Self::String(text) => f.write_str(&quoted(text)),
            Self::Array(items) => {
                f.write_str("[")?;
                for (index, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", if index == 0 { "" } else { "," })?;
                }
                f.write_str("]")
            }
            Self::Object(members) => {
                f.write_str("{")?;
                for (index, (name, value)) in members.iter().enumerate() {
                    write!(f, "{}{}:{value}", if index == 0 { "" } else { "," }, quoted(name))?;
                }
                f.write_str("}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Json;

    #[test]
    fn numbers_keep_their_digits_and_objects_lose_their_order() {
        let read = Json::parse(r#"{"b": [0.1000, 1e400], "a": {"x": null, "é": "\u00e9"}}"#);
        let expected = r#"{"a":{"x":null,"é":"é"},"b":[0.1000,1e400]}"#;
        assert_eq!(read.expect("valid").to_string(), expected);
    }

    #[test]
    fn a_line_that_is_not_json_is_text() {
        assert_eq!(Json::parse_lines("{}\n\noops\n").to_string(), r#"[{},"oops"]"#);
    }
}
