//! `moved`: where objects of the state belong now.
//!
//! What is wrong with the statements is only found once everything is planned (`refactor`), since
//! that takes all instances.
//!
//! Statements are taken in an order in which each sees what those before it did (a to b, then b to
//! c), then instances whose repetition came or went are moved to the key that they have now.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use groma_addr::{
    Ident, InstanceKey, Mode, ModuleInstance, ModuleStep, ProviderConfig, Resource,
    ResourceInstance, Target,
};
use groma_config::{Config, Module, Moved, Repetition};
use groma_diag::{Diagnostic, Diagnostics};
use groma_state::{InstanceState, State};

/// The state with every object where it belongs.
pub(crate) struct MovedState {
    /// The state.
    pub(crate) state: State,
    /// Where each object that was moved was before.
    pub(crate) from: HashMap<ResourceInstance, ResourceInstance>,
    /// Objects that were of another resource type: that type, and the provider that managed them.
    pub(crate) retyped: HashMap<ResourceInstance, (Ident, Arc<ProviderConfig>)>,
    /// What could not be done.
    pub(crate) diagnostics: Diagnostics,
}

/// A `moved` block, or one that is implied.
pub(super) struct Statement<'c> {
    /// The module that it stands in.
    pub(super) module: &'c Module,
    pub(super) block: &'c Moved,
    pub(super) endpoints: Endpoints,
}

/// What a statement moves.
pub(super) enum Endpoints {
    /// All instances of a module call.
    Call { from: ModuleInstance, to: ModuleInstance },
    /// One module instance.
    Module { from: ModuleInstance, to: ModuleInstance },
    /// All instances of a resource.
    Resource { from: (ModuleInstance, Resource), to: (ModuleInstance, Resource) },
    /// One instance of a resource.
    Instance { from: ResourceInstance, to: ResourceInstance },
}

type Instances = BTreeMap<ResourceInstance, InstanceState>;

/// Moves the objects of a state as the configuration says.
pub(crate) fn apply_moves(config: &Config, state: &State) -> MovedState {
    let statements = statements(config);
    let mut moved = MovedState {
        state: state.clone(),
        from: HashMap::new(),
        retyped: HashMap::new(),
        diagnostics: Diagnostics::new(),
    };
    let implied = implied(config, state, &statements);
    if statements.is_empty() && implied.is_empty() {
        return moved;
    }
    // Statements that go round in a circle move nothing, and are complained of later.
    let Ok(order) = petgraph::algo::toposort(&chained(&statements), None) else { return moved };
    let order = order.into_iter().map(petgraph::graph::NodeIndex::index);
    let mut instances: Instances =
        state.instances().map(|(addr, instance)| (addr.clone(), instance.clone())).collect();
    let mut blocked = Vec::new();
    for at in order {
        let statement = &statements[at];
        let matching: Vec<(ResourceInstance, ResourceInstance)> = instances
            .keys()
            .filter_map(|addr| Some((addr.clone(), statement.destination(addr)?)))
            .collect();
        for (from, to) in matching {
            moved.rename(config, &mut instances, from, to, &mut blocked);
        }
    }
    for (from, to) in implied {
        moved.rename(config, &mut instances, from, to, &mut blocked);
    }
    if !blocked.is_empty() {
        moved.diagnostics.push(unresolved(&blocked));
    }
    if !moved.from.is_empty() {
        moved.state = rebuild(state, instances);
    }
    moved
}

/// All statements, those of outer modules first.
pub(super) fn statements(config: &Config) -> Vec<Statement<'_>> {
    let blocks = config
        .modules
        .iter()
        .flat_map(|module| module.moved.iter().map(move |block| (&**module, block)));
    blocks.map(|(module, block)| Statement { module, block, endpoints: endpoints(block) }).collect()
}

