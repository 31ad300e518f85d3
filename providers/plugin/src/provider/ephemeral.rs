//! Ephemeral resources.

use std::time::{Duration, SystemTime};

use groma_provider_api::{Answer, Answered, EphemeralResult, Private};
use groma_value::Value;

use super::{CAPABILITIES, PluginProvider, Wire, answered, clean};
use crate::proto;
use crate::rpc::Method;
use crate::schemas::Kind;

impl PluginProvider {
    pub(super) async fn open_ephemeral(&self, ty: &str, config: &Value) -> Answer<EphemeralResult> {
        const METHOD: Method = Method::OpenEphemeralResource;
        let declared = self.binary.declared().await?;
        let value_type = Self::ty(declared, Kind::Ephemeral, ty)?;
        let request = proto::Open {
            type_name: ty.to_owned(),
            config: Self::encode(METHOD, config, value_type)?,
            client_capabilities: Some(CAPABILITIES),
        };
        let answer: proto::Opened = self.call(METHOD, request).await?;
        let warnings = answered(answer.diagnostics, answer.deferred)?;
        let answer = EphemeralResult {
            value: self.decode(METHOD, answer.result, value_type, "result")?,
            private: answer.private.unwrap_or_default().into(),
            renew_at: answer.renew_at.and_then(moment),
        };
        Ok(Answered { answer, warnings })
    }

    pub(super) async fn renew_ephemeral(&self, ty: &str, kept: Private) -> Answer<EphemeralResult> {
        let request = proto::KeptOpen { type_name: ty.to_owned(), private: Some(kept.to_vec()) };
        let answer: proto::Renewed = self.call(Method::RenewEphemeralResource, request).await?;
        let warnings = answered(answer.diagnostics, None)?;
        let answer = EphemeralResult {
            value: Value::dynamic(),
            private: answer.private.unwrap_or_default().into(),
            renew_at: answer.renew_at.and_then(moment),
        };
        Ok(Answered { answer, warnings })
    }

    pub(super) async fn close_ephemeral(&self, ty: &str, kept: Private) -> Wire<()> {
        let request = proto::KeptOpen { type_name: ty.to_owned(), private: Some(kept.to_vec()) };
        let answer: proto::Problems = self.call(Method::CloseEphemeralResource, request).await?;
        clean(answer.diagnostics)
    }
}

fn moment(at: proto::Timestamp) -> Option<SystemTime> {
    let seconds = Duration::from_secs(u64::try_from(at.seconds).ok()?);
    let nanos = Duration::from_nanos(u64::try_from(at.nanos).ok()?);
    SystemTime::UNIX_EPOCH.checked_add(seconds)?.checked_add(nanos)
}
