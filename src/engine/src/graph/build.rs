//! The one builder.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use groma_addr::{ConfigResource, Ident, InstanceKey, Mode, ProviderConfig, Resource};
use groma_config::{Config, Module, ModuleId, Reference, Repetition, ResourceBlock, Subject};
use groma_diag::{Diagnostic, Diagnostics, Span};
use groma_eval::{check_reference, instance_key, references};
use groma_lang::syntax::Traversal;
use petgraph::Direction;

use super::{Graph, Id, Node};

/// The graph of a configuration, with what its nodes stand for.
pub(crate) struct ConfigGraph {
    /// The graph.
    pub(crate) graph: Graph,
    /// Modules, callers before what they call.
    pub(crate) modules: Vec<ModuleEntry>,
    /// Provider configurations that are used, by address.
    pub(crate) providers: Vec<ProviderConfig>,
    /// Resources that are in the state and not in the configuration.
    pub(crate) orphans: Vec<ConfigResource>,
    /// Edges from a resource that repeats which are of some of its instances alone, and of which.
    pub(crate) keyed: HashMap<(Id, Id), Vec<InstanceKey>>,
    orphan_nodes: HashMap<ConfigResource, Id>,
    /// The provider configuration of each orphan; of the first object, if it has several.
    pub(super) orphan_lanes: Vec<u32>,
    provider_index: HashMap<ProviderConfig, u32>,
}

/// A module, with the places of its nodes.
pub(crate) struct ModuleEntry {
    /// What it says.
    pub(crate) module: Arc<Module>,
    /// Its variables, locals, outputs, resources and checks, by position.
    pub(crate) names: Names,
    expand: u32,
    close: u32,
    variables: u32,
    locals: u32,
    outputs: u32,
    resources: u32,
    checks: u32,
}

/// What a module names, by position, and where each is.
#[derive(Default)]
pub(crate) struct Names {
    pub(crate) variables: Vec<Ident>,
    pub(crate) locals: Vec<Ident>,
    pub(crate) outputs: Vec<Ident>,
    pub(crate) resources: Vec<Resource>,
    pub(crate) checks: Vec<Ident>,
    variable_at: HashMap<Ident, u32>,
    local_at: HashMap<Ident, u32>,
    output_at: HashMap<Ident, u32>,
    resource_at: [HashMap<Ident, HashMap<Ident, u32>>; 3],
}

impl Names {
    fn of(module: &Module) -> Self {
        fn number<'a>(names: impl Iterator<Item = &'a Ident>) -> (Vec<Ident>, HashMap<Ident, u32>) {
            let names: Vec<Ident> = names.cloned().collect();
            let at = names.iter().enumerate().map(|(at, name)| (name.clone(), at as u32)).collect();
            (names, at)
        }
        let (variables, variable_at) = number(module.variables.keys());
        let (locals, local_at) = number(module.locals.keys());
        let (outputs, output_at) = number(module.outputs.keys());
        let mut names = Self {
            variables,
            locals,
            outputs,
            variable_at,
            local_at,
            output_at,
            resources: module.resources.keys().cloned().collect(),
            checks: module.checks.keys().cloned().collect(),
            resource_at: Default::default(),
        };
        for (at, addr) in names.resources.iter().enumerate() {
            names.resource_at[addr.mode as usize]
                .entry(addr.ty.clone())
                .or_default()
                .insert(addr.name.clone(), at as u32);
        }
        names
    }

    fn resource(&self, mode: Mode, ty: &str, name: &str) -> Option<u32> {
        self.resource_at[mode as usize].get(ty)?.get(name).copied()
    }
}

impl ModuleEntry {
    /// The places of its nodes.
    pub(crate) fn expand(&self) -> Id {
        Id::from(self.expand)
    }

    pub(crate) fn close(&self) -> Id {
        Id::from(self.close)
    }

    pub(crate) fn variable(&self, at: u32) -> Id {
        Id::from(self.variables + at)
    }

    pub(crate) fn local(&self, at: u32) -> Id {
        Id::from(self.locals + at)
    }

