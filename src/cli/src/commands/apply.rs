//! `groma apply`, and `destroy` and `refresh`, which are special cases of it.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::SystemTime;

use groma_config::source::SnapshotSource;
use groma_diag::Diagnostics;
use groma_engine::{
    Action, ApplyInput, Counts, Events, OutputChange, Plan, PlanMode, apply, read_plan,
};
use groma_render::state::outputs_text;
use groma_render::style::Color;
use groma_render::ui::summary_text;
use groma_state::{Lock, Snapshot, State, Stored};

use super::version::TERRAFORM_VERSION;
use super::{Invocation, Outcome, plan as plan_command};
use crate::args::OperationArgs;
use crate::error::CommandError;
use crate::follow::Follower;
use crate::operation::{Operation, Request};
use crate::replay;
use crate::store::state_error;
use crate::terminal::Question;

/// Do what a plan says: one from a file, or one that is made, shown and approved
#[derive(clap::Args, Debug)]
pub struct Args {
    /// A plan file that plan -out wrote
    plan: Option<PathBuf>,
    /// Do not ask
    #[arg(long)]
    auto_approve: bool,
    #[command(flatten)]
    pub operation: OperationArgs,
}

/// Destroy everything that is managed: apply -destroy
#[derive(clap::Args, Debug)]
pub struct Destroy {
    #[command(flatten)]
    pub args: Args,
}

/// Take note of what changed outside: apply -refresh-only -auto-approve
#[derive(clap::Args, Debug)]
pub struct Refresh {
    #[command(flatten)]
    pub args: Args,
}

pub fn destroy(command: Destroy, invocation: &Invocation) -> Outcome {
    let mut args = command.args;
    args.operation.planning.destroy = true;
    run_as(&args, "destroy", invocation)
}

pub fn refresh(command: Refresh, invocation: &Invocation) -> Outcome {
    let mut args = command.args;
    args.operation.planning.refresh_only = true;
    args.auto_approve = true;
    run_as(&args, "refresh", invocation)
}

pub fn run(args: &Args, invocation: &Invocation) -> Outcome {
    run_as(args, "apply", invocation)
}

fn run_as(args: &Args, command: &'static str, invocation: &Invocation) -> Outcome {
    let follower = Arc::new(Follower::new(&args.operation.planning, invocation));
    run_followed(args, command, invocation, &follower).map_err(|error| follower.tell(error))
}

fn run_followed(
    args: &Args,
    command: &'static str,
    invocation: &Invocation,
    follower: &Arc<Follower>,
) -> Outcome {
    args.operation.legacy.refuse()?;
    if args.operation.planning.json && args.plan.is_none() && !args.auto_approve {
        return Err(CommandError::new(
            "Plan file or auto-approve required",
            "Groma cannot ask for interactive approval when -json is set. You can either apply a \
             saved plan file, or enable the -auto-approve option.",
        ));
    }
    let saved = args.plan.as_deref().map(|path| saved_plan(path, args, invocation)).transpose()?;
    let request = Request { args: &args.operation, command, generate_config: false };
    let operation = Operation::prepare(&request, invocation, saved.as_ref(), Arc::clone(follower))?;
    let operation = &operation;
    let run = Run { args, command, invocation, operation };
    invocation.block_on(operation.access().locked(
        &args.operation.lock,
        "OperationTypeApply",
        |lock| {
            let (run, saved) = (&run, &saved);
            async move {
                operation.listen();
                let stored = operation.access().read_silently().await?;
                match saved {
                    Some(plan) => {
                        fresh(plan, stored.as_ref())?;
                        if args.operation.planning.json {
                            plan.announce_again(&**operation.follower());
                        }
                        run.apply(plan, stored, lock, operation.warnings()).await
                    }
                    None => run.plan_and_apply(stored, lock).await,
                }
            }
        },
    ))
}

