//! What a person sees at a terminal, colours and all, is what the real `terraform` shows there.

use std::path::Path;

use groma_tests::styled::compared;
use groma_tests::terminal::ENTER;
use groma_tests::{Workdir, groma_binary, terraform};
use similar::TextDiff;

/// One command, with the files that it finds and what is typed where it asks.
struct Step<'a> {
    files: &'a [(&'a str, &'a str)],
    command: &'a [&'a str],
    answer: Option<&'a str>,
}

const fn run<'a>(command: &'a [&'a str]) -> Step<'a> {
    Step { files: &[], command, answer: None }
}

const fn answer<'a>(command: &'a [&'a str], answer: &'a str) -> Step<'a> {
    Step { files: &[], command, answer: Some(answer) }
}

/// What each step shows.
fn shown(program: &Path, steps: &[Step<'_>]) -> Vec<String> {
    let dir = Workdir::new();
    let mut shown = Vec::new();
    for step in steps {
        for (name, content) in step.files {
            dir.write(name, content);
        }
        let mut terminal = dir.colored_terminal(program, step.command);
        if let Some(answer) = step.answer {
            terminal.expect("Enter a value:").send(answer).send(ENTER);
        }
        let (code, sent) = terminal.end_sent();
        let path = dir.path().canonicalize().expect("the directory is there");
        shown.push(format!("{}\nexit code {code}\n", compared(&sent, &path)));
    }
    shown
}

#[track_caller]
fn check(steps: &[Step<'_>]) {
    let oracle = match terraform() {
        Ok(oracle) => oracle,
        Err(missing) => return missing.skip(),
    };
    let (expected, found) = (shown(&oracle, steps), shown(&groma_binary(), steps));
    for ((step, expected), found) in steps.iter().zip(expected).zip(found) {
        let diff = TextDiff::from_lines(&expected, &found);
        let diff = diff.unified_diff().header("terraform", "groma").to_string();
        assert!(diff.is_empty(), "{}\n{diff}", step.command.join(" "));
    }
}

const CHANGES: &str = r#"
variable "v" {
  default = 1
}
resource "terraform_data" "a" {
  input = {
    a = var.v
    b = [1, var.v, 3]
    c = "x\ny${var.v}"
    d = var.v == 1 ? "y" : null
    e = jsonencode({ k = var.v, l = [1] })
    same = "z"
  }
}
resource "terraform_data" "b" {
  triggers_replace = var.v
  input            = var.v
}
resource "terraform_data" "c" {
  count = var.v == 1 ? 1 : 0
  input = sensitive("s")
}
resource "terraform_data" "d" {
  triggers_replace = var.v
  lifecycle {
    create_before_destroy = true
  }
}
output "o" {
  value = { a = var.v, t = "l1\nl2" }
}
output "same" {
  value = 1
}
"#;

#[test]
fn changes_and_their_approval() {
    check(&[
        Step { files: &[("main.tf", CHANGES)], command: &["init"], answer: None },
        run(&["plan"]),
        run(&["plan", "-out=the.plan"]),
        run(&["show", "the.plan"]),
        answer(&["apply"], "no"),
        answer(&["apply"], "yes"),
        run(&["plan"]),
        run(&["show"]),
        run(&["output"]),
        run(&["state", "show", "terraform_data.a"]),
        run(&["plan", "-var=v=2"]),
        answer(&["apply", "-var=v=2"], "yes"),
        run(&["taint", "terraform_data.a"]),
        run(&["plan", "-var=v=2", "-target=terraform_data.a"]),
        answer(&["apply", "-var=v=3", "-refresh-only"], "no"),
        answer(&["apply", "-var=v=3", "-refresh-only"], "yes"),
        run(&["refresh"]),
        answer(&["destroy"], "no"),
        answer(&["destroy"], "yes"),
        run(&["plan", "-destroy"]),
    ]);
}

const BEFORE: &str = r#"
resource "terraform_data" "k" {
}
resource "terraform_data" "l" {
  input = "a"
}
"#;

const AFTER: &str = r#"
import {
  to = terraform_data.i
  id = "x"
}
resource "terraform_data" "i" {
  input = "z"
}
resource "terraform_data" "j" {
}
moved {
  from = terraform_data.k
  to   = terraform_data.j
}
removed {
  from = terraform_data.l
  lifecycle {
    destroy = false
  }
}
variable "word" {
  description = "What to say"
}
check "c" {
  assert {
    condition     = var.word == "q"
    error_message = "Not q."
  }
}
"#;

#[test]
fn imports_moves_and_questions() {
    check(&[
        Step { files: &[("main.tf", BEFORE)], command: &["init"], answer: None },
        run(&["apply", "-auto-approve"]),
        Step { files: &[("main.tf", AFTER)], command: &["plan"], answer: Some("zzz") },
        run(&["plan", "-var=word=q", "-compact-warnings"]),
        answer(&["apply", "-var=word=q"], "yes"),
        run(&["workspace", "new", "other"]),
        run(&["workspace", "list"]),
        run(&["workspace", "select", "default"]),
        run(&["workspace", "delete", "other"]),
    ]);
}

const REFUSED: &str = r#"
resource "terraform_data" "a" {
  input = local.x
}
output "y" {
  value = length(
    5)
}
locals {
  n = var.v
}
"#;

const FAILING: &str = r#"
variable "v" {
  default = "x"
  validation {
    condition     = var.v != "y"
    error_message = "Not y."
  }
}
resource "terraform_data" "a" {
  provisioner "local-exec" {
    command = "echo hello; exit 1"
  }
}
output "a" {
  value = tonumber(var.v)
}
output "q" {
  value      = 1
  depends_on = ["var.v"]
}
"#;

#[test]
fn errors_and_warnings() {
    check(&[
        Step { files: &[("main.tf", BEFORE)], command: &["init"], answer: None },
        Step { files: &[("main.tf", REFUSED)], command: &["plan"], answer: None },
        run(&["validate"]),
        Step { files: &[("main.tf", FAILING)], command: &["validate"], answer: None },
        run(&["plan"]),
        run(&["plan", "-var=v=y"]),
        run(&["apply", "-auto-approve", "-var=v=1"]),
        run(&["plan", "-var=v=1"]),
        run(&["plan", "-nonesuch"]),
        run(&["apply", "nonesuch"]),
        run(&["output"]),
    ]);
}
