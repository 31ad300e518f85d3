//! `groma graph` and `groma get` against `terraform`.

use groma_tests::{Workdir, terraform};

const MAIN: &str = r#"
variable "x" {
  default = 1
}

locals {
  y = terraform_data.a.output
}

resource "terraform_data" "a" {
  input = var.x
}

resource "terraform_data" "b" {
  input      = local.y
  depends_on = [module.m]
}

data "terraform_remote_state" "d" {
  backend = "local"
  config  = { path = terraform_data.a.id }
}

module "m" {
  source = "./m"
  in     = terraform_data.a.id
}

module "k" {
  source   = "./m"
  for_each = toset(["a"])
  in       = module.m.out
}
"#;

const M: &str = r#"
variable "in" {}

resource "terraform_data" "p" {
  input = var.in
}

resource "terraform_data" "q" {
  input = terraform_data.p.id
}

module "n" {
  source = "./n"
  in     = terraform_data.q.id
}

output "out" {
  value = module.n.out
}
"#;

const N: &str = r#"
variable "in" {}

resource "terraform_data" "deep" {
  input = var.in
}

output "out" {
  value = terraform_data.deep.id
}
"#;

#[test]
fn draws_and_lists_what_terraform_does() {
    let terraform = match terraform() {
        Ok(terraform) => terraform,
        Err(missing) => return missing.skip(),
    };
    let dir = Workdir::new();
    dir.write("main.tf", MAIN).write("m/main.tf", M).write("m/n/main.tf", N);
    let expected = dir.run(&terraform, ["get"]).success();
    assert_eq!(dir.groma(["get"]).success().stdout, expected.stdout);
    dir.run(&terraform, ["init"]).success();
    let expected = dir.run(&terraform, ["graph"]).success();
    assert_eq!(dir.groma(["graph"]).success().stdout, expected.stdout);
    dir.groma(["plan", "-out=plan", "-target=terraform_data.a"]).success();
    // A plan carries its configuration.
    dir.write("main.tf", "");
    assert_eq!(dir.groma(["graph", "-plan=plan"]).success().stdout, expected.stdout);
}

#[test]
fn refuses_other_graphs() {
    let dir = Workdir::new();
    for (kind, expected) in [("plan", "Unsupported option"), ("x", "Unsupported graph type")] {
        let output = dir.groma(["graph", &format!("-type={kind}")]);
        assert_eq!(output.code, 1);
        assert!(output.stderr.contains(expected), "{}", output.stderr);
    }
}
