//! The dependency lock file: which version of each provider was selected, and its hashes.

mod read;
mod write;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;

use groma_addr::Provider;
use groma_config::version::{Constraints, Version};

use crate::Hash;

/// The file's name, beside the root module.
pub const LOCK_FILE: &str = ".terraform.lock.hcl";

/// The content of a dependency lock file.
#[derive(Clone, Debug, Default)]
pub struct Lock {
    entries: BTreeMap<Provider, Entry>,
}

/// What was selected of one provider.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The version.
    pub version: Version,
    /// The constraints at the time of the selection.
    pub constraints: Constraints,
    /// What the package may be: any of these.
    pub hashes: BTreeSet<Hash>,
}

impl Lock {
    /// What was selected of a provider, if anything was.
    pub fn get(&self, source: &Provider) -> Option<&Entry> {
        self.entries.get(source)
    }

    /// Each provider with its selection, sorted.
    pub fn iter(&self) -> impl Iterator<Item = (&Provider, &Entry)> {
        self.entries.iter()
    }

    /// Whether nothing is selected.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Selects.
    pub fn insert(&mut self, source: Provider, entry: Entry) {
        self.entries.insert(source, entry);
    }

    /// Forgets every provider for which `keep` does not hold.
    pub fn retain(&mut self, keep: impl Fn(&Provider) -> bool) {
        self.entries.retain(|source, _| keep(source));
    }

    /// Whether both select the same versions with the same hashes. Constraints, which are only a
    /// record, may differ.
    pub fn selects_the_same(&self, other: &Self) -> bool {
        let same = |(a, b): ((&Provider, &Entry), (&Provider, &Entry))| {
            a.0 == b.0 && a.1.version == b.1.version && a.1.hashes == b.1.hashes
        };
        self.entries.len() == other.entries.len()
            && self.entries.iter().zip(&other.entries).all(same)
    }

    /// Writes the file, byte for byte as Terraform does.
    ///
    /// # Errors
    /// The directory cannot be written to.
    pub fn save(&self, file: &Path) -> io::Result<()> {
        crate::files::write_atomically(file, self.to_string().as_bytes())
    }
}

#[cfg(test)]
mod tests;
