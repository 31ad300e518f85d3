//! Objects of the state, decoded by schema and encoded again.

use std::sync::Arc;

use groma_provider_api::{AttributeDiagnostic, Private, Provider, ProviderDiagnostics};
use groma_state::{Attributes, Object, ObjectStatus};
use groma_value::{Marks, Path, Value, to_json};

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
}

/// Decodes an object, with its provider's upgrade if it is of an older schema version.
pub(crate) async fn decode(
    provider: &dyn Provider,
    ty: &str,
    schema: &TypeSchema,
    object: &Object,
) -> Result<Decoded, ProviderDiagnostics> {
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
                "The current state of this object was created by a newer provider version than is \
                 currently selected: it has schema version {}, and {} is the newest known. Upgrade \
                 the provider to work with this state.",
                object.schema_version, schema.schema.version
            ),
        )]);
    }
    let upgraded = provider.upgrade(ty, object.schema_version, json).await?;
    let stored: Vec<(Path, Marks)> =
        object.sensitive_paths.iter().map(|path| (path.clone(), Marks::SENSITIVE)).collect();
    let mut value = upgraded.value;
    if !stored.is_empty() {
        value = value.mark_with_paths(&stored);
    }
    Ok(Decoded {
        value: schema.mark_sensitive(value),
        private: Arc::clone(&object.private),
        tainted: object.is_tainted(),
        object: PlannedObject {
            schema_version: schema.schema.version,
            dependencies: Arc::clone(&object.dependencies),
            create_before_destroy: object.create_before_destroy,
        },
    })
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
        identity: None,
        private,
        dependencies: Arc::clone(&planned.dependencies),
        create_before_destroy: planned.create_before_destroy,
        extra: None,
    })
}
