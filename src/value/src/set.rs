//! Sets: the order of their elements, and which of them are the same.

use std::cmp::Ordering;
use std::fmt::Write as _;
use std::sync::Arc;

use crate::value::{Repr, Sequence};
use crate::{Marks, Type, Value};

impl Value {
    /// Builds a set: sorts as cty orders, drops duplicates, hoists the elements' marks.
    ///
    /// Known elements come before unknown ones, and those before null. Strings, numbers and bools
    /// are in their own order; for anything else the order has no meaning, but is the same as
    /// Terraform's. An unknown element is never the same as another.
    pub fn set(elem: Type, items: Vec<Self>) -> Self {
        let mut marks = Marks::NONE;
        let mut keyed: Vec<(SortKey, Self)> = items
            .into_iter()
            .map(|item| {
                let (item, its) = item.unmark_deep();
                marks |= its;
                (SortKey::new(&item), item)
            })
            .collect();
        keyed.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| a.1.total_cmp(&b.1)));
        let mut items: Vec<Self> = Vec::with_capacity(keyed.len());
        for (_, item) in keyed {
            let same = items.last().is_some_and(|last| last.equals(&item).as_bool() == Some(true));
            if !same {
                items.push(item);
            }
        }
        let set = Sequence { ty: Type::set(elem), items };
        Self::from_repr(Repr::Set(Arc::new(set))).with_marks(marks)
    }

    /// A total order, for a canonical arrangement of elements: known, then unknown, then null;
    /// simple values by their own order, structures element by element.
    pub fn total_cmp(&self, other: &Self) -> Ordering {
        let rank = |v: &Self| match &v.repr {
            Repr::Bool(_) => 0,
            Repr::Number(_) => 1,
            Repr::String(_) => 2,
            Repr::List(_) => 3,
            Repr::Set(_) => 4,
            Repr::Map(_) => 5,
            Repr::Tuple(_) => 6,
            Repr::Object(_) => 7,
            Repr::Unknown(_) => 8,
            Repr::Null(_) => 9,
        };
        match (&self.repr, &other.repr) {
            (Repr::Bool(a), Repr::Bool(b)) => a.cmp(b),
            (Repr::Number(a), Repr::Number(b)) => a.cmp(b),
            (Repr::String(a), Repr::String(b)) => a.cmp(b),
            (Repr::List(a), Repr::List(b)) | (Repr::Set(a), Repr::Set(b)) => {
                cmp_items(&a.items, &b.items)
            }
            (Repr::Tuple(a), Repr::Tuple(b)) => cmp_items(&a.content, &b.content),
            (Repr::Map(a), Repr::Map(b)) => cmp_fields(&a.entries, &b.entries),
            (Repr::Object(a), Repr::Object(b)) => cmp_fields(&a.content, &b.content),
            _ => rank(self).cmp(&rank(other)),
        }
    }
}

fn cmp_items(a: &[Value], b: &[Value]) -> Ordering {
    let items = a.iter().zip(b).map(|(a, b)| a.total_cmp(b));
    items.fold(Ordering::Equal, Ordering::then).then(a.len().cmp(&b.len()))
}

fn cmp_fields(a: &crate::Fields, b: &crate::Fields) -> Ordering {
    let fields = a
        .iter()
        .zip(b.iter())
        .map(|((ka, va), (kb, vb))| ka.cmp(kb).then_with(|| va.total_cmp(vb)));
    fields.fold(Ordering::Equal, Ordering::then).then(a.len().cmp(&b.len()))
}

/// Where an element is in its set, before [`Value::total_cmp`] decides between equal ones.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum SortKey {
    /// Bools, numbers and strings sort by themselves.
    Simple,
    /// A structure sorts by the bytes that cty hashes it from.
    Structure(String),
    Unknown,
    Null,
}

impl SortKey {
    fn new(value: &Value) -> Self {
        match &value.repr {
            Repr::Bool(_) | Repr::Number(_) | Repr::String(_) => Self::Simple,
            Repr::Unknown(_) => Self::Unknown,
            Repr::Null(_) => Self::Null,
            _ => {
                let mut key = String::new();
                write_key(value, &mut key);
                Self::Structure(key)
            }
        }
    }
}

