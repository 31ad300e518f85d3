//! What a store does when things break: killed processes, full disks, other processes, bad bytes.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use groma_addr::{ProviderConfig, parse_resource_instance};
use groma_state::{
    Change, Intent, IntentAction, LockInfo, LockState, Object, RunMeta, StateError, StateKey,
    StateStore, VersionId,
};
use groma_state_sqlite::{Options, SqliteStore};
use rusqlite::Connection;
use tempfile::TempDir;

fn key() -> StateKey {
    StateKey::new("", "default")
}

fn meta() -> RunMeta {
    RunMeta {
        command: "apply".to_owned(),
        actor: "ada".to_owned(),
        commit: None,
        started: SystemTime::now(),
        terraform_version: "1.11.4".to_owned(),
    }
}

fn set(number: usize, size: usize) -> Change {
    let provider: ProviderConfig = "provider[\"a/b\"]".parse().expect("a provider");
    let json = format!("{{\"id\":\"{number}\",\"text\":\"{}\"}}", "x".repeat(size));
    Change::Object {
        addr: parse_resource_instance(&format!("t.a[{number}]")).expect("an address"),
        deposed: None,
        provider: Arc::new(provider),
        object: Some(Object::new(0, json.into_bytes())),
    }
}

fn lock_info() -> LockInfo {
    LockInfo::new("apply", "ada", "host", "1.11.4")
}

/// A store with `count` objects of `size` bytes in one version.
async fn filled(path: &Path, count: usize, size: usize) {
    let store = SqliteStore::new(path);
    let run = store.begin_run(&key(), None, meta()).await.expect("begin");
    run.record((0..count).map(|number| set(number, size)).collect()).await.expect("record");
    run.close().await.expect("close");
}

async fn objects(store: &SqliteStore) -> usize {
    let stored = store.read(&key()).await.expect("read").expect("a state");
    stored.snapshot.state.instances().len()
}

fn churn() -> PathBuf {
    // Cargo puts examples beside the folder of the test's own binary, and builds them before.
    let test = std::env::current_exe().expect("a path");
    let profile = test.parent().and_then(Path::parent).expect("a folder");
    profile.join("examples").join(format!("churn{}", std::env::consts::EXE_SUFFIX))
}

/// Whatever a killed process was told to be durable is there; nothing is half there; an intent
/// is open exactly where no result is; and the next run goes on.
#[tokio::test]
async fn killed_at_any_moment() {
    let dir = TempDir::new().expect("a folder");
    let path = dir.path().join("state.db");
    for round in 0..12_usize {
        let mut child = Command::new(churn())
            .args(["write".as_ref(), path.as_os_str()])
            .stdout(Stdio::piped())
            .spawn()
            .expect("the example");
        let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        // Another moment each time: after so many lines, whatever is going on then.
        let mut told: Vec<String> =
            lines.by_ref().take(round * 37 + 1).map(|line| line.expect("text")).collect();
        child.kill().expect("kill");
        child.wait().expect("wait");
        told.extend(lines.map_while(Result::ok));

        let store = SqliteStore::new(&path);
        // None if it was killed before it finished anything.
        let stored = store.read(&key()).await.expect("read");
        let state = stored.map(|stored| stored.snapshot.state).unwrap_or_default();
        let dangling = store.dangling(&key()).await.expect("dangling");
        let there = |number: &str| {
            let addr = parse_resource_instance(&format!("t.a[{number}]")).expect("an address");
            (state.instance(&addr).is_some(), dangling.iter().any(|left| left.intent.addr == addr))
        };
        for line in &told {
            let (what, number) = line.split_once(' ').expect("two words");
            let (done, open) = there(number);
            match what {
                "done" => assert!(done && !open, "round {round}: {number} is lost"),
                _ => assert!(done || open, "round {round}: nobody knows of {number}"),
            }
        }

        // Its lock is known to be of a dead process, and is taken over with its name.
        let lock = store.lock(&key(), lock_info()).await.expect("lock");
        assert!(lock.taken_over.is_some());
        let run = store.begin_run(&key(), Some(&lock), meta()).await.expect("begin");
        for left in dangling {
            run.finish(left.id, vec![]).await.expect("finish");
        }
        // The next round starts from nothing.
        let gone = state.instances().map(|(addr, instance)| Change::Object {
            addr: addr.clone(),
            deposed: None,
            provider: instance.provider.clone(),
            object: None,
        });
        run.record(gone.collect()).await.expect("record");
        run.close().await.expect("close");
        store.unlock(&key(), &lock.id).await.expect("unlock");
        let versions = store.versions(&key()).await.expect("versions");
        assert!(versions.iter().all(|version| version.closed.is_some()));
    }
}

