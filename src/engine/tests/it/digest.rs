//! What changes a plan's digest and what does not, clause by clause; and what covers what.

use groma_engine::{Plan, PlanMode, covers};
use groma_value::Value;

use crate::world::World;

const SECRET: [u8; 32] = [7; 32];

async fn plan(text: &str) -> Plan {
    let plan = World::new(text).plan().await;
    assert!(!plan.errored, "{:?}", plan.diagnostics);
    plan
}

async fn same(a: &str, b: &str) {
    assert_eq!(plan(a).await.digest(&SECRET), plan(b).await.digest(&SECRET), "{a}\n{b}");
}

async fn differ(a: &str, b: &str) {
    assert_ne!(plan(a).await.digest(&SECRET), plan(b).await.digest(&SECRET), "{a}\n{b}");
}

#[tokio::test]
async fn it_is_the_same_each_time() {
    let text = r#"resource "terraform_data" "a" { input = { x = [1, "b"] } }"#;
    same(text, text).await;
    let mut later = World::new(text);
    later.options.timestamp += std::time::Duration::from_mins(1);
    later.options.parallelism = Some(1);
    let later = later.plan().await.digest(&SECRET);
    assert_eq!(plan(text).await.digest(&SECRET), later, "time and parallelism do not count");
}

#[tokio::test]
async fn address_value_and_unknown_mask_count() {
    let a = r#"resource "terraform_data" "a" { input = 1 }"#;
    differ(a, r#"resource "terraform_data" "b" { input = 1 }"#).await;
    differ(a, r#"resource "terraform_data" "a" { input = 2 }"#).await;
    differ(a, r#"resource "terraform_data" "a" { input = "1" }"#).await;
    same(a, "# a comment\n\nresource \"terraform_data\" \"a\" {\n  input = 2 - 1\n}").await;
}

#[tokio::test]
async fn unknown_values_count_by_their_expressions() {
    let base = r#"resource "terraform_data" "a" {}
        locals { x = terraform_data.a.id }
        resource "terraform_data" "b" { input = "1-${local.x}" }"#;
    differ(base, &base.replace("1-", "2-")).await;
    differ(base, &base.replace("x = terraform_data.a.id", "x = upper(terraform_data.a.id)")).await;
    // A value that nothing unknown comes from is no part of it.
    same(base, &format!("{base}\nlocals {{ unused = 1 }}")).await;
    let with = |value: i32| {
        format!("variable \"v\" {{ default = {value} }}\n{}", base.replace("1-", "${var.v}-"))
    };
    differ(&with(1), &with(2)).await;
}

#[tokio::test]
async fn unknown_values_count_through_modules() {
    let world = |out: &str| {
        let mut world = World::new(
            r#"
            module "m" {
              source = "./m"
              name   = "x"
            }
            resource "terraform_data" "b" { input = module.m.out }
            "#,
        );
        let module = format!(
            "variable \"name\" {{}}\nresource \"terraform_data\" \"a\" {{}}\n\
             output \"out\" {{ value = {out} }}"
        );
        world.write("m/main.tf", &module);
        world
    };
    let id = world("terraform_data.a.id").plan().await.digest(&SECRET);
    let name = world("\"${var.name}${terraform_data.a.id}\"").plan().await.digest(&SECRET);
    assert_ne!(id, name);
}

#[tokio::test]
async fn the_action_and_what_is_replaced_count() {
    let mut world = World::new(
        r#"
        variable "v" {}
        resource "terraform_data" "a" { triggers_replace = var.v }
        resource "terraform_data" "b" { input = var.v }
        "#,
    );
    world.set("v", Value::from("1"));
    let create = world.plan().await.digest(&SECRET);
    world.apply().await;
    let nothing = world.plan().await;
    assert!(!nothing.applyable);
    world.set("v", Value::from("2"));
    let two = world.plan().await.digest(&SECRET);
    world.set("v", Value::from("3"));
    let three = world.plan().await.digest(&SECRET);
    assert!(create != two && two != three && nothing.digest(&SECRET) != two);
}

#[tokio::test]
async fn what_stays_does_not_count() {
    let b = r#"resource "terraform_data" "b" { input = var.v }"#;
    let mut world = World::new(&format!("variable \"v\" {{}}\n{b}"));
    world.set("v", Value::from("1"));
    world.apply().await;
    // One more object, which stays as it is.
    let c = r#"resource "terraform_data" "c" {}"#;
    world.write("c.tf", c);
    world.apply().await;
    world.set("v", Value::from("2"));
    let with = world.plan().await;
    world.options.targets.clear();
    let mut alone = with.clone();
    alone.changes.retain(|change| change.addr.to_string() != "terraform_data.c");
    assert_eq!(with.changes.len(), alone.changes.len() + 1);
    assert_eq!(with.digest(&SECRET), alone.digest(&SECRET));
}

#[tokio::test]
async fn sensitive_values_count_under_the_secret() {
    let text = |value: &str| {
        format!("resource \"terraform_data\" \"a\" {{ input = sensitive({value:?}) }}")
    };
    differ(&text("one"), &text("two")).await;
    let one = plan(&text("one")).await;
    assert_ne!(one.digest(&SECRET), one.digest(&[8; 32]));
    let plain = plan(r#"resource "terraform_data" "a" { input = "one" }"#).await;
    assert_eq!(plain.digest(&SECRET), plain.digest(&[8; 32]));
}

#[tokio::test]
async fn outputs_count() {
    differ("output \"a\" { value = 1 }", "output \"a\" { value = 2 }").await;
    differ("output \"a\" { value = 1 }", "output \"b\" { value = 1 }").await;
    differ("output \"a\" { value = 1 }", "output \"a\" {\n value = 1\n sensitive = true\n }").await;
}

#[tokio::test]
async fn provisioners_count() {
    let text = |command: &str| {
        format!(
            "resource \"terraform_data\" \"a\" {{\n provisioner \"local-exec\" {{\n command = \
             {command:?}\n }}\n}}"
        )
    };
    differ(&text("true"), &text("false")).await;
}

#[tokio::test]
async fn options_count() {
    let mut world = World::new(r#"resource "terraform_data" "a" {}"#);
    let all = world.plan().await.digest(&SECRET);
    world.options.targets = vec![groma_addr::parse_target("terraform_data.a").unwrap()];
    assert_ne!(all, world.plan().await.digest(&SECRET));
    world.options.targets.clear();
    world.options.mode = PlanMode::Destroy;
    assert_ne!(all, world.plan().await.digest(&SECRET));
}

#[tokio::test]
async fn moves_and_forgetting_count() {
    let mut world = World::new(r#"resource "terraform_data" "a" {}"#);
    world.apply().await;
    let nothing = world.plan().await.digest(&SECRET);
    world.write(
        "main.tf",
        "resource \"terraform_data\" \"b\" {}\nmoved {\n from = terraform_data.a\n to = \
         terraform_data.b\n}",
    );
    let moved = world.plan().await.digest(&SECRET);
    world.write(
        "main.tf",
        "removed {\n from = terraform_data.a\n lifecycle {\n destroy = false\n }\n}",
    );
    let forgotten = world.plan().await.digest(&SECRET);
    world.write("main.tf", "");
    let destroyed = world.plan().await.digest(&SECRET);
    let all = std::collections::BTreeSet::from([nothing, moved, forgotten, destroyed]);
    assert_eq!(all.len(), 4);
}

#[tokio::test]
async fn fewer_actions_are_covered_and_more_are_listed() {
    let two = plan(
        r#"resource "terraform_data" "a" { input = 1 }
           resource "terraform_data" "b" {}"#,
    )
    .await;
    let one = plan(r#"resource "terraform_data" "a" { input = 1 }"#).await;
    assert!(covers(&[&two], &one, &SECRET).is_covered());
    assert!(covers(&[&two], &two, &SECRET).is_covered());
    let extra = covers(&[&one], &two, &SECRET);
    assert_eq!(extra.uncovered.len(), 1);
    let other = plan(r#"resource "terraform_data" "a" { input = 2 }"#).await;
    assert!(!covers(&[&one], &other, &SECRET).is_covered());
    let b = plan(r#"resource "terraform_data" "b" {}"#).await;
    assert!(covers(&[&one, &b], &two, &SECRET).is_covered(), "plans are united");
}

#[tokio::test]
async fn what_was_unknown_may_be_known() {
    let mut world = World::new(
        r#"
        resource "terraform_data" "a" {}
        resource "terraform_data" "b" { input = terraform_data.a.id }
        "#,
    );
    let approved = world.plan().await;
    world.options.targets = vec![groma_addr::parse_target("terraform_data.a").unwrap()];
    world.apply().await;
    world.options.targets.clear();
    let now = world.plan().await;
    assert!(covers(&[&approved], &now, &SECRET).is_covered());
    assert!(!covers(&[&now], &approved, &SECRET).is_covered());
}

#[tokio::test]
async fn the_time_of_the_plan_in_a_change_is_a_lint() {
    let lints = async |text: &str| {
        plan(text).await.lints.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let reached = r#"locals { at = plantimestamp() }
        resource "terraform_data" "a" { input = { at = local.at } }
        output "o" { value = terraform_data.a.input }
        output "p" { value = "at ${local.at}" }"#;
    assert_eq!(
        lints(reached).await,
        [
            "The argument input of terraform_data.a comes of plantimestamp(), so that no later \
             plan can be found equal to this one.",
            "The output p comes of plantimestamp(), so that no later plan can be found equal to \
             this one."
        ]
    );
    let unused = r#"locals { at = plantimestamp() }
        resource "terraform_data" "a" { input = timestamp() }"#;
    assert_eq!(lints(unused).await, Vec::<String>::new());
}
