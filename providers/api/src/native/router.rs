//! Routes the calls of [`Provider`] to the parts of a native provider by name.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use groma_value::Value;

use super::{DataSource, EphemeralType, Function, ResourceType, state};
use crate::{
    Answer, ApplyOutcome, ApplyRequest, AttributeDiagnostic, DataRequest, EphemeralResult, Factory,
    ImportTarget, Imported, Metadata, MoveRequest, ObjectState, PlanRequest, Planned, Private,
    Provider, ProviderDiagnostics, ProviderSchema, ReadRequest, Recovered, Schema, Upgraded,
};

/// A provider in process, without configuration of its own.
#[derive(Default)]
pub struct Native {
    schema: Arc<ProviderSchema>,
    resources: BTreeMap<&'static str, Entry>,
    data_sources: BTreeMap<&'static str, Box<dyn DataSource>>,
    ephemeral: BTreeMap<&'static str, Box<dyn EphemeralType>>,
    functions: BTreeMap<&'static str, Box<dyn Function>>,
}

struct Entry {
    implementation: Box<dyn ResourceType>,
    schema: Arc<Schema>,
}

impl Native {
    /// A provider of nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    fn schema_mut(&mut self) -> &mut ProviderSchema {
        Arc::make_mut(&mut self.schema)
    }

    /// With that resource type.
    #[must_use]
    pub fn resource(mut self, implementation: impl ResourceType + 'static) -> Self {
        let name = implementation.name();
        let schema = Arc::new(implementation.schema());
        self.schema_mut().resources.insert(name.into(), Arc::clone(&schema));
        self.resources.insert(name, Entry { implementation: Box::new(implementation), schema });
        self
    }

    /// With that data source.
    #[must_use]
    pub fn data(mut self, implementation: impl DataSource + 'static) -> Self {
        let name = implementation.name();
        self.schema_mut().data_sources.insert(name.into(), Arc::new(implementation.schema()));
        self.data_sources.insert(name, Box::new(implementation));
        self
    }

    /// With that ephemeral resource type.
    #[must_use]
    pub fn ephemeral(mut self, implementation: impl EphemeralType + 'static) -> Self {
        let name = implementation.name();
        self.schema_mut().ephemeral.insert(name.into(), Arc::new(implementation.schema()));
        self.ephemeral.insert(name, Box::new(implementation));
        self
    }

    /// With that function.
    #[must_use]
    pub fn function(mut self, implementation: impl Function + 'static) -> Self {
        let name = implementation.name();
        self.schema_mut().functions.insert(name.into(), implementation.signature());
        self.functions.insert(name, Box::new(implementation));
        self
    }

    fn entry(&self, ty: &str) -> Result<&Entry, ProviderDiagnostics> {
        self.resources.get(ty).ok_or_else(|| none_such("resource type", ty))
    }

    fn source(&self, ty: &str) -> Result<&dyn DataSource, ProviderDiagnostics> {
        self.data_sources.get(ty).map(|b| &**b).ok_or_else(|| none_such("data source", ty))
    }

    fn ephemeral_type(&self, ty: &str) -> Result<&dyn EphemeralType, ProviderDiagnostics> {
        let found = self.ephemeral.get(ty).map(|b| &**b);
        found.ok_or_else(|| none_such("ephemeral resource type", ty))
    }
}

fn none_such(kind: &str, ty: &str) -> ProviderDiagnostics {
    let message = format!("The provider does not support {kind} {ty:?}.");
    vec![AttributeDiagnostic::error(format!("Invalid {kind}"), message)]
}

fn newer(ty: &str, version: u64, current: u64) -> ProviderDiagnostics {
    vec![AttributeDiagnostic::error(
        "Resource instance managed by newer provider version",
        format!(
            "The current state was created by a newer provider version than is currently selected: \
             it has schema version {version} of {ty}, and {current} is the newest known."
        ),
    )]
}

#[async_trait]
impl Provider for Native {
    async fn schema(&self) -> Result<Arc<ProviderSchema>, ProviderDiagnostics> {
        Ok(Arc::clone(&self.schema))
    }

    async fn validate_resource(&self, ty: &str, config: &Value) -> ProviderDiagnostics {
        self.entry(ty).map_or_else(|e| e, |entry| entry.implementation.validate(config))
    }

    async fn validate_data(&self, ty: &str, config: &Value) -> ProviderDiagnostics {
        self.source(ty).map_or_else(|e| e, |source| source.validate(config))
    }

    async fn validate_ephemeral(&self, ty: &str, config: &Value) -> ProviderDiagnostics {
        self.ephemeral_type(ty).map_or_else(|e| e, |found| found.validate(config))
    }

    fn is_pure(&self, ty: &str) -> bool {
        self.resources.get(ty).is_some_and(|entry| entry.implementation.is_pure())
    }

