//! A planned change, planned once more with what is known by the time that it is made real.

use groma_provider_api::objchange::assert_object_compatible;
use groma_provider_api::{AttributeDiagnostic, ProviderDiagnostics, has_errors};
use std::sync::Arc;

use super::apply::{EffectAnswer, EffectInput};
use super::ignore::Ignore;
use super::plan::{ChangeAnswer, ChangeInput, PlannedChange, PriorObject, plan_change};
use crate::Action;

/// What planning again came to.
pub(crate) enum Replanned {
    /// It agrees: the effect to have, and warnings.
    Ready(Box<EffectInput>, ProviderDiagnostics),
    /// Nothing is to be done: there is no need, or it contradicts the plan.
    Settled(Box<EffectAnswer>),
}

/// Has the provider plan again.
pub(crate) async fn replan(mut input: EffectInput, action: Action, ignore: Ignore) -> Replanned {
    if !input.config.unmark_deep().0.is_wholly_known() {
        let error = AttributeDiagnostic::error(
            "Configuration contains unknown value",
            format!(
                "The configuration of {} is still unknown after everything that it depends on was \
                 applied. This is a bug.",
                input.addr
            ),
        );
        return refused(&input, vec![error]);
    }
    let ChangeAnswer { change, mut diagnostics } = plan_change(change_input(&input, ignore)).await;
    let Some(change) = change else {
        return refused(&input, diagnostics);
    };
    diagnostics.extend(contradictions(&input, action, &change));
    if has_errors(&diagnostics) {
        return refused(&input, diagnostics);
    }
    if change.action == Action::NoOp {
        // Now that everything is known, it is as it should be.
        let answer = EffectAnswer::unchanged(input.prior, diagnostics);
        return Replanned::Settled(Box::new(answer));
    }
    input.private = change.private;
    input.object.identity = change.identity;
    input.planned = change.after;
    Replanned::Ready(Box::new(input), diagnostics)
}

fn change_input(input: &EffectInput, ignore: Ignore) -> ChangeInput {
    let prior = (!input.prior.is_null()).then(|| PriorObject {
        value: input.prior.clone(),
        private: Arc::clone(&input.private),
        tainted: false,
        identity: input.known.clone(),
    });
    ChangeInput {
        provider: Arc::clone(&input.provider),
        provider_config: Arc::clone(&input.provider_config),
        address: input.addr.to_string(),
        ty: Arc::clone(&input.addr.resource.ty),
        schema: Arc::clone(&input.schema),
        prior,
        config: input.config.clone(),
        ignore,
        requested: false,
        triggered: false,
        create_before_destroy: action_order(input),
        meta: input.meta.clone(),
    }
}

/// Whether the old object was set aside to make way.
fn action_order(input: &EffectInput) -> bool {
    input.depose.is_some()
}

/// Where what is planned now is not what was planned.
fn contradictions(
    input: &EffectInput,
    action: Action,
    change: &PlannedChange,
) -> ProviderDiagnostics {
    let mut diagnostics = Vec::new();
    let provider = input.provider_config.provider.to_string();
    let mut complain = |what: String| {
        diagnostics.push(AttributeDiagnostic::error(
            "Provider produced inconsistent final plan",
            format!(
                "When expanding the plan for {} to include new values learned so far during apply, \
                 provider {provider:?} {what}.\n\nThis is a bug in the provider, which should be \
                 reported in the provider's own issue tracker.",
                input.addr
            ),
        ));
    };
    // The object that a replacement takes the place of is out of the way by now.
    let expected = if action.is_replace() { Action::Create } else { action };
    // An update may turn out not to be needed.
    if change.action != expected && (expected, change.action) != (Action::Update, Action::NoOp) {
        complain(format!("changed the planned action from {action:?} to {:?}", change.action));
    }
    let block = &input.schema.schema.block;
    for error in assert_object_compatible(block, &input.planned, &change.after) {
        complain(format!("produced an invalid new value for {error}"));
    }
    diagnostics
}

/// Nothing was tried.
fn refused(input: &EffectInput, diagnostics: ProviderDiagnostics) -> Replanned {
    let answer = EffectAnswer::unchanged(input.prior.clone(), diagnostics);
    Replanned::Settled(Box::new(EffectAnswer { ok: false, ..answer }))
}
