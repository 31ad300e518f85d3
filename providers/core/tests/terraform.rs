//! The schema as the real Terraform prints it, but for the words of descriptions.

use std::process::Command;
use std::sync::Arc;

use groma_provider_api::native::{Randomness, SystemRandomness};
use groma_provider_api::{Factory as _, ProviderSchemaJson};
use groma_provider_core::LocalState;
use serde_json::Value;

const SOURCE: &str = "terraform.io/builtin/terraform";

#[expect(
    clippy::disallowed_methods,
    reason = "a test is told from outside what must not be skipped"
)]
fn run(directory: &std::path::Path, args: &[&str]) -> Option<Vec<u8>> {
    let mut command = Command::new("terraform");
    command.args(args).current_dir(directory);
    command.env("TF_CLI_CONFIG_FILE", "/dev/null").env("CHECKPOINT_DISABLE", "1");
    match command.output() {
        Ok(output) => {
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            Some(output.stdout)
        }
        Err(error) => {
            let required = std::env::var_os("GROMA_REQUIRE_ALL").is_some_and(|flag| flag == "1");
            assert!(!required, "terraform: {error}");
            println!("skipped: terraform, install with https://developer.hashicorp.com/terraform");
            None
        }
    }
}

/// Takes the words out of descriptions; that there is one stays to be seen.
fn without_words(json: &mut Value) {
    match json {
        Value::Object(fields) => {
            for (name, value) in fields.iter_mut() {
                if matches!(name.as_str(), "description" | "summary") && value.is_string() {
                    *value = "…".into();
                } else {
                    without_words(value);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(without_words),
        _ => {}
    }
}

#[tokio::test]
async fn the_schema_is_terraforms() {
    let directory = tempfile::TempDir::new().unwrap();
    std::fs::write(directory.path().join("main.tf"), "resource \"terraform_data\" \"a\" {}")
        .unwrap();
    if run(directory.path(), &["init"]).is_none() {
        return;
    }
    let Some(theirs) = run(directory.path(), &["providers", "schema", "-json"]) else { return };
    let mut theirs: Value = serde_json::from_slice(&theirs).unwrap();
    let mut theirs = theirs["provider_schemas"][SOURCE].take();

    let random: Arc<dyn Randomness> = Arc::new(SystemRandomness);
    let states = Arc::new(LocalState::new(directory.path()));
    let provider = groma_provider_core::factory(&random, vec![states]).instantiate();
    let schema = provider.schema().await.unwrap();
    let mut ours = serde_json::to_value(ProviderSchemaJson::new(&schema, true)).unwrap();

    without_words(&mut theirs);
    without_words(&mut ours);
    let text = |json: &Value| serde_json::to_string_pretty(json).unwrap();
    assert_eq!(text(&ours), text(&theirs));
}
