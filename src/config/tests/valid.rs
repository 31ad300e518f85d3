//! Configurations that are right, and what is understood of them.

use std::fmt::Write as _;
use std::sync::Arc;

use groma_config::source::{RecordingSource, SnapshotSource};
use groma_config::{
    Config, IgnoreChanges, LocalModules, MemorySource, Repetition, Source, check_calls,
    check_references, load_config,
};
use groma_diag::SourceMap;

fn load(source: &dyn Source) -> Config {
    let sources = Arc::new(SourceMap::new());
    let (config, mut diags) = load_config(source, &LocalModules, &sources);
    diags.extend(check_calls(&config));
    diags.extend(check_references(&config));
    assert!(diags.is_empty(), "{diags:?}");
    config
}

fn files(files: &[(&str, &str)]) -> MemorySource {
    files.iter().fold(MemorySource::new(), |source, (path, text)| source.with(path, text))
}

const BASE: &str = r#"
variable "size" {
  type        = number
  default     = 1
  description = "How large"
}

locals {
  a = 1
}

output "o" {
  value     = local.a
  sensitive = true
}

resource "terraform_data" "x" {
  count = 2
  input = var.size
  lifecycle {
    prevent_destroy = true
    ignore_changes  = [input]
  }
}
"#;

/// What overrides may change, in a few words.
fn describe(config: &Config) -> String {
    let root = config.root().expect("root");
    let mut text = String::new();
    for variable in root.variables.values() {
        let _ = writeln!(
            text,
            "variable {} {} = {:?} ({:?})",
            variable.name, variable.constraint.ty, variable.default, variable.description
        );
    }
    for local in root.locals.values() {
        let _ = writeln!(text, "local {} = {}", local.name, local.expr.as_ref().source());
    }
    for output in root.outputs.values() {
        let _ = writeln!(
            text,
            "output {} = {} sensitive {}",
            output.name,
            output.expr.as_ref().source(),
            output.sensitive
        );
    }
    for resource in root.resources.values() {
        let (attributes, _) = resource.body.just_attributes();
        let body: Vec<String> = attributes
            .iter()
            .map(|attribute| format!("{}={}", attribute.name, attribute.expr.as_ref().source()))
            .collect();
        let repetition = match &resource.repetition {
            Repetition::Single => "one".to_owned(),
            Repetition::Count(count) => format!("count {}", count.as_ref().source()),
            Repetition::ForEach(each) => format!("each {}", each.as_ref().source()),
        };
        let _ = writeln!(
            text,
            "{} {repetition} {} prevent_destroy {} ignores {}",
            resource.addr,
            body.join(" "),
            resource.lifecycle.prevent_destroy.is_some(),
            match &resource.lifecycle.ignore_changes {
                IgnoreChanges::None => "nothing".to_owned(),
                IgnoreChanges::All => "all".to_owned(),
                IgnoreChanges::Paths(paths) => format!("{paths:?}"),
            }
        );
    }
    text
}

#[test]
fn understands_blocks() {
    assert_eq!(
        describe(&load(&files(&[("main.tf", BASE)]))),
        "variable size number = Some(1) (Some(\"How large\"))\n\
         local a = 1\n\
         output o = local.a sensitive true\n\
         terraform_data.x count 2 input=var.size prevent_destroy true ignores [Traversal(input)]\n"
    );
}

#[test]
fn line_ends_do_not_matter() {
    let crlf = BASE.replace('\n', "\r\n");
    let marked = format!("\u{feff}{BASE}");
    let expected = describe(&load(&files(&[("main.tf", BASE)])));
    assert_eq!(describe(&load(&files(&[("main.tf", &crlf)]))), expected);
    assert_eq!(describe(&load(&files(&[("main.tf", &marked)]))), expected);
}

