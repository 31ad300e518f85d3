//! `groma state`

mod list;
mod mv;
mod pull;
mod push;
mod replace_provider;
mod rm;
mod show;

use std::path::Path;
use std::process::ExitCode;

use clap::Subcommand;
use groma_addr::{Target, parse_target};
use groma_diag::Diagnostic;
use groma_state::ops::OpError;
use groma_state::{Lock, Snapshot, v4};

use super::{Invocation, Outcome};
use crate::error::CommandError;
use crate::store::{StateAccess, state_error};

/// Look at the state, and change it by hand
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    List(list::Args),
    Mv(mv::Args),
    Pull(pull::Args),
    Push(push::Args),
    ReplaceProvider(replace_provider::Args),
    Rm(rm::Args),
    Show(show::Args),
}

pub fn run(args: &Args, invocation: &Invocation) -> Outcome {
    match &args.command {
        Command::List(args) => list::run(args, invocation),
        Command::Mv(args) => mv::run(args, invocation),
        Command::Pull(args) => pull::run(args, invocation),
        Command::Push(args) => push::run(args, invocation),
        Command::ReplaceProvider(args) => replace_provider::run(args, invocation),
        Command::Rm(args) => rm::run(args, invocation),
        Command::Show(args) => show::run(args, invocation),
    }
}

/// Terraform's words for a state that is not there.
pub fn no_state() -> CommandError {
    CommandError::new(
        "No state file was found!",
        "State management commands require a state file. Run this command in a directory where \
         Groma has been run before, or import a state file with \"groma state push\".",
    )
}

/// The address of an instance, a resource or a module.
fn parse_address(text: &str) -> Result<Target, CommandError> {
    parse_target(text)
        .map_err(|error| CommandError::new(format!("Invalid address {text:?}"), error.message))
}

fn parse_addresses(texts: &[String]) -> Result<Vec<Target>, CommandError> {
    texts.iter().map(|text| parse_address(text)).collect()
}

/// A change that the state's rules forbid.
fn refused(error: OpError) -> CommandError {
    CommandError::new(error.summary, error.detail)
}

/// Reads a state file of version 4.
///
/// # Errors
/// It cannot be read, or is not a state file that we know.
pub fn read_state_file(path: &Path) -> Result<Snapshot, CommandError> {
    let bytes = std::fs::read(path).map_err(|error| {
        CommandError::new(
            "Failed to read the state file",
            format!("{} cannot be read: {error}.", path.display()),
        )
    })?;
    parse_state(&bytes, &path.display().to_string())
}

/// Reads the bytes of a state file; `from` says where they came from.
///
/// # Errors
/// They are not a state file that we know.
pub fn parse_state(bytes: &[u8], from: &str) -> Result<Snapshot, CommandError> {
    v4::read(bytes).map_err(|error| {
        let problems = error.problems.iter().map(|problem| {
            Diagnostic::error(problem.summary.clone(), format!("In {from}: {}", problem.detail))
        });
        CommandError::from(problems.collect::<groma_diag::Diagnostics>())
    })
}

/// Replaces the whole state by another, as one run.
///
/// # Errors
/// The state to write is older or unrelated, or it cannot be written.
pub async fn replace(
    access: &StateAccess,
    lock: Option<&Lock>,
    command: &str,
    snapshot: Snapshot,
    force: bool,
) -> Result<(), CommandError> {
    let meta = access.meta(command, None);
    let run = access.store.begin_run(&access.key, lock, meta).await.map_err(state_error)?;
    run.replace(snapshot, force).await.map_err(state_error)?;
    run.close().await.map_err(state_error)?;
    Ok(())
}

/// What `state` commands answer with.
pub const DONE: Outcome = Ok(ExitCode::SUCCESS);
