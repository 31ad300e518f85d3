//! The provider trait over a plugin's calls.

mod data;
mod ephemeral;
mod function;
mod resource;

use std::sync::Arc;

use async_trait::async_trait;
use groma_provider_api::{
    ApplyOutcome, ApplyRequest, AttributeDiagnostic, ConfigureRequest, EphemeralResult, Imported,
    MoveRequest, ObjectState, PlanRequest, Planned, Private, Provider, ProviderDiagnostics,
    ProviderSchema, ReadRequest, Upgraded, has_errors,
};
use groma_value::{Type, Value};
use prost::Message;
use tokio::sync::OnceCell;

use crate::factory::Binary;
use crate::limits::{Limits, throttled};
use crate::proto;
use crate::rpc::Method;
use crate::running::{NoAnswer, Running};
use crate::schemas::{Kind, Schemas};
use crate::wire::{self, Malformed};

/// The version that plugins are told they work for: some behave by it.
const TERRAFORM_VERSION: &str = "1.11.4";

/// What this side can handle.
const CAPABILITIES: proto::ClientCapabilities =
    proto::ClientCapabilities { deferral_allowed: false, write_only_attributes_allowed: true };

/// One instance of a plugin: configured once, or not at all.
pub(crate) struct PluginProvider {
    binary: Arc<Binary>,
    configured: OnceCell<Arc<Running>>,
    limits: Limits,
}

/// A value that crosses, or the problem that it cannot.
pub(crate) type Wire<T> = Result<T, ProviderDiagnostics>;

impl PluginProvider {
    pub(crate) fn new(binary: Arc<Binary>) -> Self {
        Self { binary, configured: OnceCell::new(), limits: Limits::default() }
    }

    /// The process that serves this instance.
    async fn running(&self) -> Wire<&Arc<Running>> {
        match self.configured.get() {
            Some(running) => Ok(running),
            None => self.binary.unconfigured().await,
        }
    }

    /// Calls, with what cannot be answered as problems of the whole.
    async fn call<Q, A>(&self, method: Method, request: Q) -> Wire<A>
    where
        Q: Message + Send + Sync + 'static,
        A: Message + Default + Send + Sync + 'static,
    {
        let running = self.running().await?;
        running.call(method, request).await.map_err(|error| vec![error.diagnostic()])
    }

    /// Does what makes the provider ask its cloud, when there is room for it.
    async fn limited<T>(&self, work: impl Future<Output = Wire<T>> + Send) -> Wire<T> {
        let permit = self.limits.enter().await;
        let done = work.await;
        self.limits.leave(permit, done.as_ref().is_err_and(throttled));
        done
    }

    /// The type of the objects of a type, known before anything is sent about it: plugins may crash
    /// on names that they do not have.
    fn ty<'a>(schemas: &'a Schemas, kind: Kind, name: &str) -> Wire<&'a Type> {
        schemas.object_type(kind, name).ok_or_else(|| {
            let kind = match kind {
                Kind::Resource => "resource type",
                Kind::Data => "data source",
                Kind::Ephemeral => "ephemeral resource type",
            };
            vec![AttributeDiagnostic::error(
                format!("Unknown {kind}"),
                format!("This provider has no {kind} named {name:?}."),
            )]
        })
    }

    fn encode(method: Method, value: &Value, ty: &Type) -> Wire<Option<proto::DynamicValue>> {
        wire::encode(value, ty).map_err(|Malformed(problem)| {
            vec![AttributeDiagnostic::error(
                "Value cannot be sent to the provider",
                format!("The {} call cannot be made: {problem}.", method.name()),
            )]
        })
    }

    fn decode(
        &self,
        method: Method,
        value: Option<proto::DynamicValue>,
        ty: &Type,
        what: &str,
    ) -> Wire<Value> {
        wire::decode(value, ty, what)
            .map_err(|Malformed(problem)| self.binary.malformed(method, &problem))
    }

    async fn validate(&self, method: Method, kind: Kind, ty: &str, config: &Value) -> Wire<()> {
        let schemas = self.binary.schemas().await?;
        let value_type = Self::ty(schemas, kind, ty)?;
        let request = proto::ValidateConfig {
            type_name: ty.to_owned(),
            config: Self::encode(method, config, value_type)?,
            client_capabilities: (kind == Kind::Resource).then_some(CAPABILITIES),
        };
        let proto::Problems { diagnostics } = self.call(method, request).await?;
        clean(diagnostics)
    }
}

/// Problems if there are any: an answer that is nothing else.
fn clean(said: Vec<proto::Diagnostic>) -> Wire<()> {
    if said.is_empty() { Ok(()) } else { Err(wire::diagnostics(said)) }
}

/// What an answer says besides its content: only what is no error, or else all of it instead.
pub(crate) fn answered(
    said: Vec<proto::Diagnostic>,
    put_off: Option<proto::Deferred>,
) -> Wire<ProviderDiagnostics> {
    let mut problems = wire::diagnostics(said);
    if put_off.is_some() {
        problems.push(deferred());
    }
    if has_errors(&problems) { Err(problems) } else { Ok(problems) }
}

