//! `terraform_data`: keeps a value, and is replaced when another one changes.

use std::sync::Arc;

use async_trait::async_trait;
use groma_addr::{DEFAULT_HOST, Provider as ProviderAddr};
use groma_provider_api::native::{Object, Randomness, ResourceType, uuid};
use groma_provider_api::{
    ApplyRequest, Attribute, AttributeDiagnostic, Block, MoveRequest, ObjectState, PlanRequest,
    Planned, ProviderDiagnostics, Schema,
};
use groma_value::{Fields, Path, Type, Value, from_json};

/// The resource type.
pub(crate) struct TerraformData {
    random: Arc<dyn Randomness>,
}

impl TerraformData {
    pub(crate) fn new(random: Arc<dyn Randomness>) -> Self {
        Self { random }
    }
}

#[async_trait]
impl ResourceType for TerraformData {
    fn name(&self) -> &'static str {
        "terraform_data"
    }

    fn schema(&self) -> Schema {
        let dynamic = || Attribute::new(Type::Dynamic);
        let attributes = [
            ("input", dynamic().optional()),
            ("output", dynamic().computed()),
            ("triggers_replace", dynamic().optional()),
            ("id", Attribute::new(Type::String).computed()),
        ];
        let attributes = attributes.map(|(name, attribute)| (name.into(), attribute)).into();
        Schema { version: 0, block: Block { attributes, ..Block::default() } }
    }

    fn is_pure(&self) -> bool {
        true
    }

    fn validate(&self, config: &Value) -> ProviderDiagnostics {
        let config = Object::new(config);
        let set = ["id", "output"].into_iter().filter(|name| !config.is_null(name));
        set.map(|name| {
            AttributeDiagnostic::error(format!("{name:?} attribute is read-only"), String::new())
        })
        .collect()
    }

    fn plan(&self, request: PlanRequest) -> Planned {
        let PlanRequest { prior, proposed, private, .. } = request;
        let answer = |value, requires_replace| Planned {
            value: Some(value),
            requires_replace,
            private: Some(private),
            ..Planned::default()
        };
        if proposed.is_null() {
            return answer(proposed, Vec::new());
        }
        let mut planned = Object::new(&proposed);
        let input = planned.get("input");
        let differs = |name: &str| !Object::new(&prior).get(name).raw_equals(&planned.get(name));
        let creates = prior.is_null();
        let replaces = !creates && differs("triggers_replace");
        if creates || replaces {
            planned.set("id", Value::unknown(Type::String).refine_not_null());
            // Even a null output has the type of its input.
            let output = if input.is_null() { input } else { Value::unknown(input.ty()) };
            planned.set("output", output);
        } else if differs("input") {
            planned.set("output", Value::unknown(input.ty()));
        }
        let paths = replaces.then(|| Path::new().attr("triggers_replace"));
        answer(planned.into_value(), paths.into_iter().collect())
    }

    async fn create(&self, request: ApplyRequest) -> Result<Value, ProviderDiagnostics> {
        self.settle(&request.planned)
    }

    async fn update(&self, request: ApplyRequest) -> Result<Value, ProviderDiagnostics> {
        self.settle(&request.planned)
    }

    async fn import(&self, id: &str) -> Result<Value, ProviderDiagnostics> {
        Ok(state(Value::string(id), Value::null(Type::Dynamic)))
    }

    async fn move_state(&self, request: MoveRequest) -> Result<ObjectState, ProviderDiagnostics> {
        let error = |detail: String| {
            vec![AttributeDiagnostic::error("Invalid source for terraform_data", detail)]
        };
        let null = ProviderAddr::new(DEFAULT_HOST, "hashicorp", "null");
        if &*request.source_type != "null_resource" || request.source_provider.ty != null.ty {
            return Err(error(format!(
                "Only a null_resource of {} becomes a terraform_data, and this is a {} of {}.",
                null.for_display(),
                request.source_type,
                request.source_provider.for_display(),
            )));
        }
        let ty = Type::object([("id", Type::String), ("triggers", Type::map(Type::String))]);
        let source = from_json(&request.source_state, &ty);
        let source = Object::new(&source.map_err(|e| error(format!("Unreadable state: {e}.")))?);
        // An object, as `{…}` in a configuration is one: a map would plan a replacement.
        let triggers = match source.get("triggers").as_fields() {
            Some(triggers) => Value::object(triggers.clone()),
            None => Value::null(Type::Dynamic),
        };
        Ok(ObjectState::new(state(source.get("id"), triggers), Arc::default()))
    }
}

impl TerraformData {
    fn settle(&self, planned: &Value) -> Result<Value, ProviderDiagnostics> {
        let mut object = Object::new(planned);
        if !object.is_known("output") {
            object.set("output", object.get("input"));
        }
        if !object.is_known("id") {
            object.set("id", Value::string(uuid(&*self.random)?));
        }
        Ok(object.into_value())
    }
}

fn state(id: Value, triggers: Value) -> Value {
    let null = || Value::null(Type::Dynamic);
    let fields =
        [("id", id), ("input", null()), ("output", null()), ("triggers_replace", triggers)];
    Value::object(fields.map(|(name, value)| (name.into(), value)).into_iter().collect::<Fields>())
}

#[cfg(test)]
mod tests;
