//! `groma completion`

use std::process::ExitCode;

use clap::CommandFactory as _;
use clap_complete::Shell;

use super::{Cli, Invocation, Outcome};

/// Print a completion script for a shell
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Which shell
    shell: Shell,
}

pub fn run(args: &Args, invocation: &Invocation) -> Outcome {
    let mut script = Vec::new();
    let mut commands = crate::argv::complete(Cli::command());
    clap_complete::generate(args.shell, &mut commands, "groma", &mut script);
    invocation.terminal.print_bytes(&script);
    Ok(ExitCode::SUCCESS)
}
