//! `random_id`: random bytes in several notations, with a prefix.

use std::sync::Arc;

use async_trait::async_trait;
use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use groma_provider_api::native::{
    Checks, Object, Randomness, ResourceType, Rules, hex, random_bytes,
};
use groma_provider_api::{
    ApplyRequest, Attribute, PlanRequest, Planned, ProviderDiagnostics, Schema,
};
use groma_value::{Type, Value};
use num_bigint::BigUint;

use crate::shared::{computed, error, imported, keepers};

/// The resource type.
pub(crate) struct RandomId {
    random: Arc<dyn Randomness>,
    schema: Schema,
}

impl RandomId {
    pub(crate) fn new(random: Arc<dyn Randomness>) -> Self {
        let byte_length = Attribute::new(Type::Number).required();
        let prefix = Attribute::new(Type::String).optional();
        let schema = Schema::of(
            "A random number, to be used in names that must be unique.",
            [
                ("keepers", keepers()),
                ("byte_length", byte_length.describe("How many random bytes, at least 1.")),
                ("prefix", prefix.describe("What each notation but `id` starts with, as it is.")),
                ("b64_url", computed("The bytes, in the base64 that is safe in a URL.")),
                ("b64_std", computed("The bytes, in base64.")),
                ("hex", computed("The bytes, in hexadecimal.")),
                ("dec", computed("The bytes as one decimal number.")),
                ("id", computed("The same as `b64_url`, without the prefix.")),
            ],
        );
        Self { random, schema }
    }
}

/// The notations of some bytes.
fn notations(bytes: &[u8], prefix: &str) -> [(&'static str, Value); 5] {
    let id = BASE64_URL_SAFE_NO_PAD.encode(bytes);
    let prefixed = |text: &str| Value::string(format!("{prefix}{text}"));
    [
        ("b64_url", prefixed(&id)),
        ("b64_std", prefixed(&BASE64_STANDARD.encode(bytes))),
        ("hex", prefixed(&hex(bytes))),
        ("dec", prefixed(&BigUint::from_bytes_be(bytes).to_string())),
        ("id", Value::string(id)),
    ]
}

#[async_trait]
impl ResourceType for RandomId {
    fn name(&self) -> &'static str {
        "random_id"
    }

    fn schema(&self) -> Schema {
        self.schema.clone()
    }

    fn is_pure(&self) -> bool {
        true
    }

    fn validate(&self, config: &Value) -> ProviderDiagnostics {
        Checks::new(config).whole(&["byte_length"]).at_least("byte_length", 1).done()
    }

    fn plan(&self, request: PlanRequest) -> Planned {
        let rules = Rules::new()
            .keep(&["b64_url", "b64_std", "hex", "dec", "id"])
            .replace(&["byte_length", "prefix"])
            .replace_unless_nulls("keepers");
        rules.plan(&self.schema.block, &request)
    }

    async fn create(&self, request: ApplyRequest) -> Result<Value, ProviderDiagnostics> {
        let mut object = Object::new(&request.planned);
        let length = object.int("byte_length").and_then(|length| usize::try_from(length).ok());
        let bytes = random_bytes(&*self.random, length.unwrap_or(0))?;
        for (name, value) in notations(&bytes, object.str("prefix").unwrap_or_default()) {
            object.set(name, value);
        }
        Ok(object.into_value())
    }

    async fn import(&self, id: &str) -> Result<Value, ProviderDiagnostics> {
        let (prefix, id) = id.rsplit_once(',').unwrap_or(("", id));
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(id).map_err(|problem| {
            error(
                "Import Random ID Error",
                format!(
                    "While attempting to import a random id there was a decoding error.\n\nOriginal \
                     Error: {problem}"
                ),
            )
        })?;
        let with_prefix = (!prefix.is_empty()).then(|| ("prefix", Value::from(prefix)));
        let fields = notations(&bytes, prefix).into_iter().chain(with_prefix).chain([
            ("byte_length", Value::number(bytes.len())),
            ("keepers", Value::map(Type::String, Vec::new())),
        ]);
        Ok(imported([("prefix", Type::String)], fields))
    }
}
