//! Runs and versions.

use std::sync::Arc;

use super::{Fixture, begin, key, meta, object, provider, read, run, set, show, unset};
use crate::{Change, Closed, StateError, StateKey, VersionId};

/// Reading what is not there is no error.
pub async fn a_state_never_written_is_none(fixture: &impl Fixture) {
    let store = fixture.open();
    assert!(store.read(&key()).await.expect("read").is_none());
    assert!(store.versions(&key()).await.expect("versions").is_empty());
    let error = store.read_version(&key(), VersionId(1)).await.expect_err("no version");
    assert!(matches!(error, StateError::NoVersion { version: 1 }), "{error}");
}

/// A run's changes are there afterwards, also for another process.
pub async fn changes_make_a_version(fixture: &impl Fixture) {
    let store = fixture.open();
    let closed = run(&*store, vec![set("t.a", "{}"), set("module.m[0].t.b[\"k\"]", "[1]")]).await;
    assert_eq!(closed, Closed { version: Some(VersionId(1)), serial: 1 });
    let first = read(&*store).await;
    drop(store);
    let store = fixture.open();
    let again = read(&*store).await;
    assert_eq!(again.version, VersionId(1));
    assert_eq!(again.snapshot.serial, 1);
    assert_eq!(again.snapshot.terraform_version, "1.11.4");
    assert_eq!(again.snapshot.lineage, first.snapshot.lineage);
    assert_eq!(again.snapshot.lineage.len(), 36);
    assert_eq!(show(&again.snapshot.state), "t.a {}\nmodule.m[0].t.b[\"k\"] [1]\n");
    let closed = run(&*store, vec![set("t.a", "{\"x\":1}")]).await;
    assert_eq!(closed, Closed { version: Some(VersionId(2)), serial: 2 });
    let second = read(&*store).await;
    assert_eq!(second.snapshot.lineage, first.snapshot.lineage);
    assert_eq!(show(&second.snapshot.state), "t.a {\"x\":1}\nmodule.m[0].t.b[\"k\"] [1]\n");
}

/// Writing what is there already leaves serial and history alone.
pub async fn no_change_makes_no_version(fixture: &impl Fixture) {
    let store = fixture.open();
    assert_eq!(run(&*store, vec![]).await, Closed { version: None, serial: 0 });
    assert!(store.read(&key()).await.expect("read").is_none());
    run(&*store, vec![set("t.a", "{}")]).await;
    let closed = run(&*store, vec![set("t.a", "{}"), unset("t.b"), Change::Checks(None)]).await;
    assert_eq!(closed, Closed { version: None, serial: 1 });
    assert_eq!(store.versions(&key()).await.expect("versions").len(), 1);
    assert_eq!(read(&*store).await.version, VersionId(1));
}

/// An instance without objects is not in the state.
pub async fn what_goes_is_gone(fixture: &impl Fixture) {
    let store = fixture.open();
    run(&*store, vec![set("t.a", "{}"), set("t.b", "{}")]).await;
    let closed = run(&*store, vec![unset("t.a")]).await;
    assert_eq!(closed.serial, 2);
    assert_eq!(show(&read(&*store).await.snapshot.state), "t.b {}\n");
    run(&*store, vec![unset("t.b")]).await;
    let empty = read(&*store).await;
    assert!(empty.snapshot.state.is_empty());
    assert_eq!(empty.snapshot.serial, 3);
    // And it may come back.
    run(&*store, vec![set("t.a", "{}")]).await;
    assert_eq!(show(&read(&*store).await.snapshot.state), "t.a {}\n");
}

/// Each version can be read as it was.
pub async fn old_versions_stay(fixture: &impl Fixture) {
    let store = fixture.open();
    run(&*store, vec![set("t.a", "1"), set("t.b", "1")]).await;
    run(&*store, vec![set("t.a", "2")]).await;
    run(&*store, vec![unset("t.b"), set("t.c", "3")]).await;
    let mut shown = Vec::new();
    for version in 1..=3 {
        let stored = store.read_version(&key(), VersionId(version)).await.expect("version");
        assert_eq!(stored.version, VersionId(version));
        assert_eq!(stored.snapshot.serial, version);
        shown.push(show(&stored.snapshot.state));
    }
    assert_eq!(shown, ["t.a 1\nt.b 1\n", "t.a 2\nt.b 1\n", "t.a 2\nt.c 3\n"]);
    for missing in [0, 4, u64::MAX] {
        let error = store.read_version(&key(), VersionId(missing)).await.expect_err("missing");
        assert!(matches!(error, StateError::NoVersion { .. }), "{error}");
    }
}

