//! What takes a new object, what is ignored, and what is imported.

use groma_engine::Plan;
use groma_provider_api::{AttributeDiagnostic, Planned};
use groma_value::{Path, Value};

use crate::world::{World, check, show};

fn thing(arguments: &str) -> String {
    format!("resource \"fake_thing\" \"a\" {{\n name = \"a\"\n {arguments}\n}}")
}

/// The plan that follows when one configuration is applied and becomes another.
async fn after(from: &str, to: &str) -> (World, Plan) {
    let mut world = World::new(&thing(from));
    world.apply().await;
    world.fake.calls();
    world.write("main.tf", &thing(to));
    let plan = world.plan().await;
    assert!(!plan.errored, "{}", show(&plan));
    (world, plan)
}

/// The paths that a plan says take a new object.
fn paths(plan: &Plan) -> Vec<String> {
    plan.changes[0].required_replace.iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn the_provider_says_what_takes_a_new_object() {
    let (world, plan) = after("kind = \"1\"", "kind = \"2\"").await;
    check(
        &show(&plan),
        "delete/create fake_thing.a [replace_because_cannot_update] {chosen=? group={} id=? kind=2 list=[] made=? map={} name=a set=[]}",
    );
    assert_eq!(paths(&plan), [".kind"]);
    // Once as it is, and once as of nothing.
    assert_eq!(world.fake.calls_of(&["plan"]), ["plan update a-1", "plan create a"]);
    assert!(world.apply_plan(&plan).await.succeeded());
    assert_eq!(&*world.object("fake_thing.a").await.private, b"pa", "nothing of the old one");
}

#[tokio::test]
async fn only_what_changes_counts() {
    let mut world = World::new(&thing("value = \"1\"\n settings = { in = \"i\" }"));
    world.apply().await;
    world.fake.on_plan(|call, _, answer| {
        let all = ["value", "made", "kind"].map(|name| Path::new().attr(name));
        let deep = Path::new().attr("settings").attr("in");
        let requires_replace: Vec<Path> = all.into_iter().chain([deep]).collect();
        if call.starts_with("plan create") {
            answer
        } else {
            Planned { requires_replace, ..answer }
        }
    });
    check(&show(&world.plan().await), "");
    world.write("main.tf", &thing("value = \"1\"\n settings = { in = \"j\" }"));
    // What will be known after apply is taken to change.
    assert_eq!(paths(&world.plan().await), [".made", ".settings.in"]);
}

#[tokio::test]
async fn warnings_of_both_plans_are_told_once() {
    let mut world = World::new(&thing("kind = \"1\""));
    world.apply().await;
    world.fake.on_plan(|_, _, mut answer| {
        answer.diagnostics.push(AttributeDiagnostic::warning("Mind this", "Please."));
        answer
    });
    world.write("main.tf", &thing("kind = \"2\""));
    let plan = world.plan().await;
    assert_eq!(plan.diagnostics.iter().count(), 1);
}

#[tokio::test]
async fn requests_and_triggers_replace_what_is_the_same() {
    let triggered = |value: &str| {
        format!(
            "resource \"fake_plain\" \"t\" {{\n name = \"t\"\n value = {value:?}\n}}\n{}",
            thing("lifecycle { replace_triggered_by = [fake_plain.t] }")
        )
    };
    let mut world = World::new(&triggered("1"));
    world.apply().await;
    let addr = groma_addr::parse_resource_instance("fake_thing.a").unwrap();
    world.options.force_replace = vec![addr];
    let text = show(&world.plan().await);
    assert!(text.starts_with("delete/create fake_thing.a [replace_by_request]"), "{text}");
    world.write("main.tf", &triggered("2"));
    // A trigger is the better reason.
    let text = show(&world.plan().await);
    assert!(text.contains("delete/create fake_thing.a [replace_by_triggers]"), "{text}");
}

#[tokio::test]
async fn nested_parts_are_ignored_where_they_are_named() {
    let text = |one: &str, two: &str, tag: &str, inner: &str| {
        format!(
            "list {{ text = {one:?} }}\n list {{ text = {two:?} }}\n tags = {{ a = {tag:?}, b = \
             \"x\" }}\n settings = {{ in = {inner:?} }}\n lifecycle {{ ignore_changes = \
             [list[0].text, tags[\"a\"], settings.in] }}"
        )
    };
    let (_, plan) = after(&text("1", "2", "t", "i"), &text("9", "2", "u", "j")).await;
    check(&show(&plan), "");
    let (_, plan) = after(&text("1", "2", "t", "i"), &text("9", "8", "u", "j")).await;
    let text = show(&plan);
    assert!(text.contains("list=[{text=1} {text=8}]") && text.contains("tags={a=t b=x}"), "{text}");
}

#[tokio::test]
async fn a_replacement_has_nothing_to_ignore_changes_of() {
    let text = |kind: &str, value: &str| {
        format!("kind = {kind:?}\n value = {value:?}\n lifecycle {{ ignore_changes = [value] }}")
    };
    let (world, plan) = after(&text("1", "v"), &text("2", "w")).await;
    assert!(show(&plan).contains("value=w"), "{}", show(&plan));
    assert!(world.apply_planned(&plan).await.contains("made=made of w"));
}

#[tokio::test]
async fn ignoring_all_keeps_computed_values_out_of_the_configuration() {
    let all = "lifecycle { ignore_changes = all }";
    let from = format!("value = \"1\"\n chosen = \"c\"\n {all}");
    let (_, plan) = after(&from, &format!("value = \"2\"\n {all}")).await;
    check(&show(&plan), "");
}

#[tokio::test]
async fn an_import_finds_reads_and_plans() {
    let mut world = World::new("resource \"fake_plain\" \"b\" {\n name = \"b\"\n value = \"v\"\n}");
    world.apply().await;
    // It is there, and no state knows of it.
    let mut other = World::new(
        "import {\n to = fake_plain.b\n id = \"b-1\"\n}\nresource \"fake_plain\" \"b\" {\n name = \
         \"b\"\n value = \"w\"\n}",
    );
    other.fake = world.fake.clone();
    other.providers = world.providers.clone();
    world.fake.calls();
    let plan = other.plan().await;
    check(&show(&plan), "update fake_plain.b {id=b-1 name=b value=w}");
    assert_eq!(world.fake.calls(), ["configure ?", "import b-1", "read b-1", "plan update b-1"]);
    assert_eq!(plan.changes[0].importing.as_ref().unwrap().id, "b-1");
    let outcome = other.apply_plan(&plan).await;
    assert_eq!((outcome.counts.imported, outcome.counts.changed), (1, 1));
    check(&other.state().await, "fake_plain.b {id=b-1 name=b value=w}");
    assert_eq!(&*other.object("fake_plain.b").await.private, b"ipa");
    world.write("main.tf", "");
}

#[tokio::test]
async fn an_import_that_finds_nothing_is_an_error() {
    let world = World::new(
        "import {\n to = fake_plain.b\n id = \"b-7\"\n}\nresource \"fake_plain\" \"b\" { name = \
         \"b\" }",
    );
    let text = show(&world.plan().await);
    assert!(text.starts_with("Cannot import non-existent remote object: "), "{text}");
    world.fake.on_import(|_, _, _| Ok(Vec::new().into()));
    let text = show(&world.plan().await);
    assert!(text.starts_with("Import returned no resources: "), "{text}");
    world.fake.on_import(|_, _, _| Err(vec![AttributeDiagnostic::error("Not so", "Cannot.")]));
    let text = show(&world.plan().await);
    assert!(text.starts_with("Not so: Cannot."), "{text}");
    check(&world.state().await, "");
}

#[tokio::test]
async fn conditions_about_others_are_checked_again() {
    let text = |value: &str| {
        format!(
            "resource \"fake_thing\" \"b\" {{\n name = \"b\"\n value = {value:?}\n}}\n{}",
            thing(
                "lifecycle {\n postcondition {\n condition = fake_thing.b.made == \"made of \
                 1\"\n error_message = \"not made of 1\"\n }\n }"
            )
        )
    };
    let mut world = World::new(&text("1"));
    world.apply().await;
    world.write("main.tf", &text("2"));
    let plan = world.plan().await;
    assert!(!plan.errored, "it is not known yet");
    let text = world.apply_planned(&plan).await;
    assert!(text.starts_with("Resource postcondition failed: not made of 1"), "{text}");
}

#[tokio::test]
async fn validation_is_asked_for() {
    let world = World::new(&thing("value = \"v\""));
    world.fake.on_validate(|name, config, _| {
        assert_eq!(name, "a");
        let place = Path::new().attr("value");
        let bad = config.attr("value").is_some_and(|v| v.raw_equals(&Value::from("v")));
        let error = AttributeDiagnostic::error("Bad value", "Not that.").at(place);
        if bad { vec![error] } else { vec![] }
    });
    let plan = world.plan().await;
    check(&show(&plan), "Bad value: Not that.");
    let error = plan.diagnostics.iter().next().unwrap();
    let line = error.subject.map(|span| span.start);
    let text = thing("value = \"v\"");
    assert_eq!(line.map(|at| &text[at as usize..][..3]), Some("\"v\""), "where it is written");
}
