//! Objects that the state has and the configuration does not want.

use std::collections::HashSet;
use std::sync::Arc;

use groma_addr::{ConfigResource, InstanceKey, Mode, ResourceInstance};
use groma_config::{ModuleId, Removed, Repetition, ResourceBlock};
use groma_diag::{Diagnostic, Span};
use groma_provider_api::{Private, ProviderDiagnostics};
use groma_state::DeposedKey;
use groma_value::Value;

use super::resources::{Part, prevented};
use super::{Answer, Planner};
use crate::graph::{Id, Node};
use crate::instance::plan::plan_destruction;
use crate::report::located;
use crate::walk::{Begin, Load, Next};
use crate::{Action, ActionReason, InstanceChange, Origin, PlanMode};

/// The planned destruction of an object.
pub(crate) struct GoneAnswer {
    addr: ResourceInstance,
    deposed: Option<DeposedKey>,
    action: Action,
    reason: ActionReason,
    origin: Origin,
    private: Option<Private>,
    diagnostics: ProviderDiagnostics,
    /// The block that says that it must stay.
    prevented: Option<Span>,
}

impl Planner<'_> {
    /// Adds the instances of a resource that the state has beyond those that are wanted.
    pub(super) fn add_gone(
        &self,
        block: &ResourceBlock,
        module: ModuleId,
        wanted: &HashSet<ResourceInstance>,
        parts: &mut Vec<Part>,
    ) {
        let path = self.graph.module(module).module.path.clone();
        let Some(known) = self.known.get(&block.addr.clone().in_module(path)) else { return };
        for addr in known {
            if !self.targeted.has_instance(addr) {
                continue;
            }
            let Some(instance) = self.state.instance(addr) else { continue };
            if instance.current.is_some() && !wanted.contains(addr) {
                let reason = self.why_gone(block, addr);
                parts.push(Part::Gone { addr: addr.clone(), reason });
            }
            let keys = instance.deposed.keys();
            parts.extend(keys.map(|key| Part::Deposed { addr: addr.clone(), key: *key }));
        }
    }

    /// Drops what was read for instances that are no longer wanted.
    pub(super) fn drop_unwanted(
        &mut self,
        block: &ResourceBlock,
        module: ModuleId,
        wanted: &HashSet<ResourceInstance>,
    ) {
        let path = self.graph.module(module).module.path.clone();
        let known = self.known.get(&block.addr.clone().in_module(path));
        let unwanted = known.into_iter().flatten().filter(|addr| !wanted.contains(*addr));
        let unwanted: Vec<_> =
            unwanted.filter(|addr| self.targeted.has_instance(addr)).cloned().collect();
        for addr in &unwanted {
            self.drop_data(addr);
        }
    }

    fn why_gone(&self, block: &ResourceBlock, addr: &ResourceInstance) -> ActionReason {
        if self.mode == PlanMode::Destroy {
            return ActionReason::None;
        }
        if self.eval.frames.find(&addr.module).is_none() {
            return ActionReason::DeleteBecauseNoModule;
        }
        match (&block.repetition, &addr.key) {
            (Repetition::Count(_), InstanceKey::Int(_)) => ActionReason::DeleteBecauseCountIndex,
            (Repetition::ForEach(_), InstanceKey::Str(_)) => ActionReason::DeleteBecauseEachKey,
            _ => ActionReason::DeleteBecauseWrongRepetition,
        }
    }

    /// The objects of a resource that is not in the configuration at all.
    pub(super) fn begin_orphan(&mut self, id: Id, at: u32) -> Begin {
        let Some(resource) = self.graph.orphans.get(at as usize).cloned() else {
            return Begin::Done;
        };
        if resource.resource.mode != Mode::Managed {
            self.forget_data(&resource);
            return Begin::Done;
        }
        let destroying = self.mode == PlanMode::Destroy;
        let mut parts = Vec::new();
        for addr in self.known.get(&resource).cloned().unwrap_or_default() {
            let Some(instance) = self.state.instance(&addr) else { continue };
            if !self.targeted.has_instance(&addr) {
                continue;
            }
            if instance.current.is_some() {
                let reason = if destroying {
                    ActionReason::None
                } else if self.moved.contains_key(&addr) {
                    ActionReason::DeleteBecauseNoMoveTarget
                } else {
                    ActionReason::DeleteBecauseNoResourceConfig
                };
                parts.push(Part::Gone { addr: addr.clone(), reason });
            }
            let keys = instance.deposed.keys();
            parts.extend(keys.map(|key| Part::Deposed { addr: addr.clone(), key: *key }));
        }
        self.open(id, parts)
    }

    /// Plans the destruction of an object.
    pub(super) fn start_gone(
        &mut self,
        id: Id,
        _part: usize,
        addr: &ResourceInstance,
        deposed: Option<DeposedKey>,
        reason: ActionReason,
    ) -> Next<Answer> {
        if self.mode == PlanMode::RefreshOnly {
            return Next::Done;
        }
        if deposed.is_some() && self.input.directives.keeps_deposed(addr) {
            return Next::Done;
        }
        if addr.resource.mode == Mode::Data {
            self.data_ends(addr);
            return Next::Done;
        }
        // It may be gone already, as the refresh found.
        let Some(prior) = self.objects.get(&(addr.clone(), deposed)).cloned() else {
            return Next::Done;
        };
        let mut origin = Origin::default();
        let mut action = Action::Delete;
        let mut prevented_by = None;
        if self.input.directives.holds(addr) {
            return Next::Done;
        }
        if let Node::Orphan(at) = self.graph.graph[id]
            && let Some(resource) = self.graph.orphans.get(at as usize)
            && let Some(block) = removed(self.input.config, resource)
        {
            origin.removed_block = true;
            origin.place = self.place(block.span);
            if self.forgets(block) {
                action = Action::Forget;
            }
        }
        if let Node::Resource(module, at) = self.graph.graph[id]
            && let Some(block) = self.block(module, at)
        {
            let (place, prevent) = (block.span, block.lifecycle.prevent_destroy.is_some());
            origin.place = self.place(place);
            prevented_by = (prevent && deposed.is_none()).then_some(place);
        }
        let Some(instance) = self.state.instance(addr) else { return Next::Done };
        let config = Arc::clone(&instance.provider);
        let plans = self.pool.plans_destruction(&config.provider);
        let mut answer = GoneAnswer {
            addr: addr.clone(),
            deposed,
            action,
            reason,
            origin,
            private: None,
            diagnostics: Vec::new(),
            prevented: prevented_by,
        };
        let Some(provider) =
            self.pool.configured(&config).filter(|_| plans && action == Action::Delete).cloned()
        else {
            return if self.gone(answer) { Next::Done } else { Next::Failed };
        };
        let source = config.provider.clone();
        Next::Job {
            load: Load::Call,
            job: Box::pin(async move {
                let value = prior.value.unmark_deep().0;
                let (private, identity) = (prior.private, prior.object.identity);
                let planned =
                    plan_destruction(&*provider, &source, &answer.addr, value, private, identity);
                let planned = planned.await;
                (answer.private, answer.diagnostics) = planned;
                Answer::Gone(Box::new(answer))
            }),
        }
    }

    /// Takes in a planned destruction.
    pub(super) fn gone(&mut self, answer: GoneAnswer) -> bool {
        let GoneAnswer { addr, deposed, action, reason, origin, private, diagnostics, .. } = answer;
        let refused = answer.prevented.map(|place| prevented(&addr.to_string(), place));
        let place = self.place_of(&addr);
        if !self.report_all(located(diagnostics, None, place, &addr.to_string())) {
            return false;
        }
        let (Some(prior), Some(instance)) =
            (self.objects.get(&(addr.clone(), deposed)), self.state.instance(&addr))
        else {
            return true;
        };
        let ty = self.pool.ty(&instance.provider.provider, Mode::Managed, &addr.resource.ty);
        let Some(ty) = ty.map(|schema| schema.ty.clone()) else {
            let text = format!("There is no schema for {addr}.");
            self.report(Diagnostic::error("Missing resource schema", text));
            return false;
        };
        let prev_run_addr = self.previous(&addr);
        let private = private.unwrap_or_else(|| Arc::clone(&prior.private));
        let provider = Arc::clone(&instance.provider);
        // As Terraform has it: what the configuration no longer has goes as the state had it, and
        // everything as it is where everything goes.
        let refreshed = self.mode == PlanMode::Destroy || deposed.is_some();
        let was = prior.was.as_ref().filter(|_| !refreshed);
        let (before, after) = (was.unwrap_or(&prior.value).clone(), Value::null(ty));
        let object = prior.object.clone();
        let change = InstanceChange::new(addr, provider, action, before, after, object);
        self.keep(InstanceChange { prev_run_addr, deposed, reason, private, origin, ..change });
        // After it is kept: what is refused is shown.
        let Some(refused) = refused else { return true };
        self.report(refused);
        false
    }

    /// Whether a block says to leave the objects alone.
    fn forgets(&self, block: &Removed) -> bool {
        !block.destroy && self.mode == PlanMode::Normal
    }

    /// The resources whose objects are left alone, and no longer known of.
    pub(super) fn forgotten(&self) -> HashSet<ConfigResource> {
        let config = self.input.config;
        if config.modules.iter().all(|module| module.removed.is_empty()) {
            return HashSet::new();
        }
        let orphans = self.graph.orphans.iter();
        let forgotten = orphans
            .filter(|orphan| removed(config, orphan).is_some_and(|block| self.forgets(block)));
        forgotten.cloned().collect()
    }

    /// Data that nothing asks for any more is dropped from the state without a word.
    fn forget_data(&mut self, resource: &groma_addr::ConfigResource) {
        for addr in self.known.get(resource).cloned().unwrap_or_default() {
            self.drop_data(&addr);
        }
    }

    /// Drops what was read from the state.
    pub(super) fn drop_data(&mut self, addr: &ResourceInstance) {
        let Some(instance) = self.state.instance(addr) else { return };
        let (addr, provider) = (addr.clone(), Arc::clone(&instance.provider));
        let object = None;
        self.state.apply(groma_state::Change::Object { addr, deposed: None, provider, object });
    }
}

/// The `removed` block that takes out a resource.
pub(crate) fn removed<'c>(
    config: &'c groma_config::Config,
    resource: &groma_addr::ConfigResource,
) -> Option<&'c groma_config::Removed> {
    use groma_config::RemovedTarget::{Module, Resource};
    config.modules.iter().find_map(|module| {
        let inner = resource.module.calls().strip_prefix(module.path.calls())?;
        module.removed.iter().find(|block| match &block.from {
            Resource(addr) => addr.resource == resource.resource && addr.module.calls() == inner,
            Module(path) => inner.starts_with(path.calls()),
        })
    })
}
