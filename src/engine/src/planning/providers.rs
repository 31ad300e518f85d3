//! Provider configurations, and the prior objects that they serve.

use std::sync::Arc;

use groma_addr::{Mode, ProviderConfig, ResourceInstance};
use groma_config::Config;
use groma_diag::{Diagnostic, Diagnostics};
use groma_eval::Frames;
use groma_provider_api::{
    ConfigureRequest, ObjectState, Provider, ProviderDiagnostics, ReadRequest, has_errors,
};
use groma_state::{Change, DeposedKey, Object};
use groma_value::{Marks, Path, Value};

use super::{Answer, Planner};
use crate::evaluation::Evaluation;
use crate::event::{id_value, stored_id_value};
use crate::graph::Id;
use crate::instance::codec::{Decoded, decode, encode};
use crate::instance::sound::{conforms, put_right, unreadable};
use crate::pool::{Pool, TypeSchema};
use crate::report::located;
use crate::walk::{Begin, Job, Load, Next, Stage as _};
use crate::{Event, ObjectId, PlanMode};

/// A provider that was configured, or could not be.
pub(crate) struct Configured {
    config: ProviderConfig,
    /// What it says, with marks, ephemeral values left out.
    pub(crate) value: Value,
    provider: Arc<dyn Provider>,
    diagnostics: ProviderDiagnostics,
}

/// A prior object that was read, or could not be.
pub(crate) struct Refreshed {
    addr: ResourceInstance,
    deposed: Option<DeposedKey>,
    schema: Arc<TypeSchema>,
    /// The object as the state had it.
    prior: Option<Decoded>,
    /// Whether the state had it otherwise: of another type, or of an older schema.
    carried_over: bool,
    /// As it is now: `None` if it was not read, null if it is gone.
    now: Option<ObjectState>,
    diagnostics: ProviderDiagnostics,
}

/// A prior object to be read.
pub(crate) struct ToRead {
    addr: ResourceInstance,
    deposed: Option<DeposedKey>,
    object: Object,
    /// The type that the object was of, and the provider that managed it, if it was moved from
    /// another type.
    retyped: Option<(groma_addr::Ident, groma_addr::Provider)>,
    /// Whether to ask the provider for it, rather than to take it as the state has it.
    read: bool,
    /// What its module tells the provider.
    meta: Option<Value>,
}

