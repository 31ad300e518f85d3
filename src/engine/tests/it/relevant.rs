//! Attributes that changes may have come from, as Terraform finds them.

use groma_engine::RelevantResource;

use crate::world::World;

/// The attributes, sorted.
async fn found(world: &World) -> Vec<String> {
    let plan = world.plan().await;
    let mut found: Vec<String> = plan
        .relevant_attributes
        .iter()
        .map(|relevant| {
            let resource = match &relevant.resource {
                RelevantResource::Resource(resource) => resource.to_string(),
                RelevantResource::Instance(instance) => instance.to_string(),
            };
            format!("{resource}{}", relevant.attribute)
        })
        .collect();
    found.sort();
    found
}

#[tokio::test]
async fn references_are_followed_through_values_and_not_through_repetition() {
    let mut world = World::new(
        r#"
        variable "v" { default = "x" }
        locals { l = terraform_data.a.output }
        resource "terraform_data" "a" { input = { k = var.v } }
        resource "terraform_data" "b" {
          count = 2
          input = "${local.l.k}-${count.index}"
        }
        resource "terraform_data" "c" {
          for_each = toset(terraform_data.a.input.k == "x" ? ["p"] : [])
          input    = terraform_data.b[0].input
        }
        resource "terraform_data" "d" { input = [terraform_data.b, module.m["q"].out] }
        module "m" {
          source   = "./m"
          for_each = { q = terraform_data.a.id }
          in       = each.value
        }
        output "o" { value = terraform_data.c["p"].output }
        "#,
    );
    world.write(
        "m/main.tf",
        r#"
        variable "in" {}
        resource "terraform_data" "z" { input = var.in }
        output "out" { value = terraform_data.z.output }
        "#,
    );
    assert_eq!(
        found(&world).await,
        [
            "module.m[\"q\"].terraform_data.z.output",
            "terraform_data.a.output",
            "terraform_data.b",
            "terraform_data.b[0].input",
            "terraform_data.c[\"p\"].output",
        ]
    );
}

#[tokio::test]
async fn outputs_of_modules_that_no_target_needs_do_not_count() {
    let mut world = World::new(
        r#"
        module "m" { source = "./m" }
        resource "terraform_data" "a" { input = module.m.b }
        "#,
    );
    world.write(
        "m/main.tf",
        r#"
        resource "terraform_data" "z" { input = "x" }
        output "a" { value = terraform_data.z.id }
        output "b" { value = terraform_data.z.output }
        "#,
    );
    world.options.targets = vec![groma_addr::parse_target("terraform_data.a").unwrap()];
    assert_eq!(found(&world).await, ["module.m.terraform_data.z.output"]);
}
