//! Bodies and what they decode to.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use groma_diag::{Diagnostics, SourceMap};
use groma_lang::eval::{MapScope, NoHost};
use groma_lang::syntax::{Body, parse_file, parse_json_file};
use groma_provider_api::{Attribute, Block, NestedBlock, NestedType, Nesting};
use groma_value::{Marks, Type, Value, View};

use super::Spec;

fn scope() -> MapScope<'static> {
    let strings = |items: &[&str]| {
        Value::list(Type::String, items.iter().map(|item| Value::from(*item)).collect())
    };
    MapScope::new(&NoHost)
        .with("s", "text".into())
        .with("list", strings(&["a", "b"]))
        .with("secret", strings(&["hush"]).with_marks(Marks::SENSITIVE))
        .with("unknown", Value::unknown(Type::list(Type::String)))
        .with("unknown_id", Value::unknown(Type::String).refine_not_null())
}

/// A schema with one of everything.
fn schema() -> Block {
    let optional = |ty: Type| Attribute::new(ty).optional();
    let attributes = |list: Vec<(&str, Attribute)>| -> BTreeMap<Arc<str>, Attribute> {
        list.into_iter().map(|(name, attribute)| (name.into(), attribute)).collect()
    };
    let content = Block {
        attributes: attributes(vec![("x", optional(Type::String)), ("n", optional(Type::Number))]),
        blocks: [(
            "inner".into(),
            NestedBlock {
                nesting: Nesting::List,
                block: Block {
                    attributes: attributes(vec![("y", optional(Type::String))]),
                    ..Block::default()
                },
                min_items: 0,
                max_items: 0,
            },
        )]
        .into(),
        ..Block::default()
    };
    let nested = |nesting, min_items, max_items| NestedBlock {
        nesting,
        block: content.clone(),
        min_items,
        max_items,
    };
    Block {
        attributes: attributes(vec![
            ("name", Attribute::new(Type::String).required()),
            ("id", Attribute::new(Type::String).computed()),
            ("any", optional(Type::Dynamic)),
        ]),
        blocks: [
            ("single".into(), nested(Nesting::Single, 0, 1)),
            ("group".into(), nested(Nesting::Group, 0, 1)),
            ("list".into(), nested(Nesting::List, 0, 3)),
            ("set".into(), nested(Nesting::Set, 0, 0)),
            ("map".into(), nested(Nesting::Map, 0, 0)),
        ]
        .into(),
        ..Block::default()
    }
}

fn parse(source: &str) -> (SourceMap, Body) {
    let sources = SourceMap::new();
    let file = sources.add("test.tf", source.as_bytes());
    let (body, problems) = parse_file(file, "main.tf", Arc::from(source.as_bytes()));
    assert!(problems.is_empty(), "{problems:#?}");
    (sources, body)
}

fn decode(schema: &Block, source: &str) -> (Value, Diagnostics) {
    let spec = Spec::new(schema);
    let (_, body) = parse(source);
    let (value, diags) = spec.decode(&body, &scope());
    let ty = value.ty();
    if !spec.ty().has_dynamic() {
        assert_eq!(ty, *spec.ty(), "the value conforms to the schema whatever the body");
    }
    (value, diags)
}

/// A value without the types of its collections, as far as they are known.
fn show(value: &Value) -> String {
    let items = |items: &[Value]| items.iter().map(show).collect::<Vec<_>>().join(", ");
    match value.view() {
        View::List(all) | View::Set(all) | View::Tuple(all) => format!("[{}]", items(all)),
        View::Map(fields) | View::Object(fields) => {
            let fields = fields.iter().map(|(name, value)| format!("{name} = {}", show(value)));
            format!("{{{}}}", fields.collect::<Vec<_>>().join(", "))
        }
        View::Null => format!("null({})", value.ty().friendly_name()),
        View::Unknown(_) => format!("unknown({})", value.ty().friendly_name()),
        _ => format!("{value:?}"),
    }
}

/// Checks one attribute of what a body decodes to.
#[track_caller]
fn check(source: &str, name: &str, expected: &str) {
    let (value, diags) = decode(&schema(), &format!("name = \"n\"\n{source}"));
    assert!(diags.is_empty(), "{diags:#?}");
    assert_eq!(show(value.attr(name).unwrap()), expected, "{source}");
}

#[track_caller]
fn check_errors(schema: &Block, source: &str, expected: &[&str]) {
    let (_, diags) = decode(schema, source);
    let messages = diags.iter().map(|diagnostic| {
        let place = diagnostic.subject.expect("every diagnostic has a place");
        let place = &source[place.start as usize..place.end as usize];
        format!("{} [{place}] {}", diagnostic.summary, diagnostic.detail)
    });
    assert_eq!(messages.collect::<Vec<_>>(), expected);
}

