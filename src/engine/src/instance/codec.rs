//! Objects of the state, decoded by schema and encoded again.

use std::sync::Arc;

use groma_addr::ResourceInstance;
use groma_provider_api::{Answer, Answered, AttributeDiagnostic, Private, Provider};
use groma_state::{Attributes, Identity, Object, ObjectStatus};
use groma_value::{Marks, Path, Value, from_json, to_json};

use super::sound::conforms;
use crate::PlannedObject;
use crate::pool::TypeSchema;

/// An object of the state, decoded.
#[derive(Clone, Debug)]
pub(crate) struct Decoded {
    /// Conforms to the current schema. With the marks that state and schema put on it.
    pub(crate) value: Value,
    /// The provider's own.
    pub(crate) private: Private,
    /// Whether it must be replaced.
    pub(crate) tainted: bool,
    /// What goes back into the state with it.
    pub(crate) object: PlannedObject,
    /// The value that the state had, where the refresh found another.
    pub(crate) was: Option<Value>,
}

/// Decodes an object, with its provider's upgrade if it is of an older schema version.
pub(crate) async fn decode(
    provider: &dyn Provider,
    addr: &ResourceInstance,
    schema: &TypeSchema,
    object: &Object,
) -> Answer<Decoded> {
    let ty = &*addr.resource.ty;
    // The provider's name as the type implies it.
    let named = ty.split('_').next().unwrap_or(ty);
    let json = match &object.attributes {
        Attributes::Json(json) => json,
        Attributes::Flat(_) => {
            return Err(vec![AttributeDiagnostic::error(
                "Unsupported state format",
                "The object was stored by Terraform 0.11 or earlier. Apply it once with Terraform \
                 0.12 to 1.x, which writes the current format.",
            )]);
        }
    };
    if object.schema_version > schema.schema.version {
        return Err(vec![AttributeDiagnostic::error(
            "Resource instance managed by newer provider version",
            format!(
                "The current state of {addr} was created by a newer provider version than is \
                 currently selected. Upgrade the {named} provider to work with this state."
            ),
        )]);
    }
    let Answered { answer: upgraded, mut warnings } =
        provider.upgrade(ty, object.schema_version, json).await?;
    let stored: Vec<(Path, Marks)> =
        object.sensitive_paths.iter().map(|path| (path.clone(), Marks::SENSITIVE)).collect();
    let mut value = upgraded.value;
    let invalid = |what: String| {
        let error = format!(
            "The {named} provider upgraded the state for {addr} from a previous version, but \
             produced an invalid result: {what}."
        );
        Err(vec![AttributeDiagnostic::error("Invalid resource state upgrade", error)])
    };
    if let Err(misfit) = conforms(&value, &schema.ty) {
        return invalid(misfit.to_string());
    }
    if value.is_null() || !value.is_wholly_known() {
        return invalid("not all of it is known".to_owned());
    }
    if !stored.is_empty() {
        value = value.mark_with_paths(&stored);
    }
    let identity = decode_identity(provider, ty, schema, object).await?;
    warnings.extend(identity.warnings);
    let answer = Decoded {
        value: schema.mark_sensitive(value),
        private: Arc::clone(&object.private),
        tainted: object.is_tainted(),
        object: PlannedObject {
            schema_version: schema.schema.version,
            dependencies: object.dependencies.clone(),
            create_before_destroy: object.create_before_destroy,
            identity: identity.answer,
        },
        was: None,
    };
    Ok(Answered { answer, warnings })
}

/// What names an object, as the provider's current schema has it; `None` if objects of the type
/// have no names any more.
async fn decode_identity(
    provider: &dyn Provider,
    ty: &str,
    schema: &TypeSchema,
    object: &Object,
) -> Answer<Option<Value>> {
    let (Some(_), Some(identity)) = (&schema.identity, &object.identity) else {
        return Ok(None.into());
    };
    if let Some(value) = known_identity(object, schema) {
        return Ok(Some(value).into());
    }
    let upgraded = provider.upgrade_identity(ty, identity.schema_version, &identity.json).await?;
    Ok(upgraded.map(Some))
}

/// Encodes an object for the state. Its value must be wholly known and not null.
pub(crate) fn encode(
    value: &Value,
    schema: &TypeSchema,
    private: Private,
    tainted: bool,
    planned: &PlannedObject,
) -> Result<Object, groma_value::JsonError> {
    let (plain, marks) = value.unmark_deep_with_paths();
    let json = to_json(&plain, &schema.ty)?;
    let sensitive = marks.into_iter().filter(|(_, marks)| marks.sensitive()).map(|(path, _)| path);
    Ok(Object {
        status: if tainted { ObjectStatus::Tainted } else { ObjectStatus::Ready },
        schema_version: schema.schema.version,
        attributes: Attributes::Json(json.into()),
        sensitive_paths: sensitive.collect(),
        identity: planned.identity.as_ref().and_then(|value| encode_identity(value, schema)),
        private,
        dependencies: planned.dependencies.clone(),
        create_before_destroy: planned.create_before_destroy,
        extra: None,
    })
}

/// What names an object of the state, if it was stored under the current version of its schema.
pub(crate) fn known_identity(object: &Object, schema: &TypeSchema) -> Option<Value> {
    let (identity, named) = object.identity.as_ref().zip(schema.identity.as_ref())?;
    let current = identity.schema_version == named.version;
    current.then(|| from_json(&identity.json, &named.ty).ok()).flatten()
}

/// What names an object, for the state; `None` while it is not known.
fn encode_identity(value: &Value, schema: &TypeSchema) -> Option<Identity> {
    let named = schema.identity.as_ref().filter(|_| value.is_wholly_known())?;
    let json = to_json(value, &named.ty).ok()?.into();
    Some(Identity { schema_version: named.version, json })
}
