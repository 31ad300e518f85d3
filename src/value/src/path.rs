//! Paths into a value.

use std::fmt;

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

/// Where a value is inside another. Empty for the value itself.
#[derive(Clone, Default)]
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
