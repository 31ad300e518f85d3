//! `random_uuid`: a random UUID.

use std::sync::Arc;

use async_trait::async_trait;
use groma_provider_api::native::{Object, Randomness, ResourceType, Rules, uuid};
use groma_provider_api::{ApplyRequest, PlanRequest, Planned, ProviderDiagnostics, Schema};
use groma_value::{Type, Value};

use crate::shared::{computed, error, imported, keepers};

/// The resource type.
pub(crate) struct RandomUuid {
    random: Arc<dyn Randomness>,
    schema: Schema,
}

impl RandomUuid {
    pub(crate) fn new(random: Arc<dyn Randomness>) -> Self {
        let schema = Schema::of(
            "A random text in the form of a UUID.",
            [
                ("keepers", keepers()),
                ("result", computed("The UUID.")),
                ("id", computed("The UUID.")),
            ],
        );
        Self { random, schema }
    }
}

/// The UUID in lower case, if it is one.
fn parse(text: &str) -> Option<String> {
    let digit = |(at, c): (usize, char)| match at {
        8 | 13 | 18 | 23 => c == '-',
        _ => c.is_ascii_hexdigit(),
    };
    (text.len() == 36 && text.chars().enumerate().all(digit)).then(|| text.to_ascii_lowercase())
}

#[async_trait]
impl ResourceType for RandomUuid {
    fn name(&self) -> &'static str {
        "random_uuid"
    }

    fn schema(&self) -> Schema {
        self.schema.clone()
    }

    fn is_pure(&self) -> bool {
        true
    }

    fn plan(&self, request: PlanRequest) -> Planned {
        let rules = Rules::new().keep(&["id", "result"]).replace_unless_nulls("keepers");
        rules.plan(&self.schema.block, &request)
    }

    async fn create(&self, request: ApplyRequest) -> Result<Value, ProviderDiagnostics> {
        let mut object = Object::new(&request.planned);
        let result = Value::string(uuid(&*self.random)?);
        object.set("id", result.clone());
        object.set("result", result);
        Ok(object.into_value())
    }

    async fn import(&self, id: &str) -> Result<Value, ProviderDiagnostics> {
        let result = parse(id).ok_or_else(|| {
            error(
                "Import Random UUID Error",
                format!(
                    "There was an error during the parsing of the UUID.\n\nOriginal Error: {id:?} is \
                     not 32 hexadecimal digits in groups of 8, 4, 4, 4 and 12"
                ),
            )
        })?;
        let fields = ["id", "result"].map(|name| (name, Value::from(result.as_str())));
        Ok(imported([("keepers", Type::map(Type::String))], fields))
    }
}
