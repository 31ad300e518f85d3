//! What unknown values will come from: expressions, followed through locals, variables and
//! outputs to attributes of resources.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use groma_addr::{Ident, Mode};
use groma_config::{Module, ModuleId, Provisioner, Snapshot};
use groma_eval::KeyData;
use groma_lang::syntax::{Block, Body, Expr, Item, Traversal};
use groma_value::Value;
use serde::{Deserialize, Serialize};

use super::Digest;
use super::hash::Hasher;
use crate::graph::{ConfigGraph, Id, Node};

/// What something will come of, as far as it is not known yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Derivation {
    /// A hash of the expressions.
    pub digest: Digest,
    /// The sensitive variables of the root module that they reach, whose values are not in it.
    pub secrets: Arc<BTreeSet<Ident>>,
    /// Whether they reach `plantimestamp()`.
    pub timed: bool,
}

/// Something that derivations are put together in.
struct Sum {
    hasher: Hasher,
    secrets: Arc<BTreeSet<Ident>>,
    timed: bool,
}

impl Sum {
    fn new(kind: &[u8]) -> Self {
        Self { hasher: Hasher::new(kind), secrets: Arc::default(), timed: false }
    }

    fn add(&mut self, part: &Derivation) {
        self.hasher.bytes(&part.digest.0);
        self.timed |= part.timed;
        if self.secrets.is_empty() {
            self.secrets = Arc::clone(&part.secrets);
        } else if !part.secrets.is_subset(&self.secrets) {
            self.secrets = Arc::new(self.secrets.union(&part.secrets).cloned().collect());
        }
    }

    fn finish(self) -> Derivation {
        Derivation { digest: self.hasher.finish(), secrets: self.secrets, timed: self.timed }
    }
}

/// What expressions start from.
pub(crate) struct Known {
    /// Values of the root module's variables: `None` for what must not be hashed as it is.
    pub(crate) variables: HashMap<String, Option<Value>>,
    /// A hash of all files that functions read.
    pub(crate) files: Digest,
}

impl Known {
    /// A hash of the files of a snapshot that are no configuration.
    pub(crate) fn hash_files(snapshot: &Snapshot) -> Digest {
        let is_data = |path: &str| {
            ![".tf", ".tf.json", ".tfvars", ".tfvars.json"].iter().any(|end| path.ends_with(end))
        };
        let mut hasher = Hasher::new(b"files");
        for (path, content) in snapshot.files.iter().filter(|(path, _)| is_data(path)) {
            let within = path.strip_prefix(&snapshot.root).unwrap_or(path);
            hasher.text(within.trim_start_matches('/'));
            match content {
                Ok(digest) => hasher.text(&digest.to_string()),
                Err(_) => hasher.text(""),
            }
        }
        hasher.finish()
    }
}

/// Functions whose results come of files.
const READERS: &[&str] = &[
    "file",
    "filebase64",
    "filebase64sha256",
    "filebase64sha512",
    "fileexists",
    "filemd5",
    "fileset",
    "filesha1",
    "filesha256",
    "filesha512",
    "templatefile",
];

/// Hashes of expressions, each worked out once.
pub(crate) struct Expressions<'g> {
    graph: &'g ConfigGraph,
    start: Known,
    known: HashMap<Id, Derivation>,
}

impl<'g> Expressions<'g> {
    pub(crate) fn new(graph: &'g ConfigGraph, start: Known) -> Self {
        Self { graph, start, known: HashMap::new() }
    }

    /// The hash of an expression in a module, for one instance.
    pub(crate) fn of(&mut self, module: ModuleId, expr: &Expr, keys: &KeyData) -> Derivation {
        self.prepare(module, &expr.variables());
        let mut sum = Sum::new(b"expression");
        for value in [&keys.count_index, &keys.each_key, &keys.each_value].into_iter().flatten() {
            value.unmark_deep().0.feed(&mut |bytes| sum.hasher.raw(bytes));
        }
        sum.add(&self.expression(module, expr));
        sum.finish()
    }

    /// The hash of what a body says of an argument or of blocks of that name.
    pub(crate) fn of_argument(
        &mut self,
        module: ModuleId,
        body: &Body,
        name: &str,
        keys: &KeyData,
    ) -> Option<Derivation> {
        let mut sum = Sum::new(b"argument");
        let mut found = false;
        let mut exprs = Vec::new();
        if let Some(items) = body.items() {
            for item in items {
                match item {
                    Item::Attribute(a) if *a.name == *name => exprs.push((name.into(), a.expr)),
                    Item::Block(b) if is_called(&b, name) => in_body(&b.body, &mut exprs),
                    Item::Attribute(_) | Item::Block(_) => {}
                }
            }
        } else {
            in_body(body, &mut exprs);
            exprs.retain(|(found, _)| **found == *name);
        }
        for (name, expr) in exprs {
            found = true;
            sum.hasher.text(&name);
            sum.add(&self.of(module, &expr, keys));
        }
        found.then(|| sum.finish())
    }

