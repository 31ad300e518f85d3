//! Objects that come to be, or change; data that is read.

use std::collections::HashMap;
use std::sync::Arc;

use groma_addr::{Mode, ResourceInstance};
use groma_config::{ModuleId, ProvisionerWhen, ResourceBlock};
use groma_eval::condition::Kind;
use groma_eval::{Expansion, FrameId, KeyData, expand};
use groma_provider_api::{Answer as Said, AttributeDiagnostic, DataRequest};
use groma_state::{Change, DeposedKey};
use groma_value::Value;

use super::instances::is_work;
use super::provision::{NotProvisioned, Provisioned};
use super::{Answer, Applier, stored_value};
use crate::checks::{self, Checkable};
use crate::graph::{Id, Node};
use crate::instance::apply::{EffectAnswer, EffectInput, effect};
use crate::instance::codec::{encode, known_identity};
use crate::instance::replan::{Replanned, replan};
use crate::planning::{Configured, configure, ignore, no_type};
use crate::pool::TypeSchema;
use crate::report::located;
use crate::walk::{Begin, Load, Next};
use crate::{Action, Event, Importing, InstanceChange, ObjectId, Operation};

/// What a node has to do about instances of its resource.
#[derive(Default)]
pub(crate) struct Working {
    parts: Vec<Part>,
    /// Values of instances, as far as they are known.
    values: HashMap<(FrameId, groma_addr::InstanceKey), Value>,
}

/// The change of an instance that no plan has.
const NO_CHANGE: u32 = u32::MAX;

/// An instance with something to be done.
#[derive(Clone)]
pub(super) struct Part {
    pub(super) frame: FrameId,
    pub(super) addr: ResourceInstance,
    pub(super) data: KeyData,
    change: u32,
}

/// An object that was made or changed, or was not.
pub(crate) struct Made {
    answer: EffectAnswer,
}

/// Data that was read.
pub(crate) struct ReadData {
    config: Value,
    schema: Arc<TypeSchema>,
    result: Said<Value>,
}

