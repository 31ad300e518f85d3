//! Differences of values that have no schema: outputs, dynamic attributes, JSON inside strings.
//!
//! They are looked at as JSON: maps and objects are alike, and so are lists, sets and tuples.

use groma_value::{Value, View};

use super::compute::{Change, list_node, special};
use super::{Action, Body, Node, sequence};

/// The difference of two values by what they are.
pub(super) fn generic(change: Change<'_>) -> Node {
    if let Some(node) = special(change, &generic) {
        return node;
    }
    let of = |side: Option<&Value>| side.map_or(Kind::Null, kind);
    let (before, after) = (of(change.before), of(change.after));
    let absent =
        |side: Option<&Value>, kind| kind == Kind::Null && !(change.explicit && side.is_some());
    if before == after || absent(change.after, after) {
        of_kind(if before == Kind::Null { after } else { before }, change)
    } else if absent(change.before, before) {
        of_kind(after, change)
    } else {
        let gone = of_kind(before, change.with(change.before, None));
        let come = of_kind(after, change.with(None, change.after));
        let body = Body::TypeChange { before: Box::new(gone), after: Box::new(come) };
        Node::new(Action::Update, body)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Null,
    Bool,
    Number,
    Text,
    Sequence,
    Mapping,
}

fn kind(value: &Value) -> Kind {
    match value.view() {
        View::Null | View::Unknown(_) => Kind::Null,
        View::Bool(_) => Kind::Bool,
        View::Number(_) => Kind::Number,
        View::String(_) => Kind::Text,
        View::List(_) | View::Set(_) | View::Tuple(_) => Kind::Sequence,
        View::Map(_) | View::Object(_) => Kind::Mapping,
    }
}

fn of_kind(target: Kind, change: Change<'_>) -> Node {
    match target {
        Kind::Null | Kind::Bool | Kind::Number => primitive(change),
        Kind::Text => {
            let body = Body::Text { before: change.before.cloned(), after: change.after.cloned() };
            change.finish(Node::new(change.leaf(), body))
        }
        Kind::Sequence => {
            let is_object = |value: &Value| kind(value) == Kind::Mapping;
            list_node(change, sequence::by_similarity(change, is_object), &generic)
        }
        Kind::Mapping => {
            let mut action = change.whole();
            let mut nodes = Vec::new();
            for key in change.keys() {
                let node = generic(change.element(key));
                action = action.join(node.action);
                nodes.push((key.to_owned(), node));
            }
            change.finish(Node::new(action, Body::Object(nodes)))
        }
    }
}

/// A value without parts.
pub(super) fn primitive(change: Change<'_>) -> Node {
    let body = Body::Primitive { before: change.before.cloned(), after: change.after.cloned() };
    change.finish(Node::new(change.leaf(), body))
}
