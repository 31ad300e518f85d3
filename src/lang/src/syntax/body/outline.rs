//! Which blocks a file has, for showing where a place in it is.

use groma_diag::{Section, Span};

use super::{Body, Item, Repr, native};
use crate::syntax::expr::ExprRef;
use crate::syntax::node::Node;
use crate::syntax::quote;
use crate::syntax::tree::{ExprId, Tree};

impl Body {
    /// The blocks of a file by their headers, in source order. In JSON syntax, where only a schema
    /// tells blocks from arguments: its objects and arrays by the way to them, outer ones first.
    pub fn outline(&self) -> Vec<Section> {
        match &self.repr {
            Repr::Native { tree, body } => {
                native::items(tree, *body).into_iter().filter_map(block_section).collect()
            }
            Repr::Json { tree, expr } => {
                let mut sections = Vec::new();
                let tree = ExprRef { tree, id: *expr };
                json_sections(tree, "", &mut sections);
                sections
            }
            Repr::Synthetic(_) | Repr::Override(_) => Vec::new(),
        }
    }
}

fn block_section(item: Item) -> Option<Section> {
    let Item::Block(block) = item else { return None };
    let mut title = block.ty.to_string();
    for label in &block.labels {
        title.push(' ');
        title.push_str(&quote(&label.text));
    }
    Some(Section { span: block.ty_span.to(block.body.span()), title })
}

fn json_sections(value: ExprRef<'_>, path: &str, sections: &mut Vec<Section>) {
    let tree = value.tree;
    let mut enter = |id: ExprId, step: String| {
        if !matches!(tree.node(id), Node::JsonObject(_) | Node::Tuple(_)) {
            return;
        }
        let path = format!("{path}{step}");
        let title = path.strip_prefix('.').unwrap_or(&path).to_owned();
        sections.push(Section { span: span(tree, id), title });
        json_sections(ExprRef { tree, id }, &path, sections);
    };
    match tree.node(value.id) {
        Node::JsonObject(run) => {
            for [key, value] in tree.list(run).as_chunks::<2>().0 {
                let name = ExprRef { tree, id: *key }.json_literal().unwrap_or_default();
                enter(*value, format!(".{name}"));
            }
        }
        Node::Tuple(run) => {
            for (index, item) in tree.list(run).iter().enumerate() {
                enter(*item, format!("[{index}]"));
            }
        }
        _ => {}
    }
}

fn span(tree: &Tree, id: ExprId) -> Span {
    tree.span(tree.range(id))
}
