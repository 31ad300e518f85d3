//! The order of destruction.
//!
//! | What | Comes | What |
//! |---|---|---|
//! | destroying what depended on A | before | destroying A |
//! | destroying A, to make it anew | before | making A |
//! | making A anew, first | before | destroying the old A |
//! | destroying A | before | changing what depended on A |
//! | changing what depended on A | before | destroying the old A, if the new one was made first |
//!
//! What depended on what is as the state has it, since the configuration may say otherwise by now.
//! Instances in different instances of one module are apart. Edges between many and many meet in
//! a node, so that there are as many as there are dependencies.

use std::collections::HashMap;

use groma_addr::{ConfigResource, ModuleInstance};
use groma_state::State;

use crate::graph::{ConfigGraph, Id, Node};
use crate::{Action, InstanceChange};

/// Nodes at which edges meet, by what they are about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Meeting {
    /// Before any object of the resource is destroyed, in one module instance or all.
    Before(ConfigResource, Option<ModuleInstance>),
    /// Before any old object of the resource is destroyed whose successor was made first.
    BeforeOld(ConfigResource, Option<ModuleInstance>),
    /// After all objects of the resource that are destroyed first are destroyed.
    After(ConfigResource, Option<ModuleInstance>),
}

/// Adds a node for each object that is destroyed or forgotten.
pub(crate) fn add_destruction(
    graph: &mut ConfigGraph,
    changes: &[InstanceChange],
    state: &State,
    provider_nodes: &HashMap<groma_addr::ProviderConfig, Id>,
) {
    let mut order = Order { graph, meetings: HashMap::new() };
    let mut nodes = HashMap::new();
    for (at, change) in changes.iter().enumerate() {
        if ends_object(change.action) {
            let node = order.graph.graph.add_node(Node::Destroy(at as u32));
            nodes.insert(at as u32, node);
            order.place(change, node, provider_nodes);
        }
    }
    for (at, change) in changes.iter().enumerate() {
        if let Some(node) = nodes.get(&(at as u32)) {
            order.after_dependents(change, *node);
        }
        if change.action.makes() && change.deposed.is_none() {
            order.around_dependencies(change, state);
        }
    }
}

/// Whether an action ends an object.
pub(crate) fn ends_object(action: Action) -> bool {
    action.destroys() || matches!(action, Action::Forget | Action::CreateThenForget)
}

/// Whether the successor of a change's object is made before the object is destroyed, or would be
/// if it had one.
fn makes_first(change: &InstanceChange) -> bool {
    match change.action {
        Action::CreateThenDelete | Action::CreateThenForget => true,
        Action::Delete | Action::Forget => change.object.create_before_destroy,
        _ => false,
    }
}

struct Order<'g> {
    graph: &'g mut ConfigGraph,
    meetings: HashMap<Meeting, Id>,
}

impl Order<'_> {
    fn edge(&mut self, before: Id, after: Id) {
        self.graph.graph.add_edge(before, after, None);
    }

    fn meeting(&mut self, meeting: Meeting) -> Id {
        if let Some(id) = self.meetings.get(&meeting) {
            return *id;
        }
        let id = self.graph.graph.add_node(Node::Meet(self.meetings.len() as u32));
        self.meetings.insert(meeting, id);
        id
    }

    fn resource_node(&self, resource: &ConfigResource) -> Option<Id> {
        let (module, at) = self.graph.find_resource(resource)?;
        Some(self.graph.module(module).resource(at))
    }

    /// Puts the destruction of a change's object where it belongs.
    fn place(
        &mut self,
        change: &InstanceChange,
        node: Id,
        provider_nodes: &HashMap<groma_addr::ProviderConfig, Id>,
    ) {
        let resource = change.addr.containing().config();
        if let Some(provider) = provider_nodes.get(&*change.provider) {
            self.edge(*provider, node);
        }
        if let Some(own) = self.resource_node(&resource) {
            match change.action {
                Action::DeleteThenCreate => self.edge(node, own),
                Action::CreateThenDelete | Action::CreateThenForget => self.edge(own, node),
                _ => {}
            }
        }
        let module = Some(change.addr.module.clone());
        for scope in [None, module] {
            let before = self.meeting(Meeting::Before(resource.clone(), scope.clone()));
            self.edge(before, node);
            if makes_first(change) {
                let before = self.meeting(Meeting::BeforeOld(resource.clone(), scope));
                self.edge(before, node);
            } else {
                let after = self.meeting(Meeting::After(resource.clone(), scope));
                self.edge(node, after);
            }
        }
    }

    /// In which module instances a dependency's objects count: those of its own module instance
    /// only, if they are of the same module.
    fn scope(change: &InstanceChange, dependency: &ConfigResource) -> Option<ModuleInstance> {
        (change.addr.module.module() == dependency.module).then(|| change.addr.module.clone())
    }

    /// What an object depended on is destroyed after it.
    fn after_dependents(&mut self, change: &InstanceChange, node: Id) {
        for dependency in &*change.object.dependencies {
            let meeting = Meeting::Before(dependency.clone(), Self::scope(change, dependency));
            // With nothing to be destroyed there is no order to keep.
            if let Some(meeting) = self.meetings.get(&meeting).copied() {
                self.edge(node, meeting);
            }
        }
    }

    /// What an object depended on, or does from now on, is destroyed before it is changed, or
    /// after.
    fn around_dependencies(&mut self, change: &InstanceChange, state: &State) {
        let Some(own) = self.resource_node(&change.addr.containing().config()) else { return };
        let before = state.object(&change.addr, None);
        let before = before.map_or(&[][..], |object| &object.dependencies);
        for dependency in before.iter().chain(&*change.object.dependencies) {
            let scope = Self::scope(change, dependency);
            let gone = Meeting::After(dependency.clone(), scope.clone());
            if let Some(gone) = self.meetings.get(&gone).copied() {
                self.graph.graph.update_edge(gone, own, None);
            }
            let old = Meeting::BeforeOld(dependency.clone(), scope);
            if let Some(old) = self.meetings.get(&old).copied() {
                self.graph.graph.update_edge(own, old, None);
            }
        }
    }
}
