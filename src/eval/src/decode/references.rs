//! What a body refers to, without evaluating it.

use groma_lang::syntax::{Block, Body, BodySchema, Expr, Traversal};
use groma_value::Str;

use super::spec::{FieldKind, Spec};

impl Spec {
    /// Each reference in a body, in no particular order: of arguments and blocks that the schema
    /// has, `dynamic` ones included, but not those to the iterators of `dynamic` blocks. What is
    /// wrong with the body is passed over.
    pub fn references(&self, body: &Body) -> Vec<Traversal> {
        let mut walk = Walk { bound: Vec::new(), found: Vec::new() };
        walk.body(self, body, None);
        walk.found
    }

    /// The same of one argument, or of the blocks of one type, alone.
    pub fn references_in(&self, body: &Body, name: &str) -> Vec<Traversal> {
        let mut walk = Walk { bound: Vec::new(), found: Vec::new() };
        walk.body(self, body, Some(name));
        walk.found
    }
}

struct Walk {
    /// The iterators around the body at hand.
    bound: Vec<Str>,
    found: Vec<Traversal>,
}

impl Walk {
    fn expr(&mut self, expr: &Expr) {
        let references = expr.variables().into_iter();
        self.found.extend(references.filter(|reference| !self.bound.contains(&reference.root)));
    }

    /// What has that name in a body, or all of it.
    fn body(&mut self, spec: &Spec, body: &Body, name: Option<&str>) {
        let wanted = |found: &str| name.is_none_or(|name| name == found);
        let (content, _, _) = body.partial_content(&spec.effective_schema(body));
        for attribute in content.attributes.iter().filter(|found| wanted(&found.name)) {
            self.expr(&attribute.expr);
        }
        for block in &content.blocks {
            if &*block.ty == "dynamic" {
                if block.labels.first().is_some_and(|label| wanted(&label.text)) {
                    self.dynamic(spec, block);
                }
            } else if let Some(inner) = spec.content_of(&block.ty).filter(|_| wanted(&block.ty)) {
                self.body(inner, &block.body, None);
            }
        }
    }

    fn dynamic(&mut self, spec: &Spec, block: &Block) {
        let Some(label) = block.labels.first() else { return };
        let schema = BodySchema::new().optional("for_each").optional("iterator").optional("labels");
        let (content, _, _) = block.body.partial_content(&schema.block("content", &[]));
        if let Some(for_each) = content.attr("for_each") {
            self.expr(&for_each.expr);
        }
        let iterator = match content.attr("iterator") {
            Some(iterator) => match iterator.expr.as_traversal() {
                Ok(traversal) => traversal.root,
                Err(_) => return,
            },
            None => label.text.clone(),
        };
        self.bound.push(iterator);
        if let Some(labels) = content.attr("labels") {
            self.expr(&labels.expr);
        }
        if let Some(inner) = spec.content_of(&label.text) {
            for block in &content.blocks {
                self.body(inner, &block.body, None);
            }
        }
        self.bound.pop();
    }
}

impl Spec {
    /// The content of blocks of that type, whether they are blocks or stand for an argument.
    fn content_of(&self, ty: &str) -> Option<&Self> {
        match &self.fields.get(self.field(ty)?)?.kind {
            FieldKind::Blocks(blocks) => Some(&blocks.spec),
            FieldKind::Argument(argument) => argument.as_blocks.as_deref(),
        }
    }
}
