//! Hashes of packages that have not changed since they were last hashed.
//!
//! A provider may be hundreds of megabytes, and every command checks it. A package counts as
//! unchanged as long as each of its files has the same path, size, inode, and times of change: the
//! one that the system sets cannot be set back.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{Hash, files_of, h1_of_directory, hex};

/// What changed a moment ago may change once more within the same tick of the clock.
const SETTLED: Duration = Duration::from_secs(2);

/// Hashes by package.
pub(crate) struct HashCache {
    file: PathBuf,
    entries: BTreeMap<String, Entry>,
    changed: bool,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    /// Over what the system says of each file.
    seen: String,
    h1: String,
}

impl HashCache {
    /// What is kept in `file`: nothing, if it cannot be read.
    pub(crate) fn load(file: &Path) -> Self {
        let text = fs::read(file).unwrap_or_default();
        let entries = serde_json::from_slice(&text).unwrap_or_default();
        Self { file: file.to_owned(), entries, changed: false }
    }

    /// The `h1:` hash of a package.
    ///
    /// # Errors
    /// A file of it cannot be read.
    pub(crate) fn h1(&mut self, directory: &Path) -> io::Result<Hash> {
        let key = directory.to_string_lossy().into_owned();
        let (seen, newest) = stat(&directory.canonicalize()?)?;
        if let Some(entry) = self.entries.get(&key)
            && entry.seen == seen
            && let Some(hash) = Hash::parse(&entry.h1)
        {
            return Ok(hash);
        }
        let hash = h1_of_directory(directory)?;
        let settled = SystemTime::now().duration_since(newest).is_ok_and(|age| age > SETTLED);
        if settled {
            self.entries.insert(key, Entry { seen, h1: hash.as_str().to_owned() });
            self.changed = true;
        }
        Ok(hash)
    }

    /// Keeps what was hashed. A failure costs time at the next command, and nothing else.
    pub(crate) fn save(&self) {
        if self.changed
            && let Ok(text) = serde_json::to_vec_pretty(&self.entries)
        {
            let _ = crate::files::write_atomically(&self.file, &text);
        }
    }
}

/// What the system says of the files of a package, and when one last changed.
#[cfg(unix)]
fn stat(directory: &Path) -> io::Result<(String, SystemTime)> {
    use std::os::unix::fs::MetadataExt as _;
    let mut all = Sha256::new();
    let mut newest = SystemTime::UNIX_EPOCH;
    for (name, path) in files_of(directory)? {
        let m = fs::metadata(path)?;
        let times = (m.mtime(), m.mtime_nsec(), m.ctime(), m.ctime_nsec());
        all.update(format!("{name}\n{} {} {} {times:?}\n", m.dev(), m.ino(), m.size()));
        let changed = u64::try_from(m.ctime()).unwrap_or_default();
        newest = newest.max(SystemTime::UNIX_EPOCH + Duration::from_secs(changed + 1));
    }
    Ok((hex(&all.finalize()), newest))
}

/// The same where there are no inodes.
#[cfg(not(unix))]
fn stat(directory: &Path) -> io::Result<(String, SystemTime)> {
    let mut all = Sha256::new();
    let mut newest = SystemTime::UNIX_EPOCH;
    for (name, path) in files_of(directory)? {
        let metadata = fs::metadata(path)?;
        let modified = metadata.modified()?;
        all.update(format!("{name}\n{} {modified:?}\n", metadata.len()));
        newest = newest.max(modified);
    }
    Ok((hex(&all.finalize()), newest))
}
