//! Handles to expressions, and what an expression is.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use groma_diag::{Diagnostics, FileId, Span};
use groma_value::{Number, Str, Value};

use super::escape::decode_text;
use super::node::{Decode, ForNode, JsonStringNode, Node, Range, StepNodeKind};
use super::tree::{ExprId, Tree};
use super::{Step, StepKind, Traversal};

/// An expression: a tree and a place in it. Cloning counts a reference.
#[derive(Clone)]
pub struct Expr {
    pub(super) tree: Arc<Tree>,
    pub(super) id: ExprId,
}

/// A borrowed expression, for walking: [`Copy`], no reference counting.
#[derive(Clone, Copy)]
pub struct ExprRef<'a> {
    pub(super) tree: &'a Arc<Tree>,
    pub(super) id: ExprId,
}

/// What an expression is, with its parts.
///
/// A chain of operators, indexes or relative steps is as deep as it is long, yet never deeper
/// than [`MAX_HEIGHT`](super::MAX_HEIGHT).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ExprKind<'a> {
    /// A syntax error was here, and has been reported. Evaluates to an unknown value.
    Invalid,
    /// `null`, `true`, `1.5`, `"text"`, the text between a template's interpolations, or a value
    /// that was put in place of source text.
    Literal(Value),
    /// A string with any number of parts (even none), to be converted to strings and joined.
    /// A `%{if}` is a [`Self::Conditional`] part and a `%{for}` a [`Self::TemplateFor`] part.
    Template(Vec<ExprRef<'a>>),
    /// `"${x}"` and nothing else: the value of `x`, whatever its type.
    TemplateWrap(ExprRef<'a>),
    /// `%{for}`: a tuple [`For`] whose results are joined to one string.
    TemplateFor(For<'a>),
    /// `a.b[0]`: a reference from the scope. Steps have literal keys only.
    Traversal(Traversal),
    /// `f().a`, `(x)[0]`: steps with literal keys from the value of an expression.
    Relative(ExprRef<'a>, Vec<Step>),
    /// `a[key]` with a key that is not a literal.
    Index {
        /// What is indexed.
        collection: ExprRef<'a>,
        /// The key.
        key: ExprRef<'a>,
    },
    /// `source.*.b` (`full` is false) or `source[*].b[0]`.
    Splat {
        /// What is iterated over.
        source: ExprRef<'a>,
        /// What is done with each element, over [`Self::SplatItem`].
        each: ExprRef<'a>,
        /// Whether it was written `[*]`.
        full: bool,
    },
    /// The element at hand of the nearest enclosing splat in whose `each` it stands.
    SplatItem,
    /// `(x)`
    Parens(ExprRef<'a>),
    /// `condition ? then : otherwise`, or `%{if}` in a template (then both results are templates).
    Conditional {
        /// What decides.
        condition: ExprRef<'a>,
        /// The result if it is true.
        then: ExprRef<'a>,
        /// The result if it is false.
        otherwise: ExprRef<'a>,
    },
    /// `left op right`
    Binary {
        /// The operator.
        op: BinaryOp,
        /// Its left side.
        left: ExprRef<'a>,
        /// Its right side.
        right: ExprRef<'a>,
    },
    /// `!x`, `-x`
    Unary {
        /// The operator.
        op: UnaryOp,
        /// What it applies to.
        operand: ExprRef<'a>,
    },
    /// `[a, b]`
    Tuple(Vec<ExprRef<'a>>),
    /// `{ a = b }`. Of a key given twice the last value stays.
    Object(Vec<ObjectItem<'a>>),
    /// `[for …]` or `{for …}`
    For(For<'a>),
    /// `f(a, b...)`
    Call(Call<'a>),
    /// A string of JSON syntax: a template when it is evaluated with a scope.
    JsonString(JsonString<'a>),
    /// An object of JSON syntax; keys are JSON strings. A key given twice is an error.
    JsonObject(Vec<ObjectItem<'a>>),
}

/// An operator between two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum BinaryOp {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
}

impl BinaryOp {
    /// As it is written.
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::Or => "||",
            Self::And => "&&",
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Modulo => "%",
        }
    }
}

/// An operator before its operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnaryOp {
    /// `!`
    Not,
    /// `-`
    Negate,
}

/// A key and its value in an object constructor.
#[derive(Clone, Copy, Debug)]
pub struct ObjectItem<'a> {
    /// The key as an expression; see [`Self::word`] first.
    pub key: ExprRef<'a>,
    /// The value.
    pub value: ExprRef<'a>,
}

impl<'a> ObjectItem<'a> {
    /// The key if it is a naked word, which names itself rather than a variable. A key in
    /// parentheses never is; one of several words (`a.b`) is an error to evaluate.
    pub fn word(&self) -> Option<&'a str> {
        self.key.word()
    }
}

/// A `for` expression, or a `%{for}`.
#[derive(Clone, Debug)]
pub struct For<'a> {
    /// The name for the key of each element.
    pub key_var: Option<&'a str>,
    /// The name for each element.
    pub value_var: &'a str,
    /// What is iterated over.
    pub collection: ExprRef<'a>,
    /// Whether it makes a tuple or an object.
    pub result: ForResult<'a>,
    /// `if …`
    pub condition: Option<ExprRef<'a>>,
    /// The opening bracket up to and including the `for` collection's colon, for messages.
    pub open_span: Span,
}

/// What each round of a `for` yields.
#[derive(Clone, Copy, Debug)]
pub enum ForResult<'a> {
    /// An element of a tuple.
    Tuple(ExprRef<'a>),
    /// An attribute of an object.
    Object {
        /// Its name.
        key: ExprRef<'a>,
        /// Its value.
        value: ExprRef<'a>,
        /// `...`: values of the same key are gathered in a tuple.
        group: bool,
    },
}

/// A function call.
#[derive(Clone, Debug)]
pub struct Call<'a> {
    /// The name, with `::` between namespace and function.
    pub name: &'a str,
    /// Where the name is.
    pub name_span: Span,
    /// The arguments.
    pub args: Vec<ExprRef<'a>>,
    /// Whether the last argument is followed by `...`.
    pub expand: bool,
    /// `(`
    pub open_span: Span,
    /// `)`
    pub close_span: Span,
}

/// A string of JSON syntax.
#[derive(Clone, Copy)]
pub struct JsonString<'a> {
    pub(super) tree: &'a Arc<Tree>,
    pub(super) id: ExprId,
    pub(super) node: JsonStringNode,
}

/// A function call read without evaluation, as in a type constraint.
#[derive(Clone, Debug)]
pub struct StaticCall {
    /// The name, with `::` between namespace and function.
    pub name: String,
    /// Where the name is.
    pub name_span: Span,
    /// The arguments.
    pub args: Vec<Expr>,
    /// From `(` to `)`.
    pub args_span: Span,
}

impl Expr {
    /// Borrows it for walking.
    pub fn as_ref(&self) -> ExprRef<'_> {
        ExprRef { tree: &self.tree, id: self.id }
    }

    /// What it is.
    pub fn kind(&self) -> ExprKind<'_> {
        self.as_ref().kind()
    }

    /// Where it is.
    pub fn span(&self) -> Span {
        self.as_ref().span()
    }

    /// An expression that stands for a value, as if it had been written at `span`.
    pub fn of_value(value: Value, span: Span) -> Self {
        let mut tree = Tree::new(span.file, Arc::from([]), span.start);
        tree.values.push(value);
        tree.nodes.push(Node::Value(0));
        tree.ranges.push(Range::new(0, span.end.saturating_sub(span.start)));
        Self { tree: Arc::new(tree), id: ExprId(0) }
    }

    /// An identity for caches: equal for clones of one handle, different between expressions.
    pub fn identity(&self) -> (usize, ExprId) {
        (Arc::as_ptr(&self.tree) as usize, self.id)
    }
}

