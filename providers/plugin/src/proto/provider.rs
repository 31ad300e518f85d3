//! The provider itself: what it has, and its configuration.

use std::collections::HashMap;

use prost::Message;

use super::{ClientCapabilities, Diagnostic, DynamicValue, Function, IdentitySchemas};

/// `GetProviderSchema.Response`, with each schema left encoded: how it is depends on the version of
/// the protocol, and a mistake in one is told by its name.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct ProviderSchemas {
    #[prost(bytes = "vec", optional, tag = "1")]
    pub(crate) provider: Option<Vec<u8>>,
    #[prost(map = "string, bytes", tag = "2")]
    pub(crate) resources: HashMap<String, Vec<u8>>,
    #[prost(map = "string, bytes", tag = "3")]
    pub(crate) data_sources: HashMap<String, Vec<u8>>,
    #[prost(message, repeated, tag = "4")]
    pub(crate) diagnostics: Vec<Diagnostic>,
    #[prost(bytes = "vec", optional, tag = "5")]
    pub(crate) provider_meta: Option<Vec<u8>>,
    #[prost(message, optional, tag = "6")]
    pub(crate) capabilities: Option<ServerCapabilities>,
    #[prost(map = "string, message", tag = "7")]
    pub(crate) functions: HashMap<String, Function>,
    #[prost(map = "string, bytes", tag = "8")]
    pub(crate) ephemeral: HashMap<String, Vec<u8>>,
    #[prost(map = "string, bytes", tag = "9")]
    pub(crate) lists: HashMap<String, Vec<u8>>,
    #[prost(map = "string, message", tag = "11")]
    pub(crate) actions: HashMap<String, ActionSchema>,
    /// Not of the protocol, whose numbers are small: what the provider answered to another call,
    /// kept with this answer.
    #[prost(message, optional, tag = "536870911")]
    pub(crate) identities: Option<IdentitySchemas>,
}

/// That field alone: encoded messages that stand one after the other are one message.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct WithIdentities {
    #[prost(message, optional, tag = "536870911")]
    pub(crate) identities: Option<IdentitySchemas>,
}

/// `ActionSchema`
#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct ActionSchema {
    #[prost(bytes = "vec", tag = "1")]
    pub(crate) schema: Vec<u8>,
}

/// What the provider can handle.
#[derive(Clone, Copy, PartialEq, Eq, Message)]
pub(crate) struct ServerCapabilities {
    /// It wants to plan destruction.
    #[prost(bool, tag = "1")]
    pub(crate) plan_destroy: bool,
    /// It works without having been asked for its schema.
    #[prost(bool, tag = "2")]
    pub(crate) get_provider_schema_optional: bool,
    /// It has `MoveResourceState`.
    #[prost(bool, tag = "3")]
    pub(crate) move_resource_state: bool,
}

/// `GetMetadata.Response`: the names of all that there is.
#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct Metadata {
    #[prost(message, optional, tag = "1")]
    pub(crate) capabilities: Option<ServerCapabilities>,
    #[prost(message, repeated, tag = "2")]
    pub(crate) diagnostics: Vec<Diagnostic>,
    #[prost(message, repeated, tag = "3")]
    pub(crate) data_sources: Vec<Named>,
    #[prost(message, repeated, tag = "4")]
    pub(crate) resources: Vec<Named>,
    #[prost(message, repeated, tag = "5")]
    pub(crate) functions: Vec<Named>,
    #[prost(message, repeated, tag = "6")]
    pub(crate) ephemeral: Vec<Named>,
}

/// A type or a function, by its name.
#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct Named {
    #[prost(string, tag = "1")]
    pub(crate) name: String,
}

/// `ValidateProviderConfig.Request`, and `PrepareProviderConfig.Request` of version 5.
#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct ValidateProvider {
    #[prost(message, optional, tag = "1")]
    pub(crate) config: Option<DynamicValue>,
}

/// The answer. Version 5 has the configuration with defaults in field 1, which terraform ignores
/// since 0.13 as well.
#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct ProviderProblems {
    #[prost(message, repeated, tag = "2")]
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// `ConfigureProvider.Request`
#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct Configure {
    #[prost(string, tag = "1")]
    pub(crate) terraform_version: String,
    #[prost(message, optional, tag = "2")]
    pub(crate) config: Option<DynamicValue>,
    #[prost(message, optional, tag = "3")]
    pub(crate) client_capabilities: Option<ClientCapabilities>,
}

/// `StopProvider.Response`
#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct Stopped {
    #[prost(string, tag = "1")]
    pub(crate) error: String,
}