    /// The arguments of a body, those of its blocks too, that come of `plantimestamp()`.
    pub(crate) fn timed<'b>(
        &mut self,
        module: ModuleId,
        body: &'b Body,
    ) -> impl Iterator<Item = Ident> + use<'b, '_, 'g> {
        let mut exprs = Vec::new();
        in_body(body, &mut exprs);
        let timed = move |(name, expr)| {
            let reached = self.of(module, &expr, &KeyData::NONE).timed;
            reached.then_some(name)
        };
        exprs.into_iter().filter_map(timed)
    }

    /// The hash of provisioners that run for an instance, if any.
    pub(crate) fn of_provisioners<'p>(
        &mut self,
        module: ModuleId,
        provisioners: impl Iterator<Item = &'p Provisioner>,
    ) -> Option<Derivation> {
        let mut sum = Sum::new(b"provisioners");
        let mut found = false;
        for provisioner in provisioners {
            found = true;
            sum.hasher.text(&provisioner.ty);
            sum.hasher.text(&format!("{:?}", provisioner.on_failure));
            let mut arguments = Vec::new();
            in_body(&provisioner.body, &mut arguments);
            for (name, expr) in arguments {
                sum.hasher.text(&name);
                sum.add(&self.of(module, &expr, &KeyData::NONE));
            }
        }
        found.then(|| sum.finish())
    }

    /// The hash of an expression whose references are known.
    fn expression(&self, module: ModuleId, expr: &Expr) -> Derivation {
        let mut sum = Sum::new(b"text");
        sum.hasher.text(&expr.as_ref().source());
        let calls = expr.function_calls();
        if calls.iter().any(|call| READERS.contains(&call.name)) {
            sum.hasher.bytes(&self.start.files.0);
        }
        sum.timed = calls.iter().any(|call| call.name.ends_with("plantimestamp"));
        for traversal in expr.variables() {
            for id in self.graph.targets(module, &traversal) {
                if let Node::Resource(module, at) = self.graph.graph[id] {
                    let addr = self.graph.resource_addr(module, at);
                    sum.hasher.text(&addr.map_or_else(String::new, |addr| addr.to_string()));
                }
                if let Some(part) = self.known.get(&id) {
                    sum.add(part);
                }
            }
        }
        sum.finish()
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
            let Some((module, exprs)) = self.source(id) else { continue };
            if ready {
                let mut sum = Sum::new(b"source");
                for expr in &exprs {
                    sum.add(&self.expression(module, expr));
                }
                self.known.insert(id, sum.finish());
            } else {
                pending.push((id, true));
                for expr in &exprs {
                    add(self.graph, module, &expr.variables(), &mut pending);
                }
            }
        }
    }

    /// The expressions that a node's value comes from, and where they stand. Notes what has none.
    /// Managed resources are where it ends; data is as what is asked of it.
    fn source(&mut self, id: Id) -> Option<(ModuleId, Vec<Expr>)> {
        match self.graph.graph[id] {
            Node::Local(module, at) => {
                let entry = self.graph.module(module);
                let local = entry.module.locals.get(entry.names.locals.get(at as usize)?)?;
                Some((module, vec![local.expr.clone()]))
            }
            Node::Output(module, at) => {
                let entry = self.graph.module(module);
                let output = entry.module.outputs.get(entry.names.outputs.get(at as usize)?)?;
                Some((module, vec![output.expr.clone()]))
            }
            Node::Variable(module, at) => {
                let entry = self.graph.module(module);
                let name = entry.names.variables.get(at as usize)?.clone();
                let argument = argument(self.graph, &entry.module, &name);
                if argument.is_none() {
                    self.note_value(id, &name, &entry.module);
                }
                argument.map(|(module, expr)| (module, vec![expr]))
            }
            Node::Resource(module, at) => {
                let entry = self.graph.module(module);
                let addr = entry.names.resources.get(at as usize)?;
                let block = entry.module.resources.get(addr).filter(|_| addr.mode == Mode::Data)?;
                let mut arguments = Vec::new();
                in_body(&block.body, &mut arguments);
                Some((module, arguments.into_iter().map(|(_, expr)| expr).collect()))
            }
            _ => None,
        }
    }

    /// A variable without an argument is as its value is.
    fn note_value(&mut self, id: Id, name: &Ident, module: &Module) {
        let mut sum = Sum::new(b"variable");
        let given = self.start.variables.get(&**name).filter(|_| module.path.is_root());
        let default = module.variables.get(name).and_then(|variable| variable.default.as_ref());
        match given {
            Some(None) => {
                sum.hasher.text(name);
                sum.secrets = Arc::new([Arc::clone(name)].into());
            }
            given => {
                if let Some(value) = given.and_then(Option::as_ref).or(default) {
                    value.unmark_deep().0.feed(&mut |bytes| sum.hasher.raw(bytes));
                }
            }
        }
        self.known.insert(id, sum.finish());
    }
}

fn argument(graph: &ConfigGraph, module: &Module, name: &str) -> Option<(ModuleId, Expr)> {
    let (parent, call) = module.parent.as_ref()?;
    let argument = graph.module(*parent).module.calls.get(call)?.arguments.get(name)?;
    Some((*parent, argument.expr.clone()))
}

/// Whether a block, or what a `dynamic` block makes, is of that type.
fn is_called(block: &Block, name: &str) -> bool {
    let made = block.labels.first().filter(|_| *block.ty == *"dynamic");
    *block.ty == *name || made.is_some_and(|label| *label.text == *name)
}

/// All expressions in a body with the names of their arguments, in source order.
fn in_body(body: &Body, exprs: &mut Vec<(Ident, Expr)>) {
    match body.items() {
        Some(items) => {
            for item in items {
                match item {
                    Item::Attribute(attribute) => {
                        exprs.push((attribute.name.as_str().into(), attribute.expr));
                    }
                    Item::Block(block) => in_body(&block.body, exprs),
                }
            }
        }
        None => exprs
            .extend(body.just_attributes().0.into_iter().map(|a| (a.name.as_str().into(), a.expr))),
    }
}
