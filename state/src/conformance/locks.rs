//! Locks.

use super::{Fixture, key, lock_info, meta, read, set, show};
use crate::{StateError, StateKey};

/// One holder at a time, who is named to the others.
pub async fn a_lock_is_exclusive(fixture: &impl Fixture) {
    let store = fixture.open();
    assert_eq!(store.lock_info(&key()).await.expect("info"), None);
    let info = lock_info("OperationTypeApply");
    let lock = store.lock(&key(), info.clone()).await.expect("lock");
    assert_eq!(lock.id, info.id);
    assert_eq!(lock.taken_over, None);
    for store in [store.clone(), fixture.open()] {
        let error = store.lock(&key(), lock_info("plan")).await.expect_err("locked");
        let StateError::Locked { info: holder, .. } = error else { panic!("{error}") };
        assert_eq!(holder.id, info.id);
        assert_eq!(holder.who, "ada@host.invalid");
        assert_eq!(holder.operation, "OperationTypeApply");
        assert_eq!(holder.pid, std::process::id());
        let there = store.lock_info(&key()).await.expect("info").expect("a holder");
        assert_eq!(there.id, info.id);
    }
    // Another state is another lock.
    let other = StateKey::new("infra/net", "dev");
    store.lock(&other, lock_info("plan")).await.expect("lock");
    store.unlock(&key(), &lock.id).await.expect("unlock");
    let second = store.lock(&key(), lock_info("plan")).await.expect("lock");
    assert!(second.fence > lock.fence, "{second:?} after {lock:?}");
}

/// Only who knows the lock's id can release it.
pub async fn a_lock_is_released_by_its_id(fixture: &impl Fixture) {
    let store = fixture.open();
    let error = store.unlock(&key(), "x").await.expect_err("not locked");
    assert!(matches!(error, StateError::LockMismatch { existing: None, .. }), "{error}");
    let lock = store.lock(&key(), lock_info("plan")).await.expect("lock");
    let error = store.unlock(&key(), "x").await.expect_err("another lock");
    let StateError::LockMismatch { asked, existing } = error else { panic!("{error}") };
    assert_eq!((asked.as_str(), existing.as_deref()), ("x", Some(lock.id.as_str())));
    fixture.open().unlock(&key(), &lock.id).await.expect("force-unlock");
    assert_eq!(store.lock_info(&key()).await.expect("info"), None);
}

/// A run whose lock was taken away cannot write.
pub async fn a_lost_lock_stops_the_run(fixture: &impl Fixture) {
    let store = fixture.open();
    let lock = store.lock(&key(), lock_info("apply")).await.expect("lock");
    let run = store.begin_run(&key(), Some(&lock), meta("apply")).await.expect("begin");
    run.record(vec![set("t.a", "1")]).await.expect("record");
    run.flush().await.expect("flush");
    store.unlock(&key(), &lock.id).await.expect("force-unlock");
    store.lock(&key(), lock_info("apply")).await.expect("another lock");
    let error = run.begin(vec![super::intent("t.b")]).await.expect_err("no lock");
    assert!(matches!(error, StateError::LockLost { .. }), "{error}");
    drop(run);
    let Err(error) = store.begin_run(&key(), Some(&lock), meta("apply")).await else {
        panic!("begun without the lock");
    };
    assert!(matches!(error, StateError::LockLost { .. }), "{error}");
    assert_eq!(show(&read(&*store).await.snapshot.state), "t.a 1\n");
}
