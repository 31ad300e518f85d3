//! `random_password` as an ephemeral resource: a secret that is never stored.

use std::sync::Arc;

use async_trait::async_trait;
use groma_provider_api::native::{Checks, EphemeralType, Object, Randomness};
use groma_provider_api::{EphemeralResult, Private, ProviderDiagnostics, Schema};
use groma_value::Value;

use crate::shared::computed;
use crate::{characters, password};

/// The ephemeral resource type.
pub(crate) struct EphemeralPassword {
    random: Arc<dyn Randomness>,
}

impl EphemeralPassword {
    pub(crate) fn new(random: Arc<dyn Randomness>) -> Self {
        Self { random }
    }
}

#[async_trait]
impl EphemeralType for EphemeralPassword {
    fn name(&self) -> &'static str {
        "random_password"
    }

    fn schema(&self) -> Schema {
        let made = [
            ("result", computed("The text.").sensitive()),
            ("bcrypt_hash", computed("The bcrypt hash of its first 72 bytes.").sensitive()),
        ];
        let attributes = characters::arguments().into_iter().chain(made);
        Schema::of("A random text, treated as a secret and never stored.", attributes)
    }

    fn validate(&self, config: &Value) -> ProviderDiagnostics {
        let least = ["min_upper", "min_lower", "min_numeric", "min_special"];
        Checks::new(config)
            .whole(&["length"])
            .whole(&least)
            .at_least("length", 1)
            .at_least_sum_of("length", &least)
            .one_true("numeric", &["special", "upper", "lower"])
            .done()
    }

    async fn open(&self, config: &Value) -> Result<EphemeralResult, ProviderDiagnostics> {
        let mut object = Object::new(config);
        for name in ["special", "upper", "lower", "numeric"] {
            if object.is_null(name) {
                object.set(name, Value::from(true));
            }
        }
        for name in ["min_numeric", "min_upper", "min_lower", "min_special"] {
            if object.is_null(name) {
                object.set(name, Value::from(0));
            }
        }
        let password = characters::generate(&*self.random, &object)?;
        object.set("bcrypt_hash", Value::string(password::hash(&self.random, &password).await?));
        object.set("result", Value::string(password));
        let value = object.into_value();
        Ok(EphemeralResult { value, private: Private::default(), renew_at: None })
    }
}
