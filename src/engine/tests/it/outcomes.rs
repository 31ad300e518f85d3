//! How effects end: well, with an error, half-way, or nobody knows how; and what is recorded.

use groma_engine::PlanMode;
use groma_provider_api::{ApplyOutcome, AttributeDiagnostic, ObjectState};
use groma_value::Value;

use crate::world::{World, check, show};

/// A provider that reports an error, with or without an object.
fn failed(value: Value) -> ApplyOutcome {
    let state = ObjectState::new(value, std::sync::Arc::from(*b"half"));
    let diagnostics = vec![AttributeDiagnostic::error("It broke", "In the middle.")];
    ApplyOutcome::Failed { state, diagnostics }
}

/// The object of an answer that went well.
fn done(answer: ApplyOutcome) -> Value {
    match answer {
        ApplyOutcome::Done { state, .. } => state.value,
        other => panic!("{other:?}"),
    }
}

/// The type of a null that takes an object's place.
fn no(value: &Value) -> Value {
    Value::null(value.ty())
}

fn plain(value: &str) -> String {
    format!("resource \"fake_plain\" \"a\" {{\n name = \"a\"\n value = {value:?}\n}}")
}

/// A world with `fake_plain.a`, and the same with another value configured.
async fn changed() -> World {
    let mut world = World::new(&plain("1"));
    world.apply().await;
    world.write("main.tf", &plain("2"));
    world
}

#[tokio::test]
async fn a_creation_that_fails_leaves_nothing() {
    let world = World::new(&plain("1"));
    world.fake.on_apply(|_, request, _| failed(no(&request.prior)));
    check(&world.apply().await, "It broke: In the middle.");
    assert!(world.dangling().await.is_empty(), "it is known that nothing happened");
}

#[tokio::test]
async fn a_creation_that_fails_half_way_is_tainted() {
    let world = World::new(&plain("1"));
    world.fake.on_apply(|_, _, answer| failed(done(answer)));
    check(
        &world.apply().await,
        "It broke: In the middle.
         fake_plain.a tainted {id=a-1 name=a value=1}",
    );
    assert_eq!(&*world.object("fake_plain.a").await.private, b"half");
    check(
        &show(&world.plan().await),
        "delete/create fake_plain.a [replace_because_tainted] {id=? name=a value=1}",
    );
}

#[tokio::test]
async fn an_update_that_fails_keeps_the_old_object() {
    let world = changed().await;
    let before = world.object("fake_plain.a").await;
    world.fake.on_apply(|_, request, _| failed(no(&request.prior)));
    check(
        &world.apply().await,
        "It broke: In the middle.
         fake_plain.a {id=a-1 name=a value=1}",
    );
    assert!(world.object("fake_plain.a").await == before, "private data and all");
}

#[tokio::test]
async fn an_update_that_fails_half_way_keeps_what_there_is() {
    let world = changed().await;
    world.fake.on_apply(|_, _, answer| failed(done(answer)));
    check(
        &world.apply().await,
        "It broke: In the middle.
         fake_plain.a {id=a-1 name=a value=2}",
    );
    assert_eq!(&*world.object("fake_plain.a").await.private, b"half");
}

#[tokio::test]
async fn a_destruction_that_fails_keeps_the_object() {
    let mut world = changed().await;
    let before = world.object("fake_plain.a").await;
    world.options.mode = PlanMode::Destroy;
    world.fake.on_apply(|_, request, _| failed(no(&request.prior)));
    check(
        &world.apply().await,
        "It broke: In the middle.
         fake_plain.a {id=a-1 name=a value=1}",
    );
    assert!(world.object("fake_plain.a").await == before);
}

#[tokio::test]
async fn a_destruction_that_fails_half_way_keeps_what_there_is() {
    let mut world = changed().await;
    world.options.mode = PlanMode::Destroy;
    world.fake.on_apply(|_, request, _| {
        failed(Value::object_of([
            ("id", Value::from("a-1")),
            ("name", Value::from("a")),
            ("value", Value::null(request.prior.attr("value").unwrap().ty())),
        ]))
    });
    check(
        &world.apply().await,
        "It broke: In the middle.
         fake_plain.a {id=a-1 name=a}",
    );
}

#[tokio::test]
async fn a_lost_call_leaves_its_intent() {
    for (world, intent, state) in [
        (World::new(&plain("1")), "create fake_plain.a", ""),
        (changed().await, "update fake_plain.a", "fake_plain.a {id=a-1 name=a value=1}"),
    ] {
        world.fake.on_apply(|_, _, _| ApplyOutcome::Unknown { error: "no answer".to_owned() });
        let text = world.apply().await;
        let (error, rest) = text.split_once("try it again.").expect("an error");
        assert!(error.starts_with("Result of a provider's operation is not known: "), "{error}");
        assert!(error.contains("fake_plain.a was lost") && error.contains("no answer"), "{error}");
        check(rest, state);
        assert_eq!(world.dangling().await, [intent]);
    }
}

