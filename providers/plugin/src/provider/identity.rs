//! What names objects.

use groma_provider_api::{Answer, Answered};
use groma_value::Value;

use super::{PluginProvider, Wire, answered};
use crate::proto;
use crate::rpc::Method;
use crate::schemas::{Declared, Kind};
use crate::wire::{self, Malformed};

impl PluginProvider {
    pub(super) async fn upgrade_resource_identity(
        &self,
        ty: &str,
        version: u64,
        json: &[u8],
    ) -> Answer<Value> {
        const METHOD: Method = Method::UpgradeResourceIdentity;
        let declared = self.binary.declared().await?;
        Self::ty(declared, Kind::Resource, ty)?;
        let request = proto::UpgradeIdentity {
            type_name: ty.to_owned(),
            version: i64::try_from(version).unwrap_or(i64::MAX),
            raw_identity: Some(proto::RawState::json(json)),
        };
        let answer: proto::UpgradedIdentity = self.call(METHOD, request).await?;
        let warnings = answered(answer.diagnostics, None)?;
        let identity = self.decode_identity(METHOD, declared, answer.upgraded_identity, ty)?;
        let answer =
            identity.ok_or_else(|| self.binary.malformed(METHOD, "it sent no identity"))?;
        Ok(Answered { answer, warnings })
    }

    /// An identity of an object of the type `ty`.
    pub(super) fn encode_identity(
        method: Method,
        declared: &Declared,
        identity: Option<&Value>,
        ty: &str,
    ) -> Wire<Option<proto::IdentityData>> {
        let encoded = wire::encode_identity(identity, declared.identity_type(ty));
        encoded.map_err(|malformed| Self::cannot_be_sent(method, &malformed))
    }

    pub(super) fn decode_identity(
        &self,
        method: Method,
        declared: &Declared,
        identity: Option<proto::IdentityData>,
        ty: &str,
    ) -> Wire<Option<Value>> {
        wire::decode_identity(identity, declared.identity_type(ty))
            .map_err(|Malformed(problem)| self.binary.malformed(method, &problem))
    }
}
