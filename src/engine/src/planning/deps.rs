//! Which resources something depends on, through everything that is not a resource.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use groma_addr::ConfigResource;
use petgraph::Direction;
use petgraph::algo::toposort;

use crate::graph::{ConfigGraph, Id, Node};

/// The nearest resources that each node depends on, and which replacements must come before the
/// destruction of what they replace.
///
/// Only the nearest: a resource's own dependencies are found at that resource. One with no
/// instances at all is looked through, as it will be in no state.
pub(crate) struct Reach {
    nearest: HashMap<Id, Arc<[Id]>>,
    create_first: Vec<bool>,
    empty: Arc<[Id]>,
}

impl Reach {
    pub(crate) fn new(graph: &ConfigGraph) -> Self {
        Self { nearest: HashMap::new(), create_first: create_first(graph), empty: Arc::from([]) }
    }

    /// Notes a node's dependencies, all of which have ended. `instances` says how many instances
    /// a resource has.
    pub(crate) fn end(&mut self, graph: &ConfigGraph, id: Id, instances: Option<usize>) {
        if instances.is_some_and(|count| count > 0) {
            self.nearest.insert(id, Arc::from([id]));
            return;
        }
        let nearest = self.of(graph, id);
        self.nearest.insert(id, nearest);
    }

    /// What a node depends on.
    pub(crate) fn of(&self, graph: &ConfigGraph, id: Id) -> Arc<[Id]> {
        let mut incoming = graph.graph.neighbors_directed(id, Direction::Incoming);
        let sets = incoming.by_ref().filter_map(|before| self.nearest.get(&before));
        let sets: Vec<&Arc<[Id]>> = sets.filter(|set| !set.is_empty()).collect();
        match &sets[..] {
            [] => Arc::clone(&self.empty),
            // Shared, as a value that many refer to has one set.
            [one] => Arc::clone(one),
            many => {
                let all: BTreeSet<Id> = many.iter().flat_map(|set| set.iter().copied()).collect();
                all.into_iter().collect()
            }
        }
    }

    /// The same as addresses, sorted, without `own`.
    pub(crate) fn resources(&self, graph: &ConfigGraph, id: Id) -> Arc<[ConfigResource]> {
        let nearest = self.of(graph, id);
        let addr = |id: &Id| match graph.graph[*id] {
            Node::Resource(module, at) => graph.resource_addr(module, at),
            _ => None,
        };
        let mut found: Vec<ConfigResource> =
            nearest.iter().filter(|other| **other != id).filter_map(addr).collect();
        found.sort_by_cached_key(ToString::to_string);
        found.into()
    }

    /// Whether a resource's replacement is made before the old object is destroyed: it says so
    /// itself, or something that depends on it does.
    pub(crate) fn creates_first(&self, id: Id) -> bool {
        self.create_first.get(id.index()).copied().unwrap_or_default()
    }
}

fn create_first(graph: &ConfigGraph) -> Vec<bool> {
    let mut first = vec![false; graph.graph.node_count()];
    let order = toposort(&graph.graph, None).unwrap_or_default();
    for id in order.into_iter().rev() {
        let own = match graph.graph[id] {
            Node::Resource(module, at) => {
                let entry = graph.module(module);
                entry
                    .names
                    .resources
                    .get(at as usize)
                    .and_then(|addr| entry.module.resources.get(addr))
                    .is_some_and(groma_config::ResourceBlock::creates_before_destroy)
            }
            _ => false,
        };
        let mut dependents = graph.graph.neighbors_directed(id, Direction::Outgoing);
        first[id.index()] = own || dependents.any(|dependent| first[dependent.index()]);
    }
    first
}
