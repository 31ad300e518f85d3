//! `groma import`

use groma_tests::Workdir;

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
