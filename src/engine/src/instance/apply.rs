//! Making one planned change of a managed object real.
//!
//! | Step | What is durable after it |
//! |---|---|
//! | `begin` | the intent: whoever comes next knows that an effect may have happened |
//! | the effect | – |
//! | `finish` | the result, and the end of the intent |
//!
//! A type without outside effects skips the intent: a lost result is a change that never was.

use std::sync::Arc;

use groma_addr::{ProviderConfig, ResourceInstance};
use groma_provider_api::{ApplyRequest, Private, Provider, ProviderDiagnostics, Token};
use groma_state::{Change, DeposedKey, Intent, IntentAction, IntentId, Object, Run, StateError};
use groma_value::{Value, to_json};

use super::codec::encode;
use super::settle::{Settled, settle};
use crate::PlannedObject;
use crate::pool::TypeSchema;

/// One effect on one object.
pub(crate) struct EffectInput {
    /// Who has it; configured.
    pub(crate) provider: Arc<dyn Provider>,
    /// The provider configuration, for the state.
    pub(crate) provider_config: Arc<ProviderConfig>,
    /// Whose object.
    pub(crate) addr: ResourceInstance,
    /// Which object; `None` for the current one.
    pub(crate) deposed: Option<DeposedKey>,
    /// The type's schema.
    pub(crate) schema: Arc<TypeSchema>,
    /// The object as it is, with marks. Null for a creation.
    pub(crate) prior: Value,
    /// What was planned, with marks. Null for a destruction.
    pub(crate) planned: Value,
    /// What the configuration says, with marks. Null for a destruction.
    pub(crate) config: Value,
    /// What planning gave.
    pub(crate) private: Private,
    /// What goes into the state beside the values.
    pub(crate) object: PlannedObject,
    /// What names the object as it is.
    pub(crate) known: Option<Value>,
    /// The object as the state has it; `None` for a creation.
    pub(crate) old: Option<Object>,
    /// What its module tells the provider.
    pub(crate) meta: Option<Value>,
    /// Whether provisioners follow: until they are done, a new object counts as tainted.
    pub(crate) provisioned: bool,
    /// The current object that makes way first, and the key under which it is kept.
    pub(crate) depose: Option<(DeposedKey, Object)>,
    /// Where results go.
    pub(crate) run: Arc<Box<dyn Run>>,
}

/// How an effect ended.
#[derive(Debug)]
pub(crate) struct EffectAnswer {
    /// The object as it is now, with marks: null if there is none.
    pub(crate) value: Value,
    /// What was recorded in the state.
    pub(crate) changes: Vec<Change>,
    /// Whether it went as planned.
    pub(crate) ok: bool,
    /// Problems, with paths into the configuration.
    pub(crate) diagnostics: ProviderDiagnostics,
    /// Why the state could not be written. Then nothing more should be tried.
    pub(crate) store: Option<StateError>,
}

impl EffectAnswer {
    /// Nothing was done, and nothing had to be.
    pub(crate) fn unchanged(value: Value, diagnostics: ProviderDiagnostics) -> Self {
        Self { value, changes: Vec::new(), ok: true, diagnostics, store: None }
    }
}

/// Has the effect and records what came of it.
pub(crate) async fn effect(input: EffectInput) -> EffectAnswer {
    match try_effect(&input).await {
        Ok(answer) => answer,
        Err(error) => EffectAnswer {
            ok: false,
            store: Some(error),
            ..EffectAnswer::unchanged(input.prior.clone(), Vec::new())
        },
    }
}

