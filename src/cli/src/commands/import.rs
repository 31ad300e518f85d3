//! `groma import`

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::SystemTime;

use groma_addr::{Mode, ResourceInstance, Target, parse_resource_instance};
use groma_engine::{Cancel, Directives, IgnoreEvents, Options, PlanInput};
use groma_render::style::Color;
use groma_state::Stored;

use super::{Invocation, Outcome};
use crate::args::{LegacyStateArgs, LockArgs, NoTargets, RemoteVersionArg, VarArgs};
use crate::error::CommandError;
use crate::project::Project;
use crate::store::{StateAccess, state_error};
use crate::{providers, variables};

/// Bring an object that is there already under management
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The resource instance that the object becomes
    address: String,
    /// What the provider knows the object by
    id: String,
    /// The directory of the configuration, if it is another than that of the command
    #[arg(long, value_name = "PATH")]
    config: Option<PathBuf>,
    /// Ask for input variables that have no value
    #[arg(long, default_value_t = true, action = clap::ArgAction::Set)]
    input: bool,
    /// How much may be under way at once, which for one object is one
    #[arg(long, value_name = "N", hide = true)]
    parallelism: Option<std::num::NonZeroU16>,
    #[command(flatten)]
    targets: NoTargets,
    #[command(flatten)]
    vars: VarArgs,
    #[command(flatten)]
    lock: LockArgs,
    #[command(flatten)]
    remote: RemoteVersionArg,
    #[command(flatten)]
    legacy: LegacyStateArgs,
}

pub fn run(args: &Args, invocation: &Invocation) -> Outcome {
    args.legacy.refuse()?;
    let addr = parse_resource_instance(&args.address)
        .map_err(|error| CommandError::new("Invalid address", error.message))?;
    if addr.resource.mode != Mode::Managed {
        return Err(CommandError::new(
            "A managed resource address is required. Importing into a data resource is not \
             allowed.",
            "",
        ));
    }
    providers::begin(invocation);
    let project = match &args.config {
        Some(directory) => Project::load_directory(directory, invocation)?,
        None => Project::load(invocation)?,
    };
    crate::backend::refuse(&project.config)?;
    require_block(&project, &addr)?;
    let asking = args.input && invocation.env.allows_input();
    let (values, problems) = variables::gather(&project, &args.vars, invocation, asking)?;
    let (values, warnings) = problems.ok_or(values)?;
    let options = Options {
        variables: values,
        targets: vec![Target::Instance(addr.clone())],
        refresh: false,
        timestamp: SystemTime::now(),
        ..Options::default()
    };
    let terminal = invocation.terminal;
    terminal.diagnostics_aside(&warnings, &invocation.sources);
    let start = format!("{addr}: Importing from ID {:?}...", args.id);
    terminal.print(&format!("{}\n", terminal.out.paint(Color::Bold, start)));
    let access = StateAccess::of_project(invocation, &project)?;
    let work = Work { addr: &addr, id: &args.id, project: &project, options: &options, invocation };
    invocation.block_on(access.locked(&args.lock, "import", |lock| work.run(&access, lock)))?;
    let prepared = terminal.out.paint(Color::BoldGreen, format!("{addr}: Import prepared!"));
    let of = terminal.out.paint(Color::Green, format!("Prepared {} for import", addr.resource.ty));
    terminal.print(&format!("{prepared}\n  {of}\n"));
    let success = terminal.out.paint(
        Color::Green,
        "Import successful!\n\nThe resources that were imported are shown above. These resources \
         are now in\nyour Groma state and will henceforth be managed by Groma.",
    );
    terminal.print(&format!("\n{success}\n\n"));
    Ok(ExitCode::SUCCESS)
}

/// What is to be imported, and with what.
struct Work<'a> {
    addr: &'a ResourceInstance,
    id: &'a str,
    project: &'a Project,
    options: &'a Options,
    invocation: &'a Invocation,
}

impl Work<'_> {
    async fn run(
        &self,
        access: &StateAccess,
        lock: Option<groma_state::Lock>,
    ) -> Result<(), CommandError> {
        let stored = access.read().await?;
        refuse_managed(stored.as_ref(), self.addr)?;
        let factories = providers::serving(self.invocation, self.project)?;
        let input = PlanInput {
            config: &self.project.config,
            source: &self.project.source,
            state: stored.as_ref(),
            providers: &factories,
            options: self.options,
            directives: &Directives::default(),
            workspace: &access.key.workspace,
            commit: self.project.commit.as_deref(),
            home: self.invocation.env.get("HOME"),
            events: &IgnoreEvents,
            cancel: &Cancel::new(),
        };
        let (change, problems) = groma_engine::import(input, self.addr, self.id).await;
        let (change, _) = problems.ok_or(change)?;
        let change = change.ok_or_else(|| {
            CommandError::new(
                "Configuration for import target does not exist",
                format!(
                    "The configuration for the given import {} does not exist. All target \
                     instances must have an associated configuration to be imported.",
                    self.addr
                ),
            )
        })?;
        let meta = access.meta("import", self.project.commit.clone());
        let run = access.store.begin_run(&access.key, lock.as_ref(), meta).await;
        let run = run.map_err(state_error)?;
        run.record(vec![change]).await.map_err(state_error)?;
        run.close().await.map_err(state_error)?;
        Ok(())
    }
}

fn refuse_managed(stored: Option<&Stored>, addr: &ResourceInstance) -> Result<(), CommandError> {
    match stored.and_then(|stored| stored.snapshot.state.object(addr, None)) {
        None => Ok(()),
        Some(_) => Err(CommandError::new(
            "Resource already managed by Groma",
            format!(
                "Groma is already managing a remote object for {addr}. To import to this address \
                 you must first remove the existing object from the state."
            ),
        )),
    }
}

/// An object needs a resource block to become an instance of.
fn require_block(project: &Project, addr: &ResourceInstance) -> Result<(), CommandError> {
    let config = addr.containing().config();
    let module = project.config.modules.iter().find(|module| module.path == config.module);
    if module.is_some_and(|module| module.resources.contains_key(&addr.resource)) {
        return Ok(());
    }
    let place = if config.module.is_root() {
        "the root module".to_owned()
    } else {
        config.module.to_string()
    };
    Err(CommandError::new(
        format!("resource address {:?} does not exist in the configuration.", addr.to_string()),
        format!(
            "Before importing this resource, please create its configuration in {place}. For \
             example:\n\nresource \"{}\" \"{}\" {{\n  # (resource arguments)\n}}",
            addr.resource.ty, addr.resource.name
        ),
    ))
}
