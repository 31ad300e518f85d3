//! Objects that were set aside for their successors, and what directives do with them.

use groma_addr::{ModuleInstance, parse_module_instance, parse_resource_instance};
use groma_engine::{Action, Directive, DirectiveScope, PlanMode};
use groma_provider_api::{ApplyOutcome, AttributeDiagnostic, ObjectState, ReadRequest};
use groma_value::Value;

use crate::world::{World, check, show};

fn first(kind: &str) -> String {
    format!(
        "resource \"fake_thing\" \"a\" {{\n name = \"a\"\n kind = {kind:?}\n lifecycle {{ \
         create_before_destroy = true }}\n}}"
    )
}

/// The call fails and leaves what there was.
fn fail(world: &World, which: &'static str) {
    world.fake.on_apply(move |call, request, answer| {
        if !call.starts_with(which) {
            return answer;
        }
        let value = Value::null(request.prior.ty());
        let state = ObjectState::new(value, std::sync::Arc::default());
        let diagnostics = vec![AttributeDiagnostic::error("It broke", "As told.")];
        ApplyOutcome::Failed { state, diagnostics }
    });
}

/// The world has it again: the call that was to destroy it did nothing.
fn keep_in_world(world: &World) {
    world.fake.on_read(|_, request: &ReadRequest, answer| match answer {
        Ok(found) if found.answer.value.is_null() => Ok(request.prior.clone().into()),
        other => other,
    });
}

/// A world whose `fake_thing.a` was replaced, the old object of which could not be destroyed.
async fn left_behind() -> World {
    let mut world = World::new(&first("1"));
    world.apply().await;
    world.write("main.tf", &first("2"));
    fail(&world, "delete a-1");
    keep_in_world(&world);
    check(
        &world.apply().await,
        "It broke: As told.
         fake_thing.a {chosen=told.chosen group={} id=a-2 kind=2 made=made of nothing name=a}
         fake_thing.a (deposed) {chosen=told.chosen group={} id=a-1 kind=1 made=made of nothing name=a}",
    );
    world
}

fn directives(world: &mut World, entries: &[(DirectiveScope, Directive)]) {
    world.directives.entries = entries.to_vec();
}

fn instance(addr: &str) -> DirectiveScope {
    DirectiveScope::Instance(parse_resource_instance(addr).unwrap())
}

fn module(addr: &str) -> DirectiveScope {
    let module: ModuleInstance = parse_module_instance(addr).unwrap();
    DirectiveScope::Module(module)
}

#[tokio::test]
async fn the_new_object_comes_first() {
    let mut world = World::new(&first("1"));
    world.apply().await;
    world.fake.calls();
    world.write("main.tf", &first("2"));
    check(
        &world.apply().await,
        "fake_thing.a {chosen=told.chosen group={} id=a-2 kind=2 made=made of nothing name=a}",
    );
    assert_eq!(
        world.fake.calls_of(&["create", "delete", "plan delete"]),
        ["create a", "plan delete a-1", "delete a-1"]
    );
}

#[tokio::test]
async fn a_failed_successor_gives_the_place_back() {
    let mut world = World::new(&first("1"));
    world.apply().await;
    let before = world.object("fake_thing.a").await;
    world.write("main.tf", &first("2"));
    fail(&world, "create a");
    check(
        &world.apply().await,
        "It broke: As told.
         fake_thing.a {chosen=told.chosen group={} id=a-1 kind=1 made=made of nothing name=a}",
    );
    assert!(world.object("fake_thing.a").await == before);
    assert_eq!(world.fake.calls_of(&["delete"]), [""; 0]);
}

#[tokio::test]
async fn a_lost_successor_gives_the_place_back_and_leaves_its_intent() {
    let mut world = World::new(&first("1"));
    world.apply().await;
    world.write("main.tf", &first("2"));
    world.fake.on_apply(|_, _, _| ApplyOutcome::Unknown { error: "no answer".to_owned() });
    let text = world.apply().await;
    assert!(text.contains("id=a-1") && !text.contains("deposed"), "{text}");
    assert_eq!(world.dangling().await, ["create fake_thing.a"]);
}

