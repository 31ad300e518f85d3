//! What an expression refers to, found without evaluating it.

use super::expr::{Call, ExprRef};
use super::node::{ForNode, Node};
use super::tree::{ExprId, Tree};
use super::{Expr, Traversal};

impl Expr {
    /// See [`ExprRef::variables`].
    pub fn variables(&self) -> Vec<Traversal> {
        self.as_ref().variables()
    }

    /// See [`ExprRef::function_calls`].
    pub fn function_calls(&self) -> Vec<Call<'_>> {
        self.as_ref().function_calls()
    }
}

impl<'a> ExprRef<'a> {
    /// The references in it to the scope that it is evaluated in, in source order, once for each
    /// time they are written. Names bound by a `for` inside it are not among them.
    pub fn variables(self) -> Vec<Traversal> {
        let mut walk = Variables { bound: Vec::new(), found: Vec::new() };
        walk.visit(self);
        walk.found
    }

    /// Every function call in it, in source order.
    pub fn function_calls(self) -> Vec<Call<'a>> {
        let mut found = Vec::new();
        collect_calls(self, &mut found);
        found
    }

    /// Calls `visit` with each direct child, in source order.
    pub fn for_each_child(self, mut visit: impl FnMut(Self)) {
        if let Node::JsonString(index) = self.tree.node(self.id) {
            if let Some(template) = embedded(self.tree, index)
                && let Some(root) = template.root
            {
                visit(Self { tree: template, id: root });
            }
            return;
        }
        children(self.tree, self.id, &mut |id| visit(self.at(id)));
    }
}

fn embedded(tree: &Tree, json_string: u32) -> Option<&std::sync::Arc<Tree>> {
    let index = tree.json_strings.get(json_string as usize)?.template?;
    tree.embedded.get(index as usize)
}

/// The children of a node other than a JSON string, whose child is in another tree.
pub(super) fn children(tree: &Tree, id: ExprId, visit: &mut dyn FnMut(ExprId)) {
    match tree.node(id) {
        Node::Invalid
        | Node::Null
        | Node::Bool(_)
        | Node::Number
        | Node::Value(_)
        | Node::Quoted
        | Node::Text(_)
        | Node::Owned(_)
        | Node::Traversal { .. }
        | Node::SplatItem
        | Node::JsonString(_) => {}
        Node::Template(run) | Node::Tuple(run) | Node::Object(run) | Node::JsonObject(run) => {
            tree.list(run).iter().for_each(|id| visit(*id));
        }
        Node::Wrap(id) | Node::Join(id) | Node::Parens(id) => visit(id),
        Node::Relative { source, .. } => visit(source),
        Node::Index { collection, key } => [collection, key].into_iter().for_each(visit),
        Node::Splat { source, each, .. } => [source, each].into_iter().for_each(visit),
        Node::Conditional { condition, then, otherwise } => {
            [condition, then, otherwise].into_iter().for_each(visit);
        }
        Node::Binary { left, right, .. } => [left, right].into_iter().for_each(visit),
        Node::Unary { operand, .. } => visit(operand),
        Node::For(index) => {
            if let Some(node) = tree.fors.get(index as usize) {
                visit(node.collection);
                [node.key, Some(node.value), node.condition].into_iter().flatten().for_each(visit);
            }
        }
        Node::Call(index) => {
            if let Some(call) = tree.calls.get(index as usize) {
                tree.list(call.args).iter().for_each(|id| visit(*id));
            }
        }
    }
}

fn collect_calls<'a>(expr: ExprRef<'a>, found: &mut Vec<Call<'a>>) {
    if let Node::Call(index) = expr.tree.node(expr.id) {
        found.extend(expr.call_view(index));
    }
    expr.for_each_child(|child| collect_calls(child, found));
}

struct Variables<'a> {
    /// Names bound by the `for`s around the expression at hand, innermost last.
    bound: Vec<&'a str>,
    found: Vec<Traversal>,
}

impl<'a> Variables<'a> {
    fn visit(&mut self, expr: ExprRef<'a>) {
        match expr.tree.node(expr.id) {
            Node::Traversal { root_end, .. } => {
                let mut root = expr.tree.range(expr.id);
                root.end = root_end;
                if !self.bound.contains(&expr.tree.str(root)) {
                    self.found.extend(expr.written_traversal());
                }
            }
            Node::Object(run) => {
                for [key, value] in expr.tree.list(run).as_chunks::<2>().0 {
                    if expr.at(*key).word().is_none() {
                        self.visit(expr.at(*key));
                    }
                    self.visit(expr.at(*value));
                }
            }
            Node::For(index) => {
                if let Some(node) = expr.tree.fors.get(index as usize) {
                    self.visit_for(expr, node);
                }
            }
            _ => expr.for_each_child(|child| self.visit(child)),
        }
    }

    fn visit_for(&mut self, expr: ExprRef<'a>, node: &ForNode) {
        self.visit(expr.at(node.collection));
        let outer = self.bound.len();
        let names = [node.key_var, Some(node.value_var)];
        self.bound.extend(names.into_iter().flatten().map(|name| expr.tree.str(name)));
        for inner in [node.key, Some(node.value), node.condition].into_iter().flatten() {
            self.visit(expr.at(inner));
        }
        self.bound.truncate(outer);
    }
}
