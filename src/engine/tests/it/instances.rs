//! Instances of a resource while changes are made: what waits for which, and what fails with which.

use groma_provider_api::{ApplyOutcome, AttributeDiagnostic};

use crate::world::World;

/// Has one effect fail.
fn fail(world: &World, effect: &'static str) {
    world.fake.on_apply(move |call, request, answer| match answer {
        ApplyOutcome::Done { mut state, .. } if call == effect => {
            state.value = request.prior.clone();
            let diagnostics = vec![AttributeDiagnostic::error("It broke", "As told.")];
            ApplyOutcome::Failed { state, diagnostics }
        }
        answer => answer,
    });
}

/// The effects of an apply in which one fails, in the order of their texts.
async fn effects(world: &World, failing: &'static str) -> Vec<String> {
    world.fake.calls();
    fail(world, failing);
    let text = world.apply().await;
    assert!(text.starts_with("It broke: As told.\n"), "{text}");
    let mut found = world.fake.calls_of(&["create", "update", "delete"]);
    found.sort();
    found
}

/// What is made when `ay` cannot be, of `a["x"]` and `a["y"]`, and of something that refers to them.
async fn beside_a_failure(referring: &str, expected: &[&str]) {
    let world = World::new(&format!(
        r#"
        resource "fake_plain" "a" {{
          for_each = toset(["x", "y"])
          name     = "a${{each.key}}"
        }}
        resource "fake_plain" "b" {{
          name = "b"
          {referring}
        }}
        locals {{
          x   = fake_plain.a["x"].id
          all = values(fake_plain.a)[*].id
        }}
        "#
    ));
    let expected: Vec<String> = expected.iter().map(|name| format!("create {name}")).collect();
    assert_eq!(effects(&world, "create ay").await, expected, "{referring}");
}

#[tokio::test]
async fn what_refers_to_another_instance_is_made() {
    for referring in [
        "value = fake_plain.a[\"x\"].id",
        "value = local.x",
        "depends_on = [fake_plain.a[\"x\"]]",
        "count = length(fake_plain.a[\"x\"].name)-1",
    ] {
        beside_a_failure(referring, &["ax", "ay", "b"]).await;
    }
}

#[tokio::test]
async fn what_refers_to_all_instances_is_not() {
    for referring in [
        "value = fake_plain.a[\"y\"].id",
        "value = \"${fake_plain.a[\"x\"].id}${fake_plain.a[\"y\"].id}\"",
        "value = \"${fake_plain.a[\"x\"].id}${length(fake_plain.a)}\"",
        "value = local.all[0]",
        "value = try(fake_plain.a[\"z\"].id, \"none\")",
        "value = fake_plain.a[upper(\"x\") == \"X\" ? \"x\" : \"y\"].id",
        "depends_on = [fake_plain.a]",
    ] {
        beside_a_failure(referring, &["ax", "ay"]).await;
    }
}

#[tokio::test]
async fn each_is_replaced_by_itself() {
    let counted = |kind: &str, first: bool| {
        format!(
            r#"
            resource "fake_thing" "a" {{
              count = 3
              name  = "a${{count.index}}"
              kind  = {kind:?}
              lifecycle {{ create_before_destroy = {first} }}
            }}
            resource "fake_plain" "b" {{
              name  = "b"
              value = fake_thing.a[0].id
            }}
            "#
        )
    };
    for (first, failing, expected) in [
        (false, "delete a1-1", "create a0, create a2, delete a0-1, delete a1-1, delete a2-1"),
        (
            false,
            "create a1",
            "create a0, create a1, create a2, delete a0-1, delete a1-1, delete a2-1, update b-1",
        ),
        (
            true,
            "create a1",
            "create a0, create a1, create a2, delete a0-1, delete a2-1, update b-1",
        ),
    ] {
        let mut world = World::new(&counted("1", first));
        world.apply().await;
        world.write("main.tf", &counted("2", first));
        assert_eq!(effects(&world, failing).await.join(", "), expected, "{first} {failing}");
    }
}

#[tokio::test]
async fn a_replacement_is_whole_before_the_next_begins() {
    let counted = |kind: &str| {
        format!(
            "resource \"fake_thing\" \"a\" {{\n count = 3\n name = \"a${{count.index}}\"\n kind = \
             {kind:?}\n}}"
        )
    };
    let mut world = World::new(&counted("1"));
    world.apply().await;
    world.fake.calls();
    world.write("main.tf", &counted("2"));
    world.apply().await;
    let found = world.fake.calls_of(&["create", "delete"]);
    let at = |call: &str| found.iter().position(|found| found == call);
    for index in 0..3 {
        assert!(at(&format!("delete a{index}-1")) < at(&format!("create a{index}")), "{found:?}");
    }
    let last = found.iter().rposition(|call| call.starts_with("delete"));
    assert!(at("create a0") < last, "not all of them are away at once: {found:?}");
}
