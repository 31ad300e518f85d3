//! Puts the plan together.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use groma_addr::{Mode, ResourceInstance};
use groma_config::{Provisioner, ProvisionerWhen};
use groma_diag::Diagnostic;
use groma_eval::{Frames, KeyData};
use groma_state::{Change, Output};
use groma_value::{Marks, Type, Value};

use super::Planner;
use crate::digest::{Expressions, Known};
use crate::{
    Action, Counts, Event, Events, InstanceChange, Lint, OutputChange, Plan, PlanMode,
    PlannedOutput, PlannedVariable, Prior, Provenance, ProviderRecord, TypeKey, TypeRecord,
};

impl Planner<'_> {
    /// The plan, whole or as far as it got.
    pub(super) fn finish(mut self) -> Plan {
        self.note_expressions();
        self.note_moves();
        self.narrow_creation();
        self.changes.sort_by(order);
        self.drift.sort_by(order);
        if !self.input.options.targets.is_empty() {
            self.diags.push(targeting());
        }
        self.diags.extend(forgetting(&self.changes));
        // The same numbers whether the plan goes through a file or not.
        for change in self.changes.iter_mut().chain(&mut self.drift) {
            change.before = change.before.as_packed();
            change.after = change.after.as_packed();
        }
        let mut outputs = self.output_changes();
        if self.mode != PlanMode::Destroy {
            self.refresh_outputs(&outputs);
        }
        for output in &mut outputs {
            output.before = output.before.as_packed();
            output.after = output.after.as_packed();
        }
        self.note_output_expressions(&mut outputs);
        let lints = self.lints(&outputs);
        let relevant_attributes = self.relevant_attributes(&outputs);
        let errored = self.diags.has_errors() || self.input.cancel.is_stopping();
        let mode = self.input.options.mode;
        let mut plan = Plan {
            mode,
            applyable: false,
            complete: !errored && !self.targeted.is_limited(),
            errored,
            abandoned: self.abandoned,
            timestamp: self.input.options.timestamp,
            provenance: self.provenance(),
            prior: self.prior(),
            targets: self.input.options.targets.clone(),
            force_replace: self.input.options.force_replace.clone(),
            directives: self.input.directives.clone(),
            variables: self.variables(),
            outputs,
            module_outputs: self.module_outputs(),
            checks: self.eval.results(&[]),
            relevant_attributes,
            lints,
            types: self.types(),
            changes: self.changes,
            drift: self.drift,
            diagnostics: self.diags,
        };
        plan.applyable = !errored && plan.is_applyable();
        if !plan.abandoned {
            plan.announce(self.input.events);
            plan.sum_up(self.input.events);
        }
        plan
    }

    /// Where nothing else is planned, that an object only moved counts as found.
    fn note_moves(&mut self) {
        if self.mode != PlanMode::RefreshOnly {
            return;
        }
        let drifted: HashSet<ResourceInstance> =
            self.drift.iter().map(|change| change.addr.clone()).collect();
        let moved: Vec<ResourceInstance> =
            self.moved.keys().filter(|addr| !drifted.contains(*addr)).cloned().collect();
        for addr in moved {
            let Some(prior) = self.objects.get(&(addr.clone(), None)).cloned() else { continue };
            let Some(instance) = self.state.instance(&addr) else { continue };
            let provider = Arc::clone(&instance.provider);
            self.note_drift(&addr, &provider, &prior, prior.value.clone());
        }
    }

    /// What expressions start from: the root module's variables, and files.
    fn known(&self) -> Known {
        let files = Known::hash_files(&self.input.source.snapshot());
        let root = self.input.config.root();
        let frame = self.eval.frames.get(Frames::ROOT);
        let variables = root.into_iter().flat_map(|root| root.variables.values());
        let variables = variables.map(|variable| {
            let value = frame.variable(&variable.name);
            let hidden = variable.ephemeral
                || variable.sensitive
                || value.is_some_and(|value| !value.marks_deep().is_empty());
            (variable.name.to_string(), value.filter(|_| !hidden).cloned())
        });
        Known { variables: variables.collect(), files }
    }

    /// Notes what the unknown parts of changes will come from, and what provisioners they run.
    fn note_expressions(&mut self) {
        let mut expressions = Expressions::new(self.graph, self.known());
        for change in &mut self.changes {
            let resource = change.addr.containing().config();
            let Some((module, at)) = self.graph.find_resource(&resource) else {
                let removed = super::removed(self.input.config, &resource);
                if let Some((block, root)) = removed.zip(self.input.config.root()) {
                    let all = &block.provisioners;
                    change.provisioners =
                        expressions.of_provisioners(root.id, running(change.action, all));
                }
                continue;
            };
            let entry = self.graph.module(module);
            let Some(block) =
                entry.names.resources.get(at as usize).and_then(|a| entry.module.resources.get(a))
            else {
                continue;
            };
            change.provisioners =
                expressions.of_provisioners(module, running(change.action, &block.provisioners));
            let Some(fields) = change.after.as_fields() else { continue };
            let unknown: Vec<String> = fields
                .iter()
                .filter(|(_, value)| !value.is_wholly_known())
                .map(|(name, _)| name.to_string())
                .collect();
            for name in unknown {
                let keys = self.keys.get(&change.addr).cloned().unwrap_or_default();
                if let Some(digest) = expressions.of_argument(module, &block.body, &name, &keys) {
                    change.unknown_from.insert(name, digest);
                }
            }
        }
    }

    /// Changes that come of the time of the plan. Nothing is looked at unless something asked for
    /// it.
    fn lints(&self, outputs: &[OutputChange]) -> Vec<Lint> {
        let mut lints = Vec::new();
        if !self.time_asked.load(Ordering::Relaxed) {
            return lints;
        }
        let mut expressions = Expressions::new(self.graph, self.known());
        for change in self.changes.iter().filter(|change| change.action.makes()) {
            let resource = change.addr.containing().config();
            let Some((module, at)) = self.graph.find_resource(&resource) else { continue };
            let Some(block) = self.block(module, at) else { continue };
            let timed = expressions.timed(module, &block.body);
            lints.extend(
                timed.map(|argument| Lint::TimeInChange { addr: change.addr.clone(), argument }),
            );
        }
        let Some(root) = self.input.config.root() else { return lints };
        for change in outputs.iter().filter(|change| change.action != Action::NoOp) {
            let Some(output) = root.outputs.get(&change.name) else { continue };
            if expressions.of(root.id, &output.expr, &KeyData::NONE).timed {
                lints.push(Lint::TimeInOutput(change.name.clone()));
            }
        }
        lints
    }

    fn note_output_expressions(&self, outputs: &mut [OutputChange]) {
        let mut expressions = Expressions::new(self.graph, self.known());
        let Some(root) = self.input.config.root() else { return };
        for change in outputs.iter_mut().filter(|change| !change.after.is_wholly_known()) {
            if let Some(output) = root.outputs.get(&change.name) {
                let digest = expressions.of(root.id, &output.expr, &KeyData::NONE);
                change.unknown_from = Some(digest);
            }
        }
    }

    fn provenance(&self) -> Provenance {
        let used: std::collections::BTreeSet<_> =
            self.graph.providers.iter().map(|config| &config.provider).collect();
        let providers = used.into_iter().filter_map(|source| {
            let loaded = self.pool.get(source)?;
            Some(ProviderRecord {
                source: source.clone(),
                version: loaded.metadata.version.clone(),
                hashes: Vec::new(),
                native: true,
            })
        });
        Provenance {
            snapshot: Arc::new(self.input.source.snapshot()),
            commit: self.input.commit.map(str::to_owned),
            workspace: self.input.workspace.to_owned(),
            providers: providers.collect(),
            provider_configs: self.provider_configs.clone(),
        }
    }

    fn prior(&self) -> Prior {
        let stored = self.input.state;
        Prior {
            lineage: stored.map_or_else(String::new, |s| s.snapshot.lineage.clone()),
            serial: stored.map_or(0, |s| s.snapshot.serial),
            version: stored.map(|s| s.version),
            before_refresh: self.before.clone(),
            state: self.state.clone(),
        }
    }

    fn variables(&self) -> Vec<PlannedVariable> {
        let Some(root) = self.input.config.root() else { return Vec::new() };
        let planned = root.variables.values().map(|variable| {
            let given = self.input.options.variables.get(&variable.name);
            PlannedVariable {
                name: variable.name.clone(),
                value: if variable.ephemeral { None } else { given.map(|g| g.value.clone()) },
                default: variable.default.clone(),
                given: given.is_some(),
                ephemeral: variable.ephemeral && given.is_some(),
            }
        });
        planned.collect()
    }

    fn module_outputs(
        &self,
    ) -> BTreeMap<groma_addr::ModuleInstance, BTreeMap<groma_addr::Ident, PlannedOutput>> {
        let mut all = BTreeMap::new();
        for (id, frame) in self.eval.frames.iter() {
            if id == Frames::ROOT || frame.module.outputs.is_empty() {
                continue;
            }
            let outputs = frame.module.outputs.values().filter_map(|output| {
                let value = frame.output(&output.name)?.clone();
                Some((output.name.clone(), PlannedOutput { value, sensitive: output.sensitive }))
            });
            all.insert(frame.addr.clone(), outputs.collect());
        }
        all
    }

    fn types(&self) -> BTreeMap<TypeKey, TypeRecord> {
        let mut types = BTreeMap::new();
        let instances = self.state.instances().chain(self.before.instances());
        let in_state = instances.map(|(addr, instance)| (&addr.resource, &instance.provider));
        let in_plan = self.changes.iter().map(|change| (&change.addr.resource, &change.provider));
        let mut last = None;
        for (resource, provider) in in_state.chain(in_plan) {
            let key = (provider.provider.clone(), resource.mode, resource.ty.clone());
            if last.as_ref() == Some(&key) {
                continue;
            }
            let (source, mode, ty) = last.insert(key).clone();
            if let Some(schema) = self.pool.ty(&source, mode, &ty) {
                let record = TypeRecord {
                    schema_version: schema.schema.version,
                    ty: schema.ty.clone(),
                    sensitive: Arc::from([]),
                };
                types.insert(TypeKey { provider: source, mode, ty }, record);
            }
        }
        types
    }

    /// Gives the outputs in the state the values that were worked out, as far as they are known.
    /// One that the configuration has no more goes when the plan is applied.
    pub(super) fn refresh_outputs(&mut self, outputs: &[OutputChange]) {
        for change in outputs.iter().filter(|change| change.action != Action::Delete) {
            let value = change.after.unmark_deep().0;
            if !value.is_wholly_known() {
                continue;
            }
            let sensitive = change.is_declared_sensitive();
            let output = (!value.is_null()).then(|| as_stored(Output { value, sensitive }));
            self.state.apply(Change::Output { name: change.name.clone(), output });
        }
    }

    /// How the root module's outputs change.
    pub(super) fn output_changes(&self) -> Vec<OutputChange> {
        let Some(root) = self.input.config.root() else { return Vec::new() };
        let frame = self.eval.frames.get(Frames::ROOT);
        if self.mode == PlanMode::Destroy && self.targeted.is_limited() {
            // What is left keeps its outputs.
            return Vec::new();
        }
        let before = self.state.outputs();
        let mut changes = Vec::new();
        let destroys = self.mode == PlanMode::Destroy;
        for output in root.outputs.values().filter(|output| !output.ephemeral) {
            let was = before.get(&output.name);
            if destroys {
                changes.extend(was.map(|was| output_gone(&output.name, was)));
            } else if let Some(after) = frame.output(&output.name) {
                // Else it was not worked out, for want of a target.
                changes.push(output_change(&output.name, was, after.clone(), output.sensitive));
            }
        }
        if !self.targeted.is_limited() || destroys {
            let gone = before.iter().filter(|(name, _)| !root.outputs.contains_key(*name));
            changes.extend(gone.map(|(name, was)| output_gone(name, was)));
        }
        changes.sort_by(|a, b| a.name.cmp(&b.name));
        changes
    }
}

