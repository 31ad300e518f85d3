//! Applying: does what a plan says, in the order of references and of destruction.
//!
//! It evaluates the plan's own snapshot of the configuration again, with what is known by now,
//! and has each provider plan its part once more: if that contradicts the plan, it stops there.
//! Nothing that the plan does not list is done.
//!
//! | Module | Does |
//! |---|---|
//! | `instances` | where the work on each instance goes in the graph |
//! | `order` | where destruction goes in the graph |
//! | `make` | objects that come to be, or change; data that is read |
//! | `destroy` | objects that end |
//! | `ephemeral` | opens ephemeral resources |
//! | `provision` | provisioners after making and before destroying |
//! | `finish` | outputs, checks, the end of the run |

mod destroy;
mod ephemeral;
mod finish;
mod instances;
mod make;
mod order;
mod provision;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::SystemTime;

use groma_addr::{Ident, ResourceInstance};
use groma_config::{Config, Source};
use groma_diag::{Diagnostic, Diagnostics};
use groma_eval::{FrameId, Frames, Globals, Instances};
use groma_state::{Change, DeposedKey, Run, State, StateError};
use groma_value::Value;
use petgraph::graph::NodeIndex;

use self::instances::{ByResource, Makers};
use crate::checks::Checks;
use crate::ephemeral::{OpenAnswer, Opened};
use crate::evaluation::Evaluation;
use crate::event::id_value;
use crate::graph::{self, ConfigGraph, Id, Node, Targeted};
use crate::host::SourceHost;
use crate::instance::apply::EffectAnswer;
use crate::instance::replan::Replanned;
use crate::meta::Metas;
use crate::planning::Configured;
use crate::pool::{Factories, Pool};
use crate::provision::Provision;
use crate::underway::Underway;
use crate::walk::{Begin, Next, Stage, walk};
use crate::{
    Cancel, Counts, Event, Events, InstanceChange, ObjectId, Operation, Outcome, Plan, PlanMode,
    VariableValue,
};

/// Everything that an apply takes.
pub struct ApplyInput<'a> {
    /// What to do.
    pub plan: &'a Plan,
    /// The configuration, read from the plan's snapshot.
    pub config: &'a Arc<Config>,
    /// The plan's snapshot as a source.
    pub source: Arc<dyn Source>,
    /// The state as it is in the store: the one that the plan was made against.
    pub state: State,
    /// Where results go. Closed at the end.
    pub run: Box<dyn Run>,
    /// What makes providers.
    pub providers: &'a Factories,
    /// Values of ephemeral variables, asked for again.
    pub ephemeral: BTreeMap<Ident, VariableValue>,
    /// How many effects may be under way at once, over all providers; as many as they take, if
    /// nobody asked for a limit.
    pub parallelism: Option<usize>,
    /// The home directory, for `pathexpand`.
    pub home: Option<&'a str>,
    /// What `timestamp()` gives.
    pub now: SystemTime,
    /// What runs provisioners.
    pub provisioners: Arc<dyn Provision>,
    /// Who follows along.
    pub events: Arc<dyn Events>,
    /// Who may end it early.
    pub cancel: &'a Cancel,
}

