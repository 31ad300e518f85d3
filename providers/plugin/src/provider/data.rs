//! Data sources.

use groma_value::Value;

use super::{CAPABILITIES, PluginProvider, Wire, answered};
use crate::proto;
use crate::rpc::Method;
use crate::schemas::Kind;

impl PluginProvider {
    pub(super) async fn read_data_source(&self, ty: &str, config: &Value) -> Wire<Value> {
        const METHOD: Method = Method::ReadDataSource;
        let declared = self.binary.declared().await?;
        let value_type = Self::ty(declared, Kind::Data, ty)?;
        let request = proto::ReadData {
            type_name: ty.to_owned(),
            config: Self::encode(METHOD, config, value_type)?,
            provider_meta: None,
            client_capabilities: Some(CAPABILITIES),
        };
        let answer: proto::DataRead = self.call(METHOD, request).await?;
        answered(answer.diagnostics, answer.deferred)?;
        self.decode(METHOD, answer.state, value_type, "data")
    }
}
