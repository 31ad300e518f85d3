//! `random_password`: a random text that is a secret, and its bcrypt hash.

use std::sync::Arc;

use async_trait::async_trait;
use groma_provider_api::native::{JsonObject, Object, Randomness, ResourceType};
use groma_provider_api::{
    ApplyRequest, AttributeDiagnostic, PlanRequest, Planned, ProviderDiagnostics, Schema,
};
use groma_value::Value;

use crate::characters;
use crate::shared::{computed, imported, static_id};

/// The resource type.
pub(crate) struct RandomPassword {
    random: Arc<dyn Randomness>,
    schema: Schema,
}

impl RandomPassword {
    pub(crate) fn new(random: Arc<dyn Randomness>) -> Self {
        let made = [
            ("result", computed("The text.").sensitive()),
            ("bcrypt_hash", computed("The bcrypt hash of its first 72 bytes.").sensitive()),
            ("id", static_id()),
        ];
        let attributes = characters::resource_arguments().into_iter().chain(made);
        let description = "A random text, treated as a secret.";
        Self { random, schema: Schema::of(description, attributes).version(3) }
    }

    fn rehash(&self, state: &mut JsonObject) -> Result<(), AttributeDiagnostic> {
        let password = state.get("result").and_then(|r| r.as_str()).unwrap_or_default();
        let hash = hash_now(&*self.random, password)?;
        state.insert("bcrypt_hash".to_owned(), hash.into());
        Ok(())
    }
}

/// The bcrypt hash, made aside: it takes a tenth of a second, by design.
pub(crate) async fn hash(
    random: &Arc<dyn Randomness>,
    password: &str,
) -> Result<String, ProviderDiagnostics> {
    let (random, password) = (Arc::clone(random), password.to_owned());
    let hashed = tokio::task::spawn_blocking(move || hash_now(&*random, &password)).await;
    hashed
        .unwrap_or_else(|lost| Err(hash_error(&lost.to_string())))
        .map_err(|diagnostic| vec![diagnostic])
}

fn hash_now(random: &dyn Randomness, password: &str) -> Result<String, AttributeDiagnostic> {
    let mut salt = [0; 16];
    random.fill(&mut salt).map_err(|error| hash_error(&error.to_string()))?;
    // What is beyond the 72nd byte never counted.
    let parts = bcrypt::hash_with_salt(password, COST, salt)
        .map_err(|error| hash_error(&error.to_string()))?;
    Ok(parts.format_for_version(bcrypt::Version::TwoA))
}

/// Go's default.
const COST: u32 = 10;

fn hash_error(problem: &str) -> AttributeDiagnostic {
    AttributeDiagnostic::error(
        "Hash Generation Error",
        format!(
            "While attempting to generate a hash from the password an error occurred.\n\nOriginal \
             Error: {problem}"
        ),
    )
}

#[async_trait]
impl ResourceType for RandomPassword {
    fn name(&self) -> &'static str {
        "random_password"
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

    /// Version 0 had no hash, 1 no `numeric`, and 2 might have a wrong hash.
    fn upgrade(&self, version: u64, state: &mut JsonObject) -> Result<(), AttributeDiagnostic> {
        characters::fill_in(state);
        if version == 0 {
            return self.rehash(state);
        }
        let text = |name: &str| state.get(name).and_then(|t| t.as_str()).unwrap_or_default();
        if version == 2 {
            let matches = bcrypt::verify(text("result"), text("bcrypt_hash")).map_err(|error| {
                AttributeDiagnostic::error(
                    "Version 3 State Upgrade Error",
                    format!(
                        "An unexpected error occurred when comparing the state version 2 password \
                         and bcrypt hash.\n\nOriginal Error: {error}"
                    ),
                )
            })?;
            if !matches {
                return self.rehash(state);
            }
        }
        Ok(())
    }

    fn plan(&self, request: PlanRequest) -> Planned {
        let rules = characters::rules().keep(&["bcrypt_hash", "id", "result"]);
        rules.plan_with(&self.schema.block, &request, characters::synchronise)
    }

    async fn create(&self, request: ApplyRequest) -> Result<Value, ProviderDiagnostics> {
        let mut object = Object::new(&request.planned);
        let password = characters::generate(&*self.random, &object)?;
        object.set("bcrypt_hash", Value::string(hash(&self.random, &password).await?));
        object.set("result", Value::string(password));
        object.set("id", Value::from("none"));
        Ok(object.into_value())
    }

    async fn import(&self, id: &str) -> Result<Value, ProviderDiagnostics> {
        let made = [
            ("result", Value::from(id)),
            ("bcrypt_hash", Value::string(hash(&self.random, id).await?)),
            ("id", Value::from("none")),
        ];
        Ok(imported([], characters::imported_arguments(id).into_iter().chain(made)))
    }
}
