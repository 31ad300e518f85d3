//! Differences of values that have no schema: outputs, dynamic attributes, JSON inside strings.
//!
//! They are looked at as JSON: maps and objects are alike, and so are lists, sets and tuples.

use groma_value::{Value, View};

use super::compute::{Change, is_mapping, list_node, special};
use super::{Action, Body, Node, sequence};

/// The difference of two values by what they are.
pub(super) fn generic(change: Change<'_>) -> Node {
    if let Some(node) = special(change, generic) {
        return node;
    }
    match (change.before.map(kind), change.after.map(kind)) {
        (Some(before), Some(after))
            if before != after && before != Kind::Null && after != Kind::Null =>
        {
            let gone = of_kind(before, change.with(change.before, None));
            let come = of_kind(after, change.with(None, change.after));
            let body = Body::TypeChange { before: Box::new(gone), after: Box::new(come) };
            change.finish(Node::new(Action::Update, body))
        }
        (Some(Kind::Null), Some(after)) if is_container(after) => null_change(change, after, false),
        (Some(before), Some(Kind::Null)) if is_container(before) => {
            null_change(change, before, true)
        }
        (Some(Kind::Null) | None, Some(kind)) | (Some(kind), _) => of_kind(kind, change),
        (None, None) => primitive(change),
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

fn is_container(kind: Kind) -> bool {
    matches!(kind, Kind::Sequence | Kind::Mapping)
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

/// Null becomes a container or the other way round: an explicit null is shown.
fn null_change(change: Change<'_>, kind: Kind, goes: bool) -> Node {
    if !change.explicit {
        return of_kind(kind, change);
    }
    let (before, after) = if goes {
        let gone = of_kind(kind, change.with(change.before, None));
        (gone, primitive(change.with(None, change.after)))
    } else {
        let come = of_kind(kind, change.with(None, change.after));
        (primitive(change.with(change.before, None)), come)
    };
    let body = Body::TypeChange { before: Box::new(before), after: Box::new(after) };
    change.finish(Node::new(Action::Update, body))
}

fn of_kind(kind: Kind, change: Change<'_>) -> Node {
    match kind {
        Kind::Null | Kind::Bool | Kind::Number => primitive(change),
        Kind::Text => {
            let body = Body::Text { before: change.before.cloned(), after: change.after.cloned() };
            change.finish(Node::new(change.leaf(), body))
        }
        Kind::Sequence => list_node(change, sequence::by_index(change).collect(), &generic),
        Kind::Mapping => {
            debug_assert!([change.before, change.after].into_iter().flatten().any(is_mapping));
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
