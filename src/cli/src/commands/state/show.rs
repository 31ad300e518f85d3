//! `groma state show`

use groma_addr::parse_resource_instance;
use groma_render::state::instance_text;

use super::super::{Invocation, Outcome};
use crate::args::LegacyStateArgs;
use crate::error::CommandError;
use crate::providers;

/// Show the attributes of one resource instance in the state
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The instance
    address: String,
    #[command(flatten)]
    legacy: LegacyStateArgs,
}

pub fn run(args: &Args, invocation: &Invocation) -> Outcome {
    args.legacy.refuse()?;
    let addr = parse_resource_instance(&args.address).map_err(|error| {
        CommandError::new(
            format!("Error parsing instance address: {}", args.address),
            format!(
                "{}\n\nThis command requires that the address references one specific instance. To \
                 view the available instances, use \"groma state list\". Please modify the address \
                 to reference a specific instance.",
                error.message
            ),
        )
    })?;
    let (snapshot, schemas) = providers::state_with_schemas(invocation)?;
    let Some(snapshot) = snapshot else { return Err(super::no_state()) };
    let Some(instance) = snapshot.state.instance(&addr) else {
        return Err(CommandError::new(
            "No instance found for the given address!",
            "This command requires that the address references one specific instance. To view the \
             available instances, use \"groma state list\". Please modify the address to reference \
             a specific instance.",
        ));
    };
    let terminal = invocation.terminal;
    terminal.print(&instance_text(&addr, instance, &schemas, terminal.out));
    super::DONE
}
