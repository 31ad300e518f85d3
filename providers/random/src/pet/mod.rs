//! `random_pet`: a name of words, easy to remember and to tell apart.

mod words;

use std::sync::Arc;

use async_trait::async_trait;
use groma_provider_api::native::{
    Checks, Object, Randomness, RandomnessError, ResourceType, Rules,
};
use groma_provider_api::{
    ApplyRequest, Attribute, PlanRequest, Planned, ProviderDiagnostics, Schema,
};
use groma_value::{Type, Value};

use self::words::{ADJECTIVES, ADVERBS, ANIMALS};
use crate::draw;
use crate::shared::{computed, error, keepers};

/// The resource type.
pub(crate) struct RandomPet {
    random: Arc<dyn Randomness>,
    schema: Schema,
}

impl RandomPet {
    pub(crate) fn new(random: Arc<dyn Randomness>) -> Self {
        let string = || Attribute::new(Type::String).optional();
        let length = Attribute::new(Type::Number).optional().computed();
        let separator = string().computed();
        let schema = Schema::of(
            "A random name of words, to be used in names that must be unique.",
            [
                ("keepers", keepers()),
                ("length", length.describe("How many words. 2 unless set.")),
                ("prefix", string().describe("What the name starts with, before a separator.")),
                ("separator", separator.describe("What is between words. A hyphen unless set.")),
                ("id", computed("The name.")),
            ],
        );
        Self { random, schema }
    }

    /// A noun, an adjective before it, and adverbs before those.
    fn name(&self, length: i64, separator: &str) -> Result<String, RandomnessError> {
        let mut words = Vec::new();
        for _ in 2..length {
            words.push(draw::one_of(&*self.random, ADVERBS)?);
        }
        if length != 1 {
            words.push(draw::one_of(&*self.random, ADJECTIVES)?);
        }
        words.push(draw::one_of(&*self.random, ANIMALS)?);
        Ok(words.join(separator).to_lowercase())
    }
}

/// More words than anybody means.
const MOST: i64 = 100_000;

#[async_trait]
impl ResourceType for RandomPet {
    fn name(&self) -> &'static str {
        "random_pet"
    }

    fn schema(&self) -> Schema {
        self.schema.clone()
    }

    fn is_pure(&self) -> bool {
        true
    }

    fn validate(&self, config: &Value) -> ProviderDiagnostics {
        Checks::new(config).whole(&["length"]).done()
    }

    fn plan(&self, request: PlanRequest) -> Planned {
        let rules = Rules::new()
            .default_to("length", Value::from(2))
            .default_to("separator", Value::from("-"))
            .keep(&["id"])
            .replace(&["length", "prefix", "separator"])
            .replace_unless_nulls("keepers");
        rules.plan(&self.schema.block, &request)
    }

    async fn create(&self, request: ApplyRequest) -> Result<Value, ProviderDiagnostics> {
        let mut object = Object::new(&request.planned);
        let length = object.int("length").unwrap_or(2);
        if length > MOST {
            let detail = format!("length must be at most {MOST}, got: {length}");
            return Err(error("Create Random Pet Error", detail));
        }
        let separator = object.str("separator").unwrap_or("-");
        let name = self.name(length, separator)?;
        let name = match object.str("prefix").filter(|prefix| !prefix.is_empty()) {
            Some(prefix) => format!("{prefix}{separator}{name}"),
            None => name,
        };
        object.set("id", Value::string(name));
        Ok(object.into_value())
    }
}
