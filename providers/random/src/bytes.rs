//! `random_bytes`: secret bytes.

use std::sync::Arc;

use async_trait::async_trait;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use groma_provider_api::native::{
    Checks, Object, Randomness, ResourceType, Rules, hex, random_bytes,
};
use groma_provider_api::{
    ApplyRequest, Attribute, PlanRequest, Planned, ProviderDiagnostics, Schema,
};
use groma_value::{Type, Value};

use crate::shared::{computed, error, imported, keepers, static_id};

/// The resource type.
pub(crate) struct RandomBytes {
    random: Arc<dyn Randomness>,
    schema: Schema,
}

impl RandomBytes {
    pub(crate) fn new(random: Arc<dyn Randomness>) -> Self {
        let length = Attribute::new(Type::Number).required();
        let schema = Schema::of(
            "Random bytes, to be used as a secret or a key.",
            [
                ("keepers", keepers()),
                ("length", length.describe("How many bytes, at least 1.")),
                ("base64", computed("The bytes, in base64.").sensitive()),
                ("hex", computed("The bytes, in hexadecimal.").sensitive()),
                ("id", static_id()),
            ],
        );
        Self { random, schema }
    }
}

#[async_trait]
impl ResourceType for RandomBytes {
    fn name(&self) -> &'static str {
        "random_bytes"
    }

    fn schema(&self) -> Schema {
        self.schema.clone()
    }

    fn is_pure(&self) -> bool {
        true
    }

    fn validate(&self, config: &Value) -> ProviderDiagnostics {
        Checks::new(config).whole(&["length"]).at_least("length", 1).done()
    }

    fn plan(&self, request: PlanRequest) -> Planned {
        let rules = Rules::new().keep(&["base64", "hex", "id"]).replace(&["length"]);
        rules.replace_unless_nulls("keepers").plan(&self.schema.block, &request)
    }

    async fn create(&self, request: ApplyRequest) -> Result<Value, ProviderDiagnostics> {
        let mut object = Object::new(&request.planned);
        let length = object.int("length").and_then(|length| usize::try_from(length).ok());
        let bytes = random_bytes(&*self.random, length.unwrap_or(0))?;
        object.set("base64", Value::string(BASE64_STANDARD.encode(&bytes)));
        object.set("hex", Value::string(hex(&bytes)));
        object.set("id", Value::from("none"));
        Ok(object.into_value())
    }

    async fn import(&self, id: &str) -> Result<Value, ProviderDiagnostics> {
        let bytes = BASE64_STANDARD.decode(id).map_err(|problem| {
            error(
                "Import Random bytes Error",
                format!(
                    "There was an error during the parsing of the base64 string.\n\nOriginal Error: \
                     {problem}"
                ),
            )
        })?;
        Ok(imported(
            [("keepers", Type::map(Type::String))],
            [
                ("id", Value::from("none")),
                ("length", Value::number(bytes.len())),
                ("base64", Value::from(id)),
                ("hex", Value::string(hex(&bytes))),
            ],
        ))
    }
}