impl Applier<'_> {
    pub(super) fn begin_provider(&mut self, at: u32) -> Begin {
        let config = &self.graph.providers[at as usize];
        if self.pool.get(&config.provider).is_none() { Begin::Failed } else { Begin::Parts(1) }
    }

    pub(super) fn configure(&mut self, at: u32) -> Next<Answer> {
        let config = self.graph.providers[at as usize].clone();
        let (job, diags) = configure(&self.eval, &self.pool, self.config, &config);
        if !self.report_all(diags) {
            return Next::Failed;
        }
        let Some(job) = job else { return Next::Failed };
        Next::Job { load: Load::Call, job: Box::pin(async move { Answer::Configured(job.await) }) }
    }

    pub(super) fn configured(&mut self, answer: Configured) -> bool {
        let (config, provider, diags) = answer.located(self.config);
        self.pool.set_configured(config, provider);
        self.report_all(diags)
    }

    pub(super) fn block(&self, module: ModuleId, at: u32) -> Option<&ResourceBlock> {
        let entry = self.graph.module(module);
        entry.module.resources.get_index(at as usize).map(|(_, block)| block)
    }

    /// The block of the resource that a node is of.
    pub(super) fn block_of(&self, id: Id) -> Option<ResourceBlock> {
        let (Node::Resource(module, at) | Node::Instance(module, at, _)) = self.graph.graph[id]
        else {
            return None;
        };
        self.block(module, at).cloned()
    }

    /// What the conditions of an instance are noted of, which a node is of.
    fn checkable<'k>(&self, id: Id, part: &'k Part) -> Checkable<'k> {
        let node = match self.graph.graph[id] {
            Node::Instance(module, at, _) => self.graph.module(module).resource(at),
            _ => id,
        };
        Checkable { node, frame: part.frame, key: &part.addr.key }
    }

    /// Expands a resource again, and finds what is to be done to its instances.
    pub(super) fn begin_resource(&mut self, id: Id, module: ModuleId, at: u32) -> Begin {
        let Some(block) = self.block(module, at).cloned() else { return Begin::Done };
        let mut working = Working::default();
        let unknown = self.pool.unknown(&block);
        let mut ok = true;
        self.eval.expanded(id);
        for frame in self.eval.frames_of(module) {
            let (expansion, diags) = expand(&block.repetition, &self.eval.scope(frame), false);
            let base = block.addr.clone().absolute(self.eval.frames.get(frame).addr.clone());
            let Expansion::Known(keys) = expansion else {
                // Of a destruction, what an expansion would be does not matter.
                ok &= self.eval.lenient || self.report_all(diags);
                continue;
            };
            let mut shape = keys.map(|_, _| ());
            for (key, data) in keys.entries() {
                self.eval.expect(id, frame, &key);
                let addr = base.instance(key.clone());
                if self.plan.directives.holds(&addr) && self.change_of(&addr).is_none() {
                    shape.remove(&key);
                    continue;
                }
                self.adopt(&addr);
                match self.change_of(&addr) {
                    // No plan has these: they are opened anew.
                    _ if block.addr.mode == Mode::Ephemeral => {
                        let data = data.clone();
                        working.parts.push(Part { frame, addr, data, change: NO_CHANGE });
                    }
                    Some((change, planned)) if is_work(&block, planned) => {
                        let data = data.clone();
                        let part = Part { frame, addr, data, change };
                        if let Some(maker) = self.makers.get(&change) {
                            let parts = vec![part];
                            self.work.insert(*maker, Working { parts, ..Working::default() });
                            working.values.insert((frame, key), unknown.clone());
                        } else {
                            working.parts.push(part);
                        }
                    }
                    Some((_, planned)) => {
                        let value = match planned.action {
                            Action::Delete | Action::Forget => planned.before.clone(),
                            _ => planned.after.clone(),
                        };
                        working.values.insert((frame, key), value);
                    }
                    None => {
                        let value = self.value_in_state(&block, frame, &addr);
                        working.values.extend(value.map(|value| ((frame, key), value)));
                    }
                }
            }
            self.shapes.insert((id, frame), shape);
        }
        let parts = working.parts.len();
        self.work.insert(id, working);
        if ok { Begin::Parts(parts) } else { Begin::Failed }
    }

    /// The value of an instance that the plan has no change for, if there is an object.
    fn value_in_state(
        &self,
        block: &ResourceBlock,
        frame: FrameId,
        addr: &ResourceInstance,
    ) -> Option<Value> {
        let module = &self.eval.frames.get(frame).module;
        let schema = module
            .provider_configs
            .get(&block.provider)
            .and_then(|config| self.pool.ty(&config.provider, block.addr.mode, &block.addr.ty));
        let (object, schema) = self.state.object(addr, None).zip(schema)?;
        stored_value(object, schema)
    }

    /// Tells of an import. The state has the object since the apply began.
    fn adopt(&self, addr: &ResourceInstance) {
        if self.counts.imported == 0 {
            return;
        }
        if let Some((_, change)) = self.change_of(addr)
            && let Some(Importing { id, .. }) = &change.importing
        {
            let object = ObjectId { addr: Arc::new(addr.clone()), deposed: None };
            self.events.emit(Event::AdoptStart { object: object.clone(), id: id.clone() });
            self.events.emit(Event::AdoptDone { object, id: id.clone() });
        }
    }

    pub(super) fn part(&self, id: Id, part: usize) -> Option<Part> {
        self.work.get(&id)?.parts.get(part).cloned()
    }

    pub(super) fn set_value(&mut self, id: Id, part: &Part, value: Value) {
        if let Some(working) = self.work.get_mut(&id) {
            working.values.insert((part.frame, part.addr.key.clone()), value);
        }
    }

    pub(super) fn start_part(&mut self, id: Id, at: usize) -> Next<Answer> {
        let Some(part) = self.part(id, at) else { return Next::Done };
        let Some(block) = self.block_of(id) else { return Next::Done };
        let of = self.checkable(id, &part);
        let (kind, names) = (Kind::ResourcePrecondition, Some((&part.data, None)));
        let found = self.eval.conditions(&block.lifecycle.preconditions, kind, of, names);
        if !self.report_all(found) {
            return Next::Failed;
        }
        let plan = self.plan;
        let change = plan.changes.get(part.change as usize);
        if let Some(change) = change.filter(|change| change.action == Action::NoOp) {
            self.set_value(id, &part, change.after.clone());
            return self.end_made(id, at, &block, &part, &change.after);
        }
        let Some((config, schema)) = self.decode(&block, &part) else { return Next::Failed };
        if block.addr.mode == Mode::Ephemeral {
            return self.start_open(id, at, &block, &part, config, schema);
        }
        let Some(change) = change else { return Next::Done };
        match block.addr.mode {
            Mode::Managed => self.start_make(&block, &part, change, config, &schema),
            Mode::Data | Mode::Ephemeral => self.start_read(id, at, &part, change, config, schema),
        }
    }

    fn decode(&mut self, block: &ResourceBlock, part: &Part) -> Option<(Value, Arc<TypeSchema>)> {
        let module = Arc::clone(&self.eval.frames.get(part.frame).module);
        let source = &module.provider_configs.get(&block.provider)?.provider;
        let Some(schema) = self.pool.ty(source, block.addr.mode, &block.addr.ty).cloned() else {
            self.report(no_type(source, block.addr.mode, &block.addr.ty).at(block.ty_span));
            return None;
        };
        let (value, diags) = {
            let scope = self.eval.scope(part.frame).keyed(&part.data);
            schema.spec.decode(&block.body, &scope)
        };
        self.report_all(diags).then_some((value, schema))
    }

    /// Has a change planned once more.
    fn start_make(
        &mut self,
        block: &ResourceBlock,
        part: &Part,
        change: &InstanceChange,
        config: Value,
        schema: &Arc<TypeSchema>,
    ) -> Next<Answer> {
        let Some(provider) = self.pool.configured(&change.provider).cloned() else {
            return Next::Failed;
        };
        let replaces = change.action.is_replace();
        let null = Value::null(schema.ty.clone());
        let prior =
            if replaces || change.action == Action::Create { null } else { change.before.clone() };
        let old = self.state.object(&part.addr, None).cloned();
        let depose = match change.action {
            Action::CreateThenDelete | Action::CreateThenForget => old.clone().map(|old| {
                let key = DeposedKey::random();
                self.deposed.insert(part.change, key);
                (key, old)
            }),
            _ => None,
        };
        let source = &change.provider.provider;
        let meta = self.metas.of_object(self.config, &part.addr.module, source);
        // The old object of a replacement is gone by now, or set aside.
        let old = old.filter(|_| !prior.is_null());
        let private = old.as_ref().map_or_else(Arc::default, |old| Arc::clone(&old.private));
        let known = old.as_ref().and_then(|old| known_identity(old, schema));
        let pure = provider.is_pure(&block.addr.ty);
        let provisioned =
            prior.is_null() && block.provisioners.iter().any(|p| p.when == ProvisionerWhen::Create);
        let input = EffectInput {
            provider,
            provider_config: Arc::clone(&change.provider),
            addr: part.addr.clone(),
            deposed: None,
            prior,
            planned: change.after.clone(),
            config,
            private,
            object: change.object.clone(),
            known,
            meta,
            old,
            provisioned,
            depose,
            run: Arc::clone(&self.run),
            schema: Arc::clone(schema),
        };
        let ignore = ignore(&block.lifecycle.ignore_changes, &schema.ty);
        let action = change.action;
        Next::Job {
            load: Load::of(pure),
            job: Box::pin(async move { Answer::Replanned(replan(input, action, ignore).await) }),
        }
    }

    /// Makes or changes an object as it was planned once more, unless there is no need.
    pub(super) fn replanned(&mut self, id: Id, at: usize, replanned: Replanned) -> Next<Answer> {
        let (input, mut warnings) = match replanned {
            Replanned::Settled(answer) => return self.made(id, at, Made { answer: *answer }),
            Replanned::Ready(input, warnings) => (input, warnings),
        };
        let operation = if input.prior.is_null() { Operation::Create } else { Operation::Update };
        let object = ObjectId { addr: Arc::new(input.addr.clone()), deposed: None };
        self.emit_start(id, at, object, operation, &input.prior);
        Next::Job {
            load: Load::of(input.provider.is_pure(&input.addr.resource.ty)),
            job: Box::pin(async move {
                let mut answer = effect(*input).await;
                warnings.append(&mut answer.diagnostics);
                answer.diagnostics = warnings;
                Answer::Made(Box::new(Made { answer }))
            }),
        }
    }

    /// Takes in an object that was made or changed.
    pub(super) fn made(&mut self, id: Id, at: usize, made: Made) -> Next<Answer> {
        let Some(part) = self.part(id, at) else { return Next::Done };
        let Some(block) = self.block_of(id) else { return Next::Done };
        let plan = self.plan;
        let change = &plan.changes[part.change as usize];
        let Made { answer } = made;
        let creates = change.action == Action::Create || change.action.is_replace();
        let address = part.addr.to_string();
        let diags = located(answer.diagnostics, Some(&block.body), Some(block.span), &address);
        let ok = self.report_all(diags) && answer.ok;
        if let Some(error) = &answer.store {
            self.emit_end(id, at, None);
            self.store_failed(error);
            return Next::Failed;
        }
        answer.changes.into_iter().for_each(|change| self.note(change));
        if !ok {
            self.emit_end(id, at, None);
            return Next::Failed;
        }
        self.set_value(id, &part, answer.value.clone());
        if creates && !block.provisioners.is_empty() {
            let when = ProvisionerWhen::Create;
            let (frame, data) = (part.frame, part.data.clone());
            let steps = self.steps(&block.provisioners, when, frame, &data, &answer.value);
            let Some(steps) = steps else {
                self.emit_end(id, at, None);
                return Next::Failed;
            };
            if let Some(made) = self.state.object(&part.addr, None).cloned()
                && !steps.is_empty()
            {
                let job = self.provision(steps, change, made);
                return Next::Job { load: Load::Command, job };
            }
        }
        self.end_made(id, at, &block, &part, &answer.value)
    }

    /// The last thing about an object that was made or changed: whether it is as it should be.
    fn end_made(
        &mut self,
        id: Id,
        at: usize,
        block: &ResourceBlock,
        part: &Part,
        value: &Value,
    ) -> Next<Answer> {
        match self.emit_end(id, at, Some(value)) {
            Some(Operation::Create) => self.counts.added += 1,
            Some(Operation::Update) => self.counts.changed += 1,
            _ => {}
        }
        if self.holds(id, block, part, value) { Next::Done } else { Next::Failed }
    }

    /// Takes in how the provisioners of a new object went. Until now it counted as tainted.
    pub(super) fn provisioned(&mut self, id: Id, at: usize, answer: Provisioned) -> Next<Answer> {
        let change = match answer {
            Ok(change) => change,
            Err(failed) => {
                match failed {
                    NotProvisioned::Failed(diagnostic) => self.report(diagnostic),
                    NotProvisioned::Store(error) => self.store_failed(&error),
                }
                self.emit_end(id, at, None);
                return Next::Failed;
            }
        };
        self.note(change);
        let Some(part) = self.part(id, at) else { return Next::Done };
        let Some(block) = self.block_of(id) else { return Next::Done };
        let value = self
            .work
            .get(&id)
            .and_then(|working| working.values.get(&(part.frame, part.addr.key.clone())).cloned());
        value.map_or(Next::Done, |value| self.end_made(id, at, &block, &part, &value))
    }

    /// Whether the postconditions of an instance hold.
    pub(super) fn holds(
        &mut self,
        id: Id,
        block: &ResourceBlock,
        part: &Part,
        value: &Value,
    ) -> bool {
        let of = self.checkable(id, part);
        let (kind, names) = (Kind::ResourcePostcondition, Some((&part.data, Some(value))));
        let found = self.eval.conditions(&block.lifecycle.postconditions, kind, of, names);
        self.report_all(found)
    }

    fn start_read(
        &mut self,
        id: Id,
        at: usize,
        part: &Part,
        change: &InstanceChange,
        config: Value,
        schema: Arc<TypeSchema>,
    ) -> Next<Answer> {
        let Some(provider) = self.pool.configured(&change.provider).cloned() else {
            return Next::Failed;
        };
        let object = ObjectId { addr: Arc::new(part.addr.clone()), deposed: None };
        self.emit_start(id, at, object, Operation::Read, &change.before);
        let source = &change.provider.provider;
        let meta = self.metas.of_object(self.config, &part.addr.module, source);
        let ty = Arc::clone(&part.addr.resource.ty);
        let run = Arc::clone(&self.run);
        let addr = part.addr.clone();
        let (provider_config, object) = (Arc::clone(&change.provider), change.object.clone());
        Next::Job {
            load: Load::Call,
            job: Box::pin(async move {
                let plain = config.unmark_deep().0;
                let result = if plain.is_wholly_known() {
                    provider.read_data(DataRequest { ty, config: plain, meta }).await
                } else {
                    Err(vec![AttributeDiagnostic::error(
                        "Configuration contains unknown value",
                        "The configuration of this data source is still unknown after everything \
                         that it depends on was applied. This is a bug.",
                    )])
                };
                if let Ok(read) = &result {
                    let marks = config.unmark_deep_with_paths().1;
                    let value = schema.mark_sensitive(read.answer.mark_with_paths(&marks));
                    if let Ok(object) = encode(&value, &schema, Arc::default(), false, &object) {
                        let provider = provider_config;
                        let change =
                            Change::Object { addr, deposed: None, provider, object: Some(object) };
                        // A failure comes back with the next thing that is recorded.
                        drop(run.record(vec![change]).await);
                    }
                }
                Answer::Read(Box::new(ReadData { config, schema, result }))
            }),
        }
    }

    /// Takes in data that was read.
    pub(super) fn data_read(&mut self, id: Id, at: usize, read: ReadData) -> bool {
        let Some(part) = self.part(id, at) else { return true };
        let Some(block) = self.block_of(id) else { return true };
        let ReadData { config, schema, result } = read;
        self.emit_end(id, at, result.as_ref().ok().map(|read| &read.answer));
        let check = block.check.as_ref();
        let check = check.and_then(|name| {
            let module = self.eval.frames.get(part.frame).module.id;
            self.eval.check_of(module, name, part.frame)
        });
        let address = part.addr.to_string();
        let value = match result {
            Ok(read) => {
                let said = located(read.warnings, Some(&block.body), Some(block.span), &address);
                self.report_all(said);
                read.answer
            }
            Err(diagnostics) => {
                let mut diags = located(diagnostics, Some(&block.body), Some(block.span), &address);
                let Some(check) = check else {
                    self.report_all(diags);
                    return false;
                };
                if let Some(value) = self.value_in_state(&block, part.frame, &part.addr) {
                    self.set_value(id, &part, value);
                }
                self.eval.checks.note_data(check, Some(checks::failed_to_read(&mut diags)));
                return self.report_all(diags);
            }
        };
        if let Some(check) = check {
            self.eval.checks.note_data(check, None);
        }
        let marks = config.unmark_deep_with_paths().1;
        let value = schema.mark_sensitive(value.mark_with_paths(&marks));
        let ok = self.holds(id, &block, &part, &value);
        self.set_value(id, &part, value);
        ok
    }

    /// Gives a resource's values to whoever refers to it.
    pub(super) fn end_resource(&mut self, id: Id, module: ModuleId, at: u32) {
        let Some(Working { mut values, .. }) = self.work.remove(&id) else { return };
        let Some(block) = self.block(module, at) else { return };
        let (addr, unknown) = (block.addr.clone(), self.pool.unknown(block));
        for frame in self.eval.frames_of(module) {
            let Some(shape) = self.shapes.remove(&(id, frame)) else { continue };
            let values = shape.map(|key, ()| values.remove(&(frame, key.clone())));
            self.eval.frames.set_resource(frame, &addr, values.present(|| unknown.clone()));
        }
    }

    /// Gives the value of an instance to whoever refers to it.
    pub(super) fn end_instance(&mut self, id: Id, module: ModuleId, at: u32) {
        let Some(Working { values, .. }) = self.work.remove(&id) else { return };
        let Some(addr) = self.block(module, at).map(|block| block.addr.clone()) else { return };
        for ((frame, key), value) in values {
            self.eval.frames.set_instance(frame, &addr, &key, value);
        }
    }
}

/// A change of the state that follows from a planned change.
pub(super) fn object_change(
    addr: &ResourceInstance,
    deposed: Option<DeposedKey>,
    change: &InstanceChange,
    object: Option<groma_state::Object>,
) -> Change {
    let provider = Arc::clone(&change.provider);
    Change::Object { addr: addr.clone(), deposed, provider, object }
}
