//! What changed between two values, by the schema of what they are.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use groma_provider_api::{Attribute, Block, NestedBlock, NestedType, Nesting};
use groma_value::{Path, PathStep, Type, Value};

use super::{Action, Body, Hidden, Node, json, sequence};

/// A value before and after, and which paths inside it force a replacement.
#[derive(Clone, Copy)]
pub(super) struct Change<'a> {
    pub(super) before: Option<&'a Value>,
    pub(super) after: Option<&'a Value>,
    /// Whether null on each side is a value of its own, not absence.
    pub(super) explicit: bool,
    /// Whether an empty string may be a null: the legacy SDK writes one for the other.
    pub(super) legacy: bool,
    pub(super) replace: Paths<'a>,
    pub(super) relevant: Relevant<'a>,
}

/// A part of `paths`, which lead into a value: those that passed every step so far. They are few
/// (a handful of attributes), so that each level filters by re-reading the step at its depth; a
/// path that left the way earlier names another attribute.
#[derive(Clone, Copy)]
pub(super) struct Paths<'a> {
    all: &'a [&'a Path],
    depth: usize,
    reached: bool,
}

/// The parts of a value that are looked at; changes of others are not shown.
#[derive(Clone, Copy)]
pub struct Relevant<'a>(Option<Paths<'a>>);

impl<'a> Paths<'a> {
    pub(super) const NONE: Self = Self { all: &[], depth: 0, reached: false };

    fn new(paths: &'a [&'a Path]) -> Self {
        Self { all: paths, depth: 0, reached: paths.iter().any(|p| p.0.is_empty()) }
    }

    /// Narrows to one child.
    fn step(self, matches: impl Fn(&PathStep) -> bool) -> Self {
        let depth = self.depth;
        let mut hit = self.all.iter().filter(|p| p.0.get(depth).is_some_and(&matches));
        let reached = hit.clone().any(|p| p.0.len() == depth + 1);
        let any = hit.next().is_some();
        Self { all: if any { self.all } else { &[] }, depth: depth + 1, reached }
    }

    fn attr(self, name: &str) -> Self {
        self.step(|step| match step {
            PathStep::Attr(attr) => attr.as_str() == name,
            PathStep::Key(key) => key.as_str() == name,
            _ => false,
        })
    }

    fn index(self, index: usize) -> Self {
        self.step(|step| match step {
            PathStep::Index(at) => at.to_i64() == i64::try_from(index).ok(),
            _ => false,
        })
    }
}

impl<'a> Relevant<'a> {
    /// The whole value.
    pub const ALL: Self = Self(None);

    /// Only what `paths` lead to.
    pub fn only(paths: &'a [&'a Path]) -> Self {
        Self(Some(Paths::new(paths)))
    }

    /// One child; `None` if nothing in it is looked at.
    fn attr(self, name: &str) -> Option<Self> {
        let Some(paths) = self.0.filter(|paths| !paths.reached) else { return Some(Self::ALL) };
        let child = paths.attr(name);
        (!child.all.is_empty()).then_some(Self(Some(child)))
    }
}

static NULL: LazyLock<Value> = LazyLock::new(|| Value::null(Type::String));

/// The difference of a resource's (or data source's) object under its schema.
pub fn block(
    schema: &Block,
    before: Option<&Value>,
    after: Option<&Value>,
    replace: &[Path],
    relevant: Relevant<'_>,
) -> Node {
    let replace: Vec<&Path> = replace.iter().collect();
    let replace = Paths::new(&replace);
    let legacy = !schema.attributes.values().any(|a| a.nested.is_some() || a.ty.has_dynamic());
    block_node(schema, Change { before, after, explicit: false, legacy, replace, relevant })
}

/// The difference of an output value, which has no schema.
pub fn output(before: Option<&Value>, after: Option<&Value>) -> Node {
    json::generic(Change::plain(before, after))
}

/// A value that stays, by its type.
pub fn value(value: &Value) -> Node {
    let change = Change { legacy: true, ..Change::plain(Some(value), Some(value)) };
    typed(&value.ty(), change)
}