    pub(crate) fn output(&self, at: u32) -> Id {
        Id::from(self.outputs + at)
    }

    pub(crate) fn resource(&self, at: u32) -> Id {
        Id::from(self.resources + at)
    }

    pub(crate) fn check(&self, at: u32) -> Id {
        Id::from(self.checks + at)
    }
}

impl ConfigGraph {
    /// The module of that id. Ids come from here, so that it is there.
    pub(crate) fn module(&self, id: ModuleId) -> &ModuleEntry {
        &self.modules[id.0 as usize]
    }

    /// The place of a provider configuration.
    pub(crate) fn provider(&self, addr: &ProviderConfig) -> Option<u32> {
        self.provider_index.get(addr).copied()
    }

    /// The address of a resource node.
    pub(crate) fn resource_addr(&self, module: ModuleId, at: u32) -> Option<ConfigResource> {
        let entry = self.module(module);
        let addr = entry.names.resources.get(at as usize)?;
        Some(addr.clone().in_module(entry.module.path.clone()))
    }

    /// The nodes that a reference in a module is to.
    pub(crate) fn targets(&self, from: ModuleId, traversal: &Traversal) -> Vec<Id> {
        match Reference::parse(traversal) {
            Ok(reference) => self.subject(from, reference.subject, false),
            Err(_) => Vec::new(),
        }
    }

    /// The nodes that an element of `depends_on` in a module names.
    pub(crate) fn depended_on(&self, from: ModuleId, traversal: &Traversal) -> Vec<Id> {
        match Reference::parse(traversal) {
            Ok(reference) => self.subject(from, reference.subject, true),
            Err(_) => Vec::new(),
        }
    }

    /// The nodes of what a reference refers to. A module that is depended upon as a whole stands
    /// for all that is in it.
    fn subject(&self, from: ModuleId, subject: Subject<'_>, whole: bool) -> Vec<Id> {
        let entry = self.module(from);
        let names = &entry.names;
        let one = |id: Option<Id>| id.into_iter().collect();
        match subject {
            Subject::Variable(name) => {
                one(names.variable_at.get(name.as_str()).map(|at| entry.variable(*at)))
            }
            Subject::Local(name) => {
                one(names.local_at.get(name.as_str()).map(|at| entry.local(*at)))
            }
            Subject::Resource { mode, ty, name, .. } => {
                one(names.resource(mode, ty, name).map(|at| entry.resource(at)))
            }
            Subject::Module { name, output, .. } => {
                let Some(child) = entry.module.children.get(name.as_str()) else {
                    return Vec::new();
                };
                let child = self.module(*child);
                if whole {
                    return vec![child.close()];
                }
                let names = &child.names;
                let mut ids = vec![child.expand()];
                match output.and_then(|output| names.output_at.get(output.as_str())) {
                    Some(at) => ids.push(child.output(*at)),
                    None => ids.extend((0..names.outputs.len() as u32).map(|at| child.output(at))),
                }
                ids
            }
            Subject::Count(_)
            | Subject::Each(_)
            | Subject::Path(_)
            | Subject::Terraform(_)
            | Subject::This => Vec::new(),
        }
    }

    /// The node of a resource's objects, whether it is in the configuration or in the state only.
    pub(crate) fn node_of(&self, addr: &ConfigResource) -> Option<Id> {
        match self.find_resource(addr) {
            Some((module, at)) => Some(self.module(module).resource(at)),
            None => self.orphan_nodes.get(addr).copied(),
        }
    }

    /// The node of a resource.
    pub(crate) fn find_resource(&self, addr: &ConfigResource) -> Option<(ModuleId, u32)> {
        let mut id = ModuleId(0);
        for call in addr.module.calls() {
            id = *self.module(id).module.children.get(call)?;
        }
        let Resource { mode, ty, name } = &addr.resource;
        Some((id, self.module(id).names.resource(*mode, ty, name)?))
    }
}

