//! `groma init`

mod from_module;
pub(super) mod plugins;

use std::path::Path;
use std::process::ExitCode;

use groma_render::style::Color;

use super::{Invocation, Outcome};
use crate::args::{LockArgs, NoTargets, RemoteVersionArg, TestDirectoryArg, VarArgs};
use crate::backend;
use crate::error::CommandError;
use crate::modules;
use crate::project::Project;
use crate::store::StateAccess;
use crate::terminal::Terminal;

/// Prepare a directory: check the configuration, say what serves each provider, bring in a state
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Import terraform.tfstate into the state database
    #[arg(long)]
    migrate_state: bool,
    /// Import without asking, which init never does
    #[arg(long)]
    force_copy: bool,
    /// Bring in a state; with =false, leave states alone
    #[arg(long)]
    backend: Option<bool>,
    /// Another name of -backend
    #[arg(long, hide = true)]
    cloud: Option<bool>,
    /// Settings of a backend
    #[arg(long, value_name = "SETTING")]
    backend_config: Vec<String>,
    /// Set aside what Terraform recorded of a former backend
    #[arg(long)]
    reconfigure: bool,
    /// Install modules that the configuration calls; with =false, leave them as they are
    #[arg(long, default_value_t = true, action = clap::ArgAction::Set)]
    get: bool,
    /// Take the newest versions of modules and providers that constraints admit, not those that are
    /// installed or locked
    #[arg(long)]
    upgrade: bool,
    /// With "readonly", leave the dependency lock file as it is, or fail
    #[arg(long, value_name = "MODE")]
    lockfile: Option<String>,
    /// Ask questions, of which there are none
    #[arg(long, default_value_t = true, action = clap::ArgAction::Set)]
    input: bool,
    /// Look for packages of providers only here; may be given several times
    #[arg(long, value_name = "DIR")]
    plugin_dir: Vec<String>,
    /// Copy a module into the directory first
    #[arg(long, value_name = "SOURCE")]
    from_module: Option<String>,
    /// Print JSON lines
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    lock: LockArgs,
    #[command(flatten)]
    remote: RemoteVersionArg,
    #[command(flatten)]
    tests: TestDirectoryArg,
    #[command(flatten)]
    vars: VarArgs,
    #[command(flatten)]
    targets: NoTargets,
}

pub fn run(args: &Args, invocation: &Invocation) -> Outcome {
    refuse(args)?;
    let terminal = invocation.terminal.plain(args.json);
    let json = args.json;
    let say = move |text: &str| say(terminal, json, text);
    if let Some(source) = args.from_module.as_deref().filter(|source| !source.is_empty()) {
        from_module::copy(source, invocation, &say)?;
    }
    if is_empty(invocation)? {
        say(
            "Groma initialized in an empty directory!\n\nThe directory has no Groma configuration \
             files. You may begin working\nwith Groma immediately by creating Groma configuration \
             files.\n",
        );
        return Ok(ExitCode::SUCCESS);
    }
    backend::refuse_unread(invocation)?;
    let project = modules(args, invocation, &say)?;
    backend::refuse(&project.config)?;
    let bold = |text: &str| terminal.out.paint(Color::Bold, text).to_string() + "\n";
    let state = args.backend.or(args.cloud).unwrap_or(true);
    if state {
        migrate(args, invocation, &project, &say)?;
    }
    say(&bold("Initializing provider plugins..."));
    let options = plugins::Options {
        directories: &args.plugin_dir,
        state,
        upgrade: args.upgrade,
        read_only: args.lockfile.as_deref() == Some("readonly"),
        json: args.json,
    };
    let mut warnings = project.warnings.clone();
    warnings.extend(plugins::install(&options, invocation, &project, &say)?);
    say("\n");
    if args.json {
        for warning in &warnings {
            let now = std::time::SystemTime::now();
            let line = groma_render::ui::diagnostic_line(warning, &invocation.sources, now);
            terminal.print(&(line + "\n"));
        }
    } else {
        terminal.diagnostics(&warnings, &invocation.sources);
    }
    let success = terminal.out.paint(Color::BoldGreen, "Groma has been successfully initialized!");
    say(&format!("{success}\n"));
    if !invocation.env.in_automation() {
        say(&terminal.out.paint(Color::Green, NEXT_STEPS).to_string());
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints a text, or a line of JSON for each of its lines.
fn say(terminal: Terminal, json: bool, text: &str) {
    if !json {
        return terminal.print(text);
    }
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let line = groma_render::ui::log_line(line, std::time::SystemTime::now());
        terminal.print(&(line + "\n"));
    }
}

/// Whether there is no configuration at all.
fn is_empty(invocation: &Invocation) -> Result<bool, CommandError> {
    let (source, _) = invocation.place.source()?;
    Ok(groma_config::module_files(&*source, ".").is_ok_and(|files| files.is_empty()))
}

/// Reads the configuration, with the modules that it calls: installed, or as they are.
fn modules(
    args: &Args,
    invocation: &Invocation,
    say: &(dyn Fn(&str) + Sync),
) -> Result<Project, CommandError> {
    let terminal = invocation.terminal.plain(args.json);
    let bold = |text: &str| terminal.out.paint(Color::Bold, text).to_string() + "\n";
    let begin = || say(&bold("Initializing the backend..."));
    let upgrade = if args.upgrade { "Upgrading modules..." } else { "Initializing modules..." };
    if !args.get {
        let project = Project::load_to_install(invocation)?;
        begin();
        return Ok(project);
    }
    // What is wrong in the root module is said with nothing before it.
    let mut begun = false;
    let mut report = |event: modules::Event<'_>| {
        if !std::mem::replace(&mut begun, true) {
            begin();
            say(&bold(upgrade));
        }
        say(&modules::line(event));
    };
    let project = Project::install(invocation, args.upgrade, &mut report)?;
    if project.warnings.has_errors() {
        return Err(project.warnings.into());
    }
    if !begun {
        begin();
        if project.config.root().is_some_and(|root| !root.calls.is_empty()) {
            say(&bold(upgrade));
        }
    }
    Ok(project)
}

