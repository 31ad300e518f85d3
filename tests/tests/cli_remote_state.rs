//! States that are named by the path of a state file: what was left behind by Terraform is never
//! taken for what is.

use groma_tests::{Output, Workdir};

const NETWORK: &str = r#"
variable "cidr" {
  default = "10.0.0.0/16"
}
resource "terraform_data" "vpc" {
  input = var.cidr
}
output "cidr" {
  value = terraform_data.vpc.output
}
"#;

/// What Terraform leaves in the network's directory, with a serial and an output of our choosing.
fn state(serial: u32, cidr: &str) -> String {
    format!(
        r#"{{"version":4,"terraform_version":"1.11.4","serial":{serial},"lineage":"left-behind",
        "outputs":{{"cidr":{{"value":"{cidr}","type":"string"}}}},
        "resources":[{{"mode":"managed","type":"terraform_data","name":"vpc",
        "provider":"provider[\"terraform.io/builtin/terraform\"]","instances":[{{"schema_version":0,
        "attributes":{{"id":"1","input":{{"value":"{cidr}","type":"string"}},
        "output":{{"value":"{cidr}","type":"string"}},"triggers_replace":null}},
        "sensitive_attributes":[]}}]}}],"check_results":null}}"#
    )
}

fn app(arguments: &str) -> String {
    format!(
        "data \"terraform_remote_state\" \"network\" {{\n  backend = \"local\"\n  {arguments}\n}}\n\
         output \"seen\" {{\n  value = data.terraform_remote_state.network.outputs.cidr\n}}\n"
    )
}

const BESIDE: &str = "config = { path = \"../network/terraform.tfstate\" }";

/// A network, and an application that looks at its state.
fn two(arguments: &str) -> Workdir {
    let work = Workdir::new();
    work.write("network/main.tf", NETWORK).write("app/main.tf", app(arguments));
    work
}

fn network(work: &Workdir, args: &[&str]) -> Output {
    work.groma(["-chdir=network"].iter().chain(args))
}

#[track_caller]
fn sees(work: &Workdir, expected: &str) {
    work.groma(["-chdir=app", "apply", "-auto-approve"]).success();
    let seen = work.groma(["-chdir=app", "output", "-raw", "seen"]).success();
    assert_eq!(seen.stdout, expected);
}

#[track_caller]
fn fails(output: &Output, texts: &[&str]) {
    assert_eq!(output.code, 1, "{}", output.stdout);
    let said = output.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    for text in texts {
        assert!(said.contains(text), "{text:?} is not in {said}");
    }
}

#[test]
fn a_state_in_the_database_is_read_by_the_path_that_it_would_have() {
    let work = two(BESIDE);
    let plan = work.groma(["-chdir=app", "plan"]);
    fails(&plan, &["Unable to find remote state"]);
    network(&work, &["apply", "-auto-approve"]).success();
    sees(&work, "10.0.0.0/16");
    network(&work, &["apply", "-auto-approve", "-var=cidr=10.1.0.0/16"]).success();
    sees(&work, "10.1.0.0/16");
}

#[test]
fn a_file_left_behind_is_not_read() {
    let work = two(BESIDE);
    work.write("network/terraform.tfstate", state(4, "10.0.0.0/16"));
    sees(&work, "10.0.0.0/16");
    network(&work, &["init", "-migrate-state"]).success();
    sees(&work, "10.0.0.0/16");
    network(&work, &["apply", "-auto-approve", "-var=cidr=10.2.0.0/16"]).success();
    sees(&work, "10.2.0.0/16");
    // Somebody went on with Terraform: no one can tell which of the two is right.
    work.write("network/terraform.tfstate", state(5, "10.9.0.0/16"));
    let plan = work.groma(["-chdir=app", "plan"]);
    fails(&plan, &["Two states for one path", "serial 5 and 5", "state push", "move it away"]);
    // What was pulled from the database is no rival of it.
    let pulled = network(&work, &["state", "pull"]).success().stdout;
    work.write("network/terraform.tfstate", pulled);
    network(&work, &["apply", "-auto-approve", "-var=cidr=10.3.0.0/16"]).success();
    sees(&work, "10.3.0.0/16");
}

#[test]
fn a_backend_block_says_what_the_file_is() {
    let work = two("config = { path = \"../network/states/net.tfstate\" }");
    let block = "terraform {\n  backend \"local\" {\n    path = \"states/net.tfstate\"\n  }\n}\n";
    work.write("network/backend.tf", block);
    work.write("network/states/net.tfstate", state(4, "10.0.0.0/16"));
    let plan = network(&work, &["plan"]);
    fails(&plan, &["State of Terraform found", "states/net.tfstate", "holds 1 resource"]);
    let said = network(&work, &["init", "-migrate-state"]).success().stdout;
    assert!(said.contains("from states/net.tfstate, which was left"), "{said}");
    network(&work, &["apply", "-auto-approve", "-var=cidr=10.4.0.0/16"]).success();
    sees(&work, "10.4.0.0/16");
    // Any other file there is a file.
    work.write("network/other.tfstate", state(1, "10.5.0.0/16"));
    work.write("app/main.tf", app("config = { path = \"../network/other.tfstate\" }"));
    sees(&work, "10.5.0.0/16");
}

