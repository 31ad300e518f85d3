//! The behaviour of hashicorp/random 3.7.2.

use std::sync::Arc;

use groma_provider_api::Factory as _;
use groma_provider_api::native::testing::{CountingRandomness, Harness, show};
use groma_provider_api::native::{NativeFactory, Randomness};
use groma_value::Value;
use serde_json::json;

fn factory() -> NativeFactory {
    let random: Arc<dyn Randomness> = Arc::new(CountingRandomness::default());
    crate::factory(&random)
}

async fn harness() -> Harness {
    Harness::new(&factory()).await
}

fn text<'a>(object: &'a Value, name: &str) -> &'a str {
    object.attr(name).and_then(Value::as_str).map_or("", |text| text.as_str())
}

#[test]
fn names_what_it_emulates() {
    let metadata = factory().metadata();
    assert_eq!(metadata.source.to_string(), "registry.terraform.io/hashicorp/random");
    assert_eq!(metadata.version, "3.7.2");
}

#[tokio::test]
async fn has_the_types_and_versions_of_the_real_one() {
    let schema = harness().await.provider().schema().await.unwrap();
    let versions: Vec<(&str, u64)> =
        schema.resources.iter().map(|(name, schema)| (&**name, schema.version)).collect();
    assert_eq!(
        versions,
        [
            ("random_bytes", 0),
            ("random_id", 0),
            ("random_integer", 0),
            ("random_password", 3),
            ("random_pet", 0),
            ("random_shuffle", 0),
            ("random_string", 2),
            ("random_uuid", 0),
        ]
    );
    assert_eq!(schema.ephemeral.keys().map(|k| &**k).collect::<Vec<_>>(), ["random_password"]);
}

#[tokio::test]
async fn ids_have_notations() {
    let harness = harness().await;
    let id = harness.create("random_id", &json!({"byte_length": 4, "prefix": "p-"})).await.unwrap();
    assert_eq!(
        format!("{id:?}"),
        r#"{b64_std = "p-AAECAw==", b64_url = "p-AAECAw", byte_length = 4, dec = "p-66051", hex = "p-00010203", id = "AAECAw", keepers = null(map(string)), prefix = "p-"}"#
    );
    let imported = harness.import("random_id", "a,b,AAECAw").await.unwrap();
    assert_eq!(text(&imported, "hex"), "a,b00010203");
    assert_eq!(text(&imported, "prefix"), "a,b");
    let config = harness.config("random_id", &json!({"byte_length": 4, "prefix": "a,b"}));
    let planned = harness.plan("random_id", &imported, &config).await;
    assert_eq!(planned.requires_replace.len(), 0);
    assert_eq!(
        harness.validate("random_id", &json!({"byte_length": 0})).await,
        ["error: Invalid Attribute Value: Attribute byte_length value must be at least 1, got: 0 \
          (.byte_length)"]
    );
    assert_eq!(harness.validate("random_id", &json!({"byte_length": 1.5})).await.len(), 1);
    assert_eq!(harness.import("random_id", "?").await.unwrap_err().len(), 1);
}

#[tokio::test]
async fn integers_come_from_seeds() {
    let harness = harness().await;
    let make = async |json| {
        let made = harness.create("random_integer", &json).await;
        made.map(|object| text(&object, "id").parse::<i64>().unwrap())
    };
    let seeded = json!({"min": 1, "max": 1000, "seed": "12345"});
    let first = make(seeded.clone()).await.unwrap();
    assert_eq!(make(seeded).await.unwrap(), first);
    assert!((1..=1000).contains(&first));
    assert_eq!(make(json!({"min": -3, "max": -3})).await.unwrap(), -3);
    let wide = json!({"min": i64::MIN + 1, "max": i64::MAX - 1});
    make(wide).await.unwrap();
    assert_eq!(
        make(json!({"min": 2, "max": 1})).await.unwrap_err(),
        [
            "error: Create Random Integer Error: The minimum (min) value needs to be smaller than or \
          equal to maximum (max) value."
        ]
    );
    let imported = harness.import("random_integer", "5,1,9,seed").await.unwrap();
    assert_eq!(
        format!("{imported:?}"),
        r#"{id = "5", keepers = null(map(string)), max = 9, min = 1, result = 5, seed = "seed"}"#
    );
    assert_eq!(
        harness.import("random_integer", "5").await.unwrap_err(),
        [
            "error: Import Random Integer Error: Invalid import usage: expecting {result},{min},{max} \
          or {result},{min},{max},{seed}"
        ]
    );
}

