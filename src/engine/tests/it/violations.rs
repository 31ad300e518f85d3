//! Providers that do not keep to the protocol, in Terraform's words, and the tolerance that those
//! of the legacy type system are shown.

use groma_engine::PlanMode;
use groma_provider_api::native::Object;
use groma_provider_api::{ApplyOutcome, Planned};
use groma_value::{Path, Str, Type, Value};

use crate::world::{World, check, show};

const BUG: &str =
    "This is a bug in the provider, which should be reported in the provider's own issue tracker.";
const SOURCE: &str = r#"Provider "registry.terraform.io/hashicorp/fake""#;
const CONFIG: &str = r#"Provider "provider[\"registry.terraform.io/hashicorp/fake\"]""#;

fn thing(more: &str) -> String {
    format!("resource \"fake_thing\" \"a\" {{\n name = \"a\"\n {more}\n}}")
}

fn with(value: &Value, name: &str, to: Value) -> Value {
    let mut object = Object::new(value);
    object.set(name, to);
    object.into_value()
}

/// Plans with one attribute other than it should be.
fn plan_other(world: &World, only: &'static str, name: &'static str, to: Value, legacy: bool) {
    world.fake.on_plan(move |call, _, mut answer| {
        if call.starts_with(only) {
            answer.value = answer.value.map(|value| with(&value, name, to.clone()));
            answer.legacy_type_system = legacy;
        }
        answer
    });
}

/// Makes objects with one attribute other than it should be.
fn make_other(world: &World, name: &'static str, to: Value, legacy: bool) {
    world.fake.on_apply(move |_, _, answer| {
        let ApplyOutcome::Done { mut state, diagnostics, .. } = answer else { return answer };
        state.value = with(&state.value, name, to.clone());
        ApplyOutcome::Done { state, diagnostics, legacy_type_system: legacy }
    });
}

async fn refused_plan(world: &World, expected: &str) {
    let plan = world.plan().await;
    assert!(plan.errored);
    check(&show(&plan), expected);
}

#[tokio::test]
async fn a_plan_must_be_of_the_schema() {
    let world = World::new(&thing(""));
    plan_other(&world, "plan", "value", Value::bool(true), false);
    refused_plan(
        &world,
        &format!(
            "Provider produced invalid plan: {SOURCE} planned an invalid value for \
             fake_thing.a.value: string required.\n\n{BUG}"
        ),
    )
    .await;
    let world = World::new(&thing(""));
    world.fake.on_plan(|_, _, answer| Planned { value: None, ..answer });
    refused_plan(
        &world,
        &format!(
            "Provider produced invalid plan: {SOURCE} planned no object for fake_thing.a.\n\n{BUG}"
        ),
    )
    .await;
}

#[tokio::test]
async fn a_plan_must_keep_to_the_configuration() {
    let world = World::new(&thing("value = \"v\""));
    plan_other(&world, "plan", "value", Value::from("w"), false);
    refused_plan(
        &world,
        &format!(
            "Provider produced invalid plan: {SOURCE} planned an invalid value for \
             fake_thing.a.value: planned value cty.StringVal(\"w\") does not match config value \
             cty.StringVal(\"v\").\n\n{BUG}"
        ),
    )
    .await;
    let world = World::new(&thing("secret = \"v\""));
    plan_other(&world, "plan", "secret", Value::from("w"), false);
    refused_plan(
        &world,
        &format!(
            "Provider produced invalid plan: {SOURCE} planned an invalid value for \
             fake_thing.a.secret: sensitive planned value does not match config value.\n\n{BUG}"
        ),
    )
    .await;
}

#[tokio::test]
async fn the_legacy_type_system_may_plan_otherwise() {
    let mut world = World::new(&thing("value = \"v\""));
    plan_other(&world, "plan", "value", Value::from("w"), true);
    assert!(show(&world.plan().await).contains("value=w"));
    world.apply().await;
    // What it imposes is ignored along with the configuration.
    let ignoring = "value = \"x\"\n lifecycle { ignore_changes = [value] }";
    world.write("main.tf", &thing(ignoring));
    plan_other(&world, "plan", "value", Value::from("hash of x"), true);
    check(&show(&world.plan().await), "");
}

#[tokio::test]
async fn what_takes_a_new_object_must_exist() {
    let mut world = World::new(&thing("value = \"v\""));
    world.apply().await;
    world.fake.on_plan(|_, _, answer| {
        let requires_replace = vec![Path::new().attr("nonesuch")];
        Planned { requires_replace, ..answer }
    });
    world.write("main.tf", &thing("value = \"w\""));
    refused_plan(
        &world,
        &format!(
            "Provider produced invalid plan: {SOURCE} has indicated \"requires replacement\" on \
             fake_thing.a for a non-existent attribute path .nonesuch.\n\n{BUG}"
        ),
    )
    .await;
}

