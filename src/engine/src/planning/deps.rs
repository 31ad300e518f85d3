//! Which resources something depends on, through everything that is not a resource.

use std::collections::HashSet;

use groma_state::{Dependencies, Dependency};
use petgraph::Direction;
use petgraph::algo::toposort;

use crate::graph::{ConfigGraph, Id, Node, Targeted};

/// The resources that each node depends on, and which replacements must come before the
/// destruction of what they replace. Both follow from what is written, the latter of what is
/// targeted.
pub(crate) struct Reach {
    nodes: Vec<Dependencies>,
    /// Among the targets.
    create_first: Vec<bool>,
    /// Among all that there is.
    created_first: Vec<bool>,
}

impl Reach {
    pub(crate) fn new(graph: &ConfigGraph, targeted: &Targeted) -> Self {
        // In a cycle, which is an error, nothing depends on anything.
        let order = toposort(&graph.graph, None).unwrap_or_default();
        let everything = Targeted::default();
        Self {
            nodes: nodes(graph, &order),
            create_first: create_first(graph, targeted, &order),
            created_first: create_first(graph, &everything, &order),
        }
    }

    /// What a node depends on.
    pub(crate) fn of(&self, id: Id) -> &Dependencies {
        &self.nodes[id.index()]
    }

    /// Whether a resource's replacement is made before the old object is destroyed: it says so
    /// itself, or something that depends on it does. What is not targeted has no say.
    pub(crate) fn creates_first(&self, id: Id) -> bool {
        self.create_first.get(id.index()).copied().unwrap_or_default()
    }

    /// What an apply notes of that in the objects that it makes: there, all has a say.
    pub(crate) fn created_first(&self, id: Id) -> bool {
        self.created_first.get(id.index()).copied().unwrap_or_default()
    }
}

fn nodes(graph: &ConfigGraph, order: &[Id]) -> Vec<Dependencies> {
    // Of each node, what those that come right after it depend on because of it: the node itself
    // if it is a resource, else all that the node depends on.
    let mut leads_to = vec![Dependencies::none(); graph.graph.node_count()];
    let mut nodes = leads_to.clone();
    for id in order {
        let before = graph.graph.neighbors_directed(*id, Direction::Incoming);
        let found = together(before.map(|before| &leads_to[before.index()]));
        let resource = match graph.graph[*id] {
            Node::Resource(module, at) => graph.resource_addr(module, at),
            Node::Orphan(at) => graph.orphans.get(at as usize).cloned(),
            _ => None,
        };
        leads_to[id.index()] = match resource {
            Some(resource) => std::iter::once(Dependency::new(resource, found.clone())).collect(),
            None => found.clone(),
        };
        nodes[id.index()] = found;
    }
    nodes
}

/// All of several lists, shared where one is all there is.
fn together<'a>(lists: impl Iterator<Item = &'a Dependencies>) -> Dependencies {
    let mut lists = lists.filter(|list| !list.is_empty());
    let (Some(first), second) = (lists.next(), lists.next()) else { return Dependencies::none() };
    let Some(second) = second else { return first.clone() };
    let mut seen = HashSet::new();
    let all = [first, second].into_iter().chain(lists).flat_map(Dependencies::direct);
    let mut all: Vec<Dependency> =
        all.filter(|dependency| seen.insert(dependency.id())).cloned().collect();
    all.sort_by_cached_key(|dependency| dependency.resource().to_string());
    all.into_iter().collect()
}

fn create_first(graph: &ConfigGraph, targeted: &Targeted, order: &[Id]) -> Vec<bool> {
    let mut first = vec![false; graph.graph.node_count()];
    for id in order.iter().rev().filter(|id| targeted.has(**id)) {
        let own = match graph.graph[*id] {
            Node::Resource(module, at) => {
                let entry = graph.module(module);
                let addr = entry.names.resources.get(at as usize);
                addr.and_then(|addr| entry.module.resources.get(addr))
                    .is_some_and(groma_config::ResourceBlock::creates_before_destroy)
            }
            _ => false,
        };
        let mut dependents = graph.graph.neighbors_directed(*id, Direction::Outgoing);
        first[id.index()] = own || dependents.any(|dependent| first[dependent.index()]);
    }
    first
}
