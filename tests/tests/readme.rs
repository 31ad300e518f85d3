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

/// Rows of the tables in a text, without their heads.
fn rows(text: &str) -> Vec<&str> {
    let lines: Vec<&str> = text.lines().collect();
    let starts = lines.iter().enumerate().filter(|(_, line)| line.starts_with("|---"));
    starts
        .flat_map(|(at, _)| lines[at + 1..].iter().take_while(|line| line.starts_with('|')))
        .copied()
        .collect()
}

#[test]
fn the_differences_that_it_shows_are_in_the_whole_list() {
    let all = rows(include_str!("../../docs/differences.md"));
    let shown = rows(README);
    assert!(!shown.is_empty());
    for row in shown {
        assert!(all.contains(&row), "docs/differences.md does not have {row}");
    }
}

/// Words in backquotes that name files or folders of the repository, and links to such.
#[test]
fn what_the_documents_name_is_there() {
    let documents = [
        ("README.md", README),
        ("ARCHITECTURE.md", include_str!("../../ARCHITECTURE.md")),
        ("CONTRIBUTING.md", include_str!("../../CONTRIBUTING.md")),
        ("docs/differences.md", include_str!("../../docs/differences.md")),
    ];
    for (name, text) in documents {
        let folder = repository().join(name);
        let folder = folder.parent().expect("a folder");
        let links = text.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
        for (link, _) in links.filter(|(link, _)| !link.contains("://")) {
            assert!(folder.join(link).exists(), "{name} links to {link}");
        }
        let quoted = text.split('`').skip(1).step_by(2);
        let roots = ["src/", "tests/", "docs/", "state/", "providers/", "examples/", ".ci/"];
        for path in quoted.filter(|word| roots.iter().any(|root| word.starts_with(root))) {
            assert!(repository().join(path).exists(), "{name} names {path}");
        }
    }
}
