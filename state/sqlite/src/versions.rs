//! The history of a state.

use groma_state::{RunId, RunMeta, VersionId, VersionInfo};
use rusqlite::{Connection, Row, params};
use std::time::SystemTime;

use crate::error::Failure;
use crate::worker::{millis, time};

/// Closes the version that is open, if there is one.
pub(crate) fn close(conn: &Connection, state: i64) -> Result<(), Failure> {
    let sql = "UPDATE versions SET closed = ?2 WHERE state = ?1 AND closed IS NULL";
    conn.prepare_cached(sql)?.execute(params![state, millis(SystemTime::now())])?;
    Ok(())
}

/// All versions, newest first.
pub(crate) fn list(conn: &Connection, state: i64) -> Result<Vec<VersionInfo>, Failure> {
    let sql = "SELECT r.name, r.command, r.actor, r.commit_id, r.started, r.terraform_version, \
               v.version, v.serial, v.closed, v.added, v.changed, v.removed \
               FROM versions v JOIN runs r ON r.id = v.run WHERE v.state = ?1 \
               ORDER BY v.version DESC";
    let mut statement = conn.prepare_cached(sql)?;
    let rows = statement.query_map([state], |row| {
        let (run, meta) = run_columns(row)?;
        Ok(VersionInfo {
            version: VersionId(row.get(6)?),
            serial: row.get(7)?,
            run,
            meta,
            closed: row.get::<_, Option<i64>>(8)?.map(time),
            added: row.get(9)?,
            changed: row.get(10)?,
            removed: row.get(11)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The first six columns: name, command, actor, commit, start, Terraform's version.
pub(crate) fn run_columns(row: &Row<'_>) -> Result<(RunId, RunMeta), rusqlite::Error> {
    let meta = RunMeta {
        command: row.get(1)?,
        actor: row.get(2)?,
        commit: row.get(3)?,
        started: time(row.get(4)?),
        terraform_version: row.get(5)?,
    };
    Ok((RunId(row.get::<_, String>(0)?.into()), meta))
}
