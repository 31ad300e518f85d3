//! Warnings that come with answers are shown, at the object that they are of.

use groma_diag::Severity;
use groma_provider_api::{Answer, AttributeDiagnostic};

use crate::world::World;

fn warned<T>(answer: Answer<T>, of: &str) -> Answer<T> {
    answer.map(|mut answered| {
        answered.warnings.push(AttributeDiagnostic::warning("Careful", of));
        answered
    })
}

const ALL: &str = r#"
    resource "fake_thing" "a" {
      name = "a"
    }
    data "fake_data" "d" { name = "d" }
    ephemeral "fake_secret" "s" { name = "s" }
    resource "fake_plain" "b" { name = "b" }
    import {
      to = fake_plain.b
      id = "b-1"
    }
"#;

#[tokio::test]
async fn every_answer_may_carry_them() {
    let made = World::new("resource \"fake_plain\" \"b\" { name = \"b\" }");
    made.apply().await;
    let mut world = World::new("resource \"fake_thing\" \"a\" { name = \"a\" }");
    world.fake = made.fake.clone();
    world.providers = made.providers.clone();
    world.apply().await;
    world.write("main.tf", ALL);
    world.fake.on_upgrade(|_, _, answer| warned(answer, "upgrade"));
    world.fake.on_read(|call, _, answer| warned(answer, call));
    world.fake.on_import(|_, _, answer| warned(answer, "import"));
    world.fake.on_data(|_, _, answer| warned(answer, "data"));
    world.fake.on_open(|_, _, answer| warned(answer, "open"));
    let plan = world.plan().await;
    let said = plan.diagnostics.iter().map(|found| {
        assert_eq!((found.severity, found.summary.as_str()), (Severity::Warning, "Careful"));
        found.detail.clone()
    });
    let mut said: Vec<String> = said.collect();
    said.sort();
    assert_eq!(said, ["data", "import", "open", "read a-1", "read b-1", "upgrade"]);
}
