//! Planning: walks the configuration in the order of its references, and works out for each
//! object what has to be done to it.
//!
//! | Module | Does |
//! |---|---|
//! | `providers` | evaluates provider configurations, reads prior objects |
//! | `resources` | expands a resource, plans its instances |
//! | `data` | reads data sources, or puts it off |
//! | `ephemeral` | opens ephemeral resources |
//! | `moved` | where objects of the state belong now |
//! | `refactor` | what is wrong with `moved` and `removed` blocks |
//! | `import` | objects brought under management |
//! | `generate` | configuration for imports that have none |
//! | `gone` | what is in the state and no longer in the configuration |
//! | `pending` | whether data has to wait for a change |
//! | `creation` | which instances are created before they are destroyed |
//! | `deps` | which resources a resource depends on |
//! | `relevant` | which attributes changes may have come from |
//! | `destroy` | the second walk of a destruction |
//! | `finish` | puts the plan together |

mod creation;
mod data;
mod deps;
mod destroy;
mod ephemeral;
mod finish;
mod generate;
mod gone;
mod import;
mod moved;
mod pending;
mod providers;
mod refactor;
mod relevant;
mod resources;
mod triggers;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use groma_addr::{ConfigResource, ResourceInstance};
use groma_config::source::RecordingSource;
use groma_config::{Config, Source};
use groma_diag::{Diagnostic, Diagnostics};
use groma_eval::{FrameId, Frames, Globals};
use groma_state::{State, Stored};
use petgraph::graph::NodeIndex;

use crate::checks::Checks;
use crate::ephemeral::{OpenAnswer, Opened};
use crate::evaluation::Evaluation;
use crate::graph::{self, ConfigGraph, Id, Node, Targeted};
use crate::host::SourceHost;
use crate::instance::codec::Decoded;
use crate::meta::Metas;
use crate::pool::{Factories, Pool};
use crate::underway::Underway;
use crate::walk::{Begin, Next, Stage, walk};
use crate::{Cancel, Directives, Events, InstanceChange, Options, Plan, PlanMode};

pub(crate) use deps::Reach;
pub(crate) use gone::removed;
pub(crate) use import::{import_name, without_block};
pub(crate) use providers::{Configured, configure, no_type, provider_block};
pub(crate) use resources::ignore;

/// A source that remembers what it was asked.
pub type Recording = RecordingSource<Arc<dyn Source>>;

/// Everything that a plan is made from.
pub struct PlanInput<'a> {
    /// The configuration.
    pub config: &'a Arc<Config>,
    /// Where it was read from, and where functions read.
    pub source: &'a Arc<Recording>,
    /// The state; `None` if there is none yet.
    pub state: Option<&'a Stored>,
    /// What makes providers.
    pub providers: &'a Factories,
    /// What is asked for.
    pub options: &'a Options,
    /// Per-instance exceptions.
    pub directives: &'a Directives,
    /// The selected workspace.
    pub workspace: &'a str,
    /// The commit that the source is of.
    pub commit: Option<&'a str>,
    /// The home directory, for `pathexpand`.
    pub home: Option<&'a str>,
    /// Who follows along.
    pub events: &'a dyn Events,
    /// Who may end it early.
    pub cancel: &'a Cancel,
}

/// Makes a plan. A plan that could not be made whole says so ([`Plan::errored`]) and has the
/// reasons among its diagnostics.
pub async fn plan(input: PlanInput<'_>) -> Plan {
    let moved = moved(&input);
    let generating = input.options.generate_config;
    let extended = generating.then(|| generate::with_blocks(input.config, &moved.state)).flatten();
    let input = PlanInput { config: extended.as_ref().unwrap_or(input.config), ..input };
    let (graph, problems) = graph_of(input.config, &moved.state);
    let mut planner = run(&input, &graph, moved, problems).await;
    if planner.mode != input.options.mode {
        planner.destroy().await;
    }
    planner.finish()
}

/// The values that planning gives to all names, for the console; no plan is made of them.
pub(crate) async fn values(
    input: &PlanInput<'_>,
) -> (Frames, Arc<groma_eval::ProviderFunctions>, Diagnostics) {
    let moved = moved(input);
    let (graph, problems) = graph_of(input.config, &moved.state);
    let planner = run(input, &graph, moved, problems).await;
    (planner.eval.frames, planner.eval.globals.functions, planner.diags)
}

