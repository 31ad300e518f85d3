//! Versions and constraints on them, as HashiCorp's go-version has them.

mod constraint;
mod parse;

pub use constraint::{Constraint, Constraints, Operator, canonical};
pub use parse::VersionError;

use std::cmp::Ordering;
use std::fmt;

/// The version of Terraform that `required_version` is compared with.
pub const CORE: Version = Version { segments: [1, 11, 4], written: 3, prerelease: None };

/// A version: `1.2.3-beta1`. Build metadata is accepted and left aside.
#[derive(Clone, Debug)]
pub struct Version {
    /// Major, minor, patch; absent ones are 0.
    pub(crate) segments: [u64; 3],
    /// How many segments were written.
    pub(crate) written: u8,
    /// After the hyphen.
    pub(crate) prerelease: Option<String>,
}

impl Version {
    /// A released version.
    pub const fn new(major: u64, minor: u64, patch: u64) -> Self {
        Self { segments: [major, minor, patch], written: 3, prerelease: None }
    }

    /// Major, minor and patch.
    pub const fn segments(&self) -> [u64; 3] {
        self.segments
    }

    /// How many segments were written: 2 for `1.2`.
    pub const fn written(&self) -> u8 {
        self.written
    }

    /// What comes after the hyphen.
    pub fn prerelease(&self) -> Option<&str> {
        self.prerelease.as_deref()
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        self.segments.cmp(&other.segments).then_with(|| {
            match (&self.prerelease, &other.prerelease) {
                (None, None) => Ordering::Equal,
                (None, Some(_)) => Ordering::Greater,
                (Some(_), None) => Ordering::Less,
                (Some(a), Some(b)) => compare_prereleases(a, b),
            }
        })
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Version {}

/// By parts between dots: numbers by value and before words, words as text, fewer parts first.
fn compare_prereleases(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a.split('.'), b.split('.'));
    loop {
        let order = match (a.next(), b.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (Some(a), Some(b)) => match (a.parse::<u64>(), b.parse::<u64>()) {
                (Ok(a), Ok(b)) => a.cmp(&b),
                (Ok(_), Err(_)) => Ordering::Less,
                (Err(_), Ok(_)) => Ordering::Greater,
                (Err(_), Err(_)) => a.cmp(b),
            },
        };
        if order.is_ne() {
            return order;
        }
    }
}

/// All three segments, and the prerelease.
impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [major, minor, patch] = self.segments;
        write!(f, "{major}.{minor}.{patch}")?;
        self.prerelease.as_ref().map_or(Ok(()), |prerelease| write!(f, "-{prerelease}"))
    }
}

#[cfg(test)]
mod tests;
