//! The store itself.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use groma_state::{
    DEFAULT_WORKSPACE, DanglingIntent, Lock, LockInfo, Result, Run, RunId, RunMeta, StateError,
    StateKey, StateStore, Stored, VersionId, VersionInfo,
};
use rusqlite::Connection;

use crate::error::{Failure, WorkError};
use crate::run::{OpenRun, SqliteRun, close_dead, holds, newest_version};
use crate::worker::{Session, Worker, find_state};
use crate::{load, locks, schema, versions};

/// States in one SQLite file. Clones share it. Takes a tokio runtime to work in.
#[derive(Clone)]
pub struct SqliteStore(Arc<Inner>);

/// How a store behaves.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// The most pages of 4 KiB that the file may have: a quota.
    pub page_limit: Option<u32>,
    /// How long to wait while another process writes.
    pub patience: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self { page_limit: None, patience: Duration::from_secs(5) }
    }
}

struct Inner {
    path: PathBuf,
    options: Options,
    reader: Mutex<Option<Connection>>,
    writer: Mutex<Option<Arc<Worker>>>,
}

impl SqliteStore {
    /// The store in the file `path`. Touches nothing yet: the file, and the folder that it is in,
    /// are made at the first write.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self::with(path, Options::default())
    }

    /// The same, with `options`.
    pub fn with(path: impl Into<PathBuf>, options: Options) -> Self {
        let (reader, writer) = (Mutex::new(None), Mutex::new(None));
        Self(Arc::new(Inner { path: path.into(), options, reader, writer }))
    }

    /// Whether the file is there.
    pub fn exists(&self) -> bool {
        self.0.path.exists()
    }

    /// Does `work` on the connection for reading, or gives `nothing` if there is no file.
    async fn read_with<T: Send + 'static>(
        &self,
        nothing: T,
        work: impl FnOnce(&Connection) -> Result<T, WorkError> + Send + 'static,
    ) -> Result<T> {
        let inner = self.0.clone();
        let task = tokio::task::spawn_blocking(move || {
            let path = &inner.path;
            let mut reader = inner.reader.lock().unwrap_or_else(PoisonError::into_inner);
            if reader.is_none() {
                *reader = schema::open_to_read(path, inner.options)
                    .map_err(|failure| failure.at(path))?;
            }
            let Some(conn) = &*reader else { return Ok(nothing) };
            work(conn).map_err(|error| match error {
                WorkError::Refused(error) => error,
                WorkError::Failed(failure) => failure.at(path),
            })
        });
        task.await.unwrap_or_else(|error| Err(StateError::Stopped(error.to_string())))
    }

    /// The thread that writes, started if need be.
    async fn worker(&self) -> Result<Arc<Worker>> {
        let inner = self.0.clone();
        let task = tokio::task::spawn_blocking(move || {
            let mut writer = inner.writer.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(worker) = &*writer {
                return Ok(worker.clone());
            }
            let worker = Worker::start(&inner.path, inner.options)
                .map_err(|failure| failure.at(&inner.path))?;
            Ok(writer.insert(Arc::new(worker)).clone())
        });
        task.await.unwrap_or_else(|error| Err(StateError::Stopped(error.to_string())))
    }

    async fn write_with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Session<'_>) -> Result<T, WorkError> + Send + 'static,
    ) -> Result<T> {
        self.worker().await?.ask(None, work).await
    }
}

#[async_trait]
impl StateStore for SqliteStore {
    async fn read(&self, key: &StateKey) -> Result<Option<Stored>> {
        let key = key.clone();
        self.read_with(None, move |conn| {
            let Some(state) = find_state(conn, &key.stack, &key.workspace)? else {
                return Ok(None);
            };
            Ok(load::stored(conn, state, None)?)
        })
        .await
    }

    async fn read_version(&self, key: &StateKey, version: VersionId) -> Result<Stored> {
        let key = key.clone();
        let found = self
            .read_with(None, move |conn| {
                let Some(state) = find_state(conn, &key.stack, &key.workspace)? else {
                    return Ok(None);
                };
                Ok(load::stored(conn, state, Some(version))?)
            })
            .await?;
        found.ok_or(StateError::NoVersion { version: version.0 })
    }

    async fn versions(&self, key: &StateKey) -> Result<Vec<VersionInfo>> {
        let key = key.clone();
        self.read_with(Vec::new(), move |conn| {
            let Some(state) = find_state(conn, &key.stack, &key.workspace)? else {
                return Ok(Vec::new());
            };
            Ok(versions::list(conn, state)?)
        })
        .await
    }

    async fn dangling(&self, key: &StateKey) -> Result<Vec<DanglingIntent>> {
        let key = key.clone();
        self.read_with(Vec::new(), move |conn| {
            let Some(state) = find_state(conn, &key.stack, &key.workspace)? else {
                return Ok(Vec::new());
            };
            let tx = conn.unchecked_transaction().map_err(Failure::from)?;
            let live = locks::live_run(&tx, state)?.map(|run| run.id);
            let intents = load::intents(&tx, state)?;
            Ok(intents.into_iter().filter(|(run, _)| Some(*run) != live).map(|i| i.1).collect())
        })
        .await
    }

