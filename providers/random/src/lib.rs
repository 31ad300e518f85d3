//! `random_*`: values that are made once and kept in the state.
//!
//! Every type here is pure: nothing outside of the state remembers what was made.

mod bytes;
mod characters;
mod draw;
mod ephemeral;
mod go_rand;
mod id;
mod integer;
mod password;
mod pet;
mod shared;
mod shuffle;
mod string;
mod uuid;

use std::sync::Arc;

use groma_addr::Provider as ProviderAddr;
use groma_provider_api::native::{Native, NativeFactory, Randomness};
use groma_provider_api::{Capabilities, Metadata};

/// The version of hashicorp/random that this emulates.
pub const EMULATES: &str = "3.7.2";

/// `hashicorp/random`, with its randomness from `random`.
pub fn factory(random: &Arc<dyn Randomness>) -> NativeFactory {
    let metadata = Metadata {
        source: ProviderAddr::implied("random"),
        version: EMULATES.to_owned(),
        capabilities: Capabilities { recover: true, ..Capabilities::default() },
    };
    let shared = || Arc::clone(random);
    let native = Native::new()
        .resource(bytes::RandomBytes::new(shared()))
        .resource(id::RandomId::new(shared()))
        .resource(integer::RandomInteger::new(shared()))
        .resource(password::RandomPassword::new(shared()))
        .resource(pet::RandomPet::new(shared()))
        .resource(shuffle::RandomShuffle::new(shared()))
        .resource(string::RandomString::new(shared()))
        .resource(uuid::RandomUuid::new(shared()))
        .ephemeral(ephemeral::EphemeralPassword::new(shared()));
    NativeFactory::new(metadata, native)
}

#[cfg(test)]
mod tests;
