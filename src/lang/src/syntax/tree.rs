//! One parsed file.

use std::fmt;
use std::sync::Arc;

use groma_diag::{Diagnostics, FileId, Span};
use groma_value::Value;

use super::node::{CallNode, ForNode, JsonStringNode, Node, Range, Run, StepNode};

/// An expression of a [`Tree`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExprId(pub(super) u32);

/// An attribute of a native body, as stored.
#[derive(Clone, Copy, Debug)]
pub(super) struct AttributeNode {
    pub(super) name: Range,
    pub(super) expr: ExprId,
}

/// A block of a native body, as stored.
#[derive(Clone, Copy, Debug)]
pub(super) struct BlockNode {
    pub(super) ty: Range,
    pub(super) labels: Run,
    pub(super) open: Range,
    pub(super) body: u32,
}

/// A label of a block: a naked word or a quoted string.
#[derive(Clone, Copy, Debug)]
pub(super) struct LabelNode {
    pub(super) range: Range,
    pub(super) quoted: bool,
}

/// An attribute or a block, in source order.
#[derive(Clone, Copy, Debug)]
pub(super) enum ItemNode {
    Attribute(u32),
    Block(u32),
}

/// A native body, as stored.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct BodyNode {
    pub(super) items: Run,
    /// From the opening to the closing brace, or the whole file.
    pub(super) range: Range,
}

/// One parsed file (or command-line expression): its bytes and everything found in them.
///
/// Immutable once built and shared by [`Arc`]; handles such as [`Expr`](super::Expr) and
/// [`Body`](super::Body) hold the tree and an index.
pub struct Tree {
    pub(super) file: FileId,
    pub(super) text: Arc<[u8]>,
    /// Added to every offset to get one in the file: a template inside a JSON string is a tree of
    /// its own.
    pub(super) base: u32,
    pub(super) nodes: Vec<Node>,
    pub(super) ranges: Vec<Range>,
    /// Children of expressions with any number of them.
    pub(super) lists: Vec<ExprId>,
    pub(super) steps: Vec<StepNode>,
    pub(super) fors: Vec<ForNode>,
    pub(super) calls: Vec<CallNode>,
    pub(super) strings: Vec<Box<str>>,
    pub(super) values: Vec<Value>,
    pub(super) attributes: Vec<AttributeNode>,
    pub(super) blocks: Vec<BlockNode>,
    pub(super) labels: Vec<LabelNode>,
    pub(super) items: Vec<ItemNode>,
    pub(super) bodies: Vec<BodyNode>,
    pub(super) json_strings: Vec<JsonStringNode>,
    pub(super) embedded: Vec<Arc<Tree>>,
    /// Of an embedded tree: what is wrong with it, said when it is evaluated.
    pub(super) diagnostics: Diagnostics,
    /// The top expression, of a tree that is not a file of bodies.
    pub(super) root: Option<ExprId>,
}

impl Tree {
    pub(super) fn new(file: FileId, text: Arc<[u8]>, base: u32) -> Self {
        Self {
            file,
            text,
            base,
            nodes: Vec::new(),
            ranges: Vec::new(),
            lists: Vec::new(),
            steps: Vec::new(),
            fors: Vec::new(),
            calls: Vec::new(),
            strings: Vec::new(),
            values: Vec::new(),
            attributes: Vec::new(),
            blocks: Vec::new(),
            labels: Vec::new(),
            items: Vec::new(),
            bodies: Vec::new(),
            json_strings: Vec::new(),
            embedded: Vec::new(),
            diagnostics: Diagnostics::new(),
            root: None,
        }
    }

    /// The file that it was parsed from.
    pub fn file(&self) -> FileId {
        self.file
    }

    /// The bytes that it was parsed from.
    pub fn text(&self) -> &[u8] {
        &self.text
    }

    pub(super) fn span(&self, range: Range) -> Span {
        Span::new(self.file, self.base + range.start, self.base + range.end)
    }

    pub(super) fn node(&self, id: ExprId) -> Node {
        self.nodes.get(id.0 as usize).copied().unwrap_or(Node::Invalid)
    }

    pub(super) fn range(&self, id: ExprId) -> Range {
        self.ranges.get(id.0 as usize).copied().unwrap_or_default()
    }

    pub(super) fn bytes(&self, range: Range) -> &[u8] {
        self.text.get(range.bytes()).unwrap_or_default()
    }

    /// The text of a range that the scanner has found to be UTF-8: a name or a number.
    pub(super) fn str(&self, range: Range) -> &str {
        std::str::from_utf8(self.bytes(range)).unwrap_or_default()
    }

    pub(super) fn list(&self, run: Run) -> &[ExprId] {
        self.lists.get(run.range()).unwrap_or_default()
    }

    pub(super) fn steps(&self, run: Run) -> &[StepNode] {
        self.steps.get(run.range()).unwrap_or_default()
    }
}

impl fmt::Debug for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tree({:?}, {} expressions)", self.file, self.nodes.len())
    }
}
