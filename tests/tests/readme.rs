//! The README says what is true: its tour runs as written, and each difference is one.

use std::path::Path;
use std::process::{Command, Stdio};

use groma_tests::{Workdir, groma_binary};

const README: &str = include_str!("../../README.md");

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace")
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder").map(|entry| entry.expect("an entry")) {
        let target = to.join(entry.file_name());
        // What somebody's own run of the example left behind is no part of it.
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("a copy");
        }
    }
}

/// A copy of an example in a Git repository of its own.
fn example(name: &str) -> Workdir {
    let work = Workdir::new();
    copy(&repository().join("examples").join(name), work.path());
    git(&work, &["init", "-q"]);
    git(&work, &["add", "-A"]);
    git(&work, &["commit", "-q", "-m", "Start"]);
    work
}

fn git(work: &Workdir, args: &[&str]) {
    let status = Command::new("git")
        .args(["-c", "user.name=Test", "-c", "user.email=test@example.com"])
        .args(args)
        .current_dir(work.path())
        .status()
        .expect("git runs");
    assert!(status.success(), "git {args:?}");
}

#[test]
fn the_tour_runs_as_written() {
    let tour = README.split("<!-- tour -->").nth(1).expect("a tour");
    let script = tour.split("```sh\n").nth(1).and_then(|rest| rest.split("```").next());
    let script = script.expect("a block of commands");
    let work = example("tour");
    git(&work, &["config", "user.name", "Test"]);
    git(&work, &["config", "user.email", "test@example.com"]);
    let binary = groma_binary();
    let folder = binary.parent().expect("a folder").to_owned();
    let path = std::env::join_paths([
        folder.as_path(),
        Path::new("/usr/local/bin"),
        Path::new("/usr/bin"),
        Path::new("/bin"),
    ])
    .expect("a search path");
    let mut command = work.command(Path::new("sh"), ["-eu", "-c", script]);
    let output = command.env("PATH", path).stdin(Stdio::null()).output().expect("sh runs");
    let stdout = String::from_utf8_lossy(&output.stdout);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stdout}\n{stderr}");
    assert!(stdout.contains("Plan: 6 to add, 0 to change, 0 to destroy."), "{stdout}");
    assert!(stdout.contains("Plan: 3 to add, 0 to change, 1 to destroy."), "{stdout}");
    assert!(stdout.contains("Plan: 1 to add, 0 to change, 3 to destroy."), "{stdout}");
    assert!(stdout.contains("Destroy complete! Resources: 6 destroyed."), "{stdout}");
}

#[test]
fn the_quick_start_runs_as_written() {
    let line = README.lines().find(|line| line.starts_with("cargo run --release")).expect("a line");
    let args = line.split_once(" -- ").expect("arguments").1.split(' ');
    let work = Workdir::new();
    copy(&repository().join("examples"), &work.path().join("examples"));
    let output = work.groma(args).success();
    assert!(output.stdout.contains("hello = \"HELLO FROM GROMA\""), "{}", output.stdout);
}