#[tokio::test]
async fn a_half_made_successor_is_tainted_and_the_old_one_stays() {
    let mut world = World::new(&first("1"));
    world.apply().await;
    world.write("main.tf", &first("2"));
    world.fake.on_apply(|_, _, answer| {
        let ApplyOutcome::Done { state, .. } = answer else { return answer };
        let diagnostics = vec![AttributeDiagnostic::error("It broke", "As told.")];
        ApplyOutcome::Failed { state, diagnostics }
    });
    check(
        &world.apply().await,
        "It broke: As told.
         fake_thing.a tainted {chosen=told.chosen group={} id=a-2 kind=2 made=made of nothing name=a}
         fake_thing.a (deposed) {chosen=told.chosen group={} id=a-1 kind=1 made=made of nothing name=a}",
    );
    let text = show(&world.plan().await);
    let expected = "create/delete fake_thing.a [replace_because_tainted] ";
    assert!(
        text.starts_with(expected) && text.ends_with("delete fake_thing.a (deposed)\n"),
        "{text}"
    );
}

#[tokio::test]
async fn what_was_left_behind_is_destroyed_later() {
    let mut next = left_behind().await.with_new_fake();
    keep_in_world(&next);
    let plan = next.plan().await;
    check(&show(&plan), "delete fake_thing.a (deposed)");
    next.fake.calls();
    check(
        &next.apply_planned(&plan).await,
        "fake_thing.a {chosen=told.chosen group={} id=a-2 kind=2 made=made of nothing name=a}",
    );
    assert_eq!(next.fake.calls_of(&["plan", "delete"]), ["plan delete a-1", "delete a-1"]);
    next.write("main.tf", "");
    check(&next.apply().await, "");
}

#[tokio::test]
async fn what_is_gone_already_is_forgotten() {
    let next = left_behind().await.with_new_fake();
    next.fake.on_read(|call, request, answer| match call {
        "read a-1" => answer,
        _ => Ok(request.prior.clone().into()),
    });
    let plan = next.plan().await;
    check(&show(&plan), "");
    assert!(plan.drift.is_empty(), "drift is of current objects");
    let state = &plan.prior.state;
    assert!(state.instances().all(|(_, instance)| instance.deposed.is_empty()));
}

#[tokio::test]
async fn one_instance_that_fails_stops_no_other() {
    let text = |kind: &str| {
        format!(
            "resource \"fake_thing\" \"a\" {{\n count = 3\n name = \"a${{count.index}}\"\n kind = \
             {kind:?}\n lifecycle {{ create_before_destroy = true }}\n}}"
        )
    };
    let dependent = "resource \"fake_plain\" \"b\" {\n name = \"b\"\n value = join(\",\", fake_thing.a[*].id)\n}";
    for (more, ended) in [("", &["delete a0-1", "delete a2-1"][..]), (dependent, &[])] {
        let mut world = World::new(&text("1"));
        world.write("b.tf", more);
        world.apply().await;
        world.write("main.tf", &text("2"));
        world.fake.calls();
        fail(&world, "create a1");
        let text = world.apply().await;
        assert!(text.starts_with("It broke: As told.\n"), "{text}");
        let mut effects = world.fake.calls_of(&["create", "update", "delete"]);
        effects.sort();
        // What could not be updated may still use the old objects.
        assert_eq!(effects, [&["create a0", "create a1", "create a2"], ended].concat());
    }
}

