//! Which providers are needed, and in which versions.
//!
//! Constraints on providers mean a little less than those on modules and on Terraform itself:
//! `~> 1` stays below 2, and a prerelease is taken only where `= VERSION` asks for that one.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use groma_addr::Provider;
use groma_config::version::{Constraint, Constraints, Operator, Version};

/// The providers that a configuration and its state need, each with all constraints on it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Requirements(BTreeMap<Provider, Constraints>);

impl Requirements {
    /// Adds a need, with a constraint if one is written.
    pub fn add(&mut self, source: &Provider, constraints: Option<&Constraints>) {
        let all = self.0.entry(source.clone()).or_default();
        for part in constraints.iter().flat_map(|constraints| &constraints.parts) {
            // `~> 1.0` is another constraint than `~> 1.0.0`, though the versions are the same.
            let text = normalized_part(part);
            if !all.parts.iter().any(|known| normalized_part(known) == text) {
                all.parts.push(part.clone());
            }
        }
    }

    /// Whether nothing is needed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What is needed of one provider, if it is needed.
    pub fn get(&self, source: &Provider) -> Option<&Constraints> {
        self.0.get(source)
    }

    /// Each provider with its constraints, sorted.
    pub fn iter(&self) -> impl Iterator<Item = (&Provider, &Constraints)> {
        self.0.iter()
    }

    /// Only the providers for which `keep` holds.
    #[must_use]
    pub fn filter(&self, keep: impl Fn(&Provider, &Constraints) -> bool) -> Self {
        let kept = self.0.iter().filter(|(source, constraints)| keep(source, constraints));
        Self(kept.map(|(source, constraints)| (source.clone(), constraints.clone())).collect())
    }
}

/// Whether a provider's version meets all constraints.
pub fn meets(constraints: &Constraints, version: &Version) -> bool {
    let parts = &constraints.parts;
    let asked_for = || parts.iter().any(|p| p.operator == Operator::Equal && p.version == *version);
    (version.prerelease().is_none() || asked_for()) && parts.iter().all(|p| part_meets(p, version))
}

fn part_meets(part: &Constraint, version: &Version) -> bool {
    let order = version.cmp(&part.version);
    match part.operator {
        Operator::Equal => order.is_eq(),
        Operator::NotEqual => order.is_ne(),
        Operator::Greater => order.is_gt(),
        Operator::Less => order.is_lt(),
        Operator::GreaterOrEqual => order.is_ge(),
        Operator::LessOrEqual => order.is_le(),
        Operator::Pessimistic => {
            let ([major, minor, _], [wanted_major, wanted_minor, _]) =
                (version.segments(), part.version.segments());
            order.is_ge()
                && major == wanted_major
                && (part.version.written() < 3 || minor == wanted_minor)
        }
    }
}

/// The version that is the only one that could meet the constraints, if they name one.
pub fn exact(constraints: &Constraints) -> Option<&Version> {
    let mut parts = constraints.parts.iter();
    parts.find(|part| part.operator == Operator::Equal).map(|part| &part.version)
}

/// Constraints as the lock file has them: sorted, each once, with all segments.
pub fn normalized(constraints: &Constraints) -> String {
    let mut parts: Vec<(&Constraint, String)> =
        constraints.parts.iter().map(|part| (part, normalized_part(part))).collect();
    parts.sort_by(|(a, _), (b, _)| boundary_order(a, b));
    parts.dedup_by(|(_, a), (_, b)| a == b);
    let texts: Vec<String> = parts.into_iter().map(|(_, text)| text).collect();
    texts.join(", ")
}

fn normalized_part(part: &Constraint) -> String {
    let version = match part.operator {
        Operator::Pessimistic if part.version.written() < 3 => {
            let [major, minor, _] = part.version.segments();
            let prerelease = part.version.prerelease();
            prerelease.map_or_else(
                || format!("{major}.{minor}"),
                |prerelease| format!("{major}.{minor}-{prerelease}"),
            )
        }
        _ => part.version.to_string(),
    };
    let symbol = part.operator.symbol();
    if symbol.is_empty() { version } else { format!("{symbol} {version}") }
}

fn boundary_order(a: &Constraint, b: &Constraint) -> Ordering {
    let rank = |part: &Constraint| match part.operator {
        Operator::Greater => 0,
        Operator::GreaterOrEqual => 1,
        Operator::Equal => 2,
        Operator::Pessimistic if part.version.written() >= 3 => 3,
        Operator::Pessimistic => 4,
        Operator::LessOrEqual => 5,
        Operator::Less => 6,
        Operator::NotEqual => 7,
    };
    a.version.cmp(&b.version).then(rank(a).cmp(&rank(b)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn constraints(text: &str) -> Constraints {
        text.parse().expect("constraints")
    }

    #[track_caller]
    fn check_normalized(text: &str, expected: &str) {
        assert_eq!(normalized(&constraints(text)), expected);
    }

    #[test]
    fn are_normalized_as_in_the_lock_file() {
        check_normalized("~> 1", "~> 1.0");
        check_normalized(">= 2.0, ~>2.1", ">= 2.0.0, ~> 2.1");
        check_normalized(
            "~> 1.0, != 1.10.0 , >=1, >= 1.0.0, <9",
            ">= 1.0.0, ~> 1.0, != 1.10.0, < 9.0.0",
        );
        check_normalized(
            "~> 1.0.0, > 1.0.0, < 1.0.0, >= 1.0.0, <= 1.0.0, = 1.0.0, != 1.0.0,  ~> 1.0, 1.0.0-beta",
            "1.0.0-beta, > 1.0.0, >= 1.0.0, 1.0.0, ~> 1.0.0, ~> 1.0, <= 1.0.0, < 1.0.0, != 1.0.0",
        );
    }

    #[track_caller]
    fn check_meets(text: &str, version: &str, expected: bool) {
        let version = version.parse().expect("a version");
        assert_eq!(meets(&constraints(text), &version), expected, "{text}: {version}");
    }

    #[test]
    fn admit_what_terraform_installs() {
        check_meets("~> 1", "1.10.0", true);
        check_meets("~> 1", "2.0.0", false);
        check_meets("~> 1.2.0", "1.2.9", true);
        check_meets("~> 1.2.0", "1.3.0", false);
        check_meets(">= 2.1.0-beta1", "2.1.0-beta1", false);
        check_meets(">= 2.0.0, 2.1.0-beta1", "2.1.0-beta1", true);
        check_meets("~> 2.1.0-alpha", "2.1.0-beta1", false);
        check_meets("~> 1.0.0-beta, >= 1.0.0-alpha", "1.0.0", true);
        check_meets("1.0.0", "1.0.0", true);
        check_meets("> 1.2, 5.0", "2.0.0", false);
    }

    #[test]
    fn come_together_from_all_modules() {
        let source = Provider::implied("x");
        let mut requirements = Requirements::default();
        requirements.add(&source, None);
        requirements.add(&source, Some(&constraints(">= 1.0")));
        requirements.add(&source, Some(&constraints("< 2.0, ~> 1.0.0, ~> 1.0, >= 1.0.0")));
        let all = requirements.get(&source).expect("needed");
        assert_eq!(normalized(all), ">= 1.0.0, ~> 1.0.0, ~> 1.0, < 2.0.0");
        assert!(requirements.filter(|_, _| false).is_empty());
    }
}
