//! Providers' diagnostics, placed in the configuration that they are about.

use groma_diag::{Diagnostic, Diagnostics, Severity, Span};
use groma_lang::syntax::{Body, Item};
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
    let place = |path: &Path| {
        let argument = body.and_then(|body| argument(body, &path.0));
        argument.or_else(|| body.map(Body::missing_item_span))
    };
    diagnostics
        .into_iter()
        .map(|found| {
            let span = place(&found.path).or(block);
            let diagnostic = match found.severity {
                Severity::Error => Diagnostic::error(found.summary, found.detail),
                Severity::Warning => Diagnostic::warning(found.summary, found.detail),
            };
            diagnostic.at_opt(span).about(address)
        })
        .collect()
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
