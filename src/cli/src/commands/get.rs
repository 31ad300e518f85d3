//! `groma get`

use std::process::ExitCode;

use super::{Invocation, Outcome};
use crate::args::{SourceArgs, TestDirectoryArg};
use crate::modules;
use crate::project::Project;

/// Install the modules that the configuration calls
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Take new copies and the newest versions of modules that are there already
    #[arg(long)]
    update: bool,
    #[command(flatten)]
    pub source: SourceArgs,
    #[command(flatten)]
    tests: TestDirectoryArg,
}

pub fn run(args: &Args, invocation: &Invocation) -> Outcome {
    let terminal = invocation.terminal;
    let mut report = |event: modules::Event<'_>| terminal.print(&modules::line(event));
    let project = Project::install(invocation, args.update, &mut report)?;
    if project.warnings.has_errors() {
        return Err(project.warnings.into());
    }
    terminal.diagnostics_aside(&project.warnings, &invocation.sources);
    Ok(ExitCode::SUCCESS)
}
