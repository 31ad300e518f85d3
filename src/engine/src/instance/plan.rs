//! Planning the change of one managed object.

use std::sync::Arc;

use groma_addr::ProviderConfig;
use groma_provider_api::objchange::{assert_plan_valid, proposed_new_state};
use groma_provider_api::{
    AttributeDiagnostic, PlanRequest, Planned, Private, Provider, ProviderDiagnostics, has_errors,
};
use groma_value::{Marks, Path, Type, Value};

use super::ignore::Ignore;
use super::path::same_path;
use super::sound::{conforms, write_only_given};
use crate::pool::TypeSchema;
use crate::{Action, ActionReason};

/// Everything that a change follows from.
pub(crate) struct ChangeInput {
    /// Who plans it; configured.
    pub(crate) provider: Arc<dyn Provider>,
    /// Its configuration's address, for messages.
    pub(crate) provider_config: Arc<ProviderConfig>,
    /// The instance's address, for messages.
    pub(crate) address: String,
    /// The resource type.
    pub(crate) ty: Arc<str>,
    /// Its schema.
    pub(crate) schema: Arc<TypeSchema>,
    /// The object as it is, with marks; `None` if there is none.
    pub(crate) prior: Option<PriorObject>,
    /// What the configuration says, with marks.
    pub(crate) config: Value,
    /// `ignore_changes`
    pub(crate) ignore: Ignore,
    /// Whether `-replace` asks for a new object.
    pub(crate) requested: bool,
    /// Whether something in `replace_triggered_by` is about to change.
    pub(crate) triggered: bool,
    /// Whether a replacement is made before the old object is destroyed.
    pub(crate) create_before_destroy: bool,
    /// What its module tells the provider.
    pub(crate) meta: Option<Value>,
}

/// The object that a change starts from.
#[derive(Clone, Debug)]
pub(crate) struct PriorObject {
    /// With the marks that state and schema put on it.
    pub(crate) value: Value,
    /// The provider's own.
    pub(crate) private: Private,
    /// Whether it must be replaced.
    pub(crate) tainted: bool,
    /// What names it.
    pub(crate) identity: Option<Value>,
}

/// A planned change, and what is wrong with it.
pub(crate) struct ChangeAnswer {
    /// `None` if it could not be planned.
    pub(crate) change: Option<PlannedChange>,
    /// Problems, with paths into the configuration.
    pub(crate) diagnostics: ProviderDiagnostics,
}

/// A planned change.
#[derive(Clone, Debug)]
pub(crate) struct PlannedChange {
    pub(crate) action: Action,
    pub(crate) reason: ActionReason,
    /// Null if there is none.
    pub(crate) before: Value,
    pub(crate) after: Value,
    pub(crate) required_replace: Vec<Path>,
    pub(crate) private: Private,
    /// What will name the object.
    pub(crate) identity: Option<Value>,
}

/// Plans the change.
pub(crate) async fn plan_change(input: ChangeInput) -> ChangeAnswer {
    let mut diagnostics = Vec::new();
    let change = plan(&input, &mut diagnostics).await;
    let failed = has_errors(&diagnostics);
    ChangeAnswer { change: change.filter(|_| !failed), diagnostics }
}

async fn plan(input: &ChangeInput, diags: &mut ProviderDiagnostics) -> Option<PlannedChange> {
    let schema = &input.schema;
    let block = &schema.schema.block;
    let (written, config_marks) = input.config.unmark_deep_with_paths();
    diags.extend(input.provider.validate_resource(&input.ty, &written).await);
    if has_errors(diags) {
        return None;
    }
    let null = Value::null(schema.ty.clone());
    // A tainted object is planned as a creation, and shown as a replacement.
    let prior = input.prior.as_ref().filter(|prior| !prior.tainted);
    let kept = Kept {
        private: prior.map_or_else(Arc::default, |prior| Arc::clone(&prior.private)),
        identity: prior.and_then(|prior| prior.identity.clone()),
    };
    let (prior, prior_marks) =
        prior.map_or_else(|| (null.clone(), Vec::new()), |p| p.value.unmark_deep_with_paths());
    let config = input.ignore.apply(&prior, &written, block);
    let marks = if prior.is_null() {
        after_marks(&config_marks)
    } else {
        after_marks(&input.ignore.marks(&prior_marks, &config_marks))
    };
    let first = ask(input, &prior, &config, kept, diags).await?;
    let mut after = first.value;
    let mut kept = first.kept;
    let required_replace = required_replace(&first.requires_replace, &prior, &after, input, diags)?;

    let (mut action, mut reason) = decide(input, &prior, &after, &required_replace);
    if action.is_replace() {
        // As of an object that is not there: neither computed values of the old one nor what was
        // ignored in its favour must stay.
        kept.identity = None;
        let again = ask_anew(input, &null, &written, kept, diags).await?;
        after = again.value;
        kept = again.kept;
    }
    let before = input.prior.as_ref().map_or(null, |prior| prior.value.clone());
    if input.prior.as_ref().is_some_and(|prior| prior.tainted) {
        action = replacement(input);
        reason = ActionReason::ReplaceBecauseTainted;
    }
    if input.triggered {
        reason = ActionReason::ReplaceByTriggers;
    }
    let after = schema.mark_sensitive(after.mark_with_paths(&marks));
    if action == Action::NoOp && !same_marks(&prior_marks, &after.unmark_deep_with_paths().1) {
        // What is shown of it changes, though nothing else does.
        action = Action::Update;
    }
    let Kept { private, identity } = kept;
    Some(PlannedChange { action, reason, before, after, required_replace, private, identity })
}