#[tokio::test]
async fn an_intent_is_there_before_the_effect_and_gone_after_it() {
    let world = World::new(&plain("1"));
    let mut gate = world.fake.gate("create");
    let plan = world.plan().await;
    let watch = async {
        gate.entered().await;
        // As a run that dies now would leave it.
        let intents = world.open_intents();
        assert_eq!(intents, [r#"create fake_plain.a {"id":null,"name":"a","value":"1"}"#]);
        assert_eq!(world.state().await, "");
        gate.pass();
    };
    let (outcome, ()) = tokio::join!(world.apply_plan(&plan), watch);
    assert!(outcome.succeeded());
    assert!(world.dangling().await.is_empty());
}

#[tokio::test]
async fn types_without_effects_need_no_intent() {
    let world = World::new(&plain("1"));
    world.fake.be_pure();
    let mut gate = world.fake.gate("create");
    let plan = world.plan().await;
    let watch = async {
        gate.entered().await;
        assert!(world.open_intents().is_empty());
        gate.pass();
    };
    let (outcome, ()) = tokio::join!(world.apply_plan(&plan), watch);
    assert!(outcome.succeeded());
    check(&world.state().await, "fake_plain.a {id=a-1 name=a value=1}");
}

#[tokio::test]
async fn errors_stop_dependents_only() {
    let world = World::new(
        r#"
        resource "fake_plain" "a" { name = "a" }
        resource "fake_plain" "b" {
          name  = "b"
          value = fake_plain.a.id
        }
        resource "fake_plain" "c" {
          name  = "c"
          value = fake_plain.b.id
        }
        resource "fake_plain" "d" { name = "d" }
        resource "fake_plain" "e" {
          name  = "e"
          value = fake_plain.d.id
        }
        output "a" { value = fake_plain.a.id }
        output "c" { value = fake_plain.c.id }
        output "e" { value = fake_plain.e.id }
        "#,
    );
    world.fake.on_apply(|call, request, answer| match call {
        "create b" => failed(no(&request.prior)),
        _ => answer,
    });
    check(
        &world.apply().await,
        "It broke: In the middle.
         fake_plain.a {id=a-1 name=a}
         fake_plain.d {id=d-1 name=d}
         fake_plain.e {id=e-1 name=e value=d-1}
         output a = a-1
         output e = e-1",
    );
    let mut created = world.fake.calls_of(&["create"]);
    created.sort();
    assert_eq!(created, ["create a", "create b", "create d", "create e"]);
}

#[tokio::test]
async fn an_object_that_cannot_be_read_stops_its_own_instance_only() {
    let mut world = World::new(
        r#"
        resource "fake_plain" "a" {
          count = 2
          name  = "a${count.index}"
        }
        resource "fake_plain" "b" { name = "b" }
        "#,
    );
    world.apply().await;
    world.write("b.tf", "resource \"fake_plain\" \"c\" {\n name = upper(fake_plain.b.id)\n}");
    world.fake.calls();
    world.fake.on_read(|call, _, answer| match call {
        "read a1-1" => Err(vec![AttributeDiagnostic::error("Unreadable", "No.")]),
        _ => answer,
    });
    let plan = world.plan().await;
    assert!(plan.errored);
    check(&show(&plan), "Unreadable: No.\ncreate fake_plain.c {id=? name=B-1}");
    let mut planned = world.fake.calls_of(&["plan"]);
    planned.sort();
    assert_eq!(planned, ["plan create B-1", "plan update a0-1", "plan update b-1"]);
}

/// Runs an apply until a call comes to the gate, and kills it there.
fn killed_at(world: &World, gate: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let plan = world.plan().await;
        let mut gate = world.fake.gate(gate);
        tokio::select! {
            _ = world.apply_plan(&plan) => panic!("it does not end"),
            _ = gate.entered() => {}
        }
    });
    // All that it had under way ends with it.
    drop(runtime);
}

#[test]
fn a_run_that_dies_leaves_what_it_knew() {
    let mut world = World::new(
        "resource \"fake_plain\" \"a\" { name = \"a\" }\nresource \"fake_plain\" \"b\" {\n name = \
         \"b\"\n value = fake_plain.a.id\n}",
    );
    killed_at(&world, "create b");
    world = world.with_new_fake();
    world.fake.on_read(|_, request, _| Ok(request.prior.clone().into()));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        check(&world.state().await, "fake_plain.a {id=a-1 name=a}");
        assert_eq!(world.dangling().await, ["create fake_plain.b"]);
        // The next run goes on from there; the intent stays until somebody finishes it.
        check(
            &world.apply().await,
            "fake_plain.a {id=a-1 name=a}
             fake_plain.b {id=b-1 name=b value=a-1}",
        );
        assert_eq!(world.dangling().await, ["create fake_plain.b"]);
    });
}

#[test]
fn a_replacement_that_dies_in_between_is_whole_again_or_made() {
    let thing = |kind: &str, lifecycle: &str| {
        format!(
            "resource \"fake_thing\" \"a\" {{\n name = \"a\"\n kind = {kind:?}\n lifecycle {{ \
             {lifecycle} }}\n}}"
        )
    };
    let first = "create_before_destroy = true";
    for (lifecycle, state) in [
        ("", ""),
        (
            first,
            "fake_thing.a (deposed) {chosen=told.chosen group={} id=a-1 kind=1 made=made of nothing name=a}",
        ),
    ] {
        let runtime =
            || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let mut world = World::new(&thing("1", lifecycle));
        runtime().block_on(world.apply());
        world.write("main.tf", &thing("2", lifecycle));
        killed_at(&world, "create a");
        world = world.with_new_fake();
        world.fake.on_read(|_, request, _| Ok(request.prior.clone().into()));
        runtime().block_on(async {
            check(&world.state().await, state);
            assert_eq!(world.dangling().await, ["create fake_thing.a"]);
            let text = show(&world.plan().await);
            let deposed = "\ndelete fake_thing.a (deposed)\n";
            assert!(text.starts_with("create fake_thing.a {"), "{text}");
            assert_eq!(text.ends_with(deposed), lifecycle == first, "{text}");
        });
    }
}
