//! The commands, one file each: raw arguments, then settings, then the run.

mod completion;
mod version;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Parser, Subcommand};
use groma_diag::SourceMap;

use crate::environment::Environment;
use crate::error::CommandError;
use crate::terminal::Terminal;

/// Plans and applies infrastructure that is written in the Terraform language.
#[derive(Parser, Debug)]
#[command(name = "groma", version, disable_version_flag = true, max_term_width = 100)]
pub struct Cli {
    /// Switch to a different working directory before running the command
    #[arg(long, value_name = "DIR")]
    chdir: Option<PathBuf>,
    /// An alias for the "version" command
    #[arg(long, short = 'v')]
    version: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand, Debug)]
enum Command {
    Completion(completion::Args),
    Version(version::Args),
}

/// What every command is handed.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// The environment, as it was at the start.
    pub env: Environment,
    /// Where to write.
    pub terminal: Terminal,
    /// The directory that the command works in.
    pub directory: PathBuf,
    /// Files read so far, for diagnostics.
    pub sources: Arc<SourceMap>,
}

type Outcome = Result<ExitCode, CommandError>;

/// Runs a parsed command line.
pub fn run(cli: Cli, env: &Environment, terminal: Terminal) -> ExitCode {
    let sources = Arc::new(SourceMap::new());
    let outcome = directory(cli.chdir.as_deref()).and_then(|directory| {
        let invocation =
            Invocation { env: env.clone(), terminal, directory, sources: sources.clone() };
        let command = if cli.version {
            Some(Command::Version(version::Args::default()))
        } else {
            cli.command
        };
        dispatch(command, &invocation)
    });
    outcome.unwrap_or_else(|error| error.report(terminal, &sources))
}

/// Enters `chdir`, so that providers and provisioners see it as theirs too.
fn directory(chdir: Option<&std::path::Path>) -> Result<PathBuf, CommandError> {
    let failed = |error: std::io::Error| {
        CommandError::new(
            "Error handling -chdir option",
            format!("The working directory cannot be used: {error}."),
        )
    };
    if let Some(chdir) = chdir {
        std::env::set_current_dir(chdir).map_err(failed)?;
    }
    std::env::current_dir().map_err(failed)
}

fn dispatch(command: Option<Command>, invocation: &Invocation) -> Outcome {
    match command {
        None => {
            let help = <Cli as clap::CommandFactory>::command().render_help();
            invocation.terminal.print(&help.to_string());
            Ok(ExitCode::from(127))
        }
        Some(Command::Completion(args)) => completion::run(&args, invocation),
        Some(Command::Version(args)) => version::run(&args, invocation),
    }
}
