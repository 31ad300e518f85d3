//! What a state is made of.

use std::collections::BTreeMap;
use std::sync::Arc;

use groma_addr::{ModuleInstance, Target, parse_module_instance, parse_target};
use groma_value::{Path, Type, Value};

use super::{Fixture, addr, begin, key, other_provider, read, run, set, show, unset};
use crate::{
    Attributes, Change, CheckObject, CheckResult, CheckStatus, CheckableKind, Closed, Dependencies,
    Dependency, DeposedKey, Identity, Object, ObjectStatus, Output, Outputs, Snapshot, State,
    StateError, VersionId,
};

fn full_object() -> Object {
    let dependency = |text| match parse_target(text).expect("an address") {
        Target::Resource(resource) => resource.config(),
        other => panic!("{other:?}"),
    };
    let far = ["t.e", "t.d"].into_iter().map(dependency).collect();
    Object {
        status: ObjectStatus::Tainted,
        schema_version: 7,
        attributes: Attributes::Json(
            "{\"n\":0.1234567890123456789012345678901234567890,\"é\":\"\\u003c\"}"
                .as_bytes()
                .into(),
        ),
        sensitive_paths: [Path::new().attr("a").attr("b"), Path::new()].into(),
        identity: Some(Identity { schema_version: 3, json: Arc::from(*b"{\"id\":\"x\"}") }),
        private: Arc::from([0, 255, 1]),
        dependencies: [
            Dependency::new(dependency("module.a.t.b"), far),
            Dependency::new(dependency("data.t.c"), Dependencies::none()),
        ]
        .into_iter()
        .collect(),
        create_before_destroy: true,
        extra: Some(Arc::from(*b"{\"later\":[1]}")),
    }
}

/// Nothing of an object is lost.
pub async fn every_part_of_an_object_is_kept(fixture: &impl Fixture) {
    let store = fixture.open();
    let key_a = DeposedKey::new(0xab);
    let flat = Object {
        attributes: Attributes::Flat(Arc::new(BTreeMap::from([("a.#".into(), "1".into())]))),
        ..full_object()
    };
    let object = |deposed, object: &Object| Change::Object {
        addr: addr(
            "module.x[\"a\\\"b\"].module.y[3].data.t.a[\"${\"]".replace("${", "$${").as_str(),
        ),
        deposed,
        provider: other_provider(),
        object: Some(object.clone()),
    };
    let changes = vec![
        object(None, &full_object()),
        object(Some(key_a), &flat),
        object(Some(DeposedKey::new(u32::MAX)), &full_object()),
    ];
    run(&*store, changes).await;
    drop(store);
    let state = read(&*fixture.open()).await.snapshot.state;
    let (found, instance) = state.instances().next().expect("an instance");
    assert_eq!(state.instances().len(), 1);
    assert_eq!(found.to_string(), "module.x[\"a\\\"b\"].module.y[3].data.t.a[\"$${\"]");
    assert_eq!(instance.provider, other_provider());
    assert_eq!(instance.current.as_ref(), Some(&full_object()));
    assert_eq!(instance.deposed.len(), 2);
    assert_eq!(instance.deposed.get(&key_a), Some(&flat));
}

fn output(value: Value) -> Output {
    Output { value, sensitive: false }
}

fn module(text: &str) -> ModuleInstance {
    parse_module_instance(text).expect("a module")
}

fn checks(status: CheckStatus) -> Arc<[CheckResult]> {
    [CheckResult {
        kind: CheckableKind::Check,
        config_addr: "check.c".into(),
        status,
        objects: vec![CheckObject {
            object_addr: "check.c".into(),
            status,
            failure_messages: vec!["no \"luck\"".to_owned()],
        }],
    }]
    .into()
}

/// Outputs of the root and of module instances, and results of conditions.
pub async fn outputs_and_checks_are_kept(fixture: &impl Fixture) {
    let store = fixture.open();
    let list = Value::list(Type::String, vec![Value::string("é"), Value::null(Type::String)]);
    let set_output =
        |name: &str, output| Change::Output { name: name.into(), output: Some(output) };
    let in_module = Outputs::from([("o".into(), output(Value::bool(true)))]);
    let all = vec![
        set_output("list", output(list)),
        set_output("secret", Output { value: Value::string("x"), sensitive: true }),
        set_output("nothing", output(Value::null(Type::Dynamic))),
        Change::ModuleOutputs { module: module("module.a[\"k\"].module.b[0]"), outputs: in_module },
        Change::Checks(Some(checks(CheckStatus::Fail))),
    ];
    run(&*store, all.clone()).await;
    let first = read(&*fixture.open()).await.snapshot.state;
    let mut expected = State::default();
    for change in all {
        expected.apply(change);
    }
    assert!(first.diff(&expected).expect("diff").is_empty(), "{first:?}");
    assert!(first.outputs()["secret"].sensitive);

    let less = vec![
        Change::Output { name: "list".into(), output: None },
        set_output("secret", Output { value: Value::string("y"), sensitive: true }),
        Change::ModuleOutputs {
            module: module("module.a[\"k\"].module.b[0]"),
            outputs: Outputs::new(),
        },
        Change::Checks(None),
    ];
    run(&*store, less).await;
    let second = read(&*fixture.open()).await.snapshot.state;
    assert_eq!(second.outputs().keys().map(|k| &**k).collect::<Vec<_>>(), ["nothing", "secret"]);
    assert!(second.module_outputs().is_empty());
    assert_eq!(second.checks(), None);
    let before = store.read_version(&key(), VersionId(1)).await.expect("version").snapshot.state;
    assert!(before.diff(&expected).expect("diff").is_empty(), "{before:?}");
}