/// Builds the graph of a configuration. `in_state` names the resources and provider
/// configurations that the state has.
///
/// References to what is not declared are reported, and have no edge.
pub(crate) fn build(
    config: &Config,
    in_state: impl IntoIterator<Item = (ConfigResource, ProviderConfig)>,
) -> (ConfigGraph, Diagnostics) {
    let mut builder = Builder {
        graph: ConfigGraph {
            graph: Graph::default(),
            modules: Vec::new(),
            providers: Vec::new(),
            orphans: Vec::new(),
            orphan_lanes: Vec::new(),
            keyed: HashMap::new(),
            orphan_nodes: HashMap::new(),
            provider_index: HashMap::new(),
        },
        diags: Diagnostics::new(),
        provider_nodes: Vec::new(),
        incoming: BTreeSet::new(),
    };
    builder.add_modules(config);
    builder.add_providers(config);
    builder.connect_modules(config);
    builder.add_orphans(in_state);
    (builder.graph, builder.diags)
}

struct Builder {
    graph: ConfigGraph,
    diags: Diagnostics,
    /// Where each provider is configured, and where its objects are read.
    provider_nodes: Vec<(Id, Id)>,
    /// What the node at hand is connected to already.
    incoming: BTreeSet<Id>,
}

impl Builder {
    fn add(&mut self, node: Node) -> u32 {
        self.graph.graph.add_node(node).index() as u32
    }

    fn add_all(&mut self, count: usize, node: impl Fn(u32) -> Node) -> u32 {
        let first = self.graph.graph.node_count() as u32;
        for at in 0..count as u32 {
            self.graph.graph.add_node(node(at));
        }
        first
    }

    fn add_modules(&mut self, config: &Config) {
        for module in &config.modules {
            let id = module.id;
            let names = Names::of(module);
            let entry = ModuleEntry {
                expand: self.add(Node::Expand(id)),
                variables: self.add_all(names.variables.len(), |at| Node::Variable(id, at)),
                locals: self.add_all(names.locals.len(), |at| Node::Local(id, at)),
                resources: self.add_all(names.resources.len(), |at| Node::Resource(id, at)),
                outputs: self.add_all(names.outputs.len(), |at| Node::Output(id, at)),
                checks: self.add_all(names.checks.len(), |at| Node::Check(id, at)),
                close: self.add(Node::Close(id)),
                module: Arc::clone(module),
                names,
            };
            self.graph.modules.push(entry);
        }
    }

    fn add_providers(&mut self, config: &Config) {
        for module in &config.modules {
            for addr in module.provider_configs.values() {
                self.add_provider(addr);
            }
        }
    }

    fn add_provider(&mut self, addr: &ProviderConfig) -> u32 {
        if let Some(at) = self.graph.provider_index.get(addr) {
            return *at;
        }
        let at = self.graph.providers.len() as u32;
        self.graph.providers.push(addr.clone());
        self.graph.provider_index.insert(addr.clone(), at);
        let provider = Id::from(self.add(Node::Provider(at)));
        let refresh = Id::from(self.add(Node::Refresh(at)));
        self.graph.graph.add_edge(provider, refresh, None);
        self.provider_nodes.push((provider, refresh));
        at
    }

    fn add_orphans(
        &mut self,
        in_state: impl IntoIterator<Item = (ConfigResource, ProviderConfig)>,
    ) {
        // Looking for an edge takes as long as a node has edges, and this one has many.
        let mut connected: HashSet<(Id, Id)> = HashSet::new();
        for (addr, provider) in in_state {
            let known = self.graph.providers.len();
            let provider = self.add_provider(&provider);
            let (configure, refresh) = self.provider_nodes[provider as usize];
            if self.graph.providers.len() > known
                && let Some(root) = self.graph.modules.first()
            {
                self.graph.graph.add_edge(root.expand(), configure, None);
            }
            let node = if let Some(node) = self.graph.node_of(&addr) {
                node
            } else {
                let at = self.graph.orphans.len() as u32;
                let node = self.graph.graph.add_node(Node::Orphan(at));
                self.graph.orphans.push(addr.clone());
                self.graph.orphan_lanes.push(provider);
                self.graph.orphan_nodes.insert(addr, node);
                node
            };
            if connected.insert((refresh, node)) {
                self.graph.graph.add_edge(refresh, node, None);
            }
        }
    }

