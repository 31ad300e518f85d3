//! `-target` of a destruction: what a target names, and all that depends on it.
//!
//! What depends on what is as the state has it, since the configuration may say otherwise by now,
//! or nothing. Instances in different instances of one module are apart.

use std::collections::{BTreeMap, HashMap, HashSet};

use groma_addr::{ConfigResource, ModuleInstance, ResourceInstance, Target};
use groma_state::{Dependency, DependencyId, State};

use super::target::Wanted;
use super::{ConfigGraph, Id, Node, Targeted, covers};

/// The objects that end if those that targets name do. What has no object counts too, as a provider
/// may be configured from it.
pub(crate) fn target_ends(config: &ConfigGraph, state: &State, targets: &[Target]) -> Targeted {
    if targets.is_empty() {
        return Targeted::default();
    }
    let named = state.instances().map(|(addr, _)| addr);
    let named = named.filter(|addr| targets.iter().any(|target| covers(target, addr)));
    let ends = Dependents::of(state).all(named.collect());
    let graph = &config.graph;
    let has_objects = |id: &Id| matches!(graph[*id], Node::Resource(..) | Node::Orphan(_));
    let others = graph.node_indices().filter(|id| !has_objects(id));
    let nodes = ends.iter().filter_map(|addr| config.node_of(&addr.containing().config()));
    Targeted {
        nodes: Some(nodes.chain(others).collect()),
        instances: Wanted::Only(ends.into_iter().cloned().collect()),
    }
}

/// What depends on what: the dependencies of a state, the other way round.
#[derive(Default)]
struct Dependents<'s> {
    /// The dependencies on each resource.
    on: HashMap<&'s ConfigResource, Vec<DependencyId>>,
    /// The dependencies that lead to each one.
    through: HashMap<DependencyId, Vec<DependencyId>>,
    /// The instances that have each dependency.
    instances: HashMap<DependencyId, Vec<&'s ResourceInstance>>,
}

impl<'s> Dependents<'s> {
    fn of(state: &'s State) -> Self {
        let mut found = Self::default();
        let mut seen = HashSet::new();
        for (addr, instance) in state.instances() {
            for object in instance.current.iter().chain(instance.deposed.values()) {
                for dependency in object.dependencies.direct() {
                    found.instances.entry(dependency.id()).or_default().push(addr);
                    found.follow(dependency, &mut seen);
                }
            }
        }
        found
    }

    fn follow(&mut self, dependency: &'s Dependency, seen: &mut HashSet<DependencyId>) {
        let mut pending = vec![dependency];
        while let Some(dependency) = pending.pop() {
            if !seen.insert(dependency.id()) {
                continue;
            }
            self.on.entry(dependency.resource()).or_default().push(dependency.id());
            for next in dependency.on().direct() {
                self.through.entry(next.id()).or_default().push(dependency.id());
                pending.push(next);
            }
        }
    }

    /// These instances and all that depend on them.
    fn all(&self, named: Vec<&'s ResourceInstance>) -> HashSet<&'s ResourceInstance> {
        let mut all: HashSet<&ResourceInstance> = named.iter().copied().collect();
        let mut fresh = named;
        while !fresh.is_empty() {
            let mut by_module: BTreeMap<&ModuleInstance, Vec<ConfigResource>> = BTreeMap::new();
            for addr in fresh.drain(..) {
                let resource = addr.containing().config();
                by_module.entry(&addr.module).or_default().push(resource);
            }
            for (module, resources) in by_module {
                for addr in self.dependents(&resources) {
                    let apart = addr.module != *module && addr.module.module() == module.module();
                    if !apart && all.insert(addr) {
                        fresh.push(addr);
                    }
                }
            }
        }
        all
    }

    /// The instances that depend on some of these resources, however far.
    fn dependents(&self, resources: &[ConfigResource]) -> HashSet<&'s ResourceInstance> {
        let mut found = HashSet::new();
        let mut seen: HashSet<DependencyId> = HashSet::new();
        let on = resources.iter().filter_map(|resource| self.on.get(resource));
        let mut pending: Vec<DependencyId> = on.flatten().copied().collect();
        while let Some(id) = pending.pop() {
            if seen.insert(id) {
                found.extend(self.instances.get(&id).into_iter().flatten());
                pending.extend(self.through.get(&id).into_iter().flatten());
            }
        }
        found
    }
}
