//! Intents.

use super::{Fixture, begin, intent, key, meta, read, set, show};
use crate::{IntentId, StateError};

/// The result of an effect and the end of its intent are one transaction.
pub async fn finishing_stores_the_result(fixture: &impl Fixture) {
    let store = fixture.open();
    let run = begin(&*store, "apply").await;
    let ids = run.begin(vec![intent("t.a"), intent("t.b")]).await.expect("begin");
    assert_eq!(ids.len(), 2);
    run.finish(ids[0], vec![set("t.a", "1")]).await.expect("finish");
    // It is durable already: another process sees it.
    let other = fixture.open();
    assert_eq!(show(&read(&*other).await.snapshot.state), "t.a 1\n");
    // Known to have done nothing.
    run.finish(ids[1], vec![]).await.expect("finish");
    run.close().await.expect("close");
    assert!(store.dangling(&key()).await.expect("dangling").is_empty());
}

/// Intents that a run left open can be listed, and finished by the next run.
pub async fn intents_of_a_dead_run_dangle(fixture: &impl Fixture) {
    let store = fixture.open();
    let dead = begin(&*store, "destroy").await;
    let id = dead.id().clone();
    let ids = dead.begin(vec![intent("t.a"), intent("module.m.t.b[\"x\"]")]).await.expect("begin");
    dead.finish(ids[0], vec![set("t.a", "1")]).await.expect("finish");
    drop(dead);
    drop(store);
    let store = fixture.open();
    let dangling = store.dangling(&key()).await.expect("dangling");
    let [left] = &dangling[..] else { panic!("{dangling:?}") };
    assert_eq!(left.id, ids[1]);
    assert_eq!(left.run, id);
    assert_eq!(left.meta, meta("destroy"));
    assert_eq!(left.intent, intent("module.m.t.b[\"x\"]"));
    let next = begin(&*store, "apply").await;
    assert_eq!(store.dangling(&key()).await.expect("dangling"), dangling);
    next.finish(left.id, vec![set("module.m.t.b[\"x\"]", "2")]).await.expect("finish");
    next.close().await.expect("close");
    assert!(store.dangling(&key()).await.expect("dangling").is_empty());
    let state = read(&*store).await.snapshot.state;
    assert_eq!(show(&state), "t.a 1\nmodule.m.t.b[\"x\"] 2\n");
}

/// An intent ends once, and the run goes on after a wrong one.
pub async fn a_finished_intent_is_no_more(fixture: &impl Fixture) {
    let store = fixture.open();
    let run = begin(&*store, "apply").await;
    let ids = run.begin(vec![intent("t.a")]).await.expect("begin");
    run.finish(ids[0], vec![]).await.expect("finish");
    for id in [ids[0], IntentId(1 << 40)] {
        let error = run.finish(id, vec![set("t.a", "1")]).await.expect_err("no intent");
        assert!(matches!(error, StateError::NoIntent { id: i } if i == id.0), "{error}");
    }
    run.record(vec![set("t.b", "1")]).await.expect("record");
    run.close().await.expect("close");
    assert_eq!(show(&read(&*store).await.snapshot.state), "t.b 1\n");
}

/// Intents are dangling only once their run has ended, by `close` too.
pub async fn a_run_in_progress_has_no_dangling_intents(fixture: &impl Fixture) {
    let store = fixture.open();
    let run = begin(&*store, "apply").await;
    run.begin(vec![intent("t.a")]).await.expect("begin");
    assert!(fixture.open().dangling(&key()).await.expect("dangling").is_empty());
    run.close().await.expect("close");
    assert_eq!(store.dangling(&key()).await.expect("dangling").len(), 1);
}
