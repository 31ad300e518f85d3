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
//! What depended on what is as the state has it, since the configuration may say otherwise by now;
//! it counts however many others, to which nothing is done, are in between. Instances in different
//! instances of one module are apart. Edges between many and many meet in a node, so that there
//! are as many as there are dependencies.

use std::collections::{BTreeSet, HashMap};

use groma_addr::{ConfigResource, ModuleInstance};
use groma_state::{Dependencies, Dependency, DependencyId};

use super::instances::Makers;
use crate::graph::{ConfigGraph, Id, Node};
use crate::{Action, ActionReason, InstanceChange, Plan};

/// Nodes at which edges meet, by what they are about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Meeting {
    /// Before any object of the resource is destroyed, in one module instance or all.
    Before(ConfigResource, Option<ModuleInstance>),
    /// Before any old object of the resource is destroyed whose successor was made first.
    BeforeOld(ConfigResource, Option<ModuleInstance>),
    /// After all objects of the resource that are destroyed first are destroyed.
    After(ConfigResource, Option<ModuleInstance>),
    /// What meets at a dependency, and at all that it leads to, of objects in a module instance.
    Along(Edges, DependencyId, ModuleInstance),
}

/// Which of the meetings at a resource are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Edges {
    Before,
    BeforeOld,
    After,
}

impl Edges {
    fn at(self, resource: ConfigResource, scope: Option<ModuleInstance>) -> Meeting {
        match self {
            Self::Before => Meeting::Before(resource, scope),
            Self::BeforeOld => Meeting::BeforeOld(resource, scope),
            Self::After => Meeting::After(resource, scope),
        }
    }
}

/// Adds a node for each object that is destroyed or forgotten.
pub(super) fn add_destruction(
    graph: &mut ConfigGraph,
    plan: &Plan,
    makers: &Makers,
    provider_nodes: &HashMap<groma_addr::ProviderConfig, Id>,
) {
    let (changes, state) = (&plan.changes, &plan.prior.state);
    let mut order = Order { graph, meetings: HashMap::new() };
    let mut nodes = HashMap::new();
    for (at, change) in changes.iter().enumerate() {
        if ends_object(change.action) {
            let node = order.graph.graph.add_node(Node::Destroy(at as u32));
            nodes.insert(at as u32, node);
            let maker = maker(order.graph, makers, at as u32, change);
            order.place(change, node, maker, provider_nodes);
        }
    }
    if nodes.is_empty() {
        return;
    }
    for (at, change) in changes.iter().enumerate() {
        let node = nodes.get(&(at as u32)).copied();
        let updates = change.makes_current();
        if node.is_none() && !updates {
            continue;
        }
        // What it depended on, and what it does from now on.
        let before = state.object(&change.addr, change.deposed).map(|object| &object.dependencies);
        let module = &change.addr.module;
        if let (Some(node), Some(before)) = (node, before) {
            order.edges(Edges::Before, module, before, node);
        }
        if updates && let Some(own) = maker(order.graph, makers, at as u32, change) {
            for dependencies in before.into_iter().chain([&change.object.dependencies]) {
                order.edges(Edges::After, module, dependencies, own);
                order.edges(Edges::BeforeOld, module, dependencies, own);
            }
        }
    }
}

/// The node that makes or changes the object of a change, or would.
fn maker(graph: &ConfigGraph, makers: &Makers, at: u32, change: &InstanceChange) -> Option<Id> {
    makers.get(&at).copied().or_else(|| {
        let (module, at) = graph.find_resource(&change.addr.containing().config())?;
        Some(graph.module(module).resource(at))
    })
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

/// Has the data that checks read for themselves read after everything is made: what a check is
/// about need not be what it refers to.
pub(super) fn read_checks_last(
    graph: &mut ConfigGraph,
    changes: &[InstanceChange],
    makers: &Makers,
) {
    let mut made = BTreeSet::new();
    let mut nested = BTreeSet::new();
    for (at, change) in changes.iter().enumerate() {
        let nodes = match change.action {
            Action::Read if change.reason == ActionReason::ReadBecauseCheckNested => &mut nested,
            action if action.makes() => &mut made,
            _ => continue,
        };
        nodes.extend(maker(graph, makers, at as u32, change));
    }
    if made.is_empty() || nested.is_empty() {
        return;
    }
    let all = graph.graph.add_node(Node::Meet(u32::MAX));
    for id in made {
        graph.graph.add_edge(id, all, None);
    }
    for id in nested {
        graph.graph.add_edge(all, id, None);
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

    /// Puts the destruction of a change's object where it belongs.
    fn place(
        &mut self,
        change: &InstanceChange,
        node: Id,
        maker: Option<Id>,
        provider_nodes: &HashMap<groma_addr::ProviderConfig, Id>,
    ) {
        let resource = change.addr.containing().config();
        if let Some(provider) = provider_nodes.get(&*change.provider) {
            self.edge(*provider, node);
        }
        if let Some(own) = maker {
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

    /// Connects the node of an object with what is done to all that the object depends on.
    fn edges(&mut self, kind: Edges, of: &ModuleInstance, on: &Dependencies, node: Id) {
        let mut pending: Vec<(Id, Dependency)> =
            on.direct().iter().map(|dependency| (node, dependency.clone())).collect();
        while let Some((node, dependency)) = pending.pop() {
            let resource = dependency.resource();
            // Of its own module, only its own instance counts.
            let scope = (of.module() == resource.module).then(|| of.clone());
            let end = self.meetings.get(&kind.at(resource.clone(), scope)).copied();
            if dependency.on().is_empty() {
                if let Some(end) = end {
                    self.connect(kind, node, end);
                }
                continue;
            }
            let along = Meeting::Along(kind, dependency.id(), of.clone());
            let known = self.meetings.get(&along).copied();
            let along = known.unwrap_or_else(|| self.meeting(along));
            self.connect(kind, node, along);
            if known.is_some() {
                continue;
            }
            if let Some(end) = end {
                self.connect(kind, along, end);
            }
            pending.extend(dependency.on().direct().iter().map(|next| (along, next.clone())));
        }
    }

    fn connect(&mut self, kind: Edges, near: Id, far: Id) {
        match kind {
            Edges::Before | Edges::BeforeOld => self.edge(near, far),
            Edges::After => self.edge(far, near),
        }
    }
}