#[test]
fn workspaces_are_found_by_their_folder() {
    let dir = "config = { workspace_dir = \"../network/terraform.tfstate.d\" }";
    let work = two(&format!("workspace = \"dev\"\n  {dir}"));
    work.write("network/terraform.tfstate", state(1, "10.0.0.0/16"));
    work.write("network/terraform.tfstate.d/dev/terraform.tfstate", state(2, "10.6.0.0/16"));
    sees(&work, "10.6.0.0/16");
    let said = network(&work, &["init", "-migrate-state"]).success().stdout;
    assert!(said.contains("from terraform.tfstate.d/dev/terraform.tfstate"), "{said}");
    network(&work, &["workspace", "select", "dev"]).success();
    network(&work, &["apply", "-auto-approve", "-var=cidr=10.7.0.0/16"]).success();
    sees(&work, "10.7.0.0/16");
    // The same by its path, and through a link.
    let path = "config = { path = \"../net.tfstate\" }";
    work.write("app/main.tf", app(path));
    let file = work.path().join("network/terraform.tfstate.d/dev/terraform.tfstate");
    std::os::unix::fs::symlink(file, work.path().join("net.tfstate")).expect("a link");
    sees(&work, "10.7.0.0/16");
}

#[test]
fn one_database_for_all_root_modules() {
    let work = two(BESIDE);
    let data = work.path().join("data");
    let env = [("GROMA_DATA_DIR", data.to_str().expect("text"))];
    let groma =
        |args: &[&str]| work.run_with(&groma_tests::groma_binary(), args, env).success().stdout;
    groma(&["-chdir=network", "apply", "-auto-approve", "-var=cidr=10.8.0.0/16"]);
    groma(&["-chdir=app", "apply", "-auto-approve"]);
    assert_eq!(groma(&["-chdir=app", "output", "-raw", "seen"]), "10.8.0.0/16");
}

#[test]
fn root_modules_that_are_only_in_a_repository() {
    let work = two(BESIDE);
    let git = |args: &[&str]| {
        let identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com"];
        work.run(std::path::Path::new("git"), identity.iter().chain(args)).success();
    };
    git(&["init", "-q", "-b", "main"]);
    git(&["add", "-A"]);
    git(&["commit", "-q", "-m", "Start"]);
    let elsewhere = Workdir::new();
    let groma = |root: &str, args: &[&str]| {
        let repo = format!("-repo={}", work.path().display());
        let chdir = format!("-chdir={root}");
        let (command, flags) = args.split_first().expect("a command");
        let all = [chdir.as_str(), command, "-rev=main", &repo];
        elsewhere.groma(all.iter().chain(flags))
    };
    groma("network", &["apply", "-auto-approve", "-var=cidr=10.9.0.0/16"]).success();
    let said = groma("app", &["apply", "-auto-approve"]).success().stdout;
    assert!(said.contains("seen = \"10.9.0.0/16\""), "{said}");
}

#[test]
fn nothing_works_with_an_empty_state_while_terraform_has_one() {
    let work = Workdir::new();
    work.write("main.tf", NETWORK).write("terraform.tfstate", state(1, "10.0.0.0/16"));
    for command in [
        &["plan"][..],
        &["apply", "-auto-approve"],
        &["destroy", "-auto-approve"],
        &["refresh"],
        &["output"],
        &["show"],
        &["state", "list"],
        &["state", "pull"],
        &["state", "rm", "terraform_data.vpc"],
        &["taint", "terraform_data.vpc"],
        &["import", "terraform_data.vpc", "x"],
        &["console"],
    ] {
        fails(&work.groma(command), &["State of Terraform found", "init -migrate-state"]);
    }
    work.groma(["state", "push", "terraform.tfstate"]).success();
    assert!(work.groma(["plan"]).success().stdout.contains("No changes."));
}

#[test]
fn no_command_works_with_an_empty_state_while_the_real_one_is_elsewhere() {
    let work = Workdir::new();
    work.write("main.tf", "terraform {\n  backend \"s3\" {}\n}\n");
    work.write("x.tfstate", state(1, "10.0.0.0/16"));
    for command in [
        &["plan"][..],
        &["output"],
        &["show"],
        &["state", "list"],
        &["state", "push", "x.tfstate"],
        &["untaint", "terraform_data.vpc"],
        &["workspace", "list"],
        &["force-unlock", "-force", "x"],
        &["init"],
    ] {
        fails(&work.groma(command), &["Unsupported backend", "\"s3\""]);
    }
}
