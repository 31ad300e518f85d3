//! `null_resource`: something to hang provisioners on, replaced when its triggers change.

use std::sync::Arc;

use async_trait::async_trait;
use groma_provider_api::native::{Object, Randomness, ResourceType, Rules};
use groma_provider_api::{
    ApplyRequest, Attribute, PlanRequest, Planned, ProviderDiagnostics, Schema,
};
use groma_value::{Type, Value};

use crate::random_number;

/// The resource type.
pub(crate) struct NullResource {
    random: Arc<dyn Randomness>,
    schema: Schema,
}

impl NullResource {
    pub(crate) fn new(random: Arc<dyn Randomness>) -> Self {
        let triggers = Attribute::new(Type::map(Type::String)).optional();
        let id = Attribute::new(Type::String).computed();
        let schema = Schema::of(
            "A resource that does nothing.",
            [
                ("triggers", triggers.describe("Values that, when they change, replace it.")),
                ("id", id.describe("A random number.")),
            ],
        );
        Self { random, schema }
    }
}

#[async_trait]
impl ResourceType for NullResource {
    fn name(&self) -> &'static str {
        "null_resource"
    }

    fn schema(&self) -> Schema {
        self.schema.clone()
    }

    fn is_pure(&self) -> bool {
        true
    }

    fn plan(&self, request: PlanRequest) -> Planned {
        let rules = Rules::new().keep(&["id"]).replace_unless_nulls("triggers");
        rules.plan(&self.schema.block, &request)
    }

    async fn create(&self, request: ApplyRequest) -> Result<Value, ProviderDiagnostics> {
        let mut object = Object::new(&request.planned);
        object.set("id", Value::string(random_number(&*self.random)?));
        Ok(object.into_value())
    }
}
