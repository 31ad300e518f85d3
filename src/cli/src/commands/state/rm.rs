//! `groma state rm`

use std::fmt::Write as _;

use groma_state::ops;

use super::super::{Invocation, Outcome};
use crate::args::EditArgs;
use crate::store::StateAccess;

/// Remove items from the state, which leaves the objects themselves as they are
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Instances, resources or modules
    #[arg(required = true)]
    addresses: Vec<String>,
    /// Only print what would be removed
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    edit: EditArgs,
}

pub fn run(args: &Args, invocation: &Invocation) -> Outcome {
    args.edit.legacy.refuse()?;
    let targets = super::parse_addresses(&args.addresses)?;
    let access = StateAccess::open(invocation)?;
    let removed = invocation.block_on(access.edit(&args.edit.lock, "state-rm", |state| {
        if args.dry_run {
            let matching = targets.iter().flat_map(|target| ops::matching(state, target));
            return Ok((state.clone(), matching.map(|(addr, _)| addr.clone()).collect()));
        }
        ops::rm(state, &targets).map_err(super::refused)
    }))?;
    let Some(removed) = removed else { return Err(super::no_state()) };
    let verb = if args.dry_run { "Would remove" } else { "Removed" };
    let mut text = String::new();
    for addr in &removed {
        let _ = writeln!(text, "{verb} {addr}");
    }
    if !args.dry_run {
        let _ = writeln!(text, "Successfully removed {} resource instance(s).", removed.len());
    } else if removed.is_empty() {
        text.push_str("Would have removed nothing.\n");
    }
    invocation.terminal.print(&text);
    super::DONE
}
