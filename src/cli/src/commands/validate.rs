//! `groma validate`

use std::process::ExitCode;

use groma_diag::Diagnostics;
use groma_render::diagnostic::{render_all, validate_json};
use groma_render::style::Color;

use super::{Invocation, Outcome};
use crate::args::{SourceArgs, TestDirectoryArg};
use crate::error::CommandError;
use crate::project::Project;
use crate::providers;

/// Check the configuration, without state or any effect
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Print JSON in Terraform's format
    #[arg(long)]
    json: bool,
    /// Leave test files out, which is all that is done with them so far
    #[arg(long)]
    no_tests: bool,
    #[command(flatten)]
    tests: TestDirectoryArg,
    #[command(flatten)]
    pub source: SourceArgs,
}

pub fn run(args: &Args, invocation: &Invocation) -> Outcome {
    providers::begin(invocation);
    let project = Project::load_lenient(invocation)?;
    let mut diagnostics = project.warnings.clone();
    if !diagnostics.has_errors() {
        let factories = providers::serving(invocation, &project)?;
        let found = invocation.block_on(async {
            Ok::<_, CommandError>(
                groma_engine::validate(&project.config, &project.source, &factories).await,
            )
        })?;
        diagnostics.extend(found);
    }
    answer(args, &diagnostics, invocation)
}

fn answer(args: &Args, diagnostics: &Diagnostics, invocation: &Invocation) -> Outcome {
    let terminal = invocation.terminal;
    let failed = diagnostics.has_errors();
    if args.json {
        terminal.print(&format!("{:#}\n", validate_json(diagnostics, &invocation.sources)));
    } else if failed {
        terminal.diagnostics(diagnostics, &invocation.sources);
    } else {
        terminal.print(&render_all(
            diagnostics,
            &invocation.sources,
            terminal.out,
            terminal.compact,
        ));
        let success = terminal.out.paint(Color::BoldGreen, "Success!");
        let but = if diagnostics.is_empty() {
            "."
        } else {
            ", but there were some validation warnings as shown above."
        };
        terminal.print(&format!("{success} The configuration is valid{but}\n\n"));
    }
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
