//! `null_data_source`: gives back what it is given. Deprecated in favour of locals.

use std::sync::Arc;

use async_trait::async_trait;
use groma_provider_api::native::{DataSource, Object, Randomness};
use groma_provider_api::{Attribute, AttributeDiagnostic, ProviderDiagnostics, Schema};
use groma_value::{Type, Value};

use crate::random_number;

const DEPRECATED: &str = "The null_data_source was historically used to construct intermediate \
                          values to re-use elsewhere in configuration, the same can now be \
                          achieved using locals or the terraform_data resource type in Terraform \
                          1.4 and later.";

/// The data source.
pub(crate) struct NullDataSource {
    random: Arc<dyn Randomness>,
}

impl NullDataSource {
    pub(crate) fn new(random: Arc<dyn Randomness>) -> Self {
        Self { random }
    }
}

#[async_trait]
impl DataSource for NullDataSource {
    fn name(&self) -> &'static str {
        "null_data_source"
    }

    fn schema(&self) -> Schema {
        let strings = || Attribute::new(Type::map(Type::String));
        let string = || Attribute::new(Type::String).computed();
        let mut schema = Schema::of(
            "A data source that gives back what it is given.",
            [
                ("inputs", strings().optional().describe("What to give back.")),
                ("outputs", strings().computed().describe("The same as `inputs`.")),
                ("random", string().describe("A random number.")),
                (
                    "has_computed_default",
                    string().optional().describe("Given back; `default` unless set."),
                ),
                ("id", string().deprecated().describe("A constant, of no use.")),
            ],
        );
        schema.block.deprecated = true;
        schema
    }

    fn validate(&self, _config: &Value) -> ProviderDiagnostics {
        vec![AttributeDiagnostic::warning("Deprecated", DEPRECATED)]
    }

    async fn read(&self, config: &Value) -> Result<Value, ProviderDiagnostics> {
        let mut object = Object::new(config);
        object.set("outputs", object.get("inputs"));
        object.set("random", Value::string(random_number(&*self.random)?));
        if object.is_null("has_computed_default") {
            object.set("has_computed_default", Value::from("default"));
        }
        object.set("id", Value::from("static"));
        Ok(object.into_value())
    }
}
