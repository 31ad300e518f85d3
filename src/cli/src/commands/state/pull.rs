//! `groma state pull`

use groma_state::v4;

use super::super::{Invocation, Outcome};
use crate::error::CommandError;
use crate::store::StateAccess;

/// Print the state as a state file of version 4, which the real terraform accepts
#[derive(clap::Args, Debug)]
pub struct Args {}

pub fn run(_args: &Args, invocation: &Invocation) -> Outcome {
    let access = StateAccess::open(invocation)?;
    if let Some(snapshot) = invocation.block_on(access.snapshot())? {
        let bytes = v4::write(&snapshot)
            .map_err(|error| CommandError::new("Failed to write the state", error.to_string()))?;
        invocation.terminal.print_bytes(&bytes);
    }
    super::DONE
}
