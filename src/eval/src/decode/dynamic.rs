//! `dynamic` blocks to what they stand for.

use groma_diag::{Diagnostic, Diagnostics, SourceMap};
use groma_lang::eval::{Cause, FunctionRef, Resolved, Scope, evaluate, expression_values};
use groma_lang::functions::{Host, Patterns};
use groma_lang::syntax::{Attribute, Block, BlockSchema, BodyContent, BodySchema, Expr, Traversal};
use groma_value::{Marks, Str, Type, Value, View, convert};

use super::body::Inside;
use super::nested::{Gathered, Occurrence};
use super::spec::Spec;

/// The names around a `dynamic` block's content: one more, its iterator.
struct Iteration<'a> {
    outer: &'a dyn Scope,
    name: &'a str,
    element: Value,
}

impl Scope for Iteration<'_> {
    fn resolve(&self, reference: &Traversal) -> Result<Resolved, Diagnostics> {
        if &*reference.root == self.name {
            return Ok(Resolved::root(self.element.clone()));
        }
        self.outer.resolve(reference)
    }

    fn function(&self, name: &str) -> FunctionRef {
        self.outer.function(name)
    }

    fn function_names(&self) -> Vec<String> {
        self.outer.function_names()
    }

    fn host(&self) -> &dyn Host {
        self.outer.host()
    }

    fn patterns(&self) -> Option<&Patterns> {
        self.outer.patterns()
    }

    fn sources(&self) -> Option<&SourceMap> {
        self.outer.sources()
    }

    fn has_names(&self) -> bool {
        self.outer.has_names()
    }
}

/// A `dynamic` block taken apart.
struct Dynamic<'a> {
    /// Which field of the spec it makes blocks of.
    at: usize,
    for_each: Value,
    iterator: Str,
    labels: Vec<Expr>,
    content: &'a Block,
    block: &'a Block,
}

/// Adds the blocks that `block` stands for. `schema` is what the body was asked for.
pub(super) fn expand(
    spec: &Spec,
    schema: &BodySchema,
    block: &Block,
    scope: &dyn Scope,
    inside: Inside,
    gathered: &mut [Gathered],
    diags: &mut Diagnostics,
) {
    let Some(label) = block.labels.first() else { return };
    let wanted = schema.blocks().iter().find(|wanted| wanted.ty == label.text.as_str());
    let at = spec.field(&label.text);
    let (Some(wanted), Some(at)) = (wanted.filter(|wanted| wanted.ty != "dynamic"), at) else {
        let detail = format!("Blocks of type {:?} are not expected here.", label.text);
        diags.push(Diagnostic::error("Unsupported block type", detail).at(label.span));
        return;
    };
    let (content, problems) = block.body.content(&inner_schema(!wanted.labels.is_empty()));
    let failed = problems.has_errors();
    diags.extend(problems);
    if failed {
        return;
    }
    let Some(dynamic) = take_apart(at, wanted, block, &content, scope, diags) else { return };
    let (elements, marks) = dynamic.for_each.clone().unmark();
    let mut occur = |key: Value, value: Value, inside: Inside| {
        let element = Value::object_of([("key", key), ("value", value)]);
        let scope = Iteration { outer: scope, name: &dynamic.iterator, element };
        let Some(label) = label_of(&dynamic, &scope, diags) else { return };
        let (body, place) = (&dynamic.content.body, dynamic.block.def_span);
        let occurrence = Occurrence { body, label, place, scope: &scope, inside };
        spec.occur(dynamic.at, &occurrence, gathered, diags);
    };
    let each = Inside { marks, ..inside };
    match elements.view() {
        View::List(items) | View::Tuple(items) => {
            for (index, item) in items.iter().enumerate() {
                let index = i64::try_from(index).unwrap_or(i64::MAX);
                occur(Value::number(index), item.clone(), each);
            }
        }
        View::Set(items) => {
            for item in items {
                occur(item.clone(), item.clone(), each);
            }
        }
        View::Map(fields) | View::Object(fields) => {
            for (name, item) in fields.iter() {
                occur(Value::string(name.clone()), item.clone(), each);
            }
        }
        // Not known: a block stands for any number of them, with nothing in it known.
        _ => {
            let inside = Inside { unknown: true, marks: Marks::NONE };
            occur(Value::dynamic(), Value::dynamic(), inside);
        }
    }
}

/// What a `dynamic` block holds.
pub(super) fn inner_schema(labels: bool) -> BodySchema {
    let schema = BodySchema::new().required("for_each").optional("iterator");
    let schema = if labels { schema.required("labels") } else { schema };
    schema.block("content", &[])
}

