//! Runs.

use std::sync::Arc;
use std::sync::mpsc;
use std::time::SystemTime;

use async_trait::async_trait;
use groma_state::{
    Change, Closed, Intent, IntentId, Lock, Result, Run, RunId, Snapshot, StateError, VersionId,
};
use rusqlite::{Connection, OptionalExtension as _, params};
use tokio::sync::Semaphore;

use crate::error::{Failure, WorkError};
use crate::facts::{Subject, steps};
use crate::load;
use crate::versions;
use crate::worker::{Session, Worker, millis};

/// What the thread that writes knows of a run in progress.
#[derive(Clone, Debug)]
pub(crate) struct OpenRun {
    pub(crate) id: i64,
    pub(crate) state: i64,
    pub(crate) lock: Option<Lock>,
    /// Of the newest version that is closed; 0 for none.
    pub(crate) version: u64,
    pub(crate) serial: u64,
    pub(crate) lineage: String,
    /// Whether the run has a version of its own, which is `version + 1`.
    pub(crate) open: bool,
    /// What `replace` set.
    pub(crate) set_serial: Option<u64>,
    counts: Counts,
    /// Why it can write no more.
    pub(crate) failed: Option<Failure>,
    /// Within the transaction in the making: whether it has been seen that the run may write,
    /// and whether its version's row must be brought up to date.
    checked: bool,
    stale: bool,
}

#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    added: u64,
    changed: u64,
    removed: u64,
}

impl Counts {
    /// The count that an object belongs in: whether it was there before the version, and is now.
    fn of(&mut self, existed: bool, exists: bool) -> Option<&mut u64> {
        match (existed, exists) {
            (true, true) => Some(&mut self.changed),
            (true, false) => Some(&mut self.removed),
            (false, true) => Some(&mut self.added),
            (false, false) => None,
        }
    }
}

impl OpenRun {
    pub(crate) fn new(
        id: i64,
        state: i64,
        lock: Option<Lock>,
        (version, serial, lineage): (u64, u64, String),
    ) -> Self {
        Self {
            id,
            state,
            lock,
            version,
            serial,
            lineage,
            open: false,
            set_serial: None,
            counts: Counts::default(),
            failed: None,
            checked: false,
            stale: false,
        }
    }

    /// The version that the run makes, opened at its first change.
    pub(crate) fn open_version(&mut self, conn: &Connection) -> Result<u64, Failure> {
        let version = self.version + 1;
        if !self.open {
            let sql = "INSERT INTO versions (state, version, run, lineage, serial) \
                       VALUES (?1, ?2, ?3, ?4, ?5)";
            let values = params![self.state, version, self.id, self.lineage, self.final_serial()];
            conn.prepare_cached(sql)?.execute(values)?;
            self.open = true;
        }
        self.stale = true;
        Ok(version)
    }

    fn final_serial(&self) -> u64 {
        self.set_serial.unwrap_or(self.serial + 1)
    }

    /// Counts an object. `existed`: before this version. `was`: whether it was there after the
    /// last change within this version, if there was one. `is`: whether it is now.
    pub(crate) fn count(&mut self, existed: bool, was: Option<bool>, is: bool) {
        if let Some(count) = was.and_then(|was| self.counts.of(existed, was)) {
            *count = count.saturating_sub(1);
        }
        if let Some(count) = self.counts.of(existed, is) {
            *count += 1;
        }
    }

    /// A new transaction: what was seen before may have changed.
    pub(crate) fn begin_group(&mut self) {
        self.checked = false;
    }

    /// Brings the version's row up to date, once for a whole transaction.
    pub(crate) fn end_group(&mut self, conn: &Connection) -> Result<(), Failure> {
        if std::mem::take(&mut self.stale) {
            let sql = "UPDATE versions SET lineage = ?3, serial = ?4, added = ?5, changed = ?6, \
                       removed = ?7 WHERE state = ?1 AND version = ?2";
            conn.prepare_cached(sql)?.execute(params![
                self.state,
                self.version + 1,
                self.lineage,
                self.final_serial(),
                self.counts.added,
                self.counts.changed,
                self.counts.removed,
            ])?;
        }
        Ok(())
    }

