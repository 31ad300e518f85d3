//! The graph in the language of Graphviz, as `terraform graph` prints it: resources and what they
//! depend on.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use groma_addr::ConfigResource;
use groma_config::Config;
use groma_diag::Diagnostics;
use petgraph::Direction;

use super::{ConfigGraph, Id, Node, build, check_cycles};

/// The resources of a configuration by module, each with the resources that it depends on, as a
/// `digraph`.
pub fn dot(config: &Config) -> (String, Diagnostics) {
    let (graph, mut diags) = build(config, []);
    diags.extend(check_cycles(&graph, &config.sources));
    let mut text = String::from(
        "digraph G {\n  rankdir = \"RL\";\n  node [shape = rect, fontname = \"sans-serif\"];\n",
    );
    if diags.has_errors() {
        return (text + "}\n", diags);
    }
    let places = graph.graph.node_indices();
    let resources: BTreeMap<ConfigResource, Id> =
        places.filter_map(|id| Some((address(&graph, id)?, id))).collect();
    if resources.is_empty() {
        text.push_str("  /* This configuration does not contain any resources. */\n");
    }
    // Addresses are in the order of their modules. Writing to a string does not fail.
    let addresses: Vec<&ConfigResource> = resources.keys().collect();
    for cluster in addresses.chunk_by(|a, b| a.module == b.module) {
        let _ = draw_cluster(&mut text, cluster);
    }
    for (from, id) in &resources {
        let before = direct(&graph, *id).into_iter().filter_map(|id| address(&graph, id));
        for to in before.collect::<BTreeSet<ConfigResource>>() {
            let _ = writeln!(text, "  {} -> {};", quoted(from), quoted(&to));
        }
    }
    (text + "}\n", diags)
}

/// The resources of one module, in a box if it is not the root.
fn draw_cluster(text: &mut String, resources: &[&ConfigResource]) -> std::fmt::Result {
    let Some(module) = resources.first().map(|addr| &addr.module) else { return Ok(()) };
    let indent = if module.is_root() { "  " } else { "    " };
    if !module.is_root() {
        writeln!(text, "  subgraph {} {{", quoted(&format_args!("cluster_{module}")))?;
        writeln!(text, "    label = {}", quoted(module))?;
        writeln!(text, "    fontname = \"sans-serif\"")?;
    }
    for addr in resources {
        writeln!(text, "{indent}{} [label={}];", quoted(addr), quoted(&addr.resource))?;
    }
    if module.is_root() { Ok(()) } else { writeln!(text, "  }}") }
}

pub(super) fn quoted(name: &dyn std::fmt::Display) -> String {
    format!("\"{}\"", name.to_string().replace('\\', "\\\\").replace('"', "\\\""))
}

fn address(graph: &ConfigGraph, id: Id) -> Option<ConfigResource> {
    match graph.graph[id] {
        Node::Resource(module, at) => graph.resource_addr(module, at),
        _ => None,
    }
}

/// The nearest resources before a node, without those that come before another of them.
fn direct(graph: &ConfigGraph, id: Id) -> BTreeSet<Id> {
    reduced(graph, nearest(graph, id))
}

/// What a node comes right after: its edges without those that others imply.
pub(super) fn direct_before(graph: &ConfigGraph, id: Id) -> BTreeSet<Id> {
    reduced(graph, graph.graph.neighbors_directed(id, Direction::Incoming).collect())
}

/// Nodes without those that come before another of them.
fn reduced(graph: &ConfigGraph, mut found: BTreeSet<Id>) -> BTreeSet<Id> {
    let mut seen = found.clone();
    let mut pending: Vec<Id> = found.iter().copied().collect();
    while let Some(at) = pending.pop() {
        for before in graph.graph.neighbors_directed(at, Direction::Incoming) {
            found.remove(&before);
            if seen.insert(before) {
                pending.push(before);
            }
        }
    }
    found
}

/// The nearest resources before a node.
fn nearest(graph: &ConfigGraph, id: Id) -> BTreeSet<Id> {
    let mut found = BTreeSet::new();
    let mut seen = BTreeSet::from([id]);
    let mut pending = vec![id];
    while let Some(at) = pending.pop() {
        for before in graph.graph.neighbors_directed(at, Direction::Incoming) {
            if !seen.insert(before) {
                continue;
            }
            if matches!(graph.graph[before], Node::Resource(..)) {
                found.insert(before);
            } else {
                pending.push(before);
            }
        }
    }
    found
}
