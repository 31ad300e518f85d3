//! Addresses of modules, resources, instances, providers and outputs.
//!
//! A leaf crate. What is written in configuration (static: [`Module`], [`ConfigResource`]) and what
//! it expands to ([`ModuleInstance`], [`ResourceInstance`]) are different types. Addresses are
//! compared as values, never as text; order is Terraform's: by module, then resource, then key,
//! with numeric keys in numeric order.

mod key;
mod module;
mod parse;
mod provider;
mod resource;

pub use key::InstanceKey;
pub use module::{Module, ModuleInstance, ModuleStep};
pub use parse::{
    ParseError, Target, parse_module_instance, parse_resource_instance, parse_target,
    provider_part, service_host,
};
pub use provider::{DEFAULT_HOST, LocalProvider, Provider, ProviderConfig};
pub use resource::{AbsResource, ConfigResource, Mode, Resource, ResourceInstance};

use std::sync::Arc;

/// An identifier of the language: shared, so that a hundred thousand addresses cost little.
pub type Ident = Arc<str>;