fn take_apart<'a>(
    at: usize,
    wanted: &BlockSchema,
    block: &'a Block,
    content: &'a BodyContent,
    scope: &dyn Scope,
    diags: &mut Diagnostics,
) -> Option<Dynamic<'a>> {
    let for_each = for_each(content.attr("for_each")?, scope, diags)?;
    let iterator = match content.attr("iterator") {
        Some(attribute) => iterator_name(attribute, diags)?,
        None => Str::new(&wanted.ty),
    };
    let labels = match content.attr("labels") {
        Some(attribute) => labels(attribute, wanted, diags)?,
        None => Vec::new(),
    };
    let mut contents = content.blocks.iter();
    let Some(first) = contents.next() else {
        let detail = "A dynamic block must have a nested block of type \"content\" to describe \
                      the body of each generated block.";
        let place = content.missing_item_span;
        diags.push(Diagnostic::error("Missing dynamic content block", detail).at_opt(place));
        return None;
    };
    if let Some(second) = contents.next() {
        let detail = "Only one nested content block is allowed for each dynamic block.";
        let place = second.def_span;
        diags.push(Diagnostic::error("Extraneous dynamic content block", detail).at(place));
        return None;
    }
    Some(Dynamic { at, for_each, iterator, labels, content: first, block })
}

fn for_each(attribute: &Attribute, scope: &dyn Scope, diags: &mut Diagnostics) -> Option<Value> {
    let (value, problems) = evaluate(&attribute.expr, scope);
    let failed = problems.has_errors();
    diags.extend(problems);
    if failed {
        return None;
    }
    let ty = value.ty();
    let detail = match &ty {
        ty if !ty.is_collection()
            && !matches!(ty, Type::Tuple(_) | Type::Object(_) | Type::Dynamic) =>
        {
            format!(
                "Cannot use a {} value in for_each. An iterable collection is required.",
                ty.friendly_name()
            )
        }
        _ if value.is_null() => "Cannot use a null value in for_each.".to_owned(),
        _ => return Some(value),
    };
    diags.push(wrong("Invalid dynamic for_each value", detail, &attribute.expr, scope));
    None
}

fn iterator_name(attribute: &Attribute, diags: &mut Diagnostics) -> Option<Str> {
    match attribute.expr.as_traversal() {
        Ok(traversal) if traversal.is_word() => Some(traversal.root),
        Ok(traversal) => {
            diags.push(
                Diagnostic::error(
                    "Invalid dynamic iterator name",
                    "Dynamic iterator must be a single variable name.",
                )
                .at(traversal.span),
            );
            None
        }
        Err(problems) => {
            diags.extend(problems);
            None
        }
    }
}

fn labels(
    attribute: &Attribute,
    wanted: &BlockSchema,
    diags: &mut Diagnostics,
) -> Option<Vec<Expr>> {
    let labels = match attribute.expr.as_literal_list() {
        Ok(labels) => labels,
        Err(problems) => {
            diags.extend(problems);
            return None;
        }
    };
    let count = wanted.labels.len();
    let (summary, place) = match labels.get(count) {
        Some(extra) => ("Extraneous dynamic block label", extra.span()),
        None if labels.len() < count => {
            ("Insufficient dynamic block labels", attribute.expr.span())
        }
        None => return Some(labels),
    };
    let detail = format!("Blocks of type {:?} require {count} label(s).", wanted.ty);
    diags.push(Diagnostic::error(summary, detail).at(place));
    None
}

/// The label of one block that is made; `Some(None)` if the type has none, `None` if it is wrong.
#[expect(clippy::option_option, reason = "absent is not the same as wrong")]
fn label_of(
    dynamic: &Dynamic<'_>,
    scope: &dyn Scope,
    diags: &mut Diagnostics,
) -> Option<Option<Str>> {
    const SUMMARY: &str = "Invalid dynamic block label";
    let Some(expr) = dynamic.labels.first() else { return Some(None) };
    let (value, problems) = evaluate(expr, scope);
    let failed = problems.has_errors();
    diags.extend(problems);
    if failed {
        return None;
    }
    let detail = match convert(&value, &Type::String) {
        Ok(label) if label.is_null() => {
            "Cannot use a null value as a dynamic block label.".to_owned()
        }
        Ok(label) => match label.as_str() {
            Some(label) => return Some(Some(label.clone())),
            None => "This value is not yet known. Dynamic block labels must be immediately-known \
                     values."
                .to_owned(),
        },
        Err(error) => format!("Cannot use this value as a dynamic block label: {error}."),
    };
    diags.push(wrong(SUMMARY, detail, expr, scope));
    None
}

fn wrong(summary: &str, detail: String, expr: &Expr, scope: &dyn Scope) -> Diagnostic {
    let mut diagnostic = Diagnostic::error(summary, detail).at(expr.span());
    diagnostic.values = expression_values(expr, scope, Cause::default());
    diagnostic
}
