//! What unknown values will come from: expressions, followed through locals, variables and
//! outputs to attributes of resources.

use std::collections::HashMap;

use groma_config::{Module, ModuleId};
use groma_eval::KeyData;
use groma_lang::syntax::{Body, Expr, Item, Traversal};
use groma_value::Value;

use super::Digest;
use super::hash::Hasher;
use crate::graph::{ConfigGraph, Id, Node};

/// Hashes of expressions, each worked out once.
pub(crate) struct Expressions<'g> {
    graph: &'g ConfigGraph,
    /// Values of the root module's variables, without marks; veiled if sensitive.
    variables: HashMap<String, Value>,
    known: HashMap<Id, Digest>,
}

impl<'g> Expressions<'g> {
    pub(crate) fn new(graph: &'g ConfigGraph, variables: HashMap<String, Value>) -> Self {
        Self { graph, variables, known: HashMap::new() }
    }

    /// The hash of an expression in a module, for one instance.
    pub(crate) fn of(&mut self, module: ModuleId, expr: &Expr, keys: &KeyData) -> Digest {
        self.prepare(module, &expr.variables());
        let mut hasher = Hasher::new(b"expression");
        for value in [&keys.count_index, &keys.each_key, &keys.each_value].into_iter().flatten() {
            value.unmark_deep().0.feed(&mut |bytes| hasher.raw(bytes));
        }
        hasher.bytes(&self.expression(module, expr).0);
        hasher.finish()
    }

    /// The hash of what a body says of an argument or of blocks of that name.
    pub(crate) fn of_argument(
        &mut self,
        module: ModuleId,
        body: &Body,
        name: &str,
        keys: &KeyData,
    ) -> Option<Digest> {
        let mut hasher = Hasher::new(b"argument");
        let mut found = false;
        let mut exprs = Vec::new();
        if let Some(items) = body.items() {
            {
                for item in items {
                    match item {
                        Item::Attribute(a) if *a.name == *name => exprs.push(a.expr),
                        Item::Block(b)
                            if *b.ty == *name
                                || (*b.ty == *"dynamic"
                                    && b.labels.first().is_some_and(|l| *l.text == *name)) =>
                        {
                            in_body(&b.body, &mut exprs);
                        }
                        Item::Attribute(_) | Item::Block(_) => {}
                    }
                }
            }
        } else {
            let (attributes, _) = body.just_attributes();
            exprs.extend(attributes.into_iter().filter(|a| *a.name == *name).map(|a| a.expr));
        }
        for expr in exprs {
            found = true;
            hasher.bytes(&self.of(module, &expr, keys).0);
        }
        found.then(|| hasher.finish())
    }

    /// The hash of all of a body.
    pub(crate) fn of_body(&mut self, module: ModuleId, body: &Body) -> Digest {
        let mut hasher = Hasher::new(b"body");
        let mut exprs = Vec::new();
        in_body(body, &mut exprs);
        for expr in exprs {
            hasher.bytes(&self.of(module, &expr, &KeyData::NONE).0);
        }
        hasher.finish()
    }

    /// The hash of an expression whose references are known.
    fn expression(&self, module: ModuleId, expr: &Expr) -> Digest {
        let mut hasher = Hasher::new(b"text");
        hasher.text(&expr.as_ref().source());
        for traversal in expr.variables() {
            for id in self.graph.targets(module, &traversal) {
                match self.graph.graph[id] {
                    Node::Resource(module, at) => {
                        let addr = self.graph.resource_addr(module, at);
                        hasher.text(&addr.map_or_else(String::new, |addr| addr.to_string()));
                    }
                    _ => {
                        if let Some(digest) = self.known.get(&id) {
                            hasher.bytes(&digest.0);
                        }
                    }
                }
            }
        }
        hasher.finish()
    }

    /// Works out what references lead to, without recursion: values may form long chains.
    fn prepare(&mut self, module: ModuleId, traversals: &[Traversal]) {
        let mut pending: Vec<(Id, bool)> = Vec::new();
        let add = |graph: &ConfigGraph, module, traversals: &[Traversal], pending: &mut Vec<_>| {
            for traversal in traversals {
                pending.extend(graph.targets(module, traversal).into_iter().map(|id| (id, false)));
            }
        };
        add(self.graph, module, traversals, &mut pending);
        while let Some((id, ready)) = pending.pop() {
            if self.known.contains_key(&id) {
                continue;
            }
            let Some((module, expr)) = self.source(id) else { continue };
            if ready {
                let digest = self.expression(module, &expr);
                self.known.insert(id, digest);
            } else {
                pending.push((id, true));
                add(self.graph, module, &expr.variables(), &mut pending);
            }
        }
    }

    /// The expression that a node's value comes from, and where it stands. Notes what has none.
    fn source(&mut self, id: Id) -> Option<(ModuleId, Expr)> {
        match self.graph.graph[id] {
            Node::Local(module, at) => {
                let entry = self.graph.module(module);
                let local = entry.module.locals.get(entry.names.locals.get(at as usize)?)?;
                Some((module, local.expr.clone()))
            }
            Node::Output(module, at) => {
                let entry = self.graph.module(module);
                let output = entry.module.outputs.get(entry.names.outputs.get(at as usize)?)?;
                Some((module, output.expr.clone()))
            }
            Node::Variable(module, at) => {
                let entry = self.graph.module(module);
                let name = entry.names.variables.get(at as usize)?.clone();
                let argument = argument(self.graph, &entry.module, &name);
                if argument.is_none() {
                    self.note_value(id, &name, &entry.module);
                }
                argument
            }
            _ => None,
        }
    }

    /// A variable without an argument is as its value is.
    fn note_value(&mut self, id: Id, name: &str, module: &Module) {
        let mut hasher = Hasher::new(b"variable");
        let given = self.variables.get(name).filter(|_| module.path.is_root());
        let default = || module.variables.get(name).and_then(|v| v.default.as_ref());
        if let Some(value) = given.or_else(default) {
            value.unmark_deep().0.feed(&mut |bytes| hasher.raw(bytes));
        }
        self.known.insert(id, hasher.finish());
    }
}

fn argument(graph: &ConfigGraph, module: &Module, name: &str) -> Option<(ModuleId, Expr)> {
    let (parent, call) = module.parent.as_ref()?;
    let argument = graph.module(*parent).module.calls.get(call)?.arguments.get(name)?;
    Some((*parent, argument.expr.clone()))
}

/// All expressions in a body, in source order.
fn in_body(body: &Body, exprs: &mut Vec<Expr>) {
    match body.items() {
        Some(items) => {
            for item in items {
                match item {
                    Item::Attribute(attribute) => exprs.push(attribute.expr),
                    Item::Block(block) => in_body(&block.body, exprs),
                }
            }
        }
        None => exprs.extend(body.just_attributes().0.into_iter().map(|a| a.expr)),
    }
}
