//! The real terraform, as the judge of what is accepted and of how it is laid out.

use std::collections::HashSet;
use std::path::Path;
use std::process::Command;

pub mod generate;
pub mod random;

/// What `terraform fmt` says of a text.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The canonical layout.
    Formatted(Vec<u8>),
    /// A syntax error.
    Refused,
}

/// Whether terraform is there; says what to do if it is not.
#[expect(clippy::disallowed_methods, reason = "a setting of these tests alone")]
pub fn available() -> bool {
    let found = terraform().arg("version").output().is_ok_and(|output| output.status.success());
    if !found {
        assert!(
            std::env::var_os("GROMA_REQUIRE_ALL").is_none(),
            "terraform is required, and is not on PATH"
        );
        eprintln!("skipped: terraform, install with https://developer.hashicorp.com/terraform");
    }
    found
}

fn terraform() -> Command {
    let mut command = Command::new("terraform");
    command.env("CHECKPOINT_DISABLE", "1").env("TF_CLI_CONFIG_FILE", "/dev/null");
    command
}

/// The verdict on each text, from one process.
pub fn judge(texts: &[Vec<u8>]) -> Vec<Verdict> {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let path = |index: usize| dir.path().join(format!("{index:06}.tf"));
    for (index, text) in texts.iter().enumerate() {
        std::fs::write(path(index), text).expect("a file");
    }
    let output = terraform()
        .args(["fmt", "-no-color", "-list=false"])
        .current_dir(dir.path())
        .output()
        .expect("terraform runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(!errors.contains("panic:"), "terraform panicked:\n{errors}");
    let refused: HashSet<&str> = errors
        .lines()
        .filter_map(|line| line.strip_prefix("  on ")?.split(" line ").next())
        .collect();
    (0..texts.len())
        .map(|index| {
            let path = path(index);
            if path.file_name().is_some_and(|name| refused.contains(&*name.to_string_lossy())) {
                return Verdict::Refused;
            }
            Verdict::Formatted(read(&path))
        })
        .collect()
}

/// Which of some JSON texts terraform refuses as variable values, from one process.
pub fn refused_json(texts: &[Vec<u8>]) -> HashSet<usize> {
    let dir = tempfile::tempdir().expect("a temporary directory");
    for (index, text) in texts.iter().enumerate() {
        let path = dir.path().join(format!("{index:06}.auto.tfvars.json"));
        std::fs::write(path, text).expect("a file");
    }
    std::fs::write(dir.path().join("main.tf"), "").expect("a file");
    let output = terraform().args(["plan", "-no-color"]).current_dir(dir.path()).output();
    let errors = output.expect("terraform runs").stderr;
    let errors = String::from_utf8_lossy(&errors);
    assert!(!errors.contains("panic:"), "terraform panicked:\n{errors}");
    errors
        .lines()
        .filter_map(|line| line.strip_prefix("  on ")?.split('.').next()?.parse().ok())
        .collect()
}

/// The value of each expression, as JSON. All of them must be valid and need no scope.
pub fn values(expressions: &[String]) -> Vec<serde_json::Value> {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let outputs: Vec<_> = expressions
        .iter()
        .enumerate()
        .map(|(index, text)| format!("output \"o{index}\" {{\n  value = {text}\n}}\n"))
        .collect();
    std::fs::write(dir.path().join("main.tf"), outputs.concat()).expect("a file");
    let run = |args: &[&str]| {
        let output = terraform().args(args).current_dir(dir.path()).output();
        let output = output.expect("terraform runs");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "terraform {args:?}:\n{errors:.2000}");
        output.stdout
    };
    run(&["plan", "-no-color", "-out=plan"]);
    let plan: serde_json::Value =
        serde_json::from_slice(&run(&["show", "-json", "plan"])).expect("JSON");
    let outputs = &plan["planned_values"]["outputs"];
    (0..expressions.len()).map(|index| outputs[format!("o{index}")]["value"].clone()).collect()
}

fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).expect("the file that was formatted")
}

/// The errors of each text: line and summary, in the order in which terraform gives them.
pub fn errors(texts: &[Vec<u8>]) -> Vec<Vec<(usize, String)>> {
    let dir = tempfile::tempdir().expect("a temporary directory");
    for (index, text) in texts.iter().enumerate() {
        std::fs::write(dir.path().join(format!("{index:06}.tf")), text).expect("a file");
    }
    let output = terraform()
        .args(["fmt", "-no-color", "-list=false", "-write=false"])
        .current_dir(dir.path())
        .output()
        .expect("terraform runs");
    let printed = String::from_utf8_lossy(&output.stderr);
    let mut found = vec![Vec::new(); texts.len()];
    let mut summary = "";
    for line in printed.lines() {
        if let Some(text) = line.strip_prefix("Error: ") {
            summary = text;
        }
        let place = line.strip_prefix("  on ").and_then(|rest| {
            let (name, rest) = rest.split_once(".tf line ")?;
            let digits = rest.split(|c: char| !c.is_ascii_digit()).next()?;
            Some((name.parse::<usize>().ok()?, digits.parse::<usize>().ok()?))
        });
        if let Some((index, line)) = place {
            found[index].push((line, summary.to_owned()));
        }
    }
    found
}