fn rebuild(state: &State, instances: Instances) -> State {
    let mut rebuilt: State = instances.into_iter().collect();
    for (name, output) in state.outputs() {
        let (name, output) = (name.clone(), Some(output.clone()));
        rebuilt.apply(groma_state::Change::Output { name, output });
    }
    for (module, outputs) in state.module_outputs() {
        let (module, outputs) = (module.clone(), outputs.clone());
        rebuilt.apply(groma_state::Change::ModuleOutputs { module, outputs });
    }
    rebuilt.apply(groma_state::Change::Checks(state.checks().cloned()));
    rebuilt
}

impl MovedState {
    fn rename(
        &mut self,
        config: &Config,
        instances: &mut Instances,
        from: ResourceInstance,
        to: ResourceInstance,
        blocked: &mut Vec<(ResourceInstance, ResourceInstance)>,
    ) {
        if from == to {
            return;
        }
        if instances.get(&to).is_some_and(|instance| instance.current.is_some()) {
            blocked.push((from, to));
            return;
        }
        let Some(mut instance) = instances.remove(&from) else { return };
        let origin = self.from.remove(&from).unwrap_or_else(|| from.clone());
        let provider = configured_provider(config, &to);
        if from.resource.ty == to.resource.ty {
            if let Some(was) = self.retyped.remove(&from) {
                self.retyped.insert(to.clone(), was);
            }
        } else {
            let was = self
                .retyped
                .remove(&from)
                .unwrap_or_else(|| (from.resource.ty.clone(), Arc::clone(&instance.provider)));
            self.retyped.insert(to.clone(), was);
            if let Some(provider) = provider {
                instance.provider = Arc::new(provider);
            }
        }
        self.from.insert(to.clone(), origin);
        instances.insert(to, instance);
    }
}

/// The provider configuration that serves a resource of the configuration.
fn configured_provider(config: &Config, addr: &ResourceInstance) -> Option<ProviderConfig> {
    let module = config.find(&addr.module.module())?;
    let block = module.resources.get(&addr.resource)?;
    module.provider_configs.get(&block.provider).cloned()
}

fn unresolved(blocked: &[(ResourceInstance, ResourceInstance)]) -> Diagnostic {
    let lines: Vec<String> =
        blocked.iter().map(|(from, to)| format!("\n  - {from} could not move to {to}")).collect();
    Diagnostic::warning(
        "Unresolved resource instance address changes",
        format!(
            "Terraform tried to adjust resource instance addresses in the prior state based on \
             change information recorded in the configuration, but some adjustments did not \
             succeed due to existing objects already at the intended addresses:{}\n\nTerraform has \
             planned to destroy these objects. If Terraform's proposed changes aren't appropriate, \
             you must first resolve the conflicts using the \"terraform state\" subcommands and \
             then create a new plan.",
            lines.concat()
        ),
    )
}

/// Tells whole calls and resources from single instances: as in Terraform, a key on either side
/// makes both of them instances.
fn endpoints(block: &Moved) -> Endpoints {
    let keyed = |target: &Target| match target {
        Target::Module(module) => module.steps().last().is_some_and(|step| !step.key.is_none()),
        Target::Resource(_) => false,
        Target::Instance(instance) => !instance.key.is_none(),
    };
    let single = keyed(&block.from) || keyed(&block.to);
    let resource = |target: &Target| match target {
        Target::Module(module) => (module.clone(), None, InstanceKey::None),
        Target::Resource(addr) => {
            (addr.module.clone(), Some(addr.resource.clone()), InstanceKey::None)
        }
        Target::Instance(addr) => {
            (addr.module.clone(), Some(addr.resource.clone()), addr.key.clone())
        }
    };
    match (resource(&block.from), resource(&block.to)) {
        ((from, Some(a), a_key), (to, Some(b), b_key)) if single => Endpoints::Instance {
            from: ResourceInstance { module: from, resource: a, key: a_key },
            to: ResourceInstance { module: to, resource: b, key: b_key },
        },
        ((from, Some(a), _), (to, Some(b), _)) => {
            Endpoints::Resource { from: (from, a), to: (to, b) }
        }
        ((from, ..), (to, ..)) if single => Endpoints::Module { from, to },
        ((from, ..), (to, ..)) => Endpoints::Call { from, to },
    }
}

