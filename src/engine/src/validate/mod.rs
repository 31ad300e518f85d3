//! Validating: whether a configuration could be planned, whatever its variables are given and
//! whatever there is already.
//!
//! Walks the same graph as planning does. Nothing is known: variables are unknown of their types,
//! a module or resource that repeats has one instance with an unknown key, and objects are unknown
//! of the types that their schemas imply. What depends on something that is wrong is not looked
//! at, since it would most likely repeat the complaint.

mod deprecated;
mod resources;

use std::sync::Arc;

use groma_config::{
    Condition, Config, Module, ModuleId, Reference, Repetition, Source, check_providers,
};
use groma_diag::Diagnostics;
use groma_eval::condition::{self, Kind};
use groma_eval::variable::{About, Given, prepare};
use groma_eval::{FrameId, Frames, Globals, Instances, KeyData, ModuleScope, expand, references};
use groma_lang::eval::{Scope as _, evaluate};
use groma_lang::syntax::Traversal;
use groma_provider_api::ProviderDiagnostics;
use groma_value::{Marks, Type, Value};
use petgraph::graph::NodeIndex;

use crate::Cancel;
use crate::evaluation::output_value;
use crate::functions::provider_functions;
use crate::graph::{self, ConfigGraph, Id, Node};
use crate::host::SourceHost;
use crate::planning::{Recording, import_name, provider_block, without_block};
use crate::pool::{Factories, Pool, TypeSchema};
use crate::report::located;
use crate::walk::{Begin, Load, Next, Stage, walk};

/// Everything that is wrong with a configuration, and everything worth a warning.
pub async fn validate(
    config: &Arc<Config>,
    source: &Arc<Recording>,
    factories: &Factories,
) -> Diagnostics {
    // References are checked where they are evaluated, which is where the complaint belongs.
    let (graph, _) = graph::build(config, []);
    let mut diags = check_providers(config);
    if diags.has_errors() {
        return diags;
    }
    diags.extend(graph::check_cycles(&graph, &config.sources));
    // A block may be generated while planning.
    diags.extend(without_block(config, true));
    let sources = graph.providers.iter().map(|config| config.provider.clone());
    let (pool, problems) = Pool::load(factories, sources).await;
    diags.extend(problems);
    if diags.has_errors() {
        return diags;
    }
    let mut validator = Validator::new(config, source, &graph, pool);
    walk(&graph.graph, &mut validator, None, &Cancel::new()).await;
    validator.imports();
    for module in &config.modules {
        let found = deprecated::in_module(module, &validator.pool);
        validator.diags.extend(found);
    }
    let mut found: Vec<_> = validator.diags.into_iter().collect();
    found.sort_by_key(|diagnostic| diagnostic.subject.map(|span| (span.file, span.start)));
    diags.extend(found);
    diags
}

/// The stage of validating.
struct Validator<'a> {
    config: &'a Config,
    graph: &'a ConfigGraph,
    /// The lane of each node.
    lanes: Vec<u32>,
    pool: Pool,
    frames: Frames,
    globals: Globals,
    diags: Diagnostics,
}

/// What a provider says of a block.
struct Answer(ProviderDiagnostics);

impl<'a> Validator<'a> {
    fn new(
        config: &'a Config,
        source: &Arc<Recording>,
        graph: &'a ConfigGraph,
        pool: Pool,
    ) -> Self {
        let source: Arc<dyn Source> = Arc::clone(source) as Arc<dyn Source>;
        let globals = Globals {
            workspace: "default".to_owned(),
            cwd: source.cwd().to_owned(),
            root: config.root().map_or_else(String::new, |root| root.dir.clone()),
            applying: false,
            host: Arc::new(SourceHost::unplanned(source)),
            patterns: Arc::default(),
            sources: Arc::clone(&config.sources),
            functions: Arc::new(provider_functions(&pool)),
            schemas: pool.schemas(),
        };
        let frames = Frames::new(config);
        let lanes = graph.lanes(|_| None);
        Self { config, graph, lanes, pool, frames, globals, diags: Diagnostics::new() }
    }

