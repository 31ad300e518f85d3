//! Diagnostics, and paths into values.

use groma_diag::Severity;
use groma_provider_api::{AttributeDiagnostic, ProviderDiagnostics};
use groma_value::Path;

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
