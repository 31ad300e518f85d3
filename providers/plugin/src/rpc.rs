//! Calls: their names in both versions of the protocol, and how one fails.

use http::uri::PathAndQuery;
use prost::Message;
use prost::bytes::{Buf as _, Bytes};
use tonic::codec::{BufferSettings, Codec, DecodeBuf, Decoder};
use tonic::{Code, Request, Status};
use tonic_prost::{ProstCodec, ProstEncoder};

use crate::proto;
use crate::transport::Channel;

/// As much as terraform takes of a schema, which is some megabytes of a large provider.
const LARGEST_SCHEMA: usize = 64 << 20;
/// As much as it takes of anything else: as gRPC can say.
pub(crate) const LARGEST_MESSAGE: usize = i32::MAX as usize;

/// The version of the protocol that a plugin chose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// Of the first framework and the SDK.
    V5,
    /// With nested attributes.
    V6,
}

/// A call of the provider service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    GetMetadata,
    GetProviderSchema,
    GetFunctions,
    GetResourceIdentitySchemas,
    ValidateProviderConfig,
    ValidateResourceConfig,
    ValidateDataResourceConfig,
    ValidateEphemeralResourceConfig,
    ConfigureProvider,
    UpgradeResourceState,
    UpgradeResourceIdentity,
    ReadResource,
    PlanResourceChange,
    ApplyResourceChange,
    ImportResourceState,
    MoveResourceState,
    ReadDataSource,
    OpenEphemeralResource,
    RenewEphemeralResource,
    CloseEphemeralResource,
    CallFunction,
    StopProvider,
}

impl Method {
    const ALL: [Self; 22] = [
        Self::GetMetadata,
        Self::GetProviderSchema,
        Self::GetFunctions,
        Self::GetResourceIdentitySchemas,
        Self::ValidateProviderConfig,
        Self::ValidateResourceConfig,
        Self::ValidateDataResourceConfig,
        Self::ValidateEphemeralResourceConfig,
        Self::ConfigureProvider,
        Self::UpgradeResourceState,
        Self::UpgradeResourceIdentity,
        Self::ReadResource,
        Self::PlanResourceChange,
        Self::ApplyResourceChange,
        Self::ImportResourceState,
        Self::MoveResourceState,
        Self::ReadDataSource,
        Self::OpenEphemeralResource,
        Self::RenewEphemeralResource,
        Self::CloseEphemeralResource,
        Self::CallFunction,
        Self::StopProvider,
    ];

    /// The call at that path of a server of version 6.
    pub(crate) fn at(path: &str) -> Option<Self> {
        let name = path.strip_prefix("/tfplugin6.Provider/")?;
        Self::ALL.into_iter().find(|method| method.name() == name)
    }

    /// Its name, as errors give it: that of version 6.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::GetMetadata => "GetMetadata",
            Self::GetProviderSchema => "GetProviderSchema",
            Self::GetFunctions => "GetFunctions",
            Self::GetResourceIdentitySchemas => "GetResourceIdentitySchemas",
            Self::ValidateProviderConfig => "ValidateProviderConfig",
            Self::ValidateResourceConfig => "ValidateResourceConfig",
            Self::ValidateDataResourceConfig => "ValidateDataResourceConfig",
            Self::ValidateEphemeralResourceConfig => "ValidateEphemeralResourceConfig",
            Self::ConfigureProvider => "ConfigureProvider",
            Self::UpgradeResourceState => "UpgradeResourceState",
            Self::UpgradeResourceIdentity => "UpgradeResourceIdentity",
            Self::ReadResource => "ReadResource",
            Self::PlanResourceChange => "PlanResourceChange",
            Self::ApplyResourceChange => "ApplyResourceChange",
            Self::ImportResourceState => "ImportResourceState",
            Self::MoveResourceState => "MoveResourceState",
            Self::ReadDataSource => "ReadDataSource",
            Self::OpenEphemeralResource => "OpenEphemeralResource",
            Self::RenewEphemeralResource => "RenewEphemeralResource",
            Self::CloseEphemeralResource => "CloseEphemeralResource",
            Self::CallFunction => "CallFunction",
            Self::StopProvider => "StopProvider",
        }
    }

    fn path(self, protocol: Protocol) -> PathAndQuery {
        let (service, name) = match protocol {
            Protocol::V6 => ("tfplugin6.Provider", self.name()),
            Protocol::V5 => ("tfplugin5.Provider", self.name_in_v5()),
        };
        // Made of constants that are valid in a path.
        PathAndQuery::try_from(format!("/{service}/{name}"))
            .unwrap_or_else(|_| PathAndQuery::from_static("/"))
    }

    const fn name_in_v5(self) -> &'static str {
        match self {
            Self::GetProviderSchema => "GetSchema",
            Self::ValidateProviderConfig => "PrepareProviderConfig",
            Self::ValidateResourceConfig => "ValidateResourceTypeConfig",
            Self::ValidateDataResourceConfig => "ValidateDataSourceConfig",
            Self::ConfigureProvider => "Configure",
            Self::StopProvider => "Stop",
            other => other.name(),
        }
    }
}

