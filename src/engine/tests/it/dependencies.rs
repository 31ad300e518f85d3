//! What the state says that objects depend on, and what follows from it.

use groma_engine::{read_plan, write_plan};
use groma_value::Value;

use crate::world::{World, check, show};

async fn recorded(world: &World, addr: &str) -> String {
    let all = world.object(addr).await.dependencies.all();
    all.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn all_are_recorded_however_far() {
    let mut world = World::new(
        r#"
        resource "terraform_data" "a" {}
        resource "terraform_data" "none" {
          count = 0
          input = terraform_data.a.id
        }
        locals { many = terraform_data.none[*].id }
        resource "terraform_data" "b" { input = local.many }
        resource "terraform_data" "c" { depends_on = [terraform_data.b] }
        "#,
    );
    world.apply().await;
    check(&recorded(&world, "terraform_data.a").await, "");
    check(
        &recorded(&world, "terraform_data.c").await,
        "terraform_data.a terraform_data.b terraform_data.none",
    );
    // What is no longer depended upon is forgotten, though nothing else changes.
    let text = world.files["main.tf"].replace("input = terraform_data.a.id", "");
    world.write("main.tf", &text);
    world.apply().await;
    check(&recorded(&world, "terraform_data.c").await, "terraform_data.b terraform_data.none");
}

#[tokio::test]
async fn a_plan_file_keeps_them() {
    let world = World::new(
        r#"
        resource "terraform_data" "a" {}
        resource "terraform_data" "b" { input = terraform_data.a.id }
        resource "terraform_data" "c" { input = terraform_data.b.id }
        "#,
    );
    let plan = world.plan().await;
    let plan = read_plan(&write_plan(&plan).expect("it is written")).expect("it is read");
    world.apply_planned(&plan).await;
    check(&recorded(&world, "terraform_data.c").await, "terraform_data.a terraform_data.b");
}

#[tokio::test]
async fn order_is_kept_across_what_does_not_change() {
    let mut world = World::new(
        r#"
        resource "fake_plain" "a" { name = "a" }
        resource "terraform_data" "between" { depends_on = [fake_plain.a] }
        resource "fake_plain" "c" {
          name       = "c"
          depends_on = [terraform_data.between]
        }
        "#,
    );
    world.apply().await;
    world.write("main.tf", "resource \"terraform_data\" \"between\" {}");
    let plan = world.plan().await;
    world.fake.calls();
    world.apply_planned(&plan).await;
    assert_eq!(world.fake.calls_of(&["delete"]), ["delete c-1", "delete a-1"]);
}

#[tokio::test]
async fn data_waits_for_what_its_module_depends_on() {
    let mut world = World::new(
        r#"
        variable "v" {}
        resource "terraform_data" "first" { input = var.v }
        module "m" {
          source     = "./m"
          depends_on = [terraform_data.first]
        }
        "#,
    );
    let inner = r#"
        data "terraform_remote_state" "d" {
          backend  = "local"
          config   = { path = "none.tfstate" }
          defaults = { x = 1 }
        }
        "#;
    world.write("m/main.tf", "module \"inner\" { source = \"./inner\" }");
    world.write("m/inner/main.tf", inner);
    world.set("v", Value::from("1"));
    let text = show(&world.plan().await);
    assert!(text.contains("read module.m.module.inner.data.terraform_remote_state.d"), "{text}");
    assert!(text.contains("read_because_dependency_pending"), "{text}");
}
