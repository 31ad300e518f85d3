//! A world in memory: files, a state, providers.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use groma_config::source::{RecordingSource, SnapshotSource};
use groma_config::{Config, LocalModules, MemorySource, Source, load_config};
use groma_diag::SourceMap;
use groma_engine::{
    Action, ApplyInput, Cancel, Command, Directives, Event, Events, Factories, ObjectId, Operation,
    Options, Outcome, Plan, PlanInput, Provision, VariableSource, VariableValue, apply, plan,
};
use groma_provider_api::Factory;
use groma_provider_api::native::{Randomness, testing};
use groma_provider_api::scripted::Scripted;
use groma_state::{
    Change, DanglingIntent, MemoryStore, Object, RunMeta, StateKey, StateStore, Stored,
};
use groma_value::{Type, Value, View};

/// Randomness that counts.
struct Counting(AtomicU8);

impl Randomness for Counting {
    fn fill(&self, buffer: &mut [u8]) -> std::io::Result<()> {
        let next = self.0.fetch_add(1, Ordering::Relaxed);
        buffer.fill(next);
        Ok(())
    }
}

pub(crate) struct World {
    pub(crate) files: BTreeMap<String, String>,
    pub(crate) providers: Factories,
    pub(crate) store: MemoryStore,
    pub(crate) options: Options,
    pub(crate) directives: Directives,
    pub(crate) ran: Arc<Ran>,
    pub(crate) heard: Arc<Heard>,
    /// The provider of `fake_…` types.
    pub(crate) fake: Scripted,
    pub(crate) cancel: Cancel,
}

/// Events about objects that take their time, each as a line.
#[derive(Default)]
pub(crate) struct Heard(Mutex<Vec<String>>);

impl Events for Heard {
    fn emit(&self, event: Event) {
        let line = |what: &str, object: &ObjectId, operation: Operation, elapsed: Duration| {
            let deposed = if object.deposed.is_some() { " (deposed)" } else { "" };
            let action = operation.action();
            format!("{what} {action} {}{deposed} {}s", object.addr, elapsed.as_secs())
        };
        self.0.lock().unwrap().push(match event {
            Event::ApplyStart { object, operation, .. } => {
                line("start", &object, operation, Duration::ZERO)
            }
            Event::ApplyProgress { object, operation, elapsed, .. } => {
                line("still", &object, operation, elapsed)
            }
            Event::ApplyDone { object, operation, elapsed, .. } => {
                line("done", &object, operation, elapsed)
            }
            Event::ApplyErrored { object, operation, elapsed } => {
                line("errored", &object, operation, elapsed)
            }
            Event::RefreshStart { object, .. } => format!("refresh {}", object.addr),
            Event::AdoptDone { object, id } => format!("import {} {id}", object.addr),
            _ => return,
        });
    }
}

impl Heard {
    /// What was heard since the last time.
    pub(crate) fn take(&self) -> String {
        std::mem::take(&mut *self.0.lock().unwrap()).join("\n")
    }
}

/// Provisioners that run nothing: each command is noted, takes the seconds that it says, and fails
/// if it says so.
#[derive(Default)]
pub(crate) struct Ran {
    pub(crate) commands: Mutex<Vec<String>>,
    /// What the state had as tainted while each ran.
    pub(crate) tainted: Mutex<Vec<String>>,
    store: MemoryStore,
}

#[async_trait]
impl Provision for Ran {
    async fn local_exec(
        &self,
        command: &Command,
        _: &(dyn Fn(String) + Send + Sync),
    ) -> Result<(), String> {
        self.commands.lock().unwrap().push(command.command.clone());
        let state = self.store.read(&World::key()).await.unwrap().unwrap().snapshot.state;
        let objects = state.instances().filter_map(|(addr, i)| Some((addr, i.current.as_ref()?)));
        let tainted = objects.filter(|(_, object)| object.is_tainted());
        self.tainted.lock().unwrap().extend(tainted.map(|(addr, _)| addr.to_string()));
        let seconds = command.command.strip_prefix("sleep ").map(|text| text.parse().unwrap());
        if let Some(seconds) = seconds {
            tokio::time::sleep(Duration::from_secs(seconds)).await;
        }
        if command.command.contains("fail") { Err("it failed".to_owned()) } else { Ok(()) }
    }
}