/// Does what a plan says. Everything that was done is recorded, whatever goes wrong.
pub async fn apply(input: ApplyInput<'_>) -> Outcome {
    let ApplyInput { plan, config, source, state, run, providers, ephemeral, parallelism, .. } =
        input;
    let by_resource = by_resource(&plan.changes);
    let (Applying { graph, makers, targeted }, mut diags) = graph_of(config, plan, &by_resource);
    diags.extend(unreviewed(&plan.changes));
    let sources = graph.providers.iter().map(|config| config.provider.clone());
    let (pool, problems) = Pool::load(providers, sources).await;
    diags.extend(problems);
    let (metas, problems) = Metas::new(config, &pool);
    diags.extend(problems);
    let host = SourceHost::new(Arc::clone(&source), input.home.map(str::to_owned), plan.timestamp);
    let globals = Globals {
        workspace: plan.provenance.workspace.clone(),
        cwd: source.cwd().to_owned(),
        root: config.root().map_or_else(String::new, |root| root.dir.clone()),
        applying: true,
        host: Arc::new(host.applying(input.now)),
        patterns: Arc::default(),
        sources: Arc::clone(&config.sources),
        functions: Arc::new(crate::functions::provider_functions(&pool)),
        schemas: pool.schemas(),
    };
    let run: Arc<Box<dyn Run>> = Arc::new(run);
    let mut applier = Applier {
        plan,
        config,
        graph: &graph,
        lanes: graph.lanes(|change| graph.provider(&plan.changes.get(change as usize)?.provider)),
        targeted,
        pool,
        metas,
        eval: Evaluation {
            graph: &graph,
            frames: Frames::new(config),
            globals,
            checks: Checks::of(&graph),
            variables: variables(plan, ephemeral),
            directives: plan.directives.clone(),
            prior: plan.prior.state.clone(),
            lenient: plan.mode == PlanMode::Destroy,
            forgiving: plan.mode == PlanMode::RefreshOnly,
        },
        run: Arc::clone(&run),
        events: input.events,
        provisioners: input.provisioners,
        by_resource,
        makers,
        work: HashMap::new(),
        shapes: HashMap::new(),
        deposed: HashMap::new(),
        underway: Underway::default(),
        state: plan.prior.state.clone(),
        counts: Counts {
            imported: plan.changes.iter().filter(|c| c.importing.is_some()).count() as u64,
            ..Counts::default()
        },
        opened: Opened::default(),
        diags: Diagnostics::new(),
        broken: false,
    };
    applier.report_all(diags);
    let mut cancelled = false;
    if !applier.diags.has_errors() && applier.begin_state(&state).await {
        let walked = walk(&graph.graph, &mut applier, parallelism, input.cancel).await;
        cancelled = walked == crate::walk::Walked::Cancelled;
        if !input.cancel.is_stopping_now() {
            let events = Arc::clone(&applier.events);
            let found = applier.opened.close(&*events).await;
            applier.report_all(found);
        }
    }
    applier.finish(run, cancelled).await
}

/// What an apply walks.
pub(crate) struct Applying {
    /// The graph.
    pub(crate) graph: ConfigGraph,
    /// The nodes of instances.
    makers: Makers,
    /// What of the configuration was planned.
    targeted: Targeted,
}

/// The graph of a plan's configuration, of its instances, and of the destruction that the plan
/// calls for.
pub(crate) fn graph_of(
    config: &Config,
    plan: &Plan,
    by_resource: &ByResource,
) -> (Applying, Diagnostics) {
    let in_state = plan
        .prior
        .state
        .instances()
        .map(|(addr, instance)| (addr.containing().config(), (*instance.provider).clone()));
    let (mut graph, mut diags) = graph::build(config, in_state);
    let targeted = match plan.mode {
        PlanMode::Destroy => graph::target_ends(&graph, &plan.prior.state, &plan.targets),
        PlanMode::Normal | PlanMode::RefreshOnly => graph::target(&graph, &plan.targets),
    };
    let provider_nodes = provider_nodes(&graph);
    let makers = instances::set_apart(&mut graph, &plan.changes, by_resource);
    order::add_destruction(&mut graph, plan, &makers, &provider_nodes);
    order::read_checks_last(&mut graph, &plan.changes, &makers);
    diags.extend(graph::check_cycles(&graph, &config.sources));
    (Applying { graph, makers, targeted }, diags)
}

/// The root module's variables: as the plan has them, and those that no plan keeps.
fn variables(
    plan: &Plan,
    ephemeral: BTreeMap<Ident, VariableValue>,
) -> BTreeMap<Ident, VariableValue> {
    let kept = plan.variables.iter().filter_map(|variable| {
        let value = variable.value.clone()?;
        let source = crate::VariableSource::Caller;
        Some((variable.name.clone(), VariableValue { value, source }))
    });
    kept.chain(ephemeral).collect()
}

/// What was planned by a block that was generated for an import, and is written nowhere yet. To
/// take the object into the state needs no block; to change it does.
fn unreviewed(changes: &[InstanceChange]) -> Diagnostics {
    let changes = changes.iter().filter(|change| change.generated_config.is_some());
    let changes = changes.filter(|change| change.action != crate::Action::NoOp);
    let refused = changes.map(|change| {
        Diagnostic::error(
            "Generated configuration is not in use",
            format!(
                "The plan would change {} to what its generated configuration says, which is not \
                 part of the configuration that was planned. Review the generated file, and plan \
                 again with it in place.",
                change.addr
            ),
        )
    });
    refused.collect()
}

/// Which changes are of each resource.
pub(crate) fn by_resource(changes: &[InstanceChange]) -> ByResource {
    let mut found = ByResource::new();
    for (at, change) in changes.iter().enumerate() {
        found.entry(change.addr.containing().config()).or_default().push(at as u32);
    }
    found
}

fn provider_nodes(graph: &ConfigGraph) -> HashMap<groma_addr::ProviderConfig, Id> {
    let nodes = graph.graph.node_indices().filter_map(|id| match graph.graph[id] {
        Node::Provider(at) => Some((graph.providers.get(at as usize)?.clone(), id)),
        _ => None,
    });
    nodes.collect()
}

