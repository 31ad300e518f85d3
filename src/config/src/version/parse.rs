//! Reading versions and constraints.

use std::str::FromStr;

use super::{Constraint, Constraints, Operator, Version};

/// Text that is not a version, or not a constraint.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VersionError {
    /// Not a version.
    #[error("malformed version: {0}")]
    Version(String),
    /// Not a constraint.
    #[error("malformed constraint: {0}")]
    Constraint(String),
}

impl FromStr for Version {
    type Err = VersionError;

    fn from_str(text: &str) -> Result<Self, VersionError> {
        parse_version(text).ok_or_else(|| VersionError::Version(text.to_owned()))
    }
}

/// `v1.2.3-beta.1+build`, with one to three segments; a fourth and further ones must be there to
/// be refused by who compares, and are accepted if they are zero.
fn parse_version(text: &str) -> Option<Version> {
    let text = text.trim();
    let text = text.strip_prefix('v').unwrap_or(text);
    let (text, build) = text.split_once('+').map_or((text, None), |(t, b)| (t, Some(b)));
    if build.is_some_and(|build| !is_identifiers(build)) {
        return None;
    }
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (core, rest) = text.split_at(digits);
    let prerelease = match rest.strip_prefix('-') {
        Some(prerelease) => Some(prerelease),
        None if rest.is_empty() => None,
        // `1.0beta`: a letter may follow directly.
        None => Some(rest),
    };
    if prerelease.is_some_and(|prerelease| !is_identifiers(prerelease)) {
        return None;
    }
    let mut segments = [0; 3];
    let mut written = 0;
    for (i, part) in core.split('.').enumerate() {
        let number = part.parse::<u64>().ok()?;
        match segments.get_mut(i) {
            Some(segment) => *segment = number,
            None if number == 0 => {}
            None => return None,
        }
        written = i.min(2) as u8 + 1;
    }
    Some(Version { segments, written, prerelease: prerelease.map(str::to_owned) })
}

fn is_identifiers(text: &str) -> bool {
    text.split('.').all(|part| {
        !part.is_empty()
            && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '~'))
    })
}

impl FromStr for Constraints {
    type Err = VersionError;

    fn from_str(text: &str) -> Result<Self, VersionError> {
        let parts: Result<Vec<_>, _> = text.split(',').map(parse_constraint).collect();
        Ok(Self { parts: parts? })
    }
}

fn parse_constraint(text: &str) -> Result<Constraint, VersionError> {
    let text = text.trim();
    let malformed = || VersionError::Constraint(text.to_owned());
    let start = text.find(|c: char| !"<>=!~".contains(c)).unwrap_or(text.len());
    let (operator, version) = text.split_at(start);
    let operator = match operator {
        "" | "=" => Operator::Equal,
        "!=" => Operator::NotEqual,
        ">" => Operator::Greater,
        "<" => Operator::Less,
        ">=" => Operator::GreaterOrEqual,
        "<=" => Operator::LessOrEqual,
        "~>" => Operator::Pessimistic,
        _ => return Err(malformed()),
    };
    let version = parse_version(version).ok_or_else(malformed)?;
    Ok(Constraint { operator, version })
}
