//! Whether what will be done was approved.

use std::collections::BTreeSet;

use groma_addr::{Ident, ResourceInstance};
use groma_state::DeposedKey;
use groma_value::{Value, View};

use super::hash::{Hasher, veil};
use super::{Digest, counts, told, top};
use crate::{Action, InstanceChange, OutputChange, Plan};

/// What of a plan was not approved.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Each thing that was not.
    pub uncovered: Vec<Uncovered>,
}

/// Something that a plan will do, and nobody approved.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Uncovered {
    /// A change of an object: not in what was approved, or different there.
    Change {
        /// Whose object.
        addr: Box<ResourceInstance>,
        /// Which object.
        deposed: Option<DeposedKey>,
        /// What will be done to it.
        action: Action,
        /// Whether something else was approved for it.
        differs: bool,
    },
    /// A change of an output.
    Output {
        /// Which.
        name: Ident,
        /// Whether something else was approved for it.
        differs: bool,
    },
    /// The plans were made with other options.
    Options,
}

impl Coverage {
    /// Whether all of it was approved.
    pub fn is_covered(&self) -> bool {
        self.uncovered.is_empty()
    }
}

/// What of `now` is in none of the `approved` plans: each action must be there with equal values,
/// or with values known now that were unknown then. What was approved and is not to be done any
/// more is no matter.
pub fn covers(approved: &[&Plan], now: &Plan, secret: &[u8; 32]) -> Coverage {
    let digest = now.digest(secret);
    let mut coverage = Coverage::default();
    if approved.iter().any(|plan| plan.digest(secret) == digest) {
        return coverage;
    }
    let options = |plan: &Plan| {
        let mut hasher = Hasher::new(b"options");
        plan.feed_options(&mut hasher);
        hasher.finish()
    };
    let ours = options(now);
    let approved: Vec<&Plan> =
        approved.iter().copied().filter(|plan| options(plan) == ours).collect();
    if approved.is_empty() {
        coverage.uncovered.push(Uncovered::Options);
        return coverage;
    }
    for change in now.changes.iter().filter(|change| counts(change)) {
        coverage.uncovered.extend(change_uncovered(&approved, now, change, secret));
    }
    for output in now.outputs.iter().filter(|output| output.action != Action::NoOp) {
        coverage.uncovered.extend(output_uncovered(&approved, now, output, secret));
    }
    coverage
}

fn change_uncovered(
    approved: &[&Plan],
    now: &Plan,
    change: &InstanceChange,
    secret: &[u8; 32],
) -> Option<Uncovered> {
    let mut differs = false;
    for plan in approved {
        // In the order of their addresses.
        let from = plan.changes.partition_point(|other| other.addr < change.addr);
        let same = plan.changes[from..].iter().take_while(|other| other.addr == change.addr);
        for other in same.filter(|other| other.deposed == change.deposed && counts(other)) {
            if change_covered(plan, other, now, change, secret) {
                return None;
            }
            differs = true;
        }
    }
    Some(Uncovered::Change {
        addr: Box::new(change.addr.clone()),
        deposed: change.deposed,
        action: change.action,
        differs,
    })
}

