//! The provider that is part of the binary: `terraform_data`, `terraform_remote_state`, and the
//! functions that read and write the language.

mod data;
mod functions;
mod remote_state;

use std::sync::Arc;

use groma_addr::Provider as ProviderAddr;
use groma_provider_api::native::{Native, NativeFactory, Randomness};
use groma_provider_api::{Capabilities, Metadata};

pub use remote_state::{LocalState, RemoteOutputs, RemoteState};

/// The version of Terraform whose built-in provider this emulates.
pub const EMULATES: &str = "1.11.4";

/// `terraform.io/builtin/terraform`. Ids come from `random`; `backends` are those that
/// `terraform_remote_state` can read.
pub fn factory(random: &Arc<dyn Randomness>, backends: Vec<Arc<dyn RemoteState>>) -> NativeFactory {
    let metadata = Metadata {
        source: ProviderAddr::built_in("terraform"),
        version: EMULATES.to_owned(),
        capabilities: Capabilities { recover: true, ..Capabilities::default() },
    };
    let native = Native::new()
        .resource(data::TerraformData::new(Arc::clone(random)))
        .data(remote_state::RemoteStateData::new(backends))
        .function(functions::DecodeTfvars)
        .function(functions::EncodeExpr)
        .function(functions::EncodeTfvars);
    NativeFactory::new(metadata, native)
}
