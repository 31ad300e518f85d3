//! Resources: their instances, and the change of each.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use groma_addr::{InstanceKey, Mode, ProviderConfig, ResourceInstance};
use groma_config::{IgnoreChanges, ModuleId, ResourceBlock};
use groma_diag::{Diagnostic, Span};
use groma_eval::condition::Kind;
use groma_eval::{Expansion, FrameId, Instances, KeyData, expand};
use groma_lang::syntax::{StepKind, Traversal};
use groma_provider_api::Provider;
use groma_state::DeposedKey;
use groma_value::{Path, PathStep, Value, View};

use super::import::Named;
use super::providers::no_type;
use super::{Answer, Planner};
use crate::checks::Checkable;
use crate::ephemeral::misplaced;
use crate::graph::{Id, Node};
use crate::instance::ignore::Ignore;
use crate::instance::plan::{ChangeAnswer, ChangeInput, PlannedChange, PriorObject, plan_change};
use crate::pool::TypeSchema;
use crate::report::{argument, located};
use crate::walk::{Begin, Load, Next};
use crate::{ActionReason, InstanceChange, Origin, Place, PlanMode, PlannedObject, ReplaceCause};

/// The work of a node that has begun and not ended.
pub(crate) enum Working {
    /// Prior objects to be read, in parts.
    Refresh(Vec<Option<Vec<super::providers::ToRead>>>),
    /// The instances of a resource.
    Resource {
        /// What is to be done, by part.
        parts: Vec<Part>,
        /// The value of each part, once known.
        values: Vec<Option<Value>>,
    },
}

/// One thing to be done at a resource.
#[derive(Clone)]
pub(crate) enum Part {
    /// An instance that the configuration wants.
    Wanted(Box<Wanted>),
    /// An instance that a directive holds as it is.
    Held(Box<Wanted>),
    /// An instance that the configuration does not want.
    Gone {
        /// Which.
        addr: ResourceInstance,
        /// Why.
        reason: ActionReason,
    },
    /// A deposed object.
    Deposed {
        /// Whose.
        addr: ResourceInstance,
        /// Which.
        key: DeposedKey,
    },
}

impl Part {
    /// Whose part it is.
    fn addr(&self) -> &ResourceInstance {
        match self {
            Self::Wanted(wanted) | Self::Held(wanted) => &wanted.addr,
            Self::Gone { addr, .. } | Self::Deposed { addr, .. } => addr,
        }
    }
}

/// An instance that the configuration wants.
#[derive(Clone)]
pub(crate) struct Wanted {
    pub(crate) addr: ResourceInstance,
    pub(crate) frame: FrameId,
    pub(crate) key: InstanceKey,
    pub(crate) data: KeyData,
}

/// What an instance is planned or read from.
pub(super) struct Evaluated {
    /// What its block says.
    pub(super) config: Value,
    pub(super) schema: Arc<TypeSchema>,
    /// Who is asked about it, and under which configuration.
    pub(super) provider: Arc<dyn Provider>,
    pub(super) provider_config: Arc<ProviderConfig>,
    /// What its module tells the provider.
    pub(super) meta: Option<Value>,
}

