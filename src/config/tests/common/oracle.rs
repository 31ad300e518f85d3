//! What the real terraform says of a configuration.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use groma_config::modules::ModuleSource;
use groma_config::source::path;
use groma_config::{LocalModules, MemorySource, load_config};
use groma_diag::SourceMap;
use serde_json::{Value, json};

use super::Case;

/// Whether there is a terraform to ask. Without one the test is skipped, unless everything is
/// required.
pub fn is_there() -> bool {
    let there = Command::new("terraform").arg("version").output().is_ok();
    #[expect(clippy::disallowed_methods, reason = "tests are told so what must not be skipped")]
    let required = std::env::var_os("GROMA_REQUIRE_ALL").is_some();
    assert!(there || !required, "terraform is required and not there");
    if !there {
        println!("skipped: terraform, install version 1.11.4 from its releases page");
    }
    there
}

/// `terraform validate`: what is said of the case, in our form.
pub fn validate(case: &Case) -> BTreeSet<String> {
    let dir = tempfile::tempdir().expect("directory");
    for (path, content) in &case.files {
        let path = dir.path().join(path);
        fs::create_dir_all(path.parent().expect("parent")).expect("directory");
        fs::write(path, content).expect("file");
    }
    let modules = dir.path().join(".terraform/modules");
    fs::create_dir_all(&modules).expect("directory");
    fs::write(modules.join("modules.json"), manifest(case).to_string()).expect("manifest");
    let output = Command::new("terraform")
        .args(["validate", "-json"])
        .current_dir(dir.path())
        .env("TF_CLI_CONFIG_FILE", "/dev/null")
        .env("CHECKPOINT_DISABLE", "1")
        .output()
        .expect("terraform");
    let answer: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let diags = answer["diagnostics"].as_array().expect("diagnostics");
    diags.iter().map(describe).collect()
}

fn describe(diag: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let range = &diag["range"];
    let place = match range["filename"].as_str() {
        None | Some("") => "-".to_owned(),
        Some(file) => format!("{file}:{}", range["start"]["line"]),
    };
    format!("{}: {} @ {place}", text(&diag["severity"]), text(&diag["summary"]))
}

/// What `terraform init` would write of local modules. It refuses configurations that are wrong,
/// so that it cannot be asked.
fn manifest(case: &Case) -> Value {
    let source = case
        .files
        .iter()
        .fold(MemorySource::new(), |source, (path, text)| source.with(path, text.as_bytes()));
    let (config, _) = load_config(&source, &LocalModules, &std::sync::Arc::new(SourceMap::new()));
    let mut modules = vec![json!({ "Key": "", "Source": "", "Dir": "." })];
    for module in &config.modules {
        for call in module.calls.values() {
            if let ModuleSource::Local(local) = &call.source_addr {
                let calls = module.path.child(call.name.clone());
                let key: Vec<&str> = calls.calls().iter().map(|name| &**name).collect();
                let dir = path::join(&module.dir, local);
                modules.push(json!({
                    "Key": key.join("."), "Source": call.source, "Dir": dir,
                }));
            }
        }
    }
    json!({ "Modules": modules })
}