const INNER: &str = "{inner = [], n = null(number), x";

#[test]
fn arguments() {
    check("", "name", "\"n\"");
    check("", "id", "null(string)");
    check("any = [1, s]", "any", "[1, \"text\"]");
    check("id = 5", "id", "\"5\"");
}

#[test]
fn nested_blocks() {
    check("", "single", "null(object)");
    check("", "group", &format!("{INNER} = null(string)}}"));
    check("", "list", "[]");
    check("", "map", "{}");
    check("single {\n  x = s\n}", "single", &format!("{INNER} = \"text\"}}"));
    check(
        "list {\n  x = 1\n}\nlist {\n  x = 2\n}",
        "list",
        &format!("[{INNER} = \"1\"}}, {INNER} = \"2\"}}]"),
    );
    check(
        "set {\n  x = 2\n}\nset {\n  x = 1\n}\nset {\n  x = 2\n}",
        "set",
        &format!("[{INNER} = \"1\"}}, {INNER} = \"2\"}}]"),
    );
    check("map \"k\" {\n  x = 1\n}", "map", &format!("{{k = {INNER} = \"1\"}}}}"));
    check(
        "single {\n  inner {\n    y = 1\n  }\n}",
        "single",
        "{inner = [{y = \"1\"}], n = null(number), x = null(string)}",
    );
}

#[test]
fn dynamic_blocks() {
    let block = |for_each: &str, content: &str| {
        format!("dynamic \"list\" {{\n  for_each = {for_each}\n  content {{\n{content}\n  }}\n}}")
    };
    check(
        &block("list", "x = list.value\nn = list.key"),
        "list",
        "[{inner = [], n = 0, x = \"a\"}, {inner = [], n = 1, x = \"b\"}]",
    );
    check(
        &block("{k = 1}", "x = \"${list.key}-${list.value}\""),
        "list",
        &format!("[{INNER} = \"k-1\"}}]"),
    );
    check(&block("[]", ""), "list", "[]");
    check(
        &block("[unknown_id]", "x = list.value"),
        "list",
        &format!("[{INNER} = unknown(string)}}]"),
    );
    check(&block("unknown", "x = list.value"), "list", "unknown(list of object)");
    check(
        "dynamic \"list\" {\n  for_each = list\n  iterator = it\n  content {\n    x = it.value\n    \
         dynamic \"inner\" {\n      for_each = [1, 2]\n      content {\n        y = \
         \"${it.value}${inner.value}\"\n      }\n    }\n  }\n}",
        "list",
        "[{inner = [{y = \"a1\"}, {y = \"a2\"}], n = null(number), x = \"a\"}, {inner = [{y = \
         \"b1\"}, {y = \"b2\"}], n = null(number), x = \"b\"}]",
    );
    check(
        "dynamic \"map\" {\n  for_each = list\n  labels = [map.value]\n  content {\n    n = \
         map.key\n  }\n}",
        "map",
        "{a = {inner = [], n = 0, x = null(string)}, b = {inner = [], n = 1, x = null(string)}}",
    );
    check(
        "dynamic \"single\" {\n  for_each = unknown\n  content {\n    x = single.value\n  }\n}",
        "single",
        "{inner = [], n = null(number), x = unknown(string)}",
    );
}

#[test]
fn marks_of_a_for_each_go_onto_its_arguments() {
    let source = "name = \"n\"\ndynamic \"list\" {\n  for_each = secret\n  content {\n    x = \
                  list.value\n    n = 1\n    inner {\n      y = 2\n    }\n  }\n}";
    let (value, diags) = decode(&schema(), source);
    assert!(diags.is_empty(), "{diags:#?}");
    let list = value.attr("list").unwrap();
    assert!(list.marks().is_empty());
    let block = &list.as_slice().unwrap()[0];
    assert!(block.attr("x").unwrap().marks().sensitive());
    assert!(block.attr("n").unwrap().marks().sensitive());
    let inner = &block.attr("inner").unwrap().as_slice().unwrap()[0];
    assert!(inner.attr("y").unwrap().marks().is_empty());
}

#[test]
fn what_is_wrong_with_a_body() {
    check_errors(
        &schema(),
        "name = []\nnope = 1\nsingle {\n  n = \"x\"\n}\nsingle {\n}\nmap \"a\" {\n}\nmap \"a\" {\n}\n",
        &[
            "Unsupported argument [nope] An argument named \"nope\" is not expected here.",
            "Incorrect attribute value type [\"x\"] Inappropriate value for attribute \"n\": a \
             number is required.",
            "Duplicate single block [single] Only one block of type \"single\" is allowed.",
            "Duplicate map block [map \"a\"] A block for map \"a\" was already defined. The map \
             labels must be unique.",
            "Incorrect attribute value type [[]] Inappropriate value for attribute \"name\": \
             string required.",
        ],
    );
    let (_, diags) = decode(&schema(), "list {}\nlist {}\nlist {}\nlist {}\nname = s");
    let summaries: Vec<_> = diags.iter().map(|d| (d.summary.as_str(), d.detail.as_str())).collect();
    assert_eq!(summaries, [("Too many list blocks", "No more than 3 \"list\" blocks are allowed")]);
}

