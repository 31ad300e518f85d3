//! The schemas of a provider's types, by name.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Index;
use std::sync::{Arc, LazyLock};

use crate::Schema;

/// The schemas of one kind of types, by name. A large provider has a thousand, of which a
/// configuration uses a few: what it takes to work one out is done when it is first asked for.
#[derive(Clone, Default)]
pub struct Schemas(BTreeMap<Arc<str>, Entry>);

type Work = Box<dyn FnOnce() -> Option<Arc<Schema>> + Send>;

#[derive(Clone)]
enum Entry {
    Ready(Arc<Schema>),
    Later(Arc<LazyLock<Option<Arc<Schema>>, Work>>),
}

impl Entry {
    fn get(&self) -> Option<&Arc<Schema>> {
        match self {
            Self::Ready(schema) => Some(schema),
            Self::Later(schema) => LazyLock::force(schema).as_ref(),
        }
    }
}

impl Schemas {
    /// The schema of a type, if there is such a type.
    pub fn get(&self, name: &str) -> Option<&Arc<Schema>> {
        self.0.get(name)?.get()
    }

    /// The names of all types, sorted.
    pub fn keys(&self) -> impl Iterator<Item = &Arc<str>> {
        self.0.keys()
    }

    /// All types with their schemas, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = (&Arc<str>, &Arc<Schema>)> {
        self.0.iter().filter_map(|(name, entry)| Some((name, entry.get()?)))
    }

    /// Adds a type.
    pub fn insert(&mut self, name: Arc<str>, schema: Arc<Schema>) {
        self.0.insert(name, Entry::Ready(schema));
    }

    /// Adds a type whose schema `work` gives once it is asked for; none if there turns out to be
    /// none.
    pub fn insert_later(
        &mut self,
        name: Arc<str>,
        work: impl FnOnce() -> Option<Arc<Schema>> + Send + 'static,
    ) {
        self.0.insert(name, Entry::Later(Arc::new(LazyLock::new(Box::new(work)))));
    }
}

impl Index<&str> for Schemas {
    type Output = Arc<Schema>;

    /// For those who know that the type is there.
    fn index(&self, name: &str) -> &Arc<Schema> {
        match self.get(name) {
            Some(schema) => schema,
            None => panic!("there is no type {name}"),
        }
    }
}

impl FromIterator<(Arc<str>, Arc<Schema>)> for Schemas {
    fn from_iter<I: IntoIterator<Item = (Arc<str>, Arc<Schema>)>>(all: I) -> Self {
        Self(all.into_iter().map(|(name, schema)| (name, Entry::Ready(schema))).collect())
    }
}

impl<const N: usize> From<[(Arc<str>, Arc<Schema>); N]> for Schemas {
    fn from(all: [(Arc<str>, Arc<Schema>); N]) -> Self {
        all.into_iter().collect()
    }
}

impl fmt::Debug for Schemas {
    /// Their names.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::Schemas;
    use crate::Schema;

    #[test]
    fn a_schema_is_worked_out_once_and_when_it_is_asked_for() {
        let worked = Arc::new(AtomicUsize::new(0));
        let mut schemas = Schemas::default();
        for (name, schema) in [("a", Some(Arc::new(Schema::default()))), ("b", None)] {
            let worked = Arc::clone(&worked);
            schemas.insert_later(name.into(), move || {
                worked.fetch_add(1, Ordering::Relaxed);
                schema
            });
        }
        assert_eq!(schemas.keys().count(), 2);
        assert_eq!(worked.load(Ordering::Relaxed), 0);
        let copy = schemas.clone();
        assert!(schemas.get("a").is_some() && copy.get("a").is_some());
        assert_eq!(worked.load(Ordering::Relaxed), 1);
        assert!(schemas.get("b").is_none() && schemas.get("c").is_none());
        assert_eq!(schemas.iter().count(), 1);
    }
}