impl<'a> Change<'a> {
    /// Of values that nothing is known of.
    pub(super) fn plain(before: Option<&'a Value>, after: Option<&'a Value>) -> Self {
        let (replace, relevant) = (Paths::NONE, Relevant::ALL);
        Self { before, after, explicit: false, legacy: false, replace, relevant }
    }

    pub(super) fn with(self, before: Option<&'a Value>, after: Option<&'a Value>) -> Self {
        Self { before, after, ..self }
    }

    fn has(self, side: Option<&Value>) -> bool {
        side.is_some_and(|value| self.explicit || !value.is_null())
    }

    /// What happens to a value with parts as a whole: its parts are looked at separately.
    pub(super) fn whole(self) -> Action {
        let there = |side: Option<&Value>| side.is_some_and(|value| !value.is_null());
        Action::of(there(self.before), there(self.after))
    }

    /// What happens to a value without parts.
    pub(super) fn leaf(self) -> Action {
        match Action::of(self.has(self.before), self.has(self.after)) {
            Action::NoOp if !same(self.before, self.after) => Action::Update,
            action => action,
        }
    }

    /// A part of an object. What is not looked at counts as unchanged.
    fn child(self, name: &str) -> Self {
        let of =
            |side: Option<&'a Value>| side.and_then(Value::as_fields).and_then(|f| f.get(name));
        let replace = self.replace.attr(name);
        let (before, mut after) = (of(self.before), of(self.after));
        let relevant = self.relevant.attr(name).unwrap_or_else(|| {
            after = before;
            Relevant::ALL
        });
        Self { before, after, explicit: false, replace, relevant, ..self }
    }

    pub(super) fn element(self, key: &str) -> Self {
        Self { explicit: true, ..self.child(key) }
    }

    pub(super) fn item(self, before: Option<usize>, after: Option<usize>) -> Self {
        let at = |side: Option<&'a Value>, index: Option<usize>| {
            side.and_then(Value::as_slice).zip(index).and_then(|(items, i)| items.get(i))
        };
        let replace = before.or(after).map_or(Paths::NONE, |i| self.replace.index(i));
        let (before, after) = (at(self.before, before), at(self.after, after));
        Self { before, after, explicit: true, replace, relevant: Relevant::ALL, ..self }
    }

    pub(super) fn keys(self) -> BTreeSet<&'a str> {
        let keys = [self.before, self.after].into_iter().flatten().filter_map(Value::as_fields);
        keys.flat_map(|fields| fields.iter().map(|(key, _)| key.as_str())).collect()
    }

    pub(super) fn finish(self, node: Node) -> Node {
        Node { forces_replacement: self.replace.reached, ..node }
    }

    /// An empty string counts as null where the two cannot be told apart.
    fn without_empty(self) -> Self {
        if !self.legacy {
            return self;
        }
        let null = |side: Option<&'a Value>| match side {
            Some(value) if value.as_str().is_some_and(|s| s.is_empty()) => Some(&*NULL),
            other => other,
        };
        self.with(null(self.before), null(self.after))
    }
}

fn same(before: Option<&Value>, after: Option<&Value>) -> bool {
    match (before, after) {
        (Some(before), Some(after)) => {
            let (before, after) = (before.unmark_deep().0, after.unmark_deep().0);
            before.raw_equals(&after) || (before.is_null() && after.is_null())
        }
        (None, other) | (other, None) => other.is_none_or(Value::is_null),
    }
}

/// Hides a sensitive value, or stands in for one that is not known; else `None`.
pub(super) fn special(change: Change<'_>, compute: &dyn Fn(Change<'_>) -> Node) -> Option<Node> {
    if let Some(node) = sensitive(change, compute) {
        return Some(node);
    }
    if change.after.is_none_or(Value::is_known) {
        return None;
    }
    let node = if change.before.is_none_or(Value::is_null) {
        Node::new(Action::Create, Body::Unknown { before: None })
    } else {
        // Terraform forgets here that an empty string may be one.
        let gone = compute(Change { after: None, legacy: true, replace: Paths::NONE, ..change });
        Node::new(Action::Update, Body::Unknown { before: Some(Box::new(gone)) })
    };
    Some(change.finish(node))
}