/// The last good version stays, and the run says what is wrong, from then on.
#[tokio::test]
async fn a_full_disk_is_said_and_loses_nothing() {
    let dir = TempDir::new().expect("a folder");
    let path = dir.path().join("state.db");
    filled(&path, 10, 100).await;
    let store = SqliteStore::with(&path, Options { page_limit: Some(60), ..Options::default() });
    let run = store.begin_run(&key(), None, meta()).await.expect("begin");
    let provider = Arc::new("provider[\"a/b\"]".parse().expect("a provider"));
    let addr = parse_resource_instance("t.b").expect("an address");
    let (action, token) = (IntentAction::Create, "t".into());
    let intent = Intent { addr, deposed: None, provider, action, planned: None, token };
    let ids = run.begin(vec![intent]).await.expect("begin");
    let big = (0..100).map(|number| set(number, 10_000)).collect();
    let error = run.finish(ids[0], big).await.expect_err("full");
    assert!(matches!(error, StateError::Full { .. }), "{error}");
    let error = run.record(vec![set(1, 1)]).await.err();
    assert!(error.is_none(), "{error:?}");
    let error = run.flush().await.expect_err("stopped");
    assert_eq!(error.to_string(), "an earlier write of this run failed: no space left");
    drop(run);
    drop(store);

    let store = SqliteStore::new(&path);
    let stored = store.read(&key()).await.expect("read").expect("a state");
    assert_eq!(stored.version, VersionId(1));
    assert_eq!(stored.snapshot.state.instances().len(), 10);
    // The intent is still known.
    assert_eq!(store.dangling(&key()).await.expect("dangling").len(), 1);
    filled(&path, 20, 100).await;
    assert_eq!(objects(&store).await, 20);
}

/// Somebody else has the database for himself: it is said, and nothing is lost.
#[tokio::test]
async fn another_process_holds_the_database() {
    let dir = TempDir::new().expect("a folder");
    let path = dir.path().join("state.db");
    filled(&path, 3, 10).await;
    let other = Connection::open(&path).expect("open");
    other.execute_batch("BEGIN IMMEDIATE").expect("begin");
    let patience = Duration::from_millis(1);
    let store = SqliteStore::with(&path, Options { patience, ..Options::default() });
    // Reading goes on.
    assert_eq!(objects(&store).await, 3);
    let error = store.lock(&key(), lock_info()).await.expect_err("busy");
    assert!(matches!(error, StateError::Busy { .. }), "{error}");
    other.execute_batch("ROLLBACK").expect("rollback");
    store.lock(&key(), lock_info()).await.expect("lock");
}

/// A lock of a process elsewhere is never taken; once its lease has ended, that is said.
#[tokio::test]
async fn a_lock_from_elsewhere_is_not_broken() {
    let dir = TempDir::new().expect("a folder");
    let path = dir.path().join("state.db");
    let store = SqliteStore::new(&path);
    let lock = store.lock(&key(), lock_info()).await.expect("lock");
    let db = Connection::open(&path).expect("open");
    db.execute("UPDATE locks SET scope = 'elsewhere'", []).expect("update");
    let state_of = async || match store.lock(&key(), lock_info()).await {
        Err(StateError::Locked { state, .. }) => state,
        other => panic!("{other:?}"),
    };
    assert_eq!(state_of().await, LockState::Held);
    db.execute("UPDATE locks SET lease = 0", []).expect("update");
    assert_eq!(state_of().await, LockState::Expired);
    store.unlock(&key(), &lock.id).await.expect("force-unlock");
    store.lock(&key(), lock_info()).await.expect("lock");
}

/// A run elsewhere whose lease has ended is dead, and cannot write when it wakes up.
#[tokio::test]
async fn a_run_taken_for_dead_cannot_write() {
    let dir = TempDir::new().expect("a folder");
    let path = dir.path().join("state.db");
    let paused = SqliteStore::new(&path);
    let sleeper = paused.begin_run(&key(), None, meta()).await.expect("begin");
    sleeper.record(vec![set(1, 1)]).await.expect("record");
    sleeper.flush().await.expect("flush");
    let db = Connection::open(&path).expect("open");
    db.execute("UPDATE runs SET scope = 'elsewhere', lease = 0", []).expect("update");
    let store = SqliteStore::new(&path);
    let run = store.begin_run(&key(), None, meta()).await.expect("begin");
    sleeper.record(vec![set(2, 1)]).await.expect("record");
    let error = sleeper.flush().await.expect_err("dead");
    assert!(matches!(error, StateError::LockLost { .. }), "{error}");
    run.record(vec![set(3, 1)]).await.expect("record");
    run.close().await.expect("close");
    drop(sleeper);
    assert_eq!(objects(&store).await, 2);
    assert_eq!(store.versions(&key()).await.expect("versions").len(), 2);
}

