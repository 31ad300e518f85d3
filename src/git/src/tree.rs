//! Trees of the object database, as directories with symbolic links.

use std::collections::HashMap;
use std::sync::Arc;

use git2::{ObjectType, Oid};
use groma_config::SourceError;

use crate::Repository;

/// How many symbolic links a path may lead through, as on Linux.
const MAX_LINKS: usize = 40;

/// What an entry of a tree is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    File {
        executable: bool,
    },
    Dir,
    Link,
    /// A commit of another repository.
    Submodule,
}

/// An entry of a tree.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node {
    pub(crate) kind: Kind,
    pub(crate) id: Oid,
}

/// The entries of a tree by name.
pub(crate) type Dir = Arc<HashMap<String, Node>>;

/// Where a path leads, symbolic links followed.
pub(crate) enum Found {
    Node(Node),
    Nothing,
}

/// Reads trees and blobs, and keeps the trees.
pub(crate) struct Trees<'a> {
    pub(crate) repository: &'a Repository,
    pub(crate) root: Oid,
    pub(crate) cache: &'a mut HashMap<Oid, Dir>,
}

impl Trees<'_> {
    /// Where `names`, from the top of the repository, lead. `path` is for messages.
    pub(crate) fn find(&mut self, path: &str, names: &[&str]) -> Result<Found, SourceError> {
        let mut rest: Vec<String> = names.iter().rev().map(|name| (*name).to_owned()).collect();
        // The directories on the way down, so that `..` in a link finds back.
        let mut above: Vec<Node> = vec![Node { kind: Kind::Dir, id: self.root }];
        let mut links = 0;
        while let Some(name) = rest.pop() {
            let Some(&here) = above.last() else { return Err(outside(path)) };
            match name.as_str() {
                "" | "." => continue,
                ".." => {
                    above.pop();
                    if above.is_empty() {
                        return Err(outside(path));
                    }
                    continue;
                }
                _ => {}
            }
            match here.kind {
                Kind::Dir => {}
                Kind::Submodule => return Err(in_submodule(path)),
                Kind::File { .. } | Kind::Link => return Err(SourceError::NotDir(path.to_owned())),
            }
            let dir = self.dir(path, here.id)?;
            let Some(&node) = dir.get(&name) else { return Ok(Found::Nothing) };
            if node.kind != Kind::Link {
                above.push(node);
                continue;
            }
            links += 1;
            if links > MAX_LINKS {
                return Err(SourceError::Loop(path.to_owned()));
            }
            let target = self.blob(path, node.id)?;
            let target = String::from_utf8_lossy(&target).into_owned();
            if target.starts_with('/') {
                return Err(outside(path));
            }
            rest.extend(target.split('/').rev().map(str::to_owned));
        }
        Ok(above.pop().map_or(Found::Nothing, Found::Node))
    }

    /// The entries of a tree.
    pub(crate) fn dir(&mut self, path: &str, id: Oid) -> Result<Dir, SourceError> {
        if let Some(dir) = self.cache.get(&id) {
            return Ok(Arc::clone(dir));
        }
        let repository = self.repository.lock();
        let tree = repository.find_tree(id).map_err(|error| damaged(path, &error))?;
        let mut dir = HashMap::with_capacity(tree.len());
        for entry in &tree {
            // A name that is not UTF-8 can be written neither in configuration nor in a pattern.
            let Ok(name) = std::str::from_utf8(entry.name_bytes()) else { continue };
            let kind = match (entry.kind(), entry.filemode()) {
                (Some(ObjectType::Tree), _) => Kind::Dir,
                (Some(ObjectType::Commit), _) => Kind::Submodule,
                (_, 0o120_000) => Kind::Link,
                (_, mode) => Kind::File { executable: mode & 0o111 != 0 },
            };
            dir.insert(name.to_owned(), Node { kind, id: entry.id() });
        }
        let dir = Arc::new(dir);
        self.cache.insert(id, Arc::clone(&dir));
        Ok(dir)
    }

    /// The content of a blob.
    pub(crate) fn blob(&self, path: &str, id: Oid) -> Result<Arc<[u8]>, SourceError> {
        let repository = self.repository.lock();
        let blob = repository.find_blob(id).map_err(|error| damaged(path, &error))?;
        if blob.size() >= u32::MAX as usize {
            return Err(SourceError::TooLarge(path.to_owned()));
        }
        Ok(Arc::from(blob.content()))
    }
}

pub(crate) fn outside(path: &str) -> SourceError {
    SourceError::Outside(path.to_owned(), "the repository".to_owned())
}

pub(crate) fn damaged(path: &str, error: &git2::Error) -> SourceError {
    SourceError::Other { path: path.to_owned(), message: error.message().to_owned() }
}

fn in_submodule(path: &str) -> SourceError {
    let message = "it is in a submodule, which is another repository".to_owned();
    SourceError::Other { path: path.to_owned(), message }
}
