//! Results of conditions, gathered by the object that has them.
//!
//! Everything in the configuration that has conditions has a result, whatever happens to it: one
//! that is never evaluated is unknown. Which instances it has is known once it is expanded; each
//! starts with all its conditions unknown.

use std::collections::{BTreeMap, HashMap};

use groma_addr::InstanceKey;
use groma_config::Module;
use groma_diag::{Diagnostics, Severity};
use groma_eval::condition::{Checked, Status};
use groma_eval::{FrameId, Frames};
use groma_state::{CheckObject, CheckResult, CheckStatus, CheckableKind};

use crate::graph::{ConfigGraph, Id, Node};

/// An instance of something that has conditions.
#[derive(Clone, Copy)]
pub(crate) struct Checkable<'k> {
    /// Its node in the graph.
    pub(crate) node: Id,
    /// The instance of its module.
    pub(crate) frame: FrameId,
    /// Its key; only resources have one.
    pub(crate) key: &'k InstanceKey,
}

impl Checkable<'_> {
    /// What has one instance in each instance of its module.
    pub(crate) fn single(node: Id, frame: FrameId) -> Self {
        Self { node, frame, key: &InstanceKey::None }
    }
}

/// Which of an object's conditions are meant. They are evaluated at different times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Group {
    /// Preconditions, validations, assertions.
    First,
    /// What comes besides: postconditions, and whether a check's own data could be read.
    Second,
}

/// Results of conditions, by the object that has them.
#[derive(Default)]
pub(crate) struct Checks(BTreeMap<Id, Gathered>);

/// The results of all instances of an object.
struct Gathered {
    kind: CheckableKind,
    /// How many conditions there are in each group.
    rules: [usize; 2],
    /// None as long as it is not known which instances there are.
    instances: Option<Vec<Instance>>,
    at: HashMap<(FrameId, InstanceKey), usize>,
}

struct Instance {
    frame: FrameId,
    key: InstanceKey,
    results: Vec<CheckStatus>,
    messages: Vec<String>,
}

impl Checks {
    /// Everything that has conditions, with no instances yet.
    pub(crate) fn of(graph: &ConfigGraph) -> Self {
        let mut all = BTreeMap::new();
        let mut add = |id: Id, kind, rules: [usize; 2]| {
            if rules != [0, 0] {
                let (instances, at) = (None, HashMap::new());
                all.insert(id, Gathered { kind, rules, instances, at });
            }
        };
        // Names are numbered in the order of their maps.
        for entry in &graph.modules {
            let module = &entry.module;
            for (at, variable) in (0..).zip(module.variables.values()) {
                let rules = [variable.validations.len(), 0];
                add(entry.variable(at), CheckableKind::Variable, rules);
            }
            for (at, output) in (0..).zip(module.outputs.values()) {
                let rules = [output.preconditions.len(), 0];
                add(entry.output(at), CheckableKind::Output, rules);
            }
            for (at, check) in (0..).zip(module.checks.values()) {
                let rules = [check.asserts.len(), usize::from(check.data.is_some())];
                add(entry.check(at), CheckableKind::Check, rules);
            }
            for (at, block) in (0..).zip(module.resources.values()) {
                let lifecycle = &block.lifecycle;
                let rules = [lifecycle.preconditions.len(), lifecycle.postconditions.len()];
                add(entry.resource(at), CheckableKind::Resource, rules);
            }
        }
        Self(all)
    }

    /// Says that an object has this instance.
    pub(crate) fn expect(&mut self, node: Id, frame: FrameId, key: &InstanceKey) {
        if let Some(gathered) = self.0.get_mut(&node) {
            gathered.instance(frame, key);
        }
    }

    /// Says that it is known which instances an object has, though it may have none.
    pub(crate) fn expanded(&mut self, node: Id) {
        if let Some(gathered) = self.0.get_mut(&node) {
            gathered.instances.get_or_insert_default();
        }
    }