/// The history names runs, and counts objects.
pub async fn versions_say_who_and_what(fixture: &impl Fixture) {
    let store = fixture.open();
    run(&*store, vec![set("t.a", "1"), set("t.b", "1")]).await;
    let destroy = begin(&*store, "destroy").await;
    let id = destroy.id().clone();
    destroy.record(vec![unset("t.a")]).await.expect("record");
    // Within one version, only what it is in the end counts.
    destroy.record(vec![set("t.b", "2")]).await.expect("record");
    destroy.record(vec![set("t.b", "3"), set("t.c", "1")]).await.expect("record");
    destroy.record(vec![set("t.d", "1"), unset("t.d")]).await.expect("record");
    destroy.close().await.expect("close");
    let versions = store.versions(&key()).await.expect("versions");
    let [second, first] = &versions[..] else { panic!("{versions:?}") };
    assert_eq!((first.added, first.changed, first.removed), (2, 0, 0));
    assert_eq!((second.added, second.changed, second.removed), (1, 1, 1));
    assert_eq!((first.version, second.version), (VersionId(1), VersionId(2)));
    assert_eq!((first.serial, second.serial), (1, 2));
    assert_eq!(second.run, id);
    assert_eq!(second.meta, meta("destroy"));
    assert!(first.closed.is_some() && second.closed.is_some());
}

/// Stacks and workspaces do not see one another.
pub async fn states_are_apart(fixture: &impl Fixture) {
    let store = fixture.open();
    run(&*store, vec![set("t.a", "{}")]).await;
    let others = [StateKey::new("infra/net", "dev"), StateKey::new("infra", "default")];
    for other in &others {
        assert!(store.read(other).await.expect("read").is_none());
        let run = store.begin_run(other, None, meta("apply")).await.expect("begin");
        run.record(vec![set("t.z", "{}")]).await.expect("record");
        let closed = run.close().await.expect("close");
        assert_eq!(closed, Closed { version: Some(VersionId(1)), serial: 1 });
    }
    assert_eq!(show(&read(&*store).await.snapshot.state), "t.a {}\n");
    let lineage = |stored: Option<crate::Stored>| stored.expect("a state").snapshot.lineage;
    let a = lineage(store.read(&others[0]).await.expect("read"));
    assert_ne!(a, lineage(store.read(&others[1]).await.expect("read")));
}

/// What a run wrote before it died stays, as a version of its own.
pub async fn a_dead_run_leaves_its_version_open(fixture: &impl Fixture) {
    let store = fixture.open();
    run(&*store, vec![set("t.a", "1")]).await;
    let dead = begin(&*store, "apply").await;
    let id = dead.id().clone();
    dead.record(vec![set("t.a", "2")]).await.expect("record");
    dead.flush().await.expect("flush");
    drop(dead);
    drop(store);
    let store = fixture.open();
    let open = read(&*store).await;
    assert_eq!((open.version, open.snapshot.serial), (VersionId(2), 2));
    assert_eq!(show(&open.snapshot.state), "t.a 2\n");
    assert_eq!(store.versions(&key()).await.expect("versions")[0].closed, None);
    // The next run closes it, even if it changes nothing itself.
    let closed = run(&*store, vec![]).await;
    assert_eq!(closed, Closed { version: None, serial: 2 });
    let versions = store.versions(&key()).await.expect("versions");
    assert_eq!(versions.len(), 2);
    assert_eq!(versions[0].run, id);
    assert!(versions[0].closed.is_some());
    let closed = run(&*store, vec![set("t.a", "3")]).await;
    assert_eq!(closed, Closed { version: Some(VersionId(3)), serial: 3 });
    let second = store.read_version(&key(), VersionId(2)).await.expect("version");
    assert_eq!(show(&second.snapshot.state), "t.a 2\n");
}

/// A second run is refused while the first has not ended, lock or no lock.
pub async fn only_one_run_at_a_time(fixture: &impl Fixture) {
    let store = fixture.open();
    let first = begin(&*store, "apply").await;
    for store in [store.clone(), fixture.open()] {
        let Err(error) = store.begin_run(&key(), None, meta("apply")).await else {
            panic!("two runs at once");
        };
        assert!(matches!(error, StateError::RunInProgress { .. }), "{error}");
    }
    first.close().await.expect("close");
    begin(&*store, "apply").await.close().await.expect("close");
}

/// Objects that change at the same time do not overwrite one another.
pub async fn many_tasks_write_at_once(fixture: &impl Fixture) {
    let store = fixture.open();
    let run: Arc<dyn crate::Run> = Arc::from(begin(&*store, "apply").await);
    let tasks = (0..300).map(|i| {
        let run = run.clone();
        async move {
            let address = format!("t.a[{i}]");
            let ids = run.begin(vec![super::intent(&address)]).await.expect("begin");
            let old = Change::Object {
                addr: super::addr(&address),
                deposed: Some(crate::DeposedKey::new(i)),
                provider: provider(),
                object: Some(object("0")),
            };
            run.finish(ids[0], vec![set(&address, &i.to_string()), old]).await.expect("finish");
        }
    });
    futures_join(tasks).await;
    drop(run);
    assert!(store.dangling(&key()).await.expect("dangling").is_empty());
    let state = read(&*store).await.snapshot.state;
    assert_eq!(state.instances().len(), 300);
    let text = show(&state);
    assert!(text.contains("t.a[299] 299\nt.a[299] deposed 0000012b 0\n"), "{text}");
}

async fn futures_join(tasks: impl Iterator<Item = impl Future<Output = ()> + Send + 'static>) {
    let mut set = tokio::task::JoinSet::new();
    for task in tasks {
        set.spawn(task);
    }
    set.join_all().await;
}