/// A provider put off what it was not allowed to put off.
fn deferred() -> AttributeDiagnostic {
    AttributeDiagnostic::error(
        "Provider deferred changes when Terraform did not allow deferrals",
        "The provider signaled a deferred action, but deferrals are not enabled. This is a bug in \
         the provider, which should be reported to its developers.",
    )
}

#[async_trait]
impl Provider for PluginProvider {
    async fn schema(&self) -> Wire<Arc<ProviderSchema>> {
        Ok(Arc::clone(&self.binary.schemas().await?.all))
    }

    async fn validate_provider(&self, config: &Value) -> ProviderDiagnostics {
        const METHOD: Method = Method::ValidateProviderConfig;
        let validated = async {
            let schemas = self.binary.schemas().await?;
            let config = Self::encode(METHOD, config, &schemas.config)?;
            let request = proto::ValidateProvider { config };
            let proto::ProviderProblems { diagnostics } = self.call(METHOD, request).await?;
            clean(diagnostics)
        };
        validated.await.err().unwrap_or_default()
    }

    async fn validate_resource(&self, ty: &str, config: &Value) -> ProviderDiagnostics {
        let validated = self.validate(Method::ValidateResourceConfig, Kind::Resource, ty, config);
        validated.await.err().unwrap_or_default()
    }

    async fn validate_data(&self, ty: &str, config: &Value) -> ProviderDiagnostics {
        let validated = self.validate(Method::ValidateDataResourceConfig, Kind::Data, ty, config);
        validated.await.err().unwrap_or_default()
    }

    async fn validate_ephemeral(&self, ty: &str, config: &Value) -> ProviderDiagnostics {
        let method = Method::ValidateEphemeralResourceConfig;
        let validated = self.validate(method, Kind::Ephemeral, ty, config);
        validated.await.err().unwrap_or_default()
    }

    async fn configure(&self, request: ConfigureRequest) -> ProviderDiagnostics {
        const METHOD: Method = Method::ConfigureProvider;
        let configured = async {
            let schemas = self.binary.schemas().await?;
            let config = Self::encode(METHOD, &request.config, &schemas.config)?;
            let running = self.configured.get_or_try_init(|| self.binary.to_configure()).await?;
            let request = proto::Configure {
                terraform_version: TERRAFORM_VERSION.to_owned(),
                config,
                client_capabilities: Some(CAPABILITIES),
            };
            let answer = running.call(METHOD, request).await;
            let proto::Problems { diagnostics } =
                answer.map_err(|error: NoAnswer| vec![error.diagnostic()])?;
            clean(diagnostics)
        };
        configured.await.err().unwrap_or_default()
    }

    async fn upgrade(&self, ty: &str, version: u64, json: &[u8]) -> Wire<Upgraded> {
        self.upgrade_state(ty, version, json).await
    }

    async fn read(&self, request: ReadRequest) -> Wire<ObjectState> {
        self.limited(self.read_resource(request)).await
    }

    async fn read_many(&self, requests: Vec<ReadRequest>) -> Vec<Wire<ObjectState>> {
        self.read_resources(requests).await
    }

    async fn plan(&self, request: PlanRequest) -> Planned {
        self.plan_change(request)
            .await
            .unwrap_or_else(|diagnostics| Planned { diagnostics, ..Planned::default() })
    }

    async fn apply(&self, request: ApplyRequest) -> ApplyOutcome {
        let permit = self.limits.enter().await;
        let outcome = self.apply_change(request).await;
        let too_much = match &outcome {
            ApplyOutcome::Failed { diagnostics, .. } => throttled(diagnostics),
            ApplyOutcome::Done { .. } | ApplyOutcome::Unknown { .. } => false,
        };
        self.limits.leave(permit, too_much);
        outcome
    }

    async fn import(&self, ty: &str, id: &str) -> Wire<Vec<Imported>> {
        self.import_state(ty, id).await
    }

    async fn move_state(&self, request: MoveRequest) -> Wire<ObjectState> {
        self.move_resource(request).await
    }

    async fn read_data(&self, ty: &str, config: &Value) -> Wire<Value> {
        self.limited(self.read_data_source(ty, config)).await
    }

    async fn open(&self, ty: &str, config: &Value) -> Wire<EphemeralResult> {
        self.open_ephemeral(ty, config).await
    }

    async fn renew(&self, ty: &str, private: Private) -> Wire<EphemeralResult> {
        self.renew_ephemeral(ty, private).await
    }

    async fn close(&self, ty: &str, private: Private) -> ProviderDiagnostics {
        self.close_ephemeral(ty, private).await.err().unwrap_or_default()
    }

    async fn call(&self, name: &str, args: &[Value]) -> Result<Value, (Option<usize>, String)> {
        self.call_function(name, args).await
    }

    async fn stop(&self) {
        let Some(running) = self.configured.get() else { return };
        // It may be gone already, and nothing depends on what it says.
        let _: Result<proto::Stopped, NoAnswer> =
            running.call(Method::StopProvider, proto::Empty {}).await;
    }
}
