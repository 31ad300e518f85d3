//! Objects that end.

use std::sync::Arc;

use groma_addr::Mode;
use groma_provider_api::has_errors;
use groma_value::{Type, Value};

use super::make::object_change;
use super::provision::run_all;
use super::{Answer, Applier};
use crate::graph::{Id, Node};
use crate::instance::apply::{EffectAnswer, EffectInput, effect};
use crate::instance::plan::plan_destruction;
use crate::report::located;
use crate::walk::{Load, Next};
use crate::{Action, ObjectId, Operation};

impl Applier<'_> {
    /// Destroys the old object of a change, or forgets it.
    pub(super) fn start_destroy(&mut self, id: Id, at: u32) -> Next<Answer> {
        let plan = self.plan;
        let change = &plan.changes[at as usize];
        let deposed = change.deposed.or_else(|| self.deposed.get(&at).copied());
        // The successor was made, and had no predecessor to make way.
        let Some(old) = self.state.object(&change.addr, deposed).cloned() else {
            return Next::Done;
        };
        let forgets = matches!(change.action, Action::Forget | Action::CreateThenForget);
        if forgets || change.addr.resource.mode == Mode::Data {
            let forgotten = object_change(&change.addr, deposed, change, None);
            self.note(forgotten.clone());
            self.counts.forgotten += u64::from(forgets);
            let run = Arc::clone(&self.run);
            return Next::Job {
                load: Load::None,
                job: Box::pin(async move { Answer::Recorded(run.record(vec![forgotten]).await) }),
            };
        }
        let Some(provider) = self.pool.configured(&change.provider).cloned() else {
            return Next::Failed;
        };
        let resource = &change.addr.resource;
        let Some(schema) =
            self.pool.ty(&change.provider.provider, resource.mode, &resource.ty).cloned()
        else {
            return Next::Failed;
        };
        let Some(steps) = self.steps_before_destroy(change, deposed, &old) else {
            return Next::Failed;
        };
        let object = ObjectId { addr: Arc::new(change.addr.clone()), deposed };
        self.emit_start(id, 0, object, Operation::Delete, &change.before);
        let (module, source) = (&change.addr.module, &change.provider.provider);
        let meta = self.metas.of_object(self.config, module, source);
        let null = Value::null(schema.ty.clone());
        let load =
            if steps.is_empty() { Load::of(provider.is_pure(&resource.ty)) } else { Load::Command };
        let (runner, events) = (Arc::clone(&self.provisioners), Arc::clone(&self.events));
        let plans = self.pool.plans_destruction(&change.provider.provider);
        let mut input = EffectInput {
            provider,
            provider_config: Arc::clone(&change.provider),
            addr: change.addr.clone(),
            deposed,
            schema,
            prior: change.before.clone(),
            planned: null.clone(),
            config: null,
            private: match deposed {
                None => Arc::clone(&change.private),
                Some(_) => Arc::clone(&old.private),
            },
            object: change.object.clone(),
            known: None,
            meta,
            old: Some(old),
            provisioned: false,
            depose: None,
            run: Arc::clone(&self.run),
        };
        Next::Job {
            load,
            job: Box::pin(async move {
                let provisioned = run_all(&*runner, &*events, &input.addr, &steps).await;
                if let Err(diagnostic) = provisioned {
                    return Answer::NotDestroyed(diagnostic);
                }
                // What was planned was the replacement, or was planned of the current object.
                let answer = match plan_end(&mut input, plans && deposed.is_some()).await {
                    Ok(()) => effect(input).await,
                    Err(refused) => refused,
                };
                Answer::Destroyed(Box::new(answer))
            }),
        }
    }

    /// Takes in an object that was destroyed, or was not.
    pub(super) fn destroyed(&mut self, id: Id, answer: EffectAnswer) -> bool {
        let Node::Destroy(at) = self.graph.graph[id] else { return true };
        let plan = self.plan;
        let change = &plan.changes[at as usize];
        let diags = located(answer.diagnostics, None, None, &change.addr.to_string());
        let ok = self.report_all(diags) && answer.ok;
        let gone = Value::null(Type::Dynamic);
        self.emit_end(id, 0, ok.then_some(&gone));
        if let Some(error) = &answer.store {
            self.store_failed(error);
            return false;
        }
        self.counts.removed += u64::from(ok);
        answer.changes.into_iter().for_each(|change| self.note(change));
        ok
    }
}

/// Has the provider plan the end of an object that was set aside, if it wants to be asked.
async fn plan_end(input: &mut EffectInput, asked: bool) -> Result<(), EffectAnswer> {
    if !asked {
        return Ok(());
    }
    let prior = input.prior.unmark_deep().0;
    let (private, identity) = (Arc::clone(&input.private), input.object.identity.clone());
    let (provider, config) = (&*input.provider, &input.provider_config.provider);
    let (private, diagnostics) =
        plan_destruction(provider, config, &input.addr, prior, private, identity).await;
    if has_errors(&diagnostics) {
        let answer = EffectAnswer::unchanged(input.prior.clone(), diagnostics);
        return Err(EffectAnswer { ok: false, ..answer });
    }
    if let Some(private) = private {
        input.private = private;
    }
    Ok(())
}
