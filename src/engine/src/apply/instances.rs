//! Where in the graph the work on each instance of a resource goes.
//!
//! | What | Comes after |
//! |---|---|
//! | the work on an instance | its resource is expanded |
//! | what refers to an instance by its key | that instance, in all instances of its module |
//! | what refers to all instances, or to one by a key that is not written out | all of them |
//!
//! So one that fails, or takes long, keeps nothing waiting that could do without it. A resource of
//! which only one instance is wanted has no such nodes: its own does the work.

use std::collections::HashMap;

use groma_addr::{ConfigResource, InstanceKey};
use groma_config::{ModuleId, ResourceBlock};

use crate::graph::{ConfigGraph, Id, Node};
use crate::{Action, InstanceChange};

/// Which changes are of each resource, in their order.
pub(crate) type ByResource = HashMap<ConfigResource, Vec<u32>>;

/// The nodes of instances, by change.
pub(super) type Makers = HashMap<u32, Id>;

/// Whether something is to be done about an instance: also if all that there is are conditions,
/// which may be about others.
pub(super) fn is_work(block: &ResourceBlock, planned: &InstanceChange) -> bool {
    let rules = &block.lifecycle;
    let ruled = !rules.preconditions.is_empty() || !rules.postconditions.is_empty();
    match planned.action {
        Action::NoOp => ruled && !planned.origin.held,
        action => action.makes() || action == Action::Read,
    }
}

/// Adds a node for each instance with work of the resources that have several.
pub(super) fn set_apart(
    graph: &mut ConfigGraph,
    changes: &[InstanceChange],
    by_resource: &ByResource,
) -> Makers {
    let mut makers = Makers::new();
    let mut several: Vec<_> = by_resource.iter().filter(|(_, list)| list.len() > 1).collect();
    several.sort_unstable_by_key(|(_, list)| list.first());
    for (resource, list) in several {
        let wanted = list.iter().filter_map(|at| {
            let change = changes.get(*at as usize)?;
            let ends = matches!(change.action, Action::Delete | Action::Forget);
            (!ends && change.deposed.is_none()).then_some((*at, change))
        });
        if let Some((module, at)) = graph.find_resource(resource)
            && let Some(split) = Split::new(graph, (module, at), wanted, &mut makers)
        {
            split.connect(graph);
        }
    }
    makers
}

/// A resource that has several instances.
struct Split {
    module: ModuleId,
    at: u32,
    /// Where it is expanded.
    node: Id,
    /// Those with work.
    instances: Vec<Id>,
    /// Those with work by key; a key that has none has instances in which nothing is to be done.
    by_key: HashMap<InstanceKey, Vec<Id>>,
}

impl Split {
    /// Makes the nodes of the instances, if there are several and some have work.
    fn new<'c>(
        graph: &mut ConfigGraph,
        (module, at): (ModuleId, u32),
        wanted: impl Iterator<Item = (u32, &'c InstanceChange)>,
        makers: &mut Makers,
    ) -> Option<Self> {
        let entry = graph.module(module);
        let (_, block) = entry.module.resources.get_index(at as usize)?;
        let wanted: Vec<(u32, &InstanceChange, bool)> =
            wanted.map(|(change, planned)| (change, planned, is_work(block, planned))).collect();
        if wanted.len() < 2 || !wanted.iter().any(|(.., work)| *work) {
            return None;
        }
        let node = entry.resource(at);
        let mut split = Self { module, at, node, instances: Vec::new(), by_key: HashMap::new() };
        for (change, planned, work) in wanted {
            let same = split.by_key.entry(planned.addr.key.clone()).or_default();
            if work {
                let instance = graph.graph.add_node(Node::Instance(module, at, change));
                makers.insert(change, instance);
                same.push(instance);
                split.instances.push(instance);
            }
        }
        Some(split)
    }

    /// Has the instances come after their resource, and after them what refers to them.
    fn connect(self, graph: &mut ConfigGraph) {
        let dependents: Vec<Id> = graph.graph.neighbors(self.node).collect();
        let all = graph.graph.add_node(Node::Made(self.module, self.at));
        for instance in &self.instances {
            graph.graph.add_edge(self.node, *instance, None);
            graph.graph.add_edge(*instance, all, None);
        }
        for dependent in dependents {
            let keys = graph.keyed.get(&(self.node, dependent));
            // A key that no instance has stands for all of them.
            let found: Option<Vec<&Vec<Id>>> =
                keys.and_then(|keys| keys.iter().map(|key| self.by_key.get(key)).collect());
            match found {
                Some(found) => {
                    for instance in found.into_iter().flatten() {
                        graph.graph.add_edge(*instance, dependent, None);
                    }
                }
                None => drop(graph.graph.add_edge(all, dependent, None)),
            }
        }
    }
}
