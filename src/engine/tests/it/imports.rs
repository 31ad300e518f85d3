//! `import` blocks.

use crate::world::{World, check, show};

#[tokio::test]
async fn imports_one_and_many() {
    let world = World::new(
        r#"
        locals { ids = { a = "id-a", b = "id-b" } }
        resource "terraform_data" "one" {}
        resource "terraform_data" "many" { for_each = local.ids }
        import {
          to = terraform_data.one
          id = "id-${length(local.ids)}"
        }
        import {
          for_each = local.ids
          to       = terraform_data.many[each.key]
          id       = each.value
        }
        "#,
    );
    check(
        &show(&world.plan().await),
        r#"no-op terraform_data.many["a"] {id=id-a}
           no-op terraform_data.many["b"] {id=id-b}
           no-op terraform_data.one {id=id-2}"#,
    );
    let plan = world.plan().await;
    assert!(plan.applyable);
    let outcome = world.apply_plan(&plan).await;
    assert_eq!(outcome.counts.imported, 3);
    // The blocks may stay.
    check(&show(&world.plan().await), "");
}

#[tokio::test]
async fn ids_must_be_known() {
    let world = World::new(
        r#"
        resource "terraform_data" "a" {}
        resource "terraform_data" "b" {}
        import {
          to = terraform_data.b
          id = terraform_data.a.id
        }
        "#,
    );
    let text = show(&world.plan().await);
    assert!(text.starts_with("Invalid import id argument: The import block \"id\""), "{text}");
}
