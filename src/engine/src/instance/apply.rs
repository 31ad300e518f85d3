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
use groma_diag::Severity;
use groma_provider_api::{
    ApplyOutcome, ApplyRequest, AttributeDiagnostic, ObjectState, Private, Provider,
    ProviderDiagnostics, Token,
};
use groma_state::{Change, DeposedKey, Intent, IntentAction, IntentId, Object, Run, StateError};
use groma_value::{Marks, Path, Value, to_json};

use super::codec::encode;
use super::plan::conforms;
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
    /// Whether the object as it is must be replaced, which a failed update does not change.
    pub(crate) tainted: bool,
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
    /// The same as it is in the state; `None` if there is none.
    pub(crate) object: Option<Object>,
    /// Whether it went as planned.
    pub(crate) ok: bool,
    /// Problems, with paths into the configuration.
    pub(crate) diagnostics: ProviderDiagnostics,
    /// Why the state could not be written. Then nothing more should be tried.
    pub(crate) store: Option<StateError>,
}

/// Has the effect and records what came of it.
pub(crate) async fn effect(input: EffectInput) -> EffectAnswer {
    match try_effect(&input).await {
        Ok(answer) => answer,
        Err(error) => EffectAnswer {
            value: input.prior.clone(),
            object: None,
            ok: false,
            diagnostics: Vec::new(),
            store: Some(error),
        },
    }
}