/// Outputs and checks that are what they were make no version.
pub async fn unchanged_outputs_make_no_version(fixture: &impl Fixture) {
    let store = fixture.open();
    let changes = || {
        vec![
            Change::Output { name: "o".into(), output: Some(output(Value::string("x"))) },
            Change::ModuleOutputs {
                module: module("module.a"),
                outputs: Outputs::from([("o".into(), output(Value::string("x")))]),
            },
            Change::Checks(Some(checks(CheckStatus::Pass))),
        ]
    };
    run(&*store, changes()).await;
    assert_eq!(run(&*store, changes()).await, Closed { version: None, serial: 1 });
    let sensitive = Output { value: Value::string("x"), sensitive: true };
    let change = Change::Output { name: "o".into(), output: Some(sensitive) };
    assert_eq!(run(&*store, vec![change]).await.serial, 2);
}

fn snapshot(lineage: &str, serial: u64, changes: Vec<Change>) -> Snapshot {
    let mut state = State::default();
    for change in changes {
        state.apply(change);
    }
    let terraform_version = "1.9.0".to_owned();
    Snapshot { lineage: lineage.to_owned(), serial, terraform_version, state }
}

/// A pushed state becomes the state, with its lineage and serial.
pub async fn replacing_makes_one_version(fixture: &impl Fixture) {
    let store = fixture.open();
    let first = snapshot("l1", 7, vec![set("t.a", "1"), set("t.b", "1")]);
    let push = begin(&*store, "state push").await;
    // Nothing is there to lose.
    push.replace(first.clone(), false).await.expect("replace");
    let closed = push.close().await.expect("close");
    assert_eq!(closed, Closed { version: Some(VersionId(1)), serial: 7 });
    let stored = read(&*fixture.open()).await;
    assert_eq!((stored.snapshot.lineage.as_str(), stored.snapshot.serial), ("l1", 7));
    assert_eq!(show(&stored.snapshot.state), "t.a 1\nt.b 1\n");

    let second = snapshot("l1", 9, vec![set("t.b", "2"), set("t.c", "1")]);
    let push = begin(&*store, "state push").await;
    push.replace(second, false).await.expect("replace");
    push.close().await.expect("close");
    let stored = read(&*fixture.open()).await;
    // What differs from what was there gets the next serial.
    assert_eq!((stored.version, stored.snapshot.serial), (VersionId(2), 10));
    assert_eq!(show(&stored.snapshot.state), "t.b 2\nt.c 1\n");
    let old = store.read_version(&key(), VersionId(1)).await.expect("version");
    assert_eq!(show(&old.snapshot.state), "t.a 1\nt.b 1\n");
    // From there it counts on.
    assert_eq!(run(&*store, vec![unset("t.b")]).await.serial, 11);
    // The same state again is no change.
    let same = read(&*store).await.snapshot;
    let push = begin(&*store, "state push").await;
    push.replace(same, false).await.expect("replace");
    assert_eq!(push.close().await.expect("close"), Closed { version: None, serial: 11 });
    // With another serial it is.
    let same = Snapshot { serial: 20, ..read(&*store).await.snapshot };
    let push = begin(&*store, "state push").await;
    push.replace(same, false).await.expect("replace");
    assert_eq!(push.close().await.expect("close").serial, 20);
    // Without a lineage nothing can be told, so nothing is refused, and the lineage stays.
    let push = begin(&*store, "state push").await;
    push.replace(snapshot("", 3, vec![set("t.z", "1")]), false).await.expect("replace");
    assert_eq!(push.close().await.expect("close").serial, 4);
    assert_eq!(read(&*store).await.snapshot.lineage, "l1");
    // An empty state may be pushed too.
    let other = crate::StateKey::new("infra/net", "other");
    let push = store.begin_run(&other, None, super::meta("state push")).await.expect("begin");
    push.replace(snapshot("l3", 3, vec![]), false).await.expect("replace");
    assert_eq!(push.close().await.expect("close").serial, 3);
    let stored = store.read(&other).await.expect("read").expect("a state");
    assert_eq!(stored.snapshot.lineage, "l3");
}

/// Another lineage, an older serial, the same serial with other content: not without force.
pub async fn replacing_refuses_what_would_lose_something(fixture: &impl Fixture) {
    let store = fixture.open();
    let push = begin(&*store, "state push").await;
    push.replace(snapshot("l1", 5, vec![set("t.a", "1")]), true).await.expect("replace");
    push.close().await.expect("close");
    let push = begin(&*store, "state push").await;
    let cases = [
        (
            snapshot("l2", 6, vec![]),
            "cannot import state with lineage \"l2\" over unrelated state \
         with lineage \"l1\"",
        ),
        (
            snapshot("l1", 4, vec![]),
            "cannot import state with serial 4 over newer state with \
         serial 5",
        ),
        (
            snapshot("l1", 5, vec![]),
            "cannot overwrite existing state with serial 5 with a different \
         state that has the same serial",
        ),
    ];
    for (case, expected) in &cases {
        let error = push.replace(case.clone(), false).await.expect_err("refused");
        assert_eq!(error.to_string(), *expected);
    }
    assert_eq!(show(&read(&*store).await.snapshot.state), "t.a 1\n");
    let [(other, _), ..] = cases;
    push.replace(other, true).await.expect("forced");
    let closed = push.close().await.expect("close");
    assert_eq!(closed, Closed { version: Some(VersionId(2)), serial: 7 });
    let stored = read(&*store).await;
    assert_eq!(stored.snapshot.lineage, "l2");
    assert!(stored.snapshot.state.is_empty());
    assert!(matches!(
        store.read_version(&key(), VersionId(3)).await,
        Err(StateError::NoVersion { version: 3 })
    ));
}
