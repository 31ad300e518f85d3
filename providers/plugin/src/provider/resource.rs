//! Managed resources.

use std::sync::Arc;

use groma_provider_api::{
    Answer, Answered, ApplyOutcome, ApplyRequest, ImportTarget, Imported, MoveRequest, ObjectState,
    PlanRequest, Planned, ReadRequest, Upgraded, has_errors,
};
use groma_value::{Type, Value};

use super::{CAPABILITIES, PluginProvider, Wire, answered};
use crate::proto;
use crate::rpc::Method;
use crate::running::{NoAnswer, Running};
use crate::schemas::{Declared, Kind};
use crate::wire::{self, Malformed};

impl PluginProvider {
    async fn resource_type(&self, ty: &str) -> Wire<&Type> {
        Self::ty(self.binary.declared().await?, Kind::Resource, ty)
    }

    pub(super) async fn upgrade_state(
        &self,
        ty: &str,
        version: u64,
        json: &[u8],
    ) -> Answer<Upgraded> {
        const METHOD: Method = Method::UpgradeResourceState;
        let value_type = self.resource_type(ty).await?;
        let request = proto::Upgrade {
            type_name: ty.to_owned(),
            version: i64::try_from(version).unwrap_or(i64::MAX),
            raw_state: Some(proto::RawState::json(json)),
        };
        let answer: proto::Upgraded = self.call(METHOD, request).await?;
        let warnings = answered(answer.diagnostics, None)?;
        let value = self.decode(METHOD, answer.upgraded_state, value_type, "upgraded state")?;
        Ok(Answered { answer: Upgraded { value }, warnings })
    }

    pub(super) async fn read_resource(&self, request: ReadRequest) -> Answer<ObjectState> {
        const METHOD: Method = Method::ReadResource;
        let ReadRequest { ty, prior, meta } = request;
        let declared = self.binary.declared().await?;
        let value_type = Self::ty(declared, Kind::Resource, &ty)?;
        let request = proto::Read {
            type_name: ty.to_string(),
            current_state: Self::encode(METHOD, &prior.value, value_type)?,
            private: prior.private.to_vec(),
            provider_meta: Self::encode_meta(METHOD, declared, meta.as_ref())?,
            client_capabilities: Some(CAPABILITIES),
            current_identity: Self::encode_identity(
                METHOD,
                declared,
                prior.identity.as_ref(),
                &ty,
            )?,
        };
        let answer: proto::ReadBack = self.call(METHOD, request).await?;
        let warnings = answered(answer.diagnostics, answer.deferred)?;
        let answer = ObjectState {
            value: self.decode(METHOD, answer.new_state, value_type, "new state")?,
            private: answer.private.into(),
            identity: self.decode_identity(METHOD, declared, answer.new_identity, &ty)?,
        };
        Ok(Answered { answer, warnings })
    }

    pub(super) async fn plan_change(&self, request: PlanRequest) -> Wire<Planned> {
        const METHOD: Method = Method::PlanResourceChange;
        let declared = self.binary.declared().await?;
        let ty = Self::ty(declared, Kind::Resource, &request.ty)?;
        let identity = request.identity.as_ref();
        let message = proto::Plan {
            type_name: request.ty.to_string(),
            prior_state: Self::encode(METHOD, &request.prior, ty)?,
            proposed_new_state: Self::encode(METHOD, &request.proposed, ty)?,
            config: Self::encode(METHOD, &request.config, ty)?,
            prior_private: request.private.to_vec(),
            provider_meta: Self::encode_meta(METHOD, declared, request.meta.as_ref())?,
            client_capabilities: Some(CAPABILITIES),
            prior_identity: Self::encode_identity(METHOD, declared, identity, &request.ty)?,
        };
        let answer: proto::Planned = self.call(METHOD, message).await?;
        let diagnostics = answered(answer.diagnostics, answer.deferred)?;
        Ok(Planned {
            value: Some(self.decode(METHOD, answer.planned_state, ty, "planned state")?),
            requires_replace: answer.requires_replace.into_iter().map(wire::path).collect(),
            private: Some(answer.planned_private.into()),
            identity: self.decode_identity(
                METHOD,
                declared,
                answer.planned_identity,
                &request.ty,
            )?,
            legacy_type_system: answer.legacy_type_system,
            diagnostics,
        })
    }

    /// Runs to its end once it has begun, whoever still waits for it.
    pub(super) async fn apply_change(&self, request: ApplyRequest) -> ApplyOutcome {
        // Nothing has been sent before this is through, so that nothing has been done.
        let nothing_done = |diagnostics| ApplyOutcome::Failed {
            state: ObjectState {
                value: request.prior.clone(),
                private: request.private.clone(),
                identity: request.identity.clone(),
            },
            diagnostics,
        };
        let (running, declared, message) = match self.ready(&request).await {
            Ok(ready) => ready,
            Err(problems) => return nothing_done(problems),
        };
        // A task of its own: dropping a call does not undo what it does.
        let call = tokio::spawn(async move {
            running.call::<_, proto::Applied>(Method::ApplyResourceChange, message).await
        });
        match call.await {
            Ok(Ok(answer)) => self.applied(answer, declared, &request.ty),
            Ok(Err(error)) if error.error.is_unimplemented() => {
                nothing_done(vec![error.diagnostic()])
            }
            Ok(Err(error)) => unknown(&error),
            Err(error) => ApplyOutcome::Unknown { error: error.to_string() },
        }
    }

    async fn ready(
        &self,
        request: &ApplyRequest,
    ) -> Wire<(Arc<Running>, &Arc<Declared>, proto::Apply)> {
        let declared = self.binary.declared().await?;
        let message = apply_message(request, declared)?;
        Ok((Arc::clone(self.running().await?), declared, message))
    }

