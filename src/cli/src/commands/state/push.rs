//! `groma state push`

use std::io::Read as _;
use std::path::PathBuf;

use super::super::{Invocation, Outcome};
use crate::args::{LockArgs, RemoteVersionArg};
use crate::error::CommandError;
use crate::store::StateAccess;

/// Replace the state by a state file of version 4
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The state file; - for standard input
    path: PathBuf,
    /// Write it though it is of another lineage or older
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    lock: LockArgs,
    #[command(flatten)]
    remote: RemoteVersionArg,
}

pub fn run(args: &Args, invocation: &Invocation) -> Outcome {
    let snapshot = if args.path.as_os_str() == "-" {
        let mut bytes = Vec::new();
        std::io::stdin().lock().read_to_end(&mut bytes).map_err(|error| {
            CommandError::new("Failed to read the state", format!("Standard input: {error}."))
        })?;
        super::parse_state(&bytes, "standard input")?
    } else {
        super::read_state_file(&args.path)?
    };
    let access = StateAccess::open(invocation)?;
    invocation.block_on(
        access.locked(&args.lock, "state-push", |lock| {
            let access = &access;
            async move {
                super::replace(access, lock.as_ref(), "state push", snapshot, args.force).await
            }
        }),
    )?;
    super::DONE
}
