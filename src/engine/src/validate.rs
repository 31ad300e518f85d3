//! `validate`: a configuration checked with everything unknown.
//!
//! Root variables are unknown, what repeats is there once with unknown keys, and resources are
//! unknown to whoever refers to them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::SystemTime;

use groma_addr::Mode;
use groma_config::{Config, ModuleId, Repetition, Source};
use groma_diag::Diagnostics;
use groma_eval::{Frames, Globals, Instances, KeyData, expand};
use groma_state::State;
use groma_value::{Type, Value};
use petgraph::algo::toposort;

use crate::checks::Checks;
use crate::evaluation::Evaluation;
use crate::functions::provider_functions;
use crate::graph::{self, ConfigGraph, Node};
use crate::host::SourceHost;
use crate::planning::{Recording, no_type};
use crate::pool::{Factories, Pool};
use crate::report::located;
use crate::{Directives, VariableSource, VariableValue};

/// Checks a configuration as far as that takes no state and no values: types, references,
/// schemas, and what providers say of it with everything unknown.
pub async fn validate(
    config: &Arc<Config>,
    source: &Arc<Recording>,
    providers: &Factories,
) -> Diagnostics {
    let (graph, mut diags) = graph::build(config, []);
    diags.extend(graph::check_cycles(&graph, &config.sources));
    let sources = graph.providers.iter().map(|config| config.provider.clone());
    let (pool, problems) = Pool::load(providers, sources).await;
    diags.extend(problems);
    if diags.has_errors() {
        return diags;
    }
    let mut eval = evaluation(&graph, &pool, config, source);
    for id in toposort(&graph.graph, None).unwrap_or_default() {
        match graph.graph[id] {
            Node::Expand(module) => expand_once(&mut eval, module, &mut diags),
            Node::Variable(module, at) => unknown_variable(&mut eval, module, at, &mut diags),
            Node::Local(module, at) => diags.extend(eval.local(module, at)),
            Node::Output(module, at) => check_output(&mut eval, module, at, &mut diags),
            Node::Provider(at) => check_provider(&eval, &pool, config, at, &mut diags).await,
            Node::Resource(module, at) => {
                check_resource(&mut eval, &pool, module, at, &mut diags).await;
            }
            Node::Refresh(_)
            | Node::Orphan(_)
            | Node::Check(..)
            | Node::Close(_)
            | Node::Destroy(_)
            | Node::Meet(_) => {}
        }
    }
    diags
}

fn evaluation<'g>(
    graph: &'g ConfigGraph,
    pool: &Pool,
    config: &Config,
    source: &Arc<Recording>,
) -> Evaluation<'g> {
    let source: Arc<dyn Source> = Arc::clone(source) as Arc<dyn Source>;
    let cwd = source.cwd().to_owned();
    Evaluation {
        graph,
        frames: Frames::new(config),
        globals: Globals {
            workspace: groma_state::DEFAULT_WORKSPACE.to_owned(),
            cwd,
            root: config.root().map_or_else(String::new, |root| root.dir.clone()),
            applying: false,
            validating: true,
            host: Arc::new(SourceHost::new(source, None, SystemTime::UNIX_EPOCH)),
            sources: Arc::clone(&config.sources),
            functions: Arc::new(provider_functions(pool)),
        },
        checks: Checks::default(),
        variables: BTreeMap::new(),
        directives: Directives::default(),
        prior: State::default(),
        lenient: true,
    }
}

/// What `each` and `count` may be.
fn any_key(repetition: &Repetition) -> KeyData {
    match repetition {
        Repetition::Single => KeyData::NONE,
        Repetition::Count(_) => KeyData {
            count_index: Some(Value::unknown(Type::Number).refine_not_null()),
            ..KeyData::NONE
        },
        Repetition::ForEach(_) => {
            KeyData::each(Value::unknown(Type::String).refine_not_null(), Value::dynamic())
        }
    }
}

