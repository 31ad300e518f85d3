//! Runs of the store in memory.

use async_trait::async_trait;
use std::time::SystemTime;

use super::{Entry, MemoryStore};
use crate::diff::same_output;
use crate::{
    Change, Closed, DanglingIntent, Intent, IntentId, Lock, Result, Run, RunId, Snapshot,
    StateError, StateKey,
};

pub(super) struct MemoryRun {
    store: MemoryStore,
    key: StateKey,
    lock: Option<Lock>,
    id: RunId,
}

impl MemoryRun {
    pub(super) const fn new(
        store: MemoryStore,
        key: StateKey,
        lock: Option<Lock>,
        id: RunId,
    ) -> Self {
        Self { store, key, lock, id }
    }

    /// Does `work` on the state, if the run may still write.
    fn write<T>(&self, work: impl FnOnce(&mut Entry) -> Result<T>) -> Result<T> {
        let mut tables = self.store.tables();
        let entry = tables.entry(&self.key);
        entry.check_lock(self.lock.as_ref())?;
        work(entry)
    }
}

impl Entry {
    /// Applies changes; what is so already is no change.
    fn apply(&mut self, changes: Vec<Change>) -> Result<()> {
        for change in changes {
            let state = &mut self.snapshot.state;
            let same = match &change {
                Change::Object { addr, deposed, provider, object } => {
                    let instance = state.instance(addr);
                    instance.and_then(|i| i.object(*deposed)) == object.as_ref()
                        && (object.is_none() || instance.is_some_and(|i| i.provider == *provider))
                }
                Change::Output { name, output } => {
                    same_output(state.outputs().get(name), output.as_ref())?
                }
                Change::ModuleOutputs { .. } => {
                    let mut next = state.clone();
                    next.apply(change.clone());
                    state.diff(&next)?.is_empty()
                }
                Change::Checks(checks) => state.checks() == checks.as_ref(),
            };
            if same {
                continue;
            }
            state.apply(change);
            if let Some(run) = &mut self.open {
                run.changed = true;
            }
        }
        Ok(())
    }
}

#[async_trait]
impl Run for MemoryRun {
    fn id(&self) -> &RunId {
        &self.id
    }

    async fn begin(&self, intents: Vec<Intent>) -> Result<Vec<IntentId>> {
        let first = {
            let mut tables = self.store.tables();
            let first = tables.next_intent + 1;
            tables.next_intent += intents.len() as u64;
            first
        };
        self.write(|entry| {
            let Some(meta) = entry.open.as_ref().map(|run| run.meta.clone()) else {
                return Err(StateError::Stopped("the run has ended".to_owned()));
            };
            let mut ids = Vec::with_capacity(intents.len());
            for (id, intent) in (first..).map(IntentId).zip(intents) {
                let (run, meta, begun) = (self.id.clone(), meta.clone(), SystemTime::now());
                entry.intents.insert(id, DanglingIntent { id, run, meta, begun, intent });
                ids.push(id);
            }
            Ok(ids)
        })
    }

    async fn finish(&self, intent: IntentId, changes: Vec<Change>) -> Result<()> {
        self.write(|entry| {
            if entry.intents.remove(&intent).is_none() {
                return Err(StateError::NoIntent { id: intent.0 });
            }
            entry.apply(changes)
        })
    }

    async fn record(&self, changes: Vec<Change>) -> Result<()> {
        self.write(|entry| entry.apply(changes))
    }

    async fn flush(&self) -> Result<()> {
        self.write(|_| Ok(()))
    }

    async fn replace(&self, snapshot: Snapshot, force: bool) -> Result<()> {
        self.write(|entry| {
            let first = entry.newest() == 0;
            let existing = entry.stored().snapshot;
            if !force && !first {
                existing.check_replace(&snapshot)?;
            }
            let changes = existing.state.diff(&snapshot.state)?;
            let serial = Snapshot::serial_after_replace(&snapshot, first, !changes.is_empty());
            let mut changed = first || !changes.is_empty() || serial != existing.serial;
            if !snapshot.lineage.is_empty() && snapshot.lineage != existing.lineage {
                entry.snapshot.lineage = snapshot.lineage;
                changed = true;
            }
            entry.apply(changes)?;
            if let Some(run) = entry.open.as_mut().filter(|_| changed) {
                run.changed = true;
                run.serial = Some(serial);
            }
            Ok(())
        })
    }

    async fn close(self: Box<Self>) -> Result<Closed> {
        self.write(|entry| {
            let version = entry.close()?;
            Ok(Closed { version, serial: entry.snapshot.serial })
        })
    }
}

/// A run that ends without `close` leaves its version open.
impl Drop for MemoryRun {
    fn drop(&mut self) {
        let mut tables = self.store.tables();
        if let Some(run) = &mut tables.entry(&self.key).open
            && run.id == self.id
        {
            run.alive = false;
        }
    }
}
