//! What every plugin serves beside its provider: go-plugin's own services, and gRPC's health.

use prost::{Enumeration, Message};

/// `grpc.health.v1.HealthCheckRequest`
#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct HealthCheck {
    #[prost(string, tag = "1")]
    pub(crate) service: String,
}

/// `grpc.health.v1.HealthCheckResponse`
#[derive(Clone, Copy, PartialEq, Eq, Message)]
pub(crate) struct Health {
    #[prost(enumeration = "Serving", tag = "1")]
    pub(crate) status: i32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Enumeration)]
#[repr(i32)]
pub(crate) enum Serving {
    Unknown = 0,
    Serving = 1,
}

/// `plugin.StdioData`: a piece of what the plugin printed after its handshake.
#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct Printed {
    /// Standard output or standard error.
    #[prost(int32, tag = "1")]
    pub(crate) channel: i32,
    #[prost(bytes = "vec", tag = "2")]
    pub(crate) data: Vec<u8>,
}