/// The provisioners that a change runs.
fn running(action: Action, all: &[Provisioner]) -> impl Iterator<Item = &Provisioner> {
    let creates = action == Action::Create || action.is_replace();
    all.iter().filter(move |provisioner| match provisioner.when {
        ProvisionerWhen::Create => creates,
        ProvisionerWhen::Destroy => action.destroys() && action != Action::CreateThenDelete,
    })
}

/// That a plan is not of everything.
fn targeting() -> Diagnostic {
    Diagnostic::warning(
        "Resource targeting is in effect",
        "You are creating a plan with the -target option, which means that the result of this plan \
         may not represent all of the changes requested by the current configuration.\n\nThe \
         -target option is not for routine use, and is provided only for exceptional situations \
         such as recovering from errors or mistakes, or when Terraform specifically suggests to use \
         it as part of an error message.",
    )
}

/// That objects are left alone from now on.
fn forgetting(changes: &[InstanceChange]) -> Option<Diagnostic> {
    let forgotten = changes.iter().filter(|change| change.action == Action::Forget);
    let lines: Vec<String> = forgotten.map(|change| format!("\n - {}", change.addr)).collect();
    (!lines.is_empty()).then(|| {
        Diagnostic::warning(
            "Some objects will no longer be managed by Terraform",
            format!(
                "If you apply this plan, Terraform will discard its tracking information for the \
                 following objects, but it will not delete them:{}\n\nAfter applying this plan, \
                 Terraform will no longer manage these objects. You will need to import them into \
                 Terraform to manage them again.",
                lines.concat()
            ),
        )
    })
}

