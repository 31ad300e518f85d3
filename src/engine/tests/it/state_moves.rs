//! `moved`, `removed`, and what goes.

use crate::world::{World, check, show};

/// Applies the first configuration and shows the plan of the second.
async fn then(before: &str, after: &str) -> (World, String) {
    let mut world = World::new(before);
    world.apply().await;
    world.write("main.tf", after);
    let text = show(&world.plan().await);
    (world, text)
}

#[tokio::test]
async fn a_chain_of_moves_is_one_move() {
    let (world, text) = then(
        r#"resource "terraform_data" "a" { input = 1 }"#,
        r#"
        resource "terraform_data" "c" { input = 1 }
        moved {
          from = terraform_data.b
          to   = terraform_data.c
        }
        moved {
          from = terraform_data.a
          to   = terraform_data.b
        }
        "#,
    )
    .await;
    check(
        &text,
        "no-op terraform_data.c from terraform_data.a {id=01010101-0101-0101-0101-010101010101 input=1 output=1}",
    );
    check(&world.apply().await, "terraform_data.c {id=01 input=1 output=1}");
    check(&show(&world.plan().await), "");
}

#[tokio::test]
async fn count_that_comes_moves_the_first() {
    let (_, text) = then(
        r#"resource "terraform_data" "a" { input = 1 }"#,
        r#"resource "terraform_data" "a" {
             count = 2
             input = 1
           }"#,
    )
    .await;
    check(
        &text,
        "no-op terraform_data.a[0] from terraform_data.a {id=01010101-0101-0101-0101-010101010101 input=1 output=1}
         create terraform_data.a[1] {id=? input=1 output=?}",
    );
}

#[tokio::test]
async fn a_move_to_what_is_there_is_told() {
    let (_, text) = then(
        r#"
        resource "terraform_data" "a" {}
        resource "terraform_data" "b" {}
        "#,
        r#"
        resource "terraform_data" "b" {}
        moved {
          from = terraform_data.a
          to   = terraform_data.b
        }
        "#,
    )
    .await;
    assert!(text.contains("Unresolved resource instance address changes"), "{text}");
    assert!(text.contains("delete terraform_data.a [delete_because_no_resource_config]"), "{text}");
}

#[tokio::test]
async fn removed_forgets_or_destroys() {
    let (world, text) = then(
        r#"
        resource "terraform_data" "a" {}
        resource "terraform_data" "b" {}
        "#,
        r"
        removed {
          from = terraform_data.a
          lifecycle { destroy = false }
        }
        removed { from = terraform_data.b }
        ",
    )
    .await;
    check(
        &text,
        "Some objects will no longer be managed by Terraform: If you apply this plan, Terraform will \
         discard its tracking information for the following objects, but it will not delete them:
         - terraform_data.a
         After applying this plan, Terraform will no longer manage these objects. You will need to \
         import them into Terraform to manage them again.
         forget terraform_data.a [delete_because_no_resource_config] null
         delete terraform_data.b [delete_because_no_resource_config]",
    );
    check(&world.apply().await, "");
}

#[tokio::test]
async fn what_still_exists_is_not_moved() {
    let world = World::new(
        r#"
        resource "terraform_data" "a" {}
        resource "terraform_data" "b" {}
        moved {
          from = terraform_data.a
          to   = terraform_data.b
        }
        "#,
    );
    let plan = world.plan().await;
    assert!(plan.errored);
    assert!(show(&plan).starts_with("Moved object still exists"), "{}", show(&plan));
}