impl Planner<'_> {
    /// The block of a resource node.
    pub(super) fn block(&self, module: ModuleId, at: u32) -> Option<&ResourceBlock> {
        let entry = self.graph.module(module);
        let block = entry.module.resources.get_index(at as usize).map(|(_, block)| block)?;
        let generated = block.generated.then(|| self.generated_block(entry.resource(at))).flatten();
        Some(generated.unwrap_or(block))
    }

    /// Where the block of an instance's resource is.
    pub(super) fn place_of(&self, addr: &ResourceInstance) -> Option<Span> {
        Some(self.block_of(addr)?.span)
    }

    /// The block that configures an instance.
    pub(super) fn block_of(&self, addr: &ResourceInstance) -> Option<&ResourceBlock> {
        let (module, at) = self.graph.find_resource(&addr.containing().config())?;
        self.block(module, at)
    }

    /// Expands a resource in all instances of its module.
    pub(super) fn begin_resource(&mut self, id: Id, module: ModuleId, at: u32) -> Begin {
        let Some(block) = self.block(module, at).cloned() else { return Begin::Done };
        let refused: Vec<Diagnostic> =
            block.provisioners.iter().filter_map(crate::provision::supported).collect();
        if !refused.is_empty() {
            for diagnostic in refused {
                self.report(diagnostic);
            }
            return Begin::Failed;
        }
        let mut parts = Vec::new();
        let mut wanted: HashSet<ResourceInstance> = HashSet::new();
        if self.mode == PlanMode::Destroy && block.addr.mode != Mode::Ephemeral {
            self.shape_as_known(id, &block, module);
        } else {
            let mut ok = true;
            self.eval.expanded(id);
            for frame in self.eval.frames_of(module) {
                let (expansion, diags) = expand(&block.repetition, &self.eval.scope(frame), false);
                ok &= self.report_all(diags);
                let Expansion::Known(keys) = expansion else {
                    ok = false;
                    continue;
                };
                let base = block.addr.clone().absolute(self.eval.frames.get(frame).addr.clone());
                self.check_replacements(&base, &keys);
                let mut shape = keys.map(|_, _| ());
                for (key, data) in keys.entries() {
                    self.eval.expect(id, frame, &key);
                    let addr = base.instance(key.clone());
                    wanted.insert(addr.clone());
                    if self.input.directives.holds(&addr) {
                        if self.objects.contains_key(&(addr.clone(), None)) {
                            let data = data.clone();
                            parts.push(Part::Held(Box::new(Wanted { addr, frame, key, data })));
                        } else {
                            shape.remove(&key);
                        }
                        continue;
                    }
                    if self.targeted.has_instance(&addr) {
                        let data = data.clone();
                        parts.push(Part::Wanted(Box::new(Wanted { addr, frame, key, data })));
                    }
                }
                self.shapes.insert((id, frame), shape);
            }
            if !ok {
                return Begin::Failed;
            }
        }
        if block.addr.mode == Mode::Managed {
            let path = self.graph.module(module).module.path.clone();
            let resource = block.addr.clone().in_module(path);
            if !self.resolve_imports(&resource, &block, &wanted) {
                return Begin::Failed;
            }
        }
        if block.addr.mode == Mode::Managed || self.mode == PlanMode::Destroy {
            self.add_gone(&block, module, &wanted, &mut parts);
        } else {
            self.drop_unwanted(&block, module, &wanted);
        }
        self.open(id, parts)
    }

    pub(super) fn open(&mut self, id: Id, parts: Vec<Part>) -> Begin {
        let count = parts.len();
        self.work.insert(id, Working::Resource { parts, values: vec![None; count] });
        Begin::Parts(count)
    }

    pub(super) fn part(&self, id: Id, part: usize) -> Option<Part> {
        match self.work.get(&id)? {
            Working::Resource { parts, .. } => parts.get(part).cloned(),
            Working::Refresh(_) => None,
        }
    }

    /// The block and the instance of a part that the configuration wants.
    pub(super) fn wanted(&self, id: Id, part: usize) -> Option<(ResourceBlock, Wanted)> {
        let Node::Resource(module, at) = self.graph.graph[id] else { return None };
        match self.part(id, part)? {
            Part::Wanted(wanted) => Some((self.block(module, at)?.clone(), *wanted)),
            _ => None,
        }
    }

    pub(super) fn set_value(&mut self, id: Id, part: usize, value: Value) {
        if let Some(Working::Resource { values, .. }) = self.work.get_mut(&id)
            && let Some(slot) = values.get_mut(part)
        {
            *slot = Some(value);
        }
    }

    pub(super) fn start_instance(&mut self, id: Id, part: usize) -> Next<Answer> {
        let part_of = self.part(id, part);
        if part_of.as_ref().is_some_and(|part| self.unread.contains(part.addr())) {
            return Next::Failed;
        }
        match part_of {
            None => Next::Done,
            Some(Part::Gone { addr, reason }) => self.start_gone(id, part, &addr, None, reason),
            Some(Part::Deposed { addr, key }) => {
                self.start_gone(id, part, &addr, Some(key), ActionReason::None)
            }
            Some(Part::Wanted(wanted)) => self.start_wanted(id, part, &wanted),
            Some(Part::Held(wanted)) => {
                self.hold(id, part, &wanted);
                Next::Done
            }
        }
    }

    /// Plans nothing for an instance, whatever the configuration says.
    fn hold(&mut self, id: Id, part: usize, wanted: &Wanted) {
        let (Some(prior), Some(instance)) = (
            self.objects.get(&(wanted.addr.clone(), None)).cloned(),
            self.state.instance(&wanted.addr),
        ) else {
            return;
        };
        let (addr, provider) = (wanted.addr.clone(), Arc::clone(&instance.provider));
        let (before, after) = (prior.value.clone(), prior.value.clone());
        let action = crate::Action::NoOp;
        self.keep(InstanceChange {
            prev_run_addr: self.previous(&wanted.addr),
            private: prior.private,
            origin: Origin { held: true, ..Origin::default() },
            ..InstanceChange::new(addr, provider, action, before, after, prior.object)
        });
        self.set_value(id, part, prior.value);
    }

    fn start_wanted(&mut self, id: Id, part: usize, wanted: &Wanted) -> Next<Answer> {
        let Node::Resource(module, at) = self.graph.graph[id] else { return Next::Done };
        let Some(block) = self.block(module, at).cloned() else { return Next::Done };
        if let Some(next) = self.start_import(&block, wanted) {
            return next;
        }
        let triggers = &block.lifecycle.replace_triggered_by[..];
        let triggers = if self.mode == PlanMode::RefreshOnly { &[] } else { triggers };
        let Some(triggered) = self.triggered(triggers, wanted) else { return Next::Failed };
        let of = Checkable { node: id, frame: wanted.frame, key: &wanted.key };
        let (kind, names) = (Kind::ResourcePrecondition, Some((&wanted.data, None)));
        let found = self.eval.conditions(&block.lifecycle.preconditions, kind, of, names);
        if !self.report_all(found) {
            return Next::Failed;
        }
        match block.addr.mode {
            Mode::Managed => self.start_managed(id, &block, wanted, triggered),
            Mode::Data => self.start_data(id, part, &block, wanted),
            Mode::Ephemeral => self.start_open(id, part, &block, wanted),
        }
    }

    fn start_managed(
        &mut self,
        id: Id,
        block: &ResourceBlock,
        wanted: &Wanted,
        triggered: bool,
    ) -> Next<Answer> {
        self.merge_dependencies(id, &wanted.addr);
        if self.mode == PlanMode::RefreshOnly {
            // The object as it is stands for itself.
            return Next::Done;
        }
        let Some(evaluated) = self.evaluate(block, wanted) else { return Next::Failed };
        let Evaluated { config, schema, provider, provider_config, meta } = evaluated;
        let prior = self.objects.get(&(wanted.addr.clone(), None)).map(|decoded| PriorObject {
            value: decoded.value.clone(),
            private: Arc::clone(&decoded.private),
            tainted: decoded.tainted,
            identity: decoded.object.identity.clone(),
        });
        let input = ChangeInput {
            provider,
            provider_config,
            address: wanted.addr.to_string(),
            ty: Arc::clone(&block.addr.ty),
            prior,
            config,
            ignore: ignore(&block.lifecycle.ignore_changes, &schema.ty),
            requested: self.input.options.force_replace.contains(&wanted.addr),
            triggered,
            create_before_destroy: self.reach.creates_first(id),
            schema,
            meta,
        };
        Next::Job {
            load: Load::Call,
            job: Box::pin(async move { Answer::Change(Box::new(plan_change(input).await)) }),
        }
    }

    /// Notes in the state, as part of the refresh, what the configuration says that an object
    /// depends on, beside what it depended on before, and in what order it is replaced.
    fn merge_dependencies(&mut self, id: Id, addr: &ResourceInstance) {
        if !self.input.options.refresh || self.imported.contains_key(addr) {
            return;
        }
        let configured = self.reach.of(id).clone();
        let first = self.reach.creates_first(id);
        self.note_object(addr, |object| {
            object.create_before_destroy = first;
            let merged = object.dependencies.union(&configured);
            if !object.dependencies.lists_same(&merged) {
                object.dependencies = merged;
            }
        });
    }

    /// Changes what the state has beside the values of an instance's current object.
    fn note_object(
        &mut self,
        addr: &ResourceInstance,
        note: impl FnOnce(&mut groma_state::Object),
    ) {
        let Some(instance) = self.state.instance(addr) else { return };
        let Some(was) = &instance.current else { return };
        let mut object = was.clone();
        note(&mut object);
        if object == *was {
            return;
        }
        let (provider, addr) = (Arc::clone(&instance.provider), addr.clone());
        if let Some(decoded) = self.objects.get_mut(&(addr.clone(), None)) {
            decoded.object.dependencies = object.dependencies.clone();
            decoded.object.create_before_destroy = object.create_before_destroy;
        }
        let object = Some(object);
        self.state.apply(groma_state::Change::Object { addr, deposed: None, provider, object });
    }

    /// Evaluates the block of an instance; `None` if something is wrong, which is then reported.
    pub(super) fn evaluate(&mut self, block: &ResourceBlock, wanted: &Wanted) -> Option<Evaluated> {
        let (config, schema) = self.decode_block(block, wanted)?;
        let module = &self.eval.frames.get(wanted.frame).module;
        let provider = module.provider_configs.get(&block.provider)?;
        let (provider_config, provider) = self.pool.configured_as(provider)?;
        let (provider_config, provider) = (Arc::clone(provider_config), Arc::clone(provider));
        let meta = self.metas.of(module.id, &provider_config.provider, &wanted.addr.to_string());
        let meta = match meta {
            Ok(meta) => meta,
            Err(diagnostic) => {
                self.report(diagnostic);
                return None;
            }
        };
        Some(Evaluated { config, schema, provider, provider_config, meta })
    }

    /// What a block says in one instance; `None` if something is wrong, which is then reported.
    pub(super) fn decode_block(
        &mut self,
        block: &ResourceBlock,
        wanted: &Wanted,
    ) -> Option<(Value, Arc<TypeSchema>)> {
        let module = Arc::clone(&self.eval.frames.get(wanted.frame).module);
        let source = &module.provider_configs.get(&block.provider)?.provider;
        let Some(schema) = self.pool.ty(source, block.addr.mode, &block.addr.ty).cloned() else {
            self.report(no_type(source, block.addr.mode, &block.addr.ty).at(block.ty_span));
            return None;
        };
        let (value, diags) = {
            let scope = self.eval.scope(wanted.frame).keyed(&wanted.data);
            schema.spec.decode(&block.body, &scope)
        };
        let address = wanted.addr.to_string();
        if !self.report_all(diags) {
            return None;
        }
        self.report_all(misplaced(block, &value, &schema, &address)).then_some((value, schema))
    }

    /// Takes in a planned change.
    pub(super) fn planned(&mut self, id: Id, part: usize, answer: ChangeAnswer) -> bool {
        let Some(Part::Wanted(wanted)) = self.part(id, part) else { return true };
        let Node::Resource(module, at) = self.graph.graph[id] else { return true };
        let Some(block) = self.block(module, at).cloned() else { return true };
        let address = wanted.addr.to_string();
        let diags = located(answer.diagnostics, Some(&block.body), Some(block.span), &address);
        if !self.report_all(diags) {
            return false;
        }
        let Some(planned) = answer.change else { return false };
        let prevents = planned.action.is_replace() && block.lifecycle.prevent_destroy.is_some();
        let value = planned.after.clone();
        if !value.is_wholly_known() && wanted.key != InstanceKey::None {
            self.keys.insert(wanted.addr.clone(), wanted.data.clone());
        }
        let change = self.change(id, &block, &wanted, planned);
        self.hand_over(&change);
        if change.action == crate::Action::NoOp {
            // No apply will come by to note them.
            let dependencies = self.reach.of(id).clone();
            self.note_object(&wanted.addr, |object| {
                if !object.dependencies.lists_same(&dependencies) {
                    object.dependencies = dependencies;
                }
            });
        }
        self.keep(change);
        if prevents {
            // After it is kept: what is refused is shown.
            self.report(prevented(&address, block.span));
            return false;
        }
        let ok = self.holds(id, &block, &wanted, &value);
        self.set_value(id, part, value);
        ok
    }

    /// An object that stays as it is may be another provider configuration's from now on.
    fn hand_over(&mut self, change: &InstanceChange) {
        let Some(instance) = self.state.instance(&change.addr) else { return };
        if instance.provider == change.provider || instance.current.is_none() {
            return;
        }
        self.state.apply(groma_state::Change::Object {
            addr: change.addr.clone(),
            deposed: None,
            provider: Arc::clone(&change.provider),
            object: instance.current.clone(),
        });
    }

    /// Whether the postconditions of an instance hold.
    pub(super) fn holds(
        &mut self,
        id: Id,
        block: &ResourceBlock,
        wanted: &Wanted,
        value: &Value,
    ) -> bool {
        let of = Checkable { node: id, frame: wanted.frame, key: &wanted.key };
        let (kind, names) = (Kind::ResourcePostcondition, Some((&wanted.data, Some(value))));
        let found = self.eval.conditions(&block.lifecycle.postconditions, kind, of, names);
        self.report_all(found)
    }

    fn change(
        &self,
        id: Id,
        block: &ResourceBlock,
        wanted: &Wanted,
        planned: PlannedChange,
    ) -> InstanceChange {
        let module = &self.eval.frames.get(wanted.frame).module;
        let provider = module.provider_configs.get(&block.provider);
        let schema =
            provider.and_then(|p| self.pool.ty(&p.provider, block.addr.mode, &block.addr.ty));
        let causes = planned.required_replace.iter().map(|path| ReplaceCause {
            path: path.clone(),
            place: argument(&block.body, &path.0).and_then(|span| self.place(span)),
            trigger: None,
        });
        InstanceChange {
            addr: wanted.addr.clone(),
            prev_run_addr: self.previous(&wanted.addr),
            deposed: None,
            provider: provider.and_then(|config| self.pool.configured_as(config)).map_or_else(
                || {
                    let (module, provider) = (module.path.clone(), block.source.clone());
                    Arc::new(ProviderConfig { module, provider, alias: None })
                },
                |(config, _)| Arc::clone(config),
            ),
            action: planned.action,
            reason: planned.reason,
            before: planned.before,
            after: planned.after,
            replace_causes: causes.collect(),
            required_replace: planned.required_replace,
            importing: self.imported.get(&wanted.addr).map(Named::importing),
            generated_config: self.generated.get(&id).map(|made| Arc::clone(&made.text)),
            unknown_from: BTreeMap::new(),
            provisioners: None,
            private: planned.private,
            object: PlannedObject {
                schema_version: schema.map_or(0, |schema| schema.schema.version),
                dependencies: self.reach.of(id).clone(),
                create_before_destroy: self.reach.created_first(id),
                identity: planned.identity,
            },
            origin: Origin { place: self.place(block.span), ..Origin::default() },
        }
    }

    /// A span as a place that can be stored.
    pub(super) fn place(&self, span: Span) -> Option<Place> {
        let file = self.input.config.sources.get(span.file)?;
        Some(Place {
            file: file.path().into(),
            start: file.position(span.start),
            end: file.position(span.end),
        })
    }

    /// Gives a resource's values to whoever refers to it.
    pub(super) fn end_resource(&mut self, id: Id) {
        let Some(Working::Resource { parts, values }) = self.work.remove(&id) else { return };
        let Node::Resource(module, at) = self.graph.graph[id] else { return };
        let Some(block) = self.block(module, at) else { return };
        let (addr, unknown) = (block.addr.clone(), self.pool.unknown(block));
        let mut by_frame: std::collections::HashMap<
            FrameId,
            std::collections::HashMap<InstanceKey, Value>,
        > = std::collections::HashMap::new();
        for (part, value) in parts.into_iter().zip(values) {
            if let (Part::Wanted(wanted) | Part::Held(wanted), Some(value)) = (part, value) {
                by_frame.entry(wanted.frame).or_default().insert(wanted.key, value);
            }
        }
        for frame in self.eval.frames_of(module) {
            let mut values = by_frame.remove(&frame).unwrap_or_default();
            let Some(shape) = self.shapes.remove(&(id, frame)) else { continue };
            // What was not planned, for want of a target or because only the state is looked at,
            // is as the state has it.
            let base = addr.clone().absolute(self.eval.frames.get(frame).addr.clone());
            let values = shape.map(|key, ()| {
                values.remove(key).or_else(|| {
                    let object = self.objects.get(&(base.instance(key.clone()), None));
                    object.map(|object| object.value.clone())
                })
            });
            self.eval.frames.set_resource(frame, &addr, values.present(|| unknown.clone()));
        }
    }
}

