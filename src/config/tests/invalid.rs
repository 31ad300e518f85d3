//! Configurations that are wrong, and what is said of them: the same as Terraform says.
//!
//! `cases/*.txt` hold small configurations, each followed by what Terraform says of it
//! (`>>> severity: summary @ file:line`, in order, each once). What it says only when it
//! evaluates, with providers, is marked `>>~`: that is for others to say. What we say besides is
//! marked `>>+`. Where Terraform says one thing or another by the order in which it visits a map,
//! `>>|` has ours first. The expectations are held against the real terraform too, where there is one.

mod common;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Arc;

use groma_config::{LocalModules, MemorySource, check_calls, check_references, load_config};
use groma_diag::{Diagnostic, Severity, SourceMap};

use common::{Case, cases, oracle};

fn describe(diag: &Diagnostic, sources: &SourceMap) -> String {
    let severity = match diag.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let place = diag.subject.and_then(|span| {
        let file = sources.get(span.file)?;
        Some(format!("{}:{}", file.path(), file.position(span.start).line))
    });
    format!("{severity}: {} @ {}", diag.summary, place.as_deref().unwrap_or("-"))
}

fn ours(case: &Case) -> BTreeSet<String> {
    let source = case
        .files
        .iter()
        .fold(MemorySource::new(), |source, (path, text)| source.with(path, text.as_bytes()));
    let sources = Arc::new(SourceMap::new());
    let (config, mut diags) = load_config(&source, &LocalModules, &sources);
    if !diags.has_errors() {
        diags.extend(check_calls(&config));
    }
    if !diags.has_errors() {
        diags.extend(check_references(&config));
    }
    diags.iter().map(|diag| describe(diag, &sources)).collect()
}

#[test]
fn says_what_terraform_says() {
    let mut failures = String::new();
    for case in cases() {
        let actual = ours(&case);
        let expected: BTreeSet<String> = case.expected.union(&case.besides).cloned().collect();
        if actual == expected {
            continue;
        }
        let _ = writeln!(failures, "=== {}", case.name);
        for line in expected.difference(&actual) {
            let _ = writeln!(failures, "  missing {line}");
        }
        for line in actual.difference(&expected) {
            let _ = writeln!(failures, "  extra   {line}");
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

#[test]
fn expectations_are_those_of_terraform() {
    if !oracle::is_there() {
        return;
    }
    let mut failures = String::new();
    for case in cases() {
        let usual = |said: String| case.instead.get(&said).cloned().unwrap_or(said);
        let actual: BTreeSet<String> = oracle::validate(&case).into_iter().map(usual).collect();
        let expected: BTreeSet<String> = case.expected.union(&case.later).cloned().collect();
        if actual != expected {
            let _ = writeln!(failures, "{}: {actual:#?} instead of {expected:#?}", case.name);
        }
    }
    assert!(failures.is_empty(), "{failures}");
}
