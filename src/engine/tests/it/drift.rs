//! What changed outside: found by the refresh, told apart from what is planned.

use groma_engine::{Action, Plan, PlanMode};
use groma_provider_api::AttributeDiagnostic;
use groma_state::Attributes;
use groma_value::{Type, Value};

use crate::world::{World, brief, check, show};

const TWO: &str = r#"
    resource "fake_thing" "a" {
      name  = "a"
      value = "v"
    }
    resource "fake_plain" "b" {
      name  = "b"
      value = fake_thing.a.chosen
    }
    output "made" { value = fake_thing.a.made }
"#;

/// The drift of a plan: what was done to each object, and what differs.
fn drift(plan: &Plan) -> String {
    let mut text = String::new();
    for change in &plan.drift {
        text += &format!("{} {}", change.action, change.addr);
        if change.prev_run_addr != change.addr {
            text += &format!(" from {}", change.prev_run_addr);
        }
        if change.deposed.is_some() {
            text += " (deposed)";
        }
        let (before, after) = (change.before.as_fields(), change.after.as_fields());
        for (name, was) in before.into_iter().flat_map(groma_value::Fields::iter) {
            let is = after.and_then(|fields| fields.get(name));
            if let Some(is) = is.filter(|is| !is.raw_equals(was)) {
                text += &format!(" {name}={}->{}", brief(was), brief(is));
            }
        }
        text.push('\n');
    }
    text
}

async fn made() -> World {
    let world = World::new(TWO);
    world.apply().await;
    world.fake.calls();
    world
}

#[tokio::test]
async fn nothing_changed() {
    let mut world = made().await;
    for mode in [PlanMode::Normal, PlanMode::RefreshOnly] {
        world.options.mode = mode;
        let plan = world.plan().await;
        assert!(plan.drift.is_empty() && !plan.applyable);
        check(&show(&plan), "");
    }
}

#[tokio::test]
async fn what_the_configuration_says_is_put_back() {
    let world = made().await;
    world.fake.change("a-1", "value", Value::from("drifted"));
    world.fake.change("b-1", "value", Value::null(Type::String));
    let plan = world.plan().await;
    check(
        &drift(&plan),
        "update fake_plain.b value=told.chosen->null
         update fake_thing.a value=v->drifted",
    );
    check(
        &show(&plan),
        "update fake_plain.b {id=b-1 name=b value=told.chosen}
         update fake_thing.a {chosen=told.chosen group={} id=a-1 list=[] made=? map={} name=a set=[] value=v}
         output update made ?",
    );
    let before = |name: &str| {
        let change = plan.changes.iter().find(|c| c.addr.to_string() == name).unwrap();
        brief(change.before.attr("value").unwrap())
    };
    assert_eq!(before("fake_thing.a"), "drifted", "changes start from what is there");
    world.apply_planned(&plan).await;
    check(&show(&world.plan().await), "");
}

#[tokio::test]
async fn what_is_gone_is_made_again() {
    let world = made().await;
    world.fake.vanish("a-1");
    let plan = world.plan().await;
    check(&drift(&plan), "delete fake_thing.a");
    check(
        &show(&plan),
        "update fake_plain.b {id=b-1 name=b value=?}
         create fake_thing.a {chosen=? group={} id=? list=[] made=? map={} name=a set=[] value=v}
         output update made ?",
    );
    // The new one is named as a second of its name.
    assert!(world.apply_planned(&plan).await.contains("id=a-2"));
}

#[tokio::test]
async fn what_nobody_configures_is_taken_note_of() {
    let mut world = made().await;
    world.fake.change("a-1", "made", Value::from("otherwise"));
    let plan = world.plan().await;
    check(&drift(&plan), "update fake_thing.a made=made of v->otherwise");
    check(&show(&plan), "output update made otherwise");
    // Of all that is planned only the output may have come of it.
    let relevant: Vec<_> =
        plan.relevant_attributes.iter().map(|r| r.attribute.to_string()).collect();
    assert_eq!(relevant, [".made"]);
    world.options.refresh = false;
    let plan = world.plan().await;
    assert!(plan.drift.is_empty());
    check(&show(&plan), "");
    assert_eq!(world.fake.calls_of(&["read"]).len(), 2, "only the first plan read");
}

#[tokio::test]
async fn refreshing_only_changes_the_state_only() {
    let mut world = made().await;
    world.fake.change("a-1", "made", Value::from("otherwise"));
    world.fake.vanish("b-1");
    world.write("main.tf", &TWO.replace("\"v\"", "\"w\""));
    world.options.mode = PlanMode::RefreshOnly;
    let plan = world.plan().await;
    assert!(plan.applyable);
    check(&drift(&plan), "delete fake_plain.b\nupdate fake_thing.a made=made of v->otherwise");
    check(&show(&plan), "output update made otherwise");
    assert!(plan.changes.iter().all(|change| change.action == Action::NoOp));
    world.fake.calls();
    check(
        &world.apply_planned(&plan).await,
        "fake_thing.a {chosen=told.chosen group={} id=a-1 made=otherwise name=a value=v}
         output made = otherwise",
    );
    assert_eq!(world.fake.calls_of(&["create", "update", "delete", "plan"]), [""; 0]);
    let again = world.plan().await;
    assert!(!again.applyable && again.drift.is_empty());
}

#[tokio::test]
async fn drift_of_what_was_moved_says_from_where() {
    let mut world = made().await;
    world.fake.change("b-1", "value", Value::from("drifted"));
    let moved = "moved {\n from = fake_plain.b\n to = fake_plain.c\n }";
    world.write(
        "main.tf",
        &format!("{}\n{moved}", TWO.replace("\"fake_plain\" \"b\"", "\"fake_plain\" \"c\"")),
    );
    let plan = world.plan().await;
    check(&drift(&plan), "update fake_plain.c from fake_plain.b value=told.chosen->drifted");
    check(&show(&plan), "update fake_plain.c from fake_plain.b {id=b-1 name=b value=told.chosen}");
}

