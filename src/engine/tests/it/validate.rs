//! Configurations checked with everything unknown.

use std::fmt::Write as _;
use std::sync::Arc;

use groma_config::Source;
use groma_config::source::RecordingSource;

use crate::world::{World, check};

async fn validate(text: &str) -> String {
    let world = World::new(text);
    let source: Arc<dyn Source> = Arc::new(world.source());
    let source = Arc::new(RecordingSource::new(source));
    let (config, problems) = World::load(&*source);
    assert_eq!(problems, "");
    let mut found = String::new();
    for diagnostic in &groma_engine::validate(&config, &source, &world.providers).await {
        writeln!(found, "{}: {}", diagnostic.summary, diagnostic.detail).unwrap();
    }
    found
}

#[tokio::test]
async fn what_is_right_is_right_whatever_the_values() {
    let text = r#"
        variable "n" { type = number }
        variable "m" { type = map(string) }
        resource "terraform_data" "a" {
          count = var.n
          input = count.index + 1
        }
        resource "terraform_data" "b" {
          for_each = var.m
          input    = "${each.key}=${each.value}-${terraform_data.a[0].output}"
        }
        output "o" { value = { for k, b in terraform_data.b : k => b.id } }
    "#;
    check(&validate(text).await, "");
}

#[tokio::test]
async fn mistakes_are_found() {
    check(
        &validate(r#"resource "terraform_data" "a" { nope = 1 }"#).await,
        "Unsupported argument: An argument named \"nope\" is not expected here.",
    );
    check(
        &validate(r#"output "o" { value = var.nope }"#).await,
        "Reference to undeclared input variable: An input variable with the name \"nope\" has not \
         been declared. This variable can be declared with a variable \"nope\" {} block.",
    );
    check(
        &validate(r#"output "o" { value = terraform_data.a }"#).await,
        "Reference to undeclared resource: A managed resource \"terraform_data\" \"a\" has not \
         been declared in the root module.",
    );
    let ring = validate("locals {\n a = local.b\n b = local.a\n}").await;
    assert!(ring.starts_with("Cycle: local."), "{ring}");
    assert!(ring.contains("local.b refers to local.a at main.tf:3,6"), "{ring}");
}

#[tokio::test]
async fn references_are_checked_against_schemas() {
    check(
        &validate(
            r#"
        resource "terraform_data" "a" {}
        output "a" { value = terraform_data.a.inputs }
        output "b" { value = terraform_data.b.id }
        "#,
        )
        .await,
        r#"
        Unsupported attribute: This object has no argument, nested block, or exported attribute named "inputs". Did you mean "input"?
        Reference to undeclared resource: A managed resource "terraform_data" "b" has not been declared in the root module.
        "#,
    );
}

#[tokio::test]
async fn references_to_what_is_deprecated_are_warned_of_once_each() {
    let text = r#"
        resource "fake_thing" "a" {
          name = "x"
          old  = "set"
          lifecycle {
            ignore_changes = [old]
            postcondition {
              condition     = self.old != null
              error_message = "Gone."
            }
          }
        }
        resource "fake_thing" "b" {
          count = fake_thing.a.old == "y" ? 2 : 3
          name  = join(",", [for x in [1, 2, 3] : fake_thing.a.old])
        }
        output "some" { value = fake_thing.b[0].old }
        output "none" { value = fake_thing.b[*].old }
        output "whole" { value = fake_thing.a }
    "#;
    let warning = "Deprecated attribute: The attribute \"old\" is deprecated. Refer to the provider \
                   documentation for details.\n";
    check(&validate(text).await, &warning.repeat(5));
}

#[tokio::test]
async fn what_depends_on_an_error_is_not_looked_at() {
    check(
        &validate(
            r#"
        locals {
          a = nonesuch()
          b = local.a.nope
        }
        output "b" { value = local.b + local.zz }
        "#,
        )
        .await,
        r#"Call to unknown function: There is no function named "nonesuch"."#,
    );
}

#[tokio::test]
async fn blocks_are_checked_against_schemas() {
    check(
        &validate(
            r#"
        resource "terraform_data" "a" {
          inputs = 1
        }
        resource "terraform_nope" "b" {}
        "#,
        )
        .await,
        r#"
        Unsupported argument: An argument named "inputs" is not expected here. Did you mean "input"?
        Invalid resource type: The provider terraform.io/builtin/terraform does not support resource type "terraform_nope".
        "#,
    );
}