    /// Whether the run may still write: its lock is held, and no other has taken it for dead.
    fn check(&mut self, conn: &Connection) -> Result<(), WorkError> {
        if let Some(failure) = &self.failed {
            let text = match failure {
                Failure::Full => "no space left".to_owned(),
                Failure::Busy => "the database is busy".to_owned(),
                Failure::ReadOnly => "the database is read-only".to_owned(),
                Failure::Newer { .. } => "the database is of a newer version".to_owned(),
                Failure::Corrupt(detail) => detail.to_string(),
                Failure::Io { cause, .. } => cause.to_string(),
            };
            return Err(StateError::Stopped(text).into());
        }
        if self.checked {
            return Ok(());
        }
        let lost = |id: &str| WorkError::from(StateError::LockLost { id: id.to_owned() });
        let sql = "SELECT 1 FROM runs WHERE id = ?1 AND ended IS NULL";
        if !conn.prepare_cached(sql)?.exists([self.id])? {
            return Err(lost(self.lock.as_ref().map_or("", |lock| &lock.id)));
        }
        if let Some(lock) = &self.lock
            && !holds(conn, self.state, lock)?
        {
            return Err(lost(&lock.id));
        }
        self.checked = true;
        Ok(())
    }
}

/// Whether a lock is still held.
pub(crate) fn holds(conn: &Connection, state: i64, lock: &Lock) -> Result<bool, Failure> {
    let sql = "SELECT 1 FROM locks WHERE state = ?1 AND fence = ?2 AND id = ?3";
    Ok(conn.prepare_cached(sql)?.exists(params![state, lock.fence, lock.id])?)
}

impl Session<'_> {
    /// Does `work` for a run, if it may still write.
    fn with_run<T>(
        &mut self,
        id: i64,
        work: impl FnOnce(&mut Self, &mut OpenRun) -> Result<T, WorkError>,
    ) -> Result<T, WorkError> {
        let Some(mut run) = self.memory.runs.remove(&id) else {
            return Err(StateError::Stopped("the run has ended".to_owned()).into());
        };
        let result = run.check(self.conn).and_then(|()| work(self, &mut run));
        self.memory.runs.insert(id, run);
        result
    }

    /// Ends a run, and closes its version if it has one.
    fn end_run(&mut self, id: i64, close: bool) -> Result<Closed, WorkError> {
        let Some(mut run) = self.memory.runs.remove(&id) else {
            return Err(StateError::Stopped("the run has ended".to_owned()).into());
        };
        run.end_group(self.conn)?;
        let now = millis(SystemTime::now());
        let sql = "UPDATE runs SET ended = ?2 WHERE id = ?1 AND ended IS NULL";
        self.conn.prepare_cached(sql)?.execute(params![id, now])?;
        if !run.open || !close {
            return Ok(Closed { version: None, serial: run.serial });
        }
        versions::close(self.conn, run.state)?;
        Ok(Closed { version: Some(VersionId(run.version + 1)), serial: run.final_serial() })
    }
}

/// A run in progress.
pub(crate) struct SqliteRun {
    worker: Arc<Worker>,
    /// How many recorded transactions may be queued.
    room: Arc<Semaphore>,
    id: i64,
    name: RunId,
    ended: bool,
}

impl SqliteRun {
    pub(crate) fn new(worker: Arc<Worker>, id: i64, name: RunId) -> Self {
        Self { worker, room: Arc::new(Semaphore::new(8192)), id, name, ended: false }
    }

    async fn ask<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Session<'_>, &mut OpenRun) -> Result<T, WorkError> + Send + 'static,
    ) -> Result<T> {
        let id = self.id;
        self.worker.ask(Some(id), move |session| session.with_run(id, work)).await
    }
}

#[async_trait]
impl Run for SqliteRun {
    fn id(&self) -> &RunId {
        &self.name
    }

    async fn begin(&self, intents: Vec<Intent>) -> Result<Vec<IntentId>> {
        let now = millis(SystemTime::now());
        self.ask(move |session, run| {
            let sql = "INSERT INTO intents (state, run, subject, provider, action, planned, \
                       token, begun) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
            let mut ids = Vec::with_capacity(intents.len());
            for intent in &intents {
                let subject = Subject::object(&intent.addr, intent.deposed);
                let subject = session.subject(run.state, &subject)?;
                let provider = session.text(&intent.provider.to_string())?;
                session.conn.prepare_cached(sql)?.execute(params![
                    run.state,
                    run.id,
                    subject,
                    provider,
                    intent.action.as_str(),
                    intent.planned.as_deref(),
                    &*intent.token,
                    now,
                ])?;
                let id = u64::try_from(session.conn.last_insert_rowid())
                    .map_err(|_| Failure::corrupt("the id of an intent is negative"))?;
                ids.push(IntentId(id));
            }
            Ok(ids)
        })
        .await
    }