#[test]
fn what_is_wrong_with_a_dynamic_block() {
    let dynamic = |inside: &str| format!("name = s\ndynamic \"list\" {{\n{inside}\n}}\n");
    check_errors(
        &schema(),
        "name = s\ndynamic \"nope\" {\n  for_each = []\n  content {}\n}\n",
        &["Unsupported block type [\"nope\"] Blocks of type \"nope\" are not expected here."],
    );
    check_errors(
        &schema(),
        &dynamic("for_each = null\ncontent {}"),
        &["Invalid dynamic for_each value [null] Cannot use a null value in for_each."],
    );
    check_errors(
        &schema(),
        &dynamic("for_each = s\ncontent {}"),
        &["Invalid dynamic for_each value [s] Cannot use a string value in for_each. An iterable \
           collection is required."],
    );
    check_errors(
        &schema(),
        &dynamic("for_each = []\niterator = a.b\ncontent {}"),
        &["Invalid dynamic iterator name [a.b] Dynamic iterator must be a single variable name."],
    );
    check_errors(
        &schema(),
        &dynamic("for_each = []\ncontent {}\ncontent {}"),
        &["Extraneous dynamic content block [content] Only one nested content block is allowed \
           for each dynamic block."],
    );
    check_errors(
        &schema(),
        &dynamic("for_each = [1]\ncontent {\n  x = list.valu\n}"),
        &["Unsupported attribute [.valu] This object does not have an attribute named \"valu\"."],
    );
    let (_, diags) = decode(&schema(), &dynamic("for_each = [1]"));
    assert_eq!(diags.iter().next().unwrap().summary, "Missing dynamic content block");
    let map = |labels: &str| {
        format!(
            "name = s\ndynamic \"map\" {{\n  for_each = list\n  labels = {labels}\n  content \
             {{}}\n}}\n"
        )
    };
    let summary = |labels: &str| {
        let (_, diags) = decode(&schema(), &map(labels));
        diags.iter().next().map(|d| format!("{}: {}", d.summary, d.detail)).unwrap_or_default()
    };
    assert_eq!(
        summary("[\"a\", \"b\"]"),
        "Extraneous dynamic block label: Blocks of type \"map\" require 1 label(s)."
    );
    assert_eq!(
        summary("[]"),
        "Insufficient dynamic block labels: Blocks of type \"map\" require 1 label(s)."
    );
    assert_eq!(
        summary("[null]"),
        "Invalid dynamic block label: Cannot use a null value as a dynamic block label."
    );
    assert_eq!(
        summary("[unknown_id]"),
        "Invalid dynamic block label: This value is not yet known. Dynamic block labels must be \
         immediately-known values."
    );
}

/// A schema whose argument may be written as blocks.
fn legacy_schema() -> Block {
    let object = Type::object([("port", Type::Number), ("cidrs", Type::list(Type::String))]);
    Block {
        attributes: [
            ("rule".into(), Attribute::new(Type::list(object)).optional().computed()),
            ("name".into(), Attribute::new(Type::String).optional()),
        ]
        .into(),
        ..Block::default()
    }
}

#[test]
fn arguments_as_blocks() {
    let rule = |source: &str| {
        let (value, diags) = decode(&legacy_schema(), source);
        assert!(diags.is_empty(), "{diags:#?}");
        show(value.attr("rule").unwrap())
    };
    assert_eq!(rule(""), "null(list of object)");
    assert_eq!(rule("rule = []"), "[]");
    assert_eq!(rule("rule = [{port = \"1\", cidrs = []}]"), "[{cidrs = [], port = 1}]");
    assert_eq!(
        rule("rule {\n  port = 1\n}\nrule {\n  cidrs = list\n}"),
        "[{cidrs = null(list of string), port = 1}, {cidrs = [\"a\", \"b\"], port = null(number)}]"
    );
    assert_eq!(
        rule("dynamic \"rule\" {\n  for_each = [1, 2]\n  content {\n    port = rule.value\n  }\n}"),
        "[{cidrs = null(list of string), port = 1}, {cidrs = null(list of string), port = 2}]"
    );
    let unknown =
        "dynamic \"rule\" {\n  for_each = unknown\n  content {\n    port = rule.value\n  }\n}";
    assert_eq!(rule(unknown), "[{cidrs = null(list of string), port = unknown(number)}]");
    // A nested type shows that the provider knows blocks from arguments.
    let mut modern = legacy_schema();
    let nested = NestedType { attributes: BTreeMap::new(), nesting: Nesting::Single };
    let mut attribute = Attribute::new(nested.implied_type()).optional();
    attribute.nested = Some(nested);
    modern.attributes.insert("nested".into(), attribute);
    let (_, diags) = decode(&modern, "rule {\n  port = 1\n}");
    assert_eq!(diags.iter().next().unwrap().summary, "Unsupported block type");
}

