//! `groma taint` and `groma untaint`

use std::process::ExitCode;

use groma_addr::{Mode, parse_resource_instance};
use groma_diag::Diagnostic;
use groma_state::{ObjectStatus, ops};

use super::{Invocation, Outcome};
use crate::args::EditArgs;
use crate::error::CommandError;
use crate::store::StateAccess;

/// Mark a resource instance as not fully functional, so that the next plan replaces it
#[derive(clap::Args, Debug)]
pub struct Taint {
    #[command(flatten)]
    args: Args,
}

/// Remove the mark that a resource instance is not fully functional
#[derive(clap::Args, Debug)]
pub struct Untaint {
    #[command(flatten)]
    args: Args,
}

#[derive(clap::Args, Debug)]
struct Args {
    /// The instance
    address: String,
    /// Succeed though the instance is not in the state
    #[arg(long)]
    allow_missing: bool,
    #[command(flatten)]
    edit: EditArgs,
}

pub fn taint(command: &Taint, invocation: &Invocation) -> Outcome {
    run(&command.args, ObjectStatus::Tainted, invocation)
}

pub fn untaint(command: &Untaint, invocation: &Invocation) -> Outcome {
    run(&command.args, ObjectStatus::Ready, invocation)
}

fn run(args: &Args, status: ObjectStatus, invocation: &Invocation) -> Outcome {
    args.edit.legacy.refuse()?;
    let addr = parse_resource_instance(&args.address)
        .map_err(|error| CommandError::new("Invalid address", error.message))?;
    if addr.resource.mode != Mode::Managed {
        return Err(CommandError::new(
            format!("Invalid resource instance address: {addr}"),
            "Only managed resources can be tainted.",
        ));
    }
    let command = if status == ObjectStatus::Tainted { "taint" } else { "untaint" };
    let access = StateAccess::open(invocation)?;
    let done = invocation.block_on(access.edit(&args.edit.lock, command, |state| {
        let current = state.object(&addr, None);
        if status == ObjectStatus::Ready && current.is_some_and(|object| !object.is_tainted()) {
            return Ok((state.clone(), Some(false)));
        }
        Ok(match ops::set_status(state, &addr, status) {
            Some(new) => (new, Some(true)),
            None => (state.clone(), None),
        })
    }))?;
    match done.flatten() {
        Some(true) => {
            let text = match status {
                ObjectStatus::Tainted => {
                    format!("Resource instance {addr} has been marked as tainted.\n")
                }
                ObjectStatus::Ready => {
                    format!("Resource instance {addr} has been successfully untainted.\n")
                }
            };
            invocation.terminal.print(&text);
            Ok(ExitCode::SUCCESS)
        }
        Some(false) => Err(CommandError::new(
            "Resource instance is not tainted",
            format!(
                "Resource instance {addr} is not currently tainted, and so it cannot be untainted."
            ),
        )),
        None if args.allow_missing => {
            let warning = Diagnostic::warning(
                "No such resource instance",
                format!(
                    "Resource instance {addr} was not found, but this is not an error because \
                     -allow-missing was set."
                ),
            );
            invocation.terminal.diagnostics_aside(&warning.into(), &invocation.sources);
            Ok(ExitCode::SUCCESS)
        }
        None => Err(CommandError::new(
            "No such resource instance",
            format!(
                "There is no resource instance in the state with the address {addr}. If the \
                 resource configuration has just been added, you must run \"groma apply\" once to \
                 create the corresponding instance(s) before they can be tainted."
            ),
        )),
    }
}
