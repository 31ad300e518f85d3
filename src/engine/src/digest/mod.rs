//! Digests: whether a plan is the one that was approved.
//!
//! | Counts | Does not count |
//! |---|---|
//! | action, address, deposed key, where it was moved from, import id | what stays as it is |
//! | the object as it will be, where that differs, and which of it is unknown | drift of what stays |
//! | the object as it is, only where that differs | data that is read while planning |
//! | what takes a replacement | when the plan was made |
//! | provider: source, version, values of its configuration | where things are written |
//! | of an unknown value: its expressions, through locals, modules and data, to resource attributes; with functions that read files, the files | |
//! | provisioners of what is made or destroyed | |
//! | mode, targets, `-replace`, directives | parallelism |
//!
//! Sensitive values, those of variables too, enter as a code under a secret of the store, so that a
//! digest can be shown; ephemeral ones never enter. A change that comes of `plantimestamp()` matches
//! no other plan: it is a [`Lint`].

mod covers;
mod expressions;
mod hash;
mod lint;

use std::collections::BTreeMap;
use std::fmt;

use groma_value::{Fields, Path, Value};
use serde::{Deserialize, Serialize};

pub use covers::{Coverage, Uncovered, covers};
pub use expressions::Derivation;
pub(crate) use expressions::{Expressions, Known};
use hash::Hasher;
pub use lint::Lint;

use crate::{Action, InstanceChange, OutputChange, Plan};

/// The digest of a plan, or of one thing in it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Digest(pub [u8; 32]);

/// Lower-case hexadecimal.
impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl Plan {
    /// The digest of everything that the plan will do. `secret` is the store's
    /// ([`StateStore::digest_secret`](groma_state::StateStore::digest_secret)).
    pub fn digest(&self, secret: &[u8; 32]) -> Digest {
        let mut parts: Vec<Digest> = self
            .changes
            .iter()
            .filter(|change| counts(change))
            .map(|change| self.change_digest(change, secret))
            .collect();
        let outputs = self.outputs.iter().filter(|output| output.action != Action::NoOp);
        parts.extend(outputs.map(|output| self.output_digest(output, secret)));
        parts.sort_unstable();
        let mut hasher = Hasher::new(b"plan");
        self.feed_options(&mut hasher);
        for part in &parts {
            hasher.bytes(&part.0);
        }
        hasher.finish()
    }

    fn feed_options(&self, hasher: &mut Hasher) {
        hasher.text(&format!("{:?}", self.mode));
        let mut targets: Vec<String> =
            self.targets.iter().map(|target| format!("{target:?}")).collect();
        targets.sort_unstable();
        for target in &targets {
            hasher.text(target);
        }
        let mut replace: Vec<String> = self.force_replace.iter().map(ToString::to_string).collect();
        replace.sort_unstable();
        for addr in &replace {
            hasher.text(addr);
        }
        let mut directives: Vec<String> =
            self.directives.entries.iter().map(|entry| format!("{entry:?}")).collect();
        directives.sort_unstable();
        for directive in &directives {
            hasher.text(directive);
        }
    }

    /// The digest of one change of an object.
    pub fn change_digest(&self, change: &InstanceChange, secret: &[u8; 32]) -> Digest {
        let mut hasher = Hasher::new(b"change");
        self.feed_identity(change, secret, &mut hasher);
        let after = hash::veil(&told(change), secret);
        let before = hash::veil(&change.before, secret);
        let none = Digest([0; 32]);
        let from: BTreeMap<&str, Digest> = change
            .unknown_from
            .iter()
            .map(|(name, from)| (name.as_str(), self.derived(from, secret)))
            .collect();
        after.feed_masked(&mut |bytes| hasher.raw(bytes), &mut |path, sink| {
            let from = top(path).and_then(|name| from.get(name));
            sink(&from.unwrap_or(&none).0);
        });
        feed_difference(&before, &after, &mut hasher);
        hasher.finish()
    }

    /// What something comes of, with the values of the sensitive variables in it.
    fn derived(&self, from: &Derivation, secret: &[u8; 32]) -> Digest {
        let mut hasher = Hasher::new(b"derived");
        hasher.bytes(&from.digest.0);
        for name in &*from.secrets {
            let variable = self.variables.iter().find(|variable| variable.name == *name);
            if let Some(value) = variable.and_then(crate::PlannedVariable::shown) {
                let plain = value.unmark_deep().0;
                let code = hash::code(secret, |sink| plain.feed(&mut |bytes| sink(bytes)));
                hasher.bytes(&code);
            }
        }
        hasher.finish()
    }

    /// The digest of a change of an output.
    fn output_digest(&self, output: &OutputChange, secret: &[u8; 32]) -> Digest {
        let mut hasher = Hasher::new(b"output");
        hasher.text(&output.name);
        hasher.text(&output.action.to_string());
        hasher.bytes(&[u8::from(output.sensitive)]);
        let unknown = output.unknown_from.as_ref().map(|from| self.derived(from, secret));
        let unknown = unknown.unwrap_or(Digest([0; 32]));
        let after = hash::veil(&output.after, secret);
        after.feed_masked(&mut |bytes| hasher.raw(bytes), &mut |_, sink| sink(&unknown.0));
        hash::veil(&output.before, secret).feed(&mut |bytes| hasher.raw(bytes));
        hasher.finish()
    }

    /// What a change is, its values aside.
    fn feed_identity(&self, change: &InstanceChange, secret: &[u8; 32], hasher: &mut Hasher) {
        hasher.text(&change.addr.to_string());
        hasher.text(&change.prev_run_addr.to_string());
        hasher.text(&change.deposed.map_or_else(String::new, |key| key.to_string()));
        hasher.text(&change.action.to_string());
        hasher.text(change.importing.as_ref().map_or("", |import| &import.id));
        let mut paths: Vec<String> =
            change.required_replace.iter().map(ToString::to_string).collect();
        paths.sort_unstable();
        for path in &paths {
            hasher.text(path);
        }
        hasher.text(&change.provider.to_string());
        let source = &change.provider.provider;
        let record = self.provenance.providers.iter().find(|record| record.source == *source);
        hasher.text(record.map_or("", |record| &record.version));
        if let Some(config) = self.provenance.provider_configs.get(&*change.provider) {
            let config = hash::veil(config, secret);
            config.feed(&mut |bytes| hasher.raw(bytes));
        }
        if let Some(provisioners) = &change.provisioners {
            hasher.bytes(&self.derived(provisioners, secret).0);
        }
    }
}