    async fn finish(&self, intent: IntentId, changes: Vec<Change>) -> Result<()> {
        let steps = steps(changes)?;
        self.ask(move |session, run| {
            let none = StateError::NoIntent { id: intent.0 };
            let Ok(id) = i64::try_from(intent.0) else { return Err(none.into()) };
            let sql = "DELETE FROM intents WHERE id = ?1 AND state = ?2";
            if session.conn.prepare_cached(sql)?.execute(params![id, run.state])? == 0 {
                return Err(none.into());
            }
            for step in &steps {
                session.store(run, step)?;
            }
            Ok(())
        })
        .await
    }

    async fn record(&self, changes: Vec<Change>) -> Result<()> {
        let steps = steps(changes)?;
        let closed = |_| StateError::Stopped("the run has ended".to_owned());
        let permit = self.room.clone().acquire_owned().await.map_err(closed)?;
        let id = self.id;
        // Nobody waits for the answer: what fails stops the run, and the next call says so.
        drop(self.worker.submit(Some(id), move |session| {
            let _permit = permit;
            session.with_run(id, |session, run| {
                for step in &steps {
                    session.store(run, step)?;
                }
                Ok(())
            })
        }));
        Ok(())
    }

    async fn flush(&self) -> Result<()> {
        self.ask(|_, _| Ok(())).await
    }

    async fn replace(&self, snapshot: Snapshot, force: bool) -> Result<()> {
        self.ask(move |session, run| {
            let first = run.version == 0 && !run.open;
            let existing = load::snapshot_of_run(session.conn, run)?;
            if !force && !first {
                existing.check_replace(&snapshot)?;
            }
            let changes = existing.state.diff(&snapshot.state).map_err(StateError::from)?;
            let steps = steps(changes)?;
            let serial = Snapshot::serial_after_replace(&snapshot, first, !steps.is_empty());
            let lineage = Some(&snapshot.lineage)
                .filter(|lineage| !lineage.is_empty() && **lineage != existing.lineage);
            let unchanged = steps.is_empty() && lineage.is_none() && serial == existing.serial;
            if unchanged && !first {
                return Ok(());
            }
            if let Some(lineage) = lineage {
                run.lineage.clone_from(lineage);
            }
            run.set_serial = Some(serial);
            run.open_version(session.conn)?;
            for step in &steps {
                session.store(run, step)?;
            }
            Ok(())
        })
        .await
    }

    async fn close(mut self: Box<Self>) -> Result<Closed> {
        let id = self.id;
        let closed = self
            .worker
            .ask(Some(id), move |session| {
                session.with_run(id, |_, _| Ok(()))?;
                session.end_run(id, true)
            })
            .await?;
        self.ended = true;
        Ok(closed)
    }
}

/// A run that ends without `close` leaves its version open, for the next to close.
impl Drop for SqliteRun {
    fn drop(&mut self) {
        if self.ended {
            return;
        }
        let id = self.id;
        let (done, wait) = mpsc::channel::<()>();
        // Nobody takes the result, so it is dropped, and the sender with it, once it is durable.
        drop(self.worker.submit(Some(id), move |session| {
            session.end_run(id, false)?;
            Ok(done)
        }));
        let _ = wait.recv();
    }
}

/// The intents of a state whose run has ended.
pub(crate) fn close_dead(conn: &Connection, state: i64) -> Result<(), Failure> {
    let sql = "UPDATE runs SET ended = ?2 WHERE state = ?1 AND ended IS NULL";
    conn.prepare_cached(sql)?.execute(params![state, millis(SystemTime::now())])?;
    versions::close(conn, state)
}

/// The newest version that there is: number, serial, lineage.
pub(crate) fn newest_version(conn: &Connection, state: i64) -> Result<(u64, u64, String), Failure> {
    let sql = "SELECT version, serial, lineage FROM versions WHERE state = ?1 \
               ORDER BY version DESC LIMIT 1";
    let found = conn
        .prepare_cached(sql)?
        .query_row([state], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    if let Some(found) = found {
        return Ok(found);
    }
    let sql = "SELECT lineage FROM states WHERE id = ?1";
    let lineage = conn.prepare_cached(sql)?.query_row([state], |row| row.get(0))?;
    Ok((0, 0, lineage))
}
