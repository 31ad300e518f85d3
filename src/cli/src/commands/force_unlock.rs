//! `groma force-unlock`

use std::process::ExitCode;

use super::{Invocation, Outcome};
use crate::error::CommandError;
use crate::store::StateAccess;

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
        let answer = invocation.confirm(
            "Do you really want to force-unlock?\n  Groma will remove the lock on the state.\n  \
             This will allow local Groma commands to modify this state, even though it\n  may still \
             be in use. Only 'yes' will be accepted to confirm.\n\n  Enter a value: ",
        )?;
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
