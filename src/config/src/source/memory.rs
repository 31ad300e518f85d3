//! Files held in memory: for tests.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::{Entry, EntryKind, Source, SourceError, path};

/// Files held in memory, under a virtual root.
#[derive(Clone, Debug)]
pub struct MemorySource {
    root: String,
    /// By absolute path.
    files: BTreeMap<String, Arc<[u8]>>,
}

impl MemorySource {
    /// No files, under the root `/work`.
    pub fn new() -> Self {
        Self { root: "/work".to_owned(), files: BTreeMap::new() }
    }

    /// The same with one more file.
    #[must_use]
    pub fn with(mut self, path: &str, content: impl AsRef<[u8]>) -> Self {
        self.files.insert(path::join(&self.root, path), Arc::from(content.as_ref()));
        self
    }

    fn under<'a>(&'a self, dir: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        let prefix = if dir == "/" { "/".to_owned() } else { format!("{dir}/") };
        let from = self.files.range(prefix.clone()..);
        from.map_while(move |(path, _)| path.strip_prefix(&prefix))
    }
}

impl Default for MemorySource {
    fn default() -> Self {
        Self::new()
    }
}

impl Source for MemorySource {
    fn read(&self, path: &str) -> Result<Arc<[u8]>, SourceError> {
        let absolute = path::join(&self.root, path);
        match self.files.get(&absolute) {
            Some(bytes) => Ok(Arc::clone(bytes)),
            None if self.under(&absolute).next().is_some() => {
                Err(SourceError::NotFile(path.to_owned()))
            }
            None => Err(SourceError::NotFound(path.to_owned())),
        }
    }

    fn list(&self, path: &str) -> Result<Arc<[Entry]>, SourceError> {
        let absolute = path::join(&self.root, path);
        if self.files.contains_key(&absolute) {
            return Err(SourceError::NotDir(path.to_owned()));
        }
        let mut entries = BTreeMap::new();
        for inside in self.under(&absolute) {
            let (name, kind) = match inside.split_once('/') {
                Some((dir, _)) => (dir, EntryKind::Dir),
                None => (inside, EntryKind::File),
            };
            entries.insert(name.to_owned(), kind);
        }
        if entries.is_empty() && absolute != self.root {
            return Err(SourceError::NotFound(path.to_owned()));
        }
        Ok(entries.into_iter().map(|(name, kind)| Entry { name, kind }).collect())
    }

    fn kind(&self, path: &str) -> Result<Option<EntryKind>, SourceError> {
        let absolute = path::join(&self.root, path);
        Ok(if self.files.contains_key(&absolute) {
            Some(EntryKind::File)
        } else if absolute == self.root || self.under(&absolute).next().is_some() {
            Some(EntryKind::Dir)
        } else {
            None
        })
    }

    fn root(&self) -> &str {
        &self.root
    }

    fn materialize(&self, cache: &std::path::Path) -> Result<PathBuf, SourceError> {
        super::snapshot::write_tree(&self.root, &self.files, cache)
    }
}
