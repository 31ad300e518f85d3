//! `lifecycle`, replacement in both orders, and destruction.

use groma_addr::parse_resource_instance;
use groma_engine::{Directive, DirectiveScope, PlanMode};
use groma_value::Value;

use crate::world::{World, check, show};

const CHAIN: &str = r#"
    variable "v" {}
    resource "terraform_data" "a" {
      triggers_replace = var.v
    }
    resource "terraform_data" "b" {
      input = terraform_data.a.id
    }
"#;

#[tokio::test]
async fn replaces_after_destroying() {
    let mut world = World::new(CHAIN);
    world.set("v", Value::from("1"));
    world.apply().await;
    world.set("v", Value::from("2"));
    check(
        &show(&world.plan().await),
        "delete/create terraform_data.a [replace_because_cannot_update] {id=? triggers_replace=2}
         update terraform_data.b {id=02020202-0202-0202-0202-020202020202 input=? output=?}",
    );
    check(
        &world.apply().await,
        "terraform_data.a {id=03 triggers_replace=2}
         terraform_data.b {id=02 input=03030303-0303-0303-0303-030303030303 output=03030303-0303-0303-0303-030303030303}",
    );
}

#[tokio::test]
async fn creating_first_is_forced_onto_dependencies() {
    let mut world = World::new(&CHAIN.replace(
        "input = terraform_data.a.id",
        "input = terraform_data.a.id\nlifecycle { create_before_destroy = true }",
    ));
    world.set("v", Value::from("1"));
    world.apply().await;
    world.set("v", Value::from("2"));
    let text = show(&world.plan().await);
    assert!(text.starts_with("create/delete terraform_data.a"), "{text}");
    check(
        &world.apply().await,
        "terraform_data.a {id=03 triggers_replace=2}
         terraform_data.b {id=02 input=03030303-0303-0303-0303-030303030303 output=03030303-0303-0303-0303-030303030303}",
    );
}

/// The instances whose objects are noted to be created before they are destroyed.
async fn created_first(world: &World) -> Vec<String> {
    let stored = world.stored().await.expect("a state");
    let instances = stored.snapshot.state.instances();
    let noted = instances.filter(|(_, instance)| {
        instance.current.as_ref().is_some_and(|object| object.create_before_destroy)
    });
    noted.map(|(addr, _)| addr.to_string()).collect()
}

#[tokio::test]
async fn creating_first_is_noted_of_the_instances_that_are_referred_to() {
    let mut world = World::new(
        r#"
        variable "v" {}
        resource "terraform_data" "a" {
          count = 2
          input = count.index == 1 ? var.v : "same"
        }
        resource "terraform_data" "b" { count = 2 }
        resource "terraform_data" "c" {
          input = [terraform_data.a[0].id, terraform_data.b[*].id, terraform_data.b[0].id]
          lifecycle { create_before_destroy = true }
        }
        "#,
    );
    world.set("v", Value::from("1"));
    world.apply().await;
    let noted =
        ["terraform_data.a[0]", "terraform_data.b[0]", "terraform_data.b[1]", "terraform_data.c"];
    assert_eq!(created_first(&world).await, noted);
    // What is referred to stays as it is: the reference is to the resource.
    world.set("v", Value::from("2"));
    world.apply().await;
    assert!(created_first(&world).await.contains(&"terraform_data.a[1]".to_owned()));
}

#[tokio::test]
async fn only_targets_have_others_created_first() {
    let mut world = World::new(&CHAIN.replace(
        "input = terraform_data.a.id",
        "input = terraform_data.a.id\nlifecycle { create_before_destroy = true }",
    ));
    world.options.targets = vec![groma_addr::parse_target("terraform_data.a").unwrap()];
    world.set("v", Value::from("1"));
    world.apply().await;
    assert_eq!(created_first(&world).await, ["terraform_data.a"]);
    world.set("v", Value::from("2"));
    let text = show(&world.plan().await);
    assert!(text.contains("\ndelete/create terraform_data.a"), "{text}");
}

#[tokio::test]
async fn triggers_and_requests_replace() {
    let mut world = World::new(
        r#"
        variable "v" {}
        resource "terraform_data" "a" { input = var.v }
        resource "terraform_data" "b" {
          lifecycle { replace_triggered_by = [terraform_data.a.input] }
        }
        resource "terraform_data" "c" {}
        "#,
    );
    world.set("v", Value::from("1"));
    world.apply().await;
    world.set("v", Value::from("2"));
    world.options.force_replace = vec![parse_resource_instance("terraform_data.c").unwrap()];
    let text = show(&world.plan().await);
    assert!(text.contains("delete/create terraform_data.b [replace_by_triggers]"), "{text}");
    assert!(text.contains("delete/create terraform_data.c [replace_by_request]"), "{text}");
}

#[tokio::test]
async fn triggers_need_something_planned() {
    let mut world = World::new(
        r#"
        resource "terraform_data" "none" { count = 0 }
        resource "terraform_data" "one" { count = 1 }
        resource "terraform_data" "a" {
          lifecycle { replace_triggered_by = [terraform_data.none, terraform_data.one[1].id] }
        }
        "#,
    );
    let none = "no change found for terraform_data.none in the root module: ";
    let one = "no change found for terraform_data.one[1] in the root module: ";
    let plan = world.plan().await;
    assert!(plan.errored);
    let said = show(&plan);
    assert!(said.contains(none) && said.contains(one), "{said}");
    world.options.mode = PlanMode::RefreshOnly;
    assert!(!world.plan().await.errored);
}

