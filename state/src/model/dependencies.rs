//! What an object depends on, all the way down, in space that grows with what is written.
//!
//! A state file lists every resource that an object depends on, however far away: the last of a
//! chain of n resources lists n - 1. Kept so, a chain of 100,000 would take five thousand million
//! entries. Here each resource that is depended upon is one [`Dependency`], which leads to those
//! that it depended on itself at the time; all that depend on it share it. The whole list is made
//! where a document is written.
//!
//! It is a record, not a look at the present: what an object depended on stays known when the
//! resources in between are gone, renamed, or depend on something else by now.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::Arc;

use groma_addr::ConfigResource;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// The resources that an object depends on. Cheap to clone.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Dependencies(Arc<[Dependency]>);

/// A resource that something depends on, with what it depends on itself. Cheap to clone.
#[derive(Clone)]
pub struct Dependency(Arc<Link>);

/// Tells dependencies apart by content: the start of a SHA-256 over the resource and the ids of
/// what it depends on.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DependencyId(pub [u8; 16]);

struct Link {
    id: DependencyId,
    resource: ConfigResource,
    on: Dependencies,
}

/// Beyond this many, lists that were not made alike are taken to be different unseen.
const FEW: usize = 512;

impl Dependency {
    /// `resource`, which depends on `on`.
    pub fn new(resource: ConfigResource, on: Dependencies) -> Self {
        let mut digest = Sha256::new();
        digest.update(resource.to_string());
        for other in on.direct() {
            digest.update([0]);
            digest.update(other.0.id.0);
        }
        let mut id = [0; 16];
        id.copy_from_slice(&digest.finalize()[..16]);
        Self(Arc::new(Link { id: DependencyId(id), resource, on }))
    }

    /// Names it.
    pub fn id(&self) -> DependencyId {
        self.0.id
    }

    /// The resource.
    pub fn resource(&self) -> &ConfigResource {
        &self.0.resource
    }

    /// What the resource depends on itself.
    pub fn on(&self) -> &Dependencies {
        &self.0.on
    }
}

impl PartialEq for Dependency {
    fn eq(&self, other: &Self) -> bool {
        self.0.id == other.0.id
    }
}

impl Eq for Dependency {}

/// A chain may be longer than the stack is deep.
impl Drop for Link {
    fn drop(&mut self) {
        let mut pending = vec![std::mem::take(&mut self.on)];
        while let Some(mut list) = pending.pop() {
            let links = Arc::get_mut(&mut list.0).into_iter().flatten();
            let last = links.filter_map(|dependency| Arc::get_mut(&mut dependency.0));
            pending.extend(last.map(|link| std::mem::take(&mut link.on)));
        }
    }
}