/// The stage of applying.
pub(crate) struct Applier<'a> {
    plan: &'a Plan,
    config: &'a Arc<Config>,
    graph: &'a ConfigGraph,
    /// The lane of each node.
    lanes: Vec<u32>,
    targeted: Targeted,
    pool: Pool,
    metas: Metas,
    eval: Evaluation<'a>,
    run: Arc<Box<dyn Run>>,
    events: Arc<dyn Events>,
    provisioners: Arc<dyn Provision>,
    by_resource: ByResource,
    makers: Makers,
    work: HashMap<Id, make::Working>,
    shapes: HashMap<(Id, FrameId), Instances<()>>,
    /// Under which key the old object of a change is kept until it is destroyed.
    deposed: HashMap<u32, DeposedKey>,
    /// What is being done to objects.
    underway: Underway,
    state: State,
    counts: Counts,
    /// Ephemeral resources that are open.
    opened: Opened,
    diags: Diagnostics,
    /// Whether the state could not be written, so that nothing more may be tried.
    broken: bool,
}

/// What the jobs of an apply return.
pub(crate) enum Answer {
    /// A provider was configured, or not.
    Configured(Configured),
    /// A change was planned once more.
    Replanned(Replanned),
    /// An object was made or changed.
    Made(Box<make::Made>),
    /// The provisioners of a new object have run.
    Provisioned(provision::Provisioned),
    /// An object was not destroyed, since a provisioner failed.
    NotDestroyed(Diagnostic),
    /// A data source was read.
    Read(Box<make::ReadData>),
    /// An ephemeral resource was opened.
    Opened(Box<OpenAnswer>),
    /// An object was destroyed.
    Destroyed(Box<EffectAnswer>),
    /// What has no effect was recorded.
    Recorded(Result<(), StateError>),
}

impl Applier<'_> {
    fn report(&mut self, diagnostic: Diagnostic) {
        self.events.emit(Event::Diagnostic(diagnostic.clone()));
        self.diags.push(diagnostic);
    }

    /// Reports all, and gives whether none of them is an error.
    fn report_all(&mut self, diagnostics: Diagnostics) -> bool {
        let ok = !diagnostics.has_errors();
        diagnostics.into_iter().for_each(|diagnostic| self.report(diagnostic));
        ok
    }

    /// Reports that the state could not be written; nothing more is tried then.
    fn store_failed(&mut self, error: &StateError) {
        if !self.broken {
            self.report(Diagnostic::error("Failed to save state", error.to_string()));
        }
        self.broken = true;
    }

    /// `prior` is the object as it was.
    fn emit_start(
        &mut self,
        node: Id,
        part: usize,
        object: ObjectId,
        operation: Operation,
        prior: &Value,
    ) {
        self.underway.start((node, part), object, operation, id_value(prior), &*self.events);
    }

    /// `now` is the object as it is, if nothing went wrong. Gives what was done, if something was.
    fn emit_end(&mut self, node: Id, part: usize, now: Option<&Value>) -> Option<Operation> {
        self.underway.end((node, part), now.map(id_value), &*self.events)
    }

    /// Whether a node was not planned, for want of a target.
    fn is_beside_targets(&self, id: Id) -> bool {
        match self.graph.graph[id] {
            Node::Instance(..) | Node::Made(..) | Node::Destroy(_) | Node::Meet(_) => false,
            Node::Output(..) if self.plan.mode == PlanMode::Destroy => self.targeted.is_limited(),
            // A provider may be configured from what stays.
            _ => self.plan.mode != PlanMode::Destroy && !self.targeted.has(id),
        }
    }

    /// The change of an instance's current object.
    fn change_of(&self, addr: &ResourceInstance) -> Option<(u32, &InstanceChange)> {
        let found = self.by_resource.get(&addr.containing().config())?;
        // Changes are in the order of their addresses, the current object's first.
        let at = found.partition_point(|at| self.plan.changes[*at as usize].addr < *addr);
        let at = *found.get(at)?;
        let change = self.plan.changes.get(at as usize)?;
        (change.addr == *addr && change.deposed.is_none()).then_some((at, change))
    }

    /// Keeps our own view of the state in step with the store's.
    fn note(&mut self, change: Change) {
        self.state.apply(change);
    }
}

