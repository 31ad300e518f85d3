//! What the state is to say after an effect, whatever the provider answered.
//!
//! | Answer | The state has |
//! |---|---|
//! | an object | that object; tainted if its creation failed |
//! | none, of a destruction | none |
//! | none, with an error | what it had |
//! | an object that cannot be stored | what it had; a creation's intent stays open |
//! | nothing: the call was lost | what it had; the intent stays open |

use groma_provider_api::objchange::assert_object_compatible;
use groma_provider_api::{
    ApplyOutcome, AttributeDiagnostic, ObjectState, ProviderDiagnostics, has_errors,
};
use groma_state::{Object, ObjectStatus};
use groma_value::{Path, Value};

use super::apply::EffectInput;
use super::codec::encode;
use super::sound::{conforms, write_only_given};

/// What came of an effect.
pub(super) enum Settled {
    /// It is known what there is now.
    Known {
        /// The object, with marks; null if there is none.
        value: Value,
        /// The same for the state.
        object: Option<Object>,
        /// Whether it went as planned.
        ok: bool,
        /// Problems.
        diagnostics: ProviderDiagnostics,
    },
    /// Something may have happened that the state cannot say.
    Lost(ProviderDiagnostics),
}

const INVALID_OBJECT: &str = "Provider produced invalid object";
const INVALID_RESULT: &str = "Provider returned invalid result object after apply";

/// What the state is to say.
pub(super) fn settle(input: &EffectInput, outcome: ApplyOutcome) -> Settled {
    let (state, mut diags, legacy, failed) = match outcome {
        ApplyOutcome::Unknown { error } => return Settled::Lost(vec![unknown(input, &error)]),
        ApplyOutcome::Done { state, diagnostics, legacy_type_system } => {
            (state, diagnostics, legacy_type_system, false)
        }
        ApplyOutcome::Failed { state, diagnostics } => (state, diagnostics, false, true),
    };
    let ObjectState { value, private, identity } = state;
    if !value.is_null()
        && let Err(misfit) = conforms(&value, &input.schema.ty)
    {
        let text = format!(
            "produced an invalid value after apply for {}{misfit}. The result cannot not be saved \
             in the Terraform state.",
            input.addr
        );
        diags.push(error(input, INVALID_OBJECT, &text));
        return unusable(input, diags);
    }
    let value = only_known(input, value, &mut diags);
    let value = with_marks(input, value);
    let ok = |diags: &ProviderDiagnostics| !failed && !has_errors(diags);
    if ok(&diags) && !input.planned.is_null() && !legacy {
        diags.extend(inconsistent(input, &value));
    }
    let address = input.addr.to_string();
    let (schema, provider) = (&input.schema, &input.provider_config);
    let plain = value.unmark_deep().0;
    let when = "after apply";
    diags.extend(write_only_given(&plain, schema, INVALID_OBJECT, provider, &address, when));
    let value = schema.without_write_only(value);
    if ok(&diags) {
        diags.extend(misplaced_null(input, &value));
    }
    let ok = ok(&diags);
    if value.is_null() {
        // A provider that reports an error and no object has left the object as it was.
        return match (ok, &input.old) {
            (false, Some(old)) => {
                let (value, object) = (input.prior.clone(), Some(old.clone()));
                Settled::Known { value, object, ok, diagnostics: diags }
            }
            _ => Settled::Known { value, object: None, ok, diagnostics: diags },
        };
    }
    // Whether an object must be replaced does not change when it could not be changed.
    let was_tainted = input.old.as_ref().is_some_and(Object::is_tainted);
    let tainted = if input.prior.is_null() { !ok } else { was_tainted && !ok };
    let mut kept = input.object.clone();
    kept.identity = identity.or(kept.identity);
    match encode(&value, schema, private, tainted, &kept) {
        Ok(mut object) => {
            if input.provisioned && ok {
                object.status = ObjectStatus::Tainted;
            }
            Settled::Known { value, object: Some(object), ok, diagnostics: diags }
        }
        Err(why) => {
            let text =
                format!("produced an object for {} that cannot be stored: {why}.", input.addr);
            diags.push(error(input, INVALID_OBJECT, &text));
            unusable(input, diags)
        }
    }
}

