//! `groma graph`

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::{Invocation, Outcome};
use crate::error::CommandError;
use crate::project::Project;

/// Draw the resources and what they depend on, in the language of Graphviz
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Draw the configuration that this plan was made from
    #[arg(long, value_name = "FILE")]
    plan: Option<PathBuf>,
    /// Colour cycles; there are none in this graph, since a cycle is an error
    #[arg(long)]
    draw_cycles: bool,
    /// The graph of an operation, which is not drawn
    #[arg(long = "type", value_name = "TYPE", hide = true)]
    kind: Option<String>,
    /// Deprecated
    #[arg(long, value_name = "N", hide = true, allow_negative_numbers = true)]
    module_depth: Option<i64>,
}

pub fn run(args: &Args, invocation: &Invocation) -> Outcome {
    if let Some(kind) = &args.kind {
        return Err(refused(kind));
    }
    let project = match &args.plan {
        Some(path) => of_plan(path, invocation)?,
        None => Project::load(invocation)?,
    };
    let (text, problems) = groma_engine::dot(&project.config);
    let (text, warnings) = problems.ok_or(text)?;
    invocation.terminal.print(&text);
    invocation.terminal.diagnostics_aside(&warnings, &invocation.sources);
    Ok(ExitCode::SUCCESS)
}

fn of_plan(path: &Path, invocation: &Invocation) -> Result<Project, CommandError> {
    let failed = |detail: String| {
        CommandError::new(format!("Failed to load {:?} as a plan file", path.display()), detail)
    };
    let bytes = std::fs::read(path).map_err(|error| failed(format!("{error}.")))?;
    let plan = groma_engine::read_plan(&bytes).map_err(|error| failed(format!("{error}.")))?;
    Project::of_plan(&plan, invocation)
}

fn refused(kind: &str) -> CommandError {
    if matches!(kind, "plan" | "plan-refresh-only" | "plan-destroy" | "apply") {
        return CommandError::new(
            "Unsupported option",
            "The option -type draws how Terraform's own engine would evaluate an operation, which \
             is not how Groma does. Without it, the graph shows what the resources depend on.",
        );
    }
    CommandError::new(
        "Unsupported graph type",
        "The -type=... argument must be either \"plan\", \"plan-refresh-only\", \"plan-destroy\", \
         or \"apply\".",
    )
}