/// Why a call has no answer.
#[derive(Clone, Debug)]
pub(crate) struct CallError {
    /// What was called.
    pub(crate) method: Method,
    /// What came instead.
    pub(crate) status: Status,
}

impl CallError {
    /// The plugin was reached no more, so that nobody knows what it did: no answer of its own.
    pub(crate) fn is_lost(&self) -> bool {
        self.status.code() == Code::Unavailable || std::error::Error::source(&self.status).is_some()
    }

    /// The plugin does not have the call.
    pub(crate) fn is_unimplemented(&self) -> bool {
        self.status.code() == Code::Unimplemented
    }
}

/// The provider service of one plugin. Cheap to clone; calls run side by side.
#[derive(Clone)]
pub(crate) struct Client {
    grpc: tonic::client::Grpc<Channel>,
    pub(crate) protocol: Protocol,
}

impl Client {
    pub(crate) fn new(channel: Channel, protocol: Protocol) -> Self {
        let grpc = tonic::client::Grpc::new(channel)
            .max_decoding_message_size(LARGEST_MESSAGE)
            .max_encoding_message_size(LARGEST_MESSAGE);
        Self { grpc, protocol }
    }

    /// Makes a call and waits for its answer. Dropping it does not undo what the plugin does.
    pub(crate) async fn call<Q, A>(&self, method: Method, request: Q) -> Result<A, CallError>
    where
        Q: Message + Send + Sync + 'static,
        A: Message + Default + Send + Sync + 'static,
    {
        self.unary(method.path(self.protocol), request)
            .await
            .map_err(|status| CallError { method, status })
    }

    /// Asks the plugin what it declares. Gives the answer as it came: it is kept so.
    pub(crate) async fn declared(&self) -> Result<Bytes, CallError> {
        const METHOD: Method = Method::GetProviderSchema;
        let grpc = self.grpc().max_decoding_message_size(LARGEST_SCHEMA);
        unary_as(grpc, METHOD.path(self.protocol), proto::Empty {}, Uninterpreted)
            .await
            .map_err(|status| CallError { method: METHOD, status })
    }

    /// For calls of other kinds.
    pub(crate) fn grpc(&self) -> tonic::client::Grpc<Channel> {
        self.grpc.clone()
    }

    pub(crate) async fn unary<Q, A>(&self, path: PathAndQuery, request: Q) -> Result<A, Status>
    where
        Q: Message + Send + Sync + 'static,
        A: Message + Default + Send + Sync + 'static,
    {
        unary_as(self.grpc(), path, request, ProstCodec::<Q, A>::default()).await
    }
}

async fn unary_as<C>(
    mut grpc: tonic::client::Grpc<Channel>,
    path: PathAndQuery,
    request: C::Encode,
    codec: C,
) -> Result<C::Decode, Status>
where
    C: Codec<Encode: Send + Sync + 'static, Decode: Send + Sync + 'static>,
{
    grpc.ready().await.map_err(|error| Status::unavailable(error.to_string()))?;
    Ok(grpc.unary(Request::new(request), path, codec).await?.into_inner())
}

/// Leaves answers encoded.
struct Uninterpreted;

impl Codec for Uninterpreted {
    type Encode = proto::Empty;
    type Decode = Bytes;
    type Encoder = ProstEncoder<proto::Empty>;
    type Decoder = Self;

    fn encoder(&mut self) -> Self::Encoder {
        ProstEncoder::new(BufferSettings::default())
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Decoder for Uninterpreted {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, from: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(from.copy_to_bytes(from.remaining())))
    }
}
