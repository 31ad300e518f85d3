//! The difference between two values, computed as a tree and drawn as text.
//!
//! [`compute`](compute::attribute) decides what changed; [`draw`] decides how that looks. A state
//! is drawn as a tree in which nothing changes, with the action symbols left out.

mod compute;
mod draw;
mod json;
mod sequence;
mod text;

pub use compute::{Relevant, block, output, value};
pub use draw::{Canvas, draw, lead};

use groma_value::Value;

/// What happens to one part of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// Nothing.
    NoOp,
    /// It comes.
    Create,
    /// It becomes another.
    Update,
    /// It goes.
    Delete,
}

impl Action {
    /// The action of a whole that by itself has `self`, and a part of which has `part`.
    fn join(self, part: Self) -> Self {
        if part == Self::NoOp || self == part { self } else { Self::Update }
    }

    fn of(before: bool, after: bool) -> Self {
        match (before, after) {
            (false, true) => Self::Create,
            (true, false) => Self::Delete,
            _ => Self::NoOp,
        }
    }
}

/// A difference: a tree of the same shape as the values.
#[derive(Clone, Debug)]
pub struct Node {
    /// What happens to it.
    pub action: Action,
    /// Whether its change takes a new object.
    pub forces_replacement: bool,
    pub(crate) body: Body,
}

#[derive(Clone, Debug)]
pub(crate) enum Body {
    /// A bool, number or null.
    Primitive { before: Option<Value>, after: Option<Value> },
    /// A string: quoted, here-document or JSON.
    Text { before: Option<Value>, after: Option<Value> },
    /// Known after apply; with what it was.
    Unknown { before: Option<Box<Node>> },
    /// Hidden.
    Sensitive(Hidden),
    /// A block of which a part is hidden.
    SensitiveBlock(Hidden),
    /// Never stored, so never shown.
    WriteOnly,
    /// Attributes by name, in name order.
    Object(Vec<(String, Node)>),
    /// Elements by key, in key order.
    Map(Vec<(String, Node)>),
    /// Elements in order; unchanged ones next to a change are shown.
    List(Vec<Node>),
    /// Elements of a set, or of a list of nested objects: unchanged ones are left out.
    Set(Vec<Node>),
    /// Arguments, and nested blocks by type with their labels.
    Block { attributes: Vec<(String, Node)>, blocks: Vec<NestedBlocks> },
    /// A value of one kind becomes one of another.
    TypeChange { before: Box<Node>, after: Box<Node> },
}

/// What is hidden: on which sides, and what would be seen to happen to it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hidden {
    before: bool,
    after: bool,
    inner: Action,
}

/// The nested blocks of one type, each with its label.
pub(crate) type NestedBlocks = (String, Vec<(Option<String>, Node)>);

impl Node {
    fn new(action: Action, body: Body) -> Self {
        Self { action, forces_replacement: false, body }
    }
}
