//! The values of a configuration, for somebody who asks: what the console evaluates in.
//!
//! Resources are as the state has them, or as a plan made for the purpose would have them. What is
//! neither is unknown. Nothing is changed.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::SystemTime;

use groma_addr::{InstanceKey, Resource};
use groma_config::{ModuleId, Repetition, Source};
use groma_diag::{Diagnostic, Diagnostics, SourceMap};
use groma_eval::{FrameId, Frames, Globals, Instances, ModuleScope};
use groma_lang::eval::{
    ExternalFunction, ExternalParameter, FunctionRef, Resolved, Scope, evaluate,
};
use groma_lang::functions::{FunctionError, Host, Patterns};
use groma_lang::syntax::{Expr, ExprKind, ExprRef, Traversal};
use groma_state::State;
use groma_value::{Type, Value, View};

use crate::checks::Checks;
use crate::evaluation::Evaluation;
use crate::graph::{ConfigGraph, Node};
use crate::host::SourceHost;
use crate::instance::codec::decode;
use crate::pool::Pool;
use crate::{PlanInput, planning};

/// The values of a configuration.
pub struct Console {
    frames: Frames,
    globals: Globals,
}

/// What an expression gives.
#[derive(Clone, Debug)]
pub enum Answer {
    /// A value, to be shown as an expression.
    Value(Value),
    /// The type that the console-only function `type` gives, to be shown as it is.
    Type(String),
}

impl Console {
    /// The values with resources as the state has them. What is wrong with the configuration is
    /// said, and the rest has values.
    pub async fn of_state(input: PlanInput<'_>) -> (Self, Diagnostics) {
        let state = input.state.map(|stored| stored.snapshot.state.clone()).unwrap_or_default();
        let (graph, mut diags) = planning::graph_of(input.config, &state);
        let sources = graph.providers.iter().map(|config| config.provider.clone());
        let (pool, problems) = Pool::load(input.providers, sources).await;
        diags.extend(problems);
        let mut eval = Evaluation {
            graph: &graph,
            frames: Frames::new(input.config),
            globals: Globals {
                functions: Arc::new(crate::functions::provider_functions(&pool)),
                schemas: pool.schemas(),
                ..globals(&input)
            },
            checks: Checks::default(),
            variables: input.options.variables.clone(),
            directives: input.directives.clone(),
            prior: state.clone(),
            lenient: false,
            forgiving: false,
        };
        if !diags.has_errors() {
            // A cycle was reported as an error above.
            for id in petgraph::algo::toposort(&graph.graph, None).unwrap_or_default() {
                diags.extend(visit(graph.graph[id], &graph, &pool, &state, &mut eval).await);
            }
        }
        (Self { frames: eval.frames, globals: eval.globals }, diags)
    }

    /// The values as they would be when a plan, which is made and thrown away, was applied.
    pub async fn of_plan(input: PlanInput<'_>) -> (Self, Diagnostics) {
        let (frames, functions, diags) = planning::values(&input).await;
        let globals = Globals { functions, ..globals(&input) };
        (Self { frames, globals }, diags)
    }

    /// Evaluates an expression as if it stood in the root module.
    ///
    /// # Errors
    /// The expression has no value, or uses `type` for anything but its whole.
    pub fn evaluate(&self, expr: &Expr) -> Result<(Answer, Diagnostics), Diagnostics> {
        let used = Arc::new(AtomicUsize::new(0));
        let inner = ModuleScope::new(&self.frames, Frames::ROOT, &self.globals);
        let scope = ConsoleScope { inner, of_type: Arc::new(TypeFunction { used: used.clone() }) };
        let (value, diags) = evaluate(expr, &scope);
        let (value, diags) = diags.ok_or(value)?;
        let whole = usize::from(is_type_call(expr.as_ref()));
        if used.load(Ordering::Relaxed) > whole {
            return Err(Diagnostic::error(
                "Invalid use of type function",
                "The console-only \"type\" function cannot be used as part of an expression.",
            )
            .into());
        }
        let answer = match value.unmark_deep().0.view() {
            View::String(text) if whole == 1 => Answer::Type(text.as_str().to_owned()),
            _ => Answer::Value(value),
        };
        Ok((answer, diags))
    }
}

fn globals(input: &PlanInput<'_>) -> Globals {
    let source: Arc<dyn Source> = Arc::clone(input.source) as Arc<dyn Source>;
    let home = input.home.map(str::to_owned);
    let host = SourceHost::new(Arc::clone(&source), home, input.options.timestamp);
    Globals {
        workspace: input.workspace.to_owned(),
        cwd: source.cwd().to_owned(),
        root: input.config.root().map_or_else(String::new, |root| root.dir.clone()),
        applying: false,
        // As in an apply, `timestamp()` has a value.
        host: Arc::new(host.applying(SystemTime::now())),
        patterns: Arc::default(),
        sources: Arc::clone(&input.config.sources),
        functions: Arc::default(),
        schemas: Arc::default(),
    }
}

async fn visit(
    node: Node,
    graph: &ConfigGraph,
    pool: &Pool,
    state: &State,
    eval: &mut Evaluation<'_>,
) -> Diagnostics {
    match node {
        Node::Expand(module) => eval.expand_module(module),
        Node::Variable(module, at) => eval.variable(module, at),
        Node::Local(module, at) => eval.local(module, at),
        Node::Output(module, at) => eval.output(module, at),
        Node::Resource(module, at) => resource(module, at, graph, pool, state, eval).await,
        _ => Diagnostics::new(),
    }
}

