//! `-target`: only some nodes, and what they depend on.

use std::collections::HashSet;

use groma_addr::{AbsResource, ModuleInstance, ResourceInstance, Target};
use petgraph::Direction;

use super::{ConfigGraph, Id, Node};

/// What is to be visited.
#[derive(Clone, Debug, Default)]
pub(crate) struct Targeted {
    /// Everything, if there are no targets.
    nodes: Option<HashSet<Id>>,
    targets: Vec<Target>,
}

impl Targeted {
    /// Whether a node is to be visited.
    pub(crate) fn has(&self, id: Id) -> bool {
        self.nodes.as_ref().is_none_or(|nodes| nodes.contains(&id))
    }

    /// Whether there are targets at all.
    pub(crate) fn is_limited(&self) -> bool {
        self.nodes.is_some()
    }

    /// Whether a resource's instance is wanted: all of one that is only depended upon are.
    pub(crate) fn has_instance(&self, addr: &ResourceInstance) -> bool {
        if self.nodes.is_none() {
            return true;
        }
        let mut named = false;
        for target in &self.targets {
            if covers(target, addr) {
                return true;
            }
            match target {
                Target::Instance(instance) => {
                    named |= instance.resource == addr.resource
                        && instance.module.module() == addr.module.module();
                }
                Target::Resource(resource) => {
                    named |= resource.resource == addr.resource
                        && resource.module.module() == addr.module.module();
                }
                Target::Module(module) => {
                    named |= addr.module.module().calls().starts_with(module.module().calls());
                }
            }
        }
        // Of a resource that no target names, a target depends on all instances.
        !named
    }
}

/// Whether a target names an instance, or what it is in.
pub(crate) fn covers(target: &Target, addr: &ResourceInstance) -> bool {
    match target {
        Target::Module(module) => module_covers(module, &addr.module),
        Target::Resource(resource) => resource_covers(resource, addr),
        Target::Instance(instance) => instance == addr,
    }
}

/// Whether a target names everything in a module instance. A step without a key is every instance.
fn module_covers(target: &ModuleInstance, module: &ModuleInstance) -> bool {
    let (target, module) = (target.steps(), module.steps());
    target.len() <= module.len()
        && target.iter().zip(module).all(|(target, step)| {
            target.name == step.name && (target.key.is_none() || target.key == step.key)
        })
}

fn resource_covers(target: &AbsResource, addr: &ResourceInstance) -> bool {
    target.resource == addr.resource
        && target.module.steps().len() == addr.module.steps().len()
        && module_covers(&target.module, &addr.module)
}

/// The nodes that targets name, and all that they depend on.
pub(crate) fn target(config: &ConfigGraph, targets: &[Target]) -> Targeted {
    if targets.is_empty() {
        return Targeted::default();
    }
    let graph = &config.graph;
    let mut wanted = HashSet::new();
    let mut pending: Vec<Id> =
        graph.node_indices().filter(|id| is_named(config, graph[*id], targets)).collect();
    while let Some(id) = pending.pop() {
        if wanted.insert(id) {
            pending.extend(graph.neighbors_directed(id, Direction::Incoming));
        }
    }
    // An output that depends on nothing else is brought up to date too.
    let outputs = graph.node_indices().filter(|id| matches!(graph[*id], Node::Output(..)));
    let complete: Vec<Id> =
        outputs.filter(|id| depends_on_wanted_only(config, *id, &wanted)).collect();
    for id in complete {
        let mut pending = vec![id];
        while let Some(id) = pending.pop() {
            if wanted.insert(id) {
                pending.extend(graph.neighbors_directed(id, Direction::Incoming));
            }
        }
    }
    Targeted { nodes: Some(wanted), targets: targets.to_vec() }
}

/// The nodes whose objects end if those that targets name do: all that depends on them. What is no
/// resource counts too, as a provider may be configured from it.
pub(crate) fn target_ends(config: &ConfigGraph, targets: &[Target]) -> Targeted {
    if targets.is_empty() {
        return Targeted::default();
    }
    let graph = &config.graph;
    let has_objects = |node: Node| matches!(node, Node::Resource(..) | Node::Orphan(_));
    let mut wanted: HashSet<Id> =
        graph.node_indices().filter(|id| !has_objects(graph[*id])).collect();
    let mut seen = HashSet::new();
    let mut pending: Vec<Id> =
        graph.node_indices().filter(|id| is_named(config, graph[*id], targets)).collect();
    while let Some(id) = pending.pop() {
        if seen.insert(id) {
            wanted.insert(id);
            pending.extend(graph.neighbors_directed(id, Direction::Outgoing));
        }
    }
    Targeted { nodes: Some(wanted), targets: targets.to_vec() }
}

fn is_named(config: &ConfigGraph, node: Node, targets: &[Target]) -> bool {
    let addr = match node {
        Node::Resource(module, at) => config.resource_addr(module, at),
        Node::Orphan(at) => config.orphans.get(at as usize).cloned(),
        _ => None,
    };
    addr.is_some_and(|addr| {
        targets.iter().any(|target| match target {
            Target::Module(module) => addr.module.calls().starts_with(module.module().calls()),
            Target::Resource(resource) => {
                resource.resource == addr.resource && resource.module.module() == addr.module
            }
            Target::Instance(instance) => {
                instance.resource == addr.resource && instance.module.module() == addr.module
            }
        })
    })
}

/// Whether an output depends on some resource, and on no other than those that are wanted.
fn depends_on_wanted_only(config: &ConfigGraph, id: Id, wanted: &HashSet<Id>) -> bool {
    let graph = &config.graph;
    let (mut seen, mut pending, mut any) = (HashSet::new(), vec![id], false);
    while let Some(id) = pending.pop() {
        if !seen.insert(id) {
            continue;
        }
        if matches!(graph[id], Node::Resource(..)) {
            any = true;
            if !wanted.contains(&id) {
                return false;
            }
        }
        pending.extend(graph.neighbors_directed(id, Direction::Incoming));
    }
    any
}
