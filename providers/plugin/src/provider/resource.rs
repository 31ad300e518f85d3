//! Managed resources.

use std::sync::Arc;

use groma_provider_api::{
    ApplyOutcome, ApplyRequest, Imported, MoveRequest, ObjectState, PlanRequest, Planned,
    ProviderDiagnostics, ReadRequest, Upgraded, has_errors,
};
use groma_value::{Type, Value};

use super::{CAPABILITIES, PluginProvider, Wire, answered};
use crate::proto;
use crate::rpc::Method;
use crate::running::NoAnswer;
use crate::schemas::Kind;
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
    ) -> Wire<Upgraded> {
        const METHOD: Method = Method::UpgradeResourceState;
        let value_type = self.resource_type(ty).await?;
        let request = proto::Upgrade {
            type_name: ty.to_owned(),
            version: i64::try_from(version).unwrap_or(i64::MAX),
            raw_state: Some(proto::RawState { json: json.to_vec(), ..Default::default() }),
        };
        let answer: proto::Upgraded = self.call(METHOD, request).await?;
        answered(answer.diagnostics, None)?;
        let value = self.decode(METHOD, answer.upgraded_state, value_type, "upgraded state")?;
        Ok(Upgraded { value })
    }

    pub(super) async fn read_resource(&self, request: ReadRequest) -> Wire<ObjectState> {
        const METHOD: Method = Method::ReadResource;
        let ReadRequest { ty, prior } = request;
        let value_type = self.resource_type(&ty).await?;
        let request = proto::Read {
            type_name: ty.to_string(),
            current_state: Self::encode(METHOD, &prior.value, value_type)?,
            private: prior.private.to_vec(),
            provider_meta: None,
            client_capabilities: Some(CAPABILITIES),
        };
        let answer: proto::ReadBack = self.call(METHOD, request).await?;
        answered(answer.diagnostics, answer.deferred)?;
        Ok(ObjectState {
            value: self.decode(METHOD, answer.new_state, value_type, "new state")?,
            private: answer.private.into(),
        })
    }

    pub(super) async fn plan_change(&self, request: PlanRequest) -> Wire<Planned> {
        const METHOD: Method = Method::PlanResourceChange;
        let ty = self.resource_type(&request.ty).await?;
        let message = proto::Plan {
            type_name: request.ty.to_string(),
            prior_state: Self::encode(METHOD, &request.prior, ty)?,
            proposed_new_state: Self::encode(METHOD, &request.proposed, ty)?,
            config: Self::encode(METHOD, &request.config, ty)?,
            prior_private: request.private.to_vec(),
            provider_meta: None,
            client_capabilities: Some(CAPABILITIES),
        };
        let answer: proto::Planned = self.call(METHOD, message).await?;
        let diagnostics = answered(answer.diagnostics, answer.deferred)?;
        Ok(Planned {
            value: Some(self.decode(METHOD, answer.planned_state, ty, "planned state")?),
            requires_replace: answer.requires_replace.into_iter().map(wire::path).collect(),
            private: Some(answer.planned_private.into()),
            legacy_type_system: answer.legacy_type_system,
            diagnostics,
        })
    }

    /// Runs to its end once it has begun, whoever still waits for it.
    pub(super) async fn apply_change(&self, request: ApplyRequest) -> ApplyOutcome {
        // Nothing has been sent before this is through, so that nothing has been done.
        let nothing_done = |diagnostics| ApplyOutcome::Failed {
            state: ObjectState { value: request.prior.clone(), private: request.private.clone() },
            diagnostics,
        };
        let (running, ty) = match self.ready(&request.ty).await {
            Ok(ready) => ready,
            Err(problems) => return nothing_done(problems),
        };
        let message = match apply_message(&request, &ty) {
            Ok(message) => message,
            Err(problems) => return nothing_done(problems),
        };
        // A task of its own: dropping a call does not undo what it does.
        let call = tokio::spawn(async move {
            running.call::<_, proto::Applied>(Method::ApplyResourceChange, message).await
        });
        match call.await {
            Ok(Ok(answer)) => self.applied(answer, &ty),
            Ok(Err(error)) if error.error.is_unimplemented() => {
                nothing_done(vec![error.diagnostic()])
            }
            Ok(Err(error)) => unknown(&error),
            Err(error) => ApplyOutcome::Unknown { error: error.to_string() },
        }
    }

    async fn ready(&self, ty: &str) -> Wire<(Arc<crate::running::Running>, Type)> {
        let ty = self.resource_type(ty).await?.clone();
        Ok((Arc::clone(self.running().await?), ty))
    }

    fn applied(&self, answer: proto::Applied, ty: &Type) -> ApplyOutcome {
        let mut diagnostics = wire::diagnostics(answer.diagnostics);
        let failed = has_errors(&diagnostics);
        // What failed may leave nothing, which some providers say by sending nothing.
        let value = if failed {
            wire::decode_or_null(answer.new_state, ty, "new state")
        } else {
            wire::decode(answer.new_state, ty, "new state")
        };
        let value = match value {
            Ok(value) => value,
            Err(Malformed(problem)) => {
                diagnostics.extend(self.binary.malformed(Method::ApplyResourceChange, &problem));
                let said: Vec<String> =
                    diagnostics.iter().map(|p| format!("{}: {}", p.summary, p.detail)).collect();
                return ApplyOutcome::Unknown { error: said.join("\n") };
            }
        };
        let state = ObjectState { value, private: answer.private.into() };
        if failed {
            return ApplyOutcome::Failed { state, diagnostics };
        }
        let legacy_type_system = answer.legacy_type_system;
        ApplyOutcome::Done { state, diagnostics, legacy_type_system }
    }

    pub(super) async fn import_state(&self, ty: &str, id: &str) -> Wire<Vec<Imported>> {
        const METHOD: Method = Method::ImportResourceState;
        let declared = self.binary.declared().await?;
        Self::ty(declared, Kind::Resource, ty)?;
        let request = proto::Import {
            type_name: ty.to_owned(),
            id: id.to_owned(),
            client_capabilities: Some(CAPABILITIES),
        };
        let answer: proto::Imported = self.call(METHOD, request).await?;
        answered(answer.diagnostics, answer.deferred)?;
        let imported = answer.resources.into_iter().map(|resource| {
            let ty = Self::ty(declared, Kind::Resource, &resource.type_name)?;
            let value = self.decode(METHOD, resource.state, ty, "imported state")?;
            let state = ObjectState { value, private: resource.private.into() };
            Ok(Imported { ty: resource.type_name.into(), state })
        });
        imported.collect()
    }

    pub(super) async fn move_resource(&self, request: MoveRequest) -> Wire<ObjectState> {
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
        let message = proto::Move {
            source_provider_address: request.source_provider.to_string(),
            source_type_name: request.source_type.to_string(),
            source_schema_version: i64::try_from(request.source_schema_version).unwrap_or(i64::MAX),
            source_state: Some(proto::RawState {
                json: request.source_state.to_vec(),
                ..Default::default()
            }),
            target_type_name: request.target_type.to_string(),
            source_private: request.source_private.to_vec(),
        };
        let answer: proto::Moved = self.call(METHOD, message).await?;
        answered(answer.diagnostics, None)?;
        Ok(ObjectState {
            value: self.decode(METHOD, answer.target_state, ty, "target state")?,
            private: answer.target_private.into(),
        })
    }
}

fn apply_message(request: &ApplyRequest, ty: &Type) -> Result<proto::Apply, ProviderDiagnostics> {
    let encode = |value: &Value| PluginProvider::encode(Method::ApplyResourceChange, value, ty);
    Ok(proto::Apply {
        type_name: request.ty.to_string(),
        prior_state: encode(&request.prior)?,
        planned_state: encode(&request.planned)?,
        config: encode(&request.config)?,
        planned_private: request.private.to_vec(),
        provider_meta: None,
    })
}

fn unknown(error: &NoAnswer) -> ApplyOutcome {
    let said = error.diagnostic();
    ApplyOutcome::Unknown { error: format!("{}: {}", said.summary, said.detail) }
}
