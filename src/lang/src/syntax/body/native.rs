//! Bodies of native syntax: views of the tree's arenas.

use std::sync::Arc;

use groma_value::Str;

use super::{Attribute, Block, Body, Item, Label, Repr};
use crate::syntax::Expr;
use crate::syntax::escape::decode_text;
use crate::syntax::node::{Decode, Range};
use crate::syntax::tree::{AttributeNode, BlockNode, BodyNode, ItemNode, LabelNode, Tree};

impl Body {
    pub(in crate::syntax) fn native(tree: Arc<Tree>, body: u32) -> Self {
        Self { repr: Repr::Native { tree, body }, hidden: None }
    }
}

pub(super) fn body_node(tree: &Tree, body: u32) -> BodyNode {
    tree.bodies.get(body as usize).copied().unwrap_or_default()
}

pub(super) fn items(tree: &Arc<Tree>, body: u32) -> Vec<Item> {
    let nodes = tree.items.get(body_node(tree, body).items.range()).unwrap_or_default();
    nodes.iter().filter_map(|node| item(tree, *node)).collect()
}

fn item(tree: &Arc<Tree>, node: ItemNode) -> Option<Item> {
    Some(match node {
        ItemNode::Attribute(index) => {
            Item::Attribute(attribute(tree, tree.attributes.get(index as usize)?))
        }
        ItemNode::Block(index) => Item::Block(block(tree, tree.blocks.get(index as usize)?)),
    })
}

fn attribute(tree: &Arc<Tree>, node: &AttributeNode) -> Attribute {
    Attribute {
        name: Str::new(tree.str(node.name)),
        name_span: tree.span(node.name),
        span: tree.span(node.name.to(tree.range(node.expr))),
        expr: Expr { tree: Arc::clone(tree), id: node.expr },
    }
}

fn block(tree: &Arc<Tree>, node: &BlockNode) -> Block {
    let labels = tree.labels.get(node.labels.range()).unwrap_or_default();
    let header = labels.last().map_or(node.ty, |last| node.ty.to(last.range));
    Block {
        ty: Str::new(tree.str(node.ty)),
        labels: labels.iter().map(|label| label_view(tree, *label)).collect(),
        body: Body::native(Arc::clone(tree), node.body),
        ty_span: tree.span(node.ty),
        def_span: tree.span(header),
        open_span: tree.span(node.open),
    }
}

fn label_view(tree: &Tree, label: LabelNode) -> Label {
    let range = label.range;
    let text = if label.quoted {
        let inside = Range::new(range.start + 1, range.end.saturating_sub(1));
        Str::new(&decode_text(tree.bytes(inside), Decode::Quoted))
    } else {
        Str::new(tree.str(range))
    };
    Label { text, span: tree.span(range) }
}
