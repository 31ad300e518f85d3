//! In which order people read diagnostics, and which of them are told as one.

use std::cmp::Ordering;
use std::collections::HashMap;

use groma_diag::{Diagnostic, Diagnostics, Severity, SourceMap};

/// Warnings before errors, what has no place before what has one, short paths before long ones.
pub(super) fn sorted<'a>(diagnostics: &'a Diagnostics, sources: &SourceMap) -> Vec<&'a Diagnostic> {
    let mut sorted: Vec<&Diagnostic> = diagnostics.iter().collect();
    sorted.sort_by(|a, b| a.severity.cmp(&b.severity).then_with(|| by_place(a, b, sources)));
    sorted
}

fn by_place(a: &Diagnostic, b: &Diagnostic, sources: &SourceMap) -> Ordering {
    let (Some(a), Some(b)) = (a.subject, b.subject) else {
        return a.subject.is_some().cmp(&b.subject.is_some());
    };
    let by_path = || {
        let path = |span: groma_diag::Span| sources.get(span.file);
        let (Some(a), Some(b)) = (path(a), path(b)) else { return Ordering::Equal };
        let (a, b) = (a.path(), b.path());
        a.len().cmp(&b.len()).then_with(|| a.cmp(b))
    };
    let by_file = if a.file == b.file { Ordering::Equal } else { by_path() };
    by_file.then(a.start.cmp(&b.start)).then(a.end.cmp(&b.end))
}

/// The first warning of each title stands for all of them, and says how many there are.
pub(super) fn consolidated(sorted: &[&Diagnostic]) -> Vec<Diagnostic> {
    let mut said: Vec<Diagnostic> = Vec::with_capacity(sorted.len());
    let mut first: HashMap<&str, (usize, usize)> = HashMap::new();
    for diagnostic in sorted {
        let alone = diagnostic.severity == Severity::Error
            || diagnostic.of_check
            || diagnostic.subject.is_none();
        if alone {
            said.push((*diagnostic).clone());
            continue;
        }
        let (_, more) = first
            .entry(&diagnostic.summary)
            .and_modify(|(_, more)| *more += 1)
            .or_insert((said.len(), 0));
        if *more == 0 {
            said.push((*diagnostic).clone());
        }
    }
    for (index, more) in first.into_values() {
        let Some(diagnostic) = said.get_mut(index) else { continue };
        match more {
            0 => {}
            1 => diagnostic.detail.push_str("\n\n(and one more similar warning elsewhere)"),
            more => {
                let note = format!("\n\n(and {more} more similar warnings elsewhere)");
                diagnostic.detail.push_str(&note);
            }
        }
    }
    said
}
