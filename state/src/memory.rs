//! A store in memory: the fake that tests use.

mod run;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use async_trait::async_trait;

use self::run::MemoryRun;
use crate::{
    Change, DEFAULT_WORKSPACE, DanglingIntent, IntentId, Lock, LockInfo, LockState, Result, Run,
    RunId, RunMeta, Snapshot, State, StateError, StateKey, StateStore, Stored, VersionId,
    VersionInfo,
};

/// A store in memory, with every promise of [`StateStore`] but durability. Clones share it.
#[derive(Clone, Default)]
pub struct MemoryStore(Arc<Mutex<Tables>>);

#[derive(Default)]
struct Tables {
    states: BTreeMap<StateKey, Entry>,
    next_intent: u64,
    next_fence: u64,
    secret: Option<[u8; 32]>,
}

/// All that is kept of one state.
struct Entry {
    /// As of the last transaction.
    snapshot: Snapshot,
    /// Closed ones, oldest first, with the state as it was then.
    versions: Vec<(VersionInfo, Snapshot)>,
    /// The last run, until its version is closed.
    open: Option<OpenRun>,
    /// Of the run in progress and of dead ones.
    intents: BTreeMap<IntentId, DanglingIntent>,
    lock: Option<(LockInfo, u64)>,
}

struct OpenRun {
    id: RunId,
    meta: RunMeta,
    /// Whether its handle is still there.
    alive: bool,
    changed: bool,
    /// The serial that `replace` set.
    serial: Option<u64>,
}

impl Entry {
    fn new() -> Self {
        Self {
            snapshot: Snapshot {
                lineage: uuid::Uuid::new_v4().to_string(),
                serial: 0,
                terraform_version: String::new(),
                state: State::default(),
            },
            versions: Vec::new(),
            open: None,
            intents: BTreeMap::new(),
            lock: None,
        }
    }

    fn changed(&self) -> bool {
        self.open.as_ref().is_some_and(|run| run.changed)
    }

    /// The number of the newest version, closed or open; 0 for none.
    fn newest(&self) -> u64 {
        self.versions.len() as u64 + u64::from(self.changed())
    }

    /// What the open version is so far.
    fn open_info(&self) -> Result<Option<VersionInfo>> {
        let Some(run) = self.open.as_ref().filter(|run| run.changed) else { return Ok(None) };
        let before = self.versions.last().map(|(_, snapshot)| snapshot.state.clone());
        let (mut added, mut changed, mut removed) = (0, 0, 0);
        let before = before.unwrap_or_default();
        for change in before.diff(&self.snapshot.state)? {
            let Change::Object { addr, deposed, object, .. } = change else { continue };
            match (before.object(&addr, deposed), object) {
                (None, _) => added += 1,
                (Some(_), None) => removed += 1,
                (Some(_), Some(_)) => changed += 1,
            }
        }
        Ok(Some(VersionInfo {
            version: VersionId(self.newest()),
            serial: run.serial.unwrap_or(self.snapshot.serial + 1),
            run: run.id.clone(),
            meta: run.meta.clone(),
            closed: None,
            added,
            changed,
            removed,
        }))
    }

    /// Closes the open version, if there is one.
    fn close(&mut self) -> Result<Option<VersionId>> {
        let info = self.open_info()?;
        let run = self.open.take();
        let (Some(mut info), Some(run)) = (info, run) else { return Ok(None) };
        info.closed = Some(SystemTime::now());
        self.snapshot.serial = info.serial;
        self.snapshot.terraform_version.clone_from(&run.meta.terraform_version);
        let version = info.version;
        self.versions.push((info, self.snapshot.clone()));
        Ok(Some(version))
    }

    /// The newest state, with the serial that closing the open version would give it.
    fn stored(&self) -> Stored {
        let mut snapshot = self.snapshot.clone();
        if let Some(run) = self.open.as_ref().filter(|run| run.changed) {
            snapshot.serial = run.serial.unwrap_or(snapshot.serial + 1);
            snapshot.terraform_version.clone_from(&run.meta.terraform_version);
        }
        Stored { version: VersionId(self.newest()), snapshot }
    }
}

impl Tables {
    fn entry(&mut self, key: &StateKey) -> &mut Entry {
        self.states.entry(key.clone()).or_insert_with(Entry::new)
    }
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// The intents of the run in progress, oldest first: what would be left of it if it died now.
    pub fn open_intents(&self, key: &StateKey) -> Vec<crate::Intent> {
        let tables = self.tables();
        let Some(entry) = tables.states.get(key) else { return Vec::new() };
        let Some(run) = entry.open.as_ref().filter(|run| run.alive) else { return Vec::new() };
        let open = entry.intents.values().filter(|found| found.run == run.id);
        open.map(|found| found.intent.clone()).collect()
    }

    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn no_workspace(key: &StateKey) -> StateError {
    StateError::NoWorkspace { name: key.workspace.to_string() }
}

#[async_trait]
impl StateStore for MemoryStore {
    async fn read(&self, key: &StateKey) -> Result<Option<Stored>> {
        let tables = self.tables();
        let written = tables.states.get(key).filter(|entry| entry.newest() > 0);
        Ok(written.map(Entry::stored))
    }