/// Whether a change counts at all.
fn counts(change: &InstanceChange) -> bool {
    change.action.is_change() || change.is_bookkeeping()
}

/// The attribute that a path leads to or into.
fn top(path: &Path) -> Option<&str> {
    match path.0.first()? {
        groma_value::PathStep::Attr(name) => Some(name.as_str()),
        _ => None,
    }
}

/// Feeds those attributes of `before` that `after` has otherwise.
fn feed_difference(before: &Value, after: &Value, hasher: &mut Hasher) {
    let (Some(fields), Some(now)) = (before.as_fields(), after.as_fields()) else {
        before.feed(&mut |bytes| hasher.raw(bytes));
        return;
    };
    for (name, is) in now.iter() {
        let Some(was) = fields.get(name) else { continue };
        if is.equals(was).as_bool() != Some(true) {
            hasher.text(name);
            was.feed(&mut |bytes| hasher.raw(bytes));
        }
    }
}

/// The object as it will be, as far as the change has a part in that: what an object is besides,
/// when it is changed or only moved, is nobody's decision.
fn told(change: &InstanceChange) -> Value {
    let (Action::Update | Action::NoOp, Some(before), Some(after)) =
        (change.action, change.before.as_fields(), change.after.as_fields())
    else {
        return change.after.clone();
    };
    let differs = |name: &str, is: &Value| before.get(name).is_none_or(|was| !was.raw_equals(is));
    let fields = after.iter().filter(|(name, is)| differs(name, is));
    Value::object(fields.map(|(name, is)| (name.clone(), is.clone())).collect::<Fields>())
}