/// One check for each row of the table of differences, in its order.
const DIFFERENCES: &[(&str, fn())] = &[
    ("`&&`", || evaluates("false && length(keys(jsondecode(\"{\"))) > 0", "false")),
    ("`element(list, -1)`", || evaluates("element([1, 2, 3], -1)", "3")),
    ("an infinite number", || refuses("output \"o\" {\n  value = 1 / 0\n}\n", "inf")),
    ("colours", || {
        let work = with("output \"o\" {\n  value = 1\n}\n");
        assert!(!work.groma(["plan"]).success().stdout.contains('\x1b'));
    }),
    ("refreshing in a pipe", || {
        let work = with("resource \"terraform_data\" \"a\" {}\n");
        work.groma(["apply", "-auto-approve"]).success();
        assert!(!work.groma(["plan"]).success().stdout.contains("Refreshing"));
    }),
    ("source snippets", || {
        let work = with("output \"o\" {\n  value = var.missing\n}\n");
        let output = work.groma(["plan"]);
        assert!(output.stderr.contains("   2:   value = var.missing\n"), "{}", output.stderr);
        assert!(output.stderr.contains("^^^^^^^^^^^"), "{}", output.stderr);
    }),
    ("`init`", || {
        with("output \"o\" {\n  value = 1\n}\n").groma(["plan"]).success();
    }),
    ("`-state`", || {
        let output = with("").groma(["plan", "-state=x"]);
        assert_eq!(output.code, 1);
        assert!(output.stderr.contains("-state"), "{}", output.stderr);
    }),
    ("`terraform_remote_state` of a `local` backend", || {
        let work = with("output \"o\" {\n  value = 2\n}\n");
        work.groma(["apply", "-auto-approve"]).success();
        work.write("terraform.tfstate", "");
        let data = "data \"terraform_remote_state\" \"own\" {\n  backend = \"local\"\n  config = { path \
                    = \"../terraform.tfstate\" }\n}\noutput \"o\" {\n  value = \
                    data.terraform_remote_state.own.outputs.o\n}\n";
        work.write("other/main.tf", data);
        let said = work.groma(["-chdir=other", "apply", "-auto-approve"]).success().stdout;
        assert!(said.contains("o = 2"), "{said}");
    }),
    ("backends other", || {
        refuses("terraform {\n  backend \"s3\" {}\n}\noutput \"o\" {\n  value = 1\n}\n", "\"s3\"");
    }),
    ("providers that are not native", || {
        refuses("resource \"aws_vpc\" \"v\" {}\n", "registry.terraform.io/hashicorp/aws");
    }),
    ("modules from registries", || {
        refuses("module \"m\" {\n  source = \"a/b/c\"\n}\n", "a/b/c");
    }),
    ("provisioners other", || {
        let block = "resource \"terraform_data\" \"a\" {\n  provisioner \"remote-exec\" {\n    \
                     inline = [\"x\"]\n  }\n}\n";
        refuses(block, "remote-exec");
    }),
    ("`graph -type`", || {
        let output = with("resource \"terraform_data\" \"a\" {}\n").groma(["graph", "-type=plan"]);
        assert_eq!(output.code, 1, "{}", output.stdout);
    }),
    ("`-generate-config-out`", || {
        let work = with("import {\n  to = terraform_data.a\n  id = \"x\"\n}\n");
        let output = work.groma(["plan", "-generate-config-out=new.tf"]);
        assert_eq!(output.code, 1, "{}", output.stdout);
        assert!(output.stderr.contains("not supported"), "{}", output.stderr);
    }),
];

fn with(text: &str) -> Workdir {
    let work = Workdir::new();
    work.write("main.tf", text);
    work
}

fn evaluates(expression: &str, expected: &str) {
    let work = with(&format!("output \"o\" {{\n  value = {expression}\n}}\n"));
    work.groma(["apply", "-auto-approve"]).success();
    assert_eq!(work.groma(["output", "-json", "o"]).success().stdout.trim(), expected);
}

fn refuses(text: &str, names: &str) {
    let output = with(text).groma(["apply", "-auto-approve"]);
    assert_eq!(output.code, 1, "{}", output.stdout);
    assert!(output.stderr.to_lowercase().contains(&names.to_lowercase()), "{}", output.stderr);
}

#[test]
fn every_difference_is_one() {
    let table = README.split("<!-- differences -->").nth(1).expect("a table");
    let rows: Vec<&str> = table
        .lines()
        .skip_while(|line| !line.starts_with("|---"))
        .skip(1)
        .take_while(|line| line.starts_with('|'))
        .collect();
    assert_eq!(rows.len(), DIFFERENCES.len(), "each row has its check");
    for (row, (name, check)) in rows.iter().zip(DIFFERENCES) {
        assert!(row.starts_with(&format!("| {name}")), "{row} should begin with {name}");
        check();
    }
}