    async fn workspaces(&self, stack: &str) -> Result<Vec<String>> {
        let stack = stack.to_owned();
        let mut names = self
            .read_with(Vec::new(), move |conn| {
                let sql = "SELECT workspace FROM states WHERE stack = ?1";
                let mut statement = conn.prepare_cached(sql)?;
                let names = statement.query_map([stack], |row| row.get(0))?;
                Ok(names.collect::<Result<Vec<String>, _>>()?)
            })
            .await?;
        names.push(DEFAULT_WORKSPACE.to_owned());
        names.sort();
        names.dedup();
        Ok(names)
    }

    async fn create_workspace(&self, key: &StateKey) -> Result<()> {
        let key = key.clone();
        self.write_with(move |session| {
            let there = session.find_state(&key.stack, &key.workspace)?.is_some();
            if there || &*key.workspace == DEFAULT_WORKSPACE {
                let name = key.workspace.to_string();
                return Err(StateError::WorkspaceExists { name }.into());
            }
            session.state(&key.stack, &key.workspace)?;
            Ok(())
        })
        .await
    }

    async fn delete_workspace(&self, key: &StateKey) -> Result<()> {
        if &*key.workspace == DEFAULT_WORKSPACE {
            return Err(StateError::DefaultWorkspace);
        }
        let key = key.clone();
        self.write_with(move |session| {
            let Some(state) = session.find_state(&key.stack, &key.workspace)? else {
                let name = key.workspace.to_string();
                return Err(StateError::NoWorkspace { name }.into());
            };
            refuse_while_running(session.conn, state)?;
            for table in ["intents", "locks", "facts", "subjects", "versions", "runs"] {
                session.conn.execute(&format!("DELETE FROM {table} WHERE state = ?1"), [state])?;
            }
            session.conn.execute("DELETE FROM states WHERE id = ?1", [state])?;
            session.memory.locks.retain(|(of, _)| *of != state);
            Ok(())
        })
        .await
    }

    async fn lock(&self, key: &StateKey, info: LockInfo) -> Result<Lock> {
        let key = key.clone();
        self.write_with(move |session| {
            let state = session.state(&key.stack, &key.workspace)?;
            session.take_lock(state, &info)
        })
        .await
    }

    async fn unlock(&self, key: &StateKey, id: &str) -> Result<()> {
        let (key, id) = (key.clone(), id.to_owned());
        self.write_with(move |session| {
            let state = session.find_state(&key.stack, &key.workspace)?;
            session.release_lock(state, &id)
        })
        .await
    }

    async fn lock_info(&self, key: &StateKey) -> Result<Option<LockInfo>> {
        let key = key.clone();
        self.read_with(None, move |conn| {
            let Some(state) = find_state(conn, &key.stack, &key.workspace)? else {
                return Ok(None);
            };
            Ok(locks::held(conn, state)?.map(|held| held.info))
        })
        .await
    }

    async fn begin_run(
        &self,
        key: &StateKey,
        lock: Option<&Lock>,
        meta: RunMeta,
    ) -> Result<Box<dyn Run>> {
        let worker = self.worker().await?;
        let (key, lock) = (key.clone(), lock.cloned());
        let name = RunId(uuid::Uuid::new_v4().to_string().into());
        let run_name = name.clone();
        let begin = move |session: &mut Session<'_>| {
            let state = session.state(&key.stack, &key.workspace)?;
            if let Some(lock) = &lock
                && !holds(session.conn, state, lock)?
            {
                return Err(StateError::LockLost { id: lock.id.clone() }.into());
            }
            refuse_while_running(session.conn, state)?;
            close_dead(session.conn, state)?;
            let newest = newest_version(session.conn, state)?;
            let id = locks::insert_run(session.conn, state, &run_name.0, &meta)?;
            session.memory.runs.insert(id, OpenRun::new(id, state, lock, newest));
            Ok(id)
        };
        let id = worker.ask(None, begin).await?;
        Ok(Box::new(SqliteRun::new(worker, id, name)))
    }

    async fn digest_secret(&self) -> Result<[u8; 32]> {
        self.write_with(|session| {
            let sql = "SELECT value FROM meta WHERE key = 'digest_secret'";
            let secret: Vec<u8> = session.conn.query_row(sql, [], |row| row.get(0))?;
            Ok(secret.try_into().map_err(|_| Failure::corrupt("the secret is cut off"))?)
        })
        .await
    }
}

fn refuse_while_running(conn: &Connection, state: i64) -> Result<(), WorkError> {
    match locks::live_run(conn, state)? {
        None => Ok(()),
        Some(locks::Live { command, actor, .. }) => {
            Err(StateError::RunInProgress { command, actor }.into())
        }
    }
}