fn sensitive(change: Change<'_>, compute: &dyn Fn(Change<'_>) -> Node) -> Option<Node> {
    let marked = |side: Option<&Value>| side.is_some_and(|v| v.marks().sensitive());
    let (before, after) = (marked(change.before), marked(change.after));
    if !before && !after {
        return None;
    }
    let bare = |side: Option<&Value>| side.map(|value| value.clone().unmark().0);
    let (old, new) = (bare(change.before), bare(change.after));
    let bare = Change { before: old.as_ref(), after: new.as_ref(), ..change };
    let inner = compute(bare).action;
    let is_there = bare.has(bare.before) || bare.has(bare.after);
    let shown = inner == Action::NoOp && before != after && is_there;
    let action = if shown { Action::Update } else { inner };
    Some(change.finish(Node::new(action, Body::Sensitive(Hidden { before, after, inner }))))
}

fn block_node(schema: &Block, change: Change<'_>) -> Node {
    if let Some(node) = special(change, &|change| block_node(schema, change)) {
        return match node.body {
            Body::Sensitive(hidden) => Node { body: Body::SensitiveBlock(hidden), ..node },
            _ => node,
        };
    }
    let mut action = change.whole();
    let mut attributes = Vec::new();
    for (name, attribute) in &schema.attributes {
        let child = change.child(name).without_empty();
        let node = attribute_node(attribute, child);
        if node.action == Action::NoOp && nothing(child) {
            continue;
        }
        action = action.join(node.action);
        attributes.push((name.to_string(), node));
    }
    let mut blocks = Vec::new();
    for (name, nested) in &schema.blocks {
        let nodes = nested_blocks(nested, change.child(name));
        if !nodes.is_empty() {
            action = nodes.iter().fold(action, |action, (_, node)| action.join(node.action));
            blocks.push((name.to_string(), nodes));
        }
    }
    change.finish(Node::new(action, Body::Block { attributes, blocks }))
}

fn nothing(change: Change<'_>) -> bool {
    [change.before, change.after].into_iter().flatten().all(Value::is_null)
}

fn nested_blocks(nested: &NestedBlock, change: Change<'_>) -> Vec<(Option<String>, Node)> {
    let of = |change| block_node(&nested.block, change);
    match nested.nesting {
        Nesting::Single | Nesting::Group => {
            if nothing(change) {
                Vec::new()
            } else {
                vec![(None, of(change))]
            }
        }
        _ if change.after.is_some_and(|after| !after.is_known()) => {
            let unknown = Node::new(Action::Create, Body::Unknown { before: None });
            let gone = nested_blocks(nested, change.with(change.before, None));
            gone.into_iter().chain([(None, unknown)]).collect()
        }
        Nesting::List => sequence::by_index(change)
            .map(|(before, after)| (None, of(change.item(before, after))))
            .collect(),
        Nesting::Set => {
            sequence::as_sets(change).map(|(b, a)| (None, of(change.item(b, a)))).collect()
        }
        Nesting::Map => change
            .keys()
            .into_iter()
            .map(|key| (Some(key.to_owned()), of(change.element(key))))
            .collect(),
    }
}

fn attribute_node(attribute: &Attribute, change: Change<'_>) -> Node {
    if attribute.write_only {
        // It is null on both sides wherever it is kept, so only the configuration tells.
        let action = change.leaf();
        return change.finish(Node::new(action, Body::WriteOnly));
    }
    match &attribute.nested {
        Some(nested) => nested_type(nested, change),
        None => typed(&attribute.ty, change),
    }
}

fn nested_type(nested: &NestedType, change: Change<'_>) -> Node {
    if let Some(node) = special(change, &|change| nested_type(nested, change)) {
        return node;
    }
    let of = |change: Change<'_>| {
        special(change, &|change| object_of(nested, change))
            .unwrap_or_else(|| object_of(nested, change))
    };
    match nested.nesting {
        Nesting::Single | Nesting::Group => object_of(nested, change),
        Nesting::List => {
            let node = list_node(change, sequence::by_index(change).collect(), &of);
            let Body::List(items) = node.body else { return node };
            Node { body: Body::Set(items), ..node }
        }
        Nesting::Set => set_node(change, &of),
        Nesting::Map => map_node(change, &of),
    }
}