impl Planner<'_> {
    pub(super) fn begin_provider(&mut self, at: u32) -> Begin {
        let config = &self.graph.providers[at as usize];
        if self.pool.get(&config.provider).is_none() { Begin::Failed } else { Begin::Parts(1) }
    }

    /// Evaluates a provider's configuration, and configures an instance.
    pub(super) fn configure(&mut self, at: u32) -> Next<Answer> {
        let config = self.graph.providers[at as usize].clone();
        let (job, diags) = configure(&self.eval, &self.pool, self.input.config, &config);
        if !self.report_all(diags) {
            return Next::Failed;
        }
        let Some(job) = job else { return Next::Failed };
        Next::Job { load: Load::Call, job: Box::pin(async move { Answer::Configured(job.await) }) }
    }

    pub(super) fn configured(&mut self, answer: Configured) -> bool {
        let value = answer.value.clone();
        let (config, provider, diags) = answer.located(self.input.config);
        self.provider_configs.insert(config.clone(), value);
        self.pool.set_configured(config, provider);
        self.report_all(diags)
    }

    /// The prior objects of a provider configuration, in parts by type.
    pub(super) fn begin_refresh(&mut self, id: Id, at: u32) -> Begin {
        let config = &self.graph.providers[at as usize];
        let mut objects: Vec<ToRead> = Vec::new();
        let forgotten = self.forgotten();
        for (addr, instance) in self.state.instances() {
            // Data is read anew, never refreshed.
            let managed = addr.resource.mode == Mode::Managed;
            if !managed || *instance.provider != *config {
                continue;
            }
            let resource = addr.containing().config();
            let wanted = self.graph.node_of(&resource).is_none_or(|node| self.targeted.has(node));
            // What depends on a target ends with it.
            if !wanted && self.input.options.mode != PlanMode::Destroy {
                continue;
            }
            let current = instance.current.iter().map(|object| (None, object));
            let deposed = instance.deposed.iter().map(|(key, object)| (Some(*key), object));
            // The others are as the state has them.
            let read = self.input.options.refresh
                && wanted
                && self.targeted.has_instance(addr)
                && !forgotten.contains(&resource);
            objects.extend(
                current.chain(deposed).map(|(deposed, object)| ToRead {
                    addr: addr.clone(),
                    deposed,
                    object: object.clone(),
                    retyped: self
                        .retyped
                        .get(addr)
                        .map(|(ty, config)| (ty.clone(), config.provider.clone())),
                    read,
                    meta: self.metas.of_object(self.input.config, &addr.module, &config.provider),
                }),
            );
        }
        objects.sort_by(|a, b| a.addr.resource.ty.cmp(&b.addr.resource.ty));
        // Who asks for many at once gets as many parts as may be under way, and never two types in
        // one; everybody else gets each object by itself.
        let loaded = self.pool.get(&config.provider);
        let size = if loaded.is_some_and(|loaded| loaded.metadata.capabilities.reads_many) {
            let most = self.input.options.parallelism.unwrap_or(usize::MAX);
            objects.len().div_ceil(self.room(at as usize).min(most).max(1)).max(1)
        } else {
            1
        };
        let mut parts: Vec<Vec<ToRead>> = Vec::new();
        for object in objects {
            match parts.last_mut() {
                Some(part)
                    if part.len() < size && part[0].addr.resource.ty == object.addr.resource.ty =>
                {
                    part.push(object);
                }
                _ => parts.push(vec![object]),
            }
        }
        let count = parts.len();
        self.work
            .insert(id, super::resources::Working::Refresh(parts.into_iter().map(Some).collect()));
        Begin::Parts(count)
    }

    /// Reads one part of the prior objects.
    pub(super) fn refresh(&mut self, id: Id, at: u32, part: usize) -> Next<Answer> {
        let config = self.graph.providers[at as usize].clone();
        let Some(super::resources::Working::Refresh(parts)) = self.work.get_mut(&id) else {
            return Next::Done;
        };
        let Some(objects) = parts.get_mut(part).and_then(Option::take) else { return Next::Done };
        let Some(first) = objects.first() else { return Next::Done };
        let ty = first.addr.resource.ty.clone();
        let Some(schema) = self.pool.ty(&config.provider, Mode::Managed, &ty).cloned() else {
            let place = self.place_of(&first.addr);
            self.report(no_type(&config.provider, Mode::Managed, &ty).at_opt(place));
            return Next::Failed;
        };
        let Some(provider) = self.pool.configured(&config).cloned() else { return Next::Failed };
        for one in objects.iter().filter(|one| one.read) {
            let object = ObjectId { addr: Arc::new(one.addr.clone()), deposed: one.deposed };
            let id = stored_id_value(&one.object);
            self.input.events.emit(Event::RefreshStart { object, id });
        }
        Next::Job {
            load: Load::Call,
            job: Box::pin(async move {
                Answer::Refreshed(read_all(&*provider, &ty, &schema, objects).await)
            }),
        }
    }

    /// Takes in what was read: the state as it is now, and what drifted. An object that could not
    /// be read stops its own instance only.
    pub(super) fn refreshed(&mut self, answers: Vec<Refreshed>) -> bool {
        for answer in answers {
            let addr = answer.addr.clone();
            if !self.refreshed_one(answer) {
                self.unread.insert(addr);
            }
        }
        true
    }

    fn refreshed_one(&mut self, answer: Refreshed) -> bool {
        let Refreshed { addr, deposed, schema, prior, carried_over, now, diagnostics } = answer;
        let place = self.place_of(&addr);
        let content = || self.block_of(&addr).map(|block| block.body.missing_item_span());
        let content = if diagnostics.is_empty() { None } else { content() };
        let diags = located(diagnostics, None, content, &addr.to_string());
        if !self.report_all(diags) {
            return false;
        }
        let Some(prior) = prior else { return true };
        let Some(instance) = self.state.instance(&addr) else { return true };
        let provider = Arc::clone(&instance.provider);
        if carried_over && !self.keep_refreshed(&addr, deposed, &schema, &prior, true) {
            return false;
        }
        let Some(now) = now else {
            self.objects.insert((addr, deposed), prior);
            return true;
        };
        let object = ObjectId { addr: Arc::new(addr.clone()), deposed };
        self.input.events.emit(Event::RefreshDone { object, id: id_value(&now.value) });
        let wrong = unreadable(&now.value, &schema, &provider, &addr.to_string());
        if !self.report_all(located(wrong, None, place, &addr.to_string())) {
            return false;
        }
        if now.value.is_null() {
            if deposed.is_none() {
                self.note_drift(&addr, &provider, &prior, Value::null(schema.ty.clone()));
            }
            self.state.apply(Change::Object { addr, deposed, provider, object: None });
            return true;
        }
        let mut object = prior.object.clone();
        object.identity = now.identity.or(object.identity);
        let now = ObjectState { value: put_right(now.value, &schema), identity: None, ..now };
        let was = prior.value.unmark_deep().0;
        let changed = !was.raw_equals(&now.value);
        let named_as_before = same_name(object.identity.as_ref(), prior.object.identity.as_ref());
        if !changed && now.private == prior.private && named_as_before {
            self.objects.insert((addr, deposed), prior);
            return true;
        }
        let marks: Vec<(Path, Marks)> = prior.value.unmark_deep_with_paths().1;
        let value = if marks.is_empty() { now.value } else { now.value.mark_with_paths(&marks) };
        let value = schema.mark_sensitive(value);
        let was = changed.then(|| prior.value.clone());
        let decoded = Decoded { value, private: now.private, was, object, tainted: prior.tainted };
        if !self.keep_refreshed(&addr, deposed, &schema, &decoded, false) {
            return false;
        }
        if changed && deposed.is_none() {
            self.note_drift(&addr, &provider, &prior, decoded.value.clone());
        }
        self.objects.insert((addr, deposed), decoded);
        true
    }

    /// Puts an object into the state, and into the state before the refresh if it was only carried
    /// over there.
    fn keep_refreshed(
        &mut self,
        addr: &ResourceInstance,
        deposed: Option<DeposedKey>,
        schema: &TypeSchema,
        decoded: &Decoded,
        before: bool,
    ) -> bool {
        let Decoded { value, private, tainted, object, was: _ } = decoded;
        let object = match encode(value, schema, Arc::clone(private), *tainted, object) {
            Ok(object) => object,
            Err(error) => {
                let text = format!("The object read for {addr} cannot be stored: {error}.");
                let error = Diagnostic::error("Provider produced invalid object", text);
                self.report(error.at_opt(self.place_of(addr)));
                return false;
            }
        };
        let Some(instance) = self.state.instance(addr) else { return true };
        let provider = Arc::clone(&instance.provider);
        let object = Some(object);
        let change = Change::Object { addr: addr.clone(), deposed, provider, object };
        if before {
            self.before.apply(change.clone());
        }
        self.state.apply(change);
        true
    }

    /// Notes that a current object is not as it was: not even where it was, if only its address
    /// differs.
    pub(super) fn note_drift(
        &mut self,
        addr: &ResourceInstance,
        provider: &Arc<ProviderConfig>,
        prior: &Decoded,
        after: Value,
    ) {
        let was = prior.value.unmark_deep().0;
        let action = match after.unmark_deep().0 {
            after if after.is_null() => crate::Action::Delete,
            after if after.raw_equals(&was) => crate::Action::NoOp,
            _ => crate::Action::Update,
        };
        let (before, object) = (prior.value.clone(), prior.object.clone());
        let provider = Arc::clone(provider);
        self.drift.push(crate::InstanceChange {
            prev_run_addr: self.previous(addr),
            private: Arc::clone(&prior.private),
            ..crate::InstanceChange::new(addr.clone(), provider, action, before, after, object)
        });
    }
}

