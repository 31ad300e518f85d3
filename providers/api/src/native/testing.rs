//! Fakes of time and randomness, and a harness that calls a provider as the engine does.
//!
//! For tests only: what goes wrong here panics.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use groma_diag::Severity;
use groma_value::{Number, Path, Type, Value};

use super::{Clock, Randomness};
use crate::objchange::{assert_object_compatible, assert_plan_valid, proposed_new_state};
use crate::{
    ApplyOutcome, ApplyRequest, Block, DataRequest, Factory, ImportTarget, ObjectState,
    PlanRequest, Planned, Private, Provider, ProviderDiagnostics, ProviderSchema, ReadRequest,
    Token,
};

/// Gives 0, 1, 2, … as its random bytes.
#[derive(Debug, Default)]
pub struct CountingRandomness(AtomicU8);

impl Randomness for CountingRandomness {
    fn fill(&self, buffer: &mut [u8]) -> std::io::Result<()> {
        for byte in buffer {
            *byte = self.0.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    }
}

/// A clock that stands still, but for sleeping and [`FakeClock::advance`].
#[derive(Debug)]
pub struct FakeClock(Mutex<SystemTime>);

impl FakeClock {
    /// Stands at so many seconds after 1970.
    pub fn at(seconds: u64) -> Self {
        Self(Mutex::new(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)))
    }

    /// Lets time pass.
    pub fn advance(&self, duration: Duration) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) += duration;
    }
}

#[async_trait]
impl Clock for FakeClock {
    fn now(&self) -> SystemTime {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn sleep(&self, duration: Duration) {
        self.advance(duration);
    }
}

/// The value that JSON has by itself.
pub fn from_json(json: &serde_json::Value) -> Value {
    match json {
        serde_json::Value::Null => Value::null(Type::Dynamic),
        serde_json::Value::Bool(value) => Value::bool(*value),
        serde_json::Value::Number(number) => {
            Value::number(number.to_string().parse::<Number>().expect("a number"))
        }
        serde_json::Value::String(text) => Value::string(text.as_str()),
        serde_json::Value::Array(items) => Value::tuple(items.iter().map(from_json).collect()),
        serde_json::Value::Object(fields) => {
            Value::object_of(fields.iter().map(|(name, value)| (name.as_str(), from_json(value))))
        }
    }
}

/// Diagnostics as `error: Summary: detail (.path)`.
pub fn show(diagnostics: &ProviderDiagnostics) -> Vec<String> {
    let show = |one: &crate::AttributeDiagnostic| {
        let severity = if one.severity == Severity::Error { "error" } else { "warning" };
        let Path(steps) = &one.path;
        let place = if steps.is_empty() { String::new() } else { format!(" ({})", one.path) };
        format!("{severity}: {}: {}{place}", one.summary, one.detail)
    };
    diagnostics.iter().map(show).collect()
}

/// Calls a provider as the engine does, and checks each answer as it does.
pub struct Harness {
    provider: Arc<dyn Provider>,
    schema: Arc<ProviderSchema>,
}

impl Harness {
    /// Of a new instance.
    pub async fn new(factory: &dyn Factory) -> Self {
        let provider = factory.instantiate();
        let schema = provider.schema().await.expect("a schema");
        Self { provider, schema }
    }

    /// The provider itself.
    pub fn provider(&self) -> &dyn Provider {
        &*self.provider
    }

    /// The block of a resource type's schema.
    pub fn block(&self, ty: &str) -> &Block {
        &self.schema.resources[ty].block
    }

    /// A configuration of that resource type.
    pub fn config(&self, ty: &str, json: &serde_json::Value) -> Value {
        self.block(ty).coerce_value(&from_json(json)).expect("a configuration")
    }

    /// No object of that resource type.
    pub fn none(&self, ty: &str) -> Value {
        Value::null(self.block(ty).implied_type())
    }

    /// What is wrong with a configuration of a resource type.
    pub async fn validate(&self, ty: &str, json: &serde_json::Value) -> Vec<String> {
        show(&self.provider.validate_resource(ty, &self.config(ty, json)).await)
    }

