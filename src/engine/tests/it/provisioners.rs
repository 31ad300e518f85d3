//! `local-exec`, after making and before destroying.

use groma_engine::PlanMode;

use crate::world::{World, check};

fn world(create: &str, extra: &str) -> World {
    World::new(&format!(
        r#"
        resource "terraform_data" "a" {{
          input = "x"
          provisioner "local-exec" {{
            command = "{create} ${{self.output}}"
            {extra}
          }}
          provisioner "local-exec" {{
            when    = destroy
            command = "bye ${{self.id}}"
          }}
        }}
        resource "terraform_data" "b" {{ input = terraform_data.a.id }}
        "#
    ))
}

#[tokio::test]
async fn run_after_making_and_before_destroying() {
    let mut world = world("hello", "");
    world.apply().await;
    assert_eq!(*world.ran.0.lock().unwrap(), ["hello x"]);
    world.options.mode = PlanMode::Destroy;
    check(&world.apply().await, "");
    let id = "01010101-0101-0101-0101-010101010101";
    assert_eq!(*world.ran.0.lock().unwrap(), ["hello x".to_owned(), format!("bye {id}")]);
}

#[tokio::test]
async fn a_failure_taints_and_stops_dependents() {
    check(
        &world("fail", "").apply().await,
        "local-exec provisioner error: it failed
         terraform_data.a tainted {id=01 input=x output=x}",
    );
    let text = world("fail", "on_failure = continue").apply().await;
    assert!(text.contains("terraform_data.b {"), "{text}");
}

#[tokio::test]
async fn a_failure_keeps_what_was_to_be_destroyed() {
    let mut world = world("hello", "");
    let main = world.files["main.tf"].replace("bye", "fail");
    world.write("main.tf", &main);
    world.apply().await;
    world.options.mode = PlanMode::Destroy;
    check(
        &world.apply().await,
        "local-exec provisioner error: it failed
         terraform_data.a {id=01 input=x output=x}",
    );
}

#[tokio::test]
async fn others_are_refused_by_name() {
    let world = World::new(
        "resource \"terraform_data\" \"a\" {\n provisioner \"file\" {\n source = \"x\"\n }\n}",
    );
    let text = crate::world::show(&world.plan().await);
    assert!(text.starts_with("Unsupported provisioner: The provisioner \"file\""), "{text}");
}
