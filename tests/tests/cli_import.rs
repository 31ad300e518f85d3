//! `groma import`

use std::collections::BTreeSet;

use groma_tests::{Workdir, terraform};

const MAIN: &str = r#"
terraform {
  required_providers {
    random = { source = "hashicorp/random" }
  }
}

resource "random_uuid" "a" {}

resource "terraform_data" "taken" {}
"#;

const ID: &str = "d13e3ee2-b4e2-4be8-8a3b-6f3a3e3b9a7d";

#[test]
fn imports_an_object_once() {
    let dir = Workdir::new();
    dir.write("main.tf", MAIN);
    let output = dir.groma(["import", "random_uuid.a", ID]).success();
    assert_eq!(
        output.stdout.trim(),
        format!(
            "random_uuid.a: Importing from ID \"{ID}\"...\nrandom_uuid.a: Import prepared!\n  \
             Prepared random_uuid for import\n\nImport successful!\n\nThe resources that were \
             imported are shown above. These resources are now in\nyour Groma state and will \
             henceforth be managed by Groma."
        )
    );
    let plan = dir.groma(["plan", "-target=random_uuid.a", "-detailed-exitcode"]);
    assert_eq!(plan.code, 0, "{}{}", plan.stdout, plan.stderr);
    let again = dir.groma(["import", "random_uuid.a", ID]);
    assert_eq!(again.code, 1);
    assert!(again.stderr.contains("Resource already managed by Groma"), "{}", again.stderr);
}

#[test]
fn refuses_what_cannot_be_imported() {
    let dir = Workdir::new();
    dir.write("main.tf", MAIN);
    let check = |address: &str, id: &str, expected: &str| {
        let output = dir.groma(["import", address, id]);
        assert_eq!(output.code, 1, "{address}");
        assert!(output.stderr.contains(expected), "{address}: {}", output.stderr);
    };
    check("terraform_data.none", "x", "does not exist in the configuration");
    check("data.random_uuid.a", "x", "A managed resource address is required");
    check("random_uuid.a[0]", ID, "Configuration for import target does not exist");
    check("random_uuid.a", "no uuid", "Error");
    assert!(dir.groma(["state", "list"]).stdout.is_empty());
}

/// The file that both tools write is the same but for their names, and for the order of blocks,
/// which in Terraform's varies from run to run.
#[test]
fn generates_configuration_as_terraform_does() {
    let terraform = match terraform() {
        Ok(terraform) => terraform,
        Err(missing) => return missing.skip(),
    };
    let dir = Workdir::new();
    dir.write(
        "main.tf",
        "import {\n  to = terraform_data.a\n  id = \"x \\\"y\\\"\"\n}\n\nimport {\n  to = \
         terraform_data.b\n  id = \"z\"\n}\n",
    );
    dir.run(&terraform, ["init"]).success();
    dir.run(&terraform, ["plan", "-generate-config-out=theirs.tf"]).success();
    let read = |name: &str| std::fs::read_to_string(dir.path().join(name)).expect("a file");
    let theirs = read("theirs.tf");
    std::fs::remove_file(dir.path().join("theirs.tf")).expect("a file");
    dir.groma(["plan", "-generate-config-out=ours.tf"]).success();
    let blocks = |text: &str| -> BTreeSet<String> {
        text.replace("Terraform", "Groma").split("\n\n").map(|b| b.trim().to_owned()).collect()
    };
    let ours = read("ours.tf");
    assert_eq!(blocks(&ours), blocks(&theirs));
    assert_eq!(ours.len() + 3 * ("Terraform".len() - "Groma".len()), theirs.len());
    let again = dir.groma(["plan", "-generate-config-out=ours.tf"]);
    assert_eq!(again.code, 1);
    assert!(again.stderr.contains("Target generated file already exists"), "{}", again.stderr);
}

#[test]
fn takes_the_configuration_from_elsewhere() {
    let dir = Workdir::new();
    dir.write("conf/main.tf", "variable \"x\" {}\nresource \"terraform_data\" \"a\" {}\n");
    // The values of variables and the state stay here.
    dir.write("terraform.tfvars", "x = 1\n");
    dir.groma(["import", "-input=false", "-config=conf", "terraform_data.a", "id"]).success();
    assert_eq!(dir.groma(["state", "list"]).success().stdout, "terraform_data.a\n");
    let nowhere = dir.groma(["import", "-config=nowhere", "terraform_data.b", "id"]);
    assert_eq!(nowhere.code, 1);
    assert!(nowhere.stderr.contains("No Terraform configuration files"), "{}", nowhere.stderr);
}