fn saved_plan(path: &Path, args: &Args, invocation: &Invocation) -> Result<Plan, CommandError> {
    let planning = &args.operation.planning;
    if planning.destroy
        || planning.refresh_only
        || !planning.refresh
        || !planning.target.is_empty()
        || !planning.replace.is_empty()
        || args.operation.source.rev.is_some()
    {
        return Err(CommandError::new(
            "Invalid option for a saved plan",
            "Options that say how to plan (-destroy, -refresh-only, -refresh=false, -target, \
             -replace, -rev) have no meaning for a plan that is made already.",
        ));
    }
    let failed = |detail: String| {
        CommandError::new(format!("Failed to load {:?} as a plan file", path.display()), detail)
    };
    let bytes = std::fs::read(path).map_err(|error| {
        failed(match error.kind() {
            std::io::ErrorKind::NotFound => {
                format!("Error: stat {}: no such file or directory", path.display())
            }
            _ => format!("{error}."),
        })
    })?;
    let plan = read_plan(&bytes).map_err(|error| failed(format!("{error}.")))?;
    if plan.errored {
        return Err(CommandError::new(
            "Cannot apply incomplete plan",
            "Groma encountered an error when generating this plan, so it cannot be applied.",
        ));
    }
    let workspace = crate::workspace::selected(&invocation.env, &invocation.place.directory)?.name;
    if plan.provenance.workspace != workspace {
        return Err(CommandError::new(
            "Saved plan is of another workspace",
            format!(
                "The plan was made for the workspace {:?}, and {workspace:?} is selected. Select \
                 that workspace to apply it.",
                plan.provenance.workspace
            ),
        ));
    }
    Ok(plan)
}

/// Refuses a plan that was made against another state than the one there is.
fn fresh(plan: &Plan, stored: Option<&Stored>) -> Result<(), CommandError> {
    let (lineage, serial) =
        stored.map_or(("", 0), |stored| (stored.snapshot.lineage.as_str(), stored.snapshot.serial));
    let prior = &plan.prior;
    if !prior.lineage.is_empty() && !lineage.is_empty() && prior.lineage != lineage {
        return Err(CommandError::new(
            "Saved plan does not match the given state",
            "The given plan file can not be applied because it was created from a different state \
             lineage.",
        ));
    }
    if prior.serial != serial || prior.lineage.is_empty() != lineage.is_empty() {
        return Err(CommandError::new(
            "Saved plan is stale",
            "The given plan file can no longer be applied because the state was changed by another \
             operation after the plan was created.",
        ));
    }
    Ok(())
}

/// A state with nothing in it, which gets its lineage from the store.
fn empty() -> Snapshot {
    Snapshot {
        lineage: String::new(),
        serial: 1,
        terraform_version: TERRAFORM_VERSION.to_owned(),
        state: State::default(),
    }
}

struct Run<'a> {
    args: &'a Args,
    command: &'static str,
    invocation: &'a Invocation,
    operation: &'a Operation<'a>,
}

