//! One trait for each kind of thing that a native provider offers. An implementation is one file.

use async_trait::async_trait;
use groma_value::Value;

use super::JsonObject;
use crate::{
    ApplyRequest, AttributeDiagnostic, EphemeralResult, FunctionSignature, MoveRequest,
    ObjectState, PlanRequest, Planned, ProviderDiagnostics, Recovered, Schema,
};

/// A managed resource type.
#[async_trait]
pub trait ResourceType: Send + Sync {
    /// Its name, with the provider's prefix.
    fn name(&self) -> &'static str;

    /// Its schema. Called once.
    fn schema(&self) -> Schema;

    /// See [`Provider::is_pure`](crate::Provider::is_pure).
    fn is_pure(&self) -> bool {
        false
    }

    /// Checks a configuration, which may have unknown parts.
    fn validate(&self, _config: &Value) -> ProviderDiagnostics {
        Vec::new()
    }

    /// Brings the state from an older schema version to the current one.
    fn upgrade(&self, version: u64, _state: &mut JsonObject) -> Result<(), AttributeDiagnostic> {
        Err(AttributeDiagnostic::error(
            "Unable to Upgrade Resource State",
            format!(
                "This resource was implemented without an UpgradeState() method, however Terraform \
                 was expecting an implementation for version {version} upgrade."
            ),
        ))
    }

    /// The object as it is now; a null value if it is gone. The default has nothing to look at.
    async fn read(&self, prior: ObjectState) -> Result<ObjectState, ProviderDiagnostics> {
        Ok(prior)
    }

    /// Plans a change.
    fn plan(&self, request: PlanRequest) -> Planned;

    /// Makes the planned object and returns it, with nothing unknown.
    async fn create(&self, request: ApplyRequest) -> Result<Value, ProviderDiagnostics>;

    /// Changes the object as planned and returns it. The default has nothing to change outside.
    async fn update(&self, request: ApplyRequest) -> Result<Value, ProviderDiagnostics> {
        Ok(request.planned)
    }

    /// Destroys the object. The default has nothing to destroy outside.
    async fn delete(&self, _request: ApplyRequest) -> Result<(), ProviderDiagnostics> {
        Ok(())
    }

    /// Ends what is in flight, with an error.
    fn stop(&self) {}

    /// What became of a lost call. Of a type that is pure: nothing outside, ever.
    async fn recover(&self, _lost: &ApplyRequest) -> Result<Recovered, ProviderDiagnostics> {
        Ok(if self.is_pure() { Recovered::Nothing } else { Recovered::Unsupported })
    }

    /// The object of that id.
    async fn import(&self, _id: &str) -> Result<Value, ProviderDiagnostics> {
        Err(vec![AttributeDiagnostic::error(
            "Resource Import Not Implemented",
            "This resource does not support import. Please contact the provider developer for \
             additional information.",
        )])
    }

    /// Carries an object over from another resource type.
    async fn move_state(&self, _request: MoveRequest) -> Result<ObjectState, ProviderDiagnostics> {
        Err(vec![AttributeDiagnostic::error(
            "Move Resource State Not Supported",
            format!(
                "The {:?} resource type does not support moving resource state across resource types.",
                self.name()
            ),
        )])
    }
}

/// A data source.
#[async_trait]
pub trait DataSource: Send + Sync {
    /// Its name, with the provider's prefix.
    fn name(&self) -> &'static str;

    /// Its schema. Called once.
    fn schema(&self) -> Schema;

    /// Checks a configuration, which may have unknown parts.
    fn validate(&self, _config: &Value) -> ProviderDiagnostics {
        Vec::new()
    }

    /// Reads what the configuration asks for.
    async fn read(&self, config: &Value) -> Result<Value, ProviderDiagnostics>;
}

/// An ephemeral resource type that holds nothing open.
#[async_trait]
pub trait EphemeralType: Send + Sync {
    /// Its name, with the provider's prefix.
    fn name(&self) -> &'static str;

    /// Its schema. Called once.
    fn schema(&self) -> Schema;

    /// Checks a configuration, which may have unknown parts.
    fn validate(&self, _config: &Value) -> ProviderDiagnostics {
        Vec::new()
    }

    /// Makes it.
    async fn open(&self, config: &Value) -> Result<EphemeralResult, ProviderDiagnostics>;
}

/// The result of a call, or which argument (from 0) is wrong and why.
pub type CallResult = Result<Value, (Option<usize>, String)>;

/// A function.
pub trait Function: Send + Sync {
    /// Its name, without the provider's.
    fn name(&self) -> &'static str;

    /// Its signature. Called once.
    fn signature(&self) -> FunctionSignature;

    /// Calls it, with arguments of the signature's types.
    fn call(&self, args: &[Value]) -> CallResult;
}