    /// Reports all, and gives whether none of them is an error.
    fn report_all(&mut self, diagnostics: Diagnostics) -> bool {
        let ok = !diagnostics.has_errors();
        self.diags.extend(diagnostics);
        ok
    }

    /// The one instance of a module; none if its call was not looked at.
    fn frame(&self, module: ModuleId) -> Option<FrameId> {
        self.frames.of(module).first().copied()
    }

    fn scope(&self, frame: FrameId) -> ModuleScope<'_> {
        ModuleScope::new(&self.frames, frame, &self.globals)
    }

    fn expand_module(&mut self, id: ModuleId) -> Diagnostics {
        let module = Arc::clone(&self.graph.module(id).module);
        let Some((parent, name)) = &module.parent else { return Diagnostics::new() };
        let caller = Arc::clone(&self.graph.module(*parent).module);
        let (Some(call), Some(frame)) = (caller.calls.get(name), self.frame(*parent)) else {
            return Diagnostics::new();
        };
        let (_, mut diags) = expand(&call.repetition, &self.scope(frame), true);
        diags.extend(self.depends_on(&caller, &call.depends_on, frame));
        self.frames.expand(frame, name, &module, &Instances::Single(KeyData::unknown()));
        let whole = call_type(&call.repetition, &module);
        self.frames.set_call_whole(frame, name, Value::unknown(whole));
        diags
    }

    /// What a `depends_on` names has to be there.
    fn depends_on(&self, module: &Module, on: &[Traversal], frame: FrameId) -> Diagnostics {
        let mut diags = Diagnostics::new();
        let scope = self.scope(frame);
        for traversal in on {
            match Reference::parse(traversal) {
                Err(diagnostic) => diags.push(diagnostic),
                Ok(reference) => {
                    // A whole module has no value that could fail.
                    let named = traversal.prefix(reference.consumed);
                    if let Err(found) = scope.resolve(&named) {
                        diags.extend(found);
                    }
                    if diags.has_errors() {
                        break;
                    }
                }
            }
        }
        debug_assert!(self.frames.get(frame).module.id == module.id);
        diags
    }

    fn variable(&mut self, id: ModuleId, at: u32) -> Diagnostics {
        let mut diags = Diagnostics::new();
        let entry = self.graph.module(id);
        let module = Arc::clone(&entry.module);
        let (Some(name), Some(frame)) = (entry.names.variables.get(at as usize), self.frame(id))
        else {
            return diags;
        };
        let Some(variable) = module.variables.get(name) else { return diags };
        let (mut passed, mut place) = (None, variable.span);
        if let Some((parent, call)) = &module.parent
            && let Some(caller) = self.frame(*parent)
        {
            let calls = &self.graph.module(*parent).module.calls;
            let argument = calls.get(call).and_then(|call| call.arguments.get(name));
            let (given, from) = match argument {
                Some(argument) => {
                    let unknown = KeyData::unknown();
                    let scope = self.scope(caller).keyed(&unknown);
                    let (value, problems) = evaluate(&argument.expr, &scope);
                    diags.extend(problems);
                    (Some(value), Given::Argument(argument.expr.span()))
                }
                None => (None, Given::Default),
            };
            // A required argument that is not there was reported with the call.
            if given.is_some() && !diags.has_errors() {
                let about =
                    About { module: &self.frames.get(frame).addr, sources: &self.globals.sources };
                let (value, problems) = prepare(variable, given, from, about);
                diags.extend(problems);
                passed = Some(value);
                if let Given::Argument(span) = from {
                    place = span;
                }
            }
        }
        let mut marks = Marks::NONE;
        if variable.sensitive {
            marks |= Marks::SENSITIVE;
        }
        if variable.ephemeral {
            marks |= Marks::EPHEMERAL;
        }
        let ty = variable.constraint.ty.without_optional();
        let unknown = Value::unknown(ty).with_marks(marks);
        if !diags.has_errors() {
            // Its rules see what it is set to; all else has to hold whatever that is.
            self.frames.set_variable(frame, name, passed.unwrap_or_else(|| unknown.clone()));
            for rule in &variable.validations {
                let scope = self.scope(frame);
                let wrong = unresolved(rule, &scope);
                if wrong.has_errors() {
                    diags.extend(wrong);
                    continue;
                }
                let checked = condition::validate(rule, place, &scope);
                diags.extend(checked.diagnostics);
                if checked.status != condition::Status::Fail {
                    diags.extend(evaluate(&rule.error_message, &scope).1);
                }
            }
        }
        self.frames.set_variable(frame, name, unknown);
        diags
    }

    fn local(&mut self, id: ModuleId, at: u32) -> Diagnostics {
        let entry = self.graph.module(id);
        let module = Arc::clone(&entry.module);
        let (Some(name), Some(frame)) = (entry.names.locals.get(at as usize), self.frame(id))
        else {
            return Diagnostics::new();
        };
        let Some(local) = module.locals.get(name) else { return Diagnostics::new() };
        let (value, diags) = evaluate(&local.expr, &self.scope(frame));
        self.frames.set_local(frame, name, value);
        diags
    }

    fn output(&mut self, id: ModuleId, at: u32) -> Diagnostics {
        let entry = self.graph.module(id);
        let module = Arc::clone(&entry.module);
        let (Some(name), Some(frame)) = (entry.names.outputs.get(at as usize), self.frame(id))
        else {
            return Diagnostics::new();
        };
        let Some(output) = module.outputs.get(name) else { return Diagnostics::new() };
        let mut diags = self.conditions(
            &output.preconditions,
            Kind::OutputPrecondition,
            frame,
            &KeyData::NONE,
            None,
        );
        if diags.has_errors() {
            return diags;
        }
        let (value, problems) = evaluate(&output.expr, &self.scope(frame));
        let failed = problems.has_errors();
        diags.extend(problems);
        diags.extend(self.depends_on(&module, &output.depends_on, frame));
        if !failed && let Err(diagnostic) = output_value(output, value, frame == Frames::ROOT) {
            diags.push(diagnostic);
        }
        diags
    }

    fn check(&mut self, id: ModuleId, at: u32) -> Diagnostics {
        let entry = self.graph.module(id);
        let module = Arc::clone(&entry.module);
        let (Some(name), Some(frame)) = (entry.names.checks.get(at as usize), self.frame(id))
        else {
            return Diagnostics::new();
        };
        let Some(check) = module.checks.get(name) else { return Diagnostics::new() };
        let kind = Kind::OutputPrecondition;
        self.conditions(&check.asserts, kind, frame, &KeyData::NONE, None)
    }

    /// Type-checks conditions and their messages. What is known to be false is left to planning.
    fn conditions(
        &self,
        rules: &[Condition],
        kind: Kind,
        frame: FrameId,
        keys: &KeyData,
        this: Option<(&Value, &TypeSchema)>,
    ) -> Diagnostics {
        let mut diags = Diagnostics::new();
        for rule in rules {
            let mut scope = self.scope(frame).keyed(keys);
            if let Some((this, schema)) = this {
                scope = scope.with_self(this).with_self_schema(&schema.schema.block);
            }
            let wrong = unresolved(rule, &scope);
            if wrong.has_errors() {
                diags.extend(wrong);
                continue;
            }
            let checked = condition::check(rule, kind, kind.severity(), &scope);
            diags.extend(match checked.status {
                condition::Status::Fail => Diagnostics::new(),
                _ => checked.diagnostics,
            });
            diags.extend(evaluate(&rule.error_message, &scope).1);
        }
        diags
    }

    /// Checks the identifiers of imports, of resources that are there.
    fn imports(&mut self) {
        let Some(root) = self.config.root() else { return };
        for import in &root.imports {
            if self.graph.find_resource(&import.resource).is_none() {
                continue;
            }
            let unknown = KeyData::unknown();
            let each = import.for_each.as_ref().map_or(&KeyData::NONE, |_| &unknown);
            let scope = self.scope(Frames::ROOT);
            if let Err(found) = import_name(import, &scope.keyed(each)) {
                self.diags.extend(found);
            }
        }
    }

    fn start_provider(&mut self, at: u32) -> Next<Answer> {
        let addr = &self.graph.providers[at as usize];
        let Some(loaded) = self.pool.get(&addr.provider) else { return Next::Failed };
        let Some(module) = self.config.find(&addr.module) else { return Next::Done };
        let Some(block) = provider_block(module, addr) else { return Next::Done };
        // Without arguments there is nothing to check yet: they may come from the environment.
        if block.body.items().is_some_and(|items| items.is_empty()) {
            return Next::Done;
        }
        let frame = self.frame(module.id).unwrap_or(Frames::ROOT);
        let (value, diags) = loaded.spec.decode(&block.body, &self.scope(frame));
        let provider = Arc::clone(&loaded.probe);
        if !self.report_all(diags) {
            return Next::Failed;
        }
        let value = value.unmark_deep().0;
        Next::Job {
            load: Load::Call,
            job: Box::pin(async move { Answer(provider.validate_provider(&value).await) }),
        }
    }

    fn provider_answered(&mut self, at: u32, Answer(found): Answer) -> bool {
        let addr = self.graph.providers[at as usize].clone();
        let block = self.config.find(&addr.module).and_then(|m| provider_block(m, &addr));
        let (body, place) = (block.map(|b| &b.body), block.map(|b| b.span));
        self.report_all(located(found, body, place, &addr.to_string()))
    }
}