/// The address without the module instance that `module`'s blocks are relative to, and that
/// instance; `None` if the address is not inside the module.
fn relative(module: &Module, addr: &ModuleInstance) -> Option<(Vec<ModuleStep>, Vec<ModuleStep>)> {
    let calls = module.path.calls();
    let steps = addr.steps();
    let inside = steps.len() >= calls.len()
        && steps.iter().zip(calls).all(|(step, call)| step.name == *call);
    inside.then(|| (steps[..calls.len()].to_vec(), steps[calls.len()..].to_vec()))
}

pub(super) fn join(
    base: Vec<ModuleStep>,
    rest: impl IntoIterator<Item = ModuleStep>,
) -> ModuleInstance {
    ModuleInstance::new(base.into_iter().chain(rest))
}

impl Statement<'_> {
    /// Where an object goes; `None` if the statement is not about it.
    fn destination(&self, addr: &ResourceInstance) -> Option<ResourceInstance> {
        let (base, rest) = relative(self.module, &addr.module)?;
        match &self.endpoints {
            Endpoints::Instance { from, to } => {
                let same = rest == from.module.steps()
                    && addr.resource == from.resource
                    && addr.key == from.key;
                same.then(|| ResourceInstance {
                    module: join(base, to.module.steps().iter().cloned()),
                    resource: to.resource.clone(),
                    key: to.key.clone(),
                })
            }
            Endpoints::Resource { from, to } => {
                let same = rest == from.0.steps() && addr.resource == from.1;
                same.then(|| ResourceInstance {
                    module: join(base, to.0.steps().iter().cloned()),
                    resource: to.1.clone(),
                    key: addr.key.clone(),
                })
            }
            Endpoints::Module { from, to } => {
                let inner = rest.strip_prefix(from.steps())?;
                let module = join(base, to.steps().iter().chain(inner).cloned());
                Some(ResourceInstance { module, ..addr.clone() })
            }
            Endpoints::Call { from, to } => {
                let ((last, outer), (to_last, to_outer)) =
                    (from.steps().split_last()?, to.steps().split_last()?);
                let (step, inner) = rest.strip_prefix(outer)?.split_first()?;
                if step.name != last.name {
                    return None;
                }
                let moved = ModuleStep { name: to_last.name.clone(), key: step.key.clone() };
                let steps = to_outer.iter().cloned().chain([moved]).chain(inner.iter().cloned());
                Some(ResourceInstance { module: join(base, steps), ..addr.clone() })
            }
        }
    }

    /// Whether it gives instances of a module another key only, and the other one moves objects
    /// within that module: then both ends hold what the other moves, and the outer one comes first.
    fn renumbers_around(&self, inner: &Self) -> bool {
        let Endpoints::Module { from, to } = &self.endpoints else { return false };
        let calls = |module: &ModuleInstance| module.module();
        let depth = self.module.path.calls().len() + to.steps().len();
        calls(from) == calls(to) && inner.module.path.calls().len() >= depth
    }

    /// The places that it moves from and to, as patterns: with the module it stands in.
    fn ends(&self) -> (Pattern, Pattern) {
        let base: Vec<PatternStep> =
            self.module.path.calls().iter().map(|call| (call.clone(), None)).collect();
        let steps = |module: &ModuleInstance, whole: bool| {
            let mut all = base.clone();
            all.extend(module.steps().iter().map(|s| (s.name.clone(), Some(s.key.clone()))));
            if whole && let Some(last) = all.last_mut() {
                last.1 = None;
            }
            all
        };
        match &self.endpoints {
            Endpoints::Call { from, to } => (
                Pattern { modules: steps(from, true), resource: None },
                Pattern { modules: steps(to, true), resource: None },
            ),
            Endpoints::Module { from, to } => (
                Pattern { modules: steps(from, false), resource: None },
                Pattern { modules: steps(to, false), resource: None },
            ),
            Endpoints::Resource { from, to } => (
                Pattern { modules: steps(&from.0, false), resource: Some((from.1.clone(), None)) },
                Pattern { modules: steps(&to.0, false), resource: Some((to.1.clone(), None)) },
            ),
            Endpoints::Instance { from, to } => (
                Pattern {
                    modules: steps(&from.module, false),
                    resource: Some((from.resource.clone(), Some(from.key.clone()))),
                },
                Pattern {
                    modules: steps(&to.module, false),
                    resource: Some((to.resource.clone(), Some(to.key.clone()))),
                },
            ),
        }
    }
}