    async fn read_version(&self, key: &StateKey, version: VersionId) -> Result<Stored> {
        let tables = self.tables();
        let none = || StateError::NoVersion { version: version.0 };
        let entry = tables.states.get(key).ok_or_else(none)?;
        if let Some((info, snapshot)) = entry.versions.iter().find(|v| v.0.version == version) {
            return Ok(Stored { version: info.version, snapshot: snapshot.clone() });
        }
        Some(entry.stored()).filter(|s| s.version == version && version.0 > 0).ok_or_else(none)
    }

    async fn versions(&self, key: &StateKey) -> Result<Vec<VersionInfo>> {
        let tables = self.tables();
        let Some(entry) = tables.states.get(key) else { return Ok(Vec::new()) };
        let closed = entry.versions.iter().rev().map(|(info, _)| info.clone());
        Ok(entry.open_info()?.into_iter().chain(closed).collect())
    }

    async fn dangling(&self, key: &StateKey) -> Result<Vec<DanglingIntent>> {
        let tables = self.tables();
        let Some(entry) = tables.states.get(key) else { return Ok(Vec::new()) };
        let current = entry.open.as_ref().filter(|run| run.alive).map(|run| &run.id);
        Ok(entry.intents.values().filter(|i| Some(&i.run) != current).cloned().collect())
    }

    async fn workspaces(&self, stack: &str) -> Result<Vec<String>> {
        let tables = self.tables();
        let mut names: Vec<String> = tables
            .states
            .keys()
            .filter(|key| &*key.stack == stack)
            .map(|key| key.workspace.to_string())
            .chain([DEFAULT_WORKSPACE.to_owned()])
            .collect();
        names.sort();
        names.dedup();
        Ok(names)
    }

    async fn create_workspace(&self, key: &StateKey) -> Result<()> {
        let mut tables = self.tables();
        if &*key.workspace == DEFAULT_WORKSPACE || tables.states.contains_key(key) {
            return Err(StateError::WorkspaceExists { name: key.workspace.to_string() });
        }
        tables.entry(key);
        Ok(())
    }

    async fn delete_workspace(&self, key: &StateKey) -> Result<()> {
        if &*key.workspace == DEFAULT_WORKSPACE {
            return Err(StateError::DefaultWorkspace);
        }
        let mut tables = self.tables();
        let entry = tables.states.get(key).ok_or_else(|| no_workspace(key))?;
        entry.refuse_while_running()?;
        tables.states.remove(key);
        Ok(())
    }

    async fn lock(&self, key: &StateKey, info: LockInfo) -> Result<Lock> {
        let mut tables = self.tables();
        let fence = tables.next_fence + 1;
        let entry = tables.entry(key);
        if let Some((held, _)) = &entry.lock {
            let info = Box::new(held.clone());
            return Err(StateError::Locked { info, state: LockState::Held });
        }
        let id = info.id.clone();
        entry.lock = Some((info, fence));
        tables.next_fence = fence;
        Ok(Lock { id, fence, taken_over: None })
    }

    async fn unlock(&self, key: &StateKey, id: &str) -> Result<()> {
        let mut tables = self.tables();
        let entry = tables.entry(key);
        let existing = entry.lock.as_ref().map(|(info, _)| info.id.clone());
        if existing.as_deref() != Some(id) {
            return Err(StateError::LockMismatch { asked: id.to_owned(), existing });
        }
        entry.lock = None;
        Ok(())
    }

    async fn lock_info(&self, key: &StateKey) -> Result<Option<LockInfo>> {
        let tables = self.tables();
        let lock = tables.states.get(key).and_then(|entry| entry.lock.as_ref());
        Ok(lock.map(|(info, _)| info.clone()))
    }

    async fn begin_run(
        &self,
        key: &StateKey,
        lock: Option<&Lock>,
        meta: RunMeta,
    ) -> Result<Box<dyn Run>> {
        let mut tables = self.tables();
        let entry = tables.entry(key);
        entry.check_lock(lock)?;
        entry.refuse_while_running()?;
        entry.close()?;
        let id = RunId(uuid::Uuid::new_v4().to_string().into());
        entry.open =
            Some(OpenRun { id: id.clone(), meta, alive: true, changed: false, serial: None });
        Ok(Box::new(MemoryRun::new(self.clone(), key.clone(), lock.cloned(), id)))
    }

    async fn digest_secret(&self) -> Result<[u8; 32]> {
        let mut tables = self.tables();
        if tables.secret.is_none() {
            let new = crate::random_secret().map_err(|error| StateError::Io {
                action: "read",
                path: "memory".to_owned(),
                source: Box::new(error),
            })?;
            tables.secret = Some(new);
        }
        Ok(tables.secret.unwrap_or_default())
    }
}

impl Entry {
    fn refuse_while_running(&self) -> Result<()> {
        match self.open.as_ref().filter(|run| run.alive) {
            None => Ok(()),
            Some(run) => Err(StateError::RunInProgress {
                command: run.meta.command.clone(),
                actor: run.meta.actor.clone(),
            }),
        }
    }

    fn check_lock(&self, lock: Option<&Lock>) -> Result<()> {
        let Some(lock) = lock else { return Ok(()) };
        let held = self.lock.as_ref().is_some_and(|(_, fence)| *fence == lock.fence);
        if held { Ok(()) } else { Err(StateError::LockLost { id: lock.id.clone() }) }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::conformance::Fixture;
    use crate::{MemoryStore, StateStore};

    impl Fixture for MemoryStore {
        fn open(&self) -> Arc<dyn StateStore> {
            Arc::new(self.clone())
        }
    }

    crate::conformance_tests!(MemoryStore::new());
}