fn change_covered(
    plan: &Plan,
    approved: &InstanceChange,
    now_plan: &Plan,
    now: &InstanceChange,
    secret: &[u8; 32],
) -> bool {
    let identity = |plan: &Plan, change: &InstanceChange| -> Digest {
        let mut hasher = Hasher::new(b"identity");
        plan.feed_identity(change, secret, &mut hasher);
        hasher.finish()
    };
    if identity(plan, approved) != identity(now_plan, now) {
        return false;
    }
    let (was, is) = (veil(&approved.after, secret), veil(&now.after, secret));
    let decided = decided(approved, now);
    match (was.as_fields(), is.as_fields()) {
        (Some(was), Some(is)) => {
            let covered = |name: &str| match (was.get(name), is.get(name)) {
                (Some(was), Some(is)) => fits(was, is),
                _ => false,
            };
            if !decided.iter().all(|name| covered(name)) {
                return false;
            }
        }
        _ if fits(&was, &is) => {}
        _ => return false,
    }
    // What is unknown in both must come from the same expressions.
    let from = |plan: &Plan, change: &InstanceChange, name: &str| {
        change.unknown_from.get(name).map(|from| plan.derived(from, secret))
    };
    let same = |name: &String| from(plan, approved, name) == from(now_plan, now, name);
    if !unknown_names(&is).iter().all(same) {
        return false;
    }
    // What it starts from, where that differs from what it will be.
    let (was_before, is_before) = (veil(&approved.before, secret), veil(&now.before, secret));
    match (was_before.as_fields(), is_before.as_fields()) {
        (Some(was_fields), Some(is_fields)) => is_fields.iter().all(|(name, value)| {
            let undecided = !now.after.is_null() && !decided.contains(name.as_str());
            let stays = is.attr(name).is_some_and(|a| a.equals(value).as_bool() == Some(true));
            let as_approved = was_fields.get(name).is_some_and(|other| other.raw_equals(value));
            undecided || stays || as_approved
        }),
        (None, None) => true,
        _ => false,
    }
}

/// The attributes that either change has a part in.
fn decided(a: &InstanceChange, b: &InstanceChange) -> BTreeSet<String> {
    let names = |change: &InstanceChange| -> Vec<String> {
        let told = told(change);
        let fields = told.as_fields().into_iter().flat_map(groma_value::Fields::iter);
        fields.map(|(name, _)| name.to_string()).collect()
    };
    names(a).into_iter().chain(names(b)).collect()
}

/// The attributes with unknown parts.
fn unknown_names(value: &Value) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    value.walk(|path, part| {
        if !part.is_known() {
            names.extend(top(path).map(str::to_owned));
        }
        std::ops::ControlFlow::Continue(())
    });
    names
}

/// Whether `now` is what was approved, or known where that was unknown.
fn fits(approved: &Value, now: &Value) -> bool {
    match (approved.view(), now.view()) {
        (View::Unknown(_), _) => true,
        (View::Object(a), View::Object(b)) | (View::Map(a), View::Map(b)) => {
            a.len() == b.len()
                && a.iter().zip(b.iter()).all(|((ak, a), (bk, b))| ak == bk && fits(a, b))
        }
        (View::List(a), View::List(b)) | (View::Tuple(a), View::Tuple(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| fits(a, b))
        }
        (View::Set(a), View::Set(b)) if a.iter().any(|item| !item.is_wholly_known()) => {
            // Elements that were unknown may be any by now.
            a.len() >= b.len()
                && a.iter()
                    .filter(|item| item.is_wholly_known())
                    .all(|item| b.iter().any(|other| other.raw_equals(item)))
        }
        _ => approved.raw_equals(now),
    }
}

fn output_uncovered(
    approved: &[&Plan],
    now: &Plan,
    output: &OutputChange,
    secret: &[u8; 32],
) -> Option<Uncovered> {
    let digest = now.output_digest(output, secret);
    let from = |plan: &Plan, output: &OutputChange| {
        output.unknown_from.as_ref().map(|from| plan.derived(from, secret))
    };
    let mut differs = false;
    for plan in approved {
        let other = plan.outputs.iter().find(|other| other.name == output.name);
        let Some(other) = other.filter(|other| other.action != Action::NoOp) else { continue };
        let same_kind = other.action == output.action && other.sensitive == output.sensitive;
        let unknown = !other.after.is_wholly_known()
            && same_kind
            && fits(&veil(&other.after, secret), &veil(&output.after, secret))
            && (output.after.is_wholly_known() || from(plan, other) == from(now, output));
        if unknown || plan.output_digest(other, secret) == digest {
            return None;
        }
        differs = true;
    }
    Some(Uncovered::Output { name: output.name.clone(), differs })
}