impl Run<'_> {
    async fn plan_and_apply(&self, stored: Option<Stored>, lock: Option<Lock>) -> Outcome {
        let terminal = self.operation.terminal();
        let mut plan = self.operation.plan_against(stored.as_ref()).await;
        if self.command != "refresh" {
            plan_command::show(self.operation, &plan);
        }
        let mut found = self.operation.warnings();
        found.extend(plan.diagnostics.clone());
        let does_something = plan.applyable || plan.has_changes();
        let asks = !self.args.auto_approve && does_something;
        if asks || plan.errored {
            plan_command::tell(self.operation, &std::mem::take(&mut found));
        }
        if plan.errored {
            return Err(CommandError::silent(1));
        }
        if asks && !self.approved(&plan).await? {
            terminal.print(if self.command == "destroy" {
                "Destroy cancelled.\n"
            } else {
                "Apply cancelled.\n"
            });
            return Err(CommandError::silent(1));
        }
        if self.command == "refresh" {
            // It takes in what was found, and leaves to an apply which outputs there are.
            let is_found = |output: &OutputChange| {
                output.action != Action::Delete && output.after.is_wholly_known()
            };
            plan.outputs.retain(is_found);
        }
        // The apply says anew what checks say, and the rest is told with what it says.
        let found = found.into_iter().filter(|diagnostic| !diagnostic.of_check).collect();
        self.apply(&plan, stored, lock, found).await
    }

    async fn approved(&self, plan: &Plan) -> Result<bool, CommandError> {
        let (title, description) = match plan.mode {
            PlanMode::Destroy => (
                "Do you really want to destroy all resources?",
                "Groma will destroy all your managed infrastructure, as shown above.\nThere is no \
                 undo. Only 'yes' will be accepted to confirm.",
            ),
            PlanMode::RefreshOnly => (
                "Would you like to update the Groma state to reflect these detected changes?",
                "Groma will write these changes to the state without modifying any real \
                 infrastructure.\nThere is no undo. Only 'yes' will be accepted to confirm.",
            ),
            PlanMode::Normal => (
                "Do you want to perform these actions?",
                "Groma will perform the actions described above.\nOnly 'yes' will be accepted to \
                 approve.",
            ),
        };
        if !self.args.operation.planning.input {
            return Err(CommandError::new(
                "Approval required",
                "The plan has to be approved, and -input=false says not to ask. Use -auto-approve \
                 to apply without asking.",
            ));
        }
        self.operation.terminal().print("\n");
        let question = Question { title, description };
        self.invocation.confirm_unless(self.operation.cancel(), question).await
    }

    /// Applies a plan. `found` is told with what is found while doing that.
    async fn apply(
        &self,
        plan: &Plan,
        stored: Option<Stored>,
        lock: Option<Lock>,
        found: Diagnostics,
    ) -> Outcome {
        let operation = self.operation;
        let config = replay::configuration(plan, self.invocation)?;
        let access = operation.access();
        let meta = access.meta(self.command, plan.provenance.commit.clone());
        let run =
            access.store.begin_run(&access.key, lock.as_ref(), meta).await.map_err(state_error)?;
        if stored.is_none() {
            // The first apply makes the state, even if there will be nothing in it.
            run.replace(empty(), false).await.map_err(state_error)?;
        }
        let follower: Arc<dyn Events> = operation.follower().clone();
        let outcome = apply(ApplyInput {
            plan,
            config: &config,
            source: Arc::new(SnapshotSource::new(Arc::clone(&plan.provenance.snapshot))),
            state: stored.map(|stored| stored.snapshot.state).unwrap_or_default(),
            run,
            providers: operation.factories(),
            ephemeral: operation.ephemeral_variables(&config),
            parallelism: self.args.operation.planning.parallelism.map(usize::from),
            home: self.invocation.env.get("HOME"),
            now: SystemTime::now(),
            provisioners: Arc::new(groma_engine::LocalExec::new(&self.invocation.place.directory)),
            events: follower,
            cancel: operation.cancel(),
        })
        .await;
        self.report(&outcome, found)
    }

    fn report(&self, outcome: &groma_engine::Outcome, mut found: Diagnostics) -> Outcome {
        let succeeded = outcome.succeeded();
        if self.args.operation.planning.json {
            plan_command::tell(self.operation, &found);
            return Ok(if succeeded { ExitCode::SUCCESS } else { ExitCode::FAILURE });
        }
        let terminal = self.operation.terminal();
        found.extend(outcome.diagnostics.clone());
        plan_command::tell(self.operation, &found);
        if !succeeded {
            return Err(CommandError::silent(1));
        }
        if self.command != "refresh" {
            // Objects that are forgotten are no part of what Terraform sums up.
            let counts = Counts { forgotten: 0, ..outcome.counts };
            let summary = summary_text(&counts, true, self.args.operation.planning.destroy);
            terminal.print(&format!("\n{}\n", terminal.out.paint(Color::BoldGreen, summary)));
        }
        if !outcome.state.outputs().is_empty() && !self.args.operation.planning.destroy {
            let title = terminal.out.paint(Color::BoldGreen, "Outputs:");
            terminal.print(&format!("\n{title}\n\n{}", outputs_text(outcome.state.outputs())));
        }
        Ok(ExitCode::SUCCESS)
    }
}
