//! `groma show`

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use groma_engine::read_plan;
use groma_render::plan::{plan_json, plan_text};
use groma_render::state::{state_json, state_text};

use super::{Invocation, Outcome};
use crate::error::CommandError;
use crate::providers;
use crate::replay;

/// Show the state, or a plan from a file
#[derive(clap::Args, Debug)]
pub struct Args {
    /// A plan file, or a state file; the current state by default
    path: Option<PathBuf>,
    /// Print JSON in Terraform's format
    #[arg(long)]
    json: bool,
}

pub fn run(args: &Args, invocation: &Invocation) -> Outcome {
    match &args.path {
        Some(path) => show_file(args, path, invocation),
        None => show_state(args, invocation),
    }
}

fn show_state(args: &Args, invocation: &Invocation) -> Outcome {
    let (snapshot, schemas) = providers::state_with_schemas(invocation)?;
    let terminal = invocation.terminal;
    if args.json {
        terminal.print(&format!("{}\n", state_json(snapshot.as_ref(), &schemas)));
    } else {
        match snapshot {
            Some(snapshot) => {
                terminal.print(&state_text(&snapshot.state, &schemas, terminal.out));
            }
            None => terminal.print("No state.\n"),
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn show_file(args: &Args, path: &Path, invocation: &Invocation) -> Outcome {
    let bytes = std::fs::read(path).map_err(|error| {
        CommandError::new(
            "Failed to read the given file as a state or plan file",
            format!("{} cannot be read: {error}.", path.display()),
        )
    })?;
    let factories = providers::available(invocation)?;
    let schemas = invocation.block_on(providers::schemas(&factories, |_| true))?;
    let terminal = invocation.terminal;
    if bytes.first() == Some(&b'{') {
        let snapshot = super::state::parse_state(&bytes, &path.display().to_string())?;
        terminal.print(&if args.json {
            format!("{}\n", state_json(Some(&snapshot), &schemas))
        } else {
            state_text(&snapshot.state, &schemas, terminal.out)
        });
        return Ok(ExitCode::SUCCESS);
    }
    let plan = read_plan(&bytes).map_err(|error| {
        CommandError::new(
            "Failed to read the given file as a state or plan file",
            format!("{}: {error}.", path.display()),
        )
    })?;
    if args.json {
        let configuration = replay::configuration(&plan, invocation)?;
        let json = groma_render::configuration::configuration_json(&configuration, &schemas);
        terminal.print(&format!("{}\n", plan_json(&plan, json, &schemas)));
    } else {
        terminal.print(&plan_text(&plan, &schemas, terminal.out));
    }
    Ok(ExitCode::SUCCESS)
}