fn write_key(value: &Value, key: &mut String) {
    let list = |items: &[Value], [open, close]: [char; 2], key: &mut String| {
        key.push(open);
        for item in items {
            write_key(item, key);
            key.push(';');
        }
        key.push(close);
    };
    match &value.repr {
        Repr::Unknown(_) => key.push('?'),
        Repr::Null(_) => key.push('~'),
        Repr::Bool(value) => key.push(if *value { 'T' } else { 'F' }),
        Repr::Number(number) => key.push_str(&number.to_short_text()),
        Repr::String(text) => write_quoted(text, key),
        Repr::List(seq) | Repr::Set(seq) => list(&seq.items, ['[', ']'], key),
        Repr::Tuple(tuple) => list(&tuple.content, ['<', '>'], key),
        Repr::Map(map) => {
            key.push('{');
            for (name, item) in map.entries.iter() {
                write_quoted(name, key);
                key.push(':');
                write_key(item, key);
                key.push(';');
            }
            key.push('}');
        }
        Repr::Object(object) => {
            key.push('<');
            for (_, item) in object.content.iter() {
                write_key(item, key);
                key.push(';');
            }
            key.push('>');
        }
    }
}

/// As Go's `%q` quotes.
fn write_quoted(text: &str, key: &mut String) {
    key.push('"');
    for c in text.chars() {
        // Writing to a string does not fail.
        let _ = match c {
            '"' => key.write_str("\\\""),
            '\\' => key.write_str("\\\\"),
            '\x07' => key.write_str("\\a"),
            '\x08' => key.write_str("\\b"),
            '\x0c' => key.write_str("\\f"),
            '\n' => key.write_str("\\n"),
            '\r' => key.write_str("\\r"),
            '\t' => key.write_str("\\t"),
            '\x0b' => key.write_str("\\v"),
            ' '..='~' => key.write_char(c),
            c if c.is_ascii() => write!(key, "\\x{:02x}", c as u32),
            c if is_printable(c) => key.write_char(c),
            c if (c as u32) < 0x1_0000 => write!(key, "\\u{:04x}", c as u32),
            c => write!(key, "\\U{:08x}", c as u32),
        };
    }
    key.push('"');
}

/// Whether a character is a letter, mark, number, punctuation or symbol.
fn is_printable(c: char) -> bool {
    // A string's first character is escaped for being a combining mark too, which says nothing.
    let mut text = String::from("a");
    text.push(c);
    !text.escape_debug().any(|escaped| escaped == '\\')
}

#[cfg(test)]
mod tests {
    use crate::{Type, Value};

    fn numbers(of: &[i64]) -> Vec<Value> {
        of.iter().copied().map(Value::number).collect()
    }

    #[test]
    fn sorts_and_drops_duplicates() {
        let set = Value::set(Type::Number, numbers(&[10, 3, 10, 2]));
        assert_eq!(format!("{set:?}"), "set(number)[2, 3, 10]");
        let strings = ["b", "a"].map(Value::from);
        let items = [Value::null(Type::String), Value::unknown(Type::String)].into_iter();
        let set = Value::set(Type::String, items.chain(strings).collect());
        assert_eq!(format!("{set:?}"), r#"set(string)["a", "b", unknown(string), null(string)]"#);
    }

    #[test]
    fn structures_sort_by_their_text() {
        let object = |n: i64| Value::object_of([("a", Value::number(n))]);
        let ty = object(1).ty();
        let set = Value::set(ty, [10, 9, 1000].map(object).into());
        let order: Vec<_> = set.as_slice().unwrap().iter().map(|v| format!("{v:?}")).collect();
        assert_eq!(order, ["{a = 1000}", "{a = 10}", "{a = 9}"]);
    }

    #[test]
    fn unknown_elements_stay_apart() {
        let unknown = Value::unknown(Type::Number);
        let set = Value::set(Type::Number, vec![unknown.clone(), unknown, Value::number(1)]);
        assert_eq!(set.as_slice().unwrap().len(), 3);
    }
}
