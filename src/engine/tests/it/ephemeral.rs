//! Ephemeral resources: open in each phase, and never kept.

use crate::world::{World, check, show};

const SECRET: &str = r#"
    ephemeral "random_password" "p" {
      length  = 12
      special = false
    }
"#;

#[tokio::test]
async fn a_value_may_be_used_and_is_not_kept() {
    let world = World::new(&format!(
        "{SECRET}
        locals {{ length = length(ephemeral.random_password.p.result) }}
        resource \"terraform_data\" \"a\" {{
          input = ephemeralasnull(local.length) == null
        }}"
    ));
    check(&show(&world.plan().await), "create terraform_data.a {id=? input=* output=?}");
    let state = world.apply().await;
    assert!(!state.contains("random_password"), "{state}");
    assert!(state.contains("input=true"), "{state}");
}

#[tokio::test]
async fn a_value_may_not_be_given_to_what_is_kept() {
    let world = World::new(&format!(
        "{SECRET}
        resource \"terraform_data\" \"a\" {{ input = ephemeral.random_password.p.result }}"
    ));
    check(
        &show(&world.plan().await),
        "Invalid use of ephemeral value: Ephemeral values are not valid for \"input\", because it \
         is not a write-only attribute and must be persisted to state.",
    );
}

#[tokio::test]
async fn what_is_not_known_yet_is_opened_at_apply() {
    let world = World::new(
        r#"
        resource "terraform_data" "n" { input = 9 }
        ephemeral "random_password" "p" {
          length = terraform_data.n.output
          lifecycle {
            postcondition {
              condition     = length(self.result) == 10
              error_message = "too short"
            }
          }
        }
        "#,
    );
    check(&show(&world.plan().await), "create terraform_data.n {id=? input=9 output=?}");
    let text = world.apply().await;
    assert!(text.starts_with("Resource postcondition failed: too short"), "{text}");
}
