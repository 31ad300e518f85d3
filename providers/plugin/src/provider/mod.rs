//! The provider trait over a plugin's calls.

mod data;
mod ephemeral;
mod function;
mod identity;
mod resource;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use groma_provider_api::{
    Answer, ApplyOutcome, ApplyRequest, AttributeDiagnostic, ConfigureRequest, DataRequest,
    EphemeralResult, ImportTarget, Imported, MoveRequest, ObjectState, PlanRequest, Planned,
    Private, Provider, ProviderDiagnostics, ProviderSchema, ReadRequest, Upgraded, has_errors,
};
use groma_value::{Type, Value};
use prost::Message;
use tokio::sync::OnceCell;

use crate::binary::{Binary, Configured};
use crate::limits::throttled;
use crate::proto;
use crate::rpc::Method;
use crate::running::{NoAnswer, Running};
use crate::schemas::{Declared, Kind};
use crate::wire::{self, Malformed};

/// The version that plugins are told they work for: some behave by it.
const TERRAFORM_VERSION: &str = "1.11.4";

/// What this side can handle.
const CAPABILITIES: proto::ClientCapabilities =
    proto::ClientCapabilities { deferral_allowed: false, write_only_attributes_allowed: true };

/// How long what is in flight may take once somebody wants to end, before the provider is told.
const GRACE: Duration = Duration::from_secs(10);

/// One instance of a plugin: configured once, or not at all.
pub(crate) struct PluginProvider {
    binary: Arc<Binary>,
    configured: OnceCell<Arc<Configured>>,
}

/// A value that crosses, or the problem that it cannot.
pub(crate) type Wire<T> = Result<T, ProviderDiagnostics>;

impl PluginProvider {
    pub(crate) fn new(binary: Arc<Binary>) -> Self {
        Self { binary, configured: OnceCell::new() }
    }

    /// The process that serves this instance.
    async fn running(&self) -> Wire<&Arc<Running>> {
        match self.configured.get() {
            Some(configured) => Ok(&configured.running),
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

    /// Does what makes the provider ask its cloud, and learns from it how much the cloud takes.
    async fn counted<T>(
        &self,
        work: impl Future<Output = T> + Send,
        was_too_much: impl FnOnce(&T) -> bool + Send,
    ) -> T {
        let Some(configured) = self.configured.get() else { return work.await };
        let flight = configured.limits.enter();
        let done = work.await;
        flight.end(was_too_much(&done));
        done
    }

    /// The type of the objects of a type, known before anything is sent about it: plugins may crash
    /// on names that they do not have.
    fn ty<'a>(declared: &'a Declared, kind: Kind, name: &str) -> Wire<&'a Type> {
        declared.object_type(kind, name).ok_or_else(|| {
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
        wire::encode(value, ty).map_err(|malformed| Self::cannot_be_sent(method, &malformed))
    }

    fn cannot_be_sent(method: Method, Malformed(problem): &Malformed) -> ProviderDiagnostics {
        vec![AttributeDiagnostic::error(
            "Value cannot be sent to the provider",
            format!("The {} call cannot be made: {problem}.", method.name()),
        )]
    }

    /// What a module tells the provider, if the provider wants to be told.
    fn encode_meta(
        method: Method,
        declared: &Declared,
        meta: Option<&Value>,
    ) -> Wire<Option<proto::DynamicValue>> {
        match meta.zip(declared.meta.as_ref()) {
            Some((meta, ty)) => Self::encode(method, meta, ty),
            None => Ok(None),
        }
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
        let declared = self.binary.declared().await?;
        let value_type = Self::ty(declared, kind, ty)?;
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
        Ok(Arc::clone(&self.binary.declared().await?.all))
    }

    async fn ready(&self) -> Wire<()> {
        self.binary.unconfigured().await.map(|_| ())
    }

    fn at_once(&self) -> usize {
        self.configured.get().map_or(1, |configured| configured.limits.now())
    }

    async fn validate_provider(&self, config: &Value) -> ProviderDiagnostics {
        const METHOD: Method = Method::ValidateProviderConfig;
        let validated = async {
            let declared = self.binary.declared().await?;
            let config = Self::encode(METHOD, config, &declared.config)?;
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
            let declared = self.binary.declared().await?;
            let config = Self::encode(METHOD, &request.config, &declared.config)?;
            let request = proto::Configure {
                terraform_version: TERRAFORM_VERSION.to_owned(),
                config,
                client_capabilities: Some(CAPABILITIES),
            };
            let configured = self.binary.configured(request).await?;
            let warnings = configured.warnings.clone();
            // An instance is configured once.
            let _: Result<(), _> = self.configured.set(configured);
            Ok(warnings)
        };
        configured.await.unwrap_or_else(|problems| problems)
    }

    async fn upgrade(&self, ty: &str, version: u64, json: &[u8]) -> Answer<Upgraded> {
        self.upgrade_state(ty, version, json).await
    }

    async fn upgrade_identity(&self, ty: &str, version: u64, json: &[u8]) -> Answer<Value> {
        self.upgrade_resource_identity(ty, version, json).await
    }

    async fn read(&self, request: ReadRequest) -> Answer<ObjectState> {
        self.counted(self.read_resource(request), |read| read.as_ref().is_err_and(throttled)).await
    }

    async fn plan(&self, request: PlanRequest) -> Planned {
        self.plan_change(request)
            .await
            .unwrap_or_else(|diagnostics| Planned { diagnostics, ..Planned::default() })
    }

    async fn apply(&self, request: ApplyRequest) -> ApplyOutcome {
        let was_too_much = |outcome: &ApplyOutcome| match outcome {
            ApplyOutcome::Failed { diagnostics, .. } => throttled(diagnostics),
            ApplyOutcome::Done { .. } | ApplyOutcome::Unknown { .. } => false,
        };
        self.counted(self.apply_change(request), was_too_much).await
    }

    async fn import(&self, ty: &str, target: &ImportTarget) -> Answer<Vec<Imported>> {
        self.import_state(ty, target).await
    }

    async fn move_state(&self, request: MoveRequest) -> Answer<ObjectState> {
        self.move_resource(request).await
    }

    async fn read_data(&self, request: DataRequest) -> Answer<Value> {
        self.counted(self.read_data_source(request), |read| read.as_ref().is_err_and(throttled))
            .await
    }

    async fn open(&self, ty: &str, config: &Value) -> Answer<EphemeralResult> {
        self.open_ephemeral(ty, config).await
    }

    async fn renew(&self, ty: &str, private: Private) -> Answer<EphemeralResult> {
        self.renew_ephemeral(ty, private).await
    }

    async fn close(&self, ty: &str, private: Private) -> ProviderDiagnostics {
        self.close_ephemeral(ty, private).await.err().unwrap_or_default()
    }

    async fn call(&self, name: &str, args: &[Value]) -> Result<Value, (Option<usize>, String)> {
        self.call_function(name, args).await
    }

    /// Some providers give up what is in flight when they are told to stop, and some end on the
    /// spot: so they get the time to bring it to its end.
    async fn stop(&self) {
        let Some(configured) = self.configured.get() else { return };
        tokio::time::sleep(GRACE).await;
        if configured.limits.is_busy() {
            self.stop_now().await;
        }
    }

    async fn stop_now(&self) {
        let Some(configured) = self.configured.get() else { return };
        // It may be gone already, and nothing depends on what it says.
        let _: Result<proto::Stopped, NoAnswer> =
            configured.running.call(Method::StopProvider, proto::Empty {}).await;
    }
}
