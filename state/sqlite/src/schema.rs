//! The schema, its migrations, and opening.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use crate::Options;
use crate::error::Failure;

/// "GROM": tells our files from other SQLite databases.
const APPLICATION_ID: i64 = 0x4752_4F4D;

/// One script a schema version. Released ones are never edited.
const MIGRATIONS: &[&str] = &[include_str!("schema.sql")];

/// The newest schema version that we know.
#[expect(clippy::cast_possible_wrap, reason = "a handful of scripts")]
pub(crate) const SUPPORTED: i64 = MIGRATIONS.len() as i64;

/// Opens for writing; makes the file, or brings it to the newest schema.
pub(crate) fn open_to_write(path: &Path, options: Options) -> Result<Connection, Failure> {
    if std::fs::metadata(path).is_err() {
        make(path, options)?;
    }
    let mut conn = prepare(path, options)?;
    conn.pragma_update(None, "synchronous", "FULL")?;
    migrate(&mut conn)?;
    Ok(conn)
}

fn prepare(path: &Path, options: Options) -> Result<Connection, Failure> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags)?;
    configure(&conn, options)?;
    write_ahead(&conn)?;
    Ok(conn)
}

/// Makes a whole database under another name, and gives it its own at once. So no other process
/// meets it half made; of several that make it at the same time, one does.
fn make(path: &Path, options: Options) -> Result<(), Failure> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder {
        std::fs::create_dir_all(folder).map_err(|error| cannot_make(&error))?;
    }
    let mut new = path.as_os_str().to_owned();
    new.push(format!(".{}.new", uuid::Uuid::new_v4()));
    let new = PathBuf::from(new);
    let made = make_at(&new, options).and_then(|()| publish(&new, path));
    // Its name now, or of no more use. If this fails, a small file stays behind.
    drop(std::fs::remove_file(&new));
    made?;
    // The name itself must be durable too.
    #[cfg(unix)]
    std::fs::File::open(folder.unwrap_or(Path::new(".")))
        .and_then(|folder| folder.sync_all())
        .map_err(|error| cannot_make(&error))?;
    Ok(())
}

fn make_at(path: &Path, options: Options) -> Result<(), Failure> {
    let mut file = std::fs::OpenOptions::new();
    file.write(true).create_new(true);
    // State has secrets. The log gets the same mode from SQLite.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut file, 0o600);
    drop(file.open(path).map_err(|error| cannot_make(&error))?);
    let mut conn = prepare(path, options)?;
    migrate(&mut conn)?;
    conn.close().map_err(|(_, error)| Failure::from(error))
}

fn publish(new: &Path, path: &Path) -> Result<(), Failure> {
    match std::fs::hard_link(new, path) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        // Without hard links a second process may replace what the first has just made, before
        // anything is in it.
        Err(_) => std::fs::rename(new, path).map_err(|error| cannot_make(&error)),
    }
}

fn cannot_make(error: &std::io::Error) -> Failure {
    match error.kind() {
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => Failure::ReadOnly,
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Failure::Full,
        _ => Failure::io("open", error),
    }
}

/// Opens for reading; `None` if there is no database yet.
pub(crate) fn open_to_read(path: &Path, options: Options) -> Result<Option<Connection>, Failure> {
    match std::fs::metadata(path) {
        // Made by hand: the first write makes a database of it.
        Ok(meta) if meta.len() == 0 => return Ok(None),
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Failure::io("open", &error)),
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags)?;
    let found = match configure(&conn, options).and_then(|()| schema_version(&conn)) {
        // A write-ahead log cannot be opened where its index cannot be made: a read-only medium,
        // on which nobody writes either.
        Err(Failure::Io { .. } | Failure::ReadOnly) if !has_log(path) => {
            return open_immutable(path, options).map(Some);
        }
        found => found?,
    };
    if found < SUPPORTED {
        conn.close().map_err(|(_, error)| Failure::from(error))?;
        open_to_write(path, options)?;
        return open_to_read(path, options);
    }
    Ok(Some(conn))
}

fn open_immutable(path: &Path, options: Options) -> Result<Connection, Failure> {
    let text = path.to_string_lossy();
    let escaped = text.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_URI;
    let conn = Connection::open_with_flags(format!("file:{escaped}?immutable=1"), flags)?;
    configure(&conn, options)?;
    schema_version(&conn)?;
    Ok(conn)
}

/// Whether the write-ahead log has something that the database has not.
fn has_log(path: &Path) -> bool {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    std::fs::metadata(log).is_ok_and(|meta| meta.len() > 0)
}

fn configure(conn: &Connection, options: Options) -> Result<(), Failure> {
    conn.busy_timeout(options.patience)?;
    conn.set_prepared_statement_cache_capacity(64);
    // 64 MiB; the default of 2 MiB makes a state of 100,000 resources read pages twice.
    conn.pragma_update(None, "cache_size", -65536)?;
    Ok(())
}

/// Turns write-ahead logging on.
fn write_ahead(conn: &Connection) -> Result<(), Failure> {
    let mode: String =
        conn.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
    if mode == "wal" {
        return Ok(());
    }
    let cause = format!("write-ahead logging cannot be used here (mode {mode})");
    Err(Failure::io("open", &cause))
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
