//! The order of effects, making and destroying.

use groma_engine::PlanMode;
use groma_provider_api::{ApplyOutcome, AttributeDiagnostic};

use crate::world::{World, show};

/// `a` is what `b` refers to, and `b` what `c` refers to.
fn chain(a: &str, b: &str, c: &str) -> String {
    format!(
        r#"
        resource "fake_thing" "a" {{
          name = "a"
          {a}
        }}
        resource "fake_thing" "b" {{
          name  = "b"
          value = fake_thing.a.id
          {b}
        }}
        resource "fake_thing" "c" {{
          name  = "c"
          value = fake_thing.b.id
          {c}
        }}
        "#
    )
}

const EFFECTS: &[&str] = &["create", "update", "delete"];

/// The effects of going from one configuration to another.
async fn effects(from: &str, to: &str) -> Vec<String> {
    let mut world = World::new(from);
    world.apply().await;
    world.fake.calls();
    world.write("main.tf", to);
    let plan = world.plan().await;
    assert!(!plan.errored, "{}", show(&plan));
    let outcome = world.apply_plan(&plan).await;
    assert!(outcome.succeeded(), "{:?}", outcome.diagnostics);
    world.fake.calls_of(EFFECTS)
}

#[tokio::test]
async fn what_depends_is_made_later_and_destroyed_sooner() {
    let world = World::new(&chain("", "", ""));
    world.apply().await;
    assert_eq!(world.fake.calls_of(EFFECTS), ["create a", "create b", "create c"]);
    assert_eq!(
        effects(&chain("", "", ""), "").await,
        ["delete c-1", "delete b-1", "delete a-1"],
        "as the state has it, since the configuration has nothing"
    );
}

#[tokio::test]
async fn destroying_first_comes_before_what_depends_is_changed() {
    let replaced = |kind: &str| chain(&format!("kind = {kind:?}"), "", "");
    assert_eq!(
        effects(&replaced("1"), &replaced("2")).await,
        ["delete a-1", "create a", "update b-1"]
    );
}

#[tokio::test]
async fn replacing_a_chain_destroys_from_its_end() {
    let replaced = |kind: &str| {
        let kind = format!("kind = {kind:?}");
        chain(&kind, &kind, &kind)
    };
    assert_eq!(
        effects(&replaced("1"), &replaced("2")).await,
        ["delete c-1", "delete b-1", "delete a-1", "create a", "create b", "create c"]
    );
}

#[tokio::test]
async fn creating_first_ends_the_old_ones_last() {
    let first = |kind: &str| {
        let kind = format!("kind = {kind:?}");
        chain(&kind, &kind, &format!("{kind}\nlifecycle {{ create_before_destroy = true }}"))
    };
    // Forced onto what it depends on.
    assert_eq!(
        effects(&first("1"), &first("2")).await,
        ["create a", "create b", "create c", "delete c-1", "delete b-1", "delete a-1"]
    );
    let one = |kind: &str| {
        chain(&format!("kind = {kind:?}\nlifecycle {{ create_before_destroy = true }}"), "", "")
    };
    assert_eq!(
        effects(&one("1"), &one("2")).await,
        ["create a", "update b-1", "delete a-1"],
        "what depends on it is changed in between"
    );
}

#[tokio::test]
async fn what_was_creating_first_still_is_when_it_is_gone() {
    let from = chain("lifecycle { create_before_destroy = true }", "", "");
    let to = "resource \"fake_thing\" \"b\" {\n name = \"b\"\n value = \"none\"\n}\nresource \
              \"fake_thing\" \"c\" {\n name = \"c\"\n value = fake_thing.b.id\n}";
    assert_eq!(effects(&from, to).await, ["update b-1", "delete a-1"]);
    let from = chain("", "", "");
    assert_eq!(effects(&from, to).await, ["delete a-1", "update b-1"]);
}

