//! Which provider configuration the work at each node is for: each is a lane of the walk.

use super::{ConfigGraph, Node};

impl ConfigGraph {
    /// The lane of each node, by its place. `of_change` gives the lane of a planned change. What
    /// asks no provider, and so never waits, is in the first.
    pub(crate) fn lanes(&self, of_change: impl Fn(u32) -> Option<u32>) -> Vec<u32> {
        let lane = |node: &Node| match *node {
            Node::Provider(at) | Node::Refresh(at) => Some(at),
            Node::Resource(module, at) | Node::Instance(module, at, _) => {
                let module = &self.module(module).module;
                let (_, block) = module.resources.get_index(at as usize)?;
                self.provider(module.provider_config_of(block)?)
            }
            Node::Orphan(at) => self.orphan_lanes.get(at as usize).copied(),
            Node::Destroy(change) => of_change(change),
            Node::Expand(_)
            | Node::Close(_)
            | Node::Variable(..)
            | Node::Local(..)
            | Node::Output(..)
            | Node::Made(..)
            | Node::Check(..)
            | Node::Meet(_) => None,
        };
        self.graph.node_weights().map(|node| lane(node).unwrap_or_default()).collect()
    }
}
