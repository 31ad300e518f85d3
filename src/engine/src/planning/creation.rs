//! Which instances an apply notes to be created before they are destroyed.
//!
//! A plan looks at whole resources: where one instance has to be replaced that way, because of
//! something that depends on it, so has each. An apply works on instances, and there a reference to
//! `terraform_data.a[0]` is about that one alone, unless nothing is done to it: then the reference is
//! about the resource as before. Only what the state says of each instance differs.

use std::collections::BTreeSet;

use groma_addr::{ConfigResource, InstanceKey};
use groma_config::ResourceBlock;
use petgraph::Direction;

use super::Planner;
use crate::graph::{Id, Node};
use crate::{Action, InstanceChange};

impl Planner<'_> {
    /// Narrows what is noted of instances to those that a reference makes it true of.
    pub(super) fn narrow_creation(&mut self) {
        let referred: BTreeSet<Id> =
            self.graph.keyed.keys().map(|(resource, _)| *resource).collect();
        for id in referred {
            let Some((addr, block)) = self.resource_at(id) else { continue };
            if block.creates_before_destroy() || !self.reach.created_first(id) {
                continue;
            }
            let Some(keys) = self.instances_created_first(id, &addr, block) else { continue };
            let places = self.by_resource.get(&addr).cloned().unwrap_or_default();
            for at in places {
                if let Some(change) =
                    self.changes.get_mut(at).filter(|change| change.makes_current())
                {
                    change.object.create_before_destroy = keys.contains(&change.addr.key);
                }
            }
        }
    }

    fn resource_at(&self, id: Id) -> Option<(ConfigResource, &ResourceBlock)> {
        let Node::Resource(module, at) = self.graph.graph[id] else { return None };
        let addr = self.graph.resource_addr(module, at)?;
        let block = self.graph.module(module).module.resources.get(&addr.resource)?;
        Some((addr, block))
    }

    /// The instances of which it is true; `None` for all.
    fn instances_created_first(
        &self,
        id: Id,
        addr: &ConfigResource,
        block: &ResourceBlock,
    ) -> Option<BTreeSet<InstanceKey>> {
        let rules = &block.lifecycle;
        let is_checked = !rules.preconditions.is_empty() || !rules.postconditions.is_empty();
        let at_work = |change: &&InstanceChange| {
            change.makes_current() || is_checked && change.action == Action::NoOp
        };
        let at_work: BTreeSet<&InstanceKey> =
            self.changes_of(addr).filter(at_work).map(|change| &change.addr.key).collect();
        let mut keys = BTreeSet::new();
        for dependent in self.graph.graph.neighbors_directed(id, Direction::Outgoing) {
            if self.reach.created_first(dependent) {
                let referred = self.graph.keyed.get(&(id, dependent))?;
                if !referred.iter().all(|key| at_work.contains(key)) {
                    return None;
                }
                keys.extend(referred.iter().cloned());
            }
        }
        Some(keys)
    }
}
