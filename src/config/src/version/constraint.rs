//! What a constraint admits.

use std::fmt;

use super::Version;

/// How a version is compared with that of a constraint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operator {
    /// `=`, or nothing
    Equal,
    /// `!=`
    NotEqual,
    /// `>`
    Greater,
    /// `<`
    Less,
    /// `>=`
    GreaterOrEqual,
    /// `<=`
    LessOrEqual,
    /// `~>`: only the last segment written may be greater.
    Pessimistic,
}

impl Operator {
    /// As it is written; nothing for equality.
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::Equal => "",
            Self::NotEqual => "!=",
            Self::Greater => ">",
            Self::Less => "<",
            Self::GreaterOrEqual => ">=",
            Self::LessOrEqual => "<=",
            Self::Pessimistic => "~>",
        }
    }
}

/// One condition on a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Constraint {
    /// How to compare.
    pub operator: Operator,
    /// With what.
    pub version: Version,
}

/// Conditions on a version, all of which must hold. None admits any release.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Constraints {
    /// In the order in which they were written.
    pub parts: Vec<Constraint>,
}

impl Constraints {
    /// Whether every condition holds. A prerelease is admitted only by a condition that names a
    /// prerelease of the same release.
    pub fn admits(&self, version: &Version) -> bool {
        self.parts.iter().all(|part| part.admits(version))
    }
}

/// As what is required of a provider is told: each condition once, those on lower versions first.
/// `>= 1.0,< 2` is `>= 1.0.0, < 2.0.0`.
pub fn canonical<'c>(constraints: impl IntoIterator<Item = &'c Constraints>) -> String {
    let mut parts: Vec<&Constraint> =
        constraints.into_iter().flat_map(|constraints| &constraints.parts).collect();
    parts.sort_by(|a, b| a.version.cmp(&b.version).then(a.rank().cmp(&b.rank())));
    let mut texts: Vec<String> = parts.into_iter().map(Constraint::canonical).collect();
    texts.dedup();
    texts.join(", ")
}

impl Constraint {
    /// Its place among conditions on the same version.
    fn rank(&self) -> u8 {
        match self.operator {
            Operator::Greater => 0,
            Operator::GreaterOrEqual => 1,
            Operator::Equal => 2,
            Operator::Pessimistic if self.version.written > 2 => 3,
            Operator::Pessimistic => 4,
            Operator::LessOrEqual => 5,
            Operator::Less => 6,
            Operator::NotEqual => 7,
        }
    }

    /// With all three segments, but where their number matters: there, one is as good as two.
    fn canonical(&self) -> String {
        let few = self.operator == Operator::Pessimistic && self.version.written < 3;
        let version = Version { written: if few { 2 } else { 3 }, ..self.version.clone() };
        Self { version, ..*self }.to_string()
    }

    /// Whether the condition holds.
    pub fn admits(&self, version: &Version) -> bool {
        let wanted = &self.version;
        match self.operator {
            Operator::Equal => version == wanted,
            Operator::NotEqual => version != wanted,
            Operator::Greater => prerelease_fits(version, wanted) && version > wanted,
            Operator::Less => prerelease_fits(version, wanted) && version < wanted,
            Operator::GreaterOrEqual => prerelease_fits(version, wanted) && version >= wanted,
            Operator::LessOrEqual => prerelease_fits(version, wanted) && version <= wanted,
            Operator::Pessimistic => pessimistic(version, wanted),
        }
    }
}

/// A prerelease is comparable only with a prerelease of the same release.
fn prerelease_fits(version: &Version, wanted: &Version) -> bool {
    match (version.prerelease.is_some(), wanted.prerelease.is_some()) {
        (true, true) => version.segments == wanted.segments,
        (true, false) => false,
        (false, _) => true,
    }
}

fn pessimistic(version: &Version, wanted: &Version) -> bool {
    if !prerelease_fits(version, wanted)
        || (wanted.prerelease.is_some() && version.prerelease.is_none())
            && version.segments != wanted.segments
            && wanted.written < 3
    {
        return false;
    }
    let fixed = usize::from(wanted.written.saturating_sub(1));
    version >= wanted && version.segments[..fixed] == wanted.segments[..fixed]
}

/// `>= 1.2.0, < 2.0.0`
impl fmt::Display for Constraints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, part) in self.parts.iter().enumerate() {
            let comma = if i > 0 { ", " } else { "" };
            write!(f, "{comma}{part}")?;
        }
        Ok(())
    }
}

/// The operator and as many segments as were written.
impl fmt::Display for Constraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let symbol = self.operator.symbol();
        let space = if symbol.is_empty() { "" } else { " " };
        write!(f, "{symbol}{space}")?;
        let written = self.version.segments.iter().take(self.version.written.into());
        for (i, segment) in written.enumerate() {
            let dot = if i > 0 { "." } else { "" };
            write!(f, "{dot}{segment}")?;
        }
        self.version.prerelease.as_ref().map_or(Ok(()), |prerelease| write!(f, "-{prerelease}"))
    }
}