    fn connect_modules(&mut self, config: &Config) {
        for at in 0..self.graph.providers.len() {
            self.connect_provider(config, at, self.provider_nodes[at].0);
        }
        for id in 0..self.graph.modules.len() as u32 {
            self.connect_module(ModuleId(id));
        }
    }

    fn connect_provider(&mut self, config: &Config, at: usize, node: Id) {
        self.incoming.clear();
        let addr = self.graph.providers[at].clone();
        let Some(module) = config.find(&addr.module) else { return };
        let id = module.id;
        self.edge(self.graph.module(id).expand(), node, None);
        let block = module
            .providers
            .values()
            .find(|block| block.addr.alias == addr.alias && block.source == addr.provider);
        if let Some(block) = block {
            references::of_body(&block.body, &mut |t| self.refer(id, t, node, false));
        }
    }

    fn connect_module(&mut self, id: ModuleId) {
        let entry = self.graph.module(id);
        let module = Arc::clone(&entry.module);
        let (expand, close) = (entry.expand(), entry.close());
        let content = &*module;
        let parent = module.parent.as_ref().map(|(parent, _)| *parent);
        self.connect_call(&module, expand, close);
        for at in 0..content.variables.len() as u32 {
            self.connect_variable(id, parent, at, expand);
        }
        for (at, local) in content.locals.values().enumerate() {
            let node = self.begin(self.graph.module(id).local(at as u32), expand);
            references::of_expr(&local.expr, &mut |t| self.refer(id, t, node, false));
        }
        for (at, output) in content.outputs.values().enumerate() {
            let node = self.begin(self.graph.module(id).output(at as u32), expand);
            references::of_expr(&output.expr, &mut |t| self.refer(id, t, node, false));
            self.conditions(id, &output.preconditions, node);
            output.depends_on.iter().for_each(|t| self.refer(id, t, node, true));
            self.graph.graph.add_edge(node, close, None);
        }
        for at in 0..content.resources.len() as u32 {
            self.connect_resource(id, at, expand);
        }
        for import in &content.imports {
            let Some((target, at)) = self.graph.find_resource(&import.resource) else { continue };
            let node = self.graph.module(target).resource(at);
            self.incoming =
                self.graph.graph.neighbors_directed(node, Direction::Incoming).collect();
            for expr in [Some(import.by.expr()), import.for_each.as_ref()].into_iter().flatten() {
                references::of_expr(expr, &mut |t| self.refer_import(id, t, node, import));
            }
        }
        for (at, check) in content.checks.values().enumerate() {
            let node = self.begin(self.graph.module(id).check(at as u32), expand);
            self.conditions(id, &check.asserts, node);
            if let Some(data) = &check.data
                && let Some(at) =
                    self.graph.module(id).names.resource(data.mode, &data.ty, &data.name)
            {
                let data = self.graph.module(id).resource(at);
                self.edge(data, node, None);
            }
        }
    }

    /// Starts connecting a node that needs its module's instances.
    fn begin(&mut self, node: Id, expand: Id) -> Id {
        self.incoming.clear();
        self.edge(expand, node, None);
        node
    }

    fn connect_call(&mut self, module: &Module, expand: Id, close: Id) {
        self.graph.graph.add_edge(expand, close, None);
        let Some((parent, name)) = &module.parent else { return };
        let caller = self.graph.module(*parent);
        let (outer, outer_close) = (caller.expand(), caller.close());
        let caller = Arc::clone(&caller.module);
        self.begin(expand, outer);
        self.graph.graph.add_edge(close, outer_close, None);
        let Some(call) = caller.calls.get(name) else { return };
        if let Repetition::Count(expr) | Repetition::ForEach(expr) = &call.repetition {
            references::of_expr(expr, &mut |t| self.refer(*parent, t, expand, false));
        }
        call.depends_on.iter().for_each(|t| self.refer(*parent, t, expand, true));
    }