#[tokio::test]
async fn deposed_objects_are_kept_if_asked() {
    for scope in [instance("fake_thing.a"), DirectiveScope::Module(ModuleInstance::root())] {
        let mut world = left_behind().await;
        directives(&mut world, &[(scope, Directive::KeepDeposed)]);
        check(&show(&world.plan().await), "");
        world.options.mode = PlanMode::Destroy;
        let text = show(&world.plan().await);
        check(&text, "delete fake_thing.a");
    }
    let mut world = left_behind().await;
    directives(&mut world, &[(instance("fake_thing.b"), Directive::KeepDeposed)]);
    check(&show(&world.plan().await), "delete fake_thing.a (deposed)");
}

#[tokio::test]
async fn shadows_are_refused_by_name() {
    let mut world = World::new(&first("1"));
    let shadow = Directive::Shadow(vec![parse_resource_instance("fake_thing.a").unwrap()]);
    directives(&mut world, &[(instance("fake_thing.a"), shadow)]);
    let plan = world.plan().await;
    assert!(plan.errored && plan.changes.is_empty());
    check(
        &show(&plan),
        "Unsupported directive: The directive \"shadow\" of fake_thing.a is not supported yet.",
    );
}

const HELD: &str = r#"
    variable "v" {}
    module "m" {
      source = "./m"
      value  = var.v
    }
    resource "fake_plain" "after" {
      name  = "after"
      value = module.m.out
    }
"#;

const INSIDE: &str = r#"
    variable "value" {}
    resource "fake_thing" "a" {
      name  = "a"
      value = var.value
    }
    output "out" { value = "${var.value} ${fake_thing.a.made}" }
"#;

#[tokio::test]
async fn a_held_module_gives_the_outputs_of_its_last_apply() {
    let mut world = World::new(HELD);
    world.write("m/main.tf", INSIDE).set("v", Value::from("1"));
    world.apply().await;
    world.set("v", Value::from("2"));
    directives(&mut world, &[(module("module.m"), Directive::Hold)]);
    let plan = world.plan().await;
    check(&show(&plan), "");
    assert!(plan.changes.iter().any(|change| change.origin.held));
    // Drift of what is held is seen, and not mended.
    world.fake.change("a-1", "value", Value::from("drifted"));
    let plan = world.plan().await;
    check(&show(&plan), "");
    assert_eq!(plan.drift.len(), 1);
    world.directives.entries.clear();
    let text = show(&world.plan().await);
    assert!(text.contains("update fake_plain.after") && text.contains("value=2"), "{text}");
}

#[tokio::test]
async fn a_held_instance_gives_its_refreshed_value() {
    let text = |value: &str| {
        format!(
            "resource \"fake_thing\" \"a\" {{\n name = \"a\"\n value = {value:?}\n}}\nresource \
             \"fake_plain\" \"b\" {{\n name = \"b\"\n value = fake_thing.a.value\n}}"
        )
    };
    let mut world = World::new(&text("1"));
    world.apply().await;
    world.fake.change("a-1", "value", Value::from("drifted"));
    world.write("main.tf", &text("2"));
    directives(&mut world, &[(instance("fake_thing.a"), Directive::Hold)]);
    check(&show(&world.plan().await), "update fake_plain.b {id=b-1 name=b value=drifted}");
    let text = world.apply().await;
    assert!(text.contains("fake_plain.b {id=b-1 name=b value=drifted}"), "{text}");
    // Nothing takes it out of the state while it is held.
    world.write("main.tf", "");
    check(&show(&world.plan().await), "delete fake_plain.b [delete_because_no_resource_config]");
}

#[tokio::test]
async fn what_is_forgotten_is_forgotten_whole() {
    let mut world = left_behind().await;
    world.write("main.tf", "removed {\n from = fake_thing.a\n lifecycle { destroy = false }\n}");
    world.fake.calls();
    let plan = world.plan().await;
    let forgotten: Vec<_> = plan.changes.iter().map(|c| (c.action, c.deposed.is_some())).collect();
    assert_eq!(forgotten, [(Action::Forget, false), (Action::Forget, true)]);
    check(&world.apply_planned(&plan).await, "");
    assert_eq!(world.fake.calls_of(&["delete", "plan"]), [""; 0]);
}
