//! Bodies: arguments and blocks, read by a schema, the same way over native and JSON syntax.

mod schema;

use std::sync::Arc;

use groma_diag::{Diagnostics, Span};
use groma_value::Str;

pub use schema::{AttributeSchema, BlockSchema, BodySchema};

use super::Expr;
use super::tree::{ExprId, Tree};

/// A body: the content of a file or of a block. Cloning counts a reference.
#[derive(Clone)]
pub struct Body {
    repr: Repr,
}

#[derive(Clone)]
enum Repr {
    Native { tree: Arc<Tree>, body: u32 },
    Json { tree: Arc<Tree>, expr: ExprId },
    Synthetic(Arc<Synthetic>),
}

struct Synthetic {
    items: Vec<Item>,
    span: Span,
}

/// An argument: a name and its expression.
#[derive(Clone, Debug)]
pub struct Attribute {
    /// The name.
    pub name: Str,
    /// Where the name is.
    pub name_span: Span,
    /// The whole definition.
    pub span: Span,
    /// The value.
    pub expr: Expr,
}

/// A nested block.
#[derive(Clone)]
pub struct Block {
    /// Its type: the word that it starts with.
    pub ty: Str,
    /// Its labels.
    pub labels: Vec<Label>,
    /// Its content.
    pub body: Body,
    /// Where the type is.
    pub ty_span: Span,
    /// The header: type and labels.
    pub def_span: Span,
}

/// A label of a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The text, decoded.
    pub text: Str,
    /// Where it is, with its quotes.
    pub span: Span,
}

/// An argument or a block of a native body, in source order.
#[derive(Clone)]
pub enum Item {
    /// An argument.
    Attribute(Attribute),
    /// A block.
    Block(Block),
}

/// What a body holds of what a schema asks for.
#[derive(Clone, Default)]
pub struct BodyContent {
    /// The arguments, in source order.
    pub attributes: Vec<Attribute>,
    /// The blocks, in source order.
    pub blocks: Vec<Block>,
    /// Where something missing would belong.
    pub missing_item_span: Option<Span>,
}

impl BodyContent {
    /// The argument of that name.
    pub fn attr(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| &*attribute.name == name)
    }

    /// The blocks of that type.
    pub fn blocks_of<'a>(&'a self, ty: &'a str) -> impl Iterator<Item = &'a Block> {
        self.blocks.iter().filter(move |block| &*block.ty == ty)
    }
}

impl Body {
    /// A body with no source of its own, such as what a `dynamic` block expands to.
    pub fn synthetic(items: Vec<Item>, span: Span) -> Self {
        Self { repr: Repr::Synthetic(Arc::new(Synthetic { items, span })) }
    }

    /// Everything, which must be as `schema` says.
    pub fn content(&self, _schema: &BodySchema) -> (BodyContent, Diagnostics) {
        todo!()
    }

    /// What `schema` asks for, and a body of the rest.
    pub fn partial_content(&self, _schema: &BodySchema) -> (BodyContent, Self, Diagnostics) {
        todo!()
    }

    /// All arguments, in source order; a block is an error.
    pub fn just_attributes(&self) -> (Vec<Attribute>, Diagnostics) {
        todo!()
    }

    /// Where something missing would belong: the closing brace, as a rule.
    pub fn missing_item_span(&self) -> Span {
        todo!()
    }

    /// Each argument and block of a native or synthetic body, with no schema; `None` for JSON,
    /// where only a schema tells arguments from blocks.
    pub fn items(&self) -> Option<Vec<Item>> {
        todo!()
    }

    /// Whether it is in JSON syntax.
    pub fn is_json(&self) -> bool {
        matches!(self.repr, Repr::Json { .. })
    }

    /// `base` with what `over` holds in place of its own: arguments by name, and all blocks of a
    /// type if `over` has any of that type (with `dynamic` counted as the type that it makes).
    #[must_use]
    pub fn merge_override(_base: &Self, _over: &Self) -> Self {
        todo!()
    }
}
