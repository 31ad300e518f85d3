//! Planning the change of one managed object.

use std::sync::Arc;

use groma_provider_api::objchange::{assert_plan_valid, proposed_new_state};
use groma_provider_api::{
    AttributeDiagnostic, PlanRequest, Planned, Private, Provider, ProviderDiagnostics,
};
use groma_value::{Marks, Path, Type, Value};

use super::ignore::Ignore;
use super::path::same_path;
use crate::pool::TypeSchema;
use crate::{Action, ActionReason};

/// Everything that a change follows from.
pub(crate) struct ChangeInput {
    /// Who plans it; configured.
    pub(crate) provider: Arc<dyn Provider>,
    /// The provider's source, for messages.
    pub(crate) source: groma_addr::Provider,
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
    /// Why the object is to be replaced whatever the provider says.
    pub(crate) force: Option<ActionReason>,
    /// Whether a replacement is made before the old object is destroyed.
    pub(crate) create_before_destroy: bool,
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
}

/// Plans the change.
pub(crate) async fn plan_change(input: ChangeInput) -> ChangeAnswer {
    let mut diagnostics = Vec::new();
    let change = plan(&input, &mut diagnostics).await;
    let failed = diagnostics.iter().any(|d| d.severity == groma_diag::Severity::Error);
    ChangeAnswer { change: change.filter(|_| !failed), diagnostics }
}

fn has_errors(diagnostics: &ProviderDiagnostics) -> bool {
    diagnostics.iter().any(|d| d.severity == groma_diag::Severity::Error)
}

async fn plan(input: &ChangeInput, diags: &mut ProviderDiagnostics) -> Option<PlannedChange> {
    let schema = &input.schema;
    let (config, config_marks) = input.config.unmark_deep_with_paths();
    diags.extend(input.provider.validate_resource(&input.ty, &config).await);
    if has_errors(diags) {
        return None;
    }
    let null = Value::null(schema.ty.clone());
    // A tainted object is planned as a creation, and shown as a replacement.
    let (prior, prior_marks) = match &input.prior {
        Some(prior) if !prior.tainted => prior.value.unmark_deep_with_paths(),
        _ => (null.clone(), Vec::new()),
    };
    let kept = input.ignore.apply(&prior, &config, &schema.schema.block);
    let private = match &input.prior {
        Some(prior) => Arc::clone(&prior.private),
        None => Arc::default(),
    };
    let first = ask(input, &prior, &kept, private, diags).await?;
    let marks = after_marks(&config_marks);
    let mut after = first.value;
    let mut private = first.private;
    let required_replace = required_replace(&first.requires_replace, &prior, &after, input, diags)?;

    let same = after.equals(&prior).as_bool() == Some(true);
    let mut reason = ActionReason::None;
    let forced = input.force.filter(|_| !prior.is_null());
    let mut action = if prior.is_null() {
        Action::Create
    } else if same && forced.is_none() {
        Action::NoOp
    } else if forced.is_some() || !required_replace.is_empty() {
        reason = forced.unwrap_or(ActionReason::ReplaceBecauseCannotUpdate);
        replacement(input)
    } else {
        Action::Update
    };
    let mut before = input.prior.as_ref().map_or_else(|| null.clone(), |p| p.value.clone());
    if action.is_replace() {
        // As of an object that is not there: computed values of the old one must not stay, and
        // there is nothing left that what is ignored could keep.
        let again = ask(input, &null, &config, private, diags).await?;
        after = again.value;
        private = again.private;
    }
    match &input.prior {
        Some(prior) if prior.tainted => {
            action = replacement(input);
            reason = ActionReason::ReplaceBecauseTainted;
        }
        Some(_) => {}
        None => before = null,
    }
    let after = schema.mark_sensitive(after.mark_with_paths(&marks));
    let after = schema.without_write_only(after);
    if action == Action::NoOp && !same_marks(&prior_marks, &after.unmark_deep_with_paths().1) {
        // What is shown of it changes, though nothing else does.
        action = Action::Update;
    }
    Some(PlannedChange { action, reason, before, after, required_replace, private })
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
fn same_marks(a: &[(Path, Marks)], b: &[(Path, Marks)]) -> bool {
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
    private: Private,
}

/// Asks the provider for the planned object, and checks the answer.
async fn ask(
    input: &ChangeInput,
    prior: &Value,
    config: &Value,
    private: Private,
    diags: &mut ProviderDiagnostics,
) -> Option<Sound> {
    let block = &input.schema.schema.block;
    let proposed = proposed_new_state(block, prior, config);
    let Planned { value, requires_replace, private, legacy_type_system, diagnostics } = input
        .provider
        .plan(PlanRequest {
            ty: Arc::clone(&input.ty),
            prior: prior.clone(),
            config: config.clone(),
            proposed,
            private,
        })
        .await;
    diags.extend(diagnostics);
    if has_errors(diags) {
        return None;
    }
    let invalid = |what: String| {
        AttributeDiagnostic::error(
            "Provider produced invalid plan",
            format!(
                "Provider {:?} {what}\n\nThis is a bug in the provider, which should be reported \
                 in the provider's own issue tracker.",
                input.source.to_string()
            ),
        )
    };
    let Some(value) = value else {
        diags.push(invalid(format!("planned no object for {}.", input.address)));
        return None;
    };
    if let Err(error) = conforms(&value, &input.schema.ty) {
        diags.push(invalid(format!("planned an invalid value for {}. {error}.", input.address)));
        return None;
    }
    if !legacy_type_system {
        for error in assert_plan_valid(block, prior, config, &value) {
            let text = format!("planned an invalid value for {}{error}.", input.address);
            diags.push(invalid(text));
        }
        if has_errors(diags) {
            return None;
        }
    }
    let private = private.unwrap_or_default();
    Some(Sound { value, requires_replace, private })
}

/// Whether a value that a provider gave is of the type that its schema says.
pub(crate) fn conforms(value: &Value, ty: &Type) -> Result<(), String> {
    let has = value.ty();
    if fits(&has, ty) { Ok(()) } else { Err("the value does not conform to the schema".to_owned()) }
}

/// Whether a value's type is one that the schema's type stands for, dynamic parts being free.
fn fits(has: &Type, wants: &Type) -> bool {
    match (has, wants) {
        (_, Type::Dynamic) => true,
        (Type::List(a), Type::List(b))
        | (Type::Set(a), Type::Set(b))
        | (Type::Map(a), Type::Map(b)) => fits(a, b),
        (Type::Tuple(a), Type::Tuple(b)) => {
            a.len() == b.len() && a.iter().zip(&**b).all(|(a, b)| fits(a, b))
        }
        (Type::Object(a), Type::Object(b)) => {
            a.attributes.len() == b.attributes.len()
                && a.attributes
                    .iter()
                    .zip(&b.attributes)
                    .all(|((ak, a), (bk, b))| ak == bk && fits(&a.ty, &b.ty))
        }
        (a, b) => a == b,
    }
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
            diags.push(AttributeDiagnostic::error(
                "Provider produced invalid plan",
                format!(
                    "Provider {:?} has indicated \"requires replacement\" on {} for a non-existent \
                     attribute path {path}.\n\nThis is a bug in the provider, which should be \
                     reported in the provider's own issue tracker.",
                    input.source.to_string(),
                    input.address,
                ),
            ));
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
