//! The messages of tfplugin 6, minor version 10: what terraform 1.11 speaks (8), and identities.
//!
//! Field numbers are the protocol's. Version 5 has other names for some calls (see [`crate::rpc`])
//! and numbers one field of schemas otherwise (see [`schema5`]); for the rest, one set of messages
//! serves both. A field that a provider does not know is skipped by it, and what it
//! does not send is the default: absent calls are told by their status, not by a version.

#![expect(clippy::struct_field_names, reason = "the names are the protocol's")]

mod common;
mod control;
mod data;
mod ephemeral;
mod function;
mod identity;
mod provider;
mod resource;
mod schema;
pub(crate) mod schema5;

pub(crate) use common::*;
pub(crate) use control::*;
pub(crate) use data::*;
pub(crate) use ephemeral::*;
pub(crate) use function::*;
pub(crate) use identity::*;
pub(crate) use provider::*;
pub(crate) use resource::*;
pub(crate) use schema::*;
