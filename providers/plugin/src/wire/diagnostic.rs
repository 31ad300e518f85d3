//! Diagnostics, and paths into values, both ways.

use groma_diag::Severity;
use groma_provider_api::{AttributeDiagnostic, ProviderDiagnostics};
use groma_value::{Path, PathStep};

use crate::proto;

/// What a provider has to say.
pub(crate) fn diagnostics(said: Vec<proto::Diagnostic>) -> ProviderDiagnostics {
    said.into_iter()
        .map(|said| AttributeDiagnostic {
            // What has no severity is not known to be harmless.
            severity: match said.severity() {
                proto::Severity::Warning => Severity::Warning,
                proto::Severity::Error | proto::Severity::Invalid => Severity::Error,
            },
            summary: said.summary,
            detail: said.detail,
            path: said.attribute.map(path).unwrap_or_default(),
        })
        .collect()
}

/// A path into a value, as far as its steps say something.
pub(crate) fn path(path: proto::AttributePath) -> Path {
    let steps = path.steps.into_iter().map_while(|step| step.selector);
    steps.fold(Path::new(), |path, step| match step {
        proto::Selector::AttributeName(name) => path.attr(name),
        proto::Selector::ElementKeyString(key) => path.key(key),
        proto::Selector::ElementKeyInt(index) => path.index(index),
    })
}

/// What a native provider has to say.
pub(crate) fn diagnostics_to(said: ProviderDiagnostics) -> Vec<proto::Diagnostic> {
    said.into_iter()
        .map(|said| proto::Diagnostic {
            severity: match said.severity {
                Severity::Error => proto::Severity::Error,
                Severity::Warning => proto::Severity::Warning,
            }
            .into(),
            summary: said.summary,
            detail: said.detail,
            attribute: Some(path_to(&said.path)).filter(|path| !path.steps.is_empty()),
        })
        .collect()
}

/// A path into a value as far as the protocol can say it: it has no elements of sets.
pub(crate) fn path_to(Path(steps): &Path) -> proto::AttributePath {
    let selectors = steps.iter().map_while(|step| match step {
        PathStep::Attr(name) => Some(proto::Selector::AttributeName(name.to_string())),
        PathStep::Key(key) => Some(proto::Selector::ElementKeyString(key.to_string())),
        PathStep::Index(index) => index.to_i64().map(proto::Selector::ElementKeyInt),
        PathStep::Element(_) => None,
    });
    let step = |selector| proto::Step { selector: Some(selector) };
    proto::AttributePath { steps: selectors.map(step).collect() }
}
