//! Data sources.

use groma_provider_api::{Answer, Answered, DataRequest};
use groma_value::Value;

use super::{CAPABILITIES, PluginProvider, answered};
use crate::proto;
use crate::rpc::Method;
use crate::schemas::Kind;

impl PluginProvider {
    pub(super) async fn read_data_source(&self, request: DataRequest) -> Answer<Value> {
        const METHOD: Method = Method::ReadDataSource;
        let declared = self.binary.declared().await?;
        let value_type = Self::ty(declared, Kind::Data, &request.ty)?;
        let request = proto::ReadData {
            type_name: request.ty.to_string(),
            config: Self::encode(METHOD, &request.config, value_type)?,
            provider_meta: Self::encode_meta(METHOD, declared, request.meta.as_ref())?,
            client_capabilities: Some(CAPABILITIES),
        };
        let answer: proto::DataRead = self.call(METHOD, request).await?;
        let warnings = answered(answer.diagnostics, answer.deferred)?;
        let answer = self.decode(METHOD, answer.state, value_type, "data")?;
        Ok(Answered { answer, warnings })
    }
}