/// What becomes of an output that the configuration has.
fn output_change(
    name: &groma_addr::Ident,
    was: Option<&Output>,
    after: Value,
    sensitive: bool,
) -> OutputChange {
    let before = was.map_or(Value::null(Type::Dynamic), output_before);
    let (plain_before, plain_after) = (before.unmark_deep().0, after.unmark_deep().0);
    let was_sensitive = was.is_some_and(|output| output.sensitive);
    let same = plain_before.equals(&plain_after).as_bool() == Some(true)
        && plain_before.ty() == plain_after.ty();
    let action = match was {
        _ if plain_before.is_null() && plain_after.is_null() => Action::NoOp,
        None => Action::Create,
        Some(_) if same && was_sensitive == sensitive => Action::NoOp,
        Some(_) => Action::Update,
    };
    let sensitive = sensitive || was_sensitive;
    // What was not there and will not be has no type either.
    let after = match action {
        Action::NoOp if plain_after.is_null() => {
            Value::null(Type::Dynamic).with_marks(after.marks())
        }
        _ => after,
    };
    OutputChange { name: name.clone(), action, before, after, sensitive, unknown_from: None }
}

/// An output as it will be once it is read back: numbers lose what their text does not say.
fn as_stored(output: Output) -> Output {
    let read =
        output.encode().and_then(|(value, ty)| Output::decode(&value, &ty, output.sensitive));
    read.unwrap_or(output)
}

