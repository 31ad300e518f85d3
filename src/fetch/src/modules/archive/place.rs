//! Where entries of an archive go.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use super::ArchiveError;
use crate::modules::limits::Limits;
use crate::modules::tree::symlink;

/// A directory that an archive is unpacked into.
pub(super) struct Place<'a> {
    root: &'a Path,
    limits: &'a Limits,
    bytes: u64,
    entries: u64,
    /// Directories that are there.
    made: HashSet<PathBuf>,
    /// Symbolic links and what they say: made at the end.
    links: Vec<(String, PathBuf, String)>,
}

impl<'a> Place<'a> {
    /// An empty directory.
    pub(super) fn new(root: &'a Path, limits: &'a Limits) -> Self {
        let made = HashSet::from([root.to_owned()]);
        Self { root, limits, bytes: 0, entries: 0, made, links: Vec::new() }
    }

    /// Makes a directory.
    pub(super) fn directory(&mut self, name: &str) -> Result<(), ArchiveError> {
        let path = self.path(name)?;
        self.make(&path)
    }

    /// Writes a file.
    pub(super) fn file(
        &mut self,
        name: &str,
        content: &mut impl Read,
        runs: bool,
    ) -> Result<(), ArchiveError> {
        let path = self.path(name)?;
        self.make(path.parent().unwrap_or(self.root))?;
        let mut file = File::create(&path).map_err(unwritable(&path))?;
        let mut buffer = vec![0; 1 << 16];
        loop {
            // What an archive says of sizes may be wrong; what comes out counts.
            let read = match content.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error.into()),
            };
            self.bytes += read as u64;
            self.limits.admit(self.bytes, self.entries)?;
            let part = buffer.get(..read).unwrap_or_default();
            io::Write::write_all(&mut file, part).map_err(unwritable(&path))?;
        }
        if runs { make_executable(&path).map_err(unwritable(&path)) } else { Ok(()) }
    }

    /// Copies a file of the archive, which is how another name of it is unpacked.
    pub(super) fn hard_link(&mut self, name: &str, target: &str) -> Result<(), ArchiveError> {
        let (path, from) = (self.path(name)?, self.path(target)?);
        let metadata = fs::symlink_metadata(&from).ok().filter(fs::Metadata::is_file);
        let Some(metadata) = metadata else {
            return Err(ArchiveError::Dangling(name.to_owned(), target.to_owned()));
        };
        self.bytes = self.bytes.saturating_add(metadata.len());
        self.limits.admit(self.bytes, self.entries)?;
        self.make(path.parent().unwrap_or(self.root))?;
        fs::copy(&from, &path).map_err(unwritable(&path))?;
        Ok(())
    }

    /// Makes a symbolic link, once everything else is there.
    pub(super) fn symlink(&mut self, name: &str, target: String) -> Result<(), ArchiveError> {
        let path = self.path(name)?;
        self.links.push((name.to_owned(), path, target));
        Ok(())
    }

    /// Makes the links.
    pub(super) fn finish(mut self) -> Result<(), ArchiveError> {
        let links = std::mem::take(&mut self.links);
        // A link may not be the directory of another.
        for (_, path, _) in &links {
            self.make(path.parent().unwrap_or(self.root))?;
        }
        for (name, path, target) in links {
            if fs::symlink_metadata(&path).is_ok() {
                return Err(ArchiveError::Twice(name));
            }
            symlink(Path::new(&target), &path).map_err(unwritable(&path))?;
        }
        Ok(())
    }

    fn make(&mut self, path: &Path) -> Result<(), ArchiveError> {
        if self.made.contains(path) {
            return Ok(());
        }
        fs::create_dir_all(path).map_err(unwritable(path))?;
        self.made.insert(path.to_owned());
        Ok(())
    }

    /// Where an entry goes. Counts it.
    fn path(&mut self, name: &str) -> Result<PathBuf, ArchiveError> {
        self.entries += 1;
        self.limits.admit(self.bytes, self.entries)?;
        if name.is_empty() || name.contains('\0') {
            return Err(ArchiveError::Path(name.to_owned()));
        }
        let mut path = self.root.to_owned();
        for component in Path::new(name).components() {
            match component {
                Component::Normal(part) => path.push(part),
                Component::CurDir => {}
                Component::ParentDir => return Err(ArchiveError::Parent(name.to_owned())),
                Component::RootDir | Component::Prefix(_) => {
                    return Err(ArchiveError::Absolute(name.to_owned()));
                }
            }
        }
        Ok(path)
    }
}

fn unwritable(path: &Path) -> impl FnOnce(io::Error) -> ArchiveError + '_ {
    move |source| ArchiveError::Write { path: path.to_owned(), source }
}

#[cfg(unix)]
fn make_executable(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn make_executable(_: &Path) -> io::Result<()> {
    Ok(())
}