impl fmt::Debug for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_ref().fmt(f)
    }
}

impl<'a> ExprRef<'a> {
    /// An owned handle.
    pub fn to_expr(self) -> Expr {
        Expr { tree: Arc::clone(self.tree), id: self.id }
    }

    /// The file that it is in.
    pub fn file(self) -> FileId {
        self.tree.file
    }

    /// Where it is.
    pub fn span(self) -> Span {
        self.tree.span(self.tree.range(self.id))
    }

    /// The source text, with U+FFFD for what is not UTF-8.
    pub fn source(self) -> Cow<'a, str> {
        String::from_utf8_lossy(self.tree.bytes(self.tree.range(self.id)))
    }

    /// The name if it is one name alone: `foo`, or `true`, `false`, `null`.
    pub fn word(self) -> Option<&'a str> {
        let range = self.tree.range(self.id);
        match self.tree.node(self.id) {
            Node::Traversal { steps, .. } if steps.len == 0 => Some(self.tree.str(range)),
            Node::Null | Node::Bool(_) => Some(self.tree.str(range)),
            _ => None,
        }
    }

    /// The text of a literal string, decoded.
    pub fn literal_text(self) -> Option<Cow<'a, str>> {
        match self.tree.node(self.id) {
            Node::Text(decode) => {
                Some(decode_text(self.tree.bytes(self.tree.range(self.id)), decode))
            }
            Node::Owned(index) => Some(Cow::Borrowed(self.string(index))),
            _ => None,
        }
    }

    /// What it is. Builds lists and decodes literals: call it once for each visit.
    pub fn kind(self) -> ExprKind<'a> {
        let tree = self.tree;
        match tree.node(self.id) {
            Node::Invalid => ExprKind::Invalid,
            Node::Null => ExprKind::Literal(Value::null(groma_value::Type::Dynamic)),
            Node::Bool(value) => ExprKind::Literal(Value::bool(value)),
            Node::Number => ExprKind::Literal(self.number(tree.range(self.id))),
            Node::Value(index) => match tree.values.get(index as usize) {
                Some(value) => ExprKind::Literal(value.clone()),
                None => ExprKind::Invalid,
            },
            Node::Quoted => {
                let text = self.quoted_text(tree.range(self.id));
                ExprKind::Literal(Value::string(&*text))
            }
            Node::Text(decode) => {
                let text = decode_text(tree.bytes(tree.range(self.id)), decode);
                ExprKind::Literal(Value::string(&*text))
            }
            Node::Owned(index) => ExprKind::Literal(Value::string(self.string(index))),
            Node::Template(parts) => ExprKind::Template(self.all(tree.list(parts))),
            Node::Wrap(inner) => ExprKind::TemplateWrap(self.at(inner)),
            Node::Join(inner) => match tree.node(inner) {
                Node::For(index) => match tree.fors.get(index as usize) {
                    Some(node) => ExprKind::TemplateFor(self.for_view(node)),
                    None => ExprKind::Invalid,
                },
                _ => ExprKind::Invalid,
            },
            Node::Traversal { .. } => match self.written_traversal() {
                Some(traversal) => ExprKind::Traversal(traversal),
                None => ExprKind::Invalid,
            },
            Node::Relative { source, steps } => {
                let steps = tree.steps(steps).iter().map(|step| self.step(step.kind, step.range));
                ExprKind::Relative(self.at(source), steps.collect())
            }
            Node::Index { collection, key } => {
                ExprKind::Index { collection: self.at(collection), key: self.at(key) }
            }
            Node::Splat { source, each, full } => {
                ExprKind::Splat { source: self.at(source), each: self.at(each), full }
            }
            Node::SplatItem => ExprKind::SplatItem,
            Node::Parens(inner) => ExprKind::Parens(self.at(inner)),
            Node::Conditional { condition, then, otherwise } => ExprKind::Conditional {
                condition: self.at(condition),
                then: self.at(then),
                otherwise: self.at(otherwise),
            },
            Node::Binary { op, left, right } => {
                ExprKind::Binary { op, left: self.at(left), right: self.at(right) }
            }
            Node::Unary { op, operand } => ExprKind::Unary { op, operand: self.at(operand) },
            Node::Tuple(items) => ExprKind::Tuple(self.all(tree.list(items))),
            Node::Object(items) => ExprKind::Object(self.pairs(tree.list(items))),
            Node::JsonObject(items) => ExprKind::JsonObject(self.pairs(tree.list(items))),
            Node::For(index) => match tree.fors.get(index as usize) {
                Some(node) => ExprKind::For(self.for_view(node)),
                None => ExprKind::Invalid,
            },
            Node::Call(index) => self.call_view(index).map_or(ExprKind::Invalid, ExprKind::Call),
            Node::JsonString(index) => match tree.json_strings.get(index as usize) {
                Some(&node) => ExprKind::JsonString(JsonString { tree, id: self.id, node }),
                None => ExprKind::Invalid,
            },
        }
    }

    pub(super) fn at(self, id: ExprId) -> Self {
        Self { tree: self.tree, id }
    }

    fn all(self, ids: &[ExprId]) -> Vec<Self> {
        ids.iter().map(|id| self.at(*id)).collect()
    }

    fn pairs(self, ids: &[ExprId]) -> Vec<ObjectItem<'a>> {
        let pairs = ids.as_chunks::<2>().0.iter();
        pairs
            .map(|[key, value]| ObjectItem { key: self.at(*key), value: self.at(*value) })
            .collect()
    }

    pub(super) fn string(self, index: u32) -> &'a str {
        self.tree.strings.get(index as usize).map_or("", |text| text)
    }

    /// What a string in quotes stands for, if it holds nothing but text.
    pub(super) fn quoted_text(self, range: Range) -> Cow<'a, str> {
        let inside = Range::new(range.start + 1, range.end.saturating_sub(1));
        decode_text(self.tree.bytes(inside), Decode::Quoted)
    }

    fn number(self, range: Range) -> Value {
        let text = self.tree.str(range);
        match text.parse::<Number>() {
            Ok(number) => Value::number(number),
            Err(_) => Value::dynamic(),
        }
    }

    pub(super) fn step(self, kind: StepNodeKind, range: Range) -> Step {
        let tree = self.tree;
        let kind = match kind {
            StepNodeKind::Attr(name) => StepKind::Attr(Str::new(tree.str(name))),
            StepNodeKind::Number(number) => StepKind::Index(self.number(number)),
            StepNodeKind::Text(text) => {
                let text = decode_text(tree.bytes(text), Decode::Quoted);
                StepKind::Index(Value::string(&*text))
            }
        };
        Step { kind, span: tree.span(range) }
    }

    /// The traversal if it is written as one in native syntax.
    pub(super) fn written_traversal(self) -> Option<Traversal> {
        let Node::Traversal { root_end, steps } = self.tree.node(self.id) else { return None };
        let range = self.tree.range(self.id);
        let root = Range::new(range.start, root_end);
        Some(Traversal {
            root: Str::new(self.tree.str(root)),
            root_span: self.tree.span(root),
            steps: self
                .tree
                .steps(steps)
                .iter()
                .map(|step| self.step(step.kind, step.range))
                .collect(),
            span: self.span(),
        })
    }

    fn for_view(self, node: &ForNode) -> For<'a> {
        let value = self.at(node.value);
        let result = match node.key {
            Some(key) => ForResult::Object { key: self.at(key), value, group: node.group },
            None => ForResult::Tuple(value),
        };
        For {
            key_var: node.key_var.map(|name| self.tree.str(name)),
            value_var: self.tree.str(node.value_var),
            collection: self.at(node.collection),
            result,
            condition: node.condition.map(|id| self.at(id)),
            open_span: self.tree.span(node.open),
        }
    }

    pub(super) fn call_view(self, index: u32) -> Option<Call<'a>> {
        let node = self.tree.calls.get(index as usize)?;
        Some(Call {
            name: match node.tidy_name {
                Some(index) => self.string(index),
                None => self.tree.str(node.name),
            },
            name_span: self.tree.span(node.name),
            args: self.all(self.tree.list(node.args)),
            expand: node.expand,
            open_span: self.tree.span(node.open),
            close_span: self.tree.span(node.close),
        })
    }
}