#[tokio::test]
async fn strings_have_what_they_must() {
    let harness = harness().await;
    let config = json!({"length": 12, "min_upper": 3, "min_numeric": 2, "special": false});
    let string = harness.create("random_string", &config).await.unwrap();
    let result = text(&string, "result");
    assert_eq!(result.len(), 12);
    assert!(result.chars().filter(char::is_ascii_uppercase).count() >= 3, "{result}");
    assert!(result.chars().filter(char::is_ascii_digit).count() >= 2, "{result}");
    assert!(result.chars().all(|c| c.is_ascii_alphanumeric()), "{result}");
    assert_eq!(text(&string, "id"), result);
    let special = json!({"length": 4, "override_special": "é", "upper": false, "lower": false,
                         "numeric": false});
    let special = harness.create("random_string", &special).await.unwrap();
    assert_eq!(text(&special, "result"), "éééé");
    let none = json!({"length": 1, "special": false, "upper": false, "lower": false,
                      "number": false});
    assert_eq!(
        harness.create("random_string", &none).await.unwrap_err(),
        ["error: Random Generation Error: There are no characters to choose from: every kind is \
          false."]
    );
}

#[tokio::test]
async fn strings_are_checked() {
    let harness = harness().await;
    let check = async |json| harness.validate("random_string", &json).await;
    assert_eq!(
        check(json!({"length": 2, "min_upper": 2, "min_lower": 1})).await,
        [
            "error: Invalid Attribute Value: Attribute length value must be at least sum of min_upper \
          + min_lower + min_numeric + min_special, got: 2 (.length)"
        ]
    );
    let no = json!({"length": 2, "special": false, "upper": false, "lower": false,
                    "numeric": false});
    assert_eq!(
        check(no).await,
        ["error: Invalid Attribute Combination: At least one attribute out of \
          [special,upper,lower] must be specified as true (.numeric)"]
    );
    assert_eq!(
        check(json!({"length": 2, "number": true})).await,
        ["warning: Attribute Deprecated: **NOTE**: This is deprecated, use `numeric` instead. \
          (.number)"]
    );
    let config =
        harness.config("random_string", &json!({"length": 2, "number": true, "numeric": false}));
    let planned = harness.plan("random_string", &harness.none("random_string"), &config).await;
    assert_eq!(
        show(&planned.diagnostics),
        ["error: Number and numeric are both configured with different values: Number is \
          deprecated, use numeric instead (.number)"]
    );
}