impl World {
    /// A world with one file, `main.tf`.
    pub(crate) fn new(main: &str) -> Self {
        let random: Arc<dyn Randomness> = Arc::new(Counting(AtomicU8::new(1)));
        let core: Arc<dyn Factory> = Arc::new(groma_provider_core::factory(&random, Vec::new()));
        let passwords: Arc<dyn Factory> = Arc::new(groma_provider_random::factory(&random));
        let fake = Scripted::new("fake");
        let scripted: Arc<dyn Factory> = Arc::new(fake.clone());
        let timestamp = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        let store = MemoryStore::new();
        let mut world = Self {
            files: BTreeMap::new(),
            providers: [core, passwords, scripted]
                .into_iter()
                .map(|f| (f.metadata().source, f))
                .collect(),
            store: store.clone(),
            options: Options { timestamp, ..Options::default() },
            directives: Directives::default(),
            ran: Arc::new(Ran { store, ..Ran::default() }),
            heard: Arc::default(),
            fake,
            cancel: Cancel::new(),
        };
        world.write("main.tf", main);
        world
    }

    /// The same with another provider of `fake_…` types, which knows of no objects.
    pub(crate) fn with_new_fake(mut self) -> Self {
        self.fake = Scripted::new("fake");
        let scripted: Arc<dyn Factory> = Arc::new(self.fake.clone());
        self.providers.insert(scripted.metadata().source, scripted);
        self
    }

    pub(crate) fn write(&mut self, path: &str, content: &str) -> &mut Self {
        self.files.insert(path.to_owned(), content.to_owned());
        self
    }

    pub(crate) fn set(&mut self, name: &str, value: Value) -> &mut Self {
        let source = VariableSource::Argument;
        self.options.variables.insert(name.into(), VariableValue { value, source });
        self
    }

    fn key() -> StateKey {
        StateKey::new("", "default")
    }

    pub(crate) async fn stored(&self) -> Option<Stored> {
        self.store.read(&Self::key()).await.unwrap()
    }

    pub(crate) fn load(source: &dyn Source) -> (Arc<Config>, String) {
        let sources = Arc::new(SourceMap::new());
        let (config, mut diags) = load_config(source, &LocalModules, &sources);
        diags.extend(groma_config::check_calls(&config));
        let mut text = String::new();
        for diagnostic in &diags {
            writeln!(text, "{}: {}", diagnostic.summary, diagnostic.detail).unwrap();
        }
        (Arc::new(config), text)
    }

    /// The files.
    pub(crate) fn source(&self) -> MemorySource {
        self.files.iter().fold(MemorySource::new(), |s, (path, text)| s.with(path, text))
    }

    pub(crate) async fn plan(&self) -> Plan {
        let source: Arc<dyn Source> = Arc::new(self.source());
        let source = Arc::new(RecordingSource::new(source));
        let (config, problems) = Self::load(&*source);
        assert_eq!(problems, "", "the configuration does not load");
        let state = self.stored().await;
        plan(PlanInput {
            config: &config,
            source: &source,
            state: state.as_ref(),
            providers: &self.providers,
            options: &self.options,
            directives: &self.directives,
            workspace: "default",
            commit: None,
            home: None,
            events: &*self.heard,
            cancel: &self.cancel,
        })
        .await
    }

    pub(crate) async fn apply_plan(&self, plan: &Plan) -> Outcome {
        let source: Arc<dyn Source> =
            Arc::new(SnapshotSource::new(Arc::clone(&plan.provenance.snapshot)));
        let (config, problems) = Self::load(&*source);
        assert_eq!(problems, "");
        let state = self.stored().await.map(|s| s.snapshot.state).unwrap_or_default();
        let run = self.store.begin_run(&Self::key(), None, self.meta()).await.unwrap();
        apply(ApplyInput {
            plan,
            config: &config,
            source,
            state,
            run,
            providers: &self.providers,
            ephemeral: BTreeMap::new(),
            parallelism: self.options.parallelism,
            home: None,
            now: self.options.timestamp,
            provisioners: Arc::clone(&self.ran) as Arc<dyn Provision>,
            events: Arc::clone(&self.heard) as Arc<dyn Events>,
            cancel: &self.cancel,
        })
        .await
    }

