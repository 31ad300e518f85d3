//! A stable byte form of values, for digests.
//!
//! Two values feed the same bytes if and only if they have the same type and the same content:
//! numbers as they print, strings as they are, unknowns as such. Marks and refinements do not
//! count (whether a value may be shown is no part of what it is). Each part is preceded by a tag
//! and each run of bytes or parts by its length, so that no two different values run together.

use crate::value::Repr;
use crate::{Fields, Type, Value};

/// The form's version: a change to it changes every digest.
const VERSION: u8 = 1;

impl Value {
    /// Feeds the value's bytes to a hash.
    pub fn feed(&self, sink: &mut impl FnMut(&[u8])) {
        sink(&[VERSION]);
        feed_value(self, sink);
    }

    /// Feeds what is known of a planned value: as [`Value::feed`], and for each part that is
    /// unknown what `unknown` says of it in its place (a hash of the expressions that it will come
    /// from, say).
    pub fn feed_masked(
        &self,
        sink: &mut impl FnMut(&[u8]),
        unknown: &mut impl FnMut(&crate::Path, &mut dyn FnMut(&[u8])),
    ) {
        sink(&[VERSION]);
        feed_value(self, sink);
        self.walk(|path, part| {
            if part.is_known() {
                return std::ops::ControlFlow::Continue(());
            }
            feed_bytes(b'@', path.to_string().as_bytes(), sink);
            unknown(path, sink);
            std::ops::ControlFlow::Break(())
        });
    }
}

fn feed_value(value: &Value, sink: &mut impl FnMut(&[u8])) {
    match &value.repr {
        Repr::Null(ty) => {
            sink(b"~");
            ty.feed(sink);
        }
        Repr::Unknown(unknown) => {
            sink(b"?");
            unknown.ty.feed(sink);
        }
        Repr::Bool(value) => sink(if *value { b"T" } else { b"F" }),
        Repr::Number(number) => feed_bytes(b'N', number.to_string().as_bytes(), sink),
        Repr::String(text) => feed_bytes(b'S', text.as_bytes(), sink),
        Repr::List(seq) | Repr::Set(seq) => {
            seq.ty.feed(sink);
            feed_items(&seq.items, sink);
        }
        Repr::Map(map) => {
            map.ty.feed(sink);
            feed_fields(&map.entries, sink);
        }
        Repr::Tuple(tuple) => {
            sink(b"(");
            feed_items(&tuple.content, sink);
        }
        Repr::Object(object) => {
            sink(b"{");
            feed_fields(&object.content, sink);
        }
    }
}

fn feed_items(items: &[Value], sink: &mut impl FnMut(&[u8])) {
    feed_length(items.len(), sink);
    for item in items {
        feed_value(item, sink);
    }
}

fn feed_fields(fields: &Fields, sink: &mut impl FnMut(&[u8])) {
    feed_length(fields.len(), sink);
    for (name, value) in fields.iter() {
        feed_bytes(b'K', name.as_bytes(), sink);
        feed_value(value, sink);
    }
}

fn feed_length(length: usize, sink: &mut impl FnMut(&[u8])) {
    sink(&(length as u64).to_le_bytes());
}

fn feed_bytes(tag: u8, bytes: &[u8], sink: &mut impl FnMut(&[u8])) {
    sink(&[tag]);
    feed_length(bytes.len(), sink);
    sink(bytes);
}

impl Type {
    /// Feeds the type's bytes to a hash.
    pub fn feed(&self, sink: &mut impl FnMut(&[u8])) {
        match self {
            Self::Dynamic => sink(b"d"),
            Self::Bool => sink(b"b"),
            Self::Number => sink(b"n"),
            Self::String => sink(b"s"),
            Self::List(elem) => {
                sink(b"l");
                elem.feed(sink);
            }
            Self::Set(elem) => {
                sink(b"e");
                elem.feed(sink);
            }
            Self::Map(elem) => {
                sink(b"m");
                elem.feed(sink);
            }
            Self::Tuple(elems) => {
                sink(b"t");
                feed_length(elems.len(), sink);
                elems.iter().for_each(|elem| elem.feed(sink));
            }
            Self::Object(object) => {
                sink(b"o");
                feed_length(object.attributes.len(), sink);
                for (name, attribute) in &object.attributes {
                    feed_bytes(if attribute.optional { b'k' } else { b'K' }, name.as_bytes(), sink);
                    attribute.ty.feed(sink);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Marks, Number, Type, Value};

    fn bytes(value: &Value) -> Vec<u8> {
        let mut bytes = Vec::new();
        value.feed(&mut |part| bytes.extend_from_slice(part));
        bytes
    }

    #[test]
    fn content_and_type_count_and_marks_do_not() {
        let list = |items: &[&str]| {
            Value::list(Type::String, items.iter().map(|s| Value::from(*s)).collect())
        };
        assert_ne!(bytes(&list(&["a", "b"])), bytes(&list(&["ab"])));
        assert_ne!(bytes(&list(&[])), bytes(&Value::list(Type::Number, Vec::new())));
        assert_ne!(bytes(&Value::null(Type::Bool)), bytes(&Value::unknown(Type::Bool)));
        let one = Value::number(1);
        assert_eq!(bytes(&one), bytes(&one.clone().with_marks(Marks::SENSITIVE)));
        let parsed: Number = "1".parse().unwrap();
        assert_eq!(bytes(&one), bytes(&Value::number(parsed)));
    }

    #[test]
    fn unknown_parts_are_named() {
        let value =
            Value::object_of([("a", Value::unknown(Type::String)), ("b", Value::from("x"))]);
        let mut named = Vec::new();
        value.feed_masked(&mut |_| {}, &mut |path, _| named.push(path.to_string()));
        assert_eq!(named, [".a"]);
    }
}
