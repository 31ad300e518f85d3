//! Cycles, named.

use groma_diag::{Diagnostic, Diagnostics, SourceMap};
use petgraph::Direction;
use petgraph::algo::{kosaraju_scc, toposort};

use super::{ConfigGraph, Id, Node};

/// An error for each ring of things that depend on one another.
pub(crate) fn check_cycles(config: &ConfigGraph, sources: &SourceMap) -> Diagnostics {
    let graph = &config.graph;
    if toposort(graph, None).is_ok() {
        return Diagnostics::new();
    }
    let loops = |id: Id| graph.find_edge(id, id).is_some();
    let rings = kosaraju_scc(graph)
        .into_iter()
        .filter(|scc| scc.len() > 1 || scc.first().is_some_and(|id| loops(*id)));
    rings.map(|scc| describe(config, &ring(config, &scc), sources)).collect()
}

/// One ring through a strongly connected part, each node depending on the one before it.
fn ring(config: &ConfigGraph, part: &[Id]) -> Vec<Id> {
    let inside: std::collections::HashSet<Id> = part.iter().copied().collect();
    let mut path = vec![part.iter().copied().min().unwrap_or_default()];
    loop {
        let at = path[path.len() - 1];
        // In a strongly connected part each node has a dependency inside it.
        let mut before = config.graph.neighbors_directed(at, Direction::Incoming);
        let Some(next) = before.find(|id| inside.contains(id)) else { return path };
        if let Some(start) = path.iter().position(|id| *id == next) {
            path.drain(..start);
            path.reverse();
            return path;
        }
        path.push(next);
    }
}

fn describe(config: &ConfigGraph, ring: &[Id], sources: &SourceMap) -> Diagnostic {
    let names: Vec<String> = ring.iter().map(|id| name(config, *id)).collect();
    let mut lines = Vec::new();
    let mut place = None;
    for (at, id) in ring.iter().enumerate() {
        let next = ring[(at + 1) % ring.len()];
        let mut edges = config.graph.edges_connecting(*id, next);
        let span = edges.find_map(|edge| *edge.weight());
        let from = name(config, next);
        let to = name(config, *id);
        place = place.or(span);
        lines.push(match span {
            Some(span) => format!("  - {from} refers to {to} at {}", sources.describe(span)),
            None => format!("  - {from} needs {to}"),
        });
    }
    let detail = format!("Each of these depends on another of them:\n{}", lines.join("\n"));
    Diagnostic::error(format!("Cycle: {}", names.join(", ")), detail).at_opt(place)
}

/// A node's name for people, as Terraform prints it.
pub(crate) fn name(config: &ConfigGraph, id: Id) -> String {
    let in_module = |module: groma_config::ModuleId, what: String| {
        let path = &config.module(module).module.path;
        if path.is_root() { what } else { format!("{path}.{what}") }
    };
    let key = |name: Option<&groma_addr::Ident>| name.map_or_else(String::new, ToString::to_string);
    match config.graph[id] {
        Node::Expand(module) => format!("{} (expand)", config.module(module).module.path),
        Node::Close(module) => format!("{} (close)", config.module(module).module.path),
        Node::Variable(module, at) => {
            let name = key(config.module(module).names.variables.get(at as usize));
            in_module(module, format!("var.{name}"))
        }
        Node::Local(module, at) => {
            let name = key(config.module(module).names.locals.get(at as usize));
            in_module(module, format!("local.{name}"))
        }
        Node::Output(module, at) => {
            let name = key(config.module(module).names.outputs.get(at as usize));
            in_module(module, format!("output.{name}"))
        }
        Node::Check(module, at) => {
            let name = key(config.module(module).names.checks.get(at as usize));
            in_module(module, format!("check.{name}"))
        }
        Node::Resource(module, at) | Node::Instance(module, at, _) | Node::Made(module, at) => {
            config.resource_addr(module, at).map_or_else(String::new, |addr| addr.to_string())
        }
        Node::Provider(at) | Node::Refresh(at) => {
            config.providers.get(at as usize).map_or_else(String::new, ToString::to_string)
        }
        Node::Orphan(at) => {
            config.orphans.get(at as usize).map_or_else(String::new, ToString::to_string)
        }
        Node::Destroy(at) => format!("change {at} (destroy)"),
        Node::Meet(_) => "(order of destruction)".to_owned(),
    }
}
