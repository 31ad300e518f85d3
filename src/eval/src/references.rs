//! What an expression, a body or a `depends_on` refers to, found without evaluating it.

use groma_lang::syntax::{Body, Expr, Item, Traversal};
use groma_value::Str;

/// Calls `visit` with each reference in an expression.
pub fn of_expr(expr: &Expr, visit: &mut dyn FnMut(&Traversal)) {
    expr.variables().iter().for_each(visit);
}

/// Calls `visit` with each reference in a body: in native syntax of all arguments and nested
/// blocks, but not of the iterators of `dynamic` blocks.
///
/// A body of JSON syntax does not say by itself what in it is an argument, so that the strings in
/// all of it count.
pub fn of_body(body: &Body, visit: &mut dyn FnMut(&Traversal)) {
    in_body(body, &mut Vec::new(), visit);
}

fn in_body(body: &Body, bound: &mut Vec<Str>, visit: &mut dyn FnMut(&Traversal)) {
    let Some(items) = body.items() else {
        let (attributes, _) = body.just_attributes();
        for attribute in attributes {
            in_expr(&attribute.expr, bound, visit);
        }
        return;
    };
    for item in items {
        match item {
            Item::Attribute(attribute) => in_expr(&attribute.expr, bound, visit),
            Item::Block(block) if &*block.ty == "dynamic" && block.labels.len() == 1 => {
                in_dynamic(&block.body, &block.labels[0].text, bound, visit);
            }
            Item::Block(block) => in_body(&block.body, bound, visit),
        }
    }
}

/// The references of a `dynamic` block: its iterator is no reference inside its content.
fn in_dynamic(body: &Body, label: &Str, bound: &mut Vec<Str>, visit: &mut dyn FnMut(&Traversal)) {
    let items = body.items().unwrap_or_default();
    let iterator = items.iter().find_map(|item| match item {
        Item::Attribute(attribute) if &*attribute.name == "iterator" => {
            attribute.expr.as_keyword().map(|name| Str::from(&*name))
        }
        _ => None,
    });
    for item in &items {
        match item {
            Item::Attribute(attribute) if &*attribute.name == "iterator" => {}
            Item::Attribute(attribute) if &*attribute.name == "for_each" => {
                in_expr(&attribute.expr, bound, visit);
            }
            Item::Attribute(attribute) => {
                bound.push(iterator.clone().unwrap_or_else(|| label.clone()));
                in_expr(&attribute.expr, bound, visit);
                bound.pop();
            }
            Item::Block(block) => {
                bound.push(iterator.clone().unwrap_or_else(|| label.clone()));
                in_body(&block.body, bound, visit);
                bound.pop();
            }
        }
    }
}

fn in_expr(expr: &Expr, bound: &[Str], visit: &mut dyn FnMut(&Traversal)) {
    for traversal in expr.variables() {
        if !bound.contains(&traversal.root) {
            visit(&traversal);
        }
    }
}
