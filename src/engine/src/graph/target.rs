//! `-target`: only some nodes, and what they depend on.

use std::collections::HashSet;

use groma_addr::{AbsResource, ConfigResource, ModuleInstance, ResourceInstance, Target};
use petgraph::Direction;

use super::{ConfigGraph, Id, Node};

/// What is to be visited.
#[derive(Clone, Debug, Default)]
pub(crate) struct Targeted {
    /// Everything, if there are no targets.
    pub(super) nodes: Option<HashSet<Id>>,
    pub(super) instances: Wanted,
}

/// Which instances of the resources to be visited are wanted.
#[derive(Clone, Debug, Default)]
pub(super) enum Wanted {
    /// All.
    #[default]
    All,
    /// Those that targets name, and all of a resource that no target names: a target depends on it.
    Named(Vec<Target>),
    /// These.
    Only(HashSet<ResourceInstance>),
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

    /// Whether a resource's instance is wanted.
    pub(crate) fn has_instance(&self, addr: &ResourceInstance) -> bool {
        match &self.instances {
            Wanted::All => true,
            Wanted::Only(instances) => instances.contains(addr),
            Wanted::Named(targets) => {
                targets.iter().any(|target| covers(target, addr))
                    || !targets.iter().any(|target| names(target, &addr.containing().config()))
            }
        }
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

/// Whether a target names everything in a module instance. A last step without a key is every
/// instance.
fn module_covers(target: &ModuleInstance, module: &ModuleInstance) -> bool {
    let Some(last) = target.steps().len().checked_sub(1) else { return true };
    let steps = target.steps().iter().zip(module.steps());
    target.steps().len() <= module.steps().len()
        && steps.enumerate().all(|(at, (target, step))| {
            target.name == step.name
                && (target.key == step.key || at == last && target.key.is_none())
        })
}

fn resource_covers(target: &AbsResource, addr: &ResourceInstance) -> bool {
    target.resource == addr.resource && target.module == addr.module
}

/// The nodes that targets name, and all that they depend on.
pub(crate) fn target(config: &ConfigGraph, targets: &[Target]) -> Targeted {
    if targets.is_empty() {
        return Targeted::default();
    }
    let graph = &config.graph;
    let mut wanted = HashSet::new();
    let named = graph.node_indices().filter(|id| is_named(config, graph[*id], targets));
    add_with_needs(config, named.collect(), &mut wanted);
    // An output of the root that depends on nothing else is brought up to date too.
    let is_root = |module| config.modules.first().is_some_and(|root| root.module.id == module);
    let outputs = graph
        .node_indices()
        .filter(|id| matches!(graph[*id], Node::Output(module, _) if is_root(module)));
    let complete: Vec<Id> =
        outputs.filter(|id| depends_on_wanted_only(config, *id, &wanted)).collect();
    add_with_needs(config, complete, &mut wanted);
    Targeted { nodes: Some(wanted), instances: Wanted::Named(targets.to_vec()) }
}

/// Adds nodes and all that they depend on.
fn add_with_needs(config: &ConfigGraph, mut pending: Vec<Id>, wanted: &mut HashSet<Id>) {
    while let Some(id) = pending.pop() {
        if wanted.insert(id) {
            pending.extend(config.graph.neighbors_directed(id, Direction::Incoming));
        }
    }
}

fn is_named(config: &ConfigGraph, node: Node, targets: &[Target]) -> bool {
    let addr = match node {
        Node::Resource(module, at) => config.resource_addr(module, at),
        Node::Orphan(at) => config.orphans.get(at as usize).cloned(),
        _ => None,
    };
    addr.is_some_and(|addr| targets.iter().any(|target| names(target, &addr)))
}

/// Whether a target names some instance of a resource.
fn names(target: &Target, addr: &ConfigResource) -> bool {
    match target {
        Target::Module(module) => addr.module.calls().starts_with(module.module().calls()),
        Target::Resource(resource) => {
            resource.resource == addr.resource && resource.module.module() == addr.module
        }
        Target::Instance(instance) => {
            instance.resource == addr.resource && instance.module.module() == addr.module
        }
    }
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