    /// Plans, applies, and gives what the state then says.
    pub(crate) async fn apply(&self) -> String {
        let plan = self.plan().await;
        if plan.errored {
            return show(&plan);
        }
        self.apply_planned(&plan).await
    }

    /// Applies a plan, and gives what went wrong and what the state then says.
    pub(crate) async fn apply_planned(&self, plan: &Plan) -> String {
        let outcome = self.apply_plan(plan).await;
        let mut text = String::new();
        for diagnostic in &outcome.diagnostics {
            writeln!(text, "{}: {}", diagnostic.summary, diagnostic.detail).unwrap();
        }
        let stored = self.stored().await.map(|stored| stored.snapshot.state).unwrap_or_default();
        let differs = stored.diff(&outcome.state).unwrap();
        assert!(differs.is_empty(), "the outcome's state is not the store's: {differs:?}");
        text + &self.state().await
    }

    /// An object of the state; the deposed one, if there is no current one.
    pub(crate) async fn object(&self, addr: &str) -> Object {
        let addr = groma_addr::parse_resource_instance(addr).unwrap();
        let state = self.stored().await.expect("a state").snapshot.state;
        let instance = state.instance(&addr).expect("an instance");
        let deposed = instance.deposed.values().next();
        instance.current.as_ref().or(deposed).expect("an object").clone()
    }

    /// Puts an object into the state, as a run of its own.
    pub(crate) async fn record(&self, addr: &str, object: Object) {
        let addr = groma_addr::parse_resource_instance(addr).unwrap();
        let state = self.stored().await.expect("a state").snapshot.state;
        let provider = Arc::clone(&state.instance(&addr).expect("an instance").provider);
        let run = self.store.begin_run(&Self::key(), None, self.meta()).await.unwrap();
        let object = Some(object);
        run.record(vec![Change::Object { addr, deposed: None, provider, object }]).await.unwrap();
        run.close().await.unwrap();
    }

    fn meta(&self) -> RunMeta {
        RunMeta {
            command: "apply".to_owned(),
            actor: "test".to_owned(),
            commit: None,
            started: self.options.timestamp,
            terraform_version: "1.11.4".to_owned(),
        }
    }

    /// The intents that nobody finished.
    pub(crate) async fn dangling(&self) -> Vec<String> {
        let dangling = self.store.dangling(&Self::key()).await.unwrap();
        let show = |found: DanglingIntent| {
            format!("{} {}", found.intent.action.as_str(), found.intent.addr)
        };
        dangling.into_iter().map(show).collect()
    }

    /// The intents of the run in progress, as whoever finds them after a crash will: with the
    /// objects that were planned.
    pub(crate) fn open_intents(&self) -> Vec<String> {
        let open = self.store.open_intents(&Self::key());
        let show = |intent: &groma_state::Intent| {
            let planned = intent.planned.as_deref().map(String::from_utf8_lossy);
            let planned = planned.map_or_else(String::new, |json| format!(" {json}"));
            format!("{} {}{planned}", intent.action.as_str(), intent.addr)
        };
        open.iter().map(show).collect()
    }

    /// Lets others go on until the state is as asked.
    pub(crate) async fn until(&self, holds: impl Fn(&str) -> bool) {
        while !holds(&self.state().await) {
            tokio::task::yield_now().await;
        }
    }

