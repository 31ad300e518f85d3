//! `random_shuffle`: a list in random order.

use std::sync::Arc;

use async_trait::async_trait;
use groma_provider_api::native::{
    Checks, Object, Randomness, RandomnessError, ResourceType, Rules,
};
use groma_provider_api::{
    ApplyRequest, Attribute, PlanRequest, Planned, ProviderDiagnostics, Schema,
};
use groma_value::{Type, Value};

use crate::draw;
use crate::go_rand::GoRand;
use crate::shared::{error, keepers, static_id};

/// The resource type.
pub(crate) struct RandomShuffle {
    random: Arc<dyn Randomness>,
    schema: Schema,
}

impl RandomShuffle {
    pub(crate) fn new(random: Arc<dyn Randomness>) -> Self {
        let strings = || Attribute::new(Type::list(Type::String));
        let seed = Attribute::new(Type::String).optional();
        let count = Attribute::new(Type::Number).optional();
        let schema = Schema::of(
            "A random permutation of a list of strings.",
            [
                ("keepers", keepers()),
                ("seed", seed.describe("A text that always gives the same order.")),
                ("input", strings().required().describe("The strings.")),
                (
                    "result_count",
                    count.describe(
                        "How many strings to give: as many as there are, unless set. If more, the \
                         list is shuffled again and again.",
                    ),
                ),
                ("result", strings().computed().describe("The strings in random order.")),
                ("id", static_id()),
            ],
        );
        Self { random, schema }
    }

    fn order(
        &self,
        seed: Option<&str>,
        length: usize,
        count: usize,
    ) -> Result<Vec<usize>, RandomnessError> {
        let mut seeded = seed.map(GoRand::from_text);
        let mut order = Vec::new();
        while length > 0 && order.len() < count {
            let batch = if let Some(random) = &mut seeded {
                random.permutation(length)
            } else {
                let mut batch: Vec<usize> = (0..length).collect();
                draw::shuffle(&*self.random, &mut batch)?;
                batch
            };
            order.extend(batch);
        }
        order.truncate(count);
        Ok(order)
    }
}

/// More results than anybody means, which would fill the memory.
const MOST: usize = 10_000_000;

#[async_trait]
impl ResourceType for RandomShuffle {
    fn name(&self) -> &'static str {
        "random_shuffle"
    }

    fn schema(&self) -> Schema {
        self.schema.clone()
    }

    fn is_pure(&self) -> bool {
        true
    }

    fn validate(&self, config: &Value) -> ProviderDiagnostics {
        Checks::new(config).whole(&["result_count"]).done()
    }

    fn plan(&self, request: PlanRequest) -> Planned {
        let rules = Rules::new()
            .keep(&["id", "result"])
            .replace(&["input", "result_count", "seed"])
            .replace_unless_nulls("keepers");
        rules.plan(&self.schema.block, &request)
    }

    async fn create(&self, request: ApplyRequest) -> Result<Value, ProviderDiagnostics> {
        let mut object = Object::new(&request.planned);
        let input = object.get("input");
        let input = input.as_slice().unwrap_or_default();
        let count = match object.int("result_count") {
            None | Some(0) => input.len(),
            // One string is given before the count is looked at.
            Some(count) => usize::try_from(count).unwrap_or(1),
        };
        if count > MOST {
            let detail = format!("result_count must be at most {MOST}, got: {count}");
            return Err(error("Create Random Shuffle Error", detail));
        }
        let seed = object.str("seed").filter(|seed| !seed.is_empty());
        let order = self.order(seed, input.len(), count)?;
        let result = order.into_iter().filter_map(|i| input.get(i).cloned()).collect();
        object.set("result", Value::list(Type::String, result));
        object.set("id", Value::from("-"));
        Ok(object.into_value())
    }
}
