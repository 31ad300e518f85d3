use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use groma_diag::SourceMap;

use super::{InputArg, InputSource, InputSources, collect_inputs};
use crate::{LocalModules, MemorySource, load_config};

const MAIN: &str = r#"
variable "text" {}
variable "number" { type = number }
variable "list" { type = list(string) }
"#;

/// `args` are `name=value` or `@file`.
#[track_caller]
fn check(source: &MemorySource, environment: &[(&str, &str)], args: &[&str], expected: &str) {
    let source = source.clone().with("main.tf", MAIN);
    let sources = Arc::new(SourceMap::new());
    let (config, diags) = load_config(&source, &LocalModules, &sources);
    assert!(diags.is_empty(), "{diags:?}");
    let environment: BTreeMap<String, String> =
        environment.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    let args: Vec<InputArg> = args
        .iter()
        .map(|arg| match arg.strip_prefix('@') {
            Some(file) => InputArg::File(file.to_owned()),
            None => InputArg::Value((*arg).to_owned()),
        })
        .collect();
    let from =
        InputSources { config: &source, files: &source, environment: &environment, args: &args };
    let (values, diags) = collect_inputs(config.root().expect("root"), from, &sources);
    let mut actual = String::new();
    for (name, value) in values {
        let source = match value.source {
            InputSource::Environment => "environment".to_owned(),
            InputSource::Argument => "argument".to_owned(),
            InputSource::File(span) | InputSource::NamedFile(span) => sources.describe(span),
        };
        let _ = writeln!(actual, "{name} = {:?} from {source}", value.value);
    }
    for diag in diags {
        let _ = writeln!(actual, "{:?}: {}", diag.severity, diag.summary);
    }
    assert_eq!(actual.trim(), expected.trim());
}

#[test]
fn later_sources_win() {
    let source = MemorySource::new()
        .with("terraform.tfvars", "text = \"a\"")
        .with("terraform.tfvars.json", "{\"text\": \"b\"}")
        .with("b.auto.tfvars", "text = \"d\"")
        .with("a.auto.tfvars.json", "{\"text\": \"c\"}")
        .with("e.tfvars", "text = \"e\"");
    let environment = [("text", "z")];
    check(&MemorySource::new(), &environment, &[], "text = \"z\" from environment");
    check(&source, &environment, &[], "text = \"d\" from b.auto.tfvars:1,8");
    check(&source, &environment, &["@e.tfvars"], "text = \"e\" from e.tfvars:1,8");
    check(&source, &environment, &["text=f", "@e.tfvars"], "text = \"e\" from e.tfvars:1,8");
    check(&source, &environment, &["@e.tfvars", "text=f"], "text = \"f\" from argument");
}

#[test]
fn text_is_read_by_type() {
    let none = MemorySource::new();
    check(&none, &[], &["text=[1]"], "text = \"[1]\" from argument");
    check(&none, &[], &["number=1+1"], "number = \"1+1\" from argument");
    check(&none, &[], &["list=[\"a\"]"], "list = [\"a\"] from argument");
    check(&none, &[], &["list=["], "Error: Missing expression");
    check(&none, &[], &["list=[a]"], "Error: Variables not allowed");
    check(&none, &[("list", "")], &[], "Error: Missing expression");
}

#[test]
fn what_is_wrong_is_said() {
    let none = MemorySource::new();
    check(&none, &[], &["text"], "Error: Invalid -var option");
    check(&none, &[], &["text =1"], "Error: Invalid -var option");
    check(&none, &[], &["other=1"], "Error: Value for undeclared variable");
    check(&none, &[("other", "1")], &[], "");
    check(&none, &[], &["@nope.tfvars"], "Error: Failed to read variables file");
    let source = none
        .with("a.tfvars", "b = 1\nc = 1\nd = 1\ne = 1")
        .with("b.tfvars", "text = \"x\"\nvariable \"y\" {}")
        .with("c.tfvars", "text = upper(\"x\")");
    check(
        &source,
        &[],
        &["@a.tfvars"],
        "Warning: Value for undeclared variable\nWarning: Value for undeclared variable\nWarning: \
         Values for undeclared variables",
    );
    check(&source, &[], &["@b.tfvars"], "Error: Variable declaration in .tfvars file");
    check(&source, &[], &["@c.tfvars"], "Error: Function calls not allowed");
    check(&source, &[], &["@c.tfvars", "text=y"], "text = \"y\" from argument");
}
