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

/// What is wrong with an import of `terraform_data.a`.
async fn refused(import: &str, resource: &str) -> String {
    let world = World::new(&format!("import {{\n{import}\n}}\n{resource}"));
    show(&world.plan().await)
}

#[tokio::test]
async fn refuses_unsuitable_ids() {
    let one = "resource \"terraform_data\" \"a\" {}";
    for (id, expected) in [
        ("null", "Invalid import id argument: The import ID cannot be null."),
        (
            "\"\"",
            "Invalid import id argument: The import ID value evaluates to an empty string, please \
             provide a non-empty value.",
        ),
        ("{}", "Incorrect value type: Invalid expression value: string required."),
        (
            "terraform_data.a.id",
            "Invalid import id argument: The import ID cannot reference the resource being \
             imported.",
        ),
    ] {
        check(&refused(&format!("to = terraform_data.a\nid = {id}"), one).await, expected);
    }
}

#[tokio::test]
async fn refuses_targets_without_configuration() {
    let to = "to = terraform_data.a[0]\nid = \"x\"";
    check(
        &refused(to, "resource \"terraform_data\" \"a\" {}").await,
        "Invalid import 'to' expression: The target resource does not use count.",
    );
    check(
        &refused(to, "resource \"terraform_data\" \"a\" { count = 0 }").await,
        "Configuration for import target does not exist: The configuration for the given import \
         terraform_data.a[0] does not exist. All target instances must have an associated \
         configuration to be imported.",
    );
    let each = "for_each = toset([\"x\"])\nto = terraform_data.a[local.k]\nid = \"x\"";
    check(
        &refused(each, "resource \"terraform_data\" \"a\" { count = 0 }").await,
        "Unknown variable: There is no variable named \"local\".Only \"each.key\" and \
         \"each.value\" can be used in import address index expressions.",
    );
}