/// Imports one object: the provider finds and reads it. Gives the change that takes it into the
/// state, if there is such an object; what its configuration would change about it is not planned.
///
/// The input's options should have `addr` as their only target.
pub async fn import(
    input: PlanInput<'_>,
    addr: &ResourceInstance,
    id: &str,
) -> (Option<groma_state::Change>, Diagnostics) {
    let moved = moved(&input);
    let (graph, problems) = graph_of(input.config, &moved.state);
    let mut planner = prepare(&input, &graph, moved, problems).await;
    planner.import_only(addr, id);
    planner.run().await;
    (planner.imported_object(addr), planner.diags)
}

fn moved(input: &PlanInput<'_>) -> moved::MovedState {
    let state = input.state.map(|stored| stored.snapshot.state.clone()).unwrap_or_default();
    moved::apply_moves(input.config, &state)
}

/// The graph of a configuration and of what is only in the state.
pub(crate) fn graph_of(config: &Config, state: &State) -> (ConfigGraph, Diagnostics) {
    let in_state = state
        .instances()
        .map(|(addr, instance)| (addr.containing().config(), (*instance.provider).clone()));
    let (graph, mut diags) = graph::build(config, in_state);
    diags.extend(graph::check_cycles(&graph, &config.sources));
    (graph, diags)
}

async fn run<'a>(
    input: &'a PlanInput<'a>,
    graph: &'a ConfigGraph,
    moved: moved::MovedState,
    problems: Diagnostics,
) -> Planner<'a> {
    let mut planner = prepare(input, graph, moved, problems).await;
    planner.run().await;
    planner
}

async fn prepare<'a>(
    input: &'a PlanInput<'a>,
    graph: &'a ConfigGraph,
    moved: moved::MovedState,
    problems: Diagnostics,
) -> Planner<'a> {
    let mut diags = moved.diagnostics.clone();
    let is_graph = !problems.has_errors();
    diags.extend(problems);
    let sources = graph.providers.iter().map(|config| config.provider.clone());
    let (pool, problems) = Pool::load(input.providers, sources).await;
    diags.extend(problems);
    let (metas, problems) = Metas::new(input.config, &pool);
    diags.extend(problems);
    let mut planner = Planner::new(input, graph, pool, metas, moved);
    planner.diags = diags;
    if !planner.diags.has_errors() {
        planner.check_options();
        planner.check_refactoring();
    }
    planner.stuck = planner.diags.has_errors();
    planner.abandoned = planner.stuck && is_graph;
    if !planner.stuck {
        planner.check_imports();
    }
    planner
}

/// The stage of planning.
pub(crate) struct Planner<'a> {
    input: &'a PlanInput<'a>,
    graph: &'a ConfigGraph,
    /// The lane of each node.
    lanes: Vec<u32>,
    targeted: Targeted,
    pool: Pool,
    metas: Metas,
    eval: Evaluation<'a>,
    /// What is planned by the walk at hand: a destruction is first planned as anything else.
    mode: PlanMode,
    /// Whether everything has its value, and only the ends of objects are left to plan.
    ending: bool,
    reach: Reach,
    pending: pending::Pending,
    /// The state as it was, and as it is after the refresh.
    before: State,
    state: State,
    /// Where each object that was moved was before.
    moved: HashMap<ResourceInstance, ResourceInstance>,
    /// Objects that were of another resource type.
    retyped: HashMap<ResourceInstance, (groma_addr::Ident, Arc<groma_addr::ProviderConfig>)>,
    /// The instances that the state has, by resource.
    known: HashMap<ConfigResource, Vec<ResourceInstance>>,
    /// Prior objects, decoded and read. Deposed ones have a key.
    objects: HashMap<(ResourceInstance, Option<groma_state::DeposedKey>), Decoded>,
    /// Instances with an object that could not be read.
    unread: std::collections::HashSet<ResourceInstance>,
    /// Work of resource nodes that have begun and not ended.
    work: HashMap<Id, resources::Working>,
    /// The `import` blocks of each resource, by position.
    import_blocks: HashMap<ConfigResource, Vec<usize>>,
    /// Instances that are to be imported, and those that were, with what names them.
    imports: HashMap<ResourceInstance, import::Named>,
    imported: HashMap<ResourceInstance, import::Named>,
    /// Blocks made of what was imported.
    generated: generate::GeneratedBlocks,
    /// What is imported and not planned, if that is all that is wanted.
    import_only: Option<ResourceInstance>,
    /// What the provider configurations say.
    provider_configs: BTreeMap<groma_addr::ProviderConfig, groma_value::Value>,
    /// What `each` and `count` mean in instances whose plan has unknown parts.
    keys: HashMap<ResourceInstance, groma_eval::KeyData>,
    /// The shapes of resources that have begun and not ended.
    shapes: HashMap<(Id, FrameId), resources::Shape>,
    changes: Vec<InstanceChange>,
    /// Which of them are of a resource.
    by_resource: HashMap<ConfigResource, Vec<usize>>,
    drift: Vec<InstanceChange>,
    /// Ephemeral resources that are open.
    opened: Opened,
    /// What is being read and opened.
    underway: Underway,
    diags: Diagnostics,
    /// Whether nothing can be planned at all.
    stuck: bool,
    /// Whether what is wrong leaves nothing of the plan that is worth showing.
    abandoned: bool,
    /// Whether anything has asked when the plan is made.
    time_asked: Arc<std::sync::atomic::AtomicBool>,
}

