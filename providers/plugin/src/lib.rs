//! Terraform's providers, each a process that speaks tfplugin 5 or 6 over gRPC.
//!
//! Outside in, as a client: a [`PluginFactory`] stands for one binary; its instances share a
//! process as far as they are configured alike; an instance's calls go through `rpc` over
//! `transport`, their content through `wire`, in the messages of `proto`. The reverse is [`serve`].

mod binary;
mod control;
mod factory;
mod launch;
mod limits;
mod process;
mod proto;
mod provider;
mod rpc;
mod running;
mod schemas;
pub mod serve;
mod transport;
mod wire;

pub use factory::{Located, PluginFactory, Plugins, Start};
pub use launch::{LaunchError, launch};
pub use process::{Level, LogSink};
