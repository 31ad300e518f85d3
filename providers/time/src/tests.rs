//! The behaviour of hashicorp/time 0.13.1, by a clock that stands still.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use groma_provider_api::Factory as _;
use groma_provider_api::native::testing::{FakeClock, Harness};
use groma_provider_api::native::{Clock, NativeFactory};
use groma_value::Value;
use serde_json::json;

/// 2020-02-12T06:36:13Z
const NOW: u64 = 1_581_489_373;

fn factory() -> (Arc<FakeClock>, NativeFactory) {
    let fake = Arc::new(FakeClock::at(NOW));
    let clock: Arc<dyn Clock> = fake.clone();
    (fake, crate::factory(&clock))
}

async fn harness() -> (Arc<FakeClock>, Harness) {
    let (clock, factory) = factory();
    (clock, Harness::new(&factory).await)
}

fn text<'a>(object: &'a Value, name: &str) -> &'a str {
    object.attr(name).and_then(Value::as_str).map_or("", |text| text.as_str())
}

async fn replaced(harness: &Harness, ty: &str, prior: &Value, json: serde_json::Value) -> String {
    let planned = harness.plan(ty, prior, &harness.config(ty, &json)).await;
    assert_eq!(planned.diagnostics.len(), 0);
    planned.requires_replace.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

#[test]
fn names_what_it_emulates() {
    let metadata = factory().1.metadata();
    assert_eq!(metadata.source.to_string(), "registry.terraform.io/hashicorp/time");
    assert_eq!(metadata.version, "0.13.1");
}

#[tokio::test]
async fn static_moments_stay() {
    let (clock, harness) = harness().await;
    let ty = "time_static";
    let made = harness.create(ty, &json!({})).await.unwrap();
    assert_eq!(
        format!("{made:?}"),
        r#"{day = 12, hour = 6, id = "2020-02-12T06:36:13Z", minute = 36, month = 2, rfc3339 = "2020-02-12T06:36:13Z", second = 13, triggers = null(map(string)), unix = 1581489373, year = 2020}"#
    );
    clock.advance(Duration::from_mins(1));
    assert!(harness.read(ty, &made).await.unwrap().raw_equals(&made));
    assert_eq!(replaced(&harness, ty, &made, json!({})).await, "");
    assert_eq!(
        replaced(&harness, ty, &made, json!({"triggers": {"a": "b"}})).await,
        ".rfc3339 .triggers"
    );
    let config = harness.config(ty, &json!({"rfc3339": "2021-01-01T00:00:00+01:00"}));
    let planned = harness.plan(ty, &harness.none(ty), &config).await.value.unwrap();
    assert!(planned.is_wholly_known());
    assert_eq!(text(&planned, "id"), "2021-01-01T00:00:00+01:00");
    harness.apply(ty, &harness.none(ty), &config).await.unwrap();
    assert!(harness.import(ty, text(&made, "id")).await.unwrap().raw_equals(&made));
    assert_eq!(harness.import(ty, "x").await.unwrap_err().len(), 1);
    assert_eq!(
        harness.validate(ty, &json!({"rfc3339": "x"})).await,
        ["error: Invalid RFC3339 String Value: A string value was provided that is not valid \
          RFC3339 string format.\n\nGiven Value: x\nError: parsing time \"x\" as \
          \"2006-01-02T15:04:05Z07:00\": cannot parse \"x\" as \"2006\" (.rfc3339)"]
    );
}

#[tokio::test]
async fn offsets_lead_away() {
    let (clock, harness) = harness().await;
    let ty = "time_offset";
    let made = harness.create(ty, &json!({"offset_days": 7})).await.unwrap();
    assert_eq!(text(&made, "rfc3339"), "2020-02-19T06:36:13Z");
    assert_eq!(text(&made, "base_rfc3339"), "2020-02-12T06:36:13Z");
    clock.advance(Duration::from_mins(1));
    let config = harness.config(ty, &json!({"offset_days": 7, "offset_years": -1}));
    let planned = harness.plan(ty, &made, &config).await;
    assert_eq!(planned.requires_replace.len(), 0);
    assert_eq!(text(&planned.value.unwrap(), "rfc3339"), "2019-02-12T06:36:13Z");
    let changed = harness.apply(ty, &made, &config).await.unwrap();
    assert_eq!(text(&changed, "id"), "2020-02-12T06:36:13Z");
    let based = json!({"offset_days": 7, "base_rfc3339": "2020-01-31T00:00:00+02:00"});
    let based = harness.apply(ty, &made, &harness.config(ty, &based)).await.unwrap();
    assert_eq!(text(&based, "rfc3339"), "2020-02-07T00:00:00+02:00");
    let zero = harness.create(ty, &json!({"offset_days": 0})).await.unwrap();
    assert_eq!(text(&zero, "rfc3339"), "0001-01-01T00:00:00Z");
    let imported = harness.import(ty, "2020-02-12T06:36:13Z,,,7,,,").await.unwrap();
    assert!(imported.raw_equals(&made), "{imported:?}");
    for bad in ["x", "2020-02-12T06:36:13Z,,,,,,", "x,,,7,,,", "2020-02-12T06:36:13Z,,,a,,,"] {
        assert_eq!(harness.import(ty, bad).await.unwrap_err().len(), 1, "{bad}");
    }
    let far = json!({"offset_years": i64::MAX});
    assert_eq!(harness.create(ty, &far).await.unwrap_err().len(), 1);
    assert_eq!(
        harness.validate(ty, &json!({})).await,
        ["error: Missing Attribute Configuration: At least one of these attributes must be \
          configured: [offset_seconds,offset_minutes,offset_hours,offset_days,offset_months,\
          offset_years]"]
    );
}

#[tokio::test]
async fn rotations_end() {
    let (clock, harness) = harness().await;
    let ty = "time_rotating";
    let config = json!({"rotation_hours": 1});
    let made = harness.create(ty, &config).await.unwrap();
    assert_eq!(text(&made, "rotation_rfc3339"), "2020-02-12T07:36:13Z");
    assert_eq!(text(&made, "rfc3339"), "2020-02-12T06:36:13Z");
    clock.advance(Duration::from_hours(1));
    assert!(!harness.read(ty, &made).await.unwrap().is_null());
    assert_eq!(replaced(&harness, ty, &made, config.clone()).await, "");
    assert_eq!(replaced(&harness, ty, &made, json!({"rotation_hours": 2})).await, "");
    let longer = harness.config(ty, &json!({"rotation_hours": 2}));
    let longer = harness.apply(ty, &made, &longer).await.unwrap();
    assert_eq!(text(&longer, "rotation_rfc3339"), "2020-02-12T08:36:13Z");
    assert_eq!(text(&longer, "id"), "2020-02-12T06:36:13Z");
    clock.advance(Duration::from_secs(1));
    assert!(harness.read(ty, &made).await.unwrap().is_null());
    assert_eq!(replaced(&harness, ty, &made, config).await, "");
    assert_eq!(
        replaced(&harness, ty, &made, json!({"rotation_hours": 2})).await,
        ".rotation_rfc3339"
    );
    let told =
        json!({"rotation_rfc3339": "2030-01-01T00:00:00Z", "rfc3339": "2020-01-01T00:00:00Z"});
    let told = harness.create(ty, &told).await.unwrap();
    assert_eq!(text(&told, "rotation_rfc3339"), "2030-01-01T00:00:00Z");
    assert_eq!(
        replaced(
            &harness,
            ty,
            &told,
            json!({"rotation_days": 1, "rfc3339": "2020-01-02T00:00:00Z"})
        )
        .await,
        ".rfc3339"
    );
}

#[tokio::test]
async fn rotations_are_imported_and_checked() {
    let (_, harness) = harness().await;
    let ty = "time_rotating";
    let made = harness.create(ty, &json!({"rotation_days": 1})).await.unwrap();
    let imported = harness.import(ty, "2020-02-12T06:36:13Z,,,1,,").await.unwrap();
    assert!(imported.raw_equals(&made), "{imported:?}");
    let two = harness.import(ty, "2020-02-12T06:36:13Z,2030-02-12T06:36:13Z").await.unwrap();
    assert_eq!(text(&two, "rotation_rfc3339"), "2030-02-12T06:36:13Z");
    for bad in ["x", "x,", ",,,,,", "2020-02-12T06:36:13Z,,,,,", "x,y"] {
        assert_eq!(harness.import(ty, bad).await.unwrap_err().len(), 1, "{bad}");
    }
    assert_eq!(
        harness.validate(ty, &json!({"rotation_days": 0, "rfc3339": "x"})).await,
        [
            "error: Invalid Attribute Value: Attribute rotation_days value must be at least 1, \
             got: 0 (.rotation_days)",
            "error: Invalid Attribute Value Type: Attribute rfc3339 value must be a string in \
             RFC3339 format, got: x (.rfc3339)",
        ]
    );
    assert_eq!(harness.validate(ty, &json!({})).await.len(), 1);
}

#[tokio::test]
async fn sleeps_take_their_time() {
    let (clock, harness) = harness().await;
    let ty = "time_sleep";
    let config = json!({"create_duration": "90s", "destroy_duration": "1.5m"});
    let made = harness.create(ty, &config).await.unwrap();
    assert_eq!(text(&made, "id"), "2020-02-12T06:37:43Z");
    let changed = harness.config(ty, &json!({"create_duration": "5s"}));
    let changed = harness.apply(ty, &made, &changed).await.unwrap();
    assert_eq!(text(&changed, "id"), text(&made, "id"));
    let before = clock.now();
    harness.apply(ty, &made, &harness.none(ty)).await.unwrap();
    assert_eq!(clock.now().duration_since(before).unwrap(), Duration::from_secs(90));
    let imported = harness.import(ty, "30s,,a=b").await.unwrap();
    assert_eq!(format!("{:?}", imported.attr("triggers").unwrap()), r#"map(string){a = "b"}"#);
    for bad in ["30s", ",", "x,", "30s,,a"] {
        assert_eq!(harness.import(ty, bad).await.unwrap_err().len(), 1, "{bad}");
    }
    assert_eq!(harness.validate(ty, &json!({})).await.len(), 2);
    let odd = harness.validate(ty, &json!({"create_duration": "1h30m"})).await;
    assert!(
        odd[0].starts_with(
            "error: Invalid Attribute Value Match: Attribute create_duration must be a number \
             immediately followed by ms"
        ),
        "{odd:?}"
    );
}

/// A clock by which no wait ever ends.
struct Frozen;

#[async_trait]
impl Clock for Frozen {
    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH
    }

    async fn sleep(&self, _duration: Duration) {
        std::future::pending::<()>().await;
    }
}

#[tokio::test]
async fn sleeps_are_stopped() {
    let clock: Arc<dyn Clock> = Arc::new(Frozen);
    let harness = Harness::new(&crate::factory(&clock)).await;
    let config = json!({"create_duration": "1h"});
    let (made, ()) = tokio::join!(harness.create("time_sleep", &config), harness.provider().stop());
    assert_eq!(
        made.unwrap_err(),
        [
            "error: Create time sleep error: The wait was stopped.\n\nOriginal Error: context canceled"
        ]
    );
}

#[tokio::test]
async fn functions_take_apart() {
    let (_, harness) = harness().await;
    let call = async |name: &str, arg: Value| {
        let schema = harness.provider().schema().await.unwrap();
        let result = harness.provider().call(name, &[arg]).await;
        result.map(|value| {
            assert_eq!(value.ty(), schema.functions[name].return_type);
            format!("{value:?}")
        })
    };
    assert_eq!(
        call("rfc3339_parse", "2023-07-25T23:43:16-08:00".into()).await.unwrap(),
        r#"{day = 25, hour = 23, iso_week = 30, iso_year = 2023, minute = 43, month = 7, month_name = "July", second = 16, unix = 1690357396, weekday = 2, weekday_name = "Tuesday", year = 2023, year_day = 206}"#
    );
    assert_eq!(
        call("unix_timestamp_parse", Value::from(0)).await.unwrap(),
        r#"{day = 1, hour = 0, iso_week = 1, iso_year = 1970, minute = 0, month = 1, month_name = "January", rfc3339 = "1970-01-01T00:00:00Z", second = 0, weekday = 4, weekday_name = "Thursday", year = 1970, year_day = 1}"#
    );
    assert_eq!(
        call("duration_parse", "1h30m0.001s".into()).await.unwrap(),
        "{hours = 1.5000002777777777, microseconds = 5400001000, milliseconds = 5400001, minutes = \
         90.00001666666667, nanoseconds = 5400001000000, seconds = 5400.001}"
    );
    let bad = |name: &'static str, arg: &'static str| {
        let call = &call;
        async move { call(name, arg.into()).await.unwrap_err() }
    };
    assert_eq!(
        bad("rfc3339_parse", "x").await,
        (Some(0), "Error parsing RFC3339 timestamp: \"x\" is not a valid RFC3339 timestamp".into())
    );
    assert_eq!(
        bad("duration_parse", "x").await,
        (Some(0), "Error parsing duration string: \"x\" is not a valid duration string".into())
    );
}
