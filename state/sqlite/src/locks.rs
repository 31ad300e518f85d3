//! Locks, and whether the runs of a state have ended.

use std::time::SystemTime;

use groma_state::{Lock, LockInfo, LockState, StateError};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::error::{Failure, WorkError};
use crate::process::Process;
use crate::worker::{Session, is_gone, lease, millis, time};

/// A lock that is there.
pub(crate) struct Held {
    pub(crate) info: LockInfo,
    process: Process,
    lease: i64,
}

fn read(row: &Row<'_>) -> Result<Held, rusqlite::Error> {
    let info = LockInfo {
        id: row.get(0)?,
        operation: row.get(1)?,
        info: row.get(2)?,
        who: row.get(3)?,
        version: row.get(4)?,
        created: time(row.get(5)?),
        path: row.get(6)?,
        pid: row.get(7)?,
        host: row.get(8)?,
    };
    let process = Process { scope: row.get(9)?, pid: info.pid, start: row.get(10)? };
    Ok(Held { info, process, lease: row.get(11)? })
}

/// The lock of a state.
pub(crate) fn held(conn: &Connection, state: i64) -> Result<Option<Held>, Failure> {
    let sql = "SELECT id, operation, info, who, version, created, path, pid, host, scope, \
               process_start, lease FROM locks WHERE state = ?1";
    Ok(conn.prepare_cached(sql)?.query_row([state], read).optional()?)
}

impl Session<'_> {
    /// Takes the lock of a state, if no process that may be alive has it.
    pub(crate) fn take_lock(&mut self, state: i64, info: &LockInfo) -> Result<Lock, WorkError> {
        let mut taken_over = None;
        if let Some(held) = held(self.conn, state)? {
            let state = match is_gone(&held.process, held.lease) {
                Some(true) => None,
                Some(false) => Some(LockState::Held),
                None => Some(LockState::Expired),
            };
            if let Some(state) = state {
                return Err(StateError::Locked { info: Box::new(held.info), state }.into());
            }
            taken_over = Some(held.info);
        }
        let sql = "UPDATE states SET fence = fence + 1 WHERE id = ?1 RETURNING fence";
        let fence: u64 = self.conn.prepare_cached(sql)?.query_row([state], |row| row.get(0))?;
        let this = Process::this();
        let sql = "INSERT OR REPLACE INTO locks (state, fence, id, operation, info, who, version, \
                   created, path, pid, host, scope, process_start, lease) \
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)";
        self.conn.prepare_cached(sql)?.execute(params![
            state,
            fence,
            info.id,
            info.operation,
            info.info,
            info.who,
            info.version,
            millis(info.created),
            info.path,
            info.pid,
            info.host,
            this.scope,
            this.start,
            lease(),
        ])?;
        self.memory.locks.insert((state, fence));
        Ok(Lock { id: info.id.clone(), fence, taken_over })
    }

    /// Releases the lock with that id.
    pub(crate) fn release_lock(&mut self, state: Option<i64>, id: &str) -> Result<(), WorkError> {
        let held = state.map(|state| held(self.conn, state)).transpose()?.flatten();
        let existing = held.map(|held| held.info.id);
        let (Some(state), true) = (state, existing.as_deref() == Some(id)) else {
            return Err(StateError::LockMismatch { asked: id.to_owned(), existing }.into());
        };
        self.conn.prepare_cached("DELETE FROM locks WHERE state = ?1")?.execute([state])?;
        self.memory.locks.retain(|(of, _)| *of != state);
        Ok(())
    }
}

/// A run that has not ended, as far as can be told.
pub(crate) struct Live {
    pub(crate) id: i64,
    pub(crate) command: String,
    pub(crate) actor: String,
}

/// The run of a state that is in progress: its process is there, or elsewhere with a lease.
pub(crate) fn live_run(conn: &Connection, state: i64) -> Result<Option<Live>, Failure> {
    let sql = "SELECT id, command, actor, scope, pid, process_start, lease FROM runs \
               WHERE state = ?1 AND ended IS NULL ORDER BY id DESC";
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query([state])?;
    while let Some(row) = rows.next()? {
        let process = Process { scope: row.get(3)?, pid: row.get(4)?, start: row.get(5)? };
        if is_gone(&process, row.get(6)?) == Some(false) {
            return Ok(Some(Live { id: row.get(0)?, command: row.get(1)?, actor: row.get(2)? }));
        }
    }
    Ok(None)
}

/// The columns of a new run that say which process it is.
pub(crate) fn insert_run(
    conn: &Connection,
    state: i64,
    name: &str,
    meta: &groma_state::RunMeta,
) -> Result<i64, Failure> {
    let this = Process::this();
    let sql = "INSERT INTO runs (state, name, command, actor, commit_id, terraform_version, \
               started, scope, pid, process_start, lease) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
    conn.prepare_cached(sql)?.execute(params![
        state,
        name,
        meta.command,
        meta.actor,
        meta.commit,
        meta.terraform_version,
        millis(meta.started.max(SystemTime::UNIX_EPOCH)),
        this.scope,
        this.pid,
        this.start,
        lease(),
    ])?;
    Ok(conn.last_insert_rowid())
}
