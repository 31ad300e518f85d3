//! The functions' signatures against `terraform metadata functions -json`, descriptions aside.

use std::process::Command;

use groma_lang::functions::metadata_json;
use serde_json::Value;

fn without_descriptions(mut json: Value) -> Value {
    fn strip(json: &mut Value) {
        match json {
            Value::Object(fields) => {
                fields.remove("description");
                fields.values_mut().for_each(strip);
            }
            Value::Array(items) => items.iter_mut().for_each(strip),
            _ => {}
        }
    }
    strip(&mut json);
    json.sort_all_objects();
    json
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a setting of this test alone")]
fn signatures_are_those_of_terraform() {
    let output = Command::new("terraform")
        .args(["metadata", "functions", "-json"])
        .env("CHECKPOINT_DISABLE", "1")
        .env("TF_CLI_CONFIG_FILE", "/dev/null")
        .output();
    let Ok(output) = output else {
        assert!(std::env::var_os("GROMA_REQUIRE_ALL").is_none(), "terraform is required");
        eprintln!("skipped: terraform, install with https://developer.hashicorp.com/terraform");
        return;
    };
    let theirs: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let ours: Value = serde_json::from_str(&metadata_json().expect("JSON")).expect("JSON");
    let (ours, theirs) = (without_descriptions(ours), without_descriptions(theirs));
    let names = |json: &Value| -> Vec<String> {
        json["function_signatures"].as_object().expect("an object").keys().cloned().collect()
    };
    assert_eq!(names(&ours), names(&theirs));
    let different: Vec<String> = names(&ours)
        .into_iter()
        .map(|name| {
            let of = |json: &Value| json["function_signatures"][&name].to_string();
            (name.clone(), of(&ours), of(&theirs))
        })
        .filter(|(_, ours, theirs)| ours != theirs)
        .map(|(name, ours, theirs)| format!("{name}\n  ours:   {ours}\n  theirs: {theirs}"))
        .collect();
    assert!(different.is_empty(), "{}", different.join("\n"));
    assert_eq!(ours["format_version"], theirs["format_version"]);
}

#[test]
fn every_function_is_described() {
    let ours: Value = serde_json::from_str(&metadata_json().expect("JSON")).expect("JSON");
    for (name, signature) in ours["function_signatures"].as_object().expect("an object") {
        let description = signature["description"].as_str().unwrap_or_default();
        assert!(description.ends_with('.'), "{name}: {description:?}");
    }
}
