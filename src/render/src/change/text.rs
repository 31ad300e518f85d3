//! Strings: quoted, as a here-document with its lines compared, or as JSON with its parts compared.

use std::fmt::Write as _;

use groma_value::Value;

use super::compute::{Change, Replace};
use super::draw::{Canvas, Place};
use super::{Action, Body, Node, json, sequence};

/// `"text"` with the escapes of the language.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

pub(super) fn draw(
    canvas: Canvas,
    node: &Node,
    place: Place,
    before: Option<&Value>,
    after: Option<&Value>,
) -> String {
    let (old, new) = (text_of(before), text_of(after));
    match (old.and_then(parse), new.and_then(parse)) {
        (Some(before), Some(after)) => {
            return as_json(canvas, node, place, Some(before), Some(after));
        }
        (Some(before), None) if node.action != Action::Update => {
            return as_json(canvas, node, place, Some(before), None);
        }
        (None, Some(after)) if node.action != Action::Update => {
            return as_json(canvas, node, place, None, Some(after));
        }
        (Some(_), None) => {
            let gone =
                Node::new(Action::Delete, Body::Text { before: before.cloned(), after: None });
            let from = draw(canvas, &gone, place.without_null(), before, None);
            return format!("{from} {} {}{}", canvas.arrow(), simple(after), canvas.forces(node));
        }
        (None, Some(_)) => {
            let come =
                Node::new(Action::Create, Body::Text { before: None, after: after.cloned() });
            let to = draw(canvas, &come, place.without_null(), None, after);
            return format!("{} {} {to}{}", simple(before), canvas.arrow(), canvas.forces(node));
        }
        (None, None) => {}
    }
    let multiline = |text: Option<&str>| text.is_some_and(|text| text.contains('\n'));
    if multiline(old) || multiline(new) {
        return heredoc(canvas, node, place, old, new);
    }
    canvas.scalars(node, place, &simple(before), &simple(after))
}

fn text_of(side: Option<&Value>) -> Option<&str> {
    Some(side?.as_str()?.as_str())
}

fn simple(side: Option<&Value>) -> String {
    text_of(side).map_or_else(|| "null".to_owned(), quoted)
}

/// The JSON inside a string, if it is an object or an array.
fn parse(text: &str) -> Option<Value> {
    if !text.starts_with(['{', '[']) {
        return None;
    }
    let ty = groma_value::implied_type(text.as_bytes()).ok()?;
    groma_value::from_json(text.as_bytes(), &ty).ok()
}

fn as_json(
    canvas: Canvas,
    node: &Node,
    place: Place,
    before: Option<Value>,
    after: Option<Value>,
) -> String {
    let explicit = node.action == Action::Update;
    let (before, after) = match node.action {
        Action::Create => (None, after),
        Action::Delete => (before, None),
        Action::NoOp | Action::Update => (before, after),
    };
    let change =
        Change { before: before.as_ref(), after: after.as_ref(), explicit, replace: Replace::NONE };
    let tree = json::generic(change);
    let null = canvas.null_suffix(node, place);
    let forces = canvas.forces(node);
    if is_empty(&tree) {
        return format!("jsonencode({}){null}{forces}", canvas.node(&tree, place.inner()));
    }
    let note = if node.action == Action::Update && tree.action == Action::NoOp {
        if node.forces_replacement {
            " # whitespace changes force replacement".to_owned()
        } else {
            " # whitespace changes".to_owned()
        }
    } else {
        forces
    };
    let symbol = if node.action == Action::Update { tree.action } else { Action::NoOp };
    format!(
        "jsonencode({note}\n{}{}\n{}){null}",
        canvas.lead(place.level + 1, symbol),
        canvas.node(&tree, place.inner()),
        canvas.lead(place.level, Action::NoOp),
    )
}

fn is_empty(tree: &Node) -> bool {
    match &tree.body {
        Body::Object(entries) => entries.is_empty(),
        Body::List(items) => items.is_empty(),
        _ => false,
    }
}

fn heredoc(
    canvas: Canvas,
    node: &Node,
    place: Place,
    before: Option<&str>,
    after: Option<&str>,
) -> String {
    let lines = |text: Option<&str>| -> Vec<String> {
        text.map(|text| {
            text.strip_suffix('\n').unwrap_or(text).split('\n').map(str::to_owned).collect()
        })
        .unwrap_or_default()
    };
    let (before, after) = (lines(before), lines(after));
    let mut out = format!("<<-EOT{}\n", canvas.forces(node));
    let mut line = |action, text: &str| {
        let _ = writeln!(out, "{}{text}", canvas.lead(place.level + 1, action));
    };
    match node.action {
        Action::Create => after.iter().for_each(|text| line(Action::NoOp, text)),
        Action::Delete | Action::NoOp => before.iter().for_each(|text| line(Action::NoOp, text)),
        Action::Update => {
            let (mut i, mut j) = (0, 0);
            let common = sequence::longest(before.len(), after.len(), |i, j| before[i] == after[j]);
            for (ci, cj) in common.into_iter().chain([(before.len(), after.len())]) {
                before[i..ci].iter().for_each(|text| line(Action::Delete, text));
                after[j..cj].iter().for_each(|text| line(Action::Create, text));
                if let Some(text) = before.get(ci) {
                    line(Action::NoOp, text);
                }
                (i, j) = (ci + 1, cj + 1);
            }
        }
    }
    format!("{out}{}EOT{}", canvas.lead(place.level, Action::NoOp), canvas.null_suffix(node, place))
}
