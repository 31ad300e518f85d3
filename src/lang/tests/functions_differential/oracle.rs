//! What the real terraform makes of the cases: one plan that collects the errors, and one of the
//! rest for the values.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use serde_json::Value as Json;
use serde_json::value::RawValue;

use crate::{Case, FILES, Outcome};

/// The names that cases use. [`crate::ours`] has them too.
pub const PREAMBLE: &str = r#"
resource "terraform_data" "u" { input = "x" }
variable "eph" {
  default   = "e"
  ephemeral = true
}
locals {
  ustr  = terraform_data.u.id
  udyn  = jsondecode(terraform_data.u.id)
  unum  = parseint(terraform_data.u.id, 10)
  ubool = startswith(terraform_data.u.id, "a")
  ulist = split(",", terraform_data.u.id)
  sec   = sensitive("sec")
  tpl   = "Hi $${name}"
}
"#;

/// Whether terraform is there; says what to do if it is not.
#[expect(clippy::disallowed_methods, reason = "a setting of this test alone")]
pub fn available() -> bool {
    let found = terraform(Path::new(".")).arg("version").output();
    let found = found.is_ok_and(|output| output.status.success());
    if !found {
        assert!(
            std::env::var_os("GROMA_REQUIRE_ALL").is_none(),
            "terraform is required, and is not on PATH"
        );
        eprintln!("skipped: terraform, install with https://developer.hashicorp.com/terraform");
    }
    found
}

fn terraform(dir: &Path) -> Command {
    let mut command = Command::new("terraform");
    command.current_dir(dir).env("CHECKPOINT_DISABLE", "1").env("TF_CLI_CONFIG_FILE", "/dev/null");
    command
}

/// The outcome of each case.
pub fn outcomes(cases: &[Case]) -> Vec<Outcome> {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let dir = dir.path();
    for (path, bytes) in FILES {
        let path = dir.join(path);
        std::fs::create_dir_all(path.parent().expect("a directory")).expect("it can be made");
        std::fs::write(path, bytes).expect("a file");
    }
    std::fs::write(dir.join("preamble.tf"), PREAMBLE).expect("a file");
    for (index, case) in cases.iter().enumerate() {
        std::fs::write(dir.join(file(index)), outputs(index, case)).expect("a file");
    }
    let init = terraform(dir).arg("init").output().expect("terraform runs");
    assert!(init.status.success(), "{}", String::from_utf8_lossy(&init.stderr));

    let mut errors = plan(dir);
    for name in errors.keys() {
        assert!(name.starts_with("case"), "{name}: {:?}", errors[name]);
        std::fs::remove_file(dir.join(name)).expect("the file of a case");
    }
    let more = plan(dir);
    assert!(more.is_empty(), "errors in the second plan: {more:?}");
    let show = terraform(dir).args(["show", "-json", "plan"]).output().expect("terraform runs");
    let values = Values::read(&show.stdout);
    cases
        .iter()
        .enumerate()
        .map(|(index, case)| match errors.remove(&file(index)) {
            Some(error) => Outcome::Error(error),
            None => values.outcome(index, case.marks),
        })
        .collect()
}

fn file(index: usize) -> String {
    format!("case{index:05}.tf")
}

fn outputs(index: usize, case: &Case) -> String {
    let expression = &case.expression;
    let sensitive = if case.marks { "  sensitive = true\n" } else { "" };
    let mut text = format!("output \"o{index}\" {{\n  value = {expression}\n{sensitive}}}\n");
    if case.marks {
        let _ = write!(text, "output \"s{index}\" {{\n  value = issensitive({expression})\n}}\n");
    }
    text
}

/// Plans, and gives the first error in each file.
fn plan(dir: &Path) -> BTreeMap<String, String> {
    let output =
        terraform(dir).args(["plan", "-json", "-out=plan"]).output().expect("terraform runs");
    let mut errors = BTreeMap::new();
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let message: Json = serde_json::from_str(line).expect("a line of JSON");
        let diagnostic = &message["diagnostic"];
        if diagnostic["severity"] != "error" {
            continue;
        }
        let text = |name: &str| diagnostic[name].as_str().unwrap_or_default().to_owned();
        let file = diagnostic["range"]["filename"].as_str().unwrap_or_default().to_owned();
        errors.entry(file).or_insert_with(|| format!("{}: {}", text("summary"), text("detail")));
    }
    errors
}

/// The outputs of a plan. Values stay as they are written, since numbers have more digits than a
/// double holds.
struct Values {
    changes: BTreeMap<String, Change>,
    planned: BTreeMap<String, Output>,
}

#[derive(serde::Deserialize)]
struct Plan {
    #[serde(default)]
    output_changes: BTreeMap<String, Change>,
    planned_values: Planned,
}

#[derive(serde::Deserialize)]
struct Planned {
    #[serde(default)]
    outputs: BTreeMap<String, Output>,
}

#[derive(serde::Deserialize)]
struct Change {
    after: Option<Box<RawValue>>,
    after_unknown: Json,
}

#[derive(serde::Deserialize)]
struct Output {
    #[serde(rename = "type")]
    ty: Option<Json>,
}

impl Values {
    fn read(bytes: &[u8]) -> Self {
        let plan: Plan = serde_json::from_slice(bytes).expect("a plan in JSON");
        Self { changes: plan.output_changes, planned: plan.planned_values.outputs }
    }

    fn outcome(&self, index: usize, marks: bool) -> Outcome {
        let name = format!("o{index}");
        // A null output is no change.
        let change = self.changes.get(&name);
        let json = change.and_then(|change| change.after.as_ref());
        let mut unknown = Vec::new();
        if let Some(change) = change {
            unknown_paths(&change.after_unknown, "", &mut unknown);
        }
        let sensitive = marks.then(|| {
            let answer = self.changes.get(&format!("s{index}"));
            answer.and_then(|c| c.after.as_ref()).is_some_and(|after| after.get() == "true")
        });
        Outcome::Value {
            json: json.map_or_else(|| "null".to_owned(), |json| json.get().to_owned()),
            ty: self
                .planned
                .get(&name)
                .and_then(|output| output.ty.as_ref())
                .filter(|_| unknown.is_empty() && json.is_some())
                .map(Json::to_string),
            unknown,
            sensitive,
        }
    }
}

fn unknown_paths(mask: &Json, path: &str, out: &mut Vec<String>) {
    match mask {
        Json::Bool(true) => out.push(path.to_owned()),
        Json::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                unknown_paths(item, &format!("{path}/{index}"), out);
            }
        }
        Json::Object(fields) => {
            for (name, item) in fields {
                unknown_paths(item, &format!("{path}/{name}"), out);
            }
        }
        _ => {}
    }
}