#[test]
fn overrides_replace_argument_by_argument() {
    let first = r#"
variable "size" {
  type = string
}
output "o" {
  value = 2
}
resource "terraform_data" "x" {
  input            = 5
  triggers_replace = 6
  lifecycle {
    prevent_destroy = false
  }
}
"#;
    let second = r#"{
  "locals": { "a": 3 },
  "resource": { "terraform_data": { "x": { "for_each": "${{}}", "lifecycle": {
    "ignore_changes": "all"
  } } } }
}"#;
    let source = files(&[
        ("main.tf", BASE),
        ("a_override.tf", first),
        ("override.tf.json", second),
        ("ignored_override.tf~", "nonsense"),
        (".hidden.tf", "nonsense"),
        ("x.groma.hcl", "nonsense"),
    ]);
    assert_eq!(
        describe(&load(&source)),
        "variable size string = Some(\"1\") (Some(\"How large\"))\n\
         local a = 3\n\
         output o = 2 sensitive true\n\
         terraform_data.x each \"${{}}\" input=5 triggers_replace=6 prevent_destroy false ignores \
         all\n"
    );
}

const CHILD: &str = r#"
terraform {
  required_providers {
    time = {
      source                = "hashicorp/time"
      configuration_aliases = [time.other]
    }
  }
}
resource "time_static" "a" {
  provider = time.other
}
resource "time_static" "b" {}
resource "null_resource" "c" {}
"#;

#[test]
fn connects_provider_configurations() {
    let main = r#"
terraform {
  required_providers {
    time = { source = "hashicorp/time" }
    zero = { source = "hashicorp/null" }
  }
}
provider "time" {}
provider "time" {
  alias = "west"
}
module "child" {
  source = "./child"
  providers = {
    time       = time
    time.other = time.west
  }
}
"#;
    let config = load(&files(&[("main.tf", main), ("child/main.tf", CHILD)]));
    let child = &config.modules[1];
    let served: Vec<String> = child
        .resources
        .values()
        .map(|resource| {
            let provider = child.provider_config_of(resource).expect("provider");
            format!("{} {provider}", resource.addr)
        })
        .collect();
    let time = "provider[\"registry.terraform.io/hashicorp/time\"]";
    assert_eq!(
        served,
        [
            "null_resource.c provider[\"registry.terraform.io/hashicorp/null\"]".to_owned(),
            format!("time_static.a {time}.west"),
            format!("time_static.b {time}"),
        ]
    );
}

#[test]
fn a_snapshot_answers_as_its_source_did() {
    let source = files(&[
        ("main.tf", "module \"child\" {\n  source = \"./child\"\n}\n"),
        ("child/main.tf", "locals {\n  x = 1\n}\n"),
    ]);
    let recording = RecordingSource::new(source);
    assert_eq!(load(&recording).modules.len(), 2);
    assert_eq!(recording.kind("none"), Ok(None));
    let replay = SnapshotSource::new(recording.snapshot());
    assert_eq!(load(&replay).modules.len(), 2);
    assert_eq!(replay.kind("none"), Ok(None));
    assert!(replay.read("never-asked").is_err());
    let cache = tempfile::tempdir().expect("directory");
    let root = replay.materialize(cache.path()).expect("tree");
    assert!(root.join("child/main.tf").is_file());
}

#[test]
fn a_module_that_calls_itself_ends() {
    let source = files(&[("main.tf", "module \"again\" {\n  source = \"./\"\n}\n")]);
    let sources = Arc::new(SourceMap::new());
    let (_, diags) = load_config(&source, &LocalModules, &sources);
    let summaries: Vec<_> = diags.iter().map(|diag| &*diag.summary).collect();
    assert_eq!(summaries, ["Module calls itself"]);
}

#[test]
fn symbolic_links_in_a_circle_are_an_error() {
    if !cfg!(unix) {
        println!("skipped: symbolic links, run on Unix");
        return;
    }
    let dir = tempfile::tempdir().expect("directory");
    #[cfg(unix)]
    std::os::unix::fs::symlink("loop.tf", dir.path().join("loop.tf")).expect("link");
    let source = groma_config::DirSource::new(dir.path(), dir.path());
    let sources = Arc::new(SourceMap::new());
    let (_, diags) = load_config(&source, &LocalModules, &sources);
    let summaries: Vec<_> = diags.iter().map(|diag| &*diag.summary).collect();
    assert_eq!(summaries, ["Failed to read file"]);
}
