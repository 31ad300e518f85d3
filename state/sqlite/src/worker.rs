//! The thread that writes, and its group commits.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime};

use groma_state::{Result, StateError};
use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior, params};
use tokio::sync::oneshot;

use crate::error::{Failure, WorkError};
use crate::process::Process;
use crate::run::OpenRun;
use crate::{Options, schema};

/// How long a lease lasts.
pub(crate) const LEASE: Duration = Duration::from_mins(1);

/// How often leases are renewed.
const RENEWAL: Duration = Duration::from_secs(15);

/// The most jobs that one transaction takes, so that nobody waits for long.
const GROUP: usize = 4096;

/// Milliseconds since 1970.
pub(crate) fn millis(time: SystemTime) -> i64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// What [`millis`] was made from.
pub(crate) fn time(millis: i64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_millis(u64::try_from(millis).unwrap_or(0))
}

/// Until when a lease that is renewed now lasts.
pub(crate) fn lease() -> i64 {
    millis(SystemTime::now() + LEASE)
}

/// A transaction in the making, and what the thread knows besides.
pub(crate) struct Session<'a> {
    pub(crate) conn: &'a Connection,
    pub(crate) memory: &'a mut Memory,
}

/// What the thread knows between transactions.
#[derive(Clone, Default)]
pub(crate) struct Memory {
    /// Runs of this process that have not ended.
    pub(crate) runs: HashMap<i64, OpenRun>,
    /// Locks that this process holds: state and fence.
    pub(crate) locks: HashSet<(i64, u64)>,
}

