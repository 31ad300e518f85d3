//! `groma state`: texts and exit codes are those of Terraform 1.11.4 for the same commands.

use groma_tests::Workdir;

const MAIN: &str = r#"
resource "terraform_data" "a" {
  input = "x"
}

resource "terraform_data" "c" {
  count = 2
}

module "m" {
  source = "./m"
}
"#;

fn applied() -> Workdir {
    let dir = Workdir::new();
    dir.write("main.tf", MAIN).write("m/main.tf", "resource \"terraform_data\" \"in\" {}\n");
    dir.groma(["apply", "-auto-approve"]).success();
    dir
}

/// Runs a command line; gives its exit code and all that it says.
#[track_caller]
fn check(dir: &Workdir, line: &str, code: i32, expected: &str) {
    let output = dir.groma(line.split(' '));
    let said = output.stdout + &output.stderr;
    assert_eq!((output.code, said.trim()), (code, expected.trim()), "groma {line}");
}

#[test]
fn moves() {
    let dir = applied();
    check(
        &dir,
        "state mv -dry-run terraform_data.a terraform_data.b",
        0,
        r#"Would move "terraform_data.a" to "terraform_data.b""#,
    );
    check(
        &dir,
        "state mv terraform_data.a terraform_data.b",
        0,
        "Move \"terraform_data.a\" to \"terraform_data.b\"\nSuccessfully moved 1 object(s).",
    );
    check(
        &dir,
        "state mv --lock=false module.m module.n",
        0,
        "Move \"module.m\" to \"module.n\"\nSuccessfully moved 1 object(s).",
    );
    check(
        &dir,
        "state list",
        0,
        "terraform_data.b\nterraform_data.c[0]\nterraform_data.c[1]\nmodule.n.terraform_data.in",
    );
    check(
        &dir,
        "state mv terraform_data.none terraform_data.z",
        1,
        "Error: Invalid source address\n\nCannot move terraform_data.none: does not match anything \
         in the current state.",
    );
    // Configuration and state meet again: nothing is made anew.
    dir.write("main.tf", MAIN.replace("\"a\"", "\"b\"").replace("module \"m\"", "module \"n\""));
    assert_eq!(dir.groma(["plan", "-detailed-exitcode"]).code, 0);
}

#[test]
fn removes() {
    let dir = applied();
    check(
        &dir,
        "state rm -dry-run terraform_data.c",
        0,
        "Would remove terraform_data.c[0]\nWould remove terraform_data.c[1]",
    );
    check(&dir, "state rm -dry-run terraform_data.none", 0, "Would have removed nothing.");
    check(
        &dir,
        "state rm terraform_data.c module.m",
        0,
        "Removed terraform_data.c[0]\nRemoved terraform_data.c[1]\nRemoved \
         module.m.terraform_data.in\nSuccessfully removed 3 resource instance(s).",
    );
    check(
        &dir,
        "state rm terraform_data.c",
        1,
        "Error: Invalid target address\n\nNo matching objects found. To view the available \
         instances, use \"groma state\nlist\". Please modify the address to reference a specific \
         instance.",
    );
    check(&dir, "state list", 0, "terraform_data.a");
}

#[test]
fn replaces_providers() {
    let dir = applied();
    let line = "state replace-provider terraform.io/builtin/terraform hashicorp/foo";
    let summary = "Groma will perform the following actions:

  ~ Updating provider:
    - terraform.io/builtin/terraform
    + registry.terraform.io/hashicorp/foo

Changing 3 resources:

  terraform_data.a
  terraform_data.c
  module.m.terraform_data.in
";
    // Nobody answers.
    let refused = dir.groma(line.split(' '));
    assert_eq!(refused.code, 1);
    assert!(refused.stderr.contains("Error asking for approval"), "{}", refused.stderr);
    check(
        &dir,
        &line.replace("provider ", "provider -auto-approve "),
        0,
        &format!("{summary}\nSuccessfully replaced provider for 3 resources."),
    );
    check(&dir, line, 0, "No matching resources found.");
    let pulled = dir.groma(["state", "pull"]).success().json();
    let provider = &pulled["resources"][0]["provider"];
    assert_eq!(provider, "provider[\"registry.terraform.io/hashicorp/foo\"]");
}

#[test]
fn taints() {
    let dir = applied();
    check(
        &dir,
        "taint terraform_data.a",
        0,
        "Resource instance terraform_data.a has been marked as tainted.",
    );
    assert_eq!(dir.groma(["plan", "-detailed-exitcode"]).code, 2);
    check(
        &dir,
        "untaint terraform_data.a",
        0,
        "Resource instance terraform_data.a has been successfully untainted.",
    );
    assert_eq!(dir.groma(["plan", "-detailed-exitcode"]).code, 0);
    assert_eq!(dir.groma(["untaint", "terraform_data.a"]).code, 1);
    assert_eq!(dir.groma(["taint", "terraform_data.none"]).code, 1);
    assert_eq!(dir.groma(["taint", "-allow-missing", "terraform_data.none"]).code, 0);
}

#[test]
fn refuses_state_files_and_needs_a_state() {
    let dir = applied();
    for flag in ["-state=x", "-state-out=x", "-backup=x", "-backup-out=x"] {
        let output = dir.groma(["state", "mv", flag, "terraform_data.a", "terraform_data.b"]);
        let name = flag.split('=').next().unwrap_or_default();
        assert_eq!(output.code, 1);
        assert!(output.stderr.contains(&format!("The {name} option")), "{}", output.stderr);
    }
    let empty = Workdir::new();
    for line in ["state list", "state rm a.b", "state mv a.b a.c"] {
        let output = empty.groma(line.split(' '));
        assert_eq!(output.code, 1, "groma {line}");
        assert!(output.stderr.contains("No state file was found!"), "{}", output.stderr);
    }
}

#[test]
fn refresh_leaves_outputs_that_are_not_known_as_they_are() {
    let dir = Workdir::new();
    let with = |made: &str, outputs: &str| {
        dir.write("main.tf", format!("resource \"terraform_data\" {made:?} {{}}\n{outputs}"));
    };
    with("a", "output \"o\" {\n  value = 1\n}\n");
    dir.groma(["apply", "-auto-approve"]).success();
    with("b", "output \"p\" {\n  value = terraform_data.b.id\n}\n");
    dir.groma(["refresh"]).success();
    let outputs = dir.groma(["output", "-json"]).success().stdout;
    assert!(outputs.contains("\"o\"") && !outputs.contains("\"p\""), "{outputs}");
}
