//! Named values: what an object and a map hold.

use crate::{Str, Value};

/// Named values, sorted by name, each name once.
#[derive(Clone, Default)]
pub struct Fields(Vec<(Str, Value)>);

impl Fields {
    /// Sorts; of a name given twice the last value stays.
    pub fn new(mut entries: Vec<(Str, Value)>) -> Self {
        if !entries.is_sorted_by(|a, b| a.0 < b.0) {
            entries.reverse();
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            entries.dedup_by(|later, earlier| later.0 == earlier.0);
        }
        Self(entries)
    }

    /// The value of that name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(self.position(name)?).map(|(_, value)| value)
    }

    /// Where that name is in the order of names.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.0.binary_search_by(|(key, _)| key.as_str().cmp(name)).ok()
    }

    /// Each name and value, in name order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&Str, &Value)> + DoubleEndedIterator {
        self.0.iter().map(|(name, value)| (name, value))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<(Str, Value)> for Fields {
    fn from_iter<I: IntoIterator<Item = (Str, Value)>>(iter: I) -> Self {
        Self::new(iter.into_iter().collect())
    }
}

impl From<Vec<(Str, Value)>> for Fields {
    fn from(entries: Vec<(Str, Value)>) -> Self {
        Self::new(entries)
    }
}
