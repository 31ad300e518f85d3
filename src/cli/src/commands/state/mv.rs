//! `groma state mv`

use std::fmt::Write as _;

use groma_state::ops;

use super::super::{Invocation, Outcome};
use crate::args::EditArgs;
use crate::store::StateAccess;

/// Move an item in the state to another address: an instance, a resource or a module
#[derive(clap::Args, Debug)]
pub struct Args {
    /// What to move
    source: String,
    /// Where to
    destination: String,
    /// Only print what would be moved
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    edit: EditArgs,
}

pub fn run(args: &Args, invocation: &Invocation) -> Outcome {
    args.edit.legacy.refuse()?;
    let from = super::parse_address(&args.source)?;
    let to = super::parse_address(&args.destination)?;
    let access = StateAccess::open(invocation)?;
    let moves = invocation.block_on(access.edit(&args.edit.lock, "state-mv", |state| {
        let moved = ops::mv(state, &from, &to).map_err(super::refused)?;
        let new = if args.dry_run { state.clone() } else { moved.source };
        Ok((new, moved.moves))
    }))?;
    let Some(moves) = moves else { return Err(super::no_state()) };
    let verb = if args.dry_run { "Would move" } else { "Move" };
    let mut text = String::new();
    for (from, to) in &moves {
        let _ = writeln!(text, "{verb} \"{from}\" to \"{to}\"");
    }
    if !args.dry_run {
        let _ = writeln!(text, "Successfully moved {} object(s).", moves.len());
    }
    invocation.terminal.print(&text);
    super::DONE
}
