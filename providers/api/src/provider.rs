//! The trait.

use std::sync::Arc;

use async_trait::async_trait;
use groma_value::Value;

use crate::{
    Answer, ApplyOutcome, ApplyRequest, AttributeDiagnostic, ConfigureRequest, DataRequest,
    EphemeralResult, ImportTarget, Imported, Metadata, MoveRequest, ObjectState, PlanRequest,
    Planned, Private, ProviderDiagnostics, ProviderSchema, ReadRequest, Recovered, Upgraded,
};

/// Makes unconfigured instances of one provider. An instance serves one provider configuration;
/// an unconfigured one serves schemas, validation and functions.
pub trait Factory: Send + Sync {
    /// What it makes.
    fn metadata(&self) -> Metadata;

    /// A new instance.
    fn instantiate(&self) -> Arc<dyn Provider>;
}

/// A provider. Shaped like tfplugin 6's `Provider` service; each method names its call there.
///
/// The order of calls is the protocol's: schema, validate, configure, then the rest.
#[async_trait]
pub trait Provider: Send + Sync {
    /// `GetProviderSchema`. Called often: cheap, shared.
    async fn schema(&self) -> Result<Arc<ProviderSchema>, ProviderDiagnostics>;

    /// Waits until calls can be made at all: a process has been started, say. Without it, they
    /// would fail with what this fails with, each for itself.
    async fn ready(&self) -> Result<(), ProviderDiagnostics> {
        Ok(())
    }

    /// How many calls may be under way at once by what is known now, if nobody asked for fewer.
    fn at_once(&self) -> usize {
        256
    }

    /// `ValidateProviderConfig`
    async fn validate_provider(&self, _config: &Value) -> ProviderDiagnostics {
        Vec::new()
    }

    /// `ValidateResourceConfig`. May have unknown parts.
    async fn validate_resource(&self, _ty: &str, _config: &Value) -> ProviderDiagnostics {
        Vec::new()
    }

    /// `ValidateDataResourceConfig`
    async fn validate_data(&self, _ty: &str, _config: &Value) -> ProviderDiagnostics {
        Vec::new()
    }

    /// `ValidateEphemeralResourceConfig`
    async fn validate_ephemeral(&self, _ty: &str, _config: &Value) -> ProviderDiagnostics {
        Vec::new()
    }

    /// `ConfigureProvider`
    async fn configure(&self, _request: ConfigureRequest) -> ProviderDiagnostics {
        Vec::new()
    }

    /// Whether objects of this type have no effect outside of the state: such changes need no
    /// intent and no bound on parallelism.
    fn is_pure(&self, _ty: &str) -> bool {
        false
    }

    /// `UpgradeResourceState`: attributes as JSON, of an older or the current schema version, to a
    /// value of the current one.
    async fn upgrade(&self, ty: &str, version: u64, json: &[u8]) -> Answer<Upgraded>;

    /// `UpgradeResourceIdentity`: an identity as JSON, of an older or the current version of its
    /// schema, to a value of the current one.
    async fn upgrade_identity(&self, ty: &str, _version: u64, _json: &[u8]) -> Answer<Value> {
        Err(vec![AttributeDiagnostic::error(
            "Resource identity not supported",
            format!("Objects of the resource type {ty} have no identities."),
        )])
    }

    /// `ReadResource`: the object as it is now; a null value if it is gone.
    async fn read(&self, request: ReadRequest) -> Answer<ObjectState>;

    /// Reads many objects, in the order asked. Providers that can ask for many at once do.
    async fn read_many(&self, requests: Vec<ReadRequest>) -> Vec<Answer<ObjectState>> {
        let mut answers = Vec::with_capacity(requests.len());
        for request in requests {
            answers.push(self.read(request).await);
        }
        answers
    }

    /// `PlanResourceChange`
    async fn plan(&self, request: PlanRequest) -> Planned;

    /// `ApplyResourceChange`. Never dropped half-way: dropping does not undo an effect.
    async fn apply(&self, request: ApplyRequest) -> ApplyOutcome;

    /// What became of an `apply` that was lost, given the request that it had: looked up by its
    /// token, or by what the planned object says of itself.
    async fn recover(&self, _lost: &ApplyRequest) -> Result<Recovered, ProviderDiagnostics> {
        Ok(Recovered::Unsupported)
    }

    /// `ImportResourceState`
    async fn import(&self, ty: &str, _target: &ImportTarget) -> Answer<Vec<Imported>> {
        Err(vec![AttributeDiagnostic::error(
            "Resource Import Not Implemented",
            format!("The resource type {ty} cannot be imported."),
        )])
    }

    /// `MoveResourceState`
    async fn move_state(&self, request: MoveRequest) -> Answer<ObjectState> {
        Err(vec![AttributeDiagnostic::error(
            "Move Resource State Not Supported",
            format!(
                "The {:?} resource type does not support moving resource state across resource types.",
                &*request.target_type
            ),
        )])
    }

    /// `ReadDataSource`
    async fn read_data(&self, request: DataRequest) -> Answer<Value>;

    /// `OpenEphemeralResource`
    async fn open(&self, ty: &str, _config: &Value) -> Answer<EphemeralResult> {
        Err(vec![AttributeDiagnostic::error(
            "Ephemeral resource not supported",
            format!("This provider has no ephemeral resource type {ty:?}."),
        )])
    }

    /// `RenewEphemeralResource`
    async fn renew(&self, _ty: &str, private: Private) -> Answer<EphemeralResult> {
        Ok(EphemeralResult { value: Value::dynamic(), private, renew_at: None }.into())
    }

    /// `CloseEphemeralResource`
    async fn close(&self, _ty: &str, _private: Private) -> ProviderDiagnostics {
        Vec::new()
    }

    /// `CallFunction`, on an unconfigured instance. An error names the argument, from 0.
    async fn call(&self, name: &str, _args: &[Value]) -> Result<Value, (Option<usize>, String)> {
        Err((None, format!("This provider has no function {name:?}.")))
    }

    /// Somebody wants to end: what is in flight is to end as soon as that is safe.
    async fn stop(&self) {}

    /// Somebody wants to end now: what is in flight is to end, if need be half-way
    /// (`StopProvider`).
    async fn stop_now(&self) {}
}
