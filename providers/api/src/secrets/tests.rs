//! Paths of what is sensitive and write-only.

use groma_value::{Marks, Type, Value};

use crate::{Attribute, Block, NestedBlock, NestedType, Nesting};

fn block() -> Block {
    let string = || Attribute::new(Type::String).optional();
    let nested = NestedType {
        attributes: [("open".into(), string()), ("secret".into(), string().sensitive())].into(),
        nesting: Nesting::Map,
    };
    let nested =
        Attribute { nested: Some(nested.clone()), ..Attribute::new(nested.implied_type()) };
    let inner = Block {
        attributes: [
            ("secret".into(), string().sensitive()),
            ("once".into(), string().write_only()),
        ]
        .into(),
        ..Block::default()
    };
    let part = NestedBlock { nesting: Nesting::List, block: inner, min_items: 0, max_items: 0 };
    Block {
        attributes: [("nested".into(), nested.optional()), ("plain".into(), string())].into(),
        blocks: [("part".into(), part)].into(),
        ..Block::default()
    }
}

fn value() -> Value {
    let s = Value::from;
    let nested = Value::object_of([("open", s("o")), ("secret", s("s"))]);
    let part = Value::object_of([("secret", s("s")), ("once", s("o"))]);
    Value::object_of([
        ("nested", Value::map(nested.ty(), vec![("k".into(), nested)])),
        ("plain", s("p")),
        ("part", Value::list(part.ty(), vec![part])),
    ])
}

#[test]
fn finds_sensitive_values() {
    let block = block();
    let marks = block.value_marks(&value());
    let paths: Vec<String> = marks.iter().map(|(path, _)| path.to_string()).collect();
    assert_eq!(paths, [".nested[\"k\"].secret", ".part[0].secret"]);
    let marked = value().mark_with_paths(&marks);
    assert!(marked.marks_deep().sensitive());
    assert_eq!(marked.marks(), Marks::NONE);
    assert!(block.has_sensitive());
    assert!(block.value_marks(&Value::null(block.implied_type())).is_empty());
}

#[test]
fn takes_write_only_values_out() {
    let block = block();
    let paths = block.write_only_paths(&value());
    assert_eq!(paths.iter().map(ToString::to_string).collect::<Vec<_>>(), [".part[0].once"]);
    let marked = value().mark_with_paths(&block.value_marks(&value()));
    let stripped = block.strip_write_only(&marked);
    assert!(block.write_only_paths(&stripped).is_empty());
    assert!(stripped.marks_deep().sensitive());
    assert_eq!(stripped.unmark_deep().0.ty(), value().ty());
}