/// Something to do within a transaction, and someone to tell.
trait Job: Send {
    /// The run that it belongs to.
    fn run_id(&self) -> Option<i64>;
    fn work(&mut self, session: &mut Session<'_>) -> Result<(), Failure>;
    fn done(self: Box<Self>, committed: Result<(), Failure>);
}

struct Task<T, W> {
    run: Option<i64>,
    work: Option<W>,
    result: Option<Result<T>>,
    reply: oneshot::Sender<Result<T>>,
    path: PathBuf,
}

impl<T, W> Job for Task<T, W>
where
    T: Send,
    W: FnOnce(&mut Session<'_>) -> Result<T, WorkError> + Send,
{
    fn run_id(&self) -> Option<i64> {
        self.run
    }

    fn work(&mut self, session: &mut Session<'_>) -> Result<(), Failure> {
        let Some(work) = self.work.take() else { return Ok(()) };
        self.result = Some(match work(session) {
            Ok(value) => Ok(value),
            Err(WorkError::Refused(error)) => Err(error),
            Err(WorkError::Failed(failure)) => return Err(failure),
        });
        Ok(())
    }

    fn done(self: Box<Self>, committed: Result<(), Failure>) {
        let result = match committed {
            Ok(()) => self.result.unwrap_or_else(|| Err(stopped())),
            Err(failure) => Err(failure.at(&self.path)),
        };
        // Nobody may be waiting any more.
        drop(self.reply.send(result));
    }
}

fn stopped() -> StateError {
    StateError::Stopped("the store was closed".to_owned())
}

/// A handle on the thread. Dropping it waits until all that is queued is written.
pub(crate) struct Worker {
    path: PathBuf,
    jobs: Mutex<Option<Sender<Box<dyn Job>>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Worker {
    /// Opens the database and starts the thread.
    pub(crate) fn start(path: &Path, options: Options) -> Result<Self, Failure> {
        let conn = schema::open_to_write(path, options)?;
        if let Some(pages) = options.page_limit {
            conn.pragma_update(None, "max_page_count", pages)?;
        }
        let (jobs, queue) = mpsc::channel();
        let thread = std::thread::Builder::new()
            .name("groma-state".to_owned())
            .spawn(move || serve(conn, &queue))
            .map_err(|error| Failure::io("open", &error))?;
        Ok(Self {
            path: path.to_owned(),
            jobs: Mutex::new(Some(jobs)),
            thread: Mutex::new(Some(thread)),
        })
    }

    /// Queues work for the next transaction. The receiver gets its result once that is durable.
    pub(crate) fn submit<T, W>(&self, run: Option<i64>, work: W) -> oneshot::Receiver<Result<T>>
    where
        T: Send + 'static,
        W: FnOnce(&mut Session<'_>) -> Result<T, WorkError> + Send + 'static,
    {
        let (reply, receiver) = oneshot::channel();
        let path = self.path.clone();
        let task = Box::new(Task { run, work: Some(work), result: None, reply, path });
        let jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        // If the thread is gone the receiver finds its sender dropped.
        if let Some(jobs) = &*jobs {
            drop(jobs.send(task));
        }
        receiver
    }

    /// Queues work and waits for its result.
    pub(crate) async fn ask<T, W>(&self, run: Option<i64>, work: W) -> Result<T>
    where
        T: Send + 'static,
        W: FnOnce(&mut Session<'_>) -> Result<T, WorkError> + Send + 'static,
    {
        self.submit(run, work).await.unwrap_or_else(|_| Err(stopped()))
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner).take();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            // It cannot have panicked but by a bug, which it has reported itself.
            drop(thread.join());
        }
    }
}

fn serve(mut conn: Connection, queue: &Receiver<Box<dyn Job>>) {
    let mut memory = Memory::default();
    loop {
        let first = match queue.recv_timeout(RENEWAL) {
            Ok(job) => job,
            Err(RecvTimeoutError::Timeout) => {
                // If it cannot be renewed now, it will be at the next write or the next time.
                drop(renew(&conn, &memory));
                continue;
            }
            Err(RecvTimeoutError::Disconnected) => return,
        };
        let mut group = vec![first];
        group.extend(queue.try_iter().take(GROUP - 1));
        let before = memory.clone();
        let result = commit(&mut conn, &mut memory, &mut group);
        if let Err(failure) = &result {
            memory = before;
            for job in &group {
                if let Some(run) = job.run_id().and_then(|id| memory.runs.get_mut(&id)) {
                    run.failed.get_or_insert_with(|| failure.clone());
                }
            }
        }
        for job in group {
            job.done(result.clone());
        }
    }
}

/// One transaction for the whole group: all of it, or nothing.
fn commit(
    conn: &mut Connection,
    memory: &mut Memory,
    group: &mut [Box<dyn Job>],
) -> Result<(), Failure> {
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut session = Session { conn: &tx, memory };
    for run in session.memory.runs.values_mut() {
        run.begin_group();
    }
    for job in group {
        job.work(&mut session)?;
    }
    let mut runs = std::mem::take(&mut session.memory.runs);
    for run in runs.values_mut() {
        run.end_group(&tx)?;
    }
    session.memory.runs = runs;
    tx.commit()?;
    Ok(())
}

/// Says that this process is still there.
fn renew(conn: &Connection, memory: &Memory) -> Result<(), Failure> {
    for run in memory.runs.keys() {
        let sql = "UPDATE runs SET lease = ?2 WHERE id = ?1 AND ended IS NULL";
        conn.prepare_cached(sql)?.execute(params![run, lease()])?;
    }
    for (state, fence) in &memory.locks {
        let sql = "UPDATE locks SET lease = ?3 WHERE state = ?1 AND fence = ?2";
        conn.prepare_cached(sql)?.execute(params![state, fence, lease()])?;
    }
    Ok(())
}

impl Session<'_> {
    /// The id of a state, if it is known.
    pub(crate) fn find_state(&self, stack: &str, workspace: &str) -> Result<Option<i64>, Failure> {
        find_state(self.conn, stack, workspace)
    }

    /// The id of a state, made if need be.
    pub(crate) fn state(&self, stack: &str, workspace: &str) -> Result<i64, Failure> {
        if let Some(id) = self.find_state(stack, workspace)? {
            return Ok(id);
        }
        let sql = "INSERT INTO states (stack, workspace, lineage) VALUES (?1, ?2, ?3)";
        let lineage = uuid::Uuid::new_v4().to_string();
        self.conn.prepare_cached(sql)?.execute([stack, workspace, &lineage])?;
        Ok(self.conn.last_insert_rowid())
    }

    /// The id of a shared text.
    pub(crate) fn text(&self, text: &str) -> Result<i64, Failure> {
        let sql = "SELECT id FROM texts WHERE text = ?1";
        let found =
            self.conn.prepare_cached(sql)?.query_row([text], |row| row.get(0)).optional()?;
        if let Some(id) = found {
            return Ok(id);
        }
        self.conn.prepare_cached("INSERT INTO texts (text) VALUES (?1)")?.execute([text])?;
        Ok(self.conn.last_insert_rowid())
    }
}

/// The id of a state, if it is known.
pub(crate) fn find_state(
    conn: &Connection,
    stack: &str,
    workspace: &str,
) -> Result<Option<i64>, Failure> {
    let sql = "SELECT id FROM states WHERE stack = ?1 AND workspace = ?2";
    Ok(conn.prepare_cached(sql)?.query_row([stack, workspace], |row| row.get(0)).optional()?)
}

/// Whether a process that holds something is gone, as far as can be told: `Some` for certain.
pub(crate) fn is_gone(process: &Process, lease: i64) -> Option<bool> {
    if process.is_local() {
        return Some(process.has_ended());
    }
    // Elsewhere: only the lease can tell.
    if lease > millis(SystemTime::now()) { Some(false) } else { None }
}
