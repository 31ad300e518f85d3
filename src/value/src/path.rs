//! Paths into a value.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use crate::{Number, Str, Value};

/// One step of a path.
#[derive(Clone)]
pub enum PathStep {
    /// `.name`
    Attr(Str),
    /// `["key"]` of a map
    Key(Str),
    /// `[0]` of a list or tuple
    Index(Number),
    /// The element of a set
    Element(Value),
}

impl PathStep {
    /// Attributes, then keys, indices and elements; each by their own order.
    fn rank(&self) -> u8 {
        match self {
            Self::Attr(_) => 0,
            Self::Key(_) => 1,
            Self::Index(_) => 2,
            Self::Element(_) => 3,
        }
    }
}

impl Ord for PathStep {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Attr(a), Self::Attr(b)) | (Self::Key(a), Self::Key(b)) => a.cmp(b),
            (Self::Index(a), Self::Index(b)) => a.cmp(b),
            (Self::Element(a), Self::Element(b)) => a.total_cmp(b),
            _ => self.rank().cmp(&other.rank()),
        }
    }
}

impl PartialOrd for PathStep {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for PathStep {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for PathStep {}

impl Hash for PathStep {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.rank().hash(state);
        match self {
            Self::Attr(name) | Self::Key(name) => name.hash(state),
            Self::Index(index) => index.hash(state),
            // Equal elements may differ in their types, which a hash would tell apart.
            Self::Element(_) => {}
        }
    }
}

/// Where a value is inside another. Empty for the value itself.
#[derive(
    Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
pub struct Path(pub Vec<PathStep>);

impl Path {
    /// The empty path.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// This path and then the attribute `name`.
    #[must_use]
    pub fn attr(mut self, name: impl Into<Str>) -> Self {
        self.0.push(PathStep::Attr(name.into()));
        self
    }

    /// This path and then the index `index`.
    #[must_use]
    pub fn index(mut self, index: i64) -> Self {
        self.0.push(PathStep::Index(index.into()));
        self
    }

    /// This path and then the map key `key`.
    #[must_use]
    pub fn key(mut self, key: impl Into<Str>) -> Self {
        self.0.push(PathStep::Key(key.into()));
        self
    }
}

/// `.a["b"][0]`
impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.0 {
            match step {
                PathStep::Attr(name) => write!(f, ".{name}")?,
                PathStep::Key(key) => write!(f, "[{key:?}]")?,
                PathStep::Index(index) => write!(f, "[{index}]")?,
                PathStep::Element(_) => write!(f, "[...]")?,
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}
