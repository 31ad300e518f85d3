//! `time_*`: moments that are kept, and waiting.

mod base;
mod functions;
mod instant;
mod offset;
mod rotating;
mod sleep;

use std::sync::Arc;

use groma_addr::Provider as ProviderAddr;
use groma_provider_api::native::{Clock, Native, NativeFactory};
use groma_provider_api::{Capabilities, Metadata};

/// The version of hashicorp/time that this emulates.
pub const EMULATES: &str = "0.13.1";

/// `hashicorp/time`, by that clock.
pub fn factory(clock: &Arc<dyn Clock>) -> NativeFactory {
    let metadata = Metadata {
        source: ProviderAddr::implied("time"),
        version: EMULATES.to_owned(),
        capabilities: Capabilities { recover: true, ..Capabilities::default() },
    };
    let shared = || Arc::clone(clock);
    let native = Native::new()
        .resource(instant::TimeStatic::new(shared()))
        .resource(offset::TimeOffset::new(shared()))
        .resource(rotating::TimeRotating::new(shared()))
        .resource(sleep::TimeSleep::new(shared()))
        .function(functions::DurationParse)
        .function(functions::Rfc3339Parse)
        .function(functions::UnixTimestampParse);
    NativeFactory::new(metadata, native)
}

#[cfg(test)]
mod tests;