impl Dependencies {
    /// Nothing.
    pub fn none() -> Self {
        Self::default()
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Those that lead to all others.
    pub fn direct(&self) -> &[Dependency] {
        &self.0
    }

    /// Whether all are direct, as in what a state file says.
    fn is_flat(&self) -> bool {
        self.0.iter().all(|dependency| dependency.on().is_empty())
    }

    /// Every resource once: in the order given if all are direct, else by their texts.
    pub fn all(&self) -> Vec<ConfigResource> {
        let mut found = self.up_to(usize::MAX);
        if !self.is_flat() {
            found.sort_by_cached_key(ToString::to_string);
        }
        found.into_iter().cloned().collect()
    }

    /// Every resource once, unless there are more than so many.
    fn up_to(&self, limit: usize) -> Vec<&ConfigResource> {
        let mut links: HashSet<DependencyId> = HashSet::new();
        let mut resources: HashSet<&ConfigResource> = HashSet::new();
        let mut found = Vec::new();
        let mut pending: Vec<&Dependency> = self.0.iter().rev().collect();
        while let Some(next) = pending.pop() {
            if !links.insert(next.id()) {
                continue;
            }
            if resources.insert(next.resource()) {
                found.push(next.resource());
            }
            if links.len() > limit {
                break;
            }
            pending.extend(next.on().direct());
        }
        found
    }

    /// Whether a document would list the same. Of two long lists that were made differently, both
    /// in steps, it is not found out.
    pub fn lists_same(&self, other: &Self) -> bool {
        if self == other {
            return true;
        }
        let limit = match (self.is_flat(), other.is_flat()) {
            (true, _) => self.0.len(),
            (false, true) => other.0.len(),
            (false, false) => FEW,
        };
        let sorted = |list: &Self| {
            let mut found: Vec<ConfigResource> =
                list.up_to(limit.saturating_mul(2)).into_iter().cloned().collect();
            found.sort_unstable();
            found
        };
        let (ours, theirs) = (sorted(self), sorted(other));
        ours.len() <= limit && ours == theirs
    }

    /// Both together.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        if self.is_empty() || self == other {
            return other.clone();
        }
        let mut seen: HashSet<DependencyId> = HashSet::new();
        let both = self.0.iter().chain(&*other.0);
        both.filter(|dependency| seen.insert(dependency.id())).cloned().collect()
    }

    /// Makes something of each dependency, however far, that nothing was made of yet: after it was
    /// made of all that the dependency leads to.
    pub fn make_each<T, E>(
        &self,
        made: &mut HashMap<DependencyId, T>,
        mut make: impl FnMut(&Dependency, &HashMap<DependencyId, T>) -> Result<T, E>,
    ) -> Result<(), E> {
        let mut pending: Vec<(&Dependency, bool)> = self.0.iter().map(|d| (d, false)).collect();
        while let Some((next, ready)) = pending.pop() {
            if made.contains_key(&next.id()) {
                continue;
            }
            if ready {
                let new = make(next, made)?;
                made.insert(next.id(), new);
            } else {
                pending.push((next, true));
                pending.extend(next.on().direct().iter().map(|d| (d, false)));
            }
        }
        Ok(())
    }
}

impl FromIterator<Dependency> for Dependencies {
    fn from_iter<I: IntoIterator<Item = Dependency>>(iter: I) -> Self {
        Self(iter.into_iter().collect())
    }
}

/// Resources of which nothing more is known.
impl FromIterator<ConfigResource> for Dependencies {
    fn from_iter<I: IntoIterator<Item = ConfigResource>>(iter: I) -> Self {
        iter.into_iter().map(|resource| Dependency::new(resource, Self::none())).collect()
    }
}

/// The direct ones.
impl fmt::Debug for Dependencies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(Dependency::resource)).finish()
    }
}

impl fmt::Debug for Dependency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0.resource, f)
    }
}

impl fmt::Debug for DependencyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for DependencyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// The dependencies of many objects, in a form that can be stored: what they share is in it once.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct DependencyTable {
    /// Each leads to earlier ones only.
    links: Vec<(ConfigResource, Vec<u32>)>,
    /// Of each object, in the order in which they were added.
    objects: Vec<Vec<u32>>,
}

/// Fills a [`DependencyTable`].
#[derive(Default)]
pub struct TableWriter {
    table: DependencyTable,
    numbers: HashMap<DependencyId, u32>,
}

/// Gives back what a [`DependencyTable`] has, in the same order.
pub struct TableReader {
    links: Vec<Dependency>,
    objects: std::vec::IntoIter<Vec<u32>>,
}

/// A table that does not fit together, or not with the objects that it is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the dependencies of its objects do not fit together")]
pub struct TableError;

impl TableWriter {
    /// Adds what the next object depends on.
    pub fn add(&mut self, dependencies: &Dependencies) {
        let links = &mut self.table.links;
        let numbered = |list: &Dependencies, numbers: &HashMap<DependencyId, u32>| {
            list.direct().iter().filter_map(|d| numbers.get(&d.id()).copied()).collect::<Vec<_>>()
        };
        let Ok(()) = dependencies.make_each(&mut self.numbers, |next, numbers| {
            links.push((next.resource().clone(), numbered(next.on(), numbers)));
            Ok::<_, std::convert::Infallible>(links.len() as u32 - 1)
        });
        self.table.objects.push(numbered(dependencies, &self.numbers));
    }

