//! `groma providers mirror`

use std::path::Path;
use std::process::ExitCode;

use groma_diag::Diagnostics;
use groma_fetch::Lock;
use groma_fetch::mirror::fill::{Event, Filler, Reason};
use groma_fetch::mirror::write_indexes;
use groma_fetch::origin::Origins;
use groma_fetch::packages::unselected;
use groma_fetch::rc::{Location, Method, Patterns};

use super::super::{Invocation, Outcome};
use super::lock::platforms;
use crate::error::CommandError;
use crate::installation::{self, Installation};
use crate::project::Project;
use crate::providers;

#[derive(clap::Args, Debug)]
pub struct Args {
    /// The directory
    target: Vec<String>,
    /// For this platform; may be given several times
    #[arg(long, value_name = "OS_ARCH")]
    platform: Vec<String>,
    /// Take the versions of the dependency lock file
    #[arg(long, default_value_t = true, action = clap::ArgAction::Set)]
    lock_file: bool,
}

pub fn run(args: &Args, invocation: &Invocation) -> Outcome {
    let [target] = &args.target[..] else {
        return Err(CommandError::new(
            "No output directory specified",
            "The providers mirror command requires an output directory as a command-line argument.",
        ));
    };
    let (platforms, problems) = platforms(&args.platform);
    if problems.has_errors() {
        return Err(problems.into());
    }
    let project = Project::load_to_install(invocation)?;
    let requirements = installation::requirements(&project);
    let needed = requirements.filter(|p, _| !p.is_built_in() && !providers::is_explicit(p));
    let lock = if args.lock_file {
        Installation::load(invocation, &project)?.lock
    } else {
        Lock::default()
    };
    let inconsistent = if lock.is_empty() { Vec::new() } else { unselected(&needed, &lock) };
    if !inconsistent.is_empty() {
        let advice = "To update the locked dependency selections to match a changed configuration, \
                      run:\n  groma init -upgrade\n got:";
        return Err(CommandError::new(
            "Inconsistent dependency lock file",
            format!("{advice}[{}]", inconsistent.join(" ")),
        ));
    }
    let say = |text: String| invocation.terminal.print(&text);
    for (provider, _) in requirements.iter().filter(|(p, _)| needed.get(p).is_none()) {
        let shown = provider.for_display();
        say(format!("- Skipping {shown} because it is built in to Groma CLI\n"));
    }
    // Whatever the CLI configuration says: it may name the very mirror that is to be filled.
    let method = Method { location: Location::Direct, patterns: Patterns::default() };
    let target = Path::new(target);
    let filler = Filler {
        origins: Origins { methods: &[method], client: &invocation.network },
        directory: target,
        platforms: &platforms,
    };
    let mut problems: Diagnostics = project.warnings.clone();
    problems.extend(filler.fill(&needed, &lock, &mut |event| say(line(&event))));
    problems.extend(write_indexes(target));
    if problems.has_errors() {
        return Err(problems.into());
    }
    invocation.terminal.diagnostics(&problems, &invocation.sources);
    Ok(ExitCode::SUCCESS)
}

fn line(event: &Event<'_>) -> String {
    match event {
        Event::Mirroring(provider) => format!("- Mirroring {}...\n", provider.for_display()),
        Event::Selected(version, reason) => {
            let why = match reason {
                Reason::Lock => "to match dependency lock file".to_owned(),
                Reason::Constraints(all) => format!("to meet constraints {all}"),
                Reason::None => "with no constraints".to_owned(),
            };
            format!("  - Selected v{version} {why}\n")
        }
        Event::Downloading(platform) => format!("  - Downloading package for {platform}...\n"),
        Event::Authenticated(how) => format!("  - Package authenticated: {how}\n"),
    }
}
