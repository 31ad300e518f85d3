//! Where a root module says that its state is, found without parsing what cannot say it.

use std::sync::Arc;

use groma_config::{LocalModules, MemorySource, load_config, load_state_blocks};
use groma_diag::{Diagnostics, SourceMap};

fn brief(blocks: (Option<&str>, bool), diags: &Diagnostics) -> String {
    let mut parts: Vec<String> = blocks.0.map(str::to_owned).into_iter().collect();
    parts.extend(blocks.1.then(|| "cloud".to_owned()));
    parts.extend(diags.iter().map(|found| format!("! {}", found.summary)));
    parts.join(" ")
}

/// What is found in files; the same as in the whole configuration, if that is right.
#[track_caller]
fn check(files: &[(&str, &str)], expected: &str) {
    let source = files.iter().fold(MemorySource::new(), |s, (path, text)| s.with(path, text));
    let (blocks, diags) = load_state_blocks(&source, &SourceMap::new());
    let ty = blocks.backend.as_ref().map(|backend| &*backend.ty);
    assert_eq!(brief((ty, blocks.cloud.is_some()), &diags), expected);
    let (config, diags) = load_config(&source, &LocalModules, &Arc::new(SourceMap::new()));
    let Some(root) = config.root().filter(|_| diags.is_empty()) else { return };
    let ty = root.backend.as_ref().map(|backend| &*backend.ty);
    assert_eq!(brief((ty, root.cloud.is_some()), &diags), expected);
}

const BACKEND: &str = "terraform {\n  backend \"s3\" {}\n}\n";

#[test]
fn blocks_are_found() {
    check(&[("main.tf", "locals {\n  a = 1\n}\n")], "");
    check(&[("main.tf", BACKEND)], "s3");
    check(&[("a.tf", "locals {}\n"), ("b.tf", "terraform {\n  cloud {}\n}\n")], "cloud");
    check(&[("main.tf", "\u{feff}terraform {\r\n  backend s3 {}\r\n}\r\n")], "s3");
    check(&[("main.tf", "locals {\n  backend = \"cloud\"\n}\n")], "");
}

#[test]
fn blocks_of_json_are_found_however_they_are_spelled() {
    check(&[("a.tf.json", r#"{"terraform": {"backend": {"gcs": {}}}}"#)], "gcs");
    check(&[("a.tf.json", r#"{"terraform": {"\u0062ackend": {"gcs": {}}}}"#)], "gcs");
    check(&[("a.tf.json", r#"{"\u0074erraform": [{"cloud": [{}]}]}"#)], "cloud");
}

#[test]
fn overrides_count() {
    let local = "terraform {\n  backend \"local\" {}\n}\n";
    check(&[("main.tf", BACKEND), ("override.tf", local)], "local");
    check(&[("main.tf", "locals {}\n"), ("b_override.tf", BACKEND)], "s3");
    check(&[("main.tf", BACKEND), ("b_override.tf", "terraform {\n  cloud {}\n}\n")], "cloud");
    // What is overridden besides is in a file that has no need to be parsed.
    let besides = format!("{BACKEND}locals {{\n  a = 2\n}}\n");
    check(&[("main.tf", "locals {\n  a = 1\n}\n"), ("override.tf", &besides)], "s3");
}

#[test]
fn errors_are_those_of_files_that_may_have_a_block() {
    check(&[("main.tf", "locals {\n  a = )\n}\n"), ("b.tf", BACKEND)], "s3");
    check(&[("main.tf", "resource \"a\" {}\n")], "");
    check(&[("main.tf", "terraform {\n  backend {}\n}\n")], "! Missing type for backend");
    check(&[("a.tf", BACKEND), ("b.tf", BACKEND)], "s3 ! Duplicate backend configuration");
    let source = MemorySource::new().with("main.tf", b"terraform {\n backend \"x\xff\" {}\n}\n");
    let (_, diags) = load_state_blocks(&source, &SourceMap::new());
    assert!(diags.has_errors(), "what is no UTF-8 is parsed too");
}
