//! Ephemeral resources through the phases, and write-only arguments.

use std::sync::Arc;
use std::time::SystemTime;

use groma_engine::{PlanMode, write_plan};
use groma_provider_api::native::Object;
use groma_provider_api::{AttributeDiagnostic, EphemeralResult};
use groma_value::{Marks, Value};

use crate::world::{World, check, show};

const SECRET: &str = r#"
    ephemeral "fake_secret" "s" { name = "s" }
    resource "fake_thing" "a" {
      name  = "a"
      token = ephemeral.fake_secret.s.value
    }
"#;

const PHASES: &[&str] = &["open", "renew", "close", "create", "update", "delete"];

#[tokio::test]
async fn a_resource_is_open_in_each_phase_and_closed_after_it() {
    let mut world = World::new(SECRET);
    let plan = world.plan().await;
    assert!(!plan.errored, "{}", show(&plan));
    assert_eq!(world.fake.calls_of(PHASES), ["open s", "close s"]);
    assert!(world.apply_plan(&plan).await.succeeded());
    assert_eq!(world.fake.calls_of(PHASES), ["open s", "create a", "close s"]);
    world.options.mode = PlanMode::Destroy;
    check(&world.apply().await, "");
    let calls = world.fake.calls_of(PHASES);
    assert!(calls.contains(&"delete a-1".to_owned()), "{calls:?}");
    let (opened, closed) = (count(&calls, "open"), count(&calls, "close"));
    assert_eq!(opened, closed, "{calls:?}");
}

fn count(calls: &[String], kind: &str) -> usize {
    calls.iter().filter(|call| call.starts_with(kind)).count()
}

