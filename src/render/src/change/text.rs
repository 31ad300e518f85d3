//! Strings: quoted, as a here-document with its lines compared, or as JSON with its parts compared.

use std::fmt::Write as _;

use groma_value::Value;

use super::compute::Change;
use super::draw::{Canvas, Place};
use super::{Action, Body, Node, json, sequence};
use crate::console::quote;

/// A string as it is drawn.
enum Text<'a> {
    Null,
    Line(&'a str),
    /// Without the white space around.
    Lines(&'a str),
    /// The value that the JSON in it has: an object or an array.
    Json(Value),
}

impl<'a> Text<'a> {
    fn of(side: Option<&'a Value>) -> Self {
        let Some(text) = side.and_then(Value::as_str) else { return Self::Null };
        let text = text.as_str();
        if let Some(value) = parse(text) {
            Self::Json(value)
        } else if text.contains('\n') {
            Self::Lines(text.trim())
        } else {
            Self::Line(text)
        }
    }

    fn simple(&self, canvas: Canvas) -> String {
        match self {
            Self::Null | Self::Json(_) => canvas.null(),
            Self::Line(text) | Self::Lines(text) => quote(text),
        }
    }

    /// What is compared line by line.
    fn lines(&self) -> Vec<&'a str> {
        match self {
            Self::Null | Self::Json(_) => vec!["null"],
            Self::Line(text) | Self::Lines(text) => text.split('\n').collect(),
        }
    }
}

/// The JSON inside a string, if it is an object or an array.
fn parse(text: &str) -> Option<Value> {
    if !text.starts_with(['{', '[']) {
        return None;
    }
    let ty = groma_value::implied_type(text.as_bytes()).ok()?;
    groma_value::from_json(text.as_bytes(), &ty).ok()
}

pub(super) fn draw(
    canvas: Canvas,
    node: &Node,
    place: Place,
    before: Option<&Value>,
    after: Option<&Value>,
) -> String {
    match node.action {
        Action::Create | Action::NoOp => one(canvas, node, place, after),
        Action::Delete => one(canvas, node, place, before),
        Action::Update => two(canvas, node, place, before, after),
    }
}

/// A string that comes, goes or stays.
fn one(canvas: Canvas, node: &Node, place: Place, side: Option<&Value>) -> String {
    let forces = canvas.forces(node);
    match Text::of(side) {
        Text::Json(value) => {
            let (before, after) = match node.action {
                Action::Create => (None, Some(&value)),
                Action::Delete => (Some(&value), None),
                Action::NoOp | Action::Update => (Some(&value), Some(&value)),
            };
            as_json(canvas, node, place, before, after)
        }
        Text::Lines(text) => {
            let lines = text.split('\n').map(|line| (Action::NoOp, line));
            heredoc(canvas, node, place, lines)
        }
        // `null -> null` would look silly.
        Text::Null => format!("{}{forces}", canvas.null()),
        Text::Line(text) => format!("{}{}{forces}", quote(text), canvas.null_suffix(node, place)),
    }
}

/// A string that becomes another.
fn two(
    canvas: Canvas,
    node: &Node,
    place: Place,
    before: Option<&Value>,
    after: Option<&Value>,
) -> String {
    match (Text::of(before), Text::of(after)) {
        (Text::Json(before), Text::Json(after)) => {
            as_json(canvas, node, place, Some(&before), Some(&after))
        }
        (Text::Json(_), _) | (_, Text::Json(_)) => {
            let side = |action, before: Option<&Value>, after: Option<&Value>| {
                Node::new(action, Body::Text { before: before.cloned(), after: after.cloned() })
            };
            let gone = side(Action::Delete, before, None);
            let come = side(Action::Create, None, after);
            canvas.type_change(place, &gone, &come)
        }
        (old @ (Text::Null | Text::Line(_)), new @ (Text::Null | Text::Line(_))) => {
            let (old, new) = (old.simple(canvas), new.simple(canvas));
            format!("{old} {} {new}{}", canvas.arrow(), canvas.forces(node))
        }
        (old, new) => {
            let (old, new) = (old.lines(), new.lines());
            heredoc(canvas, node, place, compared(&old, &new).into_iter())
        }
    }
}

/// Lines that stay, go and come; in the same number of lines, each in its place.
fn compared<'a>(old: &[&'a str], new: &[&'a str]) -> Vec<(Action, &'a str)> {
    let same = |a: &&str, b: &&str| a == b;
    let by_line = old.len() == new.len() && !sequence::is_reordered(old, new, same);
    let mut lines = Vec::with_capacity(old.len() + new.len());
    if by_line {
        for (old, new) in old.iter().zip(new) {
            if old == new {
                lines.push((Action::NoOp, *old));
            } else {
                lines.extend([(Action::Delete, *old), (Action::Create, *new)]);
            }
        }
        return lines;
    }
    let (mut i, mut j) = (0, 0);
    let end = (old.len(), new.len());
    for (ci, cj) in sequence::common(old, new, same).into_iter().chain([end]) {
        lines.extend(old[i..ci].iter().map(|line| (Action::Delete, *line)));
        lines.extend(new[j..cj].iter().map(|line| (Action::Create, *line)));
        lines.extend(old.get(ci).map(|line| (Action::NoOp, *line)));
        (i, j) = (ci + 1, cj + 1);
    }
    lines
}

fn as_json(
    canvas: Canvas,
    node: &Node,
    place: Place,
    before: Option<&Value>,
    after: Option<&Value>,
) -> String {
    let tree = json::generic(Change { explicit: true, ..Change::plain(before, after) });
    let is_update = node.action == Action::Update;
    let only_space = is_update && tree.action == Action::NoOp;
    let inner = place.inner();
    let inner = if only_space { inner.showing_all() } else { inner };
    let drawn = canvas.node(&tree, inner);
    let (space, forces) = match (only_space, node.forces_replacement) {
        (true, true) => (" # whitespace changes force replacement", String::new()),
        (true, false) => (" # whitespace changes", String::new()),
        (false, _) => ("", canvas.forces(node)),
    };
    if !drawn.contains('\n') {
        return format!("jsonencode({drawn}){space}{forces}");
    }
    let action = if is_update && !only_space { Action::Update } else { Action::NoOp };
    format!(
        "jsonencode({space}\n{}{drawn}{forces}\n{}){}",
        canvas.lead(inner.level, action),
        canvas.lead(place.level, Action::NoOp),
        canvas.null_suffix(node, place),
    )
}

fn heredoc<'a>(
    canvas: Canvas,
    node: &Node,
    place: Place,
    lines: impl Iterator<Item = (Action, &'a str)>,
) -> String {
    let mut out = format!("<<-EOT{}\n", canvas.forces(node));
    for (action, text) in lines {
        let _ = writeln!(out, "{}{text}", canvas.lead(place.level + 1, action));
    }
    format!("{out}{}EOT{}", canvas.lead(place.level, Action::NoOp), canvas.null_suffix(node, place))
}
