//! Ending early, and how much is done at once.

use groma_engine::Cancel;
use groma_provider_api::{ApplyOutcome, AttributeDiagnostic};

use crate::world::{World, check, show};

const CHAIN: &str = r#"
    resource "fake_plain" "a" { name = "a" }
    resource "fake_plain" "b" {
      name  = "b"
      value = fake_plain.a.id
    }
    output "a" { value = fake_plain.a.id }
    output "b" { value = fake_plain.b.id }
"#;

fn many(count: u32) -> String {
    format!("resource \"fake_plain\" \"a\" {{\n count = {count}\n name = \"a${{count.index}}\"\n}}")
}

#[tokio::test]
async fn the_first_request_finishes_what_is_under_way() {
    let world = World::new(CHAIN);
    let plan = world.plan().await;
    world.fake.calls();
    let mut gate = world.fake.gate("create a");
    let mut stops = world.fake.gate("stop");
    stops.pass();
    let driver = async {
        assert_eq!(gate.entered().await, "create a");
        world.cancel.stop();
        // The provider is told, so that it may hurry.
        stops.entered().await;
        gate.pass();
    };
    let (outcome, ()) = tokio::join!(world.apply_plan(&plan), driver);
    assert!(outcome.cancelled && !outcome.succeeded());
    assert!(outcome.closed.is_some(), "the run is closed");
    check(&world.state().await, "fake_plain.a {id=a-1 name=a}\noutput a = a-1");
    assert!(world.dangling().await.is_empty());
    assert_eq!(
        world.fake.calls_of(&["create", "stop"]),
        ["create a", "stop"],
        "nothing new is begun"
    );
}

#[tokio::test]
async fn the_rest_is_done_by_the_next_run() {
    let mut world = World::new(CHAIN);
    let plan = world.plan().await;
    world.cancel.stop();
    let outcome = world.apply_plan(&plan).await;
    assert!(outcome.cancelled);
    check(&world.state().await, "");
    world.cancel = Cancel::new();
    check(
        &world.apply().await,
        "fake_plain.a {id=a-1 name=a}
         fake_plain.b {id=b-1 name=b value=a-1}
         output a = a-1
         output b = b-1",
    );
}

#[tokio::test]
async fn a_provider_that_hurries_is_heard() {
    let world = World::new(CHAIN);
    let plan = world.plan().await;
    let mut gate = world.fake.gate("create a");
    world.fake.on_apply(|_, request, answer| {
        let ApplyOutcome::Done { mut state, .. } = answer else { return answer };
        state.value = groma_value::Value::null(request.planned.ty());
        let diagnostics = vec![AttributeDiagnostic::error("Stopped", "As asked.")];
        ApplyOutcome::Failed { state, diagnostics }
    });
    let driver = async {
        gate.entered().await;
        world.cancel.stop();
        gate.pass();
    };
    let (outcome, ()) = tokio::join!(world.apply_plan(&plan), driver);
    let told: Vec<&str> = outcome.diagnostics.iter().map(|d| &*d.summary).collect();
    assert_eq!(told, ["Stopped", "execution halted"]);
    check(&world.state().await, "");
}

#[tokio::test]
async fn the_second_request_waits_for_nothing() {
    let world = World::new(
        "resource \"fake_plain\" \"a\" { name = \"a\" }\nresource \"fake_plain\" \"slow\" { name = \
         \"slow\" }",
    );
    let plan = world.plan().await;
    let mut fast = world.fake.gate("create a");
    let mut slow = world.fake.gate("create slow");
    let _deaf = world.fake.gate("stop");
    let driver = async {
        fast.entered().await;
        slow.entered().await;
        fast.pass();
        // Its result is recorded when its next intent could be: after this the run ends.
        world.until(|state| state.contains("fake_plain.a")).await;
        world.cancel.stop();
        world.cancel.stop_now();
    };
    let (outcome, ()) = tokio::join!(world.apply_plan(&plan), driver);
    assert!(outcome.cancelled);
    check(&world.state().await, "fake_plain.a {id=a-1 name=a}");
    assert!(outcome.closed.is_none(), "what is under way may still be recorded");
    // What nobody waits for is on record until it is recorded itself.
    assert_eq!(world.open_intents().len(), 1);
    slow.open();
    world.until(|state| state.contains("fake_plain.slow {id=slow-1 name=slow}")).await;
    assert!(world.open_intents().is_empty() && world.dangling().await.is_empty());
}

#[tokio::test]
async fn planning_ends_early_too() {
    let world = World::new(CHAIN);
    let mut gate = world.fake.gate("plan create a");
    let driver = async {
        gate.entered().await;
        world.cancel.stop();
        gate.pass();
    };
    let (plan, ()) = tokio::join!(world.plan(), driver);
    assert!(plan.errored && !plan.applyable, "{}", show(&plan));
    assert_eq!(world.fake.calls_of(&["plan"]), ["plan create a"]);
}

#[tokio::test]
async fn no_more_than_asked_is_done_at_once() {
    let mut world = World::new(&many(7));
    world.options.parallelism = Some(3);
    let plan = world.plan().await;
    let mut gate = world.fake.gate("create");
    let driver = async {
        for _ in 0..3 {
            gate.entered().await;
        }
        for _ in 3..7 {
            gate.pass();
            gate.entered().await;
        }
        gate.open();
    };
    let (outcome, ()) = tokio::join!(world.apply_plan(&plan), driver);
    assert!(outcome.succeeded());
    assert_eq!((outcome.counts.added, world.fake.most_at_once()), (7, 3));
}

#[tokio::test]
async fn what_has_no_effect_takes_no_place() {
    let mut world = World::new(&many(7));
    world.options.parallelism = Some(1);
    world.fake.be_pure();
    let plan = world.plan().await;
    let mut gate = world.fake.gate("create");
    let driver = async {
        for _ in 0..7 {
            gate.entered().await;
        }
        gate.open();
    };
    let (outcome, ()) = tokio::join!(world.apply_plan(&plan), driver);
    assert!(outcome.succeeded());
    assert_eq!(world.fake.most_at_once(), 7);
}

/// The first two reads of seven objects, if two may be under way at once.
async fn first_reads(reads_many: bool) -> [String; 2] {
    let mut world = World::new(&many(7));
    world.fake.describe(|metadata| metadata.capabilities.reads_many = reads_many);
    world.apply().await;
    world.options.parallelism = Some(2);
    let mut gate = world.fake.gate("read");
    let driver = async {
        let mut first = [gate.entered().await, gate.entered().await];
        first.sort();
        gate.open();
        first
    };
    let (plan, first) = tokio::join!(world.plan(), driver);
    check(&show(&plan), "");
    first
}

#[tokio::test]
async fn reading_keeps_within_the_bound() {
    assert_eq!(first_reads(false).await, ["read a0-1", "read a1-1"]);
    // Two parts, each one object after the other.
    assert_eq!(first_reads(true).await, ["read a0-1", "read a4-1"]);
}
