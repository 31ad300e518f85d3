//! Bodies read by a schema.

use groma_diag::Diagnostics;

use super::{parsed, parsed_json};
use crate::syntax::{Body, BodyContent, BodySchema, Item};

fn schema() -> BodySchema {
    BodySchema::new().required("name").optional("count").block("rule", &["kind", "id"])
}

fn errors(diagnostics: &Diagnostics) -> Vec<String> {
    diagnostics.iter().map(|d| format!("{}: {}", d.summary, d.detail)).collect()
}

fn content(text: &str) -> (BodyContent, Vec<String>) {
    let (content, diagnostics) = parsed(text).0.content(&schema());
    (content, errors(&diagnostics))
}

#[test]
fn reads_what_the_schema_asks_for() {
    let (content, errors) = content("name = 1\nrule a \"b\" {\n  x = 1\n}\n");
    assert_eq!(errors, [""; 0]);
    assert!(content.attr("name").is_some() && content.attr("count").is_none());
    let labels: Vec<_> = content.blocks[0].labels.iter().map(|l| l.text.to_string()).collect();
    assert_eq!(labels, ["a", "b"]);
    assert_eq!(content.blocks_of("rule").count(), 1);
}

#[test]
fn complains_in_hcls_words() {
    assert_eq!(
        content("cuont = 1\nrule = 2\nrul \"x\" {}\nrule \"x\" {}\nrule a b c {}\n").1,
        [
            "Missing required argument: The argument \"name\" is required, but no definition was \
             found.",
            "Missing id for rule: All rule blocks must have 2 labels (kind, id).",
            "Extraneous label for rule: Only 2 labels (kind, id) are expected for rule blocks.",
            "Unsupported argument: An argument named \"cuont\" is not expected here. Did you mean \
             \"count\"?",
            "Unsupported argument: An argument named \"rule\" is not expected here. Did you mean \
             to define a block of type \"rule\"?",
            "Unsupported block type: Blocks of type \"rul\" are not expected here. Did you mean \
             \"rule\"?",
        ]
    );
    assert_eq!(
        content("name = 1\ncount {}\n").1,
        ["Unsupported block type: Blocks of type \"count\" are not expected here. Did you mean \
             to define argument \"count\"? If so, use the equals sign to assign it a value."]
    );
}

#[test]
fn leaves_a_rest() {
    let (body, _) = parsed("name = 1\nother = 2\nrule a b {}\nmore {}\n");
    let (_, rest, diagnostics) = body.partial_content(&schema());
    assert!(diagnostics.is_empty());
    assert_eq!(rest.items().map(|items| items.len()), Some(2));
    let (_, diagnostics) = rest.content(&BodySchema::new().optional("other").block("more", &[]));
    assert_eq!(errors(&diagnostics), [""; 0]);
    let (attributes, diagnostics) = rest.just_attributes();
    assert_eq!(attributes.len(), 1);
    assert_eq!(
        errors(&diagnostics),
        ["Unexpected \"rule\" block: Blocks are not allowed here."; 0]
            .into_iter()
            .chain(["Unexpected \"more\" block: Blocks are not allowed here."])
            .collect::<Vec<_>>()
    );
}

#[test]
fn an_override_replaces_arguments_and_types_of_blocks() {
    let (base, _) = parsed("name = 1\ncount = 2\nrule a b {}\ndynamic \"rule\" {\n}\nmore {}\n");
    let (over, _) = parsed("name = 3\nrule c d {}\n");
    let merged = Body::merge_override(&base, &over);
    let (content, diagnostics) = merged.content(&schema().block("more", &[]));
    assert_eq!(errors(&diagnostics), [""; 0]);
    assert_eq!(
        content.attr("name").map(|a| a.expr.as_ref().source().into_owned()).as_deref(),
        Some("3")
    );
    assert_eq!(content.attributes.len(), 2);
    let blocks: Vec<_> = content.blocks.iter().map(|b| b.ty.to_string()).collect();
    assert_eq!(blocks, ["more", "rule"]);
    assert_eq!(&*content.blocks[1].labels[0].text, "c");
    assert_eq!(merged.items().map(|items| items.len()), Some(4));
}

#[test]
fn a_synthetic_body_is_read_the_same_way() {
    let (body, _) = parsed("name = 1\nextra = 2\n");
    let span = body.span();
    let items: Vec<Item> = body.items().unwrap_or_default();
    let (_, diagnostics) = Body::synthetic(items, span).content(&schema());
    assert_eq!(diagnostics.len(), 1);
}

#[test]
fn reads_json_by_the_same_schema() {
    let (_, body, problems) = parsed_json(
        r#"{"//": "a comment", "name": "${x}", "rule": {"a": {"b": [{"x": 1}, {}]}, "c": [{"d": {}}]}}"#,
    );
    assert_eq!(problems, "");
    let (content, diagnostics) = body.content(&schema());
    assert_eq!(errors(&diagnostics), [""; 0]);
    let labels = content
        .blocks
        .iter()
        .map(|block| block.labels.iter().map(|l| l.text.to_string()).collect::<Vec<_>>().join("."));
    assert_eq!(labels.collect::<Vec<_>>(), ["a.b", "a.b", "c.d"]);
    let (attributes, _) = content.blocks[0].body.just_attributes();
    assert_eq!(attributes.len(), 1);
    assert!(body.items().is_none() && body.is_json());
}

#[test]
fn complains_of_json_in_hcls_words() {
    let (_, body, _) = parsed_json(r#"[{"nmae": 1}, {"rule": {}}, {"rule": 3}, 4]"#);
    let (_, diagnostics) = body.content(&schema());
    assert_eq!(
        errors(&diagnostics),
        [
            "Incorrect JSON value type: A JSON object is required here, to define arguments and \
             child blocks.",
            "Missing block label: At least one object property is required, whose name \
             represents the rule block's kind.",
            "Incorrect JSON value type: Either a JSON object or JSON array of objects is required \
             here, to specify kind labels for this block.",
            "Missing block label: At least one object property is required, whose name \
             represents the rule block's kind.",
            "Missing required argument: The argument \"name\" is required, but no definition was \
             found.",
            "Extraneous JSON object property: No argument or block type is named \"nmae\". Did \
             you mean \"name\"?",
        ]
    );
}