#[tokio::test]
async fn nothing_ephemeral_is_kept() {
    let world = World::new(SECRET);
    world.fake.on_apply(|_, request, answer| {
        let given = Object::new(&request.config).str("token").map(str::to_owned);
        assert_eq!(given.as_deref(), Some("secret of s"), "the provider has it");
        assert!(Object::new(&request.planned).is_null("token"), "the plan has not");
        answer
    });
    let plan = world.plan().await;
    let bytes = write_plan(&plan).unwrap();
    assert!(!contains(&bytes, b"secret of s"));
    assert!(!world.apply_planned(&plan).await.contains("secret"));
    let object = world.object("fake_thing.a").await;
    let json = String::from_utf8_lossy(object.json().unwrap());
    assert!(json.contains("\"token\":null"), "{json}");
    let paths: Vec<String> = object.sensitive_paths.iter().map(ToString::to_string).collect();
    assert_eq!(paths, [".secret"], "only what the schema has");
    check(&show(&world.plan().await), "");
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[tokio::test]
async fn a_change_of_a_write_only_argument_alone_is_none() {
    let thing = |token: &str| {
        format!("resource \"fake_thing\" \"a\" {{\n name = \"a\"\n token = {token:?}\n}}")
    };
    let mut world = World::new(&thing("1"));
    world.apply().await;
    world.write("main.tf", &thing("2"));
    check(&show(&world.plan().await), "");
}

#[tokio::test]
async fn what_is_due_is_renewed_while_others_work() {
    let world = World::new(SECRET);
    world.fake.on_open(|_, _, answer| {
        answer.map(|opened| {
            opened
                .map(|opened| EphemeralResult { renew_at: Some(SystemTime::UNIX_EPOCH), ..opened })
        })
    });
    world.fake.on_renew(|_, private, answer| {
        let private = Arc::from([&private[..], b"!"].concat());
        answer.map(|renewed| renewed.map(|renewed| EphemeralResult { private, ..renewed }))
    });
    let plan = world.plan().await;
    world.fake.calls();
    let mut create = world.fake.gate("create");
    let mut renew = world.fake.gate("renew");
    let driver = async {
        create.entered().await;
        renew.entered().await;
        renew.open();
        create.pass();
    };
    let (outcome, ()) = tokio::join!(world.apply_plan(&plan), driver);
    assert!(outcome.succeeded());
    let mut calls = world.fake.calls_of(PHASES);
    calls[1..3].sort();
    assert_eq!(calls, ["open s", "create a", "renew s", "close s!"], "closed as it was renewed");
}

#[tokio::test]
async fn what_cannot_be_opened_stops_its_dependents() {
    let mut world = World::new(SECRET);
    world.write("b.tf", "resource \"fake_plain\" \"b\" { name = \"b\" }");
    let plan = world.plan().await;
    world.fake.calls();
    world.fake.on_open(|_, _, _| Err(vec![AttributeDiagnostic::error("Locked", "No key.")]));
    check(&world.apply_planned(&plan).await, "Locked: No key.\nfake_plain.b {id=b-1 name=b}");
    assert_eq!(world.fake.calls_of(PHASES), ["create b", "open s"]);
    check(&show(&world.plan().await), "Locked: No key.");
}

#[tokio::test]
async fn what_cannot_be_closed_is_told() {
    let world = World::new(SECRET);
    world.fake.on_close(|_, _, _| vec![AttributeDiagnostic::error("Stuck", "It stays open.")]);
    let plan = world.plan().await;
    assert!(plan.errored);
    assert!(show(&plan).starts_with("Stuck: It stays open.\n"), "{}", show(&plan));
}

#[tokio::test]
async fn a_bad_answer_is_refused() {
    let world = World::new(SECRET);
    world.fake.on_open(|_, _, answer| {
        answer.map(|opened| {
            opened.map(|opened| EphemeralResult { value: Value::from("x"), ..opened })
        })
    });
    let text = show(&world.plan().await);
    let expected = "Provider produced invalid ephemeral resource instance: ";
    assert!(text.starts_with(expected), "{text}");
}

#[tokio::test]
async fn what_is_not_known_yet_waits_for_the_apply() {
    let world = World::new(
        r#"
        resource "fake_plain" "b" { name = "b" }
        ephemeral "fake_secret" "s" { name = fake_plain.b.id }
        resource "fake_thing" "a" {
          name  = "a"
          token = ephemeral.fake_secret.s.value
        }
        "#,
    );
    let plan = world.plan().await;
    assert!(!plan.errored, "{}", show(&plan));
    assert_eq!(world.fake.calls_of(PHASES), [""; 0]);
    assert!(world.apply_plan(&plan).await.succeeded());
    assert_eq!(world.fake.calls_of(PHASES), ["create b", "open b-1", "create a", "close b-1"]);
}

#[tokio::test]
async fn everything_is_closed_when_something_fails_or_ends_early() {
    let world = World::new(SECRET);
    let plan = world.plan().await;
    world.fake.calls();
    let mut gate = world.fake.gate("create");
    let driver = async {
        gate.entered().await;
        world.cancel.stop();
        gate.pass();
    };
    let (outcome, ()) = tokio::join!(world.apply_plan(&plan), driver);
    assert!(!outcome.cancelled, "nothing was left to be done");
    assert_eq!(world.fake.calls_of(PHASES), ["open s", "create a", "close s"]);
}

#[tokio::test]
async fn sensitive_marks_go_with_the_values() {
    let world = World::new(
        r#"
        variable "v" {
          default   = "v"
          sensitive = true
        }
        resource "fake_thing" "a" {
          name   = "a"
          value  = var.v
          secret = "s"
          list { text = var.v }
        }
        "#,
    );
    let plan = world.plan().await;
    let after = &plan.changes[0].after;
    let marks = |path: &str| {
        let all = after.unmark_deep_with_paths().1;
        all.iter().any(|(at, marks)| at.to_string() == path && marks.contains(Marks::SENSITIVE))
    };
    assert!(marks(".value") && marks(".secret") && marks(".list[0].text"));
    world.apply_planned(&plan).await;
    let object = world.object("fake_thing.a").await;
    let paths: Vec<String> = object.sensitive_paths.iter().map(ToString::to_string).collect();
    assert!(paths.contains(&".value".to_owned()) && paths.contains(&".list[0].text".to_owned()));
}

#[tokio::test]
async fn a_change_of_marks_alone_does_not_reach_the_provider() {
    let text = |value: &str| {
        format!("resource \"fake_thing\" \"a\" {{\n name = \"a\"\n value = {value}\n}}")
    };
    let mut world = World::new(&text("\"v\""));
    world.apply().await;
    let before = world.object("fake_thing.a").await;
    for (value, marked) in [("sensitive(\"v\")", true), ("\"v\"", false)] {
        world.write("main.tf", &text(value));
        let plan = world.plan().await;
        assert!(show(&plan).starts_with("update fake_thing.a"), "{}", show(&plan));
        world.fake.calls();
        assert!(world.apply_plan(&plan).await.succeeded());
        assert_eq!(world.fake.calls_of(PHASES), [""; 0]);
        let object = world.object("fake_thing.a").await;
        let paths: Vec<String> = object.sensitive_paths.iter().map(ToString::to_string).collect();
        assert_eq!(paths.contains(&".value".to_owned()), marked);
        assert_eq!((&object.private, object.json()), (&before.private, before.json()));
        check(&show(&world.plan().await), "");
    }
    // What is ignored keeps its marks, too.
    let ignored = "sensitive(\"w\")\n lifecycle { ignore_changes = [value] }";
    world.write("main.tf", &text(ignored));
    check(&show(&world.plan().await), "");
}
