//! The behaviour of hashicorp/null 3.2.4.

use std::sync::Arc;

use groma_provider_api::native::testing::{CountingRandomness, Harness, from_json, show};
use groma_provider_api::native::{NativeFactory, Randomness};
use groma_provider_api::{DataRequest, Factory as _};
use serde_json::json;

fn factory() -> NativeFactory {
    let random: Arc<dyn Randomness> = Arc::new(CountingRandomness::default());
    crate::factory(&random)
}

#[test]
fn names_what_it_emulates() {
    let metadata = factory().metadata();
    assert_eq!(metadata.source.to_string(), "registry.terraform.io/hashicorp/null");
    assert_eq!(metadata.version, "3.2.4");
}

#[tokio::test]
async fn is_replaced_when_its_triggers_change() {
    let harness = Harness::new(&factory()).await;
    let ty = "null_resource";
    let made = harness.create(ty, &json!({"triggers": {"a": "1"}})).await.unwrap();
    assert_eq!(format!("{made:?}"), r#"{id = "141843476153091", triggers = map(string){a = "1"}}"#);
    let plan = async |json| {
        let planned = harness.plan(ty, &made, &harness.config(ty, &json)).await;
        (format!("{:?}", planned.value.unwrap()), planned.requires_replace.len())
    };
    assert_eq!(plan(json!({"triggers": {"a": "1"}})).await, (format!("{made:?}"), 0));
    let (value, replaced) = plan(json!({"triggers": {"a": "2"}})).await;
    assert_eq!(replaced, 1);
    assert_eq!(value, r#"{id = "141843476153091", triggers = map(string){a = "2"}}"#);
    assert_eq!(plan(json!({})).await.1, 1);
    assert!(harness.provider().is_pure(ty));
    assert_eq!(harness.import(ty, "1").await.unwrap_err().len(), 1);
}

#[tokio::test]
async fn gives_back_its_inputs_with_a_warning() {
    let harness = Harness::new(&factory()).await;
    let provider = harness.provider();
    let schema = provider.schema().await.unwrap();
    let block = &schema.data_sources["null_data_source"].block;
    let config = block.coerce_value(&from_json(&json!({"inputs": {"a": "1"}}))).unwrap();
    let warnings = show(&provider.validate_data("null_data_source", &config).await);
    assert_eq!(warnings.len(), 1);
    assert!(warnings[0].starts_with("warning: Deprecated: The null_data_source"), "{warnings:?}");
    let request = DataRequest { ty: "null_data_source".into(), config, meta: None };
    let read = provider.read_data(request).await.unwrap().answer;
    assert_eq!(
        format!("{read:?}"),
        r#"{has_computed_default = "default", id = "static", inputs = map(string){a = "1"}, outputs = map(string){a = "1"}, random = "141843476153091"}"#
    );
}
