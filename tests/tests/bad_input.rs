//! Bad input of every kind: an error that says what is wrong, never a panic, never a lost byte.

use std::os::unix::fs::PermissionsExt as _;

use groma_tests::small::{self, CONFIG, applied};
use groma_tests::{Output, Workdir};

/// Refused with these words, by an orderly exit.
#[track_caller]
fn refused(output: &Output, words: &[&str]) {
    small::refused(output, 1..=2, words);
}

#[track_caller]
fn state_is_whole(work: &Workdir) {
    let list = work.groma(["state", "list"]).success();
    assert_eq!(list.stdout, "terraform_data.a\n");
}

#[test]
fn every_error_of_a_broken_file_is_reported() {
    let work = Workdir::new();
    work.write("main.tf", "locals {\n  a = \n  b = [1,\n}\noutput \"x\" {\n  value = 1 +\n}\n");
    let output = work.groma(["plan"]);
    refused(&output, &["on main.tf line 2"]);
    assert!(output.stderr.matches("Error: ").count() >= 2, "{}", output.stderr);
}

#[test]
fn broken_json_is_told_where_it_breaks() {
    let work = Workdir::new();
    work.write("main.tf.json", "{\"output\": {\"o\": {\"value\": 1,}}}\n");
    refused(&work.groma(["plan"]), &["Trailing comma in object", "on main.tf.json line 1"]);
    work.write("main.tf.json", "{\"output\": {\n");
    refused(&work.groma(["plan"]), &["Unclosed object", "on main.tf.json line 1"]);
    work.write("main.tf.json", b"\xff\xfe{}");
    refused(&work.groma(["plan"]), &["on main.tf.json line 1"]);
}

/// Ten megabytes of brackets, wherever a file is read: one error, and no stack that runs over.
#[test]
fn deep_nesting_is_refused_not_recursed_into() {
    let work = applied();
    let deep = "[".repeat(10_000_000);
    let once = |line: &str, words: &[&str]| {
        let output = work.groma(line.split(' '));
        refused(&output, words);
        assert_eq!(output.stderr.matches("Error: ").count(), 1, "{line}: {:.2000}", output.stderr);
    };
    let main = |text: &str| work.write("main.tf", text);
    main(&format!("locals {{\n  a = {deep}\n}}\n"));
    once("plan", &["Nesting too deep", "main.tf"]);
    main(CONFIG).write("x.tf.json", &deep);
    once("plan", &["Nesting too deep", "x.tf.json"]);
    std::fs::remove_file(work.path().join("x.tf.json")).expect("it is there");
    let deep = &deep[..1_000_000];
    work.write("x.tfvars", format!("a = {deep}")).write("x.tfvars.json", deep);
    once("plan -var-file=x.tfvars", &["Nesting too deep", "x.tfvars"]);
    once("plan -var-file=x.tfvars.json", &["Nesting too deep", "x.tfvars.json"]);
    work.write("deep", deep).write("state", format!("{{\"version\": 4, \"outputs\": {deep}"));
    once("state push deep", &["In deep: The state file has more than 1000 levels"]);
    once("state push -force state", &["In state: The state file has more than 1000 levels"]);
    once("show deep", &["deep: the file is not a plan file"]);
    for function in ["jsondecode", "yamldecode"] {
        main(&format!("output \"o\" {{\n  value = {function}(file(\"deep\"))\n}}\n"));
        once("plan", &["Error in function call", "main.tf line 2"]);
    }
    main(CONFIG);
    state_is_whole(&work);
}

#[test]
fn broken_variable_files_are_named() {
    let work = Workdir::new();
    work.write("main.tf", "variable \"a\" {}\n");
    work.write("terraform.tfvars", "a = {\n");
    refused(&work.groma(["plan"]), &["terraform.tfvars"]);
    work.write("terraform.tfvars", "a = 1\n");
    refused(&work.groma(["plan", "-var-file=missing.tfvars"]), &["missing.tfvars"]);
    work.write("x.auto.tfvars.json", "{\"a\": 1");
    refused(&work.groma(["plan"]), &["Unclosed object", "on x.auto.tfvars.json line 1"]);
    work.write("x.auto.tfvars.json", "[]");
    refused(&work.groma(["plan"]), &["x.auto.tfvars.json"]);
    std::fs::remove_file(work.path().join("x.auto.tfvars.json")).expect("it is there");
    work.write("latin", b"a = \"\xe9\"\n");
    refused(&work.groma(["plan", "-var-file=latin"]), &["Invalid character encoding", "on latin"]);
    refused(&work.groma(["plan", "-var=a"]), &["-var"]);
    work.groma(["plan", "-var=a=["]).success();
}