/// References of a condition and its message that lead nowhere.
fn unresolved(rule: &Condition, scope: &ModuleScope<'_>) -> Diagnostics {
    let mut diags = Diagnostics::new();
    for expr in [&rule.condition, &rule.error_message] {
        references::of_expr(expr, &mut |traversal| {
            if let Err(found) = scope.resolve(traversal) {
                diags.extend(found);
            }
        });
    }
    diags
}

/// The type of all instances of a call. The types of outputs are not followed through.
fn call_type(repetition: &Repetition, module: &Module) -> Type {
    let one = Type::object(module.outputs.keys().map(|name| (&**name, Type::Dynamic)));
    match repetition {
        Repetition::Single => one,
        Repetition::Count(_) => Type::list(one),
        Repetition::ForEach(_) => Type::map(one),
    }
}

impl Stage for Validator<'_> {
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
        let diags = match self.graph.graph[id] {
            Node::Expand(module) => self.expand_module(module),
            Node::Variable(module, at) => self.variable(module, at),
            Node::Local(module, at) => self.local(module, at),
            Node::Output(module, at) => self.output(module, at),
            Node::Check(module, at) => self.check(module, at),
            Node::Provider(_) | Node::Resource(..) => return Begin::Parts(1),
            Node::Refresh(_)
            | Node::Orphan(_)
            | Node::Close(_)
            | Node::Instance(..)
            | Node::Made(..)
            | Node::Destroy(_)
            | Node::Meet(_) => return Begin::Done,
        };
        if self.report_all(diags) { Begin::Done } else { Begin::Failed }
    }

    fn start(&mut self, id: NodeIndex, _: usize) -> Next<Answer> {
        match self.graph.graph[id] {
            Node::Provider(at) => self.start_provider(at),
            Node::Resource(module, at) => self.start_resource(module, at),
            _ => Next::Done,
        }
    }

    fn answer(&mut self, id: NodeIndex, _: usize, answer: Answer) -> Next<Answer> {
        let ok = match self.graph.graph[id] {
            Node::Provider(at) => self.provider_answered(at, answer),
            Node::Resource(module, at) => self.resource_answered(module, at, answer),
            _ => true,
        };
        if ok { Next::Done } else { Next::Failed }
    }

    fn lost(&mut self, id: NodeIndex, _: usize, error: &str) {
        let name = graph::name(self.graph, id);
        let text = format!("The check of {name} ended unexpectedly: {error}. This is a bug.");
        self.diags.push(groma_diag::Diagnostic::error("Internal error", text));
    }

    fn end(&mut self, _: NodeIndex, ok: bool) -> bool {
        ok
    }
}
