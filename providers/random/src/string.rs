//! `random_string`: a random text that is no secret.

use std::sync::Arc;

use async_trait::async_trait;
use groma_provider_api::native::{JsonObject, Object, Randomness, ResourceType};
use groma_provider_api::{
    ApplyRequest, AttributeDiagnostic, PlanRequest, Planned, ProviderDiagnostics, Schema,
};
use groma_value::Value;

use crate::characters;
use crate::shared::{computed, imported};

/// The resource type.
pub(crate) struct RandomString {
    random: Arc<dyn Randomness>,
    schema: Schema,
}

impl RandomString {
    pub(crate) fn new(random: Arc<dyn Randomness>) -> Self {
        let made = [("result", computed("The text.")), ("id", computed("The text."))];
        let attributes = characters::resource_arguments().into_iter().chain(made);
        let schema = Schema::of("A random text.", attributes).version(2);
        Self { random, schema }
    }
}

#[async_trait]
impl ResourceType for RandomString {
    fn name(&self) -> &'static str {
        "random_string"
    }

    fn schema(&self) -> Schema {
        self.schema.clone()
    }

    fn is_pure(&self) -> bool {
        true
    }

    fn validate(&self, config: &Value) -> ProviderDiagnostics {
        characters::validate(config)
    }

    fn upgrade(&self, _version: u64, state: &mut JsonObject) -> Result<(), AttributeDiagnostic> {
        characters::fill_in(state);
        Ok(())
    }

    fn plan(&self, request: PlanRequest) -> Planned {
        let rules = characters::rules().keep(&["id", "result"]);
        rules.plan_with(&self.schema.block, &request, characters::synchronise)
    }

    async fn create(&self, request: ApplyRequest) -> Result<Value, ProviderDiagnostics> {
        let mut object = Object::new(&request.planned);
        let text = Value::string(characters::generate(&*self.random, &object)?);
        object.set("result", text.clone());
        object.set("id", text);
        Ok(object.into_value())
    }

    async fn import(&self, id: &str) -> Result<Value, ProviderDiagnostics> {
        let made = ["result", "id"].map(|name| (name, Value::from(id)));
        Ok(imported([], characters::imported_arguments(id).into_iter().chain(made)))
    }
}