    async fn upgrade(&self, ty: &str, version: u64, json: &[u8]) -> Answer<Upgraded> {
        let Entry { implementation, schema } = self.entry(ty)?;
        let value = match version.cmp(&schema.version) {
            Ordering::Equal => state::parse_current(&schema.block, json)?,
            Ordering::Less => {
                let mut object = state::parse_loose(json)?;
                implementation.upgrade(version, &mut object).map_err(|error| vec![error])?;
                state::parse_current(&schema.block, &state::write_loose(&object)?)?
            }
            Ordering::Greater => return Err(newer(ty, version, schema.version)),
        };
        Ok(Upgraded { value }.into())
    }

    async fn read(&self, request: ReadRequest) -> Answer<ObjectState> {
        let now = self.entry(&request.ty)?.implementation.read(request.prior).await?;
        Ok(now.into())
    }

    async fn plan(&self, request: PlanRequest) -> Planned {
        match self.entry(&request.ty) {
            Ok(entry) => entry.implementation.plan(request),
            Err(diagnostics) => Planned { diagnostics, ..Planned::default() },
        }
    }

    async fn apply(&self, request: ApplyRequest) -> ApplyOutcome {
        let (prior, private) = (request.prior.clone(), Arc::clone(&request.private));
        let result = match self.entry(&request.ty) {
            Err(diagnostics) => Err(diagnostics),
            Ok(entry) => change(&*entry.implementation, request).await,
        };
        match result {
            Ok(value) => ApplyOutcome::Done {
                state: ObjectState::new(value, private),
                diagnostics: Vec::new(),
                legacy_type_system: false,
            },
            Err(diagnostics) => {
                ApplyOutcome::Failed { state: ObjectState::new(prior, private), diagnostics }
            }
        }
    }

    async fn recover(&self, lost: &ApplyRequest) -> Result<Recovered, ProviderDiagnostics> {
        self.entry(&lost.ty)?.implementation.recover(lost).await
    }

    async fn import(&self, ty: &str, target: &ImportTarget) -> Answer<Vec<Imported>> {
        let ImportTarget::Id(id) = target else {
            return Err(vec![AttributeDiagnostic::error(
                "Import by identity not supported",
                format!("Objects of the resource type {ty} have no identities: import them by id."),
            )]);
        };
        let value = self.entry(ty)?.implementation.import(id).await?;
        let state = ObjectState::new(value, Arc::default());
        Ok(vec![Imported { ty: ty.into(), state }].into())
    }

    async fn move_state(&self, request: MoveRequest) -> Answer<ObjectState> {
        let moved = self.entry(&request.target_type)?.implementation.move_state(request).await?;
        Ok(moved.into())
    }

    async fn read_data(&self, request: DataRequest) -> Answer<Value> {
        Ok(self.source(&request.ty)?.read(&request.config).await?.into())
    }

    async fn open(&self, ty: &str, config: &Value) -> Answer<EphemeralResult> {
        Ok(self.ephemeral_type(ty)?.open(config).await?.into())
    }

    async fn renew(&self, ty: &str, private: Private) -> Answer<EphemeralResult> {
        let ty = self.ephemeral_type(ty)?.schema().block.implied_type();
        Ok(EphemeralResult { value: Value::null(ty), private, renew_at: None }.into())
    }

    async fn stop(&self) {
        self.resources.values().for_each(|entry| entry.implementation.stop());
    }

    async fn call(&self, name: &str, args: &[Value]) -> Result<Value, (Option<usize>, String)> {
        match self.functions.get(name) {
            Some(function) => function.call(args),
            None => Err((None, format!("This provider has no function {name:?}."))),
        }
    }
}

/// The new object, null after a destruction.
async fn change(
    implementation: &dyn ResourceType,
    request: ApplyRequest,
) -> Result<Value, ProviderDiagnostics> {
    if request.planned.is_null() {
        let null = request.planned.clone();
        implementation.delete(request).await.map(|()| null)
    } else if request.prior.is_null() {
        implementation.create(request).await
    } else {
        implementation.update(request).await
    }
}

/// Makes instances of a native provider. As it has no configuration, all are the same one.
pub struct NativeFactory {
    metadata: Metadata,
    provider: Arc<Native>,
}

impl NativeFactory {
    /// Of `provider`, which says `metadata` of itself.
    pub fn new(metadata: Metadata, provider: Native) -> Self {
        Self { metadata, provider: Arc::new(provider) }
    }
}

impl Factory for NativeFactory {
    fn metadata(&self) -> Metadata {
        self.metadata.clone()
    }

    fn instantiate(&self) -> Arc<dyn Provider> {
        Arc::clone(&self.provider) as Arc<dyn Provider>
    }
}