    /// The state, as text.
    pub(crate) async fn state(&self) -> String {
        let mut text = String::new();
        let Some(stored) = self.stored().await else { return text };
        let state = stored.snapshot.state;
        for (addr, instance) in state.instances() {
            let all = instance.current.iter().map(|o| (String::new(), o));
            let deposed = instance.deposed.values().map(|o| (" (deposed)".to_owned(), o));
            for (suffix, object) in all.chain(deposed) {
                let json = object.json().map(|json| plain(json));
                let tainted = if object.is_tainted() { " tainted" } else { "" };
                writeln!(text, "{addr}{suffix}{tainted} {}", json.unwrap_or_default()).unwrap();
            }
        }
        for (name, output) in state.outputs() {
            writeln!(text, "output {name} = {}", brief(&output.value)).unwrap();
        }
        text
    }
}

/// A plan as text: what is wrong, then each change and output that does something.
pub(crate) fn show(plan: &Plan) -> String {
    let mut text = String::new();
    for diagnostic in &plan.diagnostics {
        writeln!(text, "{}: {}", diagnostic.summary, diagnostic.detail).unwrap();
    }
    for change in plan.changes.iter().filter(|c| c.action != Action::NoOp || c.is_bookkeeping()) {
        write!(text, "{} {}", change.action, change.addr).unwrap();
        if change.deposed.is_some() {
            write!(text, " (deposed)").unwrap();
        }
        if change.is_moved() {
            write!(text, " from {}", change.prev_run_addr).unwrap();
        }
        if let Some(reason) = change.reason.json() {
            write!(text, " [{reason}]").unwrap();
        }
        if change.action != Action::Delete {
            write!(text, " {}", brief(&change.after)).unwrap();
        }
        text.push('\n');
    }
    for output in plan.outputs.iter().filter(|o| o.action != Action::NoOp) {
        writeln!(text, "output {} {} {}", output.action, output.name, brief(&output.after))
            .unwrap();
    }
    text
}

/// A value in few characters: `?` for unknown, `*` for sensitive, attributes that are null left
/// out.
pub(crate) fn brief(value: &Value) -> String {
    if !value.marks().is_empty() {
        return "*".to_owned();
    }
    let list = |items: &[Value]| items.iter().map(brief).collect::<Vec<_>>().join(" ");
    match value.view() {
        View::Unknown(_) => "?".to_owned(),
        View::Null => "null".to_owned(),
        View::Bool(value) => value.to_string(),
        View::Number(number) => number.to_string(),
        View::String(text) => text.to_string(),
        View::List(items) | View::Set(items) | View::Tuple(items) => format!("[{}]", list(items)),
        View::Map(fields) | View::Object(fields) => {
            let fields = fields.iter().filter(|(_, value)| !value.is_null());
            let fields: Vec<_> = fields.map(|(name, v)| format!("{name}={}", brief(v))).collect();
            format!("{{{}}}", fields.join(" "))
        }
    }
}

/// The attributes of an object in the state, in few characters: null and the types of dynamic
/// values left out, ids of `terraform_data` cut.
fn plain(json: &[u8]) -> String {
    let types = [
        ("input", Type::Dynamic),
        ("output", Type::Dynamic),
        ("id", Type::String),
        ("triggers_replace", Type::Dynamic),
    ];
    let ty = Type::object(types);
    if let Ok(value) = groma_value::from_json(json, &ty) {
        let id = value.attr("id").and_then(Value::as_str).map_or("", |id| id.as_str());
        return brief(&value).replace(id, id.get(..2).unwrap_or(id));
    }
    let value = testing::from_json(&serde_json::from_slice(json).expect("attributes are JSON"));
    let fields = value.as_fields().expect("attributes are an object");
    let said = fields.iter().filter(|(_, value)| value.as_slice().is_none_or(|s| !s.is_empty()));
    let said = said.filter(|(_, value)| value.as_fields().is_none_or(|f| !f.is_empty()));
    let said: groma_value::Fields = said.map(|(k, v)| (k.clone(), v.clone())).collect();
    brief(&Value::object(said))
}

/// Compares text line by line, the expectation's indentation aside.
#[track_caller]
pub(crate) fn check(actual: &str, expected: &str) {
    let lines = |text: &str| {
        text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
    };
    let (actual, expected) = (lines(actual), lines(expected));
    assert!(actual == expected, "expected:\n{expected}\n\nactual:\n{actual}");
}
