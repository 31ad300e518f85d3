//! Results of conditions, gathered by what they are about.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use groma_state::{CheckObject, CheckResult, CheckStatus, CheckableKind};

/// Results of conditions, by the object that has them.
#[derive(Default)]
pub(crate) struct Checks(BTreeMap<String, Gathered>);

struct Gathered {
    kind: CheckableKind,
    objects: Vec<CheckObject>,
    at: HashMap<Arc<str>, usize>,
}

impl Checks {
    /// Adds the results of an object's conditions to those that are known.
    pub(crate) fn note(
        &mut self,
        kind: CheckableKind,
        config: &str,
        object: &str,
        results: impl Iterator<Item = (CheckStatus, String)>,
    ) {
        let gathered = self.0.entry(config.to_owned()).or_insert_with(|| Gathered {
            kind,
            objects: Vec::new(),
            at: HashMap::new(),
        });
        let objects = &mut gathered.objects;
        let at = *gathered.at.entry(object.into()).or_insert_with_key(|addr| {
            objects.push(CheckObject {
                object_addr: Arc::clone(addr),
                status: CheckStatus::Pass,
                failure_messages: Vec::new(),
            });
            objects.len() - 1
        });
        for (status, message) in results {
            objects[at].status = worse(objects[at].status, status);
            if status == CheckStatus::Fail {
                objects[at].failure_messages.push(message);
            }
        }
    }

    /// All results, in the order of their addresses.
    pub(crate) fn finish(self) -> Vec<CheckResult> {
        let results = self.0.into_iter().map(|(config, gathered)| CheckResult {
            kind: gathered.kind,
            config_addr: config.into(),
            status: gathered
                .objects
                .iter()
                .fold(CheckStatus::Pass, |status, object| worse(status, object.status)),
            objects: gathered.objects,
        });
        results.collect()
    }
}

/// The status of two together.
fn worse(a: CheckStatus, b: CheckStatus) -> CheckStatus {
    let rank = |status| match status {
        CheckStatus::Pass => 0,
        CheckStatus::Unknown => 1,
        CheckStatus::Fail => 2,
        CheckStatus::Error => 3,
    };
    if rank(b) > rank(a) { b } else { a }
}
