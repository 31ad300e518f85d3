//! The calls over the provider trait: what `crate::provider` does, the other way round.

mod data;
mod ephemeral;
mod function;
mod identity;
mod resource;

use std::collections::HashMap;
use std::sync::Arc;

use groma_provider_api::{
    AttributeDiagnostic, Capabilities, ConfigureRequest, Provider, ProviderDiagnostics, Schemas,
};
use groma_value::{Type, Value};
use tokio::sync::OnceCell;
use tonic::Status;

use crate::proto;
use crate::schemas::{Declared, Kind};
use crate::wire::{self, Malformed};

/// An answer, or that the call itself was wrong.
type Answer<T> = Result<T, Status>;

/// A provider in this process.
pub(super) struct Served {
    provider: Arc<dyn Provider>,
    capabilities: Capabilities,
    schemas: OnceCell<Declared>,
}

impl Served {
    pub(super) fn new(provider: Arc<dyn Provider>, capabilities: Capabilities) -> Self {
        Self { provider, capabilities, schemas: OnceCell::new() }
    }

    /// What the provider declares, with its types. Errors are the provider's own.
    async fn schemas(&self) -> Result<&Declared, ProviderDiagnostics> {
        let load = || async {
            let all = self.provider.schema().await?;
            Ok(Declared::of(all, self.capabilities, true))
        };
        self.schemas.get_or_try_init(load).await
    }

    /// The type of that name, which the caller may have made up.
    async fn ty(&self, kind: Kind, name: &str) -> Result<&Type, ProviderDiagnostics> {
        let schemas = self.schemas().await?;
        schemas.object_type(kind, name).ok_or_else(|| {
            let kind = match kind {
                Kind::Resource => "Resource Type",
                Kind::Data => "Data Source",
                Kind::Ephemeral => "Ephemeral Resource Type",
            };
            vec![AttributeDiagnostic::error(
                format!("{kind} Not Found"),
                format!("No {} named {name:?} was found in the provider.", kind.to_lowercase()),
            )]
        })
    }

    /// What the client says that a module tells the provider.
    async fn meta(&self, meta: Option<proto::DynamicValue>) -> Answer<Option<Value>> {
        let ty = self.schemas().await.ok().and_then(|schemas| schemas.meta.as_ref());
        match meta.zip(ty) {
            Some((meta, ty)) => decode(Some(meta), ty, "provider_meta").map(Some),
            None => Ok(None),
        }
    }

    fn server_capabilities(&self) -> proto::ServerCapabilities {
        proto::ServerCapabilities {
            plan_destroy: self.capabilities.plan_destroy,
            get_provider_schema_optional: true,
            move_resource_state: true,
        }
    }

    pub(super) async fn metadata(self: Arc<Self>) -> Answer<proto::Metadata> {
        let capabilities = Some(self.server_capabilities());
        let all = match self.schemas().await {
            Ok(schemas) => &schemas.all,
            Err(problems) => {
                let diagnostics = wire::diagnostics_to(problems);
                return Ok(proto::Metadata { capabilities, diagnostics, ..Default::default() });
            }
        };
        Ok(proto::Metadata {
            capabilities,
            diagnostics: Vec::new(),
            data_sources: named(all.data_sources.keys()),
            resources: named(all.resources.keys()),
            functions: named(all.functions.keys()),
            ephemeral: named(all.ephemeral.keys()),
        })
    }

    pub(super) async fn provider_schema(self: Arc<Self>) -> Answer<proto::ProviderSchemas> {
        let capabilities = Some(self.server_capabilities());
        let all = match self.schemas().await {
            Ok(schemas) => &schemas.all,
            Err(problems) => {
                let diagnostics = wire::diagnostics_to(problems);
                return Ok(proto::ProviderSchemas {
                    diagnostics,
                    capabilities,
                    ..Default::default()
                });
            }
        };
        Ok(proto::ProviderSchemas {
            provider: Some(wire::schema_to(&all.provider)),
            resources: encoded(&all.resources),
            data_sources: encoded(&all.data_sources),
            ephemeral: encoded(&all.ephemeral),
            functions: function::signatures(all),
            lists: encoded(&all.lists),
            actions: encoded(&all.actions)
                .into_iter()
                .map(|(name, schema)| (name, proto::ActionSchema { schema }))
                .collect(),
            provider_meta: all.meta.as_ref().map(wire::schema_to),
            identities: None,
            diagnostics: Vec::new(),
            capabilities,
        })
    }

    pub(super) async fn validate(
        self: Arc<Self>,
        request: proto::ValidateProvider,
    ) -> Answer<proto::ProviderProblems> {
        let diagnostics = match self.schemas().await {
            Ok(schemas) => {
                let config = decode(request.config, &schemas.config, "configuration")?;
                self.provider.validate_provider(&config).await
            }
            Err(problems) => problems,
        };
        Ok(proto::ProviderProblems { diagnostics: wire::diagnostics_to(diagnostics) })
    }

    pub(super) async fn configure(
        self: Arc<Self>,
        request: proto::Configure,
    ) -> Answer<proto::Problems> {
        let diagnostics = match self.schemas().await {
            Ok(schemas) => {
                let config = decode(request.config, &schemas.config, "configuration")?;
                self.provider.configure(ConfigureRequest { config }).await
            }
            Err(problems) => problems,
        };
        Ok(problems(diagnostics))
    }

    pub(super) async fn stop(self: Arc<Self>) -> Answer<proto::Stopped> {
        self.provider.stop().await;
        Ok(proto::Stopped::default())
    }
}

fn problems(diagnostics: ProviderDiagnostics) -> proto::Problems {
    proto::Problems { diagnostics: wire::diagnostics_to(diagnostics) }
}

fn named<'a>(names: impl Iterator<Item = &'a Arc<str>>) -> Vec<proto::Named> {
    names.map(|name| proto::Named { name: name.to_string() }).collect()
}

fn encoded(all: &Schemas) -> HashMap<String, Vec<u8>> {
    all.iter().map(|(name, schema)| (name.to_string(), wire::schema_to(schema))).collect()
}

/// What the client sent, which it has made by the schema.
fn decode(value: Option<proto::DynamicValue>, ty: &Type, what: &str) -> Answer<Value> {
    wire::decode(value, ty, what)
        .map_err(|Malformed(problem)| Status::invalid_argument(format!("the client: {problem}")))
}

/// What the provider made, which is as its schema says.
fn encode(value: &Value, ty: &Type) -> Answer<Option<proto::DynamicValue>> {
    wire::encode(value, ty).map_err(|Malformed(problem)| {
        Status::internal(format!("the provider made what its schema does not allow: {problem}"))
    })
}