/// What becomes of an output that is to be no more.
fn output_gone(name: &groma_addr::Ident, was: &Output) -> OutputChange {
    OutputChange {
        name: name.clone(),
        action: Action::Delete,
        before: output_before(was),
        after: Value::null(Type::Dynamic),
        sensitive: was.sensitive,
        unknown_from: None,
    }
}

fn output_before(was: &Output) -> Value {
    let marks = if was.sensitive { Marks::SENSITIVE } else { Marks::NONE };
    was.value.clone().with_marks(marks)
}

/// By address, the current object before deposed ones.
fn order(a: &InstanceChange, b: &InstanceChange) -> std::cmp::Ordering {
    let managed = |change: &InstanceChange| change.addr.resource.mode == Mode::Managed;
    a.addr
        .cmp(&b.addr)
        .then_with(|| a.deposed.cmp(&b.deposed))
        .then_with(|| managed(a).cmp(&managed(b)))
}

impl Plan {
    /// Tells what was found changed, and of each change that it will make.
    fn announce(&self, events: &dyn Events) {
        for change in &self.drift {
            // Objects that only moved are told of as drift where that is all there is to do.
            if change.action != Action::NoOp || self.mode == PlanMode::RefreshOnly {
                events.emit(Event::Drift(Arc::new(change.clone())));
            }
        }
        for change in self.told() {
            events.emit(Event::PlannedChange(Arc::new(change.clone())));
        }
    }

    /// Tells of each change once more as it is about to be made. What changes only the state, as a
    /// move or an import does, is not among them.
    pub fn announce_again(&self, events: &dyn Events) {
        for change in self.told().filter(|change| change.action != Action::NoOp) {
            events.emit(Event::PlannedChange(Arc::new(change.clone())));
        }
    }

    /// Changes that are worth telling: that a data source is gone is not.
    pub fn told(&self) -> impl Iterator<Item = &InstanceChange> {
        self.changes.iter().filter(|change| {
            change.action != Action::Delete || change.addr.resource.mode != Mode::Data
        })
    }

    /// Tells all that it will do in numbers, and how the outputs change.
    fn sum_up(&self, events: &dyn Events) {
        let mut counts = Counts::default();
        self.told().for_each(|change| counts.count(change));
        events.emit(Event::ChangeSummary { counts, applied: false, mode: self.mode });
        if !self.outputs.is_empty() {
            events.emit(Event::Outputs(self.outputs.clone()));
        }
    }

    /// Whether applying it would do anything.
    fn is_applyable(&self) -> bool {
        match self.mode {
            // Taking note of what changed outside is all that there is to do.
            PlanMode::RefreshOnly => {
                let (before, after) = self.states();
                let noted = |change: &Change| match change {
                    Change::Object { addr, .. } => addr.resource.mode == Mode::Managed,
                    Change::Output { .. } => true,
                    _ => false,
                };
                before.diff(after).is_ok_and(|changes| changes.iter().any(noted))
            }
            PlanMode::Normal | PlanMode::Destroy => self.has_changes(),
        }
    }
}