impl fmt::Debug for ExprRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Expr({:?} {})", self.span(), self.source())
    }
}

impl<'a> JsonString<'a> {
    /// The string as it stands, no template: its value where there is no scope.
    pub fn literal(&self) -> Cow<'a, str> {
        if let Some(range) = self.node.plain {
            return String::from_utf8_lossy(self.tree.bytes(range));
        }
        let text = self.tree.strings.get(self.node.owned as usize);
        Cow::Borrowed(text.map_or("", |text| text))
    }

    /// The template that it holds, with what is wrong with it (to be reported by whoever
    /// evaluates it). `None`: there is nothing but literal text in it.
    pub fn template(&self) -> Option<(ExprRef<'a>, &'a Diagnostics)> {
        let tree = self.tree.embedded.get(self.node.template? as usize)?;
        Some((ExprRef { tree, id: tree.root? }, &tree.diagnostics))
    }

    /// The native expression that it holds, for where JSON syntax has one in a string, such as
    /// `replace_triggered_by`.
    pub fn expression(&self) -> (Expr, Diagnostics) {
        let text = Arc::from(self.literal().as_bytes());
        super::parse::parse_expression_at(self.tree.file, text, self.span().start)
    }

    /// Where it is, with its quotes.
    pub fn span(&self) -> Span {
        self.tree.span(self.tree.range(self.id))
    }
}

impl fmt::Debug for JsonString<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JsonString({:?})", self.literal())
    }
}
