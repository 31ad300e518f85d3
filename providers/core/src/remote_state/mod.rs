//! `terraform_remote_state`: the root outputs of another state.

mod local;

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use groma_provider_api::native::{DataSource, Object};
use groma_provider_api::{
    Attribute, AttributeDiagnostic, Block, DescriptionKind, ProviderDiagnostics, Schema,
};
use groma_value::{Fields, Path, Str, Type, Value};

pub use local::LocalState;

/// The root outputs of a state, by name.
pub type RemoteOutputs = BTreeMap<String, Value>;

/// A kind of place where states are.
#[async_trait]
pub trait RemoteState: Send + Sync {
    /// What configurations call it: `local`.
    fn backend(&self) -> &'static str;

    /// What can be configured.
    fn schema(&self) -> Block;

    /// Checks a configuration that conforms to the schema.
    fn validate(&self, config: &Value) -> ProviderDiagnostics;

    /// The root outputs of a workspace's state; `None` if there is no such state.
    async fn outputs(
        &self,
        config: &Value,
        workspace: &str,
    ) -> Result<Option<RemoteOutputs>, ProviderDiagnostics>;
}

/// What Terraform 1.11 can read besides, and we cannot yet.
const OTHER: [&str; 12] = [
    "azurerm",
    "cloud",
    "consul",
    "cos",
    "gcs",
    "http",
    "inmem",
    "kubernetes",
    "oss",
    "pg",
    "remote",
    "s3",
];
/// What Terraform could read before version 1.3.
const REMOVED: [&str; 5] = ["artifactory", "etcd", "etcdv3", "manta", "swift"];

/// The data source.
pub(crate) struct RemoteStateData {
    backends: Vec<Arc<dyn RemoteState>>,
}

impl RemoteStateData {
    pub(crate) fn new(backends: Vec<Arc<dyn RemoteState>>) -> Self {
        Self { backends }
    }

    /// The backend, and its configuration in the form of its schema.
    fn prepare(&self, config: &Object) -> Result<(&dyn RemoteState, Value), ProviderDiagnostics> {
        const SUMMARY: &str = "Invalid backend configuration";
        let name = config.str("backend").unwrap_or_default();
        // The name that the local backend once had.
        let name = if name == "_local" { "local" } else { name };
        let backend = self.backends.iter().find(|backend| backend.backend() == name);
        let backend = backend.ok_or_else(|| at("backend", SUMMARY, no_backend(name)))?;
        let given = config.get("config");
        let given = match given.as_fields() {
            Some(fields) => Value::object(fields.clone()),
            None if given.is_null() => Value::object(Fields::default()),
            None => given,
        };
        let coerced = backend.schema().coerce_value(&given).map_err(|error| {
            let place =
                if error.path.0.is_empty() { String::new() } else { format!("{}: ", error.path) };
            let detail = format!(
                "The given configuration is not valid for backend {name:?}: {place}{}.",
                error.message
            );
            at("config", SUMMARY, detail)
        })?;
        let problems = backend.validate(&coerced);
        if problems.is_empty() { Ok((&**backend, coerced)) } else { Err(problems) }
    }
}

fn no_backend(name: &str) -> String {
    if REMOVED.contains(&name) {
        format!("The {name:?} backend is not supported in Terraform v1.3 or later.")
    } else if OTHER.contains(&name) {
        format!("Groma does not read states of the {name:?} backend yet.")
    } else {
        format!("There is no backend type named {name:?}.")
    }
}

/// One error about an attribute.
fn at(attribute: &str, summary: &str, detail: impl Into<String>) -> ProviderDiagnostics {
    vec![AttributeDiagnostic::error(summary, detail).at(Path::new().attr(attribute))]
}

/// Whether a value is, or may become, an object or a map.
fn may_be_object(value: &Value) -> bool {
    matches!(value.ty(), Type::Dynamic | Type::Object(_) | Type::Map(_))
}

#[async_trait]
impl DataSource for RemoteStateData {
    fn name(&self) -> &'static str {
        "terraform_remote_state"
    }

    fn schema(&self) -> Schema {
        let attribute = |ty: Type, description: &str| Attribute {
            description_kind: DescriptionKind::Markdown,
            ..Attribute::new(ty).describe(description)
        };
        Schema::of(
            "",
            [
                ("backend", attribute(Type::String, "The kind of backend: `local`.").required()),
                ("config", attribute(Type::Dynamic, "The backend's configuration.").optional()),
                (
                    "defaults",
                    attribute(Type::Dynamic, "Values for outputs that the state does not have.")
                        .optional(),
                ),
                ("outputs", attribute(Type::Dynamic, "The root outputs, as an object.").computed()),
                (
                    "workspace",
                    attribute(Type::String, "The workspace. `default` unless set.").optional(),
                ),
            ],
        )
    }

    fn validate(&self, config: &Value) -> ProviderDiagnostics {
        let config = Object::new(config);
        let given = config.get("config");
        let mut found = Vec::new();
        if given.is_wholly_known() && config.is_known("backend") {
            found.extend(self.prepare(&config).err().unwrap_or_default());
        } else if !may_be_object(&given) {
            let detail = "The configuration must be an object value.";
            found.extend(at("config", "Invalid backend configuration", detail));
        }
        if !may_be_object(&config.get("defaults")) {
            let detail = "Defaults must be given in an object value.";
            found.extend(at("defaults", "Invalid default values", detail));
        }
        found
    }

    async fn read(&self, config: &Value) -> Result<Value, ProviderDiagnostics> {
        let mut object = Object::new(config);
        let (backend, prepared) = self.prepare(&object)?;
        let workspace = object.str("workspace").unwrap_or("default");
        let Some(outputs) = backend.outputs(&prepared, workspace).await? else {
            let detail = "No stored state was found for the given workspace in the given backend.";
            return Err(at("workspace", "Unable to find remote state", detail));
        };
        let defaults = object.get("defaults");
        let defaults = defaults.as_fields().into_iter().flat_map(Fields::iter);
        let mut values: BTreeMap<Str, Value> =
            defaults.map(|(name, value)| (name.clone(), value.clone())).collect();
        values.extend(outputs.into_iter().map(|(name, value)| (Str::from(name), value)));
        object.set("outputs", Value::object_of(values));
        Ok(object.into_value())
    }
}

#[cfg(test)]
mod tests;
