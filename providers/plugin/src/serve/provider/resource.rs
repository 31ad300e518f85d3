//! Managed resources.

use std::sync::Arc;

use groma_addr::Provider as ProviderAddr;
use groma_provider_api::native::{SystemRandomness, uuid};
use groma_provider_api::{
    Answered, ApplyOutcome, ApplyRequest, AttributeDiagnostic, ImportTarget, MoveRequest,
    ObjectState, PlanRequest, ReadRequest, Token,
};
use tonic::Status;

use super::{Answer, Served, decode, encode, problems};
use crate::proto;
use crate::schemas::Kind;
use crate::wire;

impl Served {
    pub(in crate::serve) async fn validate_resource(
        self: Arc<Self>,
        request: proto::ValidateConfig,
    ) -> Answer<proto::Problems> {
        Ok(problems(match self.ty(Kind::Resource, &request.type_name).await {
            Ok(ty) => {
                let config = decode(request.config, ty, "configuration")?;
                self.provider.validate_resource(&request.type_name, &config).await
            }
            Err(diagnostics) => diagnostics,
        }))
    }

    pub(in crate::serve) async fn upgrade(
        self: Arc<Self>,
        request: proto::Upgrade,
    ) -> Answer<proto::Upgraded> {
        let failed = |diagnostics| proto::Upgraded {
            upgraded_state: None,
            diagnostics: wire::diagnostics_to(diagnostics),
        };
        let ty = match self.ty(Kind::Resource, &request.type_name).await {
            Ok(ty) => ty,
            Err(diagnostics) => return Ok(failed(diagnostics)),
        };
        let json = match raw_state(request.raw_state) {
            Ok(json) => json,
            Err(problem) => return Ok(failed(vec![problem])),
        };
        let version = version(request.version)?;
        Ok(match self.provider.upgrade(&request.type_name, version, &json).await {
            Ok(Answered { answer, warnings }) => proto::Upgraded {
                upgraded_state: encode(&answer.value, ty)?,
                diagnostics: wire::diagnostics_to(warnings),
            },
            Err(diagnostics) => failed(diagnostics),
        })
    }

    pub(in crate::serve) async fn read(
        self: Arc<Self>,
        request: proto::Read,
    ) -> Answer<proto::ReadBack> {
        let failed = |diagnostics| proto::ReadBack {
            diagnostics: wire::diagnostics_to(diagnostics),
            ..Default::default()
        };
        let ty = match self.ty(Kind::Resource, &request.type_name).await {
            Ok(ty) => ty,
            Err(diagnostics) => return Ok(failed(diagnostics)),
        };
        let prior = ObjectState {
            value: decode(request.current_state, ty, "current state")?,
            private: request.private.into(),
            identity: self.decode_identity(request.current_identity, &request.type_name).await?,
        };
        let meta = self.meta(request.provider_meta).await?;
        let name = request.type_name;
        let request = ReadRequest { ty: (&*name).into(), prior, meta };
        Ok(match self.provider.read(request).await {
            Ok(Answered { answer, warnings }) => proto::ReadBack {
                new_state: encode(&answer.value, ty)?,
                private: answer.private.to_vec(),
                new_identity: self.encode_identity(answer.identity.as_ref(), &name).await?,
                diagnostics: wire::diagnostics_to(warnings),
                deferred: None,
            },
            Err(diagnostics) => failed(diagnostics),
        })
    }

    pub(in crate::serve) async fn plan(
        self: Arc<Self>,
        request: proto::Plan,
    ) -> Answer<proto::Planned> {
        let ty = match self.ty(Kind::Resource, &request.type_name).await {
            Ok(ty) => ty,
            Err(diagnostics) => {
                let diagnostics = wire::diagnostics_to(diagnostics);
                return Ok(proto::Planned { diagnostics, ..Default::default() });
            }
        };
        let planned = self.provider.plan(PlanRequest {
            prior: decode(request.prior_state, ty, "prior state")?,
            config: decode(request.config, ty, "configuration")?,
            proposed: decode(request.proposed_new_state, ty, "proposed state")?,
            private: request.prior_private.into(),
            identity: self.decode_identity(request.prior_identity, &request.type_name).await?,
            meta: self.meta(request.provider_meta).await?,
            ty: (&*request.type_name).into(),
        });
        let planned = planned.await;
        let value = planned.value.as_ref().map(|value| encode(value, ty));
        Ok(proto::Planned {
            planned_state: value.transpose()?.flatten(),
            requires_replace: planned.requires_replace.iter().map(wire::path_to).collect(),
            planned_private: planned.private.map(|kept| kept.to_vec()).unwrap_or_default(),
            diagnostics: wire::diagnostics_to(planned.diagnostics),
            legacy_type_system: planned.legacy_type_system,
            deferred: None,
            planned_identity: self
                .encode_identity(planned.identity.as_ref(), &request.type_name)
                .await?,
        })
    }