#[tokio::test]
async fn arguments_that_fail_are_told_by_their_place_alone() {
    let world = World::new(
        r#"
        resource "terraform_data" "a" {}
        resource "terraform_data" "b" { input = terraform_data.a.input.x }
        "#,
    );
    let plan = world.plan().await;
    let error = plan.diagnostics.iter().next().expect("an error");
    assert_eq!(error.summary, "Attempt to get attribute from null value");
    assert!(error.subject.is_some() && error.address.is_none());
}

#[tokio::test]
async fn ignored_changes_are_none() {
    let mut world = World::new(
        r#"
        variable "v" {}
        resource "terraform_data" "a" {
          input = { a = var.v, b = "x" }
          lifecycle { ignore_changes = [input.a] }
        }
        resource "terraform_data" "b" {
          input = var.v
          triggers_replace = var.v
          lifecycle { ignore_changes = all }
        }
        "#,
    );
    world.set("v", Value::from("1"));
    world.apply().await;
    world.set("v", Value::from("2"));
    check(&show(&world.plan().await), "");
}

#[tokio::test]
async fn what_must_stay_stays() {
    let mut world = World::new(
        r#"
        variable "v" {}
        resource "terraform_data" "a" {
          triggers_replace = var.v
          lifecycle { prevent_destroy = true }
        }
        "#,
    );
    world.set("v", Value::from("1"));
    world.apply().await;
    world.set("v", Value::from("2"));
    let plan = world.plan().await;
    assert!(plan.errored);
    assert!(show(&plan).starts_with("Instance cannot be destroyed"), "{}", show(&plan));
    world.options.mode = PlanMode::Destroy;
    assert!(world.plan().await.errored);
}

#[tokio::test]
async fn destroys_everything() {
    let mut world = World::new(&format!("{CHAIN}\noutput \"o\" {{ value = terraform_data.b.id }}"));
    world.set("v", Value::from("1"));
    world.apply().await;
    world.options.mode = PlanMode::Destroy;
    check(
        &show(&world.plan().await),
        "delete terraform_data.a
         delete terraform_data.b
         output delete o null",
    );
    check(&world.apply().await, "");
}

#[tokio::test]
async fn targets_limit() {
    let mut world = World::new(&format!("{CHAIN}\nresource \"terraform_data\" \"c\" {{}}"));
    world.set("v", Value::from("1"));
    world.options.targets = vec![groma_addr::parse_target("terraform_data.b").unwrap()];
    let plan = world.plan().await;
    let shown = show(&plan);
    let (warning, changes) = shown.split_once("create").expect("changes");
    assert!(warning.starts_with("Resource targeting is in effect: "), "{warning}");
    check(
        &format!("create{changes}"),
        "create terraform_data.a {id=? triggers_replace=1}
         create terraform_data.b {id=? input=? output=?}",
    );
    assert!(!plan.complete && plan.applyable);
}

#[tokio::test]
async fn held_instances_stay_and_new_ones_are_absent() {
    let mut world = World::new(
        r#"
        variable "keys" { type = set(string) }
        variable "v" {}
        resource "terraform_data" "a" {
          for_each = var.keys
          input    = var.v
        }
        output "o" { value = { for k, a in terraform_data.a : k => a.input } }
        "#,
    );
    let keys = |keys: &[&str]| Value::tuple(keys.iter().map(|key| Value::from(*key)).collect());
    world.set("v", Value::from("1")).set("keys", keys(&["a", "b"]));
    world.apply().await;
    world.set("v", Value::from("2")).set("keys", keys(&["a", "c"]));
    world.directives.entries = ["a", "b", "c"]
        .map(|key| {
            let addr = parse_resource_instance(&format!("terraform_data.a[{key:?}]")).unwrap();
            (DirectiveScope::Instance(addr), Directive::Hold)
        })
        .into();
    check(&show(&world.plan().await), "output update o {a=1}");
    check(
        &world.apply().await,
        r#"terraform_data.a["a"] {id=01 input=1 output=1}
           terraform_data.a["b"] {id=02 input=1 output=1}
           output o = {a=1}"#,
    );
}

#[tokio::test]
async fn what_is_beside_the_targets_is_not_evaluated_when_they_are_applied() {
    let text = |condition: &str| {
        format!(
            "{CHAIN}
            resource \"terraform_data\" \"c\" {{ input = 1 }}
            output \"o\" {{
              value = terraform_data.c.input
              precondition {{
                condition     = {condition}
                error_message = \"Not so.\"
              }}
            }}
            check \"c\" {{
              assert {{
                condition     = {condition}
                error_message = \"Nor so.\"
              }}
            }}"
        )
    };
    let mut world = World::new(&text("terraform_data.c.output == 1"));
    world.set("v", Value::from("1"));
    world.apply().await;
    world.write("main.tf", &text("terraform_data.c.output == 2"));
    world.set("v", Value::from("2"));
    world.options.targets = vec![groma_addr::parse_target("terraform_data.b").unwrap()];
    let plan = world.plan().await;
    let outcome = world.apply_plan(&plan).await;
    let said: Vec<&str> = outcome.diagnostics.iter().map(|d| d.summary.as_str()).collect();
    assert_eq!(said, ["Applied changes may be incomplete"]);
    assert_eq!(outcome.state.outputs().len(), 1);
}