fn object_of(nested: &NestedType, change: Change<'_>) -> Node {
    let attributes = nested.attributes.iter();
    object_node(change, attributes.map(|(name, attribute)| (&**name, attribute)), attribute_node)
}

/// The difference of a value of type `ty`.
pub(super) fn typed(ty: &Type, change: Change<'_>) -> Node {
    let change = change.without_empty();
    if let Some(node) = special(change, &|change| typed(ty, change)) {
        return node;
    }
    match ty {
        Type::String => {
            let body = Body::Text { before: change.before.cloned(), after: change.after.cloned() };
            change.finish(Node::new(change.leaf(), body))
        }
        Type::Bool | Type::Number => json::primitive(change),
        // What forces a replacement inside of it is not told: it has no paths.
        Type::Dynamic => json::generic(Change { replace: Paths::NONE, ..change }),
        Type::Object(object) => {
            let attributes = object.attributes.iter().map(|(k, a)| (k.as_str(), &a.ty));
            object_node(change, attributes, typed)
        }
        Type::Map(elem) => map_node(change, &|change| typed(elem, change)),
        Type::Set(elem) => set_node(change, &|change| typed(elem, change)),
        Type::List(elem) => {
            let objects = matches!(**elem, Type::Object(_));
            let pairs = sequence::by_similarity(change, |_| objects);
            list_node(change, pairs, &|change| typed(elem, change))
        }
        Type::Tuple(elems) => {
            let mut action = change.whole();
            let mut nodes = Vec::new();
            for (i, elem) in elems.iter().enumerate() {
                let node = typed(elem, change.item(Some(i), Some(i)));
                action = action.join(node.action);
                nodes.push(node);
            }
            change.finish(Node::new(action, Body::List(nodes)))
        }
    }
}

fn object_node<'a, 'b, T: 'b + ?Sized>(
    change: Change<'a>,
    attributes: impl Iterator<Item = (&'b str, &'b T)>,
    compute: impl Fn(&'b T, Change<'a>) -> Node,
) -> Node {
    let mut action = change.whole();
    let mut nodes = Vec::new();
    for (name, of) in attributes {
        let child = change.child(name);
        let node = compute(of, child);
        if node.action == Action::NoOp && nothing(child) {
            continue;
        }
        action = action.join(node.action);
        nodes.push((name.to_owned(), node));
    }
    change.finish(Node::new(action, Body::Object(nodes)))
}

fn map_node<'a>(change: Change<'a>, compute: &dyn Fn(Change<'a>) -> Node) -> Node {
    let mut action = change.whole();
    let mut nodes = Vec::new();
    for key in change.keys() {
        let node = compute(change.element(key));
        action = action.join(node.action);
        nodes.push((key.to_owned(), node));
    }
    change.finish(Node::new(action, Body::Map(nodes)))
}

pub(super) fn list_node<'a>(
    change: Change<'a>,
    pairs: Vec<(Option<usize>, Option<usize>)>,
    compute: &dyn Fn(Change<'a>) -> Node,
) -> Node {
    let mut action = change.whole();
    let mut nodes = Vec::with_capacity(pairs.len());
    for (before, after) in pairs {
        let node = compute(change.item(before, after));
        action = action.join(node.action);
        nodes.push(node);
    }
    change.finish(Node::new(action, Body::List(nodes)))
}

fn set_node<'a>(change: Change<'a>, compute: &dyn Fn(Change<'a>) -> Node) -> Node {
    let mut action = change.whole();
    let mut nodes = Vec::new();
    for (before, after) in sequence::as_sets(change) {
        let node = compute(change.item(before, after));
        action = action.join(node.action);
        nodes.push(node);
    }
    change.finish(Node::new(action, Body::Set(nodes)))
}