    /// Adds the results of a group of conditions, in their order.
    pub(crate) fn note<'c>(
        &mut self,
        of: Checkable<'_>,
        group: Group,
        results: impl IntoIterator<Item = &'c Checked>,
    ) {
        let Some(gathered) = self.0.get_mut(&of.node) else { return };
        let first = if group == Group::First { 0 } else { gathered.rules[0] };
        let instance = gathered.instance(of.frame, of.key);
        for (slot, checked) in instance.results.iter_mut().skip(first).zip(results) {
            *slot = outcome(checked.status);
            if *slot == CheckStatus::Fail && !checked.message.is_empty() {
                instance.messages.push(checked.message.clone());
            }
        }
    }

    /// Notes whether the data that a check reads for itself could be read; if not, why.
    pub(crate) fn note_data(&mut self, of: Checkable<'_>, error: Option<String>) {
        let status = if error.is_none() { Status::Pass } else { Status::Fail };
        let (message, diagnostics) = (error.unwrap_or_default(), Diagnostics::new());
        self.note(of, Group::Second, &[Checked { status, message, diagnostics }]);
    }

    /// The result of one instance, as far as it is known.
    pub(crate) fn status(&self, of: Checkable<'_>) -> CheckStatus {
        let found = self.0.get(&of.node).and_then(|gathered| {
            let at = *gathered.at.get(&(of.frame, of.key.clone()))?;
            Some(gathered.instances.as_ref()?.get(at)?.status())
        });
        found.unwrap_or(CheckStatus::Unknown)
    }

    /// All results, in the order of their addresses.
    ///
    /// What was not expanded, since something that it depends on failed, has the instances that
    /// `planned` has.
    pub(crate) fn finish(
        self,
        graph: &ConfigGraph,
        frames: &Frames,
        planned: &[CheckResult],
    ) -> Vec<CheckResult> {
        let planned: HashMap<(CheckableKind, &str), &[CheckObject]> = planned
            .iter()
            .map(|result| ((result.kind, &*result.config_addr), result.objects.as_slice()))
            .collect();
        let mut results = Vec::with_capacity(self.0.len());
        for (id, gathered) in self.0 {
            let Some((module, name)) = written(graph, graph.graph[id]) else { continue };
            let config_addr = within(&module.path.to_string(), &name);
            let kind = gathered.kind;
            let (status, objects) = if let Some(instances) = gathered.instances {
                let status = instances.iter().map(Instance::status).fold(CheckStatus::Pass, worse);
                (status, instances.into_iter().map(|one| one.object(frames, &name)).collect())
            } else {
                let planned = planned.get(&(kind, config_addr.as_str())).copied();
                (CheckStatus::Unknown, planned.unwrap_or_default().iter().map(open).collect())
            };
            results.push(CheckResult { kind, config_addr: config_addr.into(), status, objects });
        }
        results.sort_by(|a, b| a.config_addr.cmp(&b.config_addr));
        results
    }
}

impl Gathered {
    fn instance(&mut self, frame: FrameId, key: &InstanceKey) -> &mut Instance {
        let instances = self.instances.get_or_insert_default();
        let at = *self.at.entry((frame, key.clone())).or_insert_with(|| {
            let results = vec![CheckStatus::Unknown; self.rules.iter().sum()];
            instances.push(Instance { frame, key: key.clone(), results, messages: Vec::new() });
            instances.len() - 1
        });
        &mut instances[at]
    }
}

impl Instance {
    fn status(&self) -> CheckStatus {
        self.results.iter().copied().fold(CheckStatus::Pass, worse)
    }

    fn object(self, frames: &Frames, name: &str) -> CheckObject {
        let status = self.status();
        let module = frames.get(self.frame).addr.to_string();
        let object_addr = format!("{}{}", within(&module, name), self.key).into();
        let mut failure_messages = self.messages;
        failure_messages.sort_unstable();
        CheckObject { object_addr, status, failure_messages }
    }
}

/// An instance of which nothing is known but that it is there.
fn open(planned: &CheckObject) -> CheckObject {
    CheckObject {
        object_addr: planned.object_addr.clone(),
        status: CheckStatus::Unknown,
        failure_messages: Vec::new(),
    }
}

/// Makes of errors in reading a check's own data what they are, warnings, and gives the message
/// that the check failed with.
pub(crate) fn failed_to_read(diagnostics: &mut Diagnostics) -> String {
    let mut texts = Vec::with_capacity(diagnostics.len());
    for diagnostic in diagnostics {
        diagnostic.severity = Severity::Warning;
        diagnostic.of_check = true;
        texts.push(match diagnostic.detail.as_str() {
            "" => diagnostic.summary.clone(),
            detail => format!("{}: {detail}", diagnostic.summary),
        });
    }
    if let [text] = texts.as_slice() {
        return text.clone();
    }
    let list: Vec<String> = texts.iter().map(|text| format!("\n- {text}")).collect();
    format!("{} problems:\n{}", texts.len(), list.concat())
}

fn within(module: &str, name: &str) -> String {
    if module.is_empty() { name.to_owned() } else { format!("{module}.{name}") }
}

/// The module of a node that has conditions, and its address in there.
fn written(graph: &ConfigGraph, node: Node) -> Option<(&Module, String)> {
    let (id, name) = match node {
        Node::Variable(id, at) => {
            (id, format!("var.{}", graph.module(id).names.variables.get(at as usize)?))
        }
        Node::Output(id, at) => {
            (id, format!("output.{}", graph.module(id).names.outputs.get(at as usize)?))
        }
        Node::Check(id, at) => {
            (id, format!("check.{}", graph.module(id).names.checks.get(at as usize)?))
        }
        Node::Resource(id, at) => {
            (id, graph.module(id).names.resources.get(at as usize)?.to_string())
        }
        _ => return None,
    };
    Some((&graph.module(id).module, name))
}

const fn outcome(status: Status) -> CheckStatus {
    match status {
        Status::Pass => CheckStatus::Pass,
        Status::Fail => CheckStatus::Fail,
        Status::Unknown => CheckStatus::Unknown,
        Status::Error => CheckStatus::Error,
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