type PatternStep = (Ident, Option<InstanceKey>);

/// Addresses that a statement's end stands for. No key means any.
struct Pattern {
    modules: Vec<PatternStep>,
    resource: Option<(Resource, Option<InstanceKey>)>,
}

impl Pattern {
    /// Whether some address is inside both.
    fn meets(&self, other: &Self) -> bool {
        let key = |a: &Option<InstanceKey>, b: &Option<InstanceKey>| match (a, b) {
            (Some(a), Some(b)) => a == b,
            _ => true,
        };
        let modules = self.modules.iter().zip(&other.modules);
        if !modules.clone().all(|(a, b)| a.0 == b.0 && key(&a.1, &b.1)) {
            return false;
        }
        match self.modules.len().cmp(&other.modules.len()) {
            std::cmp::Ordering::Less => self.resource.is_none(),
            std::cmp::Ordering::Greater => other.resource.is_none(),
            std::cmp::Ordering::Equal => match (&self.resource, &other.resource) {
                (Some(a), Some(b)) => a.0 == b.0 && key(&a.1, &b.1),
                _ => true,
            },
        }
    }
}

/// Which statements move on what others have moved: an edge from each to those that come after.
pub(super) fn chained(statements: &[Statement<'_>]) -> petgraph::graph::DiGraph<(), ()> {
    let ends: Vec<(Pattern, Pattern)> = statements.iter().map(Statement::ends).collect();
    let mut graph = petgraph::graph::DiGraph::new();
    let nodes: Vec<_> = statements.iter().map(|_| graph.add_node(())).collect();
    for (a, (_, to)) in nodes.iter().zip(&ends) {
        for (b, (from, _)) in nodes.iter().zip(&ends) {
            if a != b
                && to.meets(from)
                && !statements[b.index()].renumbers_around(&statements[a.index()])
            {
                graph.add_edge(*a, *b, ());
            }
        }
    }
    graph
}

/// Moves that a resource's `count` coming or going implies: between no key and `[0]`.
fn implied(
    config: &Config,
    state: &State,
    statements: &[Statement<'_>],
) -> Vec<(ResourceInstance, ResourceInstance)> {
    let mut moves = Vec::new();
    let mut seen = HashSet::new();
    for (addr, _) in state.instances() {
        if addr.resource.mode != Mode::Managed || !seen.insert(addr.containing()) {
            continue;
        }
        let module = config.find(&addr.module.module());
        let Some(block) = module.and_then(|module| module.resources.get(&addr.resource)) else {
            continue;
        };
        let (from, to) = match block.repetition {
            Repetition::Count(_) => (InstanceKey::None, InstanceKey::Int(0)),
            Repetition::Single => (InstanceKey::Int(0), InstanceKey::None),
            Repetition::ForEach(_) => continue,
        };
        let resource = addr.containing();
        let (from, to) = (resource.instance(from), resource.instance(to));
        let explicit = statements.iter().any(|statement| statement.destination(&from).is_some());
        if state.instance(&from).is_some() && state.instance(&to).is_none() && !explicit {
            moves.push((from, to));
        }
    }
    moves
}