    fn connect_variable(&mut self, id: ModuleId, parent: Option<ModuleId>, at: u32, expand: Id) {
        let entry = self.graph.module(id);
        let node = entry.variable(at);
        let module = Arc::clone(&entry.module);
        let Some(name) = entry.names.variables.get(at as usize).cloned() else { return };
        let Some(variable) = module.variables.get(&name) else { return };
        self.begin(node, expand);
        if let Some(parent) = parent
            && let Some(argument) = self.argument(&module, &variable.name)
        {
            references::of_expr(&argument.expr, &mut |t| self.refer(parent, t, node, false));
        }
        // Validations may refer to other values of the module, and always do to this one.
        for rule in &variable.validations {
            for expr in [&rule.condition, &rule.error_message] {
                references::of_expr(expr, &mut |t| {
                    let itself =
                        &*t.root == "var" && t.attr(0).is_some_and(|n| n.as_str() == &*name);
                    if !itself {
                        self.refer(id, t, node, false);
                    }
                });
            }
        }
    }

    /// The argument that a module is called with for a variable.
    fn argument(&self, module: &Module, name: &Ident) -> Option<groma_lang::syntax::Attribute> {
        let (parent, call) = module.parent.as_ref()?;
        self.graph.module(*parent).module.calls.get(call)?.arguments.get(name).cloned()
    }

    fn connect_resource(&mut self, id: ModuleId, at: u32, expand: Id) {
        let entry = self.graph.module(id);
        let (node, close) = (entry.resource(at), entry.close());
        let module = Arc::clone(&entry.module);
        let Some(addr) = entry.names.resources.get(at as usize).cloned() else { return };
        let Some((addr, block)) = module.resources.get_key_value(&addr) else { return };
        self.begin(node, expand);
        self.graph.graph.add_edge(node, close, None);
        if let Some(provider) = module.provider_configs.get(&block.provider)
            && let Some(at) = self.graph.provider(provider)
        {
            let (configure, refresh) = self.provider_nodes[at as usize];
            let after = if addr.mode == Mode::Managed { refresh } else { configure };
            self.edge(after, node, None);
        }
        if let Repetition::Count(expr) | Repetition::ForEach(expr) = &block.repetition {
            references::of_expr(expr, &mut |t| self.refer(id, t, node, false));
        }
        references::of_body(&block.body, &mut |t| self.refer_resource(id, t, node, block));
        block.depends_on.iter().for_each(|t| self.refer(id, t, node, true));
        let lifecycle = &block.lifecycle;
        for expr in &lifecycle.replace_triggered_by {
            references::of_expr(expr, &mut |t| self.refer(id, t, node, false));
        }
        self.conditions(id, &lifecycle.preconditions, node);
        for rule in &lifecycle.postconditions {
            for expr in [&rule.condition, &rule.error_message] {
                references::of_expr(expr, &mut |t| self.refer_own(id, t, node, addr));
            }
        }
        let bodies = block.provisioners.iter().map(|p| &p.body);
        let connections = block.provisioners.iter().filter_map(|p| p.connection.as_ref());
        for body in bodies.chain(connections).chain(&block.connection) {
            references::of_body(body, &mut |t| self.refer_own(id, t, node, addr));
        }
    }

    /// A reference from an import, which may not be to its own target. `each` is its own.
    fn refer_import(
        &mut self,
        id: ModuleId,
        t: &Traversal,
        node: Id,
        import: &groma_config::Import,
    ) {
        if import.resource.module.is_root() && names(t, &import.resource.resource) {
            let text = "The import ID cannot reference the resource being imported.";
            let error = Diagnostic::error("Invalid import id argument", text);
            self.diags.push(error.at(t.span));
        } else if &*t.root != "each" {
            self.refer(id, t, node, false);
        }
    }