/// What the jobs of planning return.
pub(crate) enum Answer {
    /// A provider was configured, or not.
    Configured(providers::Configured),
    /// Prior objects were read.
    Refreshed(Vec<providers::Refreshed>),
    /// A change of a managed object was planned.
    Change(Box<crate::instance::plan::ChangeAnswer>),
    /// An object to be imported was named by its provider.
    Imported(Box<import::ImportAnswer>),
    /// An imported object was read.
    ImportRead(Box<import::ImportRead>),
    /// The destruction of an object was planned.
    Gone(Box<gone::GoneAnswer>),
    /// A data source was read.
    Data(Box<data::DataAnswer>),
    /// An ephemeral resource was opened.
    Opened(Box<OpenAnswer>),
}

impl<'a> Planner<'a> {
    fn new(
        input: &'a PlanInput<'a>,
        graph: &'a ConfigGraph,
        pool: Pool,
        metas: Metas,
        moved: moved::MovedState,
    ) -> Self {
        let moved::MovedState { state, from, retyped, .. } = moved;
        let source: Arc<dyn Source> = Arc::clone(input.source) as Arc<dyn Source>;
        let host = SourceHost::new(
            Arc::clone(&source),
            input.home.map(str::to_owned),
            input.options.timestamp,
        );
        let time_asked = host.asked();
        let globals = Globals {
            workspace: input.workspace.to_owned(),
            cwd: source.cwd().to_owned(),
            root: input.config.root().map_or_else(String::new, |root| root.dir.clone()),
            applying: false,
            host: Arc::new(host),
            patterns: Arc::default(),
            sources: Arc::clone(&input.config.sources),
            functions: Arc::new(crate::functions::provider_functions(&pool)),
            schemas: pool.schemas(),
        };
        let mode = destroy::first_mode(input.options, &state);
        let targeted = match mode {
            PlanMode::Destroy => graph::target_ends(graph, &state, &input.options.targets),
            _ => graph::target(graph, &input.options.targets),
        };
        Self {
            input,
            graph,
            lanes: graph.lanes(|_| None),
            reach: Reach::new(graph, &targeted),
            targeted,
            pool,
            metas,
            eval: Evaluation {
                graph,
                frames: Frames::new(input.config),
                globals,
                checks: Checks::of(graph),
                variables: input.options.variables.clone(),
                directives: input.directives.clone(),
                prior: state.clone(),
                lenient: mode == PlanMode::Destroy,
                forgiving: input.options.mode != PlanMode::Normal,
            },
            mode,
            ending: false,
            pending: pending::Pending::default(),
            before: state.clone(),
            known: known(&state),
            state,
            moved: from,
            retyped,
            objects: HashMap::new(),
            unread: std::collections::HashSet::new(),
            work: HashMap::new(),
            import_blocks: import::by_resource(input.config),
            imports: HashMap::new(),
            imported: HashMap::new(),
            generated: HashMap::new(),
            import_only: None,
            provider_configs: BTreeMap::new(),
            keys: HashMap::new(),
            shapes: HashMap::new(),
            changes: Vec::new(),
            by_resource: HashMap::new(),
            drift: Vec::new(),
            opened: Opened::default(),
            underway: Underway::default(),
            diags: Diagnostics::new(),
            stuck: false,
            abandoned: false,
            time_asked,
        }
    }

    /// Walks the graph once, and closes what was opened for that.
    async fn run(&mut self) {
        if !self.stuck {
            let (graph, input) = (self.graph, self.input);
            walk(&graph.graph, self, input.options.parallelism, input.cancel).await;
            let found = self.opened.close(input.events).await;
            self.report_all(found);
            self.check_moves();
        }
    }

    /// Refuses what is not there yet, by name.
    fn check_options(&mut self) {
        for (scope, directive) in &self.input.directives.entries {
            if let crate::Directive::Shadow(_) = directive {
                self.report(Diagnostic::error(
                    "Unsupported directive",
                    format!("The directive \"shadow\" of {scope} is not supported yet."),
                ));
            }
        }
    }

