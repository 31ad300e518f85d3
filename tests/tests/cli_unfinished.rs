//! A run that dies between an intent and its result: whoever comes next is told.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::process::Stdio;

use groma_tests::{Workdir, groma_binary};

/// What an apply leaves behind that is killed while it writes `local_file.a`, which is a pipe that
/// takes no more than a part.
fn killed() -> Workdir {
    let work = Workdir::new();
    work.write(
        "main.tf",
        "resource \"local_file\" \"a\" {\n  depends_on = [terraform_data.b]\n  filename   = \
         \"${path.module}/pipe\"\n  content    = format(\"%01000000d\", 0)\n}\nresource \
         \"terraform_data\" \"b\" {}\noutput \"o\" {\n  value = 1\n}\n",
    );
    work.run(Path::new("mkfifo"), ["pipe"]).success();
    let mut command = work.command(&groma_binary(), ["apply", "-auto-approve"]);
    let mut child = command.stdout(Stdio::null()).spawn().expect("the binary starts");
    // Opens once there is somebody who writes.
    let mut pipe = File::open(work.path().join("pipe")).expect("a pipe");
    pipe.read_exact(&mut [0]).expect("something is written");
    child.kill().expect("it runs");
    child.wait().expect("it ends");
    work
}

/// The words of a text, however it is wrapped.
fn words(text: &str) -> String {
    text.split_whitespace().filter(|word| *word != "│").collect::<Vec<_>>().join(" ")
}

#[track_caller]
fn told(text: &str) {
    let text = words(text);
    for part in [
        "Warning: Changes whose outcome is not known",
        "- local_file.a: create, begun 20",
        "by \"apply\" of ",
        "(run ",
    ] {
        assert!(text.contains(part), "{part:?} is missing in:\n{text}");
    }
}

#[test]
fn every_command_that_reads_tells() {
    let work = killed();
    for line in [
        "state list",
        "state show terraform_data.b",
        "show",
        "output",
        "graph -type=plan",
        "console",
        "taint terraform_data.b",
        "untaint terraform_data.b",
        "state mv terraform_data.b terraform_data.c",
        "state mv terraform_data.c terraform_data.b",
        "plan -out=plan",
    ] {
        let output = work.groma(line.split(' ')).success();
        told(&(output.stdout + &output.stderr));
    }
}

#[test]
fn documents_stay_documents() {
    let work = killed();
    for line in ["output -json", "show -json", "state pull"] {
        let output = work.groma(line.split(' ')).success();
        output.json();
        told(&output.stderr);
    }
    let output = work.groma(["plan", "-json"]).success();
    let events = output
        .stdout
        .lines()
        .map(|line| -> serde_json::Value { serde_json::from_str(line).expect("a line of JSON") });
    let found: Vec<_> = events.filter(|event| event["type"] == "diagnostic").collect();
    let [warning] = &found[..] else { panic!("{}", output.stdout) };
    assert_eq!(warning["@level"], "warn");
    assert_eq!(warning["diagnostic"]["summary"], "Changes whose outcome is not known");
    assert!(!output.stderr.contains("whose outcome"), "{}", output.stderr);
}

#[test]
fn plan_and_apply_tell_once() {
    let work = killed();
    let plan = work.groma(["plan", "-target=terraform_data.b", "-out=plan"]).success();
    assert_eq!((plan.stdout + &plan.stderr).matches("whose outcome").count(), 1);
    let apply = work.groma(["apply", "plan"]).success();
    assert_eq!((apply.stdout + &apply.stderr).matches("whose outcome").count(), 1);
    let apply = work.groma(["apply", "-target=terraform_data.b", "-auto-approve"]).success();
    assert_eq!((apply.stdout + &apply.stderr).matches("whose outcome").count(), 1);
    let compact = work.groma(["state", "list", "-compact-warnings"]).success();
    assert!(
        compact.stderr.contains("- Changes whose outcome is not known\n"),
        "{}",
        compact.stderr
    );
}

#[test]
fn a_run_that_ends_in_order_leaves_nothing_to_tell() {
    let work = Workdir::new();
    work.write("main.tf", "resource \"null_resource\" \"a\" {}\n");
    work.groma(["apply", "-auto-approve"]).success();
    let output = work.groma(["state", "list"]).success();
    assert_eq!((output.stdout.as_str(), output.stderr.as_str()), ("null_resource.a\n", ""));
}
