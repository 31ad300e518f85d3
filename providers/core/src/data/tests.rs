//! The behaviour of Terraform 1.11.4's `terraform_data`.

use std::sync::Arc;

use groma_addr::Provider as ProviderAddr;
use groma_provider_api::native::Randomness;
use groma_provider_api::native::testing::{CountingRandomness, Harness, show};
use groma_provider_api::{MoveRequest, Planned, Private};
use groma_value::{Type, Value};
use serde_json::json;

const TYPE: &str = "terraform_data";

async fn harness() -> Harness {
    let random: Arc<dyn Randomness> = Arc::new(CountingRandomness::default());
    Harness::new(&crate::factory(&random, Vec::new())).await
}

fn shown(planned: &Planned) -> (String, Vec<String>) {
    let paths = planned.requires_replace.iter().map(ToString::to_string).collect();
    (format!("{:?}", planned.value), paths)
}

#[tokio::test]
async fn creates() {
    let harness = harness().await;
    let config = harness.config(TYPE, &json!({"input": {"a": 1}}));
    let planned = harness.plan(TYPE, &harness.none(TYPE), &config).await;
    let a = Value::object_of([("a", Value::from(1))]);
    let expected = Value::object_of([
        ("id", Value::unknown(Type::String).refine_not_null()),
        ("input", a.clone()),
        ("output", Value::unknown(a.ty())),
        ("triggers_replace", Value::null(Type::Dynamic)),
    ]);
    assert!(planned.value.unwrap().raw_equals(&expected));
    let created = harness.create(TYPE, &json!({"input": {"a": 1}})).await;
    assert_eq!(
        format!("{created:?}"),
        "Ok({id = \"00010203-0405-0607-0809-0a0b0c0d0e0f\", input = {a = 1}, output = {a = 1}, \
         triggers_replace = null(any)})"
    );
    let empty = harness.create(TYPE, &json!({})).await.map(|v| v.attr("output").cloned());
    assert_eq!(format!("{empty:?}"), "Ok(Some(null(any)))");
}

#[tokio::test]
async fn updates_what_depends_on_the_input() {
    let harness = harness().await;
    let prior = harness.create(TYPE, &json!({"input": 1, "triggers_replace": 1})).await.unwrap();
    let check = async |config: serde_json::Value| {
        shown(&harness.plan(TYPE, &prior, &harness.config(TYPE, &config)).await)
    };
    let id = "id = \"00010203-0405-0607-0809-0a0b0c0d0e0f\"";
    assert_eq!(
        check(json!({"input": 1, "triggers_replace": 1})).await,
        (format!("Some({{{id}, input = 1, output = 1, triggers_replace = 1}})"), vec![])
    );
    assert_eq!(
        check(json!({"input": "x", "triggers_replace": 1})).await,
        (
            format!(
                "Some({{{id}, input = \"x\", output = unknown(string), triggers_replace = 1}})"
            ),
            vec![]
        )
    );
    assert_eq!(
        check(json!({"triggers_replace": 1})).await,
        (
            format!(
                "Some({{{id}, input = null(any), output = unknown(any), \
                 triggers_replace = 1}})"
            ),
            vec![]
        )
    );
    let (planned, paths) = check(json!({"input": 1, "triggers_replace": [2]})).await;
    assert!(planned.contains("output = unknown(number), triggers_replace = [2]"), "{planned}");
    assert!(planned.starts_with("Some({id = unknown(string"), "{planned}");
    assert_eq!(paths, [".triggers_replace"]);
}

#[tokio::test]
async fn destroys() {
    let harness = harness().await;
    let prior = harness.create(TYPE, &json!({})).await.unwrap();
    assert!(harness.apply(TYPE, &prior, &harness.none(TYPE)).await.unwrap().is_null());
    assert!(harness.provider().is_pure(TYPE));
}

#[tokio::test]
async fn computed_attributes_cannot_be_set() {
    let wrong = harness().await.validate(TYPE, &json!({"id": "x", "output": 1})).await;
    assert_eq!(
        wrong,
        ["error: \"id\" attribute is read-only: ", "error: \"output\" attribute is read-only: "]
    );
}

#[tokio::test]
async fn imports_the_id_alone() {
    let imported = harness().await.import(TYPE, "some id").await;
    assert_eq!(
        format!("{imported:?}"),
        "Ok({id = \"some id\", input = null(any), output = null(any), \
         triggers_replace = null(any)})"
    );
}

#[tokio::test]
async fn reads_its_state() {
    let json = r#"{"id":"x","input":{"value":1,"type":"number"},"output":null,"gone":true}"#;
    let read = harness().await.upgrade(TYPE, 0, json).await;
    assert_eq!(
        format!("{read:?}"),
        "Ok({id = \"x\", input = 1, output = null(any), triggers_replace = null(any)})"
    );
    let newer = harness().await.upgrade(TYPE, 1, json).await;
    assert_eq!(
        newer.unwrap_err(),
        ["error: Resource instance managed by newer provider version: The current state was \
          created by a newer provider version than is currently selected: it has schema version 1 \
          of terraform_data, and 0 is the newest known."]
    );
}

#[tokio::test]
async fn takes_over_from_null_resource() {
    let harness = harness().await;
    let moved = async |ty: &str, state: &str| {
        let request = MoveRequest {
            source_provider: ProviderAddr::implied("null"),
            source_type: ty.into(),
            source_schema_version: 0,
            source_state: state.as_bytes().into(),
            source_private: Private::default(),
            source_identity: None,
            target_type: TYPE.into(),
        };
        harness.provider().move_state(request).await.map(|s| s.answer.value).map_err(|d| show(&d))
    };
    let triggers = moved("null_resource", r#"{"id":"1","triggers":{"a":"b"}}"#).await;
    assert_eq!(
        format!("{triggers:?}"),
        "Ok({id = \"1\", input = null(any), output = null(any), \
         triggers_replace = {a = \"b\"}})"
    );
    let none = moved("null_resource", r#"{"id":"1","triggers":null}"#).await.unwrap();
    assert!(none.attr("triggers_replace").unwrap().raw_equals(&Value::null(Type::Dynamic)));
    assert_eq!(
        moved("null_thing", "{}").await.unwrap_err(),
        [
            "error: Invalid source for terraform_data: Only a null_resource of hashicorp/null becomes \
          a terraform_data, and this is a null_thing of hashicorp/null."
        ]
    );
}