/// Whichever page is overwritten, a state is either read as it was or refused as corrupt.
#[tokio::test]
async fn a_corrupted_page_is_found() {
    let dir = TempDir::new().expect("a folder");
    let path = dir.path().join("state.db");
    filled(&path, 40, 500).await;
    let good = std::fs::read(&path).expect("the file");
    let expected = {
        let stored = SqliteStore::new(&path).read(&key()).await.expect("read");
        stored.expect("a state").snapshot.state
    };
    let mut refused = 0;
    for page in 0..good.len() / 4096 {
        for (from, with) in [(0, 0xFF), (64, 0x00), (2048, 0x41)] {
            let mut bad = good.clone();
            let start = page * 4096 + from;
            bad[start..start + 64].fill(with);
            let copy = dir.path().join(format!("bad-{page}-{from}.db"));
            std::fs::write(&copy, &bad).expect("a file");
            match SqliteStore::new(&copy).read(&key()).await {
                Ok(Some(stored)) => {
                    let differences = stored.snapshot.state.diff(&expected).expect("diff");
                    // What an index has lost cannot be told from what never was there.
                    assert!(
                        differences.iter().all(|change| matches!(
                            change,
                            Change::Object { addr, object: Some(_), .. }
                                if stored.snapshot.state.instance(addr).is_none()
                        )),
                        "page {page} at {from}: read wrongly: {differences:?}"
                    );
                }
                Ok(None) => {}
                Err(StateError::Corrupt { .. }) => refused += 1,
                Err(other) => panic!("page {page} at {from}: {other}"),
            }
        }
    }
    assert!(refused > 10, "{refused}");
}

#[tokio::test]
async fn what_is_no_database_of_ours_is_refused() {
    let dir = TempDir::new().expect("a folder");
    let path = dir.path().join("state.db");
    std::fs::write(&path, "not a database, but long enough to be taken for one".repeat(100))
        .expect("a file");
    let store = SqliteStore::new(&path);
    let error = store.read(&key()).await.expect_err("no database");
    assert!(matches!(error, StateError::Corrupt { .. }), "{error}");
    let error = store.lock(&key(), lock_info()).await.expect_err("no database");
    assert!(matches!(error, StateError::Corrupt { .. }), "{error}");

    let path = dir.path().join("other.db");
    Connection::open(&path).expect("open").execute_batch("CREATE TABLE t (a)").expect("create");
    let error = SqliteStore::new(&path).read(&key()).await.expect_err("another's");
    assert!(error.to_string().ends_with("is corrupt: it is a database of another program"));

    let path = dir.path().join("newer.db");
    filled(&path, 1, 1).await;
    let db = Connection::open(&path).expect("open");
    db.pragma_update(None, "user_version", 99).expect("update");
    for error in [
        SqliteStore::new(&path).read(&key()).await.err(),
        SqliteStore::new(&path).lock(&key(), lock_info()).await.err(),
    ] {
        assert!(matches!(error, Some(StateError::Newer { found: 99, .. })), "{error:?}");
    }
}

/// Processes that make the database at the same time do not get into each other's way.
#[tokio::test]
async fn many_open_a_new_database_at_once() {
    for _ in 0..5 {
        let dir = TempDir::new().expect("a folder");
        let path = dir.path().join("state.db");
        let mut tasks = tokio::task::JoinSet::new();
        for number in 0..8 {
            let store = SqliteStore::new(&path);
            tasks.spawn(async move {
                let key = StateKey::new("", number.to_string());
                store.create_workspace(&key).await.expect("create");
                store.digest_secret().await.expect("secret")
            });
        }
        let mut secrets = tasks.join_all().await;
        secrets.dedup();
        assert_eq!(secrets.len(), 1);
    }
}

/// An empty file is no state yet; a missing folder is made at the first write only.
#[tokio::test]
async fn reading_makes_nothing() {
    let dir = TempDir::new().expect("a folder");
    let path = dir.path().join("a/b/state.db");
    let store = SqliteStore::new(&path);
    assert!(store.read(&key()).await.expect("read").is_none());
    assert!(!store.exists() && !dir.path().join("a").exists());
    filled(&path, 1, 1).await;
    assert_eq!(objects(&store).await, 1);
    #[cfg(unix)]
    for file in std::fs::read_dir(dir.path().join("a/b")).expect("a folder") {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = file.expect("an entry").metadata().expect("metadata").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
