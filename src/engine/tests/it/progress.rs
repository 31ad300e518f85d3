//! What is told of operations: that they begin, go on and end.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use groma_engine::PlanMode;
use groma_provider_api::{AttributeDiagnostic, EphemeralResult};
use groma_value::{Type, Value};

use crate::world::{World, check};

#[tokio::test(start_paused = true)]
async fn what_takes_long_is_told_of_again() {
    let mut world = World::new(
        r#"
        resource "terraform_data" "quick" {}
        resource "terraform_data" "slow" {
          depends_on = [terraform_data.quick]
          provisioner "local-exec" { command = "sleep 7" }
          provisioner "local-exec" { command = "sleep 19" }
          provisioner "local-exec" {
            when    = destroy
            command = "sleep 12"
          }
        }
        "#,
    );
    world.apply().await;
    check(
        &world.heard.take(),
        "start create terraform_data.quick 0s
         done create terraform_data.quick 0s
         start create terraform_data.slow 0s
         still create terraform_data.slow 10s
         still create terraform_data.slow 20s
         done create terraform_data.slow 26s",
    );
    world.options.mode = PlanMode::Destroy;
    world.options.refresh = false;
    world.apply().await;
    check(
        &world.heard.take(),
        "start delete terraform_data.slow 0s
         still delete terraform_data.slow 10s
         done delete terraform_data.slow 12s
         start delete terraform_data.quick 0s
         done delete terraform_data.quick 0s",
    );
}

#[tokio::test(start_paused = true)]
async fn an_ephemeral_resource_is_renewed_while_others_are_made() {
    let world = World::new(
        r#"
        ephemeral "fake_secret" "s" { name = "s" }
        resource "terraform_data" "slow" {
          depends_on = [ephemeral.fake_secret.s]
          provisioner "local-exec" { command = "sleep 9" }
        }
        "#,
    );
    let plan = world.plan().await;
    world.heard.take();
    let soon = |seconds| Some(SystemTime::now() + Duration::from_secs(seconds));
    world.fake.on_open(move |_, _, opened| {
        Ok(opened?.map(|opened| EphemeralResult { renew_at: soon(3), ..opened }))
    });
    world.fake.on_renew(move |_, private, _| match &**private {
        b"again" => Err(vec![AttributeDiagnostic::error("Locked", "No key.")]),
        _ => Ok(EphemeralResult {
            value: Value::null(Type::Dynamic),
            private: Arc::from(*b"again"),
            renew_at: soon(5),
        }
        .into()),
    });
    check(
        &world.apply_planned(&plan).await,
        "Locked: No key.
         terraform_data.slow {id=01}",
    );
    check(
        &world.heard.take(),
        "start open ephemeral.fake_secret.s 0s
         done open ephemeral.fake_secret.s 0s
         start create terraform_data.slow 0s
         start renew ephemeral.fake_secret.s 0s
         done renew ephemeral.fake_secret.s 0s
         start renew ephemeral.fake_secret.s 0s
         errored renew ephemeral.fake_secret.s 0s
         done create terraform_data.slow 9s
         start close ephemeral.fake_secret.s 0s
         errored close ephemeral.fake_secret.s 0s",
    );
}

#[tokio::test]
async fn an_object_is_made_when_its_provisioners_are_done() {
    let world = World::new(
        r#"
        resource "terraform_data" "a" {
          provisioner "local-exec" { command = "fail" }
        }
        "#,
    );
    world.apply().await;
    check(
        &world.heard.take(),
        "start create terraform_data.a 0s
         errored create terraform_data.a 0s",
    );
}

#[tokio::test]
async fn an_update_that_comes_to_nothing_is_not_told_of() {
    let mut world = World::new(
        r#"
        resource "terraform_data" "a" { input = "1" }
        resource "terraform_data" "b" { input = length(terraform_data.a.output) }
        "#,
    );
    world.apply().await;
    world.heard.take();
    let main = world.files["main.tf"].replace("\"1\"", "\"2\"");
    world.write("main.tf", &main);
    world.options.refresh = false;
    let outcome = world.apply_plan(&world.plan().await).await;
    assert_eq!(outcome.counts.changed, 1);
    check(
        &world.heard.take(),
        "start update terraform_data.a 0s
         done update terraform_data.a 0s",
    );
}

#[tokio::test]
async fn what_is_forgotten_is_not_read() {
    let mut world = World::new(
        r#"
        resource "terraform_data" "a" {}
        resource "terraform_data" "b" {}
        "#,
    );
    world.apply().await;
    world.heard.take();
    world.write(
        "main.tf",
        "removed {
           from = terraform_data.a
           lifecycle { destroy = false }
         }",
    );
    world.plan().await;
    check(&world.heard.take(), "refresh terraform_data.b");
}

#[tokio::test]
async fn an_import_is_told_of_when_it_is_made() {
    let world = World::new(
        r#"
        import {
          to = terraform_data.a
          id = "one"
        }
        import {
          to = terraform_data.b
          id = "two"
        }
        resource "terraform_data" "a" {}
        resource "terraform_data" "b" {
          input      = "new"
          depends_on = [terraform_data.a]
        }
        "#,
    );
    let plan = world.plan().await;
    world.heard.take();
    let outcome = world.apply_plan(&plan).await;
    assert_eq!((outcome.counts.imported, outcome.counts.changed), (2, 1));
    check(
        &world.heard.take(),
        "import terraform_data.a one
         import terraform_data.b two
         start update terraform_data.b 0s
         done update terraform_data.b 0s",
    );
}