/// What is to be done, taints aside, and why.
fn decide(
    input: &ChangeInput,
    prior: &Value,
    after: &Value,
    required_replace: &[Path],
) -> (Action, ActionReason) {
    let forced = input.requested || input.triggered;
    if prior.is_null() {
        (Action::Create, ActionReason::None)
    } else if forced {
        (replacement(input), ActionReason::ReplaceByRequest)
    } else if after.equals(prior).as_bool() == Some(true) {
        (Action::NoOp, ActionReason::None)
    } else if required_replace.is_empty() {
        (Action::Update, ActionReason::None)
    } else {
        (replacement(input), ActionReason::ReplaceBecauseCannotUpdate)
    }
}

fn replacement(input: &ChangeInput) -> Action {
    if input.create_before_destroy { Action::CreateThenDelete } else { Action::DeleteThenCreate }
}

/// The marks of the configuration that stay on the planned object. What is ephemeral is not
/// stored, so only write-only arguments may have that mark.
fn after_marks(config: &[(Path, Marks)]) -> Vec<(Path, Marks)> {
    let kept = config.iter().map(|(path, marks)| (path.clone(), marks.without(Marks::EPHEMERAL)));
    kept.filter(|(_, marks)| !marks.is_empty()).collect()
}

/// Whether the same parts are marked, in whatever order.
pub(crate) fn same_marks(a: &[(Path, Marks)], b: &[(Path, Marks)]) -> bool {
    let within = |a: &[(Path, Marks)], b: &[(Path, Marks)]| {
        a.iter().all(|(path, marks)| {
            b.iter().any(|(other, others)| marks == others && same_path(path, other))
        })
    };
    a.len() == b.len() && within(a, b)
}

/// An answer of the provider that was found sound.
struct Sound {
    value: Value,
    requires_replace: Vec<Path>,
    kept: Kept,
}

/// What goes with an object besides its value.
struct Kept {
    /// The provider's own.
    private: Private,
    /// What names it.
    identity: Option<Value>,
}

/// Asks the provider for the planned object, and checks that it keeps to the configuration.
async fn ask(
    input: &ChangeInput,
    prior: &Value,
    config: &Value,
    kept: Kept,
    diags: &mut ProviderDiagnostics,
) -> Option<Sound> {
    let block = &input.schema.schema.block;
    let (mut sound, legacy, found) = request(input, prior, config, kept).await;
    diags.extend(found);
    if has_errors(diags) {
        return None;
    }
    if legacy {
        // Such providers change values that were ignored already.
        sound.value = input.ignore.revert(prior, &sound.value);
        return Some(sound);
    }
    for error in assert_plan_valid(block, prior, config, &sound.value) {
        let text = format!("planned an invalid value for {}{error}.", input.address);
        diags.push(invalid(input, &text));
    }
    (!has_errors(diags)).then_some(sound)
}

/// Asks the provider for the new object of a replacement. Its warnings are those of before.
async fn ask_anew(
    input: &ChangeInput,
    null: &Value,
    config: &Value,
    kept: Kept,
    diags: &mut ProviderDiagnostics,
) -> Option<Sound> {
    let (sound, _, found) = request(input, null, config, kept).await;
    if has_errors(&found) {
        diags.extend(found);
        return None;
    }
    Some(sound)
}