/// Evaluates a provider's configuration, which is empty without a block. Gives what configures a
/// new instance with it.
pub(crate) fn configure(
    eval: &Evaluation<'_>,
    pool: &Pool,
    whole: &Config,
    config: &ProviderConfig,
) -> (Option<Job<Configured>>, Diagnostics) {
    let Some(loaded) = pool.get(&config.provider) else { return (None, Diagnostics::new()) };
    let module = whole.find(&config.module);
    let block = module.and_then(|module| provider_block(module, config));
    let frame = module.and_then(|module| eval.frames.of(module.id).first().copied());
    let (value, diags) = match block {
        Some(block) => loaded.spec.decode(&block.body, &eval.scope(frame.unwrap_or(Frames::ROOT))),
        None => (loaded.schema.provider.block.empty_value(), Diagnostics::new()),
    };
    let provider = loaded.instantiate();
    let marks = loaded.schema.provider.block.value_marks(&value);
    let shown = without_ephemeral(&value).mark_with_paths(&marks);
    let value = value.unmark_deep().0;
    let config = config.clone();
    let job: Job<Configured> = Box::pin(async move {
        let mut diagnostics = provider.validate_provider(&value).await;
        if !has_errors(&diagnostics) {
            let request = ConfigureRequest { config: value };
            diagnostics.extend(provider.configure(request).await);
        }
        Configured { config, value: shown, provider, diagnostics }
    });
    (Some(job), diags)
}

/// The value with null for everything ephemeral.
fn without_ephemeral(value: &Value) -> Value {
    value.transform(|_, part| if part.marks().ephemeral() { Value::null(part.ty()) } else { part })
}

impl Configured {
    /// The instance, with what is wrong placed in the configuration.
    pub(crate) fn located(
        self,
        whole: &Config,
    ) -> (ProviderConfig, Arc<dyn Provider>, Diagnostics) {
        let Self { config, provider, diagnostics, .. } = self;
        let module = whole.find(&config.module);
        let block = module.and_then(|module| provider_block(module, &config));
        let body = block.map(|block| &block.body);
        let place = block.map(|block| block.span);
        let diags = located(diagnostics, body, place, &config.to_string());
        (config, provider, diags)
    }
}

