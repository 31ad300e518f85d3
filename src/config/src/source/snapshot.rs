//! Everything that a run asked of its source, so that a plan can carry it.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{Entry, EntryKind, Source, SourceError, path};

/// The SHA-256 of a file's content.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// That of `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }
}

/// Lower-case hexadecimal.
impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// Everything that a run asked of its source, with the answers: failures too, so that
/// `fileexists` says again what it said. Keyed by absolute path.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// [`Source::root`]
    pub root: String,
    /// [`Source::cwd`]
    pub cwd: String,
    /// Which content each file had.
    pub files: BTreeMap<String, Result<Digest, SourceError>>,
    /// What each directory held.
    pub listings: BTreeMap<String, Result<Arc<[Entry]>, SourceError>>,
    /// What was at each path that was asked for no more than that.
    pub kinds: BTreeMap<String, Result<Option<EntryKind>, SourceError>>,
    /// Contents.
    pub blobs: BTreeMap<Digest, Arc<[u8]>>,
    /// Where the modules that are called from elsewhere were installed, as a path.
    #[serde(default)]
    pub modules: String,
}

/// A source that remembers everything that is asked of another.
pub struct RecordingSource<S> {
    inner: S,
    seen: Mutex<Snapshot>,
}

impl<S: Source> RecordingSource<S> {
    /// Records what is asked of `inner`.
    pub fn new(inner: S) -> Self {
        let seen = Snapshot {
            root: inner.root().to_owned(),
            cwd: inner.cwd().to_owned(),
            ..Snapshot::default()
        };
        Self { inner, seen: Mutex::new(seen) }
    }

    /// Remembers, too, where the modules are that are called from elsewhere.
    #[must_use]
    pub fn with_modules(mut self, dir: &str) -> Self {
        let seen = self.seen.get_mut().unwrap_or_else(PoisonError::into_inner);
        dir.clone_into(&mut seen.modules);
        self
    }

    /// What has been asked so far.
    pub fn snapshot(&self) -> Snapshot {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The answer recorded for `path`, or the one that `ask` gives, which is then recorded.
    fn remember<T: Clone>(
        &self,
        path: &str,
        of: impl Fn(&mut Snapshot) -> &mut BTreeMap<String, Result<T, SourceError>>,
        ask: impl FnOnce() -> Result<T, SourceError>,
    ) -> Result<T, SourceError> {
        let path = path::join(self.inner.root(), path);
        let lock = || self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(answer) = of(&mut lock()).get(&path) {
            return answer.clone();
        }
        // Asked without the lock, so that large files are read in parallel.
        let answer = ask();
        of(&mut lock()).entry(path).or_insert(answer).clone()
    }
}

impl<S: Source> Source for RecordingSource<S> {
    fn read(&self, path: &str) -> Result<Arc<[u8]>, SourceError> {
        let digest = self.remember(
            path,
            |seen| &mut seen.files,
            || {
                let bytes = self.inner.read(path)?;
                let digest = Digest::of(&bytes);
                let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
                seen.blobs.entry(digest).or_insert(bytes);
                Ok(digest)
            },
        )?;
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        match seen.blobs.get(&digest) {
            Some(bytes) => Ok(Arc::clone(bytes)),
            None => Err(SourceError::NotFound(path.to_owned())),
        }
    }

    fn list(&self, path: &str) -> Result<Arc<[Entry]>, SourceError> {
        self.remember(path, |seen| &mut seen.listings, || self.inner.list(path))
    }

    fn kind(&self, path: &str) -> Result<Option<EntryKind>, SourceError> {
        self.remember(path, |seen| &mut seen.kinds, || self.inner.kind(path))
    }

    fn root(&self) -> &str {
        self.inner.root()
    }

    fn cwd(&self) -> &str {
        self.inner.cwd()
    }

    fn materialize(&self, cache: &Path) -> Result<PathBuf, SourceError> {
        self.inner.materialize(cache)
    }
}

/// Answers from a [`Snapshot`], and nothing else.
#[derive(Clone, Debug)]
pub struct SnapshotSource {
    snapshot: Arc<Snapshot>,
}

impl SnapshotSource {
    /// Answers from `snapshot`.
    pub fn new(snapshot: impl Into<Arc<Snapshot>>) -> Self {
        Self { snapshot: snapshot.into() }
    }