/// The provider's answer, whether the legacy type system's tolerances hold for it, and problems:
/// with errors among them, the answer means nothing.
async fn request(
    input: &ChangeInput,
    prior: &Value,
    config: &Value,
    Kept { private, identity }: Kept,
) -> (Sound, bool, ProviderDiagnostics) {
    let schema = &*input.schema;
    let proposed = proposed_new_state(&schema.schema.block, prior, config);
    let request = PlanRequest {
        ty: Arc::clone(&input.ty),
        prior: prior.clone(),
        config: config.clone(),
        proposed,
        private,
        identity,
        meta: input.meta.clone(),
    };
    let Planned { value, requires_replace, private, identity, legacy_type_system, diagnostics } =
        input.provider.plan(request).await;
    let mut diags = diagnostics;
    let value = value.unwrap_or_else(|| {
        if !has_errors(&diags) {
            diags.push(invalid(input, &format!("planned no object for {}.", input.address)));
        }
        Value::null(schema.ty.clone())
    });
    if !has_errors(&diags) {
        if let Err(misfit) = conforms(&value, &schema.ty) {
            let text = format!("planned an invalid value for {}{misfit}.", input.address);
            diags.push(invalid(input, &text));
        } else {
            diags.extend(write_only_given(
                &value,
                schema,
                INVALID_PLAN,
                &input.provider_config,
                &input.address,
                "during planning",
            ));
        }
    }
    if let (Some(identity), Some(named)) = (&identity, &schema.identity)
        && !has_errors(&diags)
        && let Err(misfit) = conforms(identity, &named.ty)
    {
        let text = format!("planned an invalid identity for {}{misfit}.", input.address);
        diags.push(invalid(input, &text));
    }
    let kept = Kept { private: private.unwrap_or_default(), identity };
    (Sound { value, requires_replace, kept }, legacy_type_system, diags)
}

/// Has a provider plan the end of an object. Gives what it keeps for the effect, and problems.
pub(crate) async fn plan_destruction(
    provider: &dyn Provider,
    source: &groma_addr::Provider,
    addr: &groma_addr::ResourceInstance,
    prior: Value,
    private: Private,
    identity: Option<Value>,
) -> (Option<Private>, ProviderDiagnostics) {
    let null = Value::null(prior.ty());
    let request = PlanRequest {
        ty: Arc::clone(&addr.resource.ty),
        prior,
        config: null.clone(),
        proposed: null,
        private,
        identity,
        meta: None,
    };
    let Planned { value, private, mut diagnostics, .. } = provider.plan(request).await;
    if !has_errors(&diagnostics) && value.is_some_and(|value| !value.is_null()) {
        diagnostics.push(AttributeDiagnostic::error(
            INVALID_PLAN,
            format!(
                "Provider {:?} planned a non-null destroy value for {addr}.\n\nThis is a bug in \
                 the provider, which should be reported in the provider's own issue tracker.",
                source.to_string()
            ),
        ));
    }
    (private, diagnostics)
}

const INVALID_PLAN: &str = "Provider produced invalid plan";

fn invalid(input: &ChangeInput, what: &str) -> AttributeDiagnostic {
    AttributeDiagnostic::error(
        INVALID_PLAN,
        format!(
            "Provider {:?} {what}\n\nThis is a bug in the provider, which should be reported in \
             the provider's own issue tracker.",
            input.provider_config.provider.to_string()
        ),
    )
}

/// The paths whose change takes a new object, without those whose value stays.
fn required_replace(
    paths: &[Path],
    prior: &Value,
    planned: &Value,
    input: &ChangeInput,
    diags: &mut ProviderDiagnostics,
) -> Option<Vec<Path>> {
    let mut required = Vec::new();
    if prior.is_null() {
        return Some(required);
    }
    for path in paths {
        let (was, is) = (prior.at_path(path), planned.at_path(path));
        if was.is_none() && is.is_none() {
            let text = format!(
                "has indicated \"requires replacement\" on {} for a non-existent attribute path \
                 {path}.",
                input.address
            );
            diags.push(invalid(input, &text));
            return None;
        }
        let null = Value::null(Type::Dynamic);
        let same = was.unwrap_or(&null).equals(is.unwrap_or(&null)).as_bool() == Some(true);
        if !same {
            required.push(path.clone());
        }
    }
    Some(required)
}
