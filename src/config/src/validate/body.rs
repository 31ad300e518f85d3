//! The references in a body whose schema is not known.

use std::collections::HashSet;

use groma_lang::syntax::{Attribute, Block, Body, ExprKind, ExprRef, Item, Traversal};
use groma_value::Str;

/// Every reference in a body, at any depth. Names that `dynamic` blocks bind are none.
pub(super) fn references(body: &Body) -> Vec<Traversal> {
    let mut found = Vec::new();
    collect(body, &mut Vec::new(), &mut found);
    found
}

fn collect(body: &Body, bound: &mut Vec<Str>, found: &mut Vec<Traversal>) {
    let Some(items) = body.items() else {
        let (attributes, _) = body.just_attributes();
        collect_json(&attributes, found);
        return;
    };
    for item in items {
        match item {
            Item::Attribute(attribute) => {
                let references = attribute.expr.variables().into_iter();
                found.extend(references.filter(|reference| !bound.contains(&reference.root)));
            }
            Item::Block(block) if &*block.ty == "dynamic" => dynamic(&block, bound, found),
            Item::Block(block) => collect(&block.body, bound, found),
        }
    }
}

/// `for_each` stands outside of what is bound, everything else inside.
fn dynamic(block: &Block, bound: &mut Vec<Str>, found: &mut Vec<Traversal>) {
    let items = block.body.items().unwrap_or_default();
    let argument = |name: &str| {
        items.iter().find_map(|item| match item {
            Item::Attribute(attribute) if &*attribute.name == name => Some(attribute),
            _ => None,
        })
    };
    let unbound = |references: Vec<Traversal>, bound: &[Str]| {
        references.into_iter().filter(|r| !bound.contains(&r.root)).collect::<Vec<_>>()
    };
    if let Some(for_each) = argument("for_each") {
        found.extend(unbound(for_each.expr.variables(), bound));
    }
    let iterator = argument("iterator").and_then(|iterator| iterator.expr.as_keyword());
    let label = block.labels.first().map(|label| label.text.clone());
    let depth = bound.len();
    bound.extend(iterator.or(label));
    if let Some(labels) = argument("labels") {
        found.extend(unbound(labels.expr.variables(), bound));
    }
    for item in &items {
        if let Item::Block(inner) = item {
            collect(&inner.body, bound, found);
        }
    }
    bound.truncate(depth);
}

/// In JSON syntax blocks look like objects: whatever a `dynamic` anywhere in them may bind counts
/// as bound everywhere.
fn collect_json(attributes: &[Attribute], found: &mut Vec<Traversal>) {
    let mut bound = HashSet::new();
    for attribute in attributes {
        if &*attribute.name == "dynamic" {
            iterators(attribute.expr.as_ref(), &mut bound);
        } else {
            nested_iterators(attribute.expr.as_ref(), &mut bound);
        }
    }
    for attribute in attributes {
        let references = attribute.expr.variables().into_iter();
        found.extend(references.filter(|reference| !bound.contains(&*reference.root)));
    }
}

fn nested_iterators(expr: ExprRef<'_>, bound: &mut HashSet<String>) {
    if let ExprKind::JsonObject(items) = expr.kind() {
        for item in &items {
            if key(item.key).as_deref() == Some("dynamic") {
                iterators(item.value, bound);
            }
        }
    }
    expr.for_each_child(|child| nested_iterators(child, bound));
}

/// The names that the content of a `dynamic` property binds.
fn iterators(expr: ExprRef<'_>, bound: &mut HashSet<String>) {
    match expr.kind() {
        ExprKind::JsonObject(items) => {
            for item in &items {
                bound.extend(key(item.key));
                nested_iterators(item.value, bound);
                explicit(item.value, bound);
            }
        }
        _ => expr.for_each_child(|child| iterators(child, bound)),
    }
}

fn explicit(expr: ExprRef<'_>, bound: &mut HashSet<String>) {
    match expr.kind() {
        ExprKind::JsonObject(items) => {
            let iterator = items.iter().find(|item| key(item.key).as_deref() == Some("iterator"));
            bound.extend(iterator.and_then(|item| key(item.value)));
        }
        _ => expr.for_each_child(|child| explicit(child, bound)),
    }
}

fn key(expr: ExprRef<'_>) -> Option<String> {
    match expr.kind() {
        ExprKind::JsonString(text) => Some(text.literal().into_owned()),
        _ => None,
    }
}