    /// What was added.
    pub fn finish(self) -> DependencyTable {
        self.table
    }
}

impl DependencyTable {
    /// Reads it.
    ///
    /// # Errors
    /// It was not written by a [`TableWriter`].
    pub fn read(self) -> Result<TableReader, TableError> {
        let mut links: Vec<Dependency> = Vec::with_capacity(self.links.len());
        for (resource, on) in self.links {
            let on = pick(&links, &on)?;
            links.push(Dependency::new(resource, on));
        }
        Ok(TableReader { links, objects: self.objects.into_iter() })
    }
}

impl TableReader {
    /// What the next object depends on.
    ///
    /// # Errors
    /// There were fewer objects when it was written.
    pub fn next_object(&mut self) -> Result<Dependencies, TableError> {
        pick(&self.links, &self.objects.next().ok_or(TableError)?)
    }
}

fn pick(links: &[Dependency], numbers: &[u32]) -> Result<Dependencies, TableError> {
    let found = numbers.iter().map(|at| links.get(*at as usize).cloned().ok_or(TableError));
    found.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resource(name: &str) -> ConfigResource {
        groma_addr::Resource::new(groma_addr::Mode::Managed, "t", name)
            .in_module(groma_addr::Module::root())
    }

    fn flat(names: &[&str]) -> Dependencies {
        names.iter().map(|name| resource(name)).collect()
    }

    fn on(name: &str, on: Dependencies) -> Dependencies {
        std::iter::once(Dependency::new(resource(name), on)).collect()
    }

    fn check(dependencies: &Dependencies, all: &[&str]) {
        let found = dependencies.all();
        assert_eq!(found.iter().map(|r| &*r.resource.name).collect::<Vec<_>>(), all);
    }

    #[test]
    fn all_are_listed_once() {
        check(&flat(&["b", "a"]), &["b", "a"]);
        let deep = on("b", on("z", flat(&["c", "a"])));
        check(&deep, &["a", "b", "c", "z"]);
        check(&deep.union(&flat(&["a", "y"])), &["a", "b", "c", "y", "z"]);
        check(&Dependencies::none().union(&flat(&["b", "a"])), &["b", "a"]);
    }

    #[test]
    fn equal_lists_are_found_equal() {
        let deep = on("a", on("b", flat(&["c"])));
        assert_eq!(deep, on("a", on("b", flat(&["c"]))));
        assert_ne!(deep, flat(&["a", "b", "c"]));
        assert!(deep.lists_same(&flat(&["c", "a", "b"])));
        assert!(flat(&["c", "a", "b"]).lists_same(&deep));
        assert!(deep.lists_same(&deep.union(&flat(&["c"]))));
        assert!(!deep.lists_same(&flat(&["a", "b"])));
        assert!(!deep.lists_same(&flat(&["a", "b", "c", "d"])));
        assert!(!deep.lists_same(&Dependencies::none()));
    }

    #[test]
    fn a_long_chain_is_made_stored_and_dropped() {
        let mut chain = Dependencies::none();
        for _ in 0..200_000 {
            chain = on("x", chain);
        }
        let mut writer = TableWriter::default();
        writer.add(&chain);
        writer.add(&chain.direct()[0].on().clone());
        writer.add(&Dependencies::none());
        let table = writer.finish();
        assert_eq!(table.links.len(), 200_000);
        let mut reader = table.read().unwrap();
        assert_eq!(reader.next_object(), Ok(chain.clone()));
        assert_eq!(reader.next_object(), Ok(chain.direct()[0].on().clone()));
        assert_eq!(reader.next_object(), Ok(Dependencies::none()));
        assert_eq!(reader.next_object(), Err(TableError));
    }

    #[test]
    fn a_table_that_leads_nowhere_is_refused() {
        let table = DependencyTable { links: vec![(resource("a"), vec![0])], objects: vec![] };
        assert!(table.read().is_err());
    }
}
