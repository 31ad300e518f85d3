//! The stored form of expressions: small, flat, and private to `syntax`.

use super::expr::{BinaryOp, UnaryOp};
use super::tree::ExprId;

/// A run of one of the tree's arenas.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Run {
    pub(super) start: u32,
    pub(super) len: u32,
}

impl Run {
    pub(super) const fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.start as usize + self.len as usize
    }

    /// Appends `items` to an arena.
    pub(super) fn append<T>(arena: &mut Vec<T>, items: impl IntoIterator<Item = T>) -> Self {
        let start = arena.len() as u32;
        arena.extend(items);
        Self { start, len: arena.len() as u32 - start }
    }
}

/// Start and end in the tree's own text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) start: u32,
    pub(super) end: u32,
}

impl Range {
    pub(super) const fn new(start: u32, end: u32) -> Self {
        Self { start, end }
    }

    pub(super) const fn to(self, end: Self) -> Self {
        Self { start: self.start, end: end.end }
    }

    pub(super) const fn bytes(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// How the text of a literal becomes a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decode {
    /// As it stands.
    Verbatim,
    /// `\n`-style escapes, `$${` and `%%{`.
    Quoted,
    /// `$${` and `%%{` only.
    Raw,
}

/// One expression. Its range is beside it in the arena.
#[derive(Clone, Copy, Debug)]
pub(super) enum Node {
    /// What stands where a syntax error was; evaluates to an unknown value.
    Invalid,
    Null,
    Bool(bool),
    /// The range is the number.
    Number,
    /// Index into `values`.
    Value(u32),
    /// A string in quotes with nothing but text in it. The range includes the quotes.
    Quoted,
    /// The range is the text.
    Text(Decode),
    /// Index into `strings`: text that trimming or dedenting changed.
    Owned(u32),
    Template(Run),
    Wrap(ExprId),
    /// The concatenation of a `%{for}`'s results.
    Join(ExprId),
    Traversal {
        root_end: u32,
        steps: Run,
    },
    Relative {
        source: ExprId,
        steps: Run,
    },
    Index {
        collection: ExprId,
        key: ExprId,
    },
    Splat {
        source: ExprId,
        each: ExprId,
        full: bool,
    },
    /// The element at hand in the nearest enclosing splat.
    SplatItem,
    Parens(ExprId),
    Conditional {
        condition: ExprId,
        then: ExprId,
        otherwise: ExprId,
    },
    Binary {
        op: BinaryOp,
        left: ExprId,
        right: ExprId,
    },
    Unary {
        op: UnaryOp,
        operand: ExprId,
    },
    Tuple(Run),
    /// Keys and values by turns.
    Object(Run),
    /// Index into `fors`.
    For(u32),
    /// Index into `calls`.
    Call(u32),
    /// Index into `json_strings`.
    JsonString(u32),
    /// Keys (JSON strings) and values by turns.
    JsonObject(Run),
}

/// The parts of a `for`, or of a `%{for}`.
#[derive(Clone, Copy, Debug)]
pub(super) struct ForNode {
    pub(super) key_var: Option<Range>,
    pub(super) value_var: Range,
    pub(super) collection: ExprId,
    pub(super) key: Option<ExprId>,
    pub(super) value: ExprId,
    pub(super) condition: Option<ExprId>,
    pub(super) group: bool,
    /// `[` or `{`
    pub(super) open: Range,
}

/// A function call.
#[derive(Clone, Copy, Debug)]
pub(super) struct CallNode {
    pub(super) name: Range,
    /// A name with `::` in it, without the space that may be written there; index into
    /// `strings`.
    pub(super) tidy_name: Option<u32>,
    pub(super) args: Run,
    pub(super) expand: bool,
    pub(super) open: Range,
    pub(super) close: Range,
}

/// One step of a traversal.
#[derive(Clone, Copy, Debug)]
pub(super) struct StepNode {
    /// From the dot or the bracket on.
    pub(super) range: Range,
    pub(super) kind: StepNodeKind,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum StepNodeKind {
    /// The name.
    Attr(Range),
    /// A number as written: `[0]` or the legacy `.0`.
    Number(Range),
    /// A literal string, to be decoded.
    Text(Range),
}

/// A string of JSON syntax.
#[derive(Clone, Copy, Debug)]
pub(super) struct JsonStringNode {
    /// The characters between the quotes, as they stand if there are no escapes.
    pub(super) plain: Option<Range>,
    /// Index into `strings`, if there are escapes.
    pub(super) owned: u32,
    /// Index into `embedded`: the string as a template. `None` if it has no `${` or `%{`.
    pub(super) template: Option<u32>,
}
