//! `groma force-unlock`

use std::process::ExitCode;

use super::{Invocation, Outcome};
use crate::error::CommandError;
use crate::store::StateAccess;
use crate::terminal::Question;

/// Release a lock that its holder can no longer release
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The lock's ID, as the error that it caused says
    lock_id: String,
    /// Do not ask
    #[arg(long)]
    force: bool,
}

pub fn run(args: &Args, invocation: &Invocation) -> Outcome {
    let access = StateAccess::open(invocation)?;
    let terminal = invocation.terminal;
    if !args.force {
        let answer = invocation.confirm(&Question {
            title: "Do you really want to force-unlock?",
            description: "Groma will remove the lock on the state.\nThis will allow local Groma \
                          commands to modify this state, even though it\nmay still be in use. Only \
                          'yes' will be accepted to confirm.",
        })?;
        if !answer {
            terminal.print("force-unlock cancelled.\n");
            return Ok(ExitCode::FAILURE);
        }
    }
    invocation.block_on(async {
        let unlocked = access.store.unlock(&access.key, &args.lock_id).await;
        unlocked.map_err(|error| CommandError::new("Failed to unlock state", format!("{error}.")))
    })?;
    terminal.print(
        "Groma state has been successfully unlocked!\n\nThe state has been unlocked, and Groma \
         commands should now be able to\nobtain a new lock on the state.\n",
    );
    Ok(ExitCode::SUCCESS)
}