#[tokio::test]
async fn sensitive_drift_stays_sensitive() {
    let world = World::new(
        r#"
        resource "fake_thing" "a" {
          name   = "a"
          value  = sensitive("v")
          secret = "s"
        }
        "#,
    );
    world.apply().await;
    world.fake.change("a-1", "value", Value::from("w"));
    world.fake.change("a-1", "secret", Value::from("t"));
    check(&drift(&world.plan().await), "update fake_thing.a secret=*->* value=*->*");
}

#[tokio::test]
async fn private_data_alone_is_no_drift_and_is_kept() {
    let mut world = made().await;
    world.fake.on_read(|_, _, answer| {
        answer.map(|mut state| {
            state.answer.private = std::sync::Arc::from(*b"read");
            state
        })
    });
    let plan = world.plan().await;
    assert!(plan.drift.is_empty() && !plan.applyable);
    // An update starts from it: planned twice, applied once.
    world.write("main.tf", &TWO.replace("\"v\"", "\"w\""));
    world.apply().await;
    assert_eq!(&*world.object("fake_thing.a").await.private, b"readpa");
    assert_eq!(&*world.object("fake_plain.b").await.private, b"read");
}

/// Gives an object of the state attributes of another schema version.
async fn store_as(world: &World, addr: &str, version: u64, json: &str) {
    let mut object = world.object(addr).await;
    object.schema_version = version;
    object.attributes = Attributes::Json(json.as_bytes().into());
    world.record(addr, object).await;
}

#[tokio::test]
async fn older_attributes_are_upgraded() {
    let mut world = made().await;
    let old = r#"{"id":"a-1","name":"a","old_value":"v","chosen":"told.chosen","made":"made of v","list":[],"set":[],"map":{},"group":{"text":null}}"#;
    for refresh in [true, false] {
        store_as(&world, "fake_thing.a", 0, old).await;
        world.options.refresh = refresh;
        world.fake.calls();
        let plan = world.plan().await;
        check(&show(&plan), "");
        check(&drift(&plan), "");
        let calls = world.fake.calls_of(&["upgrade 0 a", "upgrade 1"]);
        assert_eq!(calls, ["upgrade 0 a-1"]);
        world.apply_planned(&plan).await;
        let object = world.object("fake_thing.a").await;
        assert_eq!(object.schema_version, 1, "it is stored as it is now");
        assert!(String::from_utf8_lossy(object.json().unwrap()).contains("\"value\":\"v\""));
    }
}

#[tokio::test]
async fn what_cannot_be_upgraded_is_an_error() {
    let world = made().await;
    store_as(&world, "fake_thing.a", 7, "{}").await;
    let text = show(&world.plan().await);
    let expected = "Resource instance managed by newer provider version: The current state of \
                    fake_thing.a was created by a newer provider version than is currently \
                    selected. Upgrade the fake provider to work with this state.\n";
    assert!(text.starts_with(expected), "{text}");

    let world = made().await;
    world.fake.on_upgrade(|call, _, answer| match call {
        "upgrade 1 a-1" => Err(vec![AttributeDiagnostic::error("Cannot upgrade", "No.")]),
        _ => answer,
    });
    let text = show(&world.plan().await);
    assert!(text.starts_with("Cannot upgrade: No."), "{text}");

    let world = made().await;
    world.fake.on_upgrade(|_, _, answer| {
        answer.map(|mut upgraded| {
            upgraded.answer.value = Value::from("nonsense");
            upgraded
        })
    });
    let text = show(&world.plan().await);
    assert!(text.contains("Invalid resource state upgrade: The fake provider upgraded the state for fake_thing.a from a previous version, but produced an invalid result: "), "{text}");
}

#[tokio::test]
async fn a_move_to_another_type_asks_the_provider() {
    let mut world = made().await;
    let moved = r#"
        resource "fake_thing" "a" {
          name  = "a"
          value = "v"
        }
        resource "fake_thing" "b" {
          name  = "b"
          value = "told.chosen"
        }
        moved {
          from = fake_plain.b
          to   = fake_thing.b
        }
    "#;
    world.write("main.tf", moved);
    // The world knows it by the new type from now on.
    world.fake.on_read(|_, request, _| Ok(request.prior.clone().into()));
    let plan = world.plan().await;
    assert_eq!(world.fake.calls_of(&["move"]), ["move b-1"]);
    check(
        &show(&plan),
        "no-op fake_thing.b from fake_plain.b {group={} id=b-1 list=[] map={} name=b set=[] value=told.chosen}
         output delete made null",
    );
    world.apply_planned(&plan).await;
    let object = world.object("fake_thing.b").await;
    assert_eq!((&*object.private, object.schema_version), (&b"pam"[..], 1));

    let world = made().await;
    let mut world = world;
    world.write("main.tf", moved);
    world.fake.on_move(|_, _, _| Err(vec![AttributeDiagnostic::error("Cannot move", "No.")]));
    let plan = world.plan().await;
    assert!(plan.errored && show(&plan).starts_with("Cannot move: No."), "{}", show(&plan));
}

#[tokio::test]
async fn blocks_that_the_legacy_sdk_has_as_null_are_none() {
    let world = made().await;
    let list = world.fake.object("a-1").attr("list").unwrap().ty();
    let set = world.fake.object("a-1").attr("set").unwrap().ty();
    world.fake.change("a-1", "list", Value::null(list));
    world.fake.change("a-1", "set", Value::null(set));
    let plan = world.plan().await;
    check(&drift(&plan), "");
    check(&show(&plan), "");
}
