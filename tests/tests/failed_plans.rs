//! What a plan that failed leaves behind: a file that can be shown and not applied, with what was
//! worked out until then; or nothing, where that would be misleading.

use std::path::Path;

use groma_tests::compare::compare;
use groma_tests::json::Json;
use groma_tests::{Output, Workdir, groma_binary, terraform};

/// Documents by kind, as the comparison knows them, and texts.
struct Left {
    documents: Vec<(&'static str, Json)>,
    texts: Vec<String>,
}

/// What there is after a plan of `text` that fails.
fn left(program: &Path, text: &str) -> Left {
    let dir = Workdir::new();
    dir.write("main.tf", text);
    let run = |args: &[&str]| dir.run(program, args);
    run(&["init", "-input=false"]);
    let events = run(&["plan", "-json", "-input=false", "-out=the.plan"]);
    assert_eq!(events.code, 1, "{}", events.stdout);
    let mut left = Left {
        documents: vec![("events", Json::parse_lines(&events.stdout))],
        texts: vec![format!("a file: {}", dir.path().join("the.plan").exists())],
    };
    if !dir.path().join("the.plan").exists() {
        return left;
    }
    let shown = run(&["show", "-json", "the.plan"]).success().stdout;
    left.documents.push(("plan", Json::parse(&shown).expect("JSON")));
    left.texts.push(run(&["show", "-no-color", "the.plan"]).success().stdout);
    let Output { code, stderr, .. } = run(&["apply", "-no-color", "the.plan"]);
    let summary = stderr.lines().find(|line| line.starts_with("Error: ")).unwrap_or_default();
    left.texts.push(format!("{code} {summary}"));
    assert!(run(&["state", "list"]).stdout.is_empty(), "nothing is applied");
    left
}

/// Texts with the tools called alike, and however they are broken into lines.
fn words(text: &str) -> Vec<String> {
    let text = text.replace("Groma", "Terraform").replace("groma", "terraform");
    text.split_whitespace().map(str::to_owned).collect()
}

#[track_caller]
fn check(text: &str, leaves_a_file: bool) {
    let oracle = match terraform() {
        Ok(oracle) => oracle,
        Err(missing) => return missing.skip(),
    };
    let (expected, found) = (left(&oracle, text), left(&groma_binary(), text));
    assert_eq!(expected.documents.len() == 2, leaves_a_file);
    for (expected, found) in expected.texts.iter().zip(&found.texts) {
        assert_eq!(words(expected), words(found));
    }
    let mut differences = Vec::new();
    for ((kind, expected), (_, found)) in expected.documents.iter().zip(&found.documents) {
        compare(kind, kind, expected, found, &mut differences);
    }
    let differences: Vec<String> = differences.iter().map(ToString::to_string).collect();
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
fn what_was_planned_before_it_failed_is_kept() {
    check(
        r#"
        variable "x" {
          default = false
        }
        resource "terraform_data" "a" {
          input = 1
        }
        resource "terraform_data" "b" {
          lifecycle {
            precondition {
              condition     = var.x
              error_message = "No way."
            }
          }
        }
        output "o" {
          value = terraform_data.a.input
        }
        output "p" {
          value = terraform_data.b.id
        }
        "#,
        true,
    );
}

#[test]
fn nothing_planned_is_kept_too() {
    check(
        r#"
        variable "x" {
          default = "nonesuch"
        }
        resource "terraform_data" "a" {
          count = length(file(var.x))
        }
        "#,
        true,
    );
}

#[test]
fn imports_of_what_is_not_there_leave_the_rest() {
    check(
        r#"
        import {
          to = terraform_data.c
          id = "c"
        }
        resource "terraform_data" "z" {
        }
        output "o" {
          value = 1
        }
        "#,
        true,
    );
}

#[test]
fn what_contradicts_itself_leaves_nothing() {
    check(
        r#"
        removed {
          from = terraform_data.z
          lifecycle {
            destroy = false
          }
        }
        resource "terraform_data" "z" {
        }
        resource "terraform_data" "y" {
        }
        "#,
        false,
    );
    check("output \"o\" {\n  value = nonesuch.x\n}\n", false);
}