const NEXT_STEPS: &str = "
You may now begin working with Groma. Try running \"groma plan\" to see
any changes that are required for your infrastructure. All Groma commands
should now work.

If you ever set or change modules or backend configuration for Groma,
rerun this command to reinitialize your working directory. If you forget, other
commands will detect it and remind you to do so if necessary.
";

/// Options that exclude one another, or need what there is not yet.
fn refuse(args: &Args) -> Result<(), CommandError> {
    if args.backend.is_some() && args.cloud.is_some() {
        return Err(CommandError::new(
            "Invalid init options",
            "The -backend and -cloud options are aliases of one another and mutually-exclusive in \
             their use.",
        ));
    }
    if args.upgrade && args.lockfile.as_deref() == Some("readonly") {
        let summary = "The -upgrade flag conflicts with -lockfile=readonly.";
        return Err(CommandError::new(summary, ""));
    }
    if !args.backend_config.is_empty() {
        let detail = "The option -backend-config: no backend but the local one is supported.";
        return Err(CommandError::new("Unsupported option", detail));
    }
    Ok(())
}

/// Imports Terraform's state files, or says that they are there.
fn migrate(
    args: &Args,
    invocation: &Invocation,
    project: &Project,
    say: &dyn Fn(&str),
) -> Result<(), CommandError> {
    let selected = StateAccess::of_project(invocation, project)?;
    let Some(terraform) = selected.terraform() else { return Ok(()) };
    if args.reconfigure
        && let Some(aside) = terraform.forget_record()?
    {
        let aside = shown(&aside, invocation);
        say(&format!("\nWhat Terraform recorded of a former backend is in {aside} now.\n"));
    }
    for workspace in terraform.workspaces(&selected.key.workspace) {
        let access = selected.clone().of_workspace(&workspace);
        if invocation.block_on(access.stored())?.is_some() {
            continue;
        }
        let Some((file, snapshot)) = terraform.find(&workspace)? else { continue };
        if !args.migrate_state && !args.force_copy {
            return Err(backend::only_terraform(&file, &snapshot));
        }
        let count = snapshot.state.instances().len();
        invocation.block_on(access.locked(&args.lock, "init", |lock| {
            let access = &access;
            async move {
                let command = "init -migrate-state";
                super::state::replace(access, lock.as_ref(), command, snapshot, false).await
            }
        }))?;
        let shown = shown(&file, invocation);
        say(&format!(
            "\nImported {count} resource instances from {shown}, which was left as it was. From \
             now on the state is in the database; \"groma state pull\" prints it as a state file.\n"
        ));
    }
    Ok(())
}

/// A path as people know it.
fn shown<'a>(path: &'a Path, invocation: &Invocation) -> std::path::Display<'a> {
    path.strip_prefix(&invocation.place.directory).unwrap_or(path).display()
}
