//! `random_integer`: a whole number of a range.

use std::sync::Arc;

use async_trait::async_trait;
use groma_provider_api::native::{Checks, Object, Randomness, ResourceType, Rules};
use groma_provider_api::{
    ApplyRequest, Attribute, PlanRequest, Planned, ProviderDiagnostics, Schema,
};
use groma_value::{Type, Value};

use crate::draw;
use crate::go_rand::GoRand;
use crate::shared::{computed, error, imported, keepers};

/// The resource type.
pub(crate) struct RandomInteger {
    random: Arc<dyn Randomness>,
    schema: Schema,
}

impl RandomInteger {
    pub(crate) fn new(random: Arc<dyn Randomness>) -> Self {
        let number = || Attribute::new(Type::Number);
        let seed = Attribute::new(Type::String).optional();
        let schema = Schema::of(
            "A random whole number between two others.",
            [
                ("keepers", keepers()),
                ("min", number().required().describe("The least that it can be.")),
                ("max", number().required().describe("The most that it can be.")),
                ("seed", seed.describe("A text that always gives the same number.")),
                ("result", number().computed().describe("The number.")),
                ("id", computed("The number, as text.")),
            ],
        );
        Self { random, schema }
    }
}

const IMPORT: &str = "Import Random Integer Error";

fn parse(text: &str, what: &str) -> Result<i64, ProviderDiagnostics> {
    text.parse().map_err(|problem| {
        error(
            IMPORT,
            format!(
                "The {what}value supplied could not be parsed as an integer.\n\nOriginal Error: \
                 {problem}"
            ),
        )
    })
}

#[async_trait]
impl ResourceType for RandomInteger {
    fn name(&self) -> &'static str {
        "random_integer"
    }

    fn schema(&self) -> Schema {
        self.schema.clone()
    }

    fn is_pure(&self) -> bool {
        true
    }

    fn validate(&self, config: &Value) -> ProviderDiagnostics {
        Checks::new(config).whole(&["min", "max"]).done()
    }

    fn plan(&self, request: PlanRequest) -> Planned {
        let rules = Rules::new().keep(&["id", "result"]).replace(&["min", "max", "seed"]);
        rules.replace_unless_nulls("keepers").plan(&self.schema.block, &request)
    }

    async fn create(&self, request: ApplyRequest) -> Result<Value, ProviderDiagnostics> {
        const SUMMARY: &str = "Create Random Integer Error";
        let mut object = Object::new(&request.planned);
        let whole = |name: &str| {
            let not_whole = || error(SUMMARY, format!("{name} is not a whole number of 64 bits."));
            object.int(name).ok_or_else(not_whole)
        };
        let (min, max) = (whole("min")?, whole("max")?);
        // How many numbers there are, as far as Go can count them.
        let count = i128::from(max) + 1 - i128::from(min);
        let Some(count) = u64::try_from(count).ok().filter(|count| *count > 0) else {
            let detail = if max < min {
                "The minimum (min) value needs to be smaller than or equal to maximum (max) value."
            } else {
                "The range between min and max has more numbers than can be counted in 64 bits."
            };
            return Err(error(SUMMARY, detail));
        };
        let drawn = match object.str("seed").filter(|seed| !seed.is_empty()) {
            Some(_) if i64::try_from(count).is_err() => {
                return Err(error(SUMMARY, "With a seed, the range must be less than 2^63 wide."));
            }
            Some(seed) => GoRand::from_text(seed).below(count),
            None => draw::below(&*self.random, count)?,
        };
        let number = min.wrapping_add(drawn.cast_signed());
        object.set("result", Value::number(number));
        object.set("id", Value::string(number.to_string()));
        Ok(object.into_value())
    }

    async fn import(&self, id: &str) -> Result<Value, ProviderDiagnostics> {
        let parts: Vec<&str> = id.split(',').collect();
        let (result, min, max, seed) = match parts[..] {
            [result, min, max] => (result, min, max, None),
            [result, min, max, seed] => (result, min, max, Some(seed)),
            _ => {
                return Err(error(
                    IMPORT,
                    "Invalid import usage: expecting {result},{min},{max} or \
                     {result},{min},{max},{seed}",
                ));
            }
        };
        let fields = [
            ("id", Value::from(result)),
            ("result", Value::number(parse(result, "")?)),
            ("min", Value::number(parse(min, "min ")?)),
            ("max", Value::number(parse(max, "max ")?)),
        ];
        Ok(imported(
            [("keepers", Type::map(Type::String)), ("seed", Type::String)],
            fields.into_iter().chain(seed.map(|seed| ("seed", Value::from(seed)))),
        ))
    }
}