#[tokio::test]
async fn a_destruction_plans_nothing() {
    let mut world = World::new(&thing(""));
    world.apply().await;
    world.options.mode = PlanMode::Destroy;
    world
        .fake
        .on_plan(|_, request, answer| Planned { value: Some(request.prior.clone()), ..answer });
    refused_plan(
        &world,
        &format!(
            "Provider produced invalid plan: {SOURCE} planned a non-null destroy value for \
             fake_thing.a.\n\n{BUG}"
        ),
    )
    .await;
}

#[tokio::test]
async fn write_only_attributes_do_not_come_back() {
    let gave = |when: &str| {
        format!(
            "{CONFIG} returned a value for the write-only attribute \"fake_thing.a.token\" {when}. \
             Write-only attributes cannot be read back from the provider. {BUG}"
        )
    };
    let world = World::new(&thing("token = \"t\""));
    plan_other(&world, "plan", "token", Value::from("t"), false);
    let expected = format!("Provider produced invalid plan: {}", gave("during planning"));
    refused_plan(&world, &expected).await;

    let world = World::new(&thing("token = \"t\""));
    make_other(&world, "token", Value::from("t"), true);
    let text = world.apply().await;
    let expected = format!("Provider produced invalid object: {}\n", gave("after apply"));
    assert!(text.starts_with(&expected), "{text}");
    assert!(text.contains("fake_thing.a tainted") && !text.contains("token="), "{text}");

    let mut world = World::new(&thing("token = \"t\""));
    world.apply().await;
    world.fake.change("a-1", "token", Value::from("t"));
    let expected = format!("Provider produced invalid object: {}", gave("during refresh"));
    refused_plan(&world, &expected).await;
    world.options.refresh = false;
    check(&show(&world.plan().await), "");
}

#[tokio::test]
async fn what_is_read_must_be_of_the_schema() {
    let world = World::new(&thing(""));
    world.apply().await;
    world.fake.change("a-1", "value", Value::bool(true));
    refused_plan(
        &world,
        &format!(
            "Provider produced invalid object: {SOURCE} planned an invalid value for fake_thing.a \
             during refresh: .value: string required.\n\n{BUG}"
        ),
    )
    .await;
}

