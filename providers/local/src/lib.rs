//! `local_file` and `local_sensitive_file`: files on the machine that runs this.
//!
//! Relative paths are relative to the caller's directory, which is handed in.

mod content;
mod data;
mod direxists;
mod disk;
mod permission;
mod resource;

use std::path::Path;
use std::sync::Arc;

use groma_addr::Provider as ProviderAddr;
use groma_provider_api::native::{Native, NativeFactory};
use groma_provider_api::{Capabilities, Metadata};

/// The version of hashicorp/local that this emulates.
pub const EMULATES: &str = "2.5.3";

/// `hashicorp/local`, with relative paths from `directory` on.
pub fn factory(directory: &Path) -> NativeFactory {
    let metadata = Metadata {
        source: ProviderAddr::implied("local"),
        version: EMULATES.to_owned(),
        capabilities: Capabilities { recover: true, ..Capabilities::default() },
    };
    let directory: Arc<Path> = directory.into();
    let shared = || Arc::clone(&directory);
    let native = Native::new()
        .resource(resource::LocalFile::open(shared()))
        .resource(resource::LocalFile::sensitive(shared()))
        .data(data::LocalFileData::open(shared()))
        .data(data::LocalFileData::sensitive(shared()))
        .function(direxists::DirectoryExists::new(shared()));
    NativeFactory::new(metadata, native)
}

#[cfg(test)]
mod tests;
