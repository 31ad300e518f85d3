//! `null_resource` and `null_data_source`: nothing but a lifecycle.

mod data;
mod resource;

use std::sync::Arc;

use groma_addr::Provider as ProviderAddr;
use groma_provider_api::native::{Native, NativeFactory, Randomness, RandomnessError};
use groma_provider_api::{Capabilities, Metadata};

/// The version of hashicorp/null that this emulates.
pub const EMULATES: &str = "3.2.4";

/// `hashicorp/null`, with its randomness from `random`.
pub fn factory(random: &Arc<dyn Randomness>) -> NativeFactory {
    let metadata = Metadata {
        source: ProviderAddr::implied("null"),
        version: EMULATES.to_owned(),
        capabilities: Capabilities { recover: true, ..Capabilities::default() },
    };
    let native = Native::new()
        .resource(resource::NullResource::new(Arc::clone(random)))
        .data(data::NullDataSource::new(Arc::clone(random)));
    NativeFactory::new(metadata, native)
}

/// A random number of 63 bits, as text.
fn random_number(source: &dyn Randomness) -> Result<String, RandomnessError> {
    let mut bytes = [0; 8];
    source.fill(&mut bytes)?;
    Ok((u64::from_be_bytes(bytes) >> 1).to_string())
}

#[cfg(test)]
mod tests;
