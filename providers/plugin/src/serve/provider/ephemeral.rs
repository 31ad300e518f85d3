//! Ephemeral resources.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use groma_provider_api::Answered;

use super::{Answer, Served, decode, encode, problems};
use crate::proto;
use crate::schemas::Kind;
use crate::wire;

impl Served {
    pub(in crate::serve) async fn validate_ephemeral(
        self: Arc<Self>,
        request: proto::ValidateConfig,
    ) -> Answer<proto::Problems> {
        Ok(problems(match self.ty(Kind::Ephemeral, &request.type_name).await {
            Ok(ty) => {
                let config = decode(request.config, ty, "configuration")?;
                self.provider.validate_ephemeral(&request.type_name, &config).await
            }
            Err(diagnostics) => diagnostics,
        }))
    }

    pub(in crate::serve) async fn open(
        self: Arc<Self>,
        request: proto::Open,
    ) -> Answer<proto::Opened> {
        let failed = |diagnostics| proto::Opened {
            diagnostics: wire::diagnostics_to(diagnostics),
            ..Default::default()
        };
        let ty = match self.ty(Kind::Ephemeral, &request.type_name).await {
            Ok(ty) => ty,
            Err(diagnostics) => return Ok(failed(diagnostics)),
        };
        let config = decode(request.config, ty, "configuration")?;
        Ok(match self.provider.open(&request.type_name, &config).await {
            Ok(Answered { answer: opened, warnings }) => proto::Opened {
                result: encode(&opened.value, ty)?,
                private: Some(opened.private.to_vec()),
                renew_at: opened.renew_at.map(timestamp),
                diagnostics: wire::diagnostics_to(warnings),
                deferred: None,
            },
            Err(diagnostics) => failed(diagnostics),
        })
    }

    pub(in crate::serve) async fn renew(
        self: Arc<Self>,
        request: proto::KeptOpen,
    ) -> Answer<proto::Renewed> {
        let kept = request.private.unwrap_or_default().into();
        Ok(match self.provider.renew(&request.type_name, kept).await {
            Ok(Answered { answer: renewed, warnings }) => proto::Renewed {
                private: Some(renewed.private.to_vec()),
                renew_at: renewed.renew_at.map(timestamp),
                diagnostics: wire::diagnostics_to(warnings),
            },
            Err(diagnostics) => proto::Renewed {
                diagnostics: wire::diagnostics_to(diagnostics),
                ..Default::default()
            },
        })
    }

    pub(in crate::serve) async fn close(
        self: Arc<Self>,
        request: proto::KeptOpen,
    ) -> Answer<proto::Problems> {
        let kept = request.private.unwrap_or_default().into();
        Ok(problems(self.provider.close(&request.type_name, kept).await))
    }
}

fn timestamp(at: SystemTime) -> proto::Timestamp {
    // Nothing is renewed in a time before 1970, or one that does not fit.
    let since = at.duration_since(UNIX_EPOCH).unwrap_or_default();
    proto::Timestamp {
        seconds: i64::try_from(since.as_secs()).unwrap_or(i64::MAX),
        nanos: i32::try_from(since.subsec_nanos()).unwrap_or_default(),
    }
}
