//! The behaviour of Terraform 1.11.4's `terraform_remote_state`, on files.

use std::fs;
use std::sync::Arc;

use groma_provider_api::native::Randomness;
use groma_provider_api::native::testing::{CountingRandomness, Harness, from_json, show};
use groma_value::{Type, Value};
use serde_json::{Value as Json, json};
use tempfile::TempDir;

use super::LocalState;

const TYPE: &str = "terraform_remote_state";
const STATE: &str = r#"{"version":4,"terraform_version":"1.11.4","serial":1,"lineage":"x",
    "outputs":{"n":{"value":3,"type":"number"},
               "o":{"value":{"a":[1,"x"]},"type":["object",{"a":["tuple",["number","string"]]}]},
               "s":{"value":"secret","type":"string","sensitive":true}},
    "resources":[],"check_results":null}"#;

async fn harness() -> (TempDir, Harness) {
    let directory = TempDir::new().unwrap();
    let random: Arc<dyn Randomness> = Arc::new(CountingRandomness::default());
    let backend = Arc::new(LocalState::new(directory.path()));
    (directory, Harness::new(&crate::factory(&random, vec![backend])).await)
}

async fn outputs(harness: &Harness, config: Json) -> Result<String, Vec<String>> {
    let read = harness.read_data(TYPE, &config).await?;
    Ok(format!("{:?}", read.attr("outputs").unwrap()))
}

#[tokio::test]
async fn reads_outputs_over_defaults() {
    let (directory, harness) = harness().await;
    fs::write(directory.path().join("other"), STATE).unwrap();
    let config = json!({
        "backend": "local", "config": {"path": "other"}, "defaults": {"n": 7, "z": 9},
    });
    let read = harness.read_data(TYPE, &config).await.unwrap();
    assert_eq!(
        format!("{read:?}"),
        r#"{backend = "local", config = {path = "other"}, defaults = {n = 7, z = 9}, outputs = {n = 3, o = {a = [1, "x"]}, s = "secret", z = 9}, workspace = null(string)}"#
    );
}

#[tokio::test]
async fn finds_workspaces() {
    let (directory, harness) = harness().await;
    for place in ["terraform.tfstate.d/w", "elsewhere/w"] {
        fs::create_dir_all(directory.path().join(place)).unwrap();
        fs::write(directory.path().join(place).join("terraform.tfstate"), STATE).unwrap();
    }
    for config in [
        json!({"backend": "local", "workspace": "w"}),
        json!({"backend": "_local", "workspace": "w", "config": {"workspace_dir": "elsewhere"}}),
    ] {
        assert!(outputs(&harness, config).await.unwrap().contains("n = 3"));
    }
}

#[tokio::test]
async fn says_what_is_wrong_with_a_state() {
    let (directory, harness) = harness().await;
    let check = async |content: Option<&str>, expected: &str| {
        let path = directory.path().join("terraform.tfstate");
        if let Some(content) = content {
            fs::write(path, content).unwrap();
        }
        let problems = outputs(&harness, json!({"backend": "local"})).await.unwrap_err();
        assert_eq!(problems[0], expected);
    };
    let none = "error: Unable to find remote state: No stored state was found for the given \
                workspace in the given backend. (.workspace)";
    check(None, none).await;
    check(Some(""), none).await;
    check(
        Some(r#"{"version":5}"#),
        "error: Unsupported state file format: The state file uses format version 5, which is not \
         supported by Terraform 1.11.4. This state file may have been created by a newer version of \
         Terraform.",
    )
    .await;
}

#[tokio::test]
async fn checks_configurations() {
    let (_directory, harness) = harness().await;
    let schema = harness.provider().schema().await.unwrap();
    let block = &schema.data_sources[TYPE].block;
    let check = async |config: Value, expected: &[&str]| {
        let config = block.coerce_value(&config).unwrap();
        assert_eq!(show(&harness.provider().validate_data(TYPE, &config).await), expected);
    };
    let json = |json: Json| from_json(&json);
    check(json(json!({"backend": "local", "config": {"path": "x"}})), &[]).await;
    for (backend, detail) in [
        ("s3x", "There is no backend type named \"s3x\"."),
        ("etcd", "The \"etcd\" backend is not supported in Terraform v1.3 or later."),
        ("s3", "Groma does not read states of the \"s3\" backend yet."),
    ] {
        let expected = format!("error: Invalid backend configuration: {detail} (.backend)");
        check(json(json!({"backend": backend})), &[&expected]).await;
    }
    for (config, detail) in [
        (json!({"pth": ""}), "unexpected attribute \"pth\""),
        (json!({"path": []}), ".path: string required"),
        (json!(3), "an object is required"),
    ] {
        let expected = format!(
            "error: Invalid backend configuration: The given configuration is not valid for \
             backend \"local\": {detail}. (.config)"
        );
        check(json(json!({"backend": "local", "config": config})), &[&expected]).await;
    }
    check(
        json(json!({"backend": "local", "config": {"path": "", "workspace_dir": ""}})),
        &[
            "error: Invalid local state file path: The \"path\" attribute value must not be empty. \
             (.path)",
            "error: Invalid local workspace directory path: The \"workspace_dir\" attribute value \
             must not be empty. (.workspace_dir)",
        ],
    )
    .await;
    check(
        json(json!({"backend": "local", "defaults": 3})),
        &["error: Invalid default values: Defaults must be given in an object value. (.defaults)"],
    )
    .await;
    let unknown = Value::object_of([
        ("backend", Value::from("local")),
        ("config", Value::tuple(vec![Value::unknown(Type::String)])),
    ]);
    check(
        unknown,
        &["error: Invalid backend configuration: The configuration must be an object value. \
           (.config)"],
    )
    .await;
}
