//! Objects that end.

use std::sync::Arc;

use groma_value::{Type, Value};
use petgraph::Direction;

use super::make::object_change;
use super::provision::{Provisioned, run_all};
use super::{Answer, Applier};
use crate::graph::{Id, Node};
use crate::instance::apply::{EffectAnswer, EffectInput, effect};
use crate::report::located;
use crate::walk::Next;
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
        if matches!(change.action, Action::Forget | Action::CreateThenForget) {
            let forgotten = object_change(&change.addr, deposed, change, None);
            self.note(forgotten.clone());
            self.counts.forgotten += 1;
            let run = Arc::clone(&self.run);
            return Next::Job {
                pure: true,
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
        let Some(steps) = self.steps_before_destroy(change) else { return Next::Failed };
        let object = ObjectId { addr: Arc::new(change.addr.clone()), deposed };
        self.emit_start(id, 0, object, Operation::Delete, &change.before);
        let null = Value::null(schema.ty.clone());
        let pure = provider.is_pure(&resource.ty) && steps.is_empty();
        let (runner, events) = (Arc::clone(&self.provisioners), Arc::clone(&self.events));
        let planned_private = change.action == Action::Delete;
        let input = EffectInput {
            provider,
            provider_config: Arc::clone(&change.provider),
            addr: change.addr.clone(),
            deposed,
            schema,
            prior: change.before.clone(),
            planned: null.clone(),
            config: null,
            private: if planned_private {
                Arc::clone(&change.private)
            } else {
                Arc::clone(&old.private)
            },
            object: change.object.clone(),
            tainted: old.is_tainted(),
            depose: None,
            run: Arc::clone(&self.run),
        };
        Next::Job {
            pure,
            job: Box::pin(async move {
                let (ok, diagnostics) = run_all(&*runner, &*events, &input.addr, &steps).await;
                if !ok {
                    let store = None;
                    return Answer::NotDestroyed(Provisioned { ok, diagnostics, store });
                }
                Answer::Destroyed(Box::new(effect(input).await), diagnostics)
            }),
        }
    }

    /// Takes in an object that was destroyed, or was not.
    pub(super) fn destroyed(&mut self, id: Id, answer: EffectAnswer) -> bool {
        let Node::Destroy(at) = self.graph.graph[id] else { return true };
        let plan = self.plan;
        let change = &plan.changes[at as usize];
        let deposed = change.deposed.or_else(|| self.deposed.get(&at).copied());
        let object = ObjectId { addr: Arc::new(change.addr.clone()), deposed };
        let diags = located(answer.diagnostics, None, None, &change.addr.to_string());
        let ok = self.report_all(diags) && answer.ok;
        let gone = Value::null(Type::Dynamic);
        self.emit_end(id, 0, object, Operation::Delete, ok.then_some(&gone));
        if let Some(error) = &answer.store {
            self.store_failed(error);
            return false;
        }
        if ok {
            self.counts.removed += 1;
            self.note(object_change(&change.addr, deposed, change, None));
        } else if let Some(left) = answer.object {
            self.note(object_change(&change.addr, deposed, change, Some(left)));
        }
        ok
    }

    /// A failure stops what has to come after it, but of its own resource only its own instance.
    pub(super) fn end_destroy(&mut self, id: Id, at: u32, ok: bool) -> bool {
        if ok {
            return true;
        }
        self.failed.insert(at);
        for next in self.graph.graph.neighbors_directed(id, Direction::Outgoing) {
            if !matches!(self.graph.graph[next], Node::Resource(..)) {
                self.poisoned.insert(next);
            }
        }
        true
    }
}
