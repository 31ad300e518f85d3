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
    let expected = dir.run(&terraform, ["get", "-update"]).success();
    assert_eq!(dir.groma(["get", "-update"]).success().stdout, expected.stdout);
    dir.run(&terraform, ["init"]).success();
    let expected = dir.run(&terraform, ["graph"]).success();
    assert_eq!(dir.groma(["graph"]).success().stdout, expected.stdout);
    let theirs = dir.run(&terraform, ["graph", "-type=plan"]).success().stdout;
    let ours = dir.groma(["graph", "-type=plan"]).success().stdout;
    assert_eq!(in_common(&ours), in_common(&theirs));
    dir.groma(["plan", "-out=plan", "-target=terraform_data.a"]).success();
    // A plan carries its configuration.
    dir.write("main.tf", "");
    assert_eq!(dir.groma(["graph", "-type=plan", "-plan=plan"]).success().stdout, ours);
    assert_eq!(dir.groma(["graph", "-plan=plan"]).success().stdout, ours);
}

/// The lines of a drawing but for edges at what only one of the two tools has: how a provider is
/// closed, and how its objects are read.
fn in_common(drawing: &str) -> Vec<&str> {
    const ONLY_IN_ONE: [&str; 4] =
        ["-> \"[root] provider", "\\\"] (close)\" ->", "(refresh)\" ->", "root\" ->"];
    let shared = |line: &&str| ONLY_IN_ONE.iter().all(|part| !line.contains(part));
    drawing.lines().filter(shared).collect()
}

#[test]
fn draws_destruction_and_cycles() {
    let dir = Workdir::new();
    dir.write("main.tf", MAIN).write("m/main.tf", M).write("m/n/main.tf", N);
    dir.write("main.tf", "resource \"terraform_data\" \"a\" {}\n");
    dir.groma(["apply", "-auto-approve"]).success();
    dir.groma(["plan", "-destroy", "-out=plan"]).success();
    let drawn = dir.groma(["graph", "-plan=plan"]).success().stdout;
    assert!(drawn.contains("\"[root] terraform_data.a (destroy)\""), "{drawn}");
    dir.write("main.tf", "");
    let drawn = dir.groma(["graph", "-type=plan"]).success().stdout;
    assert!(drawn.contains("\"[root] terraform_data.a (orphan)\""), "{drawn}");
    dir.write("main.tf", "locals {\n  a = local.b\n  b = local.a\n}\n");
    let refused = dir.groma(["graph", "-type=plan"]);
    assert!(refused.code == 1 && refused.stderr.contains("Cycle"), "{}", refused.stderr);
    let drawn = dir.groma(["graph", "-type=plan", "-draw-cycles"]).success().stdout;
    let edge = "\"[root] local.a (expand)\" -> \"[root] local.b (expand)\" [color = \"red\"";
    assert!(drawn.contains(edge), "{drawn}");
}

#[test]
fn refuses_other_graphs() {
    let dir = Workdir::new();
    let output = dir.groma(["graph", "-type=x"]);
    assert_eq!(output.code, 1);
    assert!(output.stderr.contains("Unsupported graph type"), "{}", output.stderr);
}