async fn try_effect(input: &EffectInput) -> Result<EffectAnswer, StateError> {
    if let Some(object) = shown_otherwise(input) {
        let changes = vec![set(input, input.deposed, Some(object))];
        input.run.record(changes.clone()).await?;
        let answer = EffectAnswer::unchanged(input.planned.clone(), Vec::new());
        return Ok(EffectAnswer { changes, ..answer });
    }
    let mut aside = Vec::new();
    if let Some((key, old)) = &input.depose {
        aside = vec![set(input, Some(*key), Some(old.clone())), set(input, None, None)];
        input.run.record(aside.clone()).await?;
    }
    let pure = input.provider.is_pure(&input.addr.resource.ty);
    let token: Arc<str> = uuid::Uuid::new_v4().to_string().into();
    let intent = if pure { None } else { Some(begin(input, &token).await?) };
    let request = ApplyRequest {
        ty: Arc::clone(&input.addr.resource.ty),
        prior: input.prior.unmark_deep().0,
        planned: input.planned.unmark_deep().0,
        config: input.config.unmark_deep().0,
        private: Arc::clone(&input.private),
        identity: input.object.identity.clone(),
        meta: input.meta.clone(),
        token: Token(token.to_string()),
    };
    let outcome = input.provider.apply(request).await;
    match settle(input, outcome) {
        Settled::Known { value, object, ok, diagnostics } => {
            let mut changes = aside;
            match object {
                // Nothing took the old object's place, so it has it again.
                None if input.depose.is_some() => changes = restored(input),
                // It is as the state has it already.
                Some(object) if input.old.as_ref() == Some(&object) => {}
                object => changes.push(set(input, input.deposed, object)),
            }
            record(input, intent, changes.clone()).await?;
            Ok(EffectAnswer { value, changes, ok, diagnostics, store: None })
        }
        // The intent stays open.
        Settled::Lost(diagnostics) => {
            let changes = restored(input);
            input.run.record(changes.clone()).await?;
            let answer = EffectAnswer::unchanged(input.prior.clone(), diagnostics);
            Ok(EffectAnswer { changes, ok: false, ..answer })
        }
    }
}

/// The object, if all that changes about it is what of it may be shown: the provider has nothing
/// to do with that.
fn shown_otherwise(input: &EffectInput) -> Option<Object> {
    let old = input.old.as_ref()?;
    if input.planned.is_null() || input.prior.is_null() {
        return None;
    }
    let (was, is) = (input.prior.unmark_deep().0, input.planned.unmark_deep().0);
    if was.equals(&is).as_bool() != Some(true) {
        return None;
    }
    let kept = PlannedObject {
        schema_version: old.schema_version,
        dependencies: old.dependencies.clone(),
        create_before_destroy: old.create_before_destroy,
        identity: None,
    };
    let private = Arc::clone(&old.private);
    let shown = encode(&input.planned, &input.schema, private, old.is_tainted(), &kept).ok()?;
    Some(Object { identity: old.identity.clone(), ..shown })
}

/// What gives the object that was set aside its place again.
fn restored(input: &EffectInput) -> Vec<Change> {
    let old = input.depose.iter();
    old.flat_map(|(key, old)| [set(input, None, Some(old.clone())), set(input, Some(*key), None)])
        .collect()
}

fn set(input: &EffectInput, deposed: Option<DeposedKey>, object: Option<Object>) -> Change {
    let provider = Arc::clone(&input.provider_config);
    Change::Object { addr: input.addr.clone(), deposed, provider, object }
}

async fn begin(input: &EffectInput, token: &Arc<str>) -> Result<IntentId, StateError> {
    let action = match (input.prior.is_null(), input.planned.is_null()) {
        (_, true) => IntentAction::Delete,
        (true, false) => IntentAction::Create,
        (false, false) => IntentAction::Update,
    };
    let intent = Intent {
        addr: input.addr.clone(),
        deposed: input.deposed,
        provider: Arc::clone(&input.provider_config),
        action,
        planned: planned_json(input),
        token: Arc::clone(token),
    };
    let ids = input.run.begin(vec![intent]).await?;
    ids.first().copied().ok_or_else(|| StateError::Stopped("the store gave no intent".to_owned()))
}

/// The planned object for whoever has to find what a lost call made; unknown parts are null.
fn planned_json(input: &EffectInput) -> Option<Arc<[u8]>> {
    if input.planned.is_null() {
        return None;
    }
    let known = input.planned.unmark_deep().0.unknown_as_null();
    to_json(&known, &input.schema.ty).ok().map(Into::into)
}

async fn record(
    input: &EffectInput,
    intent: Option<IntentId>,
    changes: Vec<Change>,
) -> Result<(), StateError> {
    match intent {
        Some(intent) => input.run.finish(intent, changes).await,
        None => input.run.record(changes).await,
    }
}
