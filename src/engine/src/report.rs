//! Providers' diagnostics, placed in the configuration that they are about.

use groma_diag::{Diagnostic, Diagnostics, Severity, Span};
use groma_lang::syntax::{AttributeSchema, Body, BodySchema, Item};
use groma_provider_api::ProviderDiagnostics;
use groma_value::{Path, PathStep};

/// The diagnostics with their places: the argument that a path leads to, or where one would be
/// added; the block if its content is not at hand.
pub(crate) fn located(
    diagnostics: ProviderDiagnostics,
    body: Option<&Body>,
    block: Option<Span>,
    address: &str,
) -> Diagnostics {
    let place = |path: &Path| body.map(|body| place(body, &path.0)).or(block);
    diagnostics
        .into_iter()
        .map(|found| {
            let span = place(&found.path);
            let diagnostic = match found.severity {
                Severity::Error => Diagnostic::error(found.summary, found.detail),
                Severity::Warning => Diagnostic::warning(found.summary, found.detail),
            };
            diagnostic.at_opt(span).about(address)
        })
        .collect()
}

/// Where a path leads to: the argument that it ends with, or where one would be added in the last
/// block on the way that is written.
fn place(body: &Body, path: &[PathStep]) -> Span {
    // An element is where the argument is that has it.
    let ([above @ .., PathStep::Attr(name)]
    | [above @ .., PathStep::Attr(name), PathStep::Key(_) | PathStep::Index(_)]) = path
    else {
        return body.missing_item_span();
    };
    let body = descend(body, above);
    let mut schema = BodySchema::new();
    schema.add_attribute(AttributeSchema { name: name.to_string().into(), required: false });
    let (content, _, _) = body.partial_content(&schema);
    content.attr(name).map_or_else(|| body.missing_item_span(), |found| found.expr.span())
}

/// The body of the block that a path leads to, as far as it can be followed.
fn descend(body: &Body, mut path: &[PathStep]) -> Body {
    let mut body = body.clone();
    while let [PathStep::Attr(name), rest @ ..] = path {
        let (nth, rest) = match rest {
            [index @ (PathStep::Key(_) | PathStep::Index(_)), rest @ ..] => (Some(index), rest),
            rest => (None, rest),
        };
        let labels: &[&str] = if let Some(PathStep::Key(_)) = nth { &["key"] } else { &[] };
        let (content, _, _) =
            body.partial_content(&BodySchema::new().block(name.to_string(), labels));
        let mut blocks = content.blocks_of(name);
        let found = match nth {
            Some(PathStep::Index(at)) => {
                at.to_u64().and_then(|at| blocks.nth(usize::try_from(at).ok()?))
            }
            Some(PathStep::Key(key)) => {
                blocks.find(|block| block.labels.first().is_some_and(|label| label.text == *key))
            }
            // Which of several is meant is not known.
            _ => blocks.next().filter(|_| blocks.next().is_none()),
        };
        let Some(found) = found else { return body };
        body = found.body.clone();
        path = rest;
    }
    body
}

/// Where the argument that a path leads to, or into, is written.
pub(crate) fn argument(body: &Body, path: &[PathStep]) -> Option<Span> {
    let (PathStep::Attr(name), rest) = path.split_first()? else { return None };
    let mut nth = match rest.first() {
        Some(PathStep::Index(at)) => at.to_u64().unwrap_or_default(),
        _ => 0,
    };
    let Some(items) = body.items() else {
        let (attributes, _) = body.just_attributes();
        return attributes.iter().find(|a| a.name == *name).map(|a| a.expr.span());
    };
    for item in items {
        match item {
            Item::Attribute(attribute) if attribute.name == *name => {
                return Some(attribute.expr.span());
            }
            Item::Block(block) if block.ty == *name => {
                if nth == 0 {
                    let inner = rest.iter().position(|step| matches!(step, PathStep::Attr(_)));
                    let inner = inner.and_then(|at| argument(&block.body, rest.get(at..)?));
                    return inner.or(Some(block.def_span));
                }
                nth -= 1;
            }
            Item::Attribute(_) | Item::Block(_) => {}
        }
    }
    None
}
