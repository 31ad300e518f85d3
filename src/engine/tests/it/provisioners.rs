//! `local-exec`, after making and before destroying.

use groma_engine::PlanMode;

use crate::world::{World, check, show};

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
    assert_eq!(*world.ran.commands.lock().unwrap(), ["hello x"]);
    world.options.mode = PlanMode::Destroy;
    check(&world.apply().await, "");
    let id = "01010101-0101-0101-0101-010101010101";
    assert_eq!(*world.ran.commands.lock().unwrap(), ["hello x".to_owned(), format!("bye {id}")]);
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
    let text = show(&world.plan().await);
    assert!(text.starts_with("Unsupported provisioner: The provisioner \"file\""), "{text}");
}

#[tokio::test]
async fn until_they_are_done_a_new_object_counts_as_tainted() {
    let world = world("hello", "");
    world.apply().await;
    assert_eq!(*world.ran.tainted.lock().unwrap(), ["terraform_data.a"], "whoever crashes now");
    check(&show(&world.plan().await), "");
}

fn thing(kind: &str, lifecycle: &str) -> String {
    format!(
        r#"
        resource "fake_thing" "a" {{
          name = "a"
          kind = "{kind}"
          lifecycle {{ {lifecycle} }}
          provisioner "local-exec" {{ command = "make {kind}" }}
          provisioner "local-exec" {{
            when    = destroy
            command = "bye ${{self.kind}}"
          }}
        }}
        "#
    )
}

/// What ran of the provisioners when a thing was made and replaced.
async fn ran(lifecycle: &str, first: &str) -> Vec<String> {
    let mut world = World::new(&thing(first, lifecycle));
    world.apply().await;
    world.write("main.tf", &thing("2", lifecycle));
    world.apply().await;
    let ran = world.ran.commands.lock().unwrap();
    ran.clone()
}

#[tokio::test]
async fn what_is_not_destroyed_in_its_place_runs_none() {
    assert_eq!(ran("", "1").await, ["make 1", "bye 1", "make 2"]);
    // Its successor is there already.
    assert_eq!(ran("create_before_destroy = true", "1").await, ["make 1", "make 2"]);
    // It was never made whole.
    assert_eq!(ran("", "fail").await, ["make fail", "make 2"]);
}
