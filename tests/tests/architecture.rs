//! The arrows between the crates run one way. `ARCHITECTURE.md` states it; this test holds it.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

/// What each crate may depend on, within the workspace. A crate that is not here may not exist.
const ALLOWED: &[(&str, &[&str])] = &[
    ("groma-diag", &[]),
    ("groma-addr", &[]),
    ("groma-value", &[]),
    ("groma-time", &[]),
    ("groma-lang", &["groma-diag", "groma-value", "groma-addr", "groma-time"]),
    ("groma-config", &["groma-lang", "groma-diag", "groma-addr", "groma-value"]),
    ("groma-git", &["groma-config", "groma-lang"]),
    ("groma-fetch", &["groma-config", "groma-lang", "groma-diag", "groma-addr"]),
    ("groma-provider-api", &["groma-addr", "groma-diag", "groma-value"]),
    (
        "groma-provider-core",
        &[
            "groma-provider-api",
            "groma-addr",
            "groma-lang",
            "groma-value",
            "groma-state",
            "groma-diag",
        ],
    ),
    ("groma-provider-local", &["groma-provider-api", "groma-addr", "groma-value", "groma-diag"]),
    ("groma-provider-null", &["groma-provider-api", "groma-addr", "groma-value", "groma-diag"]),
    ("groma-provider-plugin", &["groma-provider-api", "groma-addr", "groma-value", "groma-diag"]),
    ("groma-provider-random", &["groma-provider-api", "groma-addr", "groma-value", "groma-diag"]),
    ("groma-provider-time", &["groma-provider-api", "groma-addr", "groma-value", "groma-time"]),
    ("groma-state", &["groma-addr", "groma-value"]),
    ("groma-state-sqlite", &["groma-state", "groma-addr", "groma-value"]),
    (
        "groma-eval",
        &[
            "groma-config",
            "groma-provider-api",
            "groma-lang",
            "groma-diag",
            "groma-addr",
            "groma-value",
        ],
    ),
    (
        "groma-engine",
        &[
            "groma-eval",
            "groma-state",
            "groma-provider-api",
            "groma-config",
            "groma-lang",
            "groma-diag",
            "groma-addr",
            "groma-value",
        ],
    ),
    (
        "groma-render",
        &[
            "groma-engine",
            "groma-eval",
            "groma-state",
            "groma-provider-api",
            "groma-config",
            "groma-lang",
            "groma-diag",
            "groma-addr",
            "groma-value",
        ],
    ),
    ("groma", &["*"]),
    ("groma-tests", &["*"]),
    ("xtask", &[]),
];

fn metadata() -> Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("cargo metadata is JSON")
}

#[test]
fn dependencies_run_one_way() {
    let allowed: BTreeMap<&str, &[&str]> = ALLOWED.iter().copied().collect();
    let metadata = metadata();
    let packages = metadata["packages"].as_array().expect("packages");
    let names: BTreeSet<&str> = packages.iter().filter_map(|p| p["name"].as_str()).collect();
    let mut wrong = Vec::new();
    for package in packages {
        let name = package["name"].as_str().expect("a name");
        let Some(may) = allowed.get(name) else {
            wrong.push(format!("{name} is not in the list"));
            continue;
        };
        for dependency in package["dependencies"].as_array().expect("dependencies") {
            let on = dependency["name"].as_str().expect("a name");
            let tests_only = dependency["kind"] == "dev";
            if names.contains(on) && !tests_only && !may.contains(&on) && !may.contains(&"*") {
                wrong.push(format!("{name} → {on}"));
            }
        }
    }
    assert!(wrong.is_empty(), "arrows that ARCHITECTURE.md does not have: {wrong:#?}");
}

/// `folder → package`: a reader finds a crate by its folder.
#[test]
fn packages_are_named_after_their_folders() {
    let metadata = metadata();
    let root = metadata["workspace_root"].as_str().expect("a root");
    for package in metadata["packages"].as_array().expect("packages") {
        let manifest = package["manifest_path"].as_str().expect("a path");
        let folder = manifest
            .strip_prefix(root)
            .and_then(|p| p.trim_start_matches('/').strip_suffix("/Cargo.toml"))
            .expect("a folder of the workspace");
        let expected = match folder.split('/').collect::<Vec<_>>()[..] {
            ["src", "cli"] => "groma".to_owned(),
            ["providers", name] => format!("groma-provider-{name}"),
            ["state", name] => format!("groma-state-{name}"),
            ["xtask"] => "xtask".to_owned(),
            ["src", name] | [name] => format!("groma-{name}"),
            _ => panic!("{folder} is nested too deep"),
        };
        assert_eq!(package["name"], expected.as_str(), "in {folder}");
    }
}
