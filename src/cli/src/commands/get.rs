//! `groma get`

use std::fmt::Write as _;
use std::process::ExitCode;

use super::{Invocation, Outcome};
use crate::args::TestDirectoryArg;
use crate::project::Project;

/// Find the modules that the configuration calls
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Look for newer versions of modules that are there already
    #[arg(long)]
    update: bool,
    #[command(flatten)]
    tests: TestDirectoryArg,
}

/// Modules are read from where they are, so that there is nothing to install: they are listed.
pub fn run(_args: &Args, invocation: &Invocation) -> Outcome {
    let project = Project::load_to_install(invocation)?;
    let terminal = invocation.terminal;
    terminal.print(&listed(&project));
    terminal.diagnostics_aside(&project.warnings, &invocation.sources);
    Ok(ExitCode::SUCCESS)
}

/// A line for each module that is called, with where it is.
pub fn listed(project: &Project) -> String {
    let mut modules: Vec<_> =
        project.config.modules.iter().filter(|module| !module.path.is_root()).collect();
    modules.sort_by(|a, b| a.path.cmp(&b.path));
    modules.into_iter().fold(String::new(), |mut text, module| {
        let name: Vec<&str> = module.path.calls().iter().map(|call| &**call).collect();
        let _ = writeln!(text, "- {} in {}", name.join("."), module.dir);
        text
    })
}
