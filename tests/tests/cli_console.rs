//! `groma console` against `terraform console`, expression by expression.

use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;

use groma_tests::{Output, Workdir, groma_binary, terraform};

const MAIN: &str = r#"
variable "v" {
  default = { a = 1, b = ["x", "y"] }
}

variable "unset" {
  type = list(string)
}

variable "secret" {
  default   = "s"
  sensitive = true
}

locals {
  l   = { k = "v${var.v.a}" }
  set = toset(["b", "a"])
}

resource "terraform_data" "a" {
  input = "x"
}

resource "terraform_data" "c" {
  count = 2
  input = count.index
}

resource "terraform_data" "e" {
  for_each = local.set
  input    = { key = each.key, list = tolist([1, 2]) }
}
"#;

/// In the configuration, and not in the state.
const LATER: &str = r#"
resource "terraform_data" "later" {
  input = "x"
}

resource "terraform_data" "many" {
  count = 2
}
"#;

/// Expressions that Terraform answers, one a line. Each is an element of one tuple, so that one
/// run of the real terraform answers them all.
const EXPRESSIONS: &str = r#"
1 + 1
1 / 3
1.5e10
100000000000000000000
-0.5
"a\nb"
"a\n"
"\n"
"x\nEOT\ny"
"tab\t\"q\" \\ $${x} %%{y}"
"\u0007\u0001\u007f\u200b\ufeff\u00a0\r"
"é🎉"
true
null
[]
{}
[1, "a", true, null]
{ a = 1, "b c" = [] }
{ "a$${x}\n" = 1 }
{ a = "x\nEOT\n" }
tolist([])
tolist(["a", "b"])
toset(["b", "a"])
tomap({ x = 1 })
tomap({})
toset([])
tolist([[1], [2]])
tolist([{ a = 1 }, { a = 2 }])
tostring(null)
tonumber(null)
tobool(null)
[tostring(null)]
sensitive("x")
[sensitive("x"), 1]
nonsensitive(sensitive(1))
var.v
var.v.b[1]
var.unset
var.secret
local.l
local.l.k
local.set
terraform_data.a
terraform_data.a.output
terraform_data.c
terraform_data.c[*].output
terraform_data.c[1].input
terraform_data.e
terraform_data.e["a"].output
[for k, v in terraform_data.e : "${k}=${v.input.key}"]
terraform_data.later
terraform_data.later.output
terraform_data.many
terraform_data.many[0]
[terraform_data.later.id]
"${terraform_data.later.id}-x"
length(terraform_data.c)
keys(terraform_data.e)
path.module
path.root
terraform.workspace
terraform.applying
upper("x")
jsonencode({ a = [1, null] })
yamlencode({ a = 1 })
split(",", "a,b")
merge({ a = 1 }, { b = 2 })
zipmap(["a"], [1])
flatten([[1], [2]])
distinct([1, 1, 2])
try(1, 2)
true ? 1 : "a"
cidrsubnet("10.0.0.0/8", 8, 1)
format("%05.2f", 3.14159)
sha256("x")
formatdate("YYYY", "2020-01-01T00:00:00Z")
range(3)
sum([1, 2.5])
templatestring(local.l.k, {})
one([])
coalesce("", "x")
{ for k in ["a", "b"] : k => k }
"%{ if true }a%{ else }b%{ endif }"
"#;

/// Whole lines, each an entry of its own; most are errors, or only mean something at the top.
const ENTRIES: &[&str] = &[
    "type(1)",
    "type([1, \"a\"])",
    "type({ a = 1, b = tolist([{ c = true }]) })",
    "type(null)",
    "type(terraform_data.e)",
    "type(terraform_data.later)",
    "type(sensitive(var.unset))",
    "[type(1)]",
    "1 + type(2)",
    "type(1, 2)",
    "\"a\\nb\"",
    "exit",
    "",
    "undefined.x",
    "local.none",
    "foo(1)",
    "var.v.zz",
    "terraform_data.c[7]",
    "1 ==",
    "\"a\" + 1",
    "plantimestamp()",
    "1 + 1\n2 + 2",
    "local.none\n2 + 2",
];

fn console(dir: &Workdir, program: &Path, flags: &[&str], input: &str) -> Output {
    let args = std::iter::once("console").chain(flags.iter().copied());
    let mut command = dir.command(program, args);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    // A program that has ended before it read everything has said why.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    let output = child.wait_with_output().expect("the program ends");
    Output {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// A state that both programs have.
fn applied(terraform: &Path) -> Workdir {
    let dir = Workdir::new();
    dir.write("main.tf", MAIN);
    dir.run(terraform, ["init"]).success();
    dir.run(terraform, ["apply", "-auto-approve", "-var=unset=[]"]).success();
    dir.groma(["state", "push", "terraform.tfstate"]).success();
    dir.write("later.tf", LATER);
    dir
}

/// The titles of errors, without colours.
fn errors(text: &str) -> Vec<String> {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\x1b[") {
        plain.push_str(before);
        rest = after.split_once('m').map_or("", |(_, rest)| rest);
    }
    plain.push_str(rest);
    let titles = plain.lines().filter_map(|line| line.split_once("Error: "));
    titles.map(|(_, title)| title.to_owned()).collect()
}

#[test]
fn prints_what_terraform_prints() {
    let terraform = match terraform() {
        Ok(terraform) => terraform,
        Err(missing) => return missing.skip(),
    };
    let dir = applied(&terraform);
    let groma = groma_binary();
    let lines: Vec<&str> = EXPRESSIONS.lines().filter(|line| !line.is_empty()).collect();
    assert!(lines.len() >= 80);
    let all = format!("[{}]\n", lines.join(", "));
    for flags in [&[][..], &["-plan"], &["-var", "unset=[\"u\"]"]] {
        let expected = console(&dir, &terraform, flags, &all).success();
        let found = console(&dir, &groma, flags, &all).success();
        for (expected, found) in expected.stdout.lines().zip(found.stdout.lines()) {
            assert_eq!(found, expected, "with {flags:?}");
        }
        assert_eq!(found.stdout, expected.stdout, "with {flags:?}");
    }
}

#[test]
fn answers_and_ends_as_terraform_does() {
    let terraform = match terraform() {
        Ok(terraform) => terraform,
        Err(missing) => return missing.skip(),
    };
    let dir = applied(&terraform);
    let groma = groma_binary();
    for entry in ENTRIES {
        let expected = console(&dir, &terraform, &[], entry);
        let found = console(&dir, &groma, &[], entry);
        assert_eq!((found.code, found.stdout), (expected.code, expected.stdout), "{entry}");
        assert_eq!(errors(&found.stderr), errors(&expected.stderr), "{entry}");
    }
}

#[test]
fn helps_and_warns() {
    let dir = Workdir::new();
    let groma = groma_binary();
    let help = console(&dir, &groma, &[], "help\n").success();
    assert!(help.stdout.starts_with("The Groma console allows you"), "{}", help.stdout);
    assert_eq!(console(&dir, &groma, &[], "1 + 1\n").success().stdout, "2\n");
    // What has an error in the configuration has no value, and the rest has.
    dir.write("main.tf", "locals {\n  bad = 1 + \"a\"\n  good = 1\n}\n");
    let warned = console(&dir, &groma, &[], "local.good\n").success();
    assert_eq!(warned.stdout, "1\n");
    assert!(warned.stderr.contains("some expressions may produce unexpected"), "{}", warned.stderr);
}