#[tokio::test]
async fn a_destruction_that_fails_keeps_what_it_depends_on() {
    let mut world = World::new(&chain("", "", ""));
    world.apply().await;
    world.options.mode = PlanMode::Destroy;
    world.fake.calls();
    world.fake.on_apply(|call, request, answer| {
        let ApplyOutcome::Done { mut state, .. } = answer else { return answer };
        let diagnostics = match call {
            "delete b-1" => vec![AttributeDiagnostic::error("It broke", "As told.")],
            _ => {
                return ApplyOutcome::Done {
                    state,
                    diagnostics: vec![],
                    legacy_type_system: false,
                };
            }
        };
        state.value = request.prior.clone();
        ApplyOutcome::Failed { state, diagnostics }
    });
    let text = world.apply().await;
    assert!(text.starts_with("It broke: As told.\nfake_thing.a {"), "{text}");
    assert!(text.contains("fake_thing.b {") && !text.contains("fake_thing.c"), "{text}");
    assert_eq!(world.fake.calls_of(EFFECTS), ["delete c-1", "delete b-1"]);
}

#[tokio::test]
async fn a_destruction_that_fails_keeps_its_successor_from_being_made() {
    let counted = |kind: &str| {
        format!(
            "resource \"fake_thing\" \"a\" {{\n count = 2\n name = \"a${{count.index}}\"\n kind = \
             {kind:?}\n}}"
        )
    };
    let mut world = World::new(&counted("1"));
    world.apply().await;
    world.write("main.tf", &counted("2"));
    world.fake.calls();
    world.fake.on_apply(|call, request, answer| {
        let ApplyOutcome::Done { mut state, diagnostics, legacy_type_system } = answer else {
            return answer;
        };
        if call != "delete a0-1" {
            return ApplyOutcome::Done { state, diagnostics, legacy_type_system };
        }
        state.value = request.prior.clone();
        let diagnostics = vec![AttributeDiagnostic::error("It broke", "As told.")];
        ApplyOutcome::Failed { state, diagnostics }
    });
    let text = world.apply().await;
    let kept =
        "fake_thing.a[0] {chosen=told.chosen group={} id=a0-1 kind=1 made=made of nothing name=a0}";
    assert!(text.starts_with("It broke: As told.\n") && text.contains(kept), "{text}");
    let mut found = world.fake.calls_of(EFFECTS);
    found.sort();
    assert_eq!(found, ["create a1", "delete a0-1", "delete a1-1"]);
}

#[tokio::test]
async fn instances_of_modules_are_apart() {
    let mut world = World::new(
        r#"
        variable "kinds" { type = map(string) }
        module "m" {
          source   = "./m"
          for_each = var.kinds
          key      = each.key
          kind     = each.value
        }
        "#,
    );
    world.write(
        "m/main.tf",
        r#"
        variable "key" {}
        variable "kind" {}
        resource "fake_thing" "a" {
          name = "a${var.key}"
          kind = var.kind
        }
        resource "fake_thing" "b" {
          name = "b${var.key}"
          kind = fake_thing.a.id
        }
        "#,
    );
    let kinds = |x: &str, y: &str| {
        groma_value::Value::object_of([("x", groma_value::Value::from(x)), ("y", y.into())])
    };
    world.set("kinds", kinds("1", "1"));
    world.apply().await;
    world.fake.calls();
    world.set("kinds", kinds("2", "1"));
    world.apply().await;
    assert_eq!(
        world.fake.calls_of(EFFECTS),
        ["delete bx-1", "delete ax-1", "create ax", "create bx"]
    );
}

#[tokio::test]
async fn dependencies_are_kept_in_the_state_and_reach_through_what_stays() {
    let mut world = World::new(&chain("", "", ""));
    world.apply().await;
    let object = world.object("fake_thing.c").await;
    let dependencies: Vec<String> =
        object.dependencies.all().iter().map(ToString::to_string).collect();
    assert_eq!(dependencies, ["fake_thing.a", "fake_thing.b"]);
    world.fake.calls();
    world.write(
        "main.tf",
        "resource \"fake_thing\" \"b\" {\n name = \"b\"\n lifecycle { ignore_changes = all }\n}",
    );
    world.apply().await;
    assert_eq!(world.fake.calls_of(EFFECTS), ["delete c-1", "delete a-1"]);
}
