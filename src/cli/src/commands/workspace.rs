//! `groma workspace`

use std::process::ExitCode;

use clap::Subcommand;
use groma_render::style::Color;
use groma_state::Lock;

use super::{Invocation, Outcome};
use crate::args::{LockArgs, NoTargets, VarArgs};
use crate::error::CommandError;
use crate::store::{StateAccess, state_error};
use crate::workspace::{check_name, select, selected};

/// Work with workspaces: several states of one configuration
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// List the workspaces; a star marks the selected one
    List,
    /// Print the selected workspace
    Show(Show),
    /// Create a workspace and select it
    New(New),
    /// Select a workspace
    Select(Select),
    /// Delete a workspace
    Delete(Delete),
}

/// Takes what says how to plan, as Terraform does, though there is nothing to plan.
#[derive(clap::Args, Debug)]
struct Show {
    #[arg(long, hide = true, default_value_t = true, action = clap::ArgAction::Set)]
    input: bool,
    #[command(flatten)]
    vars: VarArgs,
    #[command(flatten)]
    targets: NoTargets,
}

#[derive(clap::Args, Debug)]
struct New {
    /// The workspace
    name: String,
    #[command(flatten)]
    lock: LockArgs,
    /// Copy this state file into the new workspace
    #[arg(long, value_name = "PATH")]
    state: Option<std::path::PathBuf>,
}

#[derive(clap::Args, Debug)]
struct Select {
    /// The workspace
    name: String,
    /// Create it if it does not exist
    #[arg(long)]
    or_create: bool,
}

#[derive(clap::Args, Debug)]
struct Delete {
    /// The workspace
    name: String,
    /// Delete it though it still manages resources, which are then known to nobody
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    lock: LockArgs,
}

pub fn run(args: Args, invocation: &Invocation) -> Outcome {
    let now = selected(&invocation.env, &invocation.place.directory)?;
    if let Command::Show(_) = args.command {
        invocation.terminal.print(&format!("{}\n", now.name));
        return Ok(ExitCode::SUCCESS);
    }
    if now.by_environment && !matches!(args.command, Command::List) {
        return Err(CommandError::new(
            "Workspace overridden",
            "The selected workspace is currently overridden using the TF_WORKSPACE environment \
             variable.\n\nTo select a new workspace, either update this environment variable or \
             unset it and then run this command again.",
        ));
    }
    invocation.block_on(async {
        match args.command {
            Command::List => list(invocation, &now.name).await,
            Command::Show(_) => Ok(ExitCode::SUCCESS),
            Command::New(new) => create(invocation, new).await,
            Command::Select(select) => choose(invocation, &now.name, &select).await,
            Command::Delete(delete) => remove(invocation, &now.name, &delete).await,
        }
    })
}

async fn names(invocation: &Invocation) -> Result<Vec<String>, CommandError> {
    StateAccess::open(invocation)?.workspaces().await
}

async fn list(invocation: &Invocation, now: &str) -> Outcome {
    let mut text = String::new();
    for name in names(invocation).await? {
        text.push_str(if name == now { "* " } else { "  " });
        text.push_str(&name);
        text.push('\n');
    }
    text.push('\n');
    invocation.terminal.print(&text);
    Ok(ExitCode::SUCCESS)
}

async fn create(invocation: &Invocation, new: New) -> Outcome {
    check_name(&new.name)?;
    let access = StateAccess::open(invocation)?.of_workspace(&new.name);
    let snapshot = new.state.as_deref().map(super::state::read_state_file).transpose()?;
    access.store.create_workspace(&access.key).await.map_err(state_error)?;
    if let Some(snapshot) = snapshot {
        let work = |lock: Option<Lock>| {
            let access = access.clone();
            async move {
                super::state::replace(&access, lock.as_ref(), "workspace new", snapshot, true).await
            }
        };
        access.locked(&new.lock, "workspace-new", work).await?;
    }
    select(&invocation.env, &invocation.place.directory, &new.name)?;
    say_created(invocation, &new.name);
    Ok(ExitCode::SUCCESS)
}

fn say_created(invocation: &Invocation, name: &str) {
    let style = invocation.terminal.out;
    let title = format!("Created and switched to workspace \"{name}\"!");
    let title = style.paint(Color::BoldGreen, title);
    let more = style.paint(
        Color::Green,
        "You're now on a new, empty workspace. Workspaces isolate their state,\nso if you run \
         \"groma plan\" Groma will not see any existing state\nfor this configuration.",
    );
    invocation.terminal.print(&format!("{title}\n\n{more}\n"));
}

async fn choose(invocation: &Invocation, now: &str, args: &Select) -> Outcome {
    check_name(&args.name)?;
    if args.name == now {
        return Ok(ExitCode::SUCCESS);
    }
    let mut created = false;
    if !names(invocation).await?.contains(&args.name) {
        if !args.or_create {
            return Err(CommandError::new(
                format!("Workspace {:?} doesn't exist.", args.name),
                "You can create this workspace with the \"new\" subcommand or include the \
                 \"-or-create\" flag with the \"select\" subcommand.",
            ));
        }
        let access = StateAccess::open(invocation)?.of_workspace(&args.name);
        access.store.create_workspace(&access.key).await.map_err(state_error)?;
        created = true;
    }
    select(&invocation.env, &invocation.place.directory, &args.name)?;
    if created {
        say_created(invocation, &args.name);
    } else {
        let done = format!("Switched to workspace \"{}\".", args.name);
        let done = invocation.terminal.out.paint(Color::Green, done);
        invocation.terminal.print(&format!("{done}\n"));
    }
    Ok(ExitCode::SUCCESS)
}

async fn remove(invocation: &Invocation, now: &str, args: &Delete) -> Outcome {
    check_name(&args.name)?;
    if args.name == now {
        return Err(CommandError::new(
            format!("Workspace {:?} is your active workspace.", args.name),
            "You cannot delete the currently active workspace. Please switch to another workspace \
             and try again.",
        ));
    }
    let access = StateAccess::open(invocation)?.of_workspace(&args.name);
    if !names(invocation).await?.contains(&args.name) {
        return Err(CommandError::new(
            format!("Workspace {:?} doesn't exist.", args.name),
            "You can create this workspace with the \"new\" subcommand.",
        ));
    }
    let managed = access.snapshot().await?.map_or(0, |snapshot| snapshot.state.instances().len());
    if managed > 0 && !args.force {
        return Err(CommandError::new(
            "Workspace is not empty",
            format!(
                "Workspace {:?} is currently tracking {managed} resource instances.\n\nDeleting \
                 this workspace would cause Groma to lose track of any associated remote objects, \
                 which would then require you to delete them manually outside of Groma. You should \
                 destroy these objects with Groma before deleting the workspace.\n\nIf you want to \
                 delete this workspace anyway, and have Groma forget about these managed objects, \
                 use the -force option to disable this safety check.",
                args.name
            ),
        ));
    }
    let work = |_lock| async { Ok(()) };
    access.locked(&args.lock, "workspace-delete", work).await?;
    access.store.delete_workspace(&access.key).await.map_err(state_error)?;
    let done = format!("Deleted workspace \"{}\"!", args.name);
    let done = invocation.terminal.out.paint(Color::Green, done);
    invocation.terminal.print(&format!("{done}\n"));
    Ok(ExitCode::SUCCESS)
}