/// The block of a provider configuration; `None` if it is implied.
pub(crate) fn provider_block<'m>(
    module: &'m groma_config::Module,
    config: &ProviderConfig,
) -> Option<&'m groma_config::ProviderBlock> {
    module
        .providers
        .values()
        .find(|block| block.addr.alias == config.alias && block.source == config.provider)
}

/// The error for a type that a provider does not have.
pub(crate) fn no_type(source: &groma_addr::Provider, mode: Mode, ty: &str) -> Diagnostic {
    let (summary, what) = match mode {
        Mode::Managed => ("Invalid resource type", "resource type"),
        Mode::Data => ("Invalid data source", "data source"),
        Mode::Ephemeral => ("Invalid ephemeral resource", "ephemeral resource type"),
    };
    let source = source.for_display();
    Diagnostic::error(summary, format!("The provider {source} does not support {what} {ty:?}."))
}

/// Whether two identities are the same one.
fn same_name(a: Option<&Value>, b: Option<&Value>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => a.raw_equals(b),
        (None, None) => true,
        _ => false,
    }
}

async fn read_all(
    provider: &dyn Provider,
    ty: &Arc<str>,
    schema: &Arc<TypeSchema>,
    objects: Vec<ToRead>,
) -> Vec<Refreshed> {
    let mut answers = Vec::with_capacity(objects.len());
    let mut requests = Vec::new();
    let mut places = Vec::new();
    for ToRead { addr, deposed, object, retyped, read, meta } in objects {
        let mut answer = Refreshed {
            addr,
            deposed,
            schema: Arc::clone(schema),
            prior: None,
            carried_over: retyped.is_some() || object.schema_version != schema.schema.version,
            now: None,
            diagnostics: Vec::new(),
        };
        let decoded = match retyped {
            None => decode(provider, &answer.addr, schema, &object).await,
            Some(from) => retype(provider, ty, schema, &object, from).await,
        };
        match decoded {
            Ok(prior) => {
                if read {
                    places.push(answers.len());
                    requests.push(ReadRequest {
                        ty: Arc::clone(ty),
                        prior: ObjectState {
                            value: prior.answer.value.unmark_deep().0,
                            private: Arc::clone(&prior.answer.private),
                            identity: prior.answer.object.identity.clone(),
                        },
                        meta,
                    });
                }
                answer.diagnostics = prior.warnings;
                answer.prior = Some(prior.answer);
            }
            Err(diagnostics) => answer.diagnostics = diagnostics,
        }
        answers.push(answer);
    }
    if !requests.is_empty() {
        let results = provider.read_many(requests).await;
        for (at, result) in places.into_iter().zip(results) {
            match result {
                Ok(now) => {
                    answers[at].diagnostics.extend(now.warnings);
                    answers[at].now = Some(now.answer);
                }
                Err(diagnostics) => answers[at].diagnostics.extend(diagnostics),
            }
        }
    }
    answers
}

/// Carries an object over from another resource type.
async fn retype(
    provider: &dyn Provider,
    ty: &Arc<str>,
    schema: &Arc<TypeSchema>,
    object: &Object,
    (source_type, source_provider): (groma_addr::Ident, groma_addr::Provider),
) -> groma_provider_api::Answer<Decoded> {
    let Some(json) = object.json() else {
        return Err(vec![groma_provider_api::AttributeDiagnostic::error(
            "Unsupported state format",
            "The object was stored by Terraform 0.11 or earlier, and cannot be moved to another \
             resource type.",
        )]);
    };
    let request = groma_provider_api::MoveRequest {
        source_provider,
        source_type,
        source_schema_version: object.schema_version,
        source_state: Arc::clone(json),
        source_private: Arc::clone(&object.private),
        source_identity: object
            .identity
            .as_ref()
            .map(|identity| (identity.schema_version, Arc::clone(&identity.json))),
        target_type: Arc::clone(ty),
    };
    let groma_provider_api::Answered { answer: moved, warnings } =
        provider.move_state(request).await?;
    if conforms(&moved.value, &schema.ty).is_err() || !moved.value.is_wholly_known() {
        return Err(vec![groma_provider_api::AttributeDiagnostic::error(
            "Provider returned invalid value",
            format!(
                "The provider returned an invalid value during an across type move operation to \
                 {ty}. This is a bug in the relevant provider; Please report it."
            ),
        )]);
    }
    let answer = Decoded {
        value: schema.mark_sensitive(moved.value),
        private: moved.private,
        tainted: object.is_tainted(),
        object: crate::PlannedObject {
            schema_version: schema.schema.version,
            dependencies: object.dependencies.clone(),
            create_before_destroy: object.create_before_destroy,
            identity: moved.identity,
        },
        was: None,
    };
    Ok(groma_provider_api::Answered { answer, warnings })
}
