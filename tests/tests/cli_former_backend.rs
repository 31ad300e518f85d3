//! A backend that the configuration does not name any more, and that still has the state.

use groma_tests::{Output, Workdir, terraform};

const RESOURCE: &str = "resource \"terraform_data\" \"a\" {\n  input = 1\n}\n";

/// A directory in which Terraform was initialised with a backend that is in its configuration no
/// more.
fn with_record(backend: &str) -> Workdir {
    let work = Workdir::new();
    let record =
        format!("{{\"version\": 3, \"terraform_version\": \"1.11.4\", \"backend\": {backend}}}\n");
    work.write("main.tf", RESOURCE).write(".terraform/terraform.tfstate", record);
    work
}

/// A state file with one object in it.
fn state() -> String {
    let work = Workdir::new();
    work.write("main.tf", RESOURCE);
    work.groma(["apply", "-auto-approve"]).success();
    work.groma(["state", "pull"]).success().stdout
}

#[track_caller]
fn refused(output: &Output, words: &str) {
    let text = output.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(output.code, 1, "{}\n{}", output.stdout, output.stderr);
    assert!(text.contains(words), "{words:?} is missing in:\n{}", output.stderr);
}

#[test]
fn nothing_is_planned_while_the_state_is_elsewhere() {
    let work = with_record(r#"{"type": "s3", "config": {"bucket": "b"}, "hash": 1}"#);
    for line in [
        "plan",
        "apply -auto-approve",
        "destroy -auto-approve",
        "state list",
        "workspace list",
        "workspace select other",
        "workspace delete other",
        "output",
        "show",
        "init",
        "init -migrate-state",
        "import terraform_data.a x",
        "state pull",
        "console",
    ] {
        refused(&work.groma(line.split(' ')), "the state is kept in the \"s3\" backend");
    }
    work.groma(["validate"]).success();
}

#[test]
fn the_state_may_be_given_by_hand() {
    let work = with_record(r#"{"type": "s3", "config": {}, "hash": 1}"#);
    work.write("pulled", state());
    work.groma(["state", "push", "pulled"]).success();
    assert!(work.groma(["plan"]).success().stdout.contains("No changes."));
    work.groma(["init"]).success();
    // Another workspace may still be where the first one was.
    work.groma(["workspace", "new", "other"]).success();
    refused(&work.groma(["plan"]), "\"s3\" backend");
}

#[test]
fn the_record_may_be_set_aside() {
    let work = with_record(r#"{"type": "gcs", "config": {}, "hash": 1}"#);
    let said = work.groma(["init", "-reconfigure"]).success().stdout;
    assert!(said.contains(".terraform/terraform.tfstate.backup"), "{said}");
    assert!(work.groma(["plan"]).success().stdout.contains("1 to add"));
    let kept = std::fs::read_to_string(work.path().join(".terraform/terraform.tfstate.backup"));
    assert!(kept.expect("a backup").contains("gcs"));
    work.groma(["init", "-reconfigure"]).success();
}

#[test]
fn a_former_path_is_imported_from() {
    let local = r#"{"type": "local", "config": {"path": "old/x.tfstate"}, "hash": 1}"#;
    let work = with_record(local);
    assert!(work.groma(["plan"]).success().stdout.contains("1 to add"), "there is no such file");
    work.write("old/x.tfstate", state());
    refused(&work.groma(["plan"]), "old/x.tfstate holds 1 resource instances");
    let said = work.groma(["init", "-migrate-state"]).success().stdout;
    assert!(said.contains("Imported 1 resource instances from old/x.tfstate"), "{said}");
    assert!(work.groma(["plan"]).success().stdout.contains("No changes."));
}

#[test]
fn a_new_path_does_not_hide_the_file_that_was_the_state() {
    let work = Workdir::new();
    let backend = "terraform {\n  backend \"local\" {\n    path = \"new.tfstate\"\n  }\n}\n";
    work.write("main.tf", format!("{backend}{RESOURCE}")).write("terraform.tfstate", state());
    refused(&work.groma(["plan"]), "terraform.tfstate holds 1 resource instances");
    work.write("new.tfstate", state());
    refused(&work.groma(["plan"]), "Both hold resource instances");
    std::fs::remove_file(work.path().join("terraform.tfstate")).expect("it is there");
    refused(&work.groma(["plan"]), "new.tfstate holds 1 resource instances");
}

#[test]
fn a_record_that_cannot_be_read_is_no_record_of_nothing() {
    let work = with_record("");
    refused(&work.groma(["plan"]), "invalid syntax");
    work.write(".terraform/terraform.tfstate", r#"{"version": 4, "resources": []}"#);
    refused(&work.groma(["plan"]), "its format version 4 is not supported");
    refused(&work.groma(["init"]), "init -reconfigure");
    work.groma(["init", "-reconfigure"]).success();
    work.groma(["plan"]).success();
}

#[test]
fn the_real_one_refuses_too() {
    let terraform = match terraform() {
        Ok(terraform) => terraform,
        Err(missing) => return missing.skip(),
    };
    let work = Workdir::new();
    let backend = "terraform {\n  backend \"local\" {\n    path = \"old/x.tfstate\"\n  }\n}\n";
    work.write("main.tf", format!("{backend}{RESOURCE}"));
    work.run(&terraform, ["init"]).success();
    work.run(&terraform, ["apply", "-auto-approve"]).success();
    work.write("main.tf", RESOURCE);
    for line in ["plan", "state list", "output", "show"] {
        let output = work.run(&terraform, line.split(' '));
        refused(&output, "Backend initialization required");
        refused(&work.groma(line.split(' ')), "old/x.tfstate holds 1 resource instances");
    }
    work.groma(["init", "-migrate-state"]).success();
    assert!(work.groma(["plan"]).success().stdout.contains("No changes."));
}