#[test]
fn nested_types_have_optional_attributes() {
    let nested = NestedType {
        attributes: [
            ("a".into(), Attribute::new(Type::String).required()),
            ("b".into(), Attribute::new(Type::Number).optional()),
            ("c".into(), Attribute::new(Type::Bool).computed()),
        ]
        .into(),
        nesting: Nesting::List,
    };
    let mut attribute = Attribute::new(nested.implied_type()).optional();
    attribute.nested = Some(nested);
    let schema = Block { attributes: [("n".into(), attribute)].into(), ..Block::default() };
    let (value, diags) = decode(&schema, "n = [{a = 1}]");
    assert!(diags.is_empty(), "{diags:#?}");
    assert_eq!(show(value.attr("n").unwrap()), "[{a = \"1\", b = null(number), c = null(bool)}]");
    let (_, diags) = decode(&schema, "n = [{b = 1}]");
    assert_eq!(
        diags.iter().next().unwrap().detail,
        "Inappropriate value for attribute \"n\": element 0: attribute \"a\" is required."
    );
}

#[test]
fn json_bodies() {
    let source = r#"{
        "name": "${s}",
        "list": [{"x": "${1 + 1}"}, {"x": "b"}],
        "map": {"k": {"n": 3}},
        "dynamic": {"set": {"for_each": "${list}", "content": {"x": "${set.value}"}}}
    }"#;
    let sources = SourceMap::new();
    let file = sources.add("test.tf.json", source.as_bytes());
    let (body, problems) = parse_json_file(file, Arc::from(source.as_bytes()));
    assert!(problems.is_empty(), "{problems:#?}");
    let spec = Spec::new(&schema());
    let (value, diags) = spec.decode(&body, &scope());
    assert!(diags.is_empty(), "{diags:#?}");
    let attr = |name| show(value.attr(name).unwrap());
    assert_eq!(attr("name"), "\"text\"");
    assert_eq!(attr("list"), format!("[{INNER} = \"2\"}}, {INNER} = \"b\"}}]"));
    assert_eq!(attr("map"), "{k = {inner = [], n = 3, x = null(string)}}");
    assert_eq!(attr("set"), format!("[{INNER} = \"a\"}}, {INNER} = \"b\"}}]"));
    let references = spec.references(&body);
    let mut names: Vec<_> = references.iter().map(ToString::to_string).collect();
    names.sort();
    assert_eq!(names, ["list", "s"]);
}

#[test]
fn references_leave_iterators_out() {
    let (_, body) = parse(
        "name = var.a\nany = [for x in var.b : x]\nlist {\n  x = local.c\n}\ndynamic \"list\" {\n  \
         for_each = var.d\n  iterator = it\n  content {\n    x = it.value\n    n = list.value\n    \
         dynamic \"inner\" {\n      for_each = it.value\n      content {\n        y = \
         \"${it.key}${inner.value}${var.e}\"\n      }\n    }\n  }\n}\nnope = var.nope",
    );
    let references = Spec::new(&schema()).references(&body);
    let mut names: Vec<_> = references.iter().map(ToString::to_string).collect();
    names.sort();
    assert_eq!(names, ["list.value", "local.c", "var.a", "var.b", "var.d", "var.e"]);
}

#[test]
fn names_are_asked_of_the_scope_once_per_reference() {
    // The iterator is never asked for.
    struct Asked<'a>(MapScope<'a>, RefCell<Vec<String>>);
    impl groma_lang::eval::Scope for Asked<'_> {
        fn resolve(
            &self,
            reference: &groma_lang::syntax::Traversal,
        ) -> Result<groma_lang::eval::Resolved, Diagnostics> {
            self.1.borrow_mut().push(reference.to_string());
            self.0.resolve(reference)
        }
        fn host(&self) -> &dyn groma_lang::functions::Host {
            &NoHost
        }
    }
    let scope = Asked(scope(), RefCell::default());
    let (_, body) = parse(
        "name = s\ndynamic \"list\" {\n  for_each = list\n  content {\n    x = list.value\n  }\n}",
    );
    let (_, diags) = Spec::new(&schema()).decode(&body, &scope);
    assert!(diags.is_empty(), "{diags:#?}");
    let mut asked = scope.1.into_inner();
    asked.sort();
    assert_eq!(asked, ["list", "s"]);
}
