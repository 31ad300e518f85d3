//! `groma metadata`

use std::process::ExitCode;

use clap::Subcommand;

use super::{Invocation, Outcome};
use crate::error::CommandError;

/// Describe the language
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Print the signatures of all functions
    Functions {
        /// Print JSON, which is the only form there is
        #[arg(long)]
        json: bool,
    },
}

pub fn run(args: &Args, invocation: &Invocation) -> Outcome {
    let Command::Functions { json } = args.command;
    if !json {
        return Err(CommandError::new(
            "Missing required flag",
            "The `groma metadata functions` command requires the `-json` flag.",
        ));
    }
    let json = groma_lang::functions::metadata_json().map_err(|error| {
        CommandError::new("Failed to describe the functions", error.to_string())
    })?;
    invocation.terminal.print(&format!("{json}\n"));
    Ok(ExitCode::SUCCESS)
}