    fn conditions(&mut self, id: ModuleId, rules: &[groma_config::Condition], node: Id) {
        for rule in rules {
            for expr in [&rule.condition, &rule.error_message] {
                references::of_expr(expr, &mut |t| self.refer(id, t, node, false));
            }
        }
    }

    /// A reference from a resource's arguments, which may not be to itself.
    fn refer_resource(&mut self, id: ModuleId, t: &Traversal, node: Id, block: &ResourceBlock) {
        let own = &block.addr;
        if !names(t, own) {
            return self.refer(id, t, node, false);
        }
        let reference = Reference::parse(t).ok();
        let place = reference.as_ref().map_or(t.span, |reference| reference.span);
        let key = reference.and_then(|reference| match reference.subject {
            Subject::Resource { key: Some(_), .. } => {
                t.steps.get(reference.consumed.checked_sub(1)?)
            }
            _ => None,
        });
        let key = key.map_or_else(String::new, ToString::to_string);
        let text = format!("Configuration for {own}{key} may not refer to itself.");
        let error = Diagnostic::error("Self-referential block", text).at(place);
        // As in Terraform, of a resource that is its only instance each of the two complains.
        if matches!(block.repetition, Repetition::Single) {
            self.diags.push(error.clone());
        }
        self.diags.push(error);
    }

    /// A reference from where a resource may refer to itself.
    fn refer_own(&mut self, id: ModuleId, t: &Traversal, node: Id, own: &Resource) {
        if !names(t, own) {
            self.refer(id, t, node, false);
        }
    }

    /// Connects a node with what a reference in it refers to. A module that is depended upon as a
    /// whole stands for all that is in it.
    fn refer(&mut self, from: ModuleId, traversal: &Traversal, node: Id, whole: bool) {
        let reference = match Reference::parse(traversal) {
            Ok(reference) => reference,
            Err(diagnostic) => return self.diags.push(diagnostic),
        };
        let entry = self.graph.module(from);
        if !whole && let Err(diagnostic) = check_reference(&entry.module, traversal, &reference) {
            return self.diags.push(diagnostic);
        }
        let span = Some(reference.span);
        let key = self.key_of(from, reference.subject);
        for target in self.graph.subject(from, reference.subject, whole) {
            self.note_key(target, node, key.as_ref());
            self.edge(target, node, span);
        }
    }

    /// The one instance that a reference is to, of a resource that repeats.
    fn key_of(&self, from: ModuleId, subject: Subject<'_>) -> Option<InstanceKey> {
        let Subject::Resource { mode, ty, name, key } = subject else { return None };
        let entry = self.graph.module(from);
        let at = entry.names.resource(mode, ty, name)?;
        let (_, block) = entry.module.resources.get_index(at as usize)?;
        let repeats = !matches!(block.repetition, Repetition::Single);
        key.filter(|_| repeats).and_then(instance_key)
    }

    /// Notes which instances the references from one node to another are to, as long as none is to
    /// all of them.
    fn note_key(&mut self, from: Id, to: Id, key: Option<&InstanceKey>) {
        match key {
            Some(key) if !self.incoming.contains(&from) => {
                self.graph.keyed.insert((from, to), vec![key.clone()]);
            }
            Some(key) => {
                if let Some(keys) = self.graph.keyed.get_mut(&(from, to)) {
                    keys.push(key.clone());
                }
            }
            None if self.graph.keyed.is_empty() => {}
            None => drop(self.graph.keyed.remove(&(from, to))),
        }
    }

    fn edge(&mut self, from: Id, to: Id, span: Option<Span>) {
        if self.incoming.insert(from) {
            self.graph.graph.add_edge(from, to, span);
        }
    }
}

/// Whether a reference is to that resource of the same module.
fn names(traversal: &Traversal, resource: &Resource) -> bool {
    match Reference::parse(traversal).map(|reference| reference.subject) {
        Ok(Subject::Resource { mode, ty, name, .. }) => {
            mode == resource.mode && **ty == *resource.ty && **name == *resource.name
        }
        _ => false,
    }
}
