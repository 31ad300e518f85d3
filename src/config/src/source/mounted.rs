//! A source with a directory of the disk in it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{DirSource, Entry, EntryKind, Source, SourceError, path};

/// Another source, in which one directory is of the disk: the modules that a commit calls are
/// installed beside it, not in it.
pub struct MountedSource<S> {
    base: S,
    /// Where, absolute and clean.
    at: String,
    mounted: DirSource,
    dir: PathBuf,
}

impl<S: Source> MountedSource<S> {
    /// `base` with what is in `dir`, an absolute path of the disk, at the path `at`.
    pub fn new(base: S, at: &str, dir: &Path) -> Self {
        let at = path::join(base.root(), at);
        Self { base, at, mounted: DirSource::new(dir, dir), dir: dir.to_owned() }
    }

    /// The path in the directory, if it leads there.
    fn inside(&self, path: &str) -> Option<String> {
        let path = path::join(self.base.root(), path);
        match path.strip_prefix(&*self.at)? {
            "" => Some(".".to_owned()),
            rest => rest.strip_prefix('/').map(str::to_owned),
        }
    }
}

impl<S: Source> Source for MountedSource<S> {
    fn read(&self, path: &str) -> Result<Arc<[u8]>, SourceError> {
        match self.inside(path) {
            Some(inside) => self.mounted.read(&inside).map_err(|error| error.at(path)),
            None => self.base.read(path),
        }
    }

    fn list(&self, path: &str) -> Result<Arc<[Entry]>, SourceError> {
        match self.inside(path) {
            Some(inside) => self.mounted.list(&inside).map_err(|error| error.at(path)),
            None => self.base.list(path),
        }
    }

    fn kind(&self, path: &str) -> Result<Option<EntryKind>, SourceError> {
        match self.inside(path) {
            Some(inside) => self.mounted.kind(&inside).map_err(|error| error.at(path)),
            None => self.base.kind(path),
        }
    }

    fn root(&self) -> &str {
        self.base.root()
    }

    fn cwd(&self) -> &str {
        self.base.cwd()
    }

    /// What is mounted is a link in it, if its path is one from the root module.
    fn materialize(&self, cache: &Path) -> Result<PathBuf, SourceError> {
        let root = self.base.materialize(cache)?;
        let place = root.join(path::relative(self.base.root(), &self.at));
        if place.starts_with(&root) && std::fs::symlink_metadata(&place).is_err() {
            let failed = |error: std::io::Error| SourceError::Other {
                path: place.to_string_lossy().into_owned(),
                message: error.to_string(),
            };
            let parent = place.parent().unwrap_or(&root);
            std::fs::create_dir_all(parent)
                .and_then(|()| link(&self.dir, &place))
                .map_err(failed)?;
        }
        Ok(root)
    }
}

#[cfg(unix)]
fn link(target: &Path, place: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(target, place)
}

#[cfg(not(unix))]
fn link(_: &Path, _: &Path) -> std::io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MemorySource;

    #[test]
    fn a_directory_is_part_of_it() {
        let dir = tempfile::tempdir().expect("a directory");
        std::fs::write(dir.path().join("a.tf"), "disk").expect("a file");
        let base = MemorySource::new().with("main.tf", "memory").with("data/modules/a.tf", "no");
        let source = MountedSource::new(base, "data/modules", dir.path());
        let read = |path: &str| source.read(path).map(|bytes| bytes.to_vec());
        assert_eq!(read("main.tf"), Ok(b"memory".to_vec()));
        assert_eq!(read("data/modules/a.tf"), Ok(b"disk".to_vec()));
        assert_eq!(read("x/../data/modules/a.tf"), Ok(b"disk".to_vec()));
        assert_eq!(
            read("data/modules/../a.tf"),
            Err(SourceError::NotFound("data/modules/../a.tf".to_owned()))
        );
        assert_eq!(source.kind("data/modules"), Ok(Some(EntryKind::Dir)));
        let missing = source.read("data/modules/b.tf");
        assert_eq!(missing, Err(SourceError::NotFound("data/modules/b.tf".to_owned())));
    }
}