    /// Plans, and checks the plan.
    pub async fn plan(&self, ty: &str, prior: &Value, config: &Value) -> Planned {
        let block = self.block(ty);
        let proposed = if config.is_null() {
            config.clone()
        } else {
            proposed_new_state(block, prior, config)
        };
        let planned = self
            .provider
            .plan(PlanRequest {
                ty: ty.into(),
                prior: prior.clone(),
                config: config.clone(),
                proposed,
                private: Private::default(),
                identity: None,
                meta: None,
            })
            .await;
        if let Some(value) = &planned.value {
            let wrong = assert_plan_valid(block, prior, config, value);
            assert!(wrong.is_empty(), "invalid plan: {wrong:?}");
        }
        planned
    }

    /// Plans and applies, in two steps if a new object is needed, and checks the result.
    pub async fn apply(
        &self,
        ty: &str,
        prior: &Value,
        config: &Value,
    ) -> Result<Value, Vec<String>> {
        let planned = self.plan(ty, prior, config).await;
        if !planned.requires_replace.is_empty() {
            let none = self.none(ty);
            Box::pin(self.apply(ty, prior, &none)).await?;
            return Box::pin(self.apply(ty, &none, config)).await;
        }
        let value = planned.value.ok_or_else(|| show(&planned.diagnostics))?;
        let request = ApplyRequest {
            ty: ty.into(),
            prior: prior.clone(),
            planned: value.clone(),
            config: config.clone(),
            private: Private::default(),
            identity: None,
            meta: None,
            token: Token("test".to_owned()),
        };
        match self.provider.apply(request).await {
            ApplyOutcome::Done { state, .. } => {
                let wrong = assert_object_compatible(self.block(ty), &value, &state.value);
                assert!(wrong.is_empty(), "inconsistent result: {wrong:?}");
                assert!(state.value.is_wholly_known(), "unknown after apply: {:?}", state.value);
                Ok(state.value)
            }
            ApplyOutcome::Failed { diagnostics, .. } => Err(show(&diagnostics)),
            ApplyOutcome::Unknown { error } => Err(vec![error]),
        }
    }

    /// Makes a new object.
    pub async fn create(&self, ty: &str, json: &serde_json::Value) -> Result<Value, Vec<String>> {
        self.apply(ty, &self.none(ty), &self.config(ty, json)).await
    }

    /// Reads an object again.
    pub async fn read(&self, ty: &str, value: &Value) -> Result<Value, Vec<String>> {
        let prior = ObjectState::new(value.clone(), Private::default());
        let read = self.provider.read(ReadRequest { ty: ty.into(), prior, meta: None }).await;
        read.map(|state| state.answer.value).map_err(|diagnostics| show(&diagnostics))
    }

    /// Imports an object and reads it.
    pub async fn import(&self, ty: &str, id: &str) -> Result<Value, Vec<String>> {
        let imported = self.provider.import(ty, &ImportTarget::Id(id.to_owned())).await;
        let imported = imported.map_err(|d| show(&d))?.answer;
        let [one] = imported.as_slice() else { panic!("{} objects imported", imported.len()) };
        self.read(ty, &one.state.value).await
    }

    /// Brings stored attributes to the current schema version.
    pub async fn upgrade(&self, ty: &str, version: u64, json: &str) -> Result<Value, Vec<String>> {
        let upgraded = self.provider.upgrade(ty, version, json.as_bytes()).await;
        upgraded.map(|upgraded| upgraded.answer.value).map_err(|diagnostics| show(&diagnostics))
    }

    /// Reads a data source.
    pub async fn read_data(
        &self,
        ty: &str,
        json: &serde_json::Value,
    ) -> Result<Value, Vec<String>> {
        let block = &self.schema.data_sources[ty].block;
        let config = block.coerce_value(&from_json(json)).expect("a configuration");
        let wrong = show(&self.provider.validate_data(ty, &config).await);
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let request = DataRequest { ty: ty.into(), config, meta: None };
        let read = self.provider.read_data(request).await;
        read.map(|read| read.answer).map_err(|diagnostics| show(&diagnostics))
    }
}