async fn try_effect(input: &EffectInput) -> Result<EffectAnswer, StateError> {
    let ty = &*input.addr.resource.ty;
    if let Some((key, old)) = &input.depose {
        input
            .run
            .record(vec![set(input, Some(*key), Some(old.clone())), set(input, None, None)])
            .await?;
    }
    let pure = input.provider.is_pure(ty);
    let token: Arc<str> = uuid::Uuid::new_v4().to_string().into();
    let intent = if pure { None } else { Some(begin(input, &token).await?) };
    let (planned, _) = input.planned.unmark_deep();
    let (config, config_marks) = input.config.unmark_deep_with_paths();
    let request = ApplyRequest {
        ty: Arc::clone(&input.addr.resource.ty),
        prior: input.prior.unmark_deep().0,
        planned: planned.clone(),
        config,
        private: Arc::clone(&input.private),
        token: Token(token.to_string()),
    };
    let outcome = input.provider.apply(request).await;
    let settled = match settle(input, outcome, &planned, &config_marks) {
        Settled::Lost(error) => return Ok(lost(input, &error)),
        Settled::Known(answer) => *answer,
    };
    let mut changes = vec![set(input, input.deposed, settled.object.clone())];
    if settled.object.is_none()
        && let Some((key, old)) = &input.depose
    {
        // Nothing took the old object's place, so it has it again.
        changes = vec![set(input, None, Some(old.clone())), set(input, Some(*key), None)];
    }
    record(input, intent, changes).await?;
    Ok(settled)
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
    let known = input.planned.unmark_deep().0.transform(|_, value| {
        Ok::<_, std::convert::Infallible>(if value.is_known() {
            value
        } else {
            Value::null(value.ty())
        })
    });
    let known = match known {
        Ok(known) => known,
        Err(never) => match never {},
    };
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

enum Settled {
    Known(Box<EffectAnswer>),
    Lost(String),
}

/// The call was lost: the intent stays open, and the state as it was.
fn lost(input: &EffectInput, error: &str) -> EffectAnswer {
    EffectAnswer {
        value: input.prior.clone(),
        object: None,
        ok: false,
        diagnostics: vec![AttributeDiagnostic::error(
            "Result of a provider's operation is not known",
            format!(
                "The provider's call for {} was lost, so that it is not known whether it happened: \
                 {error}\n\nThe attempt stays on record, and the next run will look for what it \
                 made.",
                input.addr
            ),
        )],
        store: None,
    }
}

/// What the state is to say, whatever the provider answered.
fn settle(
    input: &EffectInput,
    outcome: ApplyOutcome,
    planned: &Value,
    marks: &[(Path, Marks)],
) -> Settled {
    let (state, mut diagnostics, legacy, failed) = match outcome {
        ApplyOutcome::Unknown { error } => return Settled::Lost(error),
        ApplyOutcome::Done { state, diagnostics, legacy_type_system } => {
            (state, diagnostics, legacy_type_system, false)
        }
        ApplyOutcome::Failed { state, diagnostics } => (state, diagnostics, true, true),
    };
    let mut ok = !failed && diagnostics.iter().all(|d| d.severity != Severity::Error);
    let ObjectState { value, private } = state;
    let value = match check(input, value, planned, legacy || !ok, &mut diagnostics) {
        Checked::Sound(value) => value,
        Checked::Usable(value) => {
            ok = false;
            value
        }
        Checked::Unusable => {
            ok = false;
            input.prior.unmark_deep().0
        }
    };
    // A provider that reports an error and no object has left the object as it was.
    let value = if !ok && value.is_null() && !input.planned.is_null() && !input.prior.is_null() {
        input.prior.unmark_deep().0
    } else {
        value
    };
    let marks: Vec<_> = marks
        .iter()
        .map(|(path, marks)| (path.clone(), marks.without(Marks::EPHEMERAL)))
        .filter(|(_, marks)| !marks.is_empty())
        .collect();
    let value = if value.is_null() {
        value
    } else {
        let value = if marks.is_empty() { value } else { value.mark_with_paths(&marks) };
        input.schema.mark_sensitive(input.schema.without_write_only(value))
    };
    let object = if value.is_null() {
        None
    } else {
        let creation_failed = !ok && input.prior.is_null();
        let tainted = creation_failed || (input.tainted && !ok);
        match encode(&value, &input.schema, private, tainted, &input.object) {
            Ok(object) => Some(object),
            Err(error) => {
                ok = false;
                diagnostics.push(invalid(
                    input,
                    &format!("gave an object for {} that cannot be stored: {error}.", input.addr),
                ));
                None
            }
        }
    };
    Settled::Known(Box::new(EffectAnswer { value, object, ok, diagnostics, store: None }))
}

enum Checked {
    /// As it should be.
    Sound(Value),
    /// Not as it should be, yet it can be stored.
    Usable(Value),
    /// It cannot be stored.
    Unusable,
}

fn check(
    input: &EffectInput,
    value: Value,
    planned: &Value,
    tolerant: bool,
    diagnostics: &mut ProviderDiagnostics,
) -> Checked {
    if !value.is_null() && conforms(&value, &input.schema.ty).is_err() {
        diagnostics.push(invalid(input, &format!("produced an invalid value after apply for {}. The result cannot be saved in the state.", input.addr),
        ));
        return Checked::Unusable;
    }
    if planned.is_null() {
        let gone = value.is_null() || tolerant;
        if !gone {
            diagnostics.push(invalid(
                input,
                &format!("still reports an object for {} after it was destroyed.", input.addr),
            ));
            return Checked::Usable(value);
        }
        return Checked::Sound(value);
    }
    if !value.is_wholly_known() {
        if !tolerant {
            diagnostics.push(invalid(
                input,
                &format!(
                    "still indicated an unknown value for {} after the apply operation. All values \
                     must be known after apply, so this is always a bug in the provider.",
                    input.addr
                ),
            ));
        }
        let known = value.transform(|_, part| {
            Ok::<_, std::convert::Infallible>(if part.is_known() {
                part
            } else {
                Value::null(part.ty())
            })
        });
        return match known {
            Ok(known) => Checked::Usable(known),
            Err(never) => match never {},
        };
    }
    if tolerant {
        return Checked::Sound(value);
    }
    let block = &input.schema.schema.block;
    let errors = groma_provider_api::objchange::assert_object_compatible(block, planned, &value);
    if errors.is_empty() {
        return Checked::Sound(value);
    }
    for error in errors {
        diagnostics.push(AttributeDiagnostic::error(
            "Provider produced inconsistent result after apply",
            format!(
                "When applying changes to {}, provider {:?} produced an unexpected new value: \
                 {error}.\n\nThis is a bug in the provider, which should be reported in the \
                 provider's own issue tracker.",
                input.addr,
                input.provider_config.to_string(),
            ),
        ));
    }
    Checked::Usable(value)
}

fn invalid(input: &EffectInput, what: &str) -> AttributeDiagnostic {
    AttributeDiagnostic::error(
        "Provider returned invalid result object after apply",
        format!("After the apply operation, the provider {} {what}", input.provider_config),
    )
}