    /// Where an instance was before it was moved.
    fn previous(&self, addr: &ResourceInstance) -> ResourceInstance {
        self.moved.get(addr).unwrap_or(addr).clone()
    }

    /// Keeps a planned change.
    fn keep(&mut self, change: InstanceChange) {
        let resource = change.addr.containing().config();
        self.by_resource.entry(resource).or_default().push(self.changes.len());
        self.changes.push(change);
    }

    /// The changes of a resource that were planned so far.
    fn changes_of(&self, resource: &ConfigResource) -> impl Iterator<Item = &InstanceChange> {
        let found = self.by_resource.get(resource).map_or(&[][..], Vec::as_slice);
        found.iter().filter_map(|at| self.changes.get(*at))
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.diags.push(diagnostic);
    }

    /// Reports all, and gives whether none of them is an error.
    fn report_all(&mut self, diagnostics: Diagnostics) -> bool {
        let ok = !diagnostics.has_errors();
        diagnostics.into_iter().for_each(|diagnostic| self.report(diagnostic));
        ok
    }
}

/// The instances that a state has, by resource.
fn known(state: &State) -> HashMap<ConfigResource, Vec<ResourceInstance>> {
    let mut known: HashMap<ConfigResource, Vec<ResourceInstance>> = HashMap::new();
    for (addr, _) in state.instances() {
        known.entry(addr.containing().config()).or_default().push(addr.clone());
    }
    known
}

impl Stage for Planner<'_> {
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
        if !self.targeted.has(id) {
            return Begin::Done;
        }
        if self.ending {
            return self.begin_ending(id);
        }
        let diags = match self.graph.graph[id] {
            Node::Expand(module) => self.eval.expand_module(module),
            Node::Variable(module, at) => self.eval.variable(module, at),
            Node::Local(module, at) => self.eval.local(module, at),
            Node::Output(module, at) => self.eval.output(module, at),
            Node::Check(module, at) => self.eval.check(module, at),
            Node::Provider(at) => return self.begin_provider(at),
            Node::Refresh(at) => return self.begin_refresh(id, at),
            Node::Resource(module, at) => return self.begin_resource(id, module, at),
            Node::Orphan(at) => return self.begin_orphan(id, at),
            // All but the first are of an apply.
            Node::Close(_)
            | Node::Instance(..)
            | Node::Made(..)
            | Node::Destroy(_)
            | Node::Meet(_) => return Begin::Done,
        };
        if self.report_all(diags) { Begin::Done } else { Begin::Failed }
    }

    fn start(&mut self, id: NodeIndex, part: usize) -> Next<Answer> {
        match self.graph.graph[id] {
            Node::Provider(at) => self.configure(at),
            Node::Refresh(at) => self.refresh(id, at, part),
            Node::Resource(..) | Node::Orphan(_) => self.start_instance(id, part),
            _ => Next::Done,
        }
    }

    fn answer(&mut self, id: NodeIndex, part: usize, answer: Answer) -> Next<Answer> {
        let ok = match answer {
            Answer::Configured(answer) => self.configured(answer),
            Answer::Refreshed(answers) => self.refreshed(answers),
            Answer::Change(answer) => self.planned(id, part, *answer),
            Answer::Imported(answer) => return self.imported(id, part, *answer),
            Answer::ImportRead(answer) => return self.import_read(id, part, *answer),
            Answer::Gone(answer) => self.gone(*answer),
            Answer::Data(answer) => self.data_read(id, part, *answer),
            Answer::Opened(answer) => self.opened(id, part, *answer),
        };
        if ok { Next::Done } else { Next::Failed }
    }

    fn due(&mut self) -> Option<tokio::time::Instant> {
        self.underway.due()
    }

    fn remind(&mut self) {
        self.underway.remind(self.input.events);
    }

    fn listen(&mut self, context: &mut std::task::Context<'_>) {
        self.opened.listen(context, self.input.events);
    }

    fn stopping(&mut self) {
        self.pool.stop();
    }

    fn stopping_now(&mut self) {
        self.pool.stop_now();
    }

    fn lost(&mut self, id: NodeIndex, _: usize, error: &str) {
        let name = graph::name(self.graph, id);
        let text = format!("The work on {name} ended unexpectedly: {error}. This is a bug.");
        self.report(Diagnostic::error("Internal error", text));
    }

    fn end(&mut self, id: NodeIndex, ok: bool) -> bool {
        self.end_resource(id);
        ok
    }

    fn skip(&mut self, id: NodeIndex) {
        self.work.remove(&id);
    }
}
