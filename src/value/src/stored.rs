//! Values and paths as serde data, for formats of our own: plan files.
//!
//! A value is its type as JSON, its MessagePack, and its marks with where they are: what other
//! programs exchange, and beside it what they may not see.

use serde::de::Error as _;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{
    Marks, Number, Path, PathStep, Str, Type, Value, from_msgpack, to_msgpack, type_from_json,
    type_to_json,
};

#[derive(Serialize, Deserialize)]
struct StoredValue {
    ty: String,
    #[serde(with = "serde_bytes")]
    bytes: Vec<u8>,
    marks: Vec<(Path, u8)>,
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (plain, marks) = self.unmark_deep_with_paths();
        let ty = plain.ty();
        let stored = StoredValue {
            bytes: to_msgpack(&plain, &ty).map_err(S::Error::custom)?,
            ty: type_to_json(&ty).to_string(),
            marks: marks.into_iter().map(|(path, marks)| (path, marks.bits())).collect(),
        };
        stored.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let stored = StoredValue::deserialize(deserializer)?;
        let ty: Type = stored.ty.parse_type().map_err(D::Error::custom)?;
        let value = from_msgpack(&stored.bytes, &ty).map_err(D::Error::custom)?;
        if stored.marks.is_empty() {
            return Ok(value);
        }
        let marks: Vec<_> =
            stored.marks.into_iter().map(|(path, bits)| (path, Marks::from_bits(bits))).collect();
        Ok(value.mark_with_paths(&marks))
    }
}

trait ParseType {
    fn parse_type(&self) -> Result<Type, String>;
}

impl ParseType for String {
    fn parse_type(&self) -> Result<Type, String> {
        let json = serde_json::from_str(self).map_err(|error| error.to_string())?;
        type_from_json(&json).map_err(|error| error.to_string())
    }
}

impl Serialize for Type {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        type_to_json(self).to_string().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Type {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse_type().map_err(D::Error::custom)
    }
}

#[derive(Serialize, Deserialize)]
enum StoredStep {
    Attr(String),
    Key(String),
    Index(String),
    Element(Value),
}

impl Serialize for PathStep {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let stored = match self {
            Self::Attr(name) => StoredStep::Attr(name.to_string()),
            Self::Key(key) => StoredStep::Key(key.to_string()),
            Self::Index(index) => StoredStep::Index(index.to_string()),
            Self::Element(value) => StoredStep::Element(value.clone()),
        };
        stored.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for PathStep {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match StoredStep::deserialize(deserializer)? {
            StoredStep::Attr(name) => Self::Attr(Str::from(name)),
            StoredStep::Key(key) => Self::Key(Str::from(key)),
            StoredStep::Index(text) => {
                let index: Number = text.parse().map_err(D::Error::custom)?;
                Self::Index(index.to_i64().map_or(index, Number::from))
            }
            StoredStep::Element(value) => Self::Element(value),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_back_with_types_unknowns_and_marks() {
        let secret = Value::string("s").with_marks(Marks::SENSITIVE);
        let value = Value::object_of([
            ("a", Value::list(Type::String, vec![Value::unknown(Type::String), secret])),
            ("n", Value::null(Type::map(Type::Bool))),
            ("x", Value::number(3i64)),
        ]);
        let json = serde_json::to_string(&value).unwrap();
        let back: Value = serde_json::from_str(&json).unwrap();
        assert!(back.raw_equals(&value), "{back:?}");
    }
}
