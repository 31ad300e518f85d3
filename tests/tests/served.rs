//! The native providers under the real `terraform`, which drives them as plugins: an independent
//! check of them, and of how they are served. Each case in `tests/served` is played three times,
//! and all say the same: by the real `terraform` over the plugins, by `groma` over them, and by
//! `groma` with its providers as they are.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use groma_tests::fixture::Case;
use groma_tests::json::Json;
use groma_tests::parity::{differences, on_threads, summary};
use groma_tests::run::{Transcript, run};
use groma_tests::{groma_binary, terraform};

/// What cases write for the path of a CLI configuration file.
const OVERRIDES: &str = "OVERRIDES";

/// What is served.
const PROVIDERS: [&str; 4] = ["local", "null", "random", "time"];

/// A directory with an executable for each provider, and a CLI configuration file that names it.
fn overrides(directory: &Path) -> PathBuf {
    let groma = groma_binary();
    let mut lines = String::new();
    for name in PROVIDERS {
        let program = directory.join(format!("terraform-provider-{name}"));
        let script = format!("#!/bin/sh\nexec '{}' provider serve {name}\n", groma.display());
        fs::write(&program, script).expect("a script");
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("it can be run");
        lines.push_str(&format!("    \"hashicorp/{name}\" = \"{}\"\n", directory.display()));
    }
    let path = directory.join("cli.tfrc");
    let config = format!("provider_installation {{\n  dev_overrides {{\n{lines}  }}\n}}\n");
    fs::write(&path, config).expect("a file");
    path
}

/// The cases, with that CLI configuration file.
fn cases(config: &str) -> Vec<Case> {
    #[expect(clippy::disallowed_methods, reason = "a switch of the tests, not of the program")]
    let part = std::env::var("GROMA_CASE").unwrap_or_default();
    let mut cases = Case::read_all(&Path::new(env!("CARGO_MANIFEST_DIR")).join("served"));
    cases.retain(|case| case.name.contains(&part));
    for case in &mut cases {
        let text = case.to_string().replace(OVERRIDES, config);
        *case = Case::parse(&case.name, &text).expect("as it was written");
    }
    cases
}

#[test]
fn terraform_drives_our_providers_as_groma_does() {
    let oracle = match terraform() {
        Ok(oracle) => oracle,
        Err(missing) => return missing.skip(),
    };
    let directory = tempfile::tempdir().expect("a directory");
    let config = overrides(directory.path());
    let served = cases(config.to_str().expect("a path in UTF-8"));
    let native = cases("/dev/null");
    let pairs: Vec<(&Case, &Case)> = served.iter().zip(&native).collect();
    let results = on_threads(&pairs, |(served, native)| {
        let expected = settled(run(served, &oracle));
        assert_eq!(expected.surprises, [""; 0], "{}: terraform", served.name);
        let subject = groma_binary();
        let plugins = differences(served, &expected, &settled(run(served, &subject)));
        let mut expected = expected;
        let mut found = settled(run(native, &subject));
        for document in expected.documents.iter_mut().chain(&mut found.documents) {
            document.place = document.place.replace(config.to_str().unwrap_or_default(), "");
            document.place = document.place.replace("/dev/null", "");
        }
        let native = differences(native, &expected, &found);
        (plugins, native)
    });
    let mut wrong = Vec::new();
    for (case, (plugins, native)) in served.iter().zip(results) {
        for (how, found) in [("over the plugins", plugins), ("without plugins", native)] {
            if !found.is_empty() {
                let count = found.len();
                wrong.push(format!("{} {how}: {count}\n{}", case.name, summary(&found)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// With names for what was drawn at random, and without the warning that plugins are overridden.
fn settled(mut transcript: Transcript) -> Transcript {
    let mut names = BTreeMap::new();
    for document in transcript.documents.iter().filter(|document| document.kind == "state file") {
        learn(&document.content, &mut names);
    }
    // One may begin with another.
    let mut names: Vec<(String, String)> = names.into_iter().collect();
    names.sort_by_key(|(made, _)| std::cmp::Reverse(made.len()));
    let named = |text: String| {
        names.iter().fold(text, |text, (made, name)| text.replace(made.as_str(), name))
    };
    for document in &mut transcript.documents {
        let content = std::mem::replace(&mut document.content, Json::Null);
        document.content = without_override_warnings(content).map_text(&named);
    }
    transcript
}

/// The attributes whose values are random, if nothing fixes them.
const RANDOM: &[(&str, &[&str])] = &[
    ("null_data_source", &["random"]),
    ("random_bytes", &["base64", "hex"]),
    ("random_id", &["b64_std", "b64_url", "dec", "hex", "id"]),
    ("random_password", &["bcrypt_hash", "result"]),
    ("random_pet", &["id"]),
    ("random_string", &["result"]),
];

/// Names what is random in a state after where it is first found.
fn learn(state: &Json, names: &mut BTreeMap<String, String>) {
    for resource in state.get("resources").map(Json::items).unwrap_or_default() {
        let ty = resource.get("type").and_then(Json::text).unwrap_or_default();
        let Some((_, attributes)) = RANDOM.iter().find(|(name, _)| *name == ty) else { continue };
        for object in resource.get("instances").map(Json::items).unwrap_or_default() {
            for attribute in *attributes {
                let value = object.get("attributes").and_then(|all| all.get(attribute)?.text());
                let Some(value) = value else { continue };
                let first = format!("<{ty}.{attribute} ");
                let next = names.values().filter(|name| name.starts_with(&first)).count();
                // Numbers and words are of any length.
                let any = *attribute == "dec" || ty == "random_pet" || ty == "null_data_source";
                let long = if any { 0 } else { value.len() };
                let name = format!("{first}{next}, {long} long>");
                names.entry(value.to_owned()).or_insert(name);
            }
        }
    }
}

fn without_override_warnings(document: Json) -> Json {
    const SUMMARY: &str = "Provider development overrides are in effect";
    let warns = |item: &Json| {
        let diagnostic = item.get("diagnostic").unwrap_or(item);
        diagnostic.get("summary").and_then(Json::text) == Some(SUMMARY)
    };
    match document {
        Json::Array(items) => Json::Array(
            items.into_iter().filter(|item| !warns(item)).map(without_override_warnings).collect(),
        ),
        Json::Object(mut members) => {
            // How many there are follows from which there are.
            members.remove("warning_count");
            let members = members.into_iter();
            Json::Object(members.map(|(n, value)| (n, without_override_warnings(value))).collect())
        }
        other => other,
    }
}
