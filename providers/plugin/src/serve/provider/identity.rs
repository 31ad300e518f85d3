//! What names objects.

use std::sync::Arc;

use groma_provider_api::Answered;
use groma_value::Value;
use tonic::Status;

use super::resource::{raw_state, version};
use super::{Answer, Served};
use crate::proto;
use crate::wire::{self, Malformed};

impl Served {
    pub(in crate::serve) async fn identity_schemas(
        self: Arc<Self>,
    ) -> Answer<proto::IdentitySchemas> {
        let all = match self.schemas().await {
            Ok(schemas) => &schemas.all,
            Err(problems) => {
                let diagnostics = wire::diagnostics_to(problems);
                return Ok(proto::IdentitySchemas { diagnostics, ..Default::default() });
            }
        };
        let schemas = all.identities.iter();
        let schemas =
            schemas.map(|(name, schema)| (name.to_string(), wire::identity_schema_to(schema)));
        Ok(proto::IdentitySchemas { identity_schemas: schemas.collect(), diagnostics: Vec::new() })
    }

    pub(in crate::serve) async fn upgrade_identity(
        self: Arc<Self>,
        request: proto::UpgradeIdentity,
    ) -> Answer<proto::UpgradedIdentity> {
        let failed = |diagnostics| proto::UpgradedIdentity {
            upgraded_identity: None,
            diagnostics: wire::diagnostics_to(diagnostics),
        };
        let json = match raw_state(request.raw_identity) {
            Ok(json) => json,
            Err(problem) => return Ok(failed(vec![problem])),
        };
        let version = version(request.version)?;
        let ty = &*request.type_name;
        Ok(match self.provider.upgrade_identity(ty, version, &json).await {
            Ok(Answered { answer, warnings }) => proto::UpgradedIdentity {
                upgraded_identity: self.encode_identity(Some(&answer), ty).await?,
                diagnostics: wire::diagnostics_to(warnings),
            },
            Err(diagnostics) => failed(diagnostics),
        })
    }

    /// An identity that the client sent.
    pub(super) async fn decode_identity(
        &self,
        identity: Option<proto::IdentityData>,
        ty: &str,
    ) -> Answer<Option<Value>> {
        let ty = self.schemas().await.ok().and_then(|schemas| schemas.identity_type(ty));
        wire::decode_identity(identity, ty).map_err(|Malformed(problem)| {
            Status::invalid_argument(format!("the client: {problem}"))
        })
    }

    /// An identity that the provider gave.
    pub(super) async fn encode_identity(
        &self,
        identity: Option<&Value>,
        ty: &str,
    ) -> Answer<Option<proto::IdentityData>> {
        let ty = self.schemas().await.ok().and_then(|schemas| schemas.identity_type(ty));
        wire::encode_identity(identity, ty).map_err(|Malformed(problem)| {
            Status::internal(format!("the provider made what its schema does not allow: {problem}"))
        })
    }
}
