//! Bodies: arguments and blocks, read by a schema, the same way over native and JSON syntax.
//!
//! | Module | Holds |
//! |---|---|
//! | `native`, `json` | what a parsed body holds, in either syntax |
//! | `content` | reading it by a [`BodySchema`], with HCL's messages |
//! | `outline` | which blocks a file has |
//! | `overrides` | a body of an override file laid over another |

mod content;
mod json;
mod native;
mod outline;
mod overrides;
mod schema;

use std::sync::Arc;

use groma_diag::{Diagnostics, Span};
use groma_value::Str;

use schema::Hidden;
pub use schema::{AttributeSchema, BlockSchema, BodySchema};

use super::Expr;
use super::tree::{ExprId, Tree};

/// A body: the content of a file or of a block. Cloning counts a reference.
#[derive(Clone)]
pub struct Body {
    repr: Repr,
    /// What [`Body::partial_content`] has taken out of it.
    hidden: Option<Arc<Hidden>>,
}

#[derive(Clone)]
enum Repr {
    Native { tree: Arc<Tree>, body: u32 },
    Json { tree: Arc<Tree>, expr: ExprId },
    Synthetic(Arc<Synthetic>),
    Override(Arc<(Body, Body)>),
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
    /// The header: type and labels. In JSON syntax the opening bracket.
    pub def_span: Span,
    /// The opening brace.
    pub open_span: Span,
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
    /// The arguments, in source order, each name once.
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
        let repr = Repr::Synthetic(Arc::new(Synthetic { items, span }));
        Self { repr, hidden: None }
    }

    /// `base` with what `over` holds in place of its own: arguments by name, and all blocks of a
    /// type if `over` has any of that type (with `dynamic` counted as the type that it makes).
    ///
    /// Read by a schema, the result never complains of what the schema does not have, and it
    /// holds `dynamic` blocks even if the schema does not ask for them.
    #[must_use]
    pub fn merge_override(base: &Self, over: &Self) -> Self {
        let repr = Repr::Override(Arc::new((base.clone(), over.clone())));
        Self { repr, hidden: None }
    }

    /// Everything, which must be as `schema` says.
    pub fn content(&self, schema: &BodySchema) -> (BodyContent, Diagnostics) {
        match &self.repr {
            Repr::Native { .. } | Repr::Synthetic(_) => content::whole(self, schema),
            Repr::Json { tree, expr } => json::whole(self, tree, *expr, schema),
            Repr::Override(pair) => {
                let (content, _, diagnostics) = overrides::partial(&pair.0, &pair.1, schema);
                (content, diagnostics)
            }
        }
    }

    /// What `schema` asks for, and a body of the rest.
    pub fn partial_content(&self, schema: &BodySchema) -> (BodyContent, Self, Diagnostics) {
        let (content, diagnostics) = match &self.repr {
            Repr::Native { .. } | Repr::Synthetic(_) => content::partial(self, schema),
            Repr::Json { tree, expr } => json::partial(self, tree, *expr, schema),
            Repr::Override(pair) => return overrides::partial(&pair.0, &pair.1, schema),
        };
        (content, self.without(schema), diagnostics)
    }

    /// The same body with what a schema asks for out of sight.
    fn without(&self, schema: &BodySchema) -> Self {
        let hidden = match &self.hidden {
            None => Arc::clone(schema.hidden()),
            Some(before) => {
                let (mut hidden, more) = (Hidden::clone(before), schema.hidden());
                hidden.attributes.extend(more.attributes.iter().cloned());
                hidden.blocks.extend(more.blocks.iter().cloned());
                Arc::new(hidden)
            }
        };
        Self { repr: self.repr.clone(), hidden: Some(hidden) }
    }

    fn hides_attribute(&self, name: &str) -> bool {
        self.hidden.as_ref().is_some_and(|hidden| hidden.attributes.contains(name))
    }

    fn hides_block(&self, ty: &str) -> bool {
        self.hidden.as_ref().is_some_and(|hidden| hidden.blocks.contains(ty))
    }

    /// All arguments, in source order; a block is an error.
    pub fn just_attributes(&self) -> (Vec<Attribute>, Diagnostics) {
        match &self.repr {
            Repr::Native { .. } | Repr::Synthetic(_) => content::just_attributes(self),
            Repr::Json { tree, expr } => json::just_attributes(self, tree, *expr),
            Repr::Override(pair) => overrides::just_attributes(&pair.0, &pair.1),
        }
    }

    /// Where something missing would belong: the opening brace (in JSON the closing one).
    pub fn missing_item_span(&self) -> Span {
        match &self.repr {
            Repr::Native { tree, body } => {
                let span = tree.span(native::body_node(tree, *body).range);
                Span::new(span.file, span.start, span.start)
            }
            Repr::Json { tree, expr } => json::missing_item_span(tree, *expr),
            Repr::Synthetic(synthetic) => synthetic.span,
            Repr::Override(pair) => pair.0.missing_item_span(),
        }
    }

    /// Each argument and block of a body, with no schema; `None` for JSON, where only a schema
    /// tells arguments from blocks.
    pub fn items(&self) -> Option<Vec<Item>> {
        let mut items = match &self.repr {
            Repr::Native { tree, body } => native::items(tree, *body),
            Repr::Synthetic(synthetic) => synthetic.items.clone(),
            Repr::Json { .. } => return None,
            Repr::Override(pair) => overrides::items(&pair.0, &pair.1)?,
        };
        items.retain(|item| match item {
            Item::Attribute(attribute) => !self.hides_attribute(&attribute.name),
            Item::Block(block) => !self.hides_block(&block.ty),
        });
        Some(items)
    }

    /// Whether it is in JSON syntax (a merged body: in either part).
    pub fn is_json(&self) -> bool {
        match &self.repr {
            Repr::Json { .. } => true,
            Repr::Native { .. } | Repr::Synthetic(_) => false,
            Repr::Override(pair) => pair.0.is_json() || pair.1.is_json(),
        }
    }

    /// The whole of it, braces included.
    pub fn span(&self) -> Span {
        match &self.repr {
            Repr::Native { tree, body } => tree.span(native::body_node(tree, *body).range),
            Repr::Json { tree, expr } => tree.span(tree.range(*expr)),
            Repr::Synthetic(synthetic) => synthetic.span,
            Repr::Override(pair) => pair.0.span(),
        }
    }
}
