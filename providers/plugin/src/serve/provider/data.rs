//! Data sources.

use std::sync::Arc;

use groma_provider_api::{Answered, DataRequest};

use super::{Answer, Served, decode, encode, problems};
use crate::proto;
use crate::schemas::Kind;
use crate::wire;

impl Served {
    pub(in crate::serve) async fn validate_data(
        self: Arc<Self>,
        request: proto::ValidateConfig,
    ) -> Answer<proto::Problems> {
        Ok(problems(match self.ty(Kind::Data, &request.type_name).await {
            Ok(ty) => {
                let config = decode(request.config, ty, "configuration")?;
                self.provider.validate_data(&request.type_name, &config).await
            }
            Err(diagnostics) => diagnostics,
        }))
    }

    pub(in crate::serve) async fn read_data(
        self: Arc<Self>,
        request: proto::ReadData,
    ) -> Answer<proto::DataRead> {
        let failed = |diagnostics| proto::DataRead {
            diagnostics: wire::diagnostics_to(diagnostics),
            ..Default::default()
        };
        let ty = match self.ty(Kind::Data, &request.type_name).await {
            Ok(ty) => ty,
            Err(diagnostics) => return Ok(failed(diagnostics)),
        };
        let config = decode(request.config, ty, "configuration")?;
        let meta = self.meta(request.provider_meta).await?;
        let request = DataRequest { ty: request.type_name.into(), config, meta };
        Ok(match self.provider.read_data(request).await {
            Ok(Answered { answer, warnings }) => proto::DataRead {
                state: encode(&answer, ty)?,
                diagnostics: wire::diagnostics_to(warnings),
                deferred: None,
            },
            Err(diagnostics) => failed(diagnostics),
        })
    }
}
