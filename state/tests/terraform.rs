//! What the real terraform writes is written back byte for byte, and it takes what we write.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use groma_state::{Change, v4};
use tempfile::TempDir;

/// Terraform in `dir`, or `None` with a message if it is not installed.
#[expect(clippy::disallowed_methods, reason = "a test may ask whether all must run")]
fn terraform(dir: &Path, args: &[&str]) -> Option<Output> {
    let mut command = Command::new("terraform");
    command.current_dir(dir).args(args).env("CHECKPOINT_DISABLE", "1");
    command.env("TF_CLI_CONFIG_FILE", "/dev/null").env("TF_IN_AUTOMATION", "1");
    match command.output() {
        Ok(output) => Some(output),
        Err(error) if std::env::var_os("GROMA_REQUIRE_ALL").is_some() => {
            panic!("terraform cannot be run: {error}")
        }
        Err(_) => {
            let how = "https://developer.hashicorp.com/terraform/install";
            println!("skipped: terraform, install with {how}");
            None
        }
    }
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// Applies each configuration in turn in one directory (whether it succeeds or not), and compares
/// after each what Terraform wrote with what we write. Returns the last state.
fn check(configurations: &[&str]) -> Option<String> {
    let dir = TempDir::new().expect("a folder");
    let path = dir.path();
    fs::create_dir(path.join("m")).expect("a folder");
    fs::write(path.join("m/main.tf"), MODULE).expect("a file");
    fs::write(path.join("other.tfstate"), OTHER).expect("a file");
    let mut last = None;
    for configuration in configurations {
        fs::write(path.join("main.tf"), configuration).expect("a file");
        let init = terraform(path, &["init", "-no-color"])?;
        assert!(init.status.success(), "{}", text(&init));
        let apply = terraform(path, &["apply", "-auto-approve", "-no-color"])?;
        let written = fs::read(path.join("terraform.tfstate"))
            .unwrap_or_else(|error| panic!("{error}: {}", text(&apply)));
        let mut snapshot = v4::read(&written).expect("a state");
        let ours = v4::write(&snapshot).expect("a file");
        let written = String::from_utf8(written).expect("text");
        similar(&String::from_utf8(ours).expect("text"), &written);

        // Terraform takes ours with the next serial, and has it as it is.
        snapshot.serial += 1;
        let ours = v4::write(&snapshot).expect("a file");
        fs::write(path.join("ours.json"), &ours).expect("a file");
        let push = terraform(path, &["state", "push", "ours.json"])?;
        assert!(push.status.success(), "{}", text(&push));
        let pull = terraform(path, &["state", "pull"])?;
        similar(&in_order(&ours), &in_order(&pull.stdout));
        last = Some(written);
    }
    last
}

/// The file with the results of conditions sorted: Terraform reads them into a map, and writes
/// them in whatever order that gives, which may be another state, with the next serial.
fn in_order(file: &[u8]) -> String {
    let mut snapshot = v4::read(file).expect("a state");
    if let Some(checks) = snapshot.state.checks() {
        let mut checks = checks.to_vec();
        checks.sort_by(|a, b| a.config_addr.cmp(&b.config_addr));
        for check in &mut checks {
            check.objects.sort_by(|a, b| a.object_addr.cmp(&b.object_addr));
        }
        snapshot.state.apply(Change::Checks(Some(checks.into())));
        snapshot.serial = 0;
    }
    String::from_utf8(v4::write(&snapshot).expect("a file")).expect("text")
}

/// Like `assert_eq`, with only the lines around the first difference.
fn similar(actual: &str, expected: &str) {
    if actual == expected {
        return;
    }
    let differs = actual.lines().zip(expected.lines()).position(|(a, b)| a != b);
    let from = differs.unwrap_or(0).saturating_sub(3);
    let around = |text: &str| text.lines().skip(from).take(9).collect::<Vec<_>>().join("\n");
    panic!("ours:\n{}\nTerraform's:\n{}", around(actual), around(expected));
}

const MODULE: &str = r#"
variable "x" {}
resource "terraform_data" "in" { input = var.x }
output "o" { value = terraform_data.in.output }
"#;

const OTHER: &str =
    r#"{"version":4,"terraform_version":"1.0.0","serial":1,"lineage":"x","outputs":{}}"#;

#[test]
fn outputs_of_many_types() {
    check(&[
        r#"output "bool" { value = true }"#,
        r#"
        output "bool" { value = true }
        output "third" { value = 1/3 }
        output "big" { value = 1e30 }
        output "small" { value = -1.5e-7 }
        output "long" { value = 123456789012345678901234567890.12345678901234567890 }
        output "nothing" { value = null }
        output "text" { value = "<a> & \"é\" \u2028 \n\t\\ \u0001 \U0001F600" }
        output "object" { value = { b = [1, "x", null], a = {}, "k k" = [] } }
        output "set" { value = toset(["b", "a", "é", "B"]) }
        output "set_of_lists" { value = toset([[2], [1, 3], []]) }
        output "list" { value = tolist([1, 2]) }
        output "map" { value = tomap({ z = "1", a = "2" }) }
        output "empty_map" { value = tomap({}) }
        output "typed_null" { value = tolist([null, "a"]) }
        output "secret" {
          value     = sensitive({ a = "b" })
          sensitive = true
        }
        "#,
        r#"output "bool" { value = false }"#,
    ]);
}

#[test]
fn instances_of_every_kind() {
    check(&[r#"
        resource "terraform_data" "one" { input = "x" }
        resource "terraform_data" "counted" {
          count = 12
          input = count.index
        }
        resource "terraform_data" "keyed" {
          for_each = { b = 1, a = 1.5, "x\"y$${é<" = 123456789012345678901234567890.123456789 }
          input    = { value = each.value, id = terraform_data.one.id }
        }
        module "keyed" {
          source   = "./m"
          for_each = toset(["k1", "k\"2"])
          x        = terraform_data.counted[1].id
        }
        module "counted" {
          source = "./m"
          count  = 11
          x      = toset(["a", "b"])
        }
        data "terraform_remote_state" "other" {
          backend  = "local"
          config   = { path = "${path.module}/other.tfstate" }
          defaults = { x = [1, "<"] }
        }
        "#]);
}

#[test]
fn sensitive_parts() {
    let state = check(&[r#"
        variable "secret" {
          default   = "s3"
          sensitive = true
        }
        locals { list = [1, var.secret, { k = var.secret }] }
        resource "terraform_data" "whole" { input = var.secret }
        resource "terraform_data" "parts" {
          input            = { list = local.list, map = tomap({ "a<b>" = var.secret }), plain = 1 }
          triggers_replace = tolist([var.secret, "x"])
        }
        "#]);
    if let Some(state) = state {
        assert!(state.contains("\"type\": \"index\""), "{state}");
    }
}

#[test]
fn tainted_and_deposed() {
    let replaced = |trigger: u8| {
        format!(
            r#"
            resource "terraform_data" "first" {{
              input            = "first"
              triggers_replace = {trigger}
              lifecycle {{ create_before_destroy = true }}
              provisioner "local-exec" {{
                when    = destroy
                command = "false"
              }}
            }}
            resource "terraform_data" "then" {{
              for_each = toset(["a", "b"])
              input    = terraform_data.first.id
              provisioner "local-exec" {{ command = "test ${{each.key}} = b" }}
            }}
            "#
        )
    };
    let state = check(&[&replaced(1), &replaced(2)]);
    if let Some(state) = state {
        assert!(state.contains("\"status\": \"tainted\""), "{state}");
        assert!(state.contains("\"deposed\": \""), "{state}");
        assert!(state.contains("\"create_before_destroy\": true"), "{state}");
    }
}

#[test]
fn results_of_conditions() {
    check(&[r#"
        variable "v" {
          default = 1
          validation {
            condition     = var.v == 1
            error_message = "no"
          }
        }
        resource "terraform_data" "a" {
          count = 2
          input = count.index
          lifecycle {
            postcondition {
              condition     = self.input < 5
              error_message = "no"
            }
          }
        }
        check "fails" {
          assert {
            condition     = terraform_data.a[0].id == "x"
            error_message = "it is \"<${terraform_data.a[0].input}>\""
          }
        }
        output "o" {
          value = 1
          precondition {
            condition     = length(terraform_data.a) == 2
            error_message = "no"
          }
        }
        "#]);
}