    pub(in crate::serve) async fn apply(
        self: Arc<Self>,
        request: proto::Apply,
    ) -> Answer<proto::Applied> {
        let ty = match self.ty(Kind::Resource, &request.type_name).await {
            Ok(ty) => ty,
            Err(diagnostics) => {
                // Nothing was done.
                return Ok(proto::Applied {
                    new_state: request.prior_state,
                    private: request.planned_private,
                    diagnostics: wire::diagnostics_to(diagnostics),
                    legacy_type_system: false,
                    new_identity: request.planned_identity,
                });
            }
        };
        let token = uuid(&SystemRandomness).map_err(|error| Status::internal(error.to_string()))?;
        let outcome = self.provider.apply(ApplyRequest {
            prior: decode(request.prior_state, ty, "prior state")?,
            planned: decode(request.planned_state, ty, "planned state")?,
            config: decode(request.config, ty, "configuration")?,
            private: request.planned_private.into(),
            identity: self.decode_identity(request.planned_identity, &request.type_name).await?,
            meta: self.meta(request.provider_meta).await?,
            ty: (&*request.type_name).into(),
            token: Token(token),
        });
        let (state, diagnostics, legacy_type_system) = match outcome.await {
            ApplyOutcome::Done { state, diagnostics, legacy_type_system } => {
                (state, diagnostics, legacy_type_system)
            }
            ApplyOutcome::Failed { state, diagnostics } => (state, diagnostics, false),
            // The protocol's only way to say so: a call that was lost.
            ApplyOutcome::Unknown { error } => return Err(Status::unknown(error)),
        };
        Ok(proto::Applied {
            new_state: encode(&state.value, ty)?,
            private: state.private.to_vec(),
            diagnostics: wire::diagnostics_to(diagnostics),
            legacy_type_system,
            new_identity: self.encode_identity(state.identity.as_ref(), &request.type_name).await?,
        })
    }

    pub(in crate::serve) async fn import(
        self: Arc<Self>,
        request: proto::Import,
    ) -> Answer<proto::Imported> {
        let failed = |diagnostics| proto::Imported {
            diagnostics: wire::diagnostics_to(diagnostics),
            ..Default::default()
        };
        let target = match self.decode_identity(request.identity, &request.type_name).await? {
            Some(identity) => ImportTarget::Identity(identity),
            None => ImportTarget::Id(request.id),
        };
        let imported = self.provider.import(&request.type_name, &target).await;
        let Answered { answer: imported, warnings } = match imported {
            Ok(imported) => imported,
            Err(diagnostics) => return Ok(failed(diagnostics)),
        };
        let mut resources = Vec::with_capacity(imported.len());
        for one in imported {
            let ty = match self.ty(Kind::Resource, &one.ty).await {
                Ok(ty) => ty,
                Err(diagnostics) => return Ok(failed(diagnostics)),
            };
            resources.push(proto::ImportedResource {
                type_name: one.ty.to_string(),
                state: encode(&one.state.value, ty)?,
                private: one.state.private.to_vec(),
                identity: self.encode_identity(one.state.identity.as_ref(), &one.ty).await?,
            });
        }
        let diagnostics = wire::diagnostics_to(warnings);
        Ok(proto::Imported { resources, diagnostics, deferred: None })
    }

    pub(in crate::serve) async fn move_state(
        self: Arc<Self>,
        request: proto::Move,
    ) -> Answer<proto::Moved> {
        let failed = |diagnostics| proto::Moved {
            diagnostics: wire::diagnostics_to(diagnostics),
            ..Default::default()
        };
        let ty = match self.ty(Kind::Resource, &request.target_type_name).await {
            Ok(ty) => ty,
            Err(diagnostics) => return Ok(failed(diagnostics)),
        };
        let source_state = match raw_state(request.source_state) {
            Ok(json) => json,
            Err(problem) => return Ok(failed(vec![problem])),
        };
        let Ok(source_provider) = request.source_provider_address.parse::<ProviderAddr>() else {
            let text = format!("no provider has the address {:?}", request.source_provider_address);
            return Err(Status::invalid_argument(text));
        };
        let source_identity = match request.source_identity {
            Some(identity) => match raw_state(Some(identity)) {
                Ok(json) => Some((version(request.source_identity_schema_version)?, json.into())),
                Err(problem) => return Ok(failed(vec![problem])),
            },
            None => None,
        };
        let name = request.target_type_name.clone();
        let request = MoveRequest {
            source_provider,
            source_type: request.source_type_name.into(),
            source_schema_version: version(request.source_schema_version)?,
            source_state: source_state.into(),
            source_private: request.source_private.into(),
            source_identity,
            target_type: (&*request.target_type_name).into(),
        };
        Ok(match self.provider.move_state(request).await {
            Ok(Answered { answer, warnings }) => proto::Moved {
                target_state: encode(&answer.value, ty)?,
                target_private: answer.private.to_vec(),
                target_identity: self.encode_identity(answer.identity.as_ref(), &name).await?,
                diagnostics: wire::diagnostics_to(warnings),
            },
            Err(diagnostics) => failed(diagnostics),
        })
    }
}

pub(super) fn version(number: i64) -> Answer<u64> {
    u64::try_from(number).map_err(|_| Status::invalid_argument("a schema version is not negative"))
}

/// The attributes that a state has of an object.
pub(super) fn raw_state(state: Option<proto::RawState>) -> Result<Vec<u8>, AttributeDiagnostic> {
    let proto::RawState { json, flatmap } = state.unwrap_or_default();
    if flatmap.is_empty() {
        return Ok(json);
    }
    Err(AttributeDiagnostic::error(
        "Unable to Read Previously Saved State",
        "The state was last written before Terraform 0.12, in a form that this provider has never \
         written. Apply it with an earlier version of the provider first.",
    ))
}