#[tokio::test]
async fn the_final_plan_must_agree() {
    let text = format!(
        "resource \"fake_plain\" \"b\" {{ name = \"b\" }}\n{}",
        thing("value = fake_plain.b.id")
    );
    let world = World::new(&text);
    let plan = world.plan().await;
    // Whatever type system it has.
    plan_other(&world, "plan create a", "chosen", Value::from("c"), true);
    plan_other(&world, "plan create a", "secret", Value::from("s"), true);
    plan_other(
        &world,
        "plan create a",
        "tags",
        Value::map(Type::String, vec![(Str::new("k"), Value::from("v"))]),
        true,
    );
    let when = "When expanding the plan for fake_thing.a to include new values learned so far \
                during apply, provider \"registry.terraform.io/hashicorp/fake\" produced an \
                invalid new value for";
    let inconsistent = "Provider produced inconsistent final plan";
    check(
        &world.apply_planned(&plan).await,
        &format!(
            "{inconsistent}: {when} .secret: inconsistent values for sensitive attribute.\n\n{BUG}
             {inconsistent}: {when} .tags: was null, but now \
             cty.MapVal(map[string]cty.Value{{\"k\":cty.StringVal(\"v\")}}).\n\n{BUG}
             fake_plain.b {{id=b-1 name=b}}"
        ),
    );
    assert_eq!(world.fake.calls_of(&["create"]), ["create b"], "it was not tried");
}

#[tokio::test]
async fn the_final_plan_must_not_replace() {
    let mut world = World::new(&thing("value = \"v\""));
    world.apply().await;
    world.write("main.tf", &thing("value = \"w\""));
    let plan = world.plan().await;
    world.fake.on_plan(|_, _, answer| {
        let requires_replace = vec![Path::new().attr("value")];
        Planned { requires_replace, ..answer }
    });
    let text = world.apply_planned(&plan).await;
    let expected = format!(
        "Provider produced inconsistent final plan: When expanding the plan for fake_thing.a to \
         include new values learned so far during apply, provider \
         \"registry.terraform.io/hashicorp/fake\" changed the planned action from Update to \
         DeleteThenCreate.\n\n{BUG}\n"
    );
    assert!(text.starts_with(&expected), "{text}");
    assert!(text.contains("value=v"), "{text}");
}

#[tokio::test]
async fn an_update_may_turn_out_not_to_be_needed() {
    let text = |value: &str| {
        format!(
            "resource \"fake_thing\" \"b\" {{\n name = \"b\"\n value = {value:?}\n}}\n{}",
            thing("value = substr(fake_thing.b.made, 0, 4)")
        )
    };
    let mut world = World::new(&text("1"));
    world.apply().await;
    world.fake.calls();
    world.write("main.tf", &text("2"));
    let plan = world.plan().await;
    assert!(show(&plan).contains("update fake_thing.a"), "{}", show(&plan));
    let outcome = world.apply_plan(&plan).await;
    assert!(outcome.succeeded());
    assert_eq!(outcome.counts.changed, 1);
    assert_eq!(world.fake.calls_of(&["update"]), ["update b-1"]);
}

#[tokio::test]
async fn the_result_must_be_what_was_planned() {
    let world = World::new(&thing("value = \"v\"\n secret = \"s\""));
    make_other(&world, "value", Value::from("w"), false);
    make_other(&world, "secret", Value::from("t"), false);
    let text = world.apply().await;
    let when = "When applying changes to fake_thing.a, provider \
                \"provider[\\\"registry.terraform.io/hashicorp/fake\\\"]\" produced an unexpected \
                new value:";
    let inconsistent = "Provider produced inconsistent result after apply";
    let expected = format!(
        "{inconsistent}: {when} .secret: inconsistent values for sensitive attribute.\n\n{BUG}\n\
         {inconsistent}: {when} .value: was cty.StringVal(\"v\"), but now cty.StringVal(\"w\").\
         \n\n{BUG}\n\
         fake_thing.a tainted"
    );
    assert!(text.starts_with(&expected), "{text}");
    assert!(text.contains("value=w"), "what there is, is recorded: {text}");
}

#[tokio::test]
async fn what_is_marked_sensitive_is_not_shown() {
    let world = World::new(&thing("value = sensitive(\"v\")"));
    make_other(&world, "value", Value::from("w"), false);
    let text = world.apply().await;
    assert!(text.contains(".value: inconsistent values for sensitive attribute"), "{text}");
}

#[tokio::test]
async fn the_legacy_type_system_may_make_otherwise() {
    let world = World::new(&thing("value = \"v\""));
    make_other(&world, "value", Value::from("w"), true);
    let text = world.apply().await;
    assert!(text.starts_with("fake_thing.a {") && text.contains("value=w"), "{text}");
}

#[tokio::test]
async fn everything_is_known_after_apply() {
    let world = World::new(&thing(""));
    make_other(&world, "made", Value::unknown(Type::String), true);
    let text = world.apply().await;
    let expected = "Provider returned invalid result object after apply: After the apply \
                    operation, the provider still indicated an unknown value for \
                    fake_thing.a.made. All values must be known after apply, so this is always a \
                    bug in the provider and should be reported in the provider's own repository. \
                    Terraform will still save the other known object values in the state.\n";
    assert!(text.starts_with(expected), "{text}");
    assert!(text.contains("fake_thing.a tainted") && !text.contains("made="), "{text}");
}

#[tokio::test]
async fn null_comes_of_destruction_only() {
    let mut world = World::new(&thing(""));
    world.fake.on_apply(|_, request, answer| {
        let ApplyOutcome::Done { mut state, diagnostics, .. } = answer else { return answer };
        let null = Value::null(request.planned.ty());
        state.value = if request.planned.is_null() { request.prior.clone() } else { null };
        ApplyOutcome::Done { state, diagnostics, legacy_type_system: true }
    });
    check(
        &world.apply().await,
        "Provider returned invalid result object after apply: After applying a Create plan, the \
         provider returned a null object for fake_thing.a. Only destroying should always produce a \
         null value, so this is always a bug in the provider and should be reported in the \
         provider's own repository.",
    );
    let made = World::new(&thing(""));
    made.apply().await;
    world.store = made.store.clone();
    world.fake.on_read(|_, request, _| Ok(request.prior.clone().into()));
    world.options.mode = PlanMode::Destroy;
    let text = world.apply().await;
    let expected = "Provider returned invalid result object after apply: After applying a Delete \
                    plan, the provider returned a non-null object for fake_thing.a. Destroying \
                    should always produce a null value, so this is always a bug in the provider \
                    and should be reported in the provider's own repository. Terraform will still \
                    save this errant object in the state for debugging and recovery.\n\
                    fake_thing.a {";
    assert!(text.starts_with(expected), "{text}");
}

#[tokio::test]
async fn a_result_that_cannot_be_stored_is_not_forgotten() {
    let mut world = World::new(&thing(""));
    make_other(&world, "value", Value::bool(true), true);
    let invalid = format!(
        "Provider produced invalid object: {CONFIG} produced an invalid value after apply for \
         fake_thing.a.value: string required. The result cannot not be saved in the Terraform \
         state.\n\n{BUG}"
    );
    check(&world.apply().await, &invalid);
    assert_eq!(world.dangling().await, ["create fake_thing.a"], "there is an object somewhere");

    world = World::new(&thing(""));
    world.apply().await;
    world.write("main.tf", &thing("value = \"v\""));
    make_other(&world, "value", Value::bool(true), true);
    let text = world.apply().await;
    assert!(text.starts_with(&invalid) && text.contains("fake_thing.a {"), "{text}");
    assert!(world.dangling().await.is_empty(), "the next refresh finds what became of it");
}
