//! The graph in the language of Graphviz, as `terraform graph` prints it: resources and what they
//! depend on.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use groma_config::Config;
use groma_diag::Diagnostics;
use petgraph::Direction;

use super::{ConfigGraph, Id, Node, build, check_cycles};

/// The resources of a configuration, each with the resources that it depends on, as a `digraph`.
pub fn dot(config: &Config) -> (String, Diagnostics) {
    let (graph, mut diags) = build(config, []);
    diags.extend(check_cycles(&graph, &config.sources));
    let mut text = String::from(
        "digraph G {\n  rankdir = \"RL\";\n  node [shape = rect, fontname = \"sans-serif\"];\n",
    );
    if diags.has_errors() {
        return (text + "}\n", diags);
    }
    let resources: Vec<Id> = graph
        .graph
        .node_indices()
        .filter(|id| matches!(graph.graph[*id], Node::Resource(..)))
        .collect();
    let mut edges = BTreeSet::new();
    for id in resources {
        let Some(name) = address(&graph, id) else { continue };
        // Writing to a string does not fail.
        let _ = writeln!(text, "  {name:?} [label={name:?}];");
        for dependency in nearest(&graph, id) {
            edges.extend(address(&graph, dependency).map(|to| (name.clone(), to)));
        }
    }
    for (from, to) in edges {
        let _ = writeln!(text, "  {from:?} -> {to:?};");
    }
    (text + "}\n", diags)
}

fn address(graph: &ConfigGraph, id: Id) -> Option<String> {
    match graph.graph[id] {
        Node::Resource(module, at) => graph.resource_addr(module, at).map(|a| a.to_string()),
        _ => None,
    }
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
