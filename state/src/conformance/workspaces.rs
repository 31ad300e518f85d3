//! Workspaces, and what belongs to the whole store.

use super::{Fixture, lock_info, meta, set};
use crate::{StateError, StateKey};

/// Workspaces are listed by stack; the default one is always there.
pub async fn workspaces_come_and_go(fixture: &impl Fixture) {
    let store = fixture.open();
    assert_eq!(store.workspaces("s").await.expect("list"), ["default"]);
    let dev = StateKey::new("s", "dev");
    store.create_workspace(&dev).await.expect("create");
    store.create_workspace(&StateKey::new("s", "a")).await.expect("create");
    store.create_workspace(&StateKey::new("t", "b")).await.expect("create");
    for name in ["dev", "default"] {
        let again = store.create_workspace(&StateKey::new("s", name)).await;
        let error = again.expect_err("is there");
        assert!(matches!(error, StateError::WorkspaceExists { .. }), "{error}");
    }
    assert_eq!(store.workspaces("s").await.expect("list"), ["a", "default", "dev"]);
    assert!(store.read(&dev).await.expect("read").is_none());

    let run = store.begin_run(&dev, None, meta("apply")).await.expect("begin");
    run.record(vec![set("t.a", "1")]).await.expect("record");
    run.begin(vec![super::intent("t.b")]).await.expect("begin");
    let error = store.delete_workspace(&dev).await.expect_err("in use");
    assert!(matches!(error, StateError::RunInProgress { .. }), "{error}");
    run.close().await.expect("close");
    store.lock(&dev, lock_info("apply")).await.expect("lock");
    store.delete_workspace(&dev).await.expect("delete");
    assert_eq!(store.workspaces("s").await.expect("list"), ["a", "default"]);
    // Nothing of it is left for one that comes later under its name.
    store.create_workspace(&dev).await.expect("create");
    assert!(store.read(&dev).await.expect("read").is_none());
    assert!(store.versions(&dev).await.expect("versions").is_empty());
    assert!(store.dangling(&dev).await.expect("dangling").is_empty());
    assert_eq!(store.lock_info(&dev).await.expect("info"), None);

    let gone = store.delete_workspace(&StateKey::new("s", "none")).await.expect_err("none");
    assert!(matches!(gone, StateError::NoWorkspace { .. }), "{gone}");
    let default = store.delete_workspace(&StateKey::new("s", "default")).await;
    assert!(matches!(default, Err(StateError::DefaultWorkspace)));
}

/// The store's secret is made once.
pub async fn the_secret_stays(fixture: &impl Fixture) {
    let secret = fixture.open().digest_secret().await.expect("secret");
    assert_ne!(secret, [0; 32]);
    assert_eq!(fixture.open().digest_secret().await.expect("secret"), secret);
}
