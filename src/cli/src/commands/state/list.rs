//! `groma state list`

use std::fmt::Write as _;

use groma_addr::{Target, parse_target};
use groma_state::Object;
use serde_json::Value;

use super::super::{Invocation, Outcome, block_on};
use crate::args::LegacyStateArgs;
use crate::error::CommandError;
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
    let targets = args
        .addresses
        .iter()
        .map(|text| {
            parse_target(text).map_err(|error| CommandError::new("Invalid address", error.message))
        })
        .collect::<Result<Vec<Target>, _>>()?;
    let access = StateAccess::open(invocation)?;
    let Some(snapshot) = block_on(access.snapshot())? else { return Err(super::no_state()) };
    let mut out = String::new();
    for target in &targets {
        if !snapshot.state.instances().any(|(addr, _)| target.contains(addr)) {
            return Err(CommandError::new(
                "Unknown resource",
                format!(
                    "The current state contains no resource {target}. If you've just added this \
                     resource to the configuration, you must run \"groma apply\" first to create \
                     the resource's entry in the state."
                ),
            ));
        }
    }
    for (addr, instance) in snapshot.state.instances() {
        let wanted = targets.is_empty() || targets.iter().any(|target| target.contains(addr));
        let has_id = |asked| instance.current.as_ref().is_some_and(|object| is_id(object, asked));
        if wanted && args.id.as_deref().is_none_or(has_id) {
            let _ = writeln!(out, "{addr}");
        }
    }
    invocation.terminal.print(&out);
    super::DONE
}

/// Whether the `id` attribute of an object is `asked`.
fn is_id(object: &Object, asked: &str) -> bool {
    let attributes = object.json().and_then(|json| serde_json::from_slice::<Value>(json).ok());
    attributes.is_some_and(|attributes| attributes["id"] == asked)
}
