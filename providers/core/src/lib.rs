//! The provider that is part of the binary: `terraform_data`, `terraform_remote_state`, and the
//! functions that read and write `.tfvars`.

mod data;

use std::sync::Arc;

use groma_addr::Provider as ProviderAddr;
use groma_provider_api::native::{Native, NativeFactory, Randomness};
use groma_provider_api::{Capabilities, Metadata};

/// The version of Terraform whose built-in provider this emulates.
pub const EMULATES: &str = "1.11.4";

/// `terraform.io/builtin/terraform`; `random` makes the ids.
pub fn factory(random: &Arc<dyn Randomness>) -> NativeFactory {
    let metadata = Metadata {
        source: ProviderAddr::built_in("terraform"),
        version: EMULATES.to_owned(),
        capabilities: Capabilities { recover: true, ..Capabilities::default() },
    };
    NativeFactory::new(
        metadata,
        Native::new().resource(data::TerraformData::new(Arc::clone(random))),
    )
}