fn expand_once(eval: &mut Evaluation<'_>, id: ModuleId, diags: &mut Diagnostics) {
    let module = Arc::clone(&eval.graph.module(id).module);
    let Some((parent, name)) = module.parent.clone() else { return };
    let caller = Arc::clone(&eval.graph.module(parent).module);
    let Some(call) = caller.calls.get(&name) else { return };
    for frame in eval.frames_of(parent) {
        let (_, problems) = expand(&call.repetition, &eval.scope(frame), true);
        diags.extend(problems);
        let keys = Instances::Single(any_key(&call.repetition));
        eval.frames.expand(frame, &name, &module, &keys);
    }
}

/// Inside modules arguments are checked; of the root module nothing is known.
fn unknown_variable(eval: &mut Evaluation<'_>, id: ModuleId, at: u32, diags: &mut Diagnostics) {
    let entry = eval.graph.module(id);
    let module = Arc::clone(&entry.module);
    if module.parent.is_some() {
        return diags.extend(eval.variable(id, at));
    }
    let Some(name) = entry.names.variables.get(at as usize).cloned() else { return };
    let Some(variable) = module.variables.get(&name) else { return };
    let value = Value::unknown(variable.constraint.ty.without_optional());
    let source = VariableSource::Caller;
    eval.variables.insert(name, VariableValue { value, source });
    diags.extend(eval.variable(id, at));
}

fn check_output(eval: &mut Evaluation<'_>, id: ModuleId, at: u32, diags: &mut Diagnostics) {
    // Errors of outputs count here, unlike in a destruction.
    eval.lenient = false;
    diags.extend(eval.output(id, at));
    eval.lenient = true;
}

async fn check_provider(
    eval: &Evaluation<'_>,
    pool: &Pool,
    whole: &Config,
    at: u32,
    diags: &mut Diagnostics,
) {
    let config = &eval.graph.providers[at as usize];
    let Some(module) = whole.find(&config.module) else { return };
    let Some(block) = crate::planning::provider_block(module, config) else { return };
    let Some(loaded) = pool.get(&config.provider) else { return };
    let frame = eval.frames.of(module.id).first().copied().unwrap_or(Frames::ROOT);
    let (value, problems) = loaded.spec.decode(&block.body, &eval.scope(frame));
    let sound = !problems.has_errors();
    diags.extend(problems);
    if sound {
        let found = loaded.probe.validate_provider(&value.unmark_deep().0).await;
        let address = config.to_string();
        diags.extend(located(found, Some(&block.body), Some(block.span), &address));
    }
}

async fn check_resource(
    eval: &mut Evaluation<'_>,
    pool: &Pool,
    id: ModuleId,
    at: u32,
    diags: &mut Diagnostics,
) {
    let entry = eval.graph.module(id);
    let module = Arc::clone(&entry.module);
    let Some(addr) = entry.names.resources.get(at as usize).cloned() else { return };
    let Some(block) = module.resources.get(&addr) else { return };
    let Some(config) = module.provider_configs.get(&block.provider) else { return };
    let Some(loaded) = pool.get(&config.provider) else { return };
    let Some(schema) = loaded.ty(addr.mode, &addr.ty) else {
        diags.extend([no_type(&config.provider, addr.mode, &addr.ty).at(block.ty_span)]);
        return;
    };
    let keys = any_key(&block.repetition);
    let Some(frame) = eval.frames.of(id).first().copied() else { return };
    let (value, problems) = {
        let (_, mut problems) = expand(&block.repetition, &eval.scope(frame), true);
        let scope = eval.scope(frame).keyed(&keys);
        let (value, more) = schema.spec.decode(&block.body, &scope);
        problems.extend(more);
        (value, problems)
    };
    let sound = !problems.has_errors();
    let address = addr.to_string();
    diags.extend(problems.into_iter().map(|diagnostic| diagnostic.about(address.as_str())));
    if sound {
        let plain = value.unmark_deep().0;
        let probe = &loaded.probe;
        let found = match addr.mode {
            Mode::Managed => probe.validate_resource(&addr.ty, &plain).await,
            Mode::Data => probe.validate_data(&addr.ty, &plain).await,
            Mode::Ephemeral => probe.validate_ephemeral(&addr.ty, &plain).await,
        };
        diags.extend(located(found, Some(&block.body), Some(block.span), &address));
    }
    let unknown = Value::unknown(schema.ty.clone());
    eval.frames.set_resource(frame, &addr, Instances::Single(unknown));
}