    fn applied(&self, answer: proto::Applied, declared: &Declared, ty: &str) -> ApplyOutcome {
        const METHOD: Method = Method::ApplyResourceChange;
        let mut diagnostics = wire::diagnostics(answer.diagnostics);
        let failed = has_errors(&diagnostics);
        let state = Self::ty(declared, Kind::Resource, ty).and_then(|value_type| {
            // What failed may leave nothing, which some providers say by sending nothing.
            let value = if failed {
                wire::decode_or_null(answer.new_state, value_type, "new state")
            } else {
                wire::decode(answer.new_state, value_type, "new state")
            };
            Ok(ObjectState {
                value: value
                    .map_err(|Malformed(problem)| self.binary.malformed(METHOD, &problem))?,
                private: answer.private.into(),
                identity: self.decode_identity(METHOD, declared, answer.new_identity, ty)?,
            })
        });
        let state = match state {
            Ok(state) => state,
            Err(problems) => {
                diagnostics.extend(problems);
                let said: Vec<String> =
                    diagnostics.iter().map(|p| format!("{}: {}", p.summary, p.detail)).collect();
                return ApplyOutcome::Unknown { error: said.join("\n") };
            }
        };
        if failed {
            return ApplyOutcome::Failed { state, diagnostics };
        }
        let legacy_type_system = answer.legacy_type_system;
        ApplyOutcome::Done { state, diagnostics, legacy_type_system }
    }

    pub(super) async fn import_state(
        &self,
        ty: &str,
        target: &ImportTarget,
    ) -> Answer<Vec<Imported>> {
        const METHOD: Method = Method::ImportResourceState;
        let declared = self.binary.declared().await?;
        Self::ty(declared, Kind::Resource, ty)?;
        let (id, identity) = match target {
            ImportTarget::Id(id) => (id.clone(), None),
            ImportTarget::Identity(identity) => (String::new(), Some(identity)),
        };
        let request = proto::Import {
            type_name: ty.to_owned(),
            id,
            client_capabilities: Some(CAPABILITIES),
            identity: Self::encode_identity(METHOD, declared, identity, ty)?,
        };
        let answer: proto::Imported = self.call(METHOD, request).await?;
        let warnings = answered(answer.diagnostics, answer.deferred)?;
        let imported = answer.resources.into_iter().map(|resource| {
            let ty = Self::ty(declared, Kind::Resource, &resource.type_name)?;
            let value = self.decode(METHOD, resource.state, ty, "imported state")?;
            let name = &*resource.type_name;
            let identity = self.decode_identity(METHOD, declared, resource.identity, name)?;
            let state = ObjectState { value, private: resource.private.into(), identity };
            Ok(Imported { ty: name.into(), state })
        });
        Ok(Answered { answer: imported.collect::<Wire<_>>()?, warnings })
    }

    pub(super) async fn move_resource(&self, request: MoveRequest) -> Answer<ObjectState> {
        const METHOD: Method = Method::MoveResourceState;
        let declared = self.binary.declared().await?;
        let ty = Self::ty(declared, Kind::Resource, &request.target_type)?;
        if !declared.moves {
            return Err(vec![groma_provider_api::AttributeDiagnostic::error(
                "Move Resource State Not Supported",
                format!(
                    "The {:?} resource type does not support moving resource state across resource \
                     types.",
                    &*request.target_type
                ),
            )]);
        }
        let (identity_version, identity) = request.source_identity.unzip();
        let message = proto::Move {
            source_provider_address: request.source_provider.to_string(),
            source_type_name: request.source_type.to_string(),
            source_schema_version: i64::try_from(request.source_schema_version).unwrap_or(i64::MAX),
            source_state: Some(proto::RawState::json(&request.source_state)),
            target_type_name: request.target_type.to_string(),
            source_private: request.source_private.to_vec(),
            source_identity: identity.map(|json| proto::RawState::json(&json)),
            source_identity_schema_version: identity_version
                .map_or(0, |version| i64::try_from(version).unwrap_or(i64::MAX)),
        };
        let answer: proto::Moved = self.call(METHOD, message).await?;
        let warnings = answered(answer.diagnostics, None)?;
        let name = &*request.target_type;
        let answer = ObjectState {
            value: self.decode(METHOD, answer.target_state, ty, "target state")?,
            private: answer.target_private.into(),
            identity: self.decode_identity(METHOD, declared, answer.target_identity, name)?,
        };
        Ok(Answered { answer, warnings })
    }
}

fn apply_message(request: &ApplyRequest, declared: &Declared) -> Wire<proto::Apply> {
    const METHOD: Method = Method::ApplyResourceChange;
    let ty = PluginProvider::ty(declared, Kind::Resource, &request.ty)?;
    let encode = |value: &Value| PluginProvider::encode(METHOD, value, ty);
    let identity = request.identity.as_ref();
    Ok(proto::Apply {
        type_name: request.ty.to_string(),
        prior_state: encode(&request.prior)?,
        planned_state: encode(&request.planned)?,
        config: encode(&request.config)?,
        planned_private: request.private.to_vec(),
        provider_meta: PluginProvider::encode_meta(METHOD, declared, request.meta.as_ref())?,
        planned_identity: PluginProvider::encode_identity(METHOD, declared, identity, &request.ty)?,
    })
}

fn unknown(error: &NoAnswer) -> ApplyOutcome {
    let said = error.diagnostic();
    ApplyOutcome::Unknown { error: format!("{}: {}", said.summary, said.detail) }
}