    fn absolute(&self, path: &str) -> String {
        path::join(&self.snapshot.root, path)
    }
}

impl Source for SnapshotSource {
    fn read(&self, path: &str) -> Result<Arc<[u8]>, SourceError> {
        match self.snapshot.files.get(&self.absolute(path)) {
            Some(Ok(digest)) => match self.snapshot.blobs.get(digest) {
                Some(bytes) => Ok(Arc::clone(bytes)),
                None => Err(missing(path, "its content is missing from the snapshot")),
            },
            Some(Err(error)) => Err(error.clone()),
            None => Err(missing(path, NOT_PLANNED)),
        }
    }

    fn list(&self, path: &str) -> Result<Arc<[Entry]>, SourceError> {
        match self.snapshot.listings.get(&self.absolute(path)) {
            Some(answer) => answer.clone(),
            None => Err(missing(path, NOT_PLANNED)),
        }
    }

    fn kind(&self, path: &str) -> Result<Option<EntryKind>, SourceError> {
        let path = self.absolute(path);
        if let Some(answer) = self.snapshot.kinds.get(&path) {
            return answer.clone();
        }
        match (self.snapshot.files.get(&path), self.snapshot.listings.get(&path)) {
            (Some(Ok(_)), _) => Ok(Some(EntryKind::File)),
            (_, Some(Ok(_))) => Ok(Some(EntryKind::Dir)),
            (Some(Err(SourceError::NotFound(_))), _) => Ok(None),
            (Some(Err(error)), _) | (None, Some(Err(error))) => Err(error.clone()),
            (None, None) => Err(missing(&path, NOT_PLANNED)),
        }
    }

    fn root(&self) -> &str {
        &self.snapshot.root
    }

    fn cwd(&self) -> &str {
        &self.snapshot.cwd
    }

    fn materialize(&self, cache: &Path) -> Result<PathBuf, SourceError> {
        let files = self.snapshot.files.iter().filter_map(|(path, digest)| {
            let bytes = self.snapshot.blobs.get(digest.as_ref().ok()?)?;
            Some((path.clone(), Arc::clone(bytes)))
        });
        write_tree(&self.snapshot.root, &files.collect(), cache)
    }
}

const NOT_PLANNED: &str = "it was not read when the plan was made, and the plan is all that is \
    read now";

fn missing(path: &str, message: &str) -> SourceError {
    SourceError::Other { path: path.to_owned(), message: message.to_owned() }
}

/// Writes files below `cache`, in a directory named by what they hold, and gives the directory
/// that stands for `root`. Files are by absolute path, their places relative to one another kept.
///
/// The tree is written beside its place and renamed, so that a reader never sees half of one and
/// two writers do no harm.
pub(super) fn write_tree(
    root: &str,
    files: &BTreeMap<String, Arc<[u8]>>,
    cache: &Path,
) -> Result<PathBuf, SourceError> {
    let mut hash = Sha256::new();
    hash.update(root.as_bytes());
    for (path, bytes) in files {
        hash.update([0]);
        hash.update(path.as_bytes());
        hash.update([0]);
        hash.update(Sha256::digest(bytes));
    }
    let name = Digest(hash.finalize().into()).to_string();
    let tree = cache.join(&name);
    let in_tree = |path: &str| tree.join(path.trim_start_matches('/'));
    if tree.is_dir() {
        return Ok(in_tree(root));
    }
    let partial = cache.join(format!("{name}.{}.partial", std::process::id()));
    let written = write_files(root, files, &partial).and_then(|()| fs::rename(&partial, &tree));
    if let Err(error) = written {
        let _ = fs::remove_dir_all(&partial);
        if !tree.is_dir() {
            return Err(missing(&tree.to_string_lossy(), &error.to_string()));
        }
    }
    Ok(in_tree(root))
}

fn write_files(root: &str, files: &BTreeMap<String, Arc<[u8]>>, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to.join(root.trim_start_matches('/')))?;
    for (path, bytes) in files {
        let path = to.join(path.trim_start_matches('/'));
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(&path, bytes)?;
        let mut permissions = fs::metadata(&path)?.permissions();
        permissions.set_readonly(true);
        fs::set_permissions(&path, permissions)?;
    }
    Ok(())
}
