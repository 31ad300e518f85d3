//! `groma state list`

use std::fmt::Write as _;

use groma_state::ops::{self, Filter};

use super::super::{Invocation, Outcome};
use crate::args::LegacyStateArgs;
use crate::store::StateAccess;

/// List the resource instances in the state
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Only these: resources, instances or modules
    addresses: Vec<String>,
    /// Only instances whose id is this
    #[arg(long)]
    id: Option<String>,
    #[command(flatten)]
    legacy: LegacyStateArgs,
}

pub fn run(args: &Args, invocation: &Invocation) -> Outcome {
    args.legacy.refuse()?;
    let filter = Filter { targets: super::parse_addresses(&args.addresses)?, id: args.id.clone() };
    let access = StateAccess::open(invocation)?;
    let Some(snapshot) = invocation.block_on(access.snapshot())? else {
        return Err(super::no_state());
    };
    let mut out = String::new();
    for (addr, _) in ops::list(&snapshot.state, &filter).map_err(super::refused)? {
        let _ = writeln!(out, "{addr}");
    }
    invocation.terminal.print(&out);
    super::DONE
}
