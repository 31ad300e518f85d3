//! The graph that an operation walks, in the language of Graphviz: what `graph -type=…` prints.
//!
//! The layout is that of `terraform graph -type=…`; nodes and edges are our own.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;

use groma_config::{Config, ModuleId};
use groma_diag::Diagnostics;
use groma_state::State;
use petgraph::Direction;
use petgraph::algo::kosaraju_scc;

use super::dot::{direct_before, quoted};
use super::{ConfigGraph, Id, Node, build, check_cycles, name};
use crate::{InstanceChange, Plan};

/// The graph of planning, with what is only in the state. With `cycles`, a graph with cycles is
/// drawn all the same, and their edges stand out.
pub fn dot_of_planning(config: &Config, state: &State, cycles: bool) -> (String, Diagnostics) {
    let in_state = state
        .instances()
        .map(|(addr, instance)| (addr.containing().config(), (*instance.provider).clone()));
    let (graph, mut diags) = build(config, in_state);
    let found = check_cycles(&graph, &config.sources);
    if !cycles {
        diags.extend(found);
    }
    (Drawing { graph: &graph, changes: &[] }.draw(cycles), diags)
}

/// The graph of applying a plan, whose configuration is `config`.
pub fn dot_of_applying(config: &Config, plan: &Plan) -> (String, Diagnostics) {
    let by_resource = crate::apply::by_resource(&plan.changes);
    let (found, diags) = crate::apply::graph_of(config, plan, &by_resource);
    (Drawing { graph: &found.graph, changes: &plan.changes }.draw(false), diags)
}

struct Drawing<'a> {
    graph: &'a ConfigGraph,
    changes: &'a [InstanceChange],
}

impl Drawing<'_> {
    fn draw(&self, cycles: bool) -> String {
        let rings = if cycles { rings(self.graph) } else { HashMap::new() };
        let mut nodes = BTreeSet::new();
        let mut edges = BTreeSet::new();
        for id in self.graph.graph.node_indices() {
            let Some(from) = self.name(id) else { continue };
            if let Some((label, shape)) = self.look(id) {
                let (node, label) = (quoted(&from), quoted(&label));
                nodes.insert(format!("{node} [label = {label}, shape = \"{shape}\"]"));
            }
            // In a cycle every edge implies every other.
            let before = if rings.is_empty() {
                direct_before(self.graph, id)
            } else {
                self.graph.graph.neighbors_directed(id, Direction::Incoming).collect()
            };
            for before in before {
                let Some(to) = self.name(before) else { continue };
                let ring = rings.get(&id).is_some_and(|ring| rings.get(&before) == Some(ring));
                let look = if ring { " [color = \"red\", penwidth = \"2.0\"]" } else { "" };
                edges.insert(format!("{} -> {}{look}", quoted(&from), quoted(&to)));
            }
        }
        let mut text = String::from(
            "digraph {\n\tcompound = \"true\"\n\tnewrank = \"true\"\n\tsubgraph \"root\" {\n",
        );
        for line in nodes.iter().chain(&edges) {
            // Writing to a string does not fail.
            let _ = writeln!(text, "\t\t{line}");
        }
        text + "\t}\n}\n"
    }

    /// What a node is called; `None` for one that has no place in a drawing: everything comes
    /// after the root module's instance, which is always there.
    fn name(&self, id: Id) -> Option<String> {
        let plain = || name(self.graph, id);
        let name = match self.graph.graph[id] {
            Node::Expand(ModuleId::ROOT) => return None,
            Node::Close(ModuleId::ROOT) => "root".to_owned(),
            Node::Variable(ModuleId::ROOT, _)
            | Node::Provider(_)
            | Node::Expand(_)
            | Node::Close(_) => plain(),
            Node::Refresh(_) => format!("{} (refresh)", plain()),
            Node::Orphan(_) => format!("{} (orphan)", plain()),
            Node::Destroy(at) => format!("{} (destroy)", self.changes.get(at as usize)?.addr),
            Node::Instance(.., at) => self.changes.get(at as usize)?.addr.to_string(),
            Node::Made(..) => format!("{} (made)", plain()),
            Node::Meet(at) => format!("(order {})", at.wrapping_add(1)),
            _ => format!("{} (expand)", plain()),
        };
        Some(format!("[root] {name}"))
    }

    /// The label and the shape of a node that stands out.
    fn look(&self, id: Id) -> Option<(String, &'static str)> {
        let shape = match self.graph.graph[id] {
            Node::Resource(..) | Node::Orphan(_) => "box",
            Node::Destroy(at) | Node::Instance(.., at) => {
                return Some((self.changes.get(at as usize)?.addr.to_string(), "box"));
            }
            Node::Provider(_) => "diamond",
            Node::Variable(ModuleId::ROOT, _) => "note",
            _ => return None,
        };
        Some((name(self.graph, id), shape))
    }
}

/// Which cycle each node is in, if it is in one.
fn rings(graph: &ConfigGraph) -> HashMap<Id, usize> {
    let loops = |id: &Id| graph.graph.find_edge(*id, *id).is_some();
    let parts = kosaraju_scc(&graph.graph).into_iter().enumerate();
    let rings = parts.filter(|(_, part)| part.len() > 1 || part.iter().any(loops));
    rings.flat_map(|(ring, part)| part.into_iter().map(move |id| (id, ring))).collect()
}