#[test]
fn state_files_that_are_none_are_refused_and_change_nothing() {
    let work = applied();
    let good = work.groma(["state", "pull"]).success().stdout;
    for (name, content, word) in [
        ("empty", String::new(), "empty"),
        ("truncated", good[..good.len() / 2].to_owned(), "state"),
        ("version", good.replace("\"version\": 4", "\"version\": 3"), "version"),
        ("newer", good.replace("\"version\": 4", "\"version\": 5"), "version"),
        ("text", "not json".to_owned(), "JSON"),
    ] {
        work.write(name, content);
        refused(&work.groma(["state", "push", "-force", name]), &[word]);
        state_is_whole(&work);
    }
    let other = good.replace(
        work.groma(["state", "pull"]).success().json()["lineage"].as_str().expect("a lineage"),
        "00000000-0000-0000-0000-000000000000",
    );
    work.write("other", other);
    refused(&work.groma(["state", "push", "other"]), &["lineage"]);
    state_is_whole(&work);
}

#[test]
fn plan_files_that_are_none_are_refused() {
    let work = applied();
    work.write("main.tf", CONFIG.replace('1', "2"));
    work.groma(["plan", "-out=p"]).success();
    let plan = std::fs::read(work.path().join("p")).expect("a plan");
    let mode = std::fs::metadata(work.path().join("p")).expect("a plan").permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "a plan may hold secrets");
    let mut damaged = plan.clone();
    let last = damaged.len() - 1;
    damaged[last] ^= 1;
    work.write("damaged", &damaged).write("short", &plan[..plan.len() / 2]).write("text", "plan?");
    refused(&work.groma(["apply", "damaged"]), &["damaged"]);
    refused(&work.groma(["apply", "short"]), &["damaged"]);
    refused(&work.groma(["apply", "text"]), &["not a plan file"]);
    refused(&work.groma(["show", "text"]), &["not a plan file"]);
    refused(&work.groma(["apply", "missing"]), &["missing"]);
    state_is_whole(&work);
    work.groma(["apply", "p"]).success();
    refused(&work.groma(["apply", "p"]), &["stale"]);
}

#[test]
fn a_plan_of_another_lineage_is_refused() {
    let (one, two) = (applied(), applied());
    one.write("main.tf", CONFIG.replace('1', "2"));
    one.groma(["plan", "-out=p"]).success();
    std::fs::copy(one.path().join("p"), two.path().join("p")).expect("a copy");
    refused(&two.groma(["apply", "p"]), &["lineage"]);
    state_is_whole(&two);
}

#[test]
fn a_corrupt_database_is_left_as_it_is() {
    let work = applied();
    let path = work.path().join(".groma/state.db");
    let garbage = vec![0x5a; 8192];
    std::fs::write(&path, &garbage).expect("a file");
    refused(&work.groma(["plan"]), &["state.db"]);
    refused(&work.groma(["apply", "-auto-approve"]), &["state.db"]);
    assert_eq!(std::fs::read(&path).expect("a file"), garbage);
}

#[test]
fn a_revision_that_is_not_there_is_named() {
    let work = applied();
    refused(&work.groma(["plan", "-rev=HEAD"]), &["repository"]);
    let git = |args: &[&str]| {
        work.run(std::path::Path::new("git"), args).success();
    };
    git(&["init", "-q"]);
    refused(&work.groma(["plan", "-rev=HEAD"]), &["HEAD"]);
    git(&["add", "main.tf"]);
    git(&["-c", "user.name=T", "-c", "user.email=t@example.com", "commit", "-qm", "x"]);
    refused(&work.groma(["plan", "-rev=nowhere"]), &["nowhere"]);
    work.groma(["plan", "-rev=HEAD"]).success();
}

#[test]
fn loops_of_links_end() {
    let work = Workdir::new();
    work.write("main.tf", "");
    std::os::unix::fs::symlink("loop.tf", work.path().join("loop.tf")).expect("a link");
    refused(&work.groma(["plan"]), &["too many symbolic links lead to \"loop.tf\""]);
    refused(&work.groma(["fmt", "loop.tf"]), &["loop.tf"]);
    std::fs::remove_file(work.path().join("loop.tf")).expect("it is there");
    work.write("main.tf", "module \"m\" {\n  source = \"./loop\"\n}\n");
    std::os::unix::fs::symlink("loop", work.path().join("loop")).expect("a link");
    refused(&work.groma(["plan"]), &["loop"]);
    work.write("main.tf", "module \"m\" {\n  source = \"./m\"\n}\n");
    std::os::unix::fs::symlink(".", work.path().join("m")).expect("a link");
    refused(&work.groma(["plan"]), &["m"]);
}

#[test]
fn flags_that_mean_nothing_are_refused() {
    let work = applied();
    for flag in ["-foo", "-target=", "-target=x", "-replace=terraform_data", "-parallelism=0"] {
        let output = work.groma(["plan", flag]);
        assert_eq!(output.code, 1, "{flag}: {}", output.stdout);
        assert!(!output.stderr.is_empty(), "{flag}");
    }
    refused(&work.groma(["plan", "-destroy", "-refresh-only"]), &["mutually-exclusive"]);
    refused(&work.groma(["plan", "-state=x.tfstate"]), &["-state"]);
}
