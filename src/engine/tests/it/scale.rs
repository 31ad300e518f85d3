//! Many objects, each of which needs the one before it: nothing takes a stack as deep, or a list as
//! long, as the chain.

use std::fmt::Write as _;

use groma_engine::PlanMode;

use crate::world::{World, show};

/// Deep enough for the stack of a test's thread to overflow if each link took some frames of it, and
/// for what takes the square of it to be felt.
const LINKS: usize = 2_000;

fn chain(links: usize) -> String {
    let mut text = "resource \"terraform_data\" \"r0\" { input = \"x\" }\n".to_owned();
    for at in 1..links {
        let before = at - 1;
        writeln!(
            text,
            "resource \"terraform_data\" \"r{at}\" {{ input = terraform_data.r{before}.output }}"
        )
        .expect("text takes all");
    }
    text
}

#[tokio::test]
async fn a_long_chain_is_planned_applied_and_destroyed() {
    let mut world = World::new(&chain(LINKS));
    let outcome = world.apply_plan(&world.plan().await).await;
    assert!(outcome.succeeded(), "{:?}", outcome.diagnostics);
    assert_eq!(outcome.counts.added, LINKS as u64);
    assert_eq!(show(&world.plan().await), "", "all is as it should be");
    world.options.mode = PlanMode::Destroy;
    let outcome = world.apply_plan(&world.plan().await).await;
    assert_eq!(outcome.counts.removed, LINKS as u64);
}