/// The state keeps what it had. What was made has no place in it, so that its intent must stay.
fn unusable(input: &EffectInput, diagnostics: ProviderDiagnostics) -> Settled {
    match &input.old {
        None => Settled::Lost(diagnostics),
        Some(old) => {
            let (value, object) = (input.prior.clone(), Some(old.clone()));
            Settled::Known { value, object, ok: false, diagnostics }
        }
    }
}

/// The call was lost.
fn unknown(input: &EffectInput, error: &str) -> AttributeDiagnostic {
    AttributeDiagnostic::error(
        "Result of a provider's operation is not known",
        format!(
            "The provider's call for {} was lost, so that it is not known whether it happened: \
             {error}\n\nThe attempt stays on record. Look for what it may have made before the next \
             apply, which would try it again.",
            input.addr
        ),
    )
}

fn error(input: &EffectInput, summary: &str, what: &str) -> AttributeDiagnostic {
    AttributeDiagnostic::error(
        summary,
        format!(
            "Provider {:?} {what}\n\nThis is a bug in the provider, which should be reported in \
             the provider's own issue tracker.",
            input.provider_config.to_string()
        ),
    )
}

/// The value with null for what is not known, which is complained of.
fn only_known(input: &EffectInput, value: Value, diags: &mut ProviderDiagnostics) -> Value {
    if value.is_wholly_known() {
        return value;
    }
    let mut unknown: Vec<Path> = Vec::new();
    let known = value.transform(|path, part| {
        if part.is_known() {
            part
        } else {
            unknown.push(path.clone());
            Value::null(part.ty())
        }
    });
    diags.extend(unknown.into_iter().map(|path| {
        AttributeDiagnostic::error(
            INVALID_RESULT,
            format!(
                "After the apply operation, the provider still indicated an unknown value for \
                 {}{path}. All values must be known after apply, so this is always a bug in the \
                 provider and should be reported in the provider's own repository. Terraform will \
                 still save the other known object values in the state.",
                input.addr
            ),
        )
    }));
    known
}

/// The value with the marks of what was planned, and those that the schema asks for.
fn with_marks(input: &EffectInput, value: Value) -> Value {
    if value.is_null() {
        return value;
    }
    let marks = input.planned.unmark_deep_with_paths().1;
    let value = if marks.is_empty() { value } else { value.mark_with_paths(&marks) };
    input.schema.mark_sensitive(value)
}

/// Where the result is not what was planned.
fn inconsistent(input: &EffectInput, value: &Value) -> ProviderDiagnostics {
    let block = &input.schema.schema.block;
    let errors = assert_object_compatible(block, &input.planned, value).into_iter();
    let complain = |error| {
        AttributeDiagnostic::error(
            "Provider produced inconsistent result after apply",
            format!(
                "When applying changes to {}, provider {:?} produced an unexpected new value: \
                 {error}.\n\nThis is a bug in the provider, which should be reported in the \
                 provider's own issue tracker.",
                input.addr,
                input.provider_config.to_string(),
            ),
        )
    };
    errors.map(complain).collect()
}

/// That there is an object where there should be none, or the other way round.
fn misplaced_null(input: &EffectInput, value: &Value) -> Option<AttributeDiagnostic> {
    let (kind, rest) = match (input.prior.is_null(), input.planned.is_null(), value.is_null()) {
        (_, true, false) => ("Delete", "returned a non-null object for"),
        (true, false, true) => ("Create", "returned a null object for"),
        (false, false, true) => ("Update", "returned a null object for"),
        _ => return None,
    };
    let why = if value.is_null() {
        "Only destroying should always produce a null value, so this is always a bug in the \
         provider and should be reported in the provider's own repository."
    } else {
        "Destroying should always produce a null value, so this is always a bug in the provider \
         and should be reported in the provider's own repository. Terraform will still save this \
         errant object in the state for debugging and recovery."
    };
    let text = format!("After applying a {kind} plan, the provider {rest} {}. {why}", input.addr);
    Some(AttributeDiagnostic::error(INVALID_RESULT, text))
}
