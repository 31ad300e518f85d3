//! Types in words: in messages, as type expressions, and as the console's `type` shows them.

use std::fmt::{self, Write};

use super::Type;

/// A type expression, as a variable's `type` has it: `list(string)`, `object({a=string})`.
impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dynamic => f.write_str("any"),
            Self::Bool => f.write_str("bool"),
            Self::Number => f.write_str("number"),
            Self::String => f.write_str("string"),
            Self::List(elem) => write!(f, "list({elem})"),
            Self::Set(elem) => write!(f, "set({elem})"),
            Self::Map(elem) => write!(f, "map({elem})"),
            Self::Tuple(elems) => {
                f.write_str("tuple([")?;
                for (i, elem) in elems.iter().enumerate() {
                    let comma = if i > 0 { "," } else { "" };
                    write!(f, "{comma}{elem}")?;
                }
                f.write_str("])")
            }
            Self::Object(object) => {
                f.write_str("object({")?;
                for (i, (name, attribute)) in object.attributes.iter().enumerate() {
                    let comma = if i > 0 { "," } else { "" };
                    if attribute.optional {
                        write!(f, "{comma}{name}=optional({})", attribute.ty)?;
                    } else {
                        write!(f, "{comma}{name}={}", attribute.ty)?;
                    }
                }
                f.write_str("})")
            }
        }
    }
}

impl Type {
    /// What a value's type is called in messages: `list of string`, `object`, `dynamic`.
    pub fn friendly_name(&self) -> String {
        self.name_with("dynamic", "dynamic")
    }

    /// What a type that is asked for is called in messages: `list of string`, `any type`.
    pub fn friendly_constraint_name(&self) -> String {
        self.name_with("any type", "any single type")
    }

    fn name_with(&self, dynamic: &str, dynamic_element: &str) -> String {
        let element = |elem: &Self| match elem {
            Self::Dynamic => dynamic_element.to_owned(),
            elem => elem.name_with(dynamic, dynamic_element),
        };
        match self {
            Self::Dynamic => dynamic.to_owned(),
            Self::Bool => "bool".to_owned(),
            Self::Number => "number".to_owned(),
            Self::String => "string".to_owned(),
            Self::List(elem) => format!("list of {}", element(elem)),
            Self::Set(elem) => format!("set of {}", element(elem)),
            Self::Map(elem) => format!("map of {}", element(elem)),
            Self::Tuple(_) => "tuple".to_owned(),
            Self::Object(_) => "object".to_owned(),
        }
    }

    /// As the console's `type` function shows it, on several lines if it has structures.
    pub fn to_console_string(&self) -> String {
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = self.write_lines(&mut text, 0);
        text
    }

    fn write_lines(&self, text: &mut String, depth: usize) -> fmt::Result {
        let inner = "    ".repeat(depth + 1);
        let outer = "    ".repeat(depth);
        match self {
            Self::Dynamic => text.write_str("dynamic"),
            Self::Bool | Self::Number | Self::String => write!(text, "{self}"),
            Self::List(elem) | Self::Set(elem) | Self::Map(elem) => {
                text.push_str(match self {
                    Self::List(_) => "list(",
                    Self::Set(_) => "set(",
                    _ => "map(",
                });
                if matches!(**elem, Self::Tuple(_) | Self::Object(_)) {
                    write!(text, "\n{inner}")?;
                    elem.write_lines(text, depth + 1)?;
                    write!(text, ",\n{outer})")
                } else {
                    elem.write_lines(text, depth)?;
                    text.write_char(')')
                }
            }
            Self::Tuple(elems) if elems.is_empty() => text.write_str("tuple([])"),
            Self::Tuple(elems) => {
                text.push_str("tuple([\n");
                for elem in elems.iter() {
                    text.push_str(&inner);
                    elem.write_lines(text, depth + 1)?;
                    text.push_str(",\n");
                }
                write!(text, "{outer}])")
            }
            Self::Object(object) if object.attributes.is_empty() => text.write_str("object({})"),
            Self::Object(object) => {
                text.push_str("object({\n");
                for (name, attribute) in &object.attributes {
                    write!(text, "{inner}{name}: ")?;
                    attribute.ty.write_lines(text, depth + 1)?;
                    text.push_str(",\n");
                }
                write!(text, "{outer}}})")
            }
        }
    }
}