/// Gives a resource the values that the state has.
async fn resource(
    module: ModuleId,
    at: u32,
    graph: &ConfigGraph,
    pool: &Pool,
    state: &State,
    eval: &mut Evaluation<'_>,
) -> Diagnostics {
    let mut diags = Diagnostics::new();
    let entry = graph.module(module);
    let Some(addr) = entry.names.resources.get(at as usize) else { return diags };
    let Some(block) = entry.module.resources.get(addr) else { return diags };
    for frame in eval.frames_of(module) {
        let (found, problems) = stored(addr, frame, pool, state, eval).await;
        diags.extend(problems);
        eval.frames.set_resource(frame, addr, shaped(&block.repetition, found));
    }
    diags
}

/// The objects of a resource in a module instance.
async fn stored(
    addr: &Resource,
    frame: FrameId,
    pool: &Pool,
    state: &State,
    eval: &Evaluation<'_>,
) -> (Vec<(InstanceKey, Value)>, Diagnostics) {
    let mut diags = Diagnostics::new();
    let mut found = Vec::new();
    let absolute = addr.clone().absolute(eval.frames.get(frame).addr.clone());
    for (instance_addr, instance) in state.resource(&absolute) {
        let source = &instance.provider.provider;
        let Some(object) = &instance.current else { continue };
        let (Some(loaded), Some(schema)) = (pool.get(source), pool.ty(source, addr.mode, &addr.ty))
        else {
            diags.push(planning::no_type(source, addr.mode, &addr.ty));
            continue;
        };
        match decode(&*loaded.probe, instance_addr, schema, object).await {
            Ok(decoded) => found.push((instance_addr.key.clone(), decoded.answer.value)),
            Err(problems) => diags.extend(problems.into_iter().map(|problem| {
                Diagnostic::error(problem.summary, problem.detail).about(instance_addr.to_string())
            })),
        }
    }
    (found, diags)
}

/// Instances in the shape that the configuration says; unknown if there is none.
fn shaped(repetition: &Repetition, found: Vec<(InstanceKey, Value)>) -> Instances<Value> {
    if found.is_empty() {
        return Instances::Single(Value::dynamic());
    }
    match repetition {
        Repetition::Single => {
            let single = found.into_iter().find(|(key, _)| *key == InstanceKey::None);
            Instances::Single(single.map_or_else(Value::dynamic, |(_, value)| value))
        }
        Repetition::Count(_) => {
            let mut values = Vec::new();
            for (key, value) in found {
                let InstanceKey::Int(index) = key else { continue };
                let Ok(index) = usize::try_from(index) else { continue };
                values.resize(values.len().max(index + 1), None);
                values[index] = Some(value);
            }
            Instances::Count(values)
        }
        Repetition::ForEach(_) => Instances::ForEach(
            found
                .into_iter()
                .filter_map(|(key, value)| match key {
                    InstanceKey::Str(key) => Some((key, value)),
                    _ => None,
                })
                .collect(),
        ),
    }
}

fn is_type_call(expr: ExprRef<'_>) -> bool {
    match expr.kind() {
        ExprKind::Call(call) => call.name == "type",
        ExprKind::Parens(inner) => is_type_call(inner),
        _ => false,
    }
}

/// The root module's names, with the function `type` and without `plantimestamp`.
struct ConsoleScope<'a> {
    inner: ModuleScope<'a>,
    of_type: Arc<TypeFunction>,
}

impl Scope for ConsoleScope<'_> {
    fn resolve(&self, reference: &Traversal) -> Result<Resolved, Diagnostics> {
        let resolved = self.inner.resolve(reference);
        // What failed was said when the values were made; here it is unknown.
        match resolved {
            Err(diags) if diags.is_empty() => Ok(Resolved::root(Value::dynamic())),
            other => other,
        }
    }

    fn function(&self, name: &str) -> FunctionRef {
        match name {
            "type" => FunctionRef::External(self.of_type.clone()),
            "plantimestamp" => FunctionRef::Unknown,
            _ => self.inner.function(name),
        }
    }

    fn host(&self) -> &dyn Host {
        self.inner.host()
    }

    fn patterns(&self) -> Option<&Patterns> {
        self.inner.patterns()
    }

    fn sources(&self) -> Option<&SourceMap> {
        self.inner.sources()
    }
}

/// `type(value)`. Counts its calls, since it may stand only for a whole expression.
struct TypeFunction {
    used: Arc<AtomicUsize>,
}

impl ExternalFunction for TypeFunction {
    fn parameter(&self, index: usize) -> Option<ExternalParameter<'_>> {
        (index == 0).then_some(ExternalParameter {
            name: "value",
            ty: &Type::Dynamic,
            allow_null: true,
            allow_unknown: true,
        })
    }

    fn required(&self) -> usize {
        1
    }

    fn is_variadic(&self) -> bool {
        false
    }

    fn return_type(&self) -> &Type {
        &Type::String
    }

    fn call(&self, args: &[Value]) -> Result<Value, FunctionError> {
        self.used.fetch_add(1, Ordering::Relaxed);
        Ok(Value::string(args.first().map_or(Type::Dynamic, Value::ty).to_console_string()))
    }
}