#[tokio::test]
async fn strings_are_replaced_when_their_arguments_change() {
    let harness = harness().await;
    let ty = "random_string";
    let prior = harness.create(ty, &json!({"length": 4, "override_special": ""})).await.unwrap();
    let replaced = async |json| {
        let planned = harness.plan(ty, &prior, &harness.config(ty, &json)).await;
        planned.requires_replace.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(replaced(json!({"length": 4})).await, [""; 0]);
    assert_eq!(replaced(json!({"length": 5})).await, [".length"]);
    assert_eq!(replaced(json!({"length": 4, "numeric": false})).await, [".number", ".numeric"]);
    assert_eq!(
        replaced(json!({"length": 4, "keepers": {"a": "b"}, "override_special": "!"})).await,
        [".keepers", ".override_special"]
    );
}

#[tokio::test]
async fn passwords_are_hashed() {
    let harness = harness().await;
    let password = harness.create("random_password", &json!({"length": 80})).await.unwrap();
    let hash = text(&password, "bcrypt_hash");
    assert!(hash.starts_with("$2a$10$"), "{hash}");
    assert!(bcrypt::verify(text(&password, "result"), hash).unwrap());
    assert_eq!(text(&password, "id"), "none");
    let imported = harness.import("random_password", "secret").await.unwrap();
    assert_eq!(imported.attr("length").unwrap().as_number().unwrap().to_i64(), Some(6));
    assert!(bcrypt::verify("secret", text(&imported, "bcrypt_hash")).unwrap());
}

#[tokio::test]
async fn states_of_older_versions_are_filled_in() {
    let harness = harness().await;
    let string = harness.upgrade("random_string", 1, r#"{"result":"abc","number":false}"#).await;
    assert_eq!(
        format!("{:?}", string.unwrap()),
        r#"{id = null(string), keepers = null(map(string)), length = 3, lower = true, min_lower = 0, min_numeric = 0, min_special = 0, min_upper = 0, number = false, numeric = false, override_special = null(string), result = "abc", special = true, upper = true}"#
    );
    let hash = async |version, json: &str| {
        let upgraded = harness.upgrade("random_password", version, json).await;
        upgraded.map(|object| text(&object, "bcrypt_hash").to_owned())
    };
    let fresh = hash(0, r#"{"result":"secret"}"#).await.unwrap();
    assert!(bcrypt::verify("secret", &fresh).unwrap());
    let kept = hash(1, r#"{"result":"secret","bcrypt_hash":"x"}"#).await.unwrap();
    assert_eq!(kept, "x");
    let right = json!({"result": "secret", "bcrypt_hash": fresh}).to_string();
    assert_eq!(hash(2, &right).await.unwrap(), fresh);
    let wrong = json!({"result": "other", "bcrypt_hash": fresh}).to_string();
    assert!(bcrypt::verify("other", &hash(2, &wrong).await.unwrap()).unwrap());
    assert_eq!(hash(2, r#"{"result":"x","bcrypt_hash":"?"}"#).await.unwrap_err().len(), 1);
}

#[tokio::test]
async fn ephemeral_passwords_come_and_go() {
    let harness = harness().await;
    let provider = harness.provider();
    let schema = provider.schema().await.unwrap();
    let block = &schema.ephemeral["random_password"].block;
    let config = block.coerce_value(&Value::object_of([("length", Value::from(8))])).unwrap();
    assert_eq!(provider.validate_ephemeral("random_password", &config).await.len(), 0);
    let opened = provider.open("random_password", &config).await.unwrap();
    assert_eq!(text(&opened.answer.value, "result").len(), 8);
    assert_eq!(opened.answer.value.ty(), block.implied_type());
}

#[tokio::test]
async fn pets_have_as_many_words_as_asked() {
    let harness = harness().await;
    for (config, words) in [
        (json!({}), 2),
        (json!({"length": 1}), 1),
        (json!({"length": 4, "separator": "_", "prefix": "P"}), 5),
        (json!({"length": 0}), 2),
    ] {
        let pet = harness.create("random_pet", &config).await.unwrap();
        let name = text(&pet, "id");
        assert_eq!(name.split(text(&pet, "separator")).count(), words, "{name}");
    }
}

#[tokio::test]
async fn lists_are_shuffled() {
    let harness = harness().await;
    let shuffled = async |json| {
        let made = harness.create("random_shuffle", &json).await.unwrap();
        format!("{:?}", made.attr("result").unwrap())
    };
    let seeded = json!({"input": ["a", "b", "c", "d", "e"], "seed": "s", "result_count": 7});
    let first = shuffled(seeded.clone()).await;
    assert_eq!(shuffled(seeded).await, first);
    assert_eq!(first.matches('"').count(), 14);
    assert_eq!(shuffled(json!({"input": []})).await, "list(string)[]");
    assert_eq!(shuffled(json!({"input": ["a"], "result_count": -1})).await, r#"list(string)["a"]"#);
}

#[tokio::test]
async fn bytes_and_uuids_come_and_are_imported() {
    let harness = harness().await;
    let bytes = harness.create("random_bytes", &json!({"length": 3})).await.unwrap();
    assert_eq!((text(&bytes, "hex"), text(&bytes, "base64")), ("000102", "AAEC"));
    assert_eq!(text(&harness.import("random_bytes", "AAEC").await.unwrap(), "hex"), "000102");
    let uuid = harness.create("random_uuid", &json!({})).await.unwrap();
    assert_eq!(text(&uuid, "result"), "03040506-0708-090a-0b0c-0d0e0f101112");
    let id = "AA040506-0708-090a-0b0c-0d0e0f101112";
    let imported = harness.import("random_uuid", id).await.unwrap();
    assert_eq!(text(&imported, "id"), id.to_lowercase());
    assert_eq!(harness.import("random_uuid", "x").await.unwrap_err().len(), 1);
}