/// The error for an object that must stay.
pub(super) fn prevented(address: &str, place: Span) -> Diagnostic {
    Diagnostic::error(
        "Instance cannot be destroyed",
        format!(
            "Resource {address} has lifecycle.prevent_destroy set, but the plan calls for this \
             resource to be destroyed. To avoid this error and continue with the plan, either \
             disable lifecycle.prevent_destroy or reduce the scope of the plan using the -target \
             option."
        ),
    )
    .at(place)
}

/// `ignore_changes` as paths into objects of a type.
pub(crate) fn ignore(ignore: &IgnoreChanges, _ty: &groma_value::Type) -> Ignore {
    match ignore {
        IgnoreChanges::None => Ignore::Nothing,
        IgnoreChanges::All => Ignore::All,
        IgnoreChanges::Paths(traversals) => Ignore::Paths(traversals.iter().map(path).collect()),
    }
}

/// A traversal relative to an object as a path.
pub(crate) fn path(traversal: &Traversal) -> Path {
    let mut path = Path::new().attr(traversal.root.clone());
    for step in &traversal.steps {
        path.0.push(match &step.kind {
            StepKind::Attr(name) => PathStep::Attr(name.clone()),
            StepKind::Index(key) => match key.view() {
                View::Number(number) => PathStep::Index(number.clone()),
                View::String(text) => PathStep::Key(text.clone()),
                _ => continue,
            },
        });
    }
    path
}

/// The shape of a resource's instances in one module instance.
pub(crate) type Shape = Instances<()>;
