//! `-rev` and `-repo`: configuration from a Git revision.

use std::path::PathBuf;

use clap::Args;

/// Where the configuration is read from.
#[derive(Args, Clone, Debug, Default)]
pub struct SourceArgs {
    /// Read the configuration from this Git revision, with no checkout
    #[arg(long, value_name = "COMMIT-ISH")]
    pub rev: Option<String>,
    /// The repository that -rev is looked up in; bare or ordinary
    #[arg(long, value_name = "PATH", requires = "rev")]
    pub repo: Option<PathBuf>,
}
