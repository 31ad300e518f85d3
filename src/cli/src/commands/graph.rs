//! `groma graph`

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use groma_diag::Diagnostics;

use super::{Invocation, Outcome};
use crate::error::CommandError;
use crate::project::Project;
use crate::store::StateAccess;

/// Draw the resources and what they depend on, or the graph of an operation, in the language of
/// Graphviz
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Draw the graph of applying this plan, or of the operation that -type names on the
    /// configuration that the plan was made from
    #[arg(long, value_name = "FILE")]
    plan: Option<PathBuf>,
    /// Draw cycles too, in red
    #[arg(long)]
    draw_cycles: bool,
    /// The operation: plan, plan-refresh-only, plan-destroy or apply
    #[arg(long = "type", value_name = "TYPE")]
    kind: Option<String>,
    /// Draws nothing more, as in Terraform
    #[arg(long, hide = true)]
    verbose: bool,
    /// Deprecated
    #[arg(long, value_name = "N", hide = true, allow_negative_numbers = true)]
    module_depth: Option<i64>,
}

/// An operation that has a graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Planning, whatever the mode: the same graph is walked.
    Plan,
    Apply,
}

impl Kind {
    fn parse(text: &str) -> Result<Self, CommandError> {
        match text {
            "plan" | "plan-refresh-only" | "plan-destroy" => Ok(Self::Plan),
            "apply" => Ok(Self::Apply),
            _ => Err(CommandError::new(
                "Unsupported graph type",
                "The -type=... argument must be either \"plan\", \"plan-refresh-only\", \
                 \"plan-destroy\", or \"apply\".",
            )),
        }
    }
}

pub fn run(args: &Args, invocation: &Invocation) -> Outcome {
    let kind = args.kind.as_deref().map(Kind::parse).transpose()?;
    let (text, problems) = match (&args.plan, kind) {
        (Some(path), kind) => of_plan(path, kind, args.draw_cycles, invocation)?,
        (None, None) => groma_engine::dot(&Project::load(invocation)?.config),
        // With no plan, applying is what planning will have found: nothing that is destroyed.
        (None, Some(_)) => {
            let project = Project::load(invocation)?;
            let access = StateAccess::of_project(invocation, &project)?;
            let stored = invocation.block_on(access.read())?;
            let state = stored.map(|stored| stored.snapshot.state).unwrap_or_default();
            groma_engine::dot_of_planning(&project.config, &state, args.draw_cycles)
        }
    };
    let (text, warnings) = problems.ok_or(text)?;
    invocation.terminal.print(&text);
    invocation.terminal.diagnostics_aside(&warnings, &invocation.sources);
    Ok(ExitCode::SUCCESS)
}

fn of_plan(
    path: &Path,
    kind: Option<Kind>,
    cycles: bool,
    invocation: &Invocation,
) -> Result<(String, Diagnostics), CommandError> {
    let failed = |detail: String| {
        CommandError::new(format!("Failed to load {:?} as a plan file", path.display()), detail)
    };
    let bytes = std::fs::read(path).map_err(|error| failed(format!("{error}.")))?;
    let plan = groma_engine::read_plan(&bytes).map_err(|error| failed(format!("{error}.")))?;
    let config = Project::of_plan(&plan, invocation)?.config;
    Ok(match kind {
        None | Some(Kind::Apply) => groma_engine::dot_of_applying(&config, &plan),
        Some(Kind::Plan) => groma_engine::dot_of_planning(&config, &plan.prior.state, cycles),
    })
}
