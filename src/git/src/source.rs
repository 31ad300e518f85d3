//! The files of a commit.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use git2::Oid;
use groma_config::source::{Entry, EntryKind, path};
use groma_config::{Source, SourceError};

use crate::tree::{Dir, Found, Kind, Node, Trees, outside};
use crate::{Commit, GitError, Repository};

/// Where a repository's top is, as `path.cwd` and `abspath` tell of a commit: the same on every
/// machine, so that plans are.
pub const VIRTUAL_ROOT: &str = "/groma/source";

/// The files of a commit, read from the object database.
pub struct GitSource {
    repository: Arc<Repository>,
    tree: Oid,
    /// The virtual absolute path of the root module's directory.
    root: String,
    trees: Mutex<HashMap<Oid, Dir>>,
}

impl GitSource {
    /// The files of `commit`, with the root module in `subdir` (`.` for the top).
    pub fn new(
        repository: Arc<Repository>,
        commit: &Commit,
        subdir: &str,
    ) -> Result<Self, GitError> {
        let tree = repository.lock().find_commit(commit.id.0)?.tree_id();
        let root = path::join(VIRTUAL_ROOT, subdir);
        let source = Self { repository, tree, root, trees: Mutex::new(HashMap::new()) };
        match source.kind(".") {
            Ok(Some(EntryKind::Dir)) => Ok(source),
            _ => Err(GitError::NoSuchDirectory {
                commit: commit.id.short(),
                path: subdir.to_owned(),
            }),
        }
    }

    fn trees<T>(&self, ask: impl FnOnce(&mut Trees<'_>) -> T) -> T {
        let mut cache = self.trees.lock().unwrap_or_else(PoisonError::into_inner);
        ask(&mut Trees { repository: &self.repository, root: self.tree, cache: &mut cache })
    }

    fn find(&self, path: &str) -> Result<Found, SourceError> {
        let absolute = path::join(&self.root, path);
        let inside = absolute.strip_prefix(VIRTUAL_ROOT).ok_or_else(|| outside(path))?;
        if !inside.is_empty() && !inside.starts_with('/') {
            return Err(outside(path));
        }
        let names: Vec<&str> = inside.split('/').filter(|name| !name.is_empty()).collect();
        self.trees(|trees| trees.find(path, &names))
    }

    fn node(&self, path: &str) -> Result<Node, SourceError> {
        match self.find(path)? {
            Found::Node(node) => Ok(node),
            Found::Nothing => Err(SourceError::NotFound(path.to_owned())),
        }
    }
}

const fn entry_kind(kind: Kind) -> EntryKind {
    match kind {
        Kind::File { .. } => EntryKind::File,
        Kind::Dir => EntryKind::Dir,
        Kind::Link | Kind::Submodule => EntryKind::Other,
    }
}

impl Source for GitSource {
    fn read(&self, path: &str) -> Result<Arc<[u8]>, SourceError> {
        let node = self.node(path)?;
        match node.kind {
            Kind::File { .. } => self.trees(|trees| trees.blob(path, node.id)),
            _ => Err(SourceError::NotFile(path.to_owned())),
        }
    }

    fn list(&self, path: &str) -> Result<Arc<[Entry]>, SourceError> {
        let node = self.node(path)?;
        if node.kind != Kind::Dir {
            return Err(SourceError::NotDir(path.to_owned()));
        }
        let dir = self.trees(|trees| trees.dir(path, node.id))?;
        let mut entries = Vec::with_capacity(dir.len());
        for (name, node) in dir.iter() {
            let kind = match node.kind {
                // A link that leads nowhere, or out, is neither file nor directory.
                Kind::Link => match self.find(&path::join(path, name)) {
                    Ok(Found::Node(target)) => entry_kind(target.kind),
                    Ok(Found::Nothing) | Err(_) => EntryKind::Other,
                },
                kind => entry_kind(kind),
            };
            entries.push(Entry { name: name.clone(), kind });
        }
        entries.sort();
        Ok(entries.into())
    }

    fn kind(&self, path: &str) -> Result<Option<EntryKind>, SourceError> {
        Ok(match self.find(path)? {
            Found::Node(node) => Some(entry_kind(node.kind)),
            Found::Nothing => None,
        })
    }

    fn root(&self) -> &str {
        &self.root
    }

    fn materialize(&self, cache: &Path) -> Result<PathBuf, SourceError> {
        let tree = cache.join(self.tree.to_string());
        let inside = self.root.strip_prefix(VIRTUAL_ROOT).unwrap_or_default();
        let root = tree.join(inside.trim_start_matches('/'));
        if tree.is_dir() {
            return Ok(root);
        }
        // Written beside its place and renamed: nobody sees half of a tree, and two writers do no
        // harm.
        let partial = cache.join(format!("{}.{}.partial", self.tree, std::process::id()));
        let written = self
            .write(self.tree, &partial)
            .and_then(|()| fs::rename(&partial, &tree).map_err(|error| refused(&tree, &error)));
        if let Err(error) = written {
            // What is left of it takes up room and nothing more.
            let _ = fs::remove_dir_all(&partial);
            if !tree.is_dir() {
                return Err(error);
            }
        }
        Ok(root)
    }
}

impl GitSource {
    fn write(&self, tree: Oid, to: &Path) -> Result<(), SourceError> {
        let refused = |error: &io::Error| refused(to, error);
        fs::create_dir_all(to).map_err(|error| refused(&error))?;
        let shown = to.to_string_lossy();
        let dir = self.trees(|trees| trees.dir(&shown, tree))?;
        for (name, node) in dir.iter() {
            // Git itself refuses such names; a hostile repository may have them.
            if matches!(name.as_str(), "." | ".." | ".git") || name.contains(['/', '\\']) {
                continue;
            }
            let place = to.join(name);
            match node.kind {
                Kind::Dir => self.write(node.id, &place)?,
                Kind::Submodule => fs::create_dir(&place).map_err(|error| refused(&error))?,
                Kind::Link => {
                    let target = self.trees(|trees| trees.blob(&shown, node.id))?;
                    let target = String::from_utf8_lossy(&target).into_owned();
                    link(&target, &place).map_err(|error| refused(&error))?;
                }
                Kind::File { executable } => {
                    let bytes = self.trees(|trees| trees.blob(&shown, node.id))?;
                    fs::write(&place, &bytes)
                        .and_then(|()| protect(&place, executable))
                        .map_err(|error| refused(&error))?;
                }
            }
        }
        Ok(())
    }
}

fn refused(path: &Path, error: &io::Error) -> SourceError {
    SourceError::Other { path: path.to_string_lossy().into_owned(), message: error.to_string() }
}

#[cfg(unix)]
fn link(target: &str, place: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(target, place)
}

#[cfg(not(unix))]
fn link(target: &str, place: &Path) -> io::Result<()> {
    fs::write(place, target)
}

#[cfg(unix)]
fn protect(place: &Path, executable: bool) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = if executable { 0o555 } else { 0o444 };
    fs::set_permissions(place, fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn protect(place: &Path, _executable: bool) -> io::Result<()> {
    let mut permissions = fs::metadata(place)?.permissions();
    permissions.set_readonly(true);
    fs::set_permissions(place, permissions)
}
