//! Whether something that data depends on is about to change, so that it is read only after that.
//!
//! | Where it is said | What counts |
//! |---|---|
//! | `depends_on` of the data source | the resource; of a module, all that is in it or that it needs |
//! | its arguments | managed resources that they refer to directly |
//! | `depends_on` of its module, or of one around that | all that leads there |
//! | its conditions, if it has any | everything that it depends on |

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;

use groma_addr::{ConfigResource, Mode, ModuleInstance};
use groma_config::{ModuleId, ResourceBlock};
use groma_state::{Dependencies, DependencyId};
use petgraph::Direction;

use super::Planner;
use super::resources::Wanted;
use crate::Action;
use crate::graph::{Id, Node};

/// What was found out, so that it is not worked out again for each data source.
#[derive(Default)]
pub(super) struct Pending {
    /// By dependency: whether it, or something that it leads to, has a change.
    links: HashMap<DependencyId, bool>,
    /// By module: whether what its calls say that it depends on has one.
    modules: HashMap<ModuleId, bool>,
}

impl Planner<'_> {
    /// Whether something that a data source depends on, beyond the values of its arguments, is
    /// about to change.
    pub(super) fn is_pending(&mut self, id: Id, block: &ResourceBlock, wanted: &Wanted) -> bool {
        let Node::Resource(module, _) = self.graph.graph[id] else { return false };
        let lifecycle = &block.lifecycle;
        if !lifecycle.preconditions.is_empty() || !lifecycle.postconditions.is_empty() {
            let all = self.reach.of(id).clone();
            return self.any_changes(&all, &wanted.addr.module);
        }
        self.is_module_pending(module)
            || self.refers_to_change(id, &wanted.addr.module)
            || block.depends_on.iter().any(|t| {
                let targets = self.graph.depended_on(module, t);
                targets.into_iter().any(|target| self.leads_to_change(target, &wanted.addr.module))
            })
    }

    /// Whether a managed resource that is referred to directly changes.
    fn refers_to_change(&self, id: Id, module: &ModuleInstance) -> bool {
        let mut before = self.graph.graph.neighbors_directed(id, Direction::Incoming);
        before.any(|before| {
            self.resource_of(before).is_some_and(|resource| self.changes_in(&resource, module))
        })
    }

    fn resource_of(&self, id: Id) -> Option<ConfigResource> {
        match self.graph.graph[id] {
            Node::Resource(module, at) => self.graph.resource_addr(module, at),
            _ => None,
        }
    }

    /// Whether what is depended upon explicitly changes: a resource itself, or anything that leads
    /// to something else.
    fn leads_to_change(&mut self, target: Id, module: &ModuleInstance) -> bool {
        if let Some(resource) = self.resource_of(target) {
            return self.changes_in(&resource, module);
        }
        let all = self.reach.of(target).clone();
        self.any_changes(&all, module)
    }

    /// Whether what a module's call depends on changes, or that of a module around it.
    fn is_module_pending(&mut self, id: ModuleId) -> bool {
        if let Some(known) = self.pending.modules.get(&id) {
            return *known;
        }
        let module = Arc::clone(&self.graph.module(id).module);
        let Some((parent, name)) = &module.parent else { return false };
        let caller = Arc::clone(&self.graph.module(*parent).module);
        let depends_on = caller.calls.get(name).map_or(&[][..], |call| &call.depends_on);
        let root = ModuleInstance::root();
        let own = depends_on.iter().any(|t| {
            let targets = self.graph.depended_on(*parent, t);
            targets.into_iter().any(|target| {
                let itself = self.resource_of(target);
                let before = self.reach.of(target).clone();
                itself.is_some_and(|resource| self.changes_in(&resource, &root))
                    || self.any_changes(&before, &root)
            })
        });
        let found = own || self.is_module_pending(*parent);
        self.pending.modules.insert(id, found);
        found
    }

    /// Whether any of a list of resources changes, as far as `module` can tell.
    fn any_changes(&mut self, list: &Dependencies, module: &ModuleInstance) -> bool {
        let mut links = std::mem::take(&mut self.pending.links);
        let Ok(()) = list.make_each(&mut links, |link, known| {
            let on = link.on().direct().iter();
            let further = on.filter_map(|next| known.get(&next.id())).any(|changes| *changes);
            Ok::<_, Infallible>(further || self.changes(link.resource(), |_| true))
        });
        let mut direct = list.direct().iter();
        let found = direct.any(|link| links.get(&link.id()).copied().unwrap_or_default());
        self.pending.links = links;
        // Something does, though perhaps for another instance of this module.
        found && list.all().iter().any(|resource| self.changes_in(resource, module))
    }

    /// Whether a managed resource changes; other instances of the same module do not count.
    fn changes_in(&self, resource: &ConfigResource, module: &ModuleInstance) -> bool {
        let same = module.module() == resource.module;
        self.changes(resource, |changed| !same || changed == module)
    }

    fn changes(&self, resource: &ConfigResource, counts: impl Fn(&ModuleInstance) -> bool) -> bool {
        resource.resource.mode == Mode::Managed
            && self
                .changes_of(resource)
                .any(|change| change.action != Action::NoOp && counts(&change.addr.module))
    }
}