impl Stage for Applier<'_> {
    type Answer = Answer;

    fn lanes(&self) -> usize {
        self.graph.providers.len()
    }

    fn lane(&self, id: NodeIndex) -> usize {
        self.lanes.get(id.index()).copied().unwrap_or_default() as usize
    }

    fn room(&self, lane: usize) -> usize {
        self.pool.room(self.graph.providers.get(lane))
    }

    fn begin(&mut self, id: NodeIndex) -> Begin {
        let id: Id = id;
        if self.broken {
            return Begin::Failed;
        }
        if self.is_beside_targets(id) {
            return Begin::Done;
        }
        let diags = match self.graph.graph[id] {
            Node::Expand(module) => self.eval.expand_module(module),
            Node::Variable(module, at) => self.eval.variable(module, at),
            Node::Local(module, at) => self.eval.local(module, at),
            Node::Output(module, at) => self.eval.output(module, at),
            // No target is in need of a check: it was not planned either.
            Node::Check(..) if !self.plan.targets.is_empty() => return Begin::Done,
            Node::Check(module, at) => self.eval.check(module, at),
            Node::Provider(at) => return self.begin_provider(at),
            Node::Resource(module, at) => return self.begin_resource(id, module, at),
            Node::Instance(..) | Node::Destroy(_) => return Begin::Parts(1),
            Node::Refresh(_)
            | Node::Orphan(_)
            | Node::Close(_)
            | Node::Made(..)
            | Node::Meet(_) => {
                return Begin::Done;
            }
        };
        if self.report_all(diags) { Begin::Done } else { Begin::Failed }
    }

    fn start(&mut self, id: NodeIndex, part: usize) -> Next<Answer> {
        if self.broken {
            return Next::Failed;
        }
        match self.graph.graph[id] {
            Node::Provider(at) => self.configure(at),
            Node::Resource(..) | Node::Instance(..) => self.start_part(id, part),
            Node::Destroy(at) => self.start_destroy(id, at),
            _ => Next::Done,
        }
    }

    fn answer(&mut self, id: NodeIndex, part: usize, answer: Answer) -> Next<Answer> {
        let ok = match answer {
            Answer::Configured(answer) => self.configured(answer),
            Answer::Replanned(answer) => return self.replanned(id, part, answer),
            Answer::Made(made) => return self.made(id, part, *made),
            Answer::Provisioned(answer) => return self.provisioned(id, part, answer),
            Answer::NotDestroyed(diagnostic) => {
                self.report(diagnostic);
                self.emit_end(id, part, None);
                false
            }
            Answer::Read(read) => self.data_read(id, part, *read),
            Answer::Opened(answer) => self.opened(id, part, *answer),
            Answer::Destroyed(answer) => self.destroyed(id, *answer),
            Answer::Recorded(result) => match result {
                Ok(()) => true,
                Err(error) => {
                    self.store_failed(&error);
                    false
                }
            },
        };
        if ok { Next::Done } else { Next::Failed }
    }

    fn due(&mut self) -> Option<tokio::time::Instant> {
        self.underway.due()
    }

    fn remind(&mut self) {
        self.underway.remind(&*self.events);
    }

    fn listen(&mut self, context: &mut std::task::Context<'_>) {
        self.opened.listen(context, &*self.events);
    }

    fn stopping(&mut self) {
        self.pool.stop();
    }

    fn stopping_now(&mut self) {
        self.pool.stop_now();
    }

    fn evaluates(&self, id: NodeIndex) -> bool {
        self.graph.graph[id].evaluates()
    }

    fn lost(&mut self, id: NodeIndex, _: usize, error: &str) {
        let name = graph::name(self.graph, id);
        let text = format!("The work on {name} ended unexpectedly: {error}. This is a bug.");
        self.report(Diagnostic::error("Internal error", text));
    }

    fn end(&mut self, id: NodeIndex, ok: bool) -> bool {
        match self.graph.graph[id] {
            Node::Resource(module, at) => self.end_resource(id, module, at),
            Node::Instance(module, at, _) => self.end_instance(id, module, at),
            _ => {}
        }
        ok
    }

    fn skip(&mut self, id: NodeIndex) {
        self.work.remove(&id);
    }
}

/// The value of an object in a state, which this program wrote with the same schema.
pub(crate) fn stored_value(
    object: &groma_state::Object,
    schema: &crate::pool::TypeSchema,
) -> Option<Value> {
    let json = object.json()?;
    let value = groma_value::from_json(json, &schema.ty).ok()?;
    let marks: Vec<_> = object
        .sensitive_paths
        .iter()
        .map(|path| (path.clone(), groma_value::Marks::SENSITIVE))
        .collect();
    let value = if marks.is_empty() { value } else { value.mark_with_paths(&marks) };
    Some(schema.mark_sensitive(value))
}
