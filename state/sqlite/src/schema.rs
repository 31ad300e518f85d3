//! The schema, its migrations, and opening.

use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use crate::error::Failure;

/// How long to wait for another process.
const PATIENCE: Duration = Duration::from_secs(5);

/// "GROM": tells our files from other SQLite databases.
const APPLICATION_ID: i64 = 0x4752_4F4D;

/// One script a schema version. Released ones are never edited.
const MIGRATIONS: &[&str] = &[include_str!("schema.sql")];

/// The newest schema version that we know.
pub(crate) const SUPPORTED: i64 = MIGRATIONS.len() as i64;

/// Opens for writing; makes the file, or brings it to the newest schema.
pub(crate) fn open_to_write(path: &Path) -> Result<Connection, Failure> {
    make_file(path)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut conn = Connection::open_with_flags(path, flags)?;
    configure(&conn)?;
    write_ahead(&conn)?;
    conn.pragma_update(None, "synchronous", "FULL")?;
    migrate(&mut conn)?;
    Ok(conn)
}

/// Opens for reading; `None` if there is no database yet.
pub(crate) fn open_to_read(path: &Path) -> Result<Option<Connection>, Failure> {
    match std::fs::metadata(path) {
        Ok(meta) if meta.len() == 0 => return Ok(None),
        Ok(_) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Failure::io("open", &error)),
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags)?;
    configure(&conn)?;
    let found = match schema_version(&conn) {
        // A write-ahead log cannot be opened where its index cannot be made: a read-only medium,
        // on which nobody writes either.
        Err(Failure::Io { .. } | Failure::ReadOnly) if !has_log(path) => {
            return open_immutable(path).map(Some);
        }
        found => found?,
    };
    // Version 0: another process is making it now.
    Ok((found > 0).then_some(conn))
}

fn open_immutable(path: &Path) -> Result<Connection, Failure> {
    let text = path.to_string_lossy();
    let escaped = text.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_URI;
    let conn = Connection::open_with_flags(format!("file:{escaped}?immutable=1"), flags)?;
    configure(&conn)?;
    schema_version(&conn)?;
    Ok(conn)
}

/// Whether the write-ahead log has something that the database has not.
fn has_log(path: &Path) -> bool {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    std::fs::metadata(log).is_ok_and(|meta| meta.len() > 0)
}

fn configure(conn: &Connection) -> Result<(), Failure> {
    conn.busy_timeout(PATIENCE)?;
    conn.set_prepared_statement_cache_capacity(64);
    // 64 MiB; the default of 2 MiB makes a state of 100,000 resources read pages twice.
    conn.pragma_update(None, "cache_size", -65536)?;
    Ok(())
}

/// Makes an empty file that only its owner can read; state has secrets.
fn make_file(path: &Path) -> Result<(), Failure> {
    let io = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => {
            Failure::ReadOnly
        }
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Failure::Full,
        _ => Failure::io("open", &error),
    };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(io)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(io)?;
    Ok(())
}

/// Turns write-ahead logging on. SQLite does not wait for others here by itself.
fn write_ahead(conn: &Connection) -> Result<(), Failure> {
    let started = Instant::now();
    loop {
        let mode = conn
            .pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get::<_, String>(0))
            .map_err(Failure::from);
        match mode {
            Err(Failure::Busy) if started.elapsed() < PATIENCE => {
                sleep(Duration::from_millis(10));
            }
            Err(failure) => return Err(failure),
            Ok(mode) if mode == "wal" => return Ok(()),
            Ok(mode) => {
                let cause = format!("write-ahead logging cannot be used here (mode {mode})");
                return Err(Failure::io("open", &cause));
            }
        }
    }
}

/// The schema version; 0 for an empty database. Refuses others' databases and newer ones.
fn schema_version(conn: &Connection) -> Result<i64, Failure> {
    let pragma = |name| conn.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let (id, found) = (pragma("application_id")?, pragma("user_version")?);
    let tables: i64 = conn.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if id != APPLICATION_ID && (tables > 0 || found != 0) {
        return Err(Failure::corrupt("it is a database of another program"));
    }
    if found > SUPPORTED {
        return Err(Failure::Newer { found, supported: SUPPORTED });
    }
    Ok(found)
}

/// Brings the schema to the newest version. Two processes at once are safe: the second finds it
/// done.
fn migrate(conn: &mut Connection) -> Result<(), Failure> {
    if schema_version(conn)? == SUPPORTED {
        return Ok(());
    }
    let tx = conn.transaction_with_behavior(TransactionBehavior::Exclusive)?;
    let found = usize::try_from(schema_version(&tx)?)
        .map_err(|_| Failure::corrupt("its schema version is negative"))?;
    for script in MIGRATIONS.get(found..).unwrap_or_default() {
        tx.execute_batch(script)?;
    }
    if found == 0 {
        let secret = groma_state::random_secret().map_err(|error| Failure::io("make", &error))?;
        tx.execute("INSERT INTO meta (key, value) VALUES ('digest_secret', ?1)", [&secret[..]])?;
    }
    tx.pragma_update(None, "application_id", APPLICATION_ID)?;
    tx.pragma_update(None, "user_version", SUPPORTED)?;
    tx.commit()?;
    Ok(())
}
