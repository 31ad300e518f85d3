//! `groma plan`

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use groma_diag::{Diagnostic, Diagnostics};
use groma_engine::{Event, Events as _, Lint, Plan};
use groma_render::plan::{plan_text, prose, rule};

use super::{Invocation, Outcome, generate};
use crate::args::OperationArgs;
use crate::error::CommandError;
use crate::files::write_private;
use crate::follow::Follower;
use crate::operation::{Operation, Request};

/// As many changes are named that come of the time of a plan.
const MOST_LINTS: usize = 10;

/// Show what would be done to make the world as the configuration says
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    pub operation: OperationArgs,
    /// Write the plan to a file, for apply
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Exit with 0 for no changes, 1 for an error, 2 for changes
    #[arg(long)]
    detailed_exitcode: bool,
    /// Write resource blocks for imports that have none to this file
    #[arg(long, value_name = "FILE")]
    generate_config_out: Option<PathBuf>,
}

pub fn run(args: &Args, invocation: &Invocation) -> Outcome {
    let follower = Arc::new(Follower::new(&args.operation.planning, invocation));
    run_followed(args, invocation, &follower).map_err(|error| follower.tell(error))
}

fn run_followed(args: &Args, invocation: &Invocation, follower: &Arc<Follower>) -> Outcome {
    args.operation.legacy.refuse()?;
    if let Some(path) = &args.generate_config_out {
        generate::check(path, &args.operation.planning)?;
    }
    let request = Request {
        args: &args.operation,
        command: "plan",
        generate_config: args.generate_config_out.is_some(),
    };
    let operation = Operation::prepare(&request, invocation, None, Arc::clone(follower))?;
    let mut plan = invocation.block_on(operation.plan())?;
    let mut generated = args.generate_config_out.as_deref();
    if let Some(path) = generated {
        if generate::write(&plan, path)? {
            plan.diagnostics.push(generate::experimental());
        } else {
            generated = None;
        }
    }
    // One that failed is kept too, to be shown.
    if let Some(path) = args.out.as_deref().filter(|_| !plan.abandoned) {
        save(&plan, path)?;
    }
    show(&operation, &plan);
    let mut found = operation.warnings();
    found.extend(plan.diagnostics.clone());
    if !args.operation.planning.json {
        // Programs find no words for it that they would know from Terraform.
        found.extend(timed(&plan));
    }
    tell(&operation, &found);
    if plan.errored {
        return Err(CommandError::silent(1));
    }
    if !args.operation.planning.json {
        next_step(&plan, args.out.as_deref(), generated, invocation);
    }
    let changes = args.detailed_exitcode && plan.applyable;
    // The process ends here. To take a large plan apart before would take its time.
    std::mem::forget(plan);
    Ok(if changes { ExitCode::from(2) } else { ExitCode::SUCCESS })
}

fn save(plan: &Plan, path: &Path) -> Result<(), CommandError> {
    let failed = |detail: String| CommandError::new("Failed to write plan file", detail);
    let bytes = groma_engine::write_plan(plan).map_err(|error| failed(format!("{error}.")))?;
    write_private(path, &bytes)
        .map_err(|error| failed(format!("The plan file could not be written: {error}.")))
}

/// Shows a plan, if it is people who follow.
pub fn show(operation: &Operation<'_>, plan: &Plan) {
    operation.follower().clear();
    if !operation.planning().json && !plan.abandoned {
        let terminal = operation.terminal();
        terminal.print(&plan_text(plan, operation.schemas(), terminal.out));
    }
}

/// That a plan is like no other, since parts of it come of the time that it was made at.
fn timed(plan: &Plan) -> Option<Diagnostic> {
    let lines: Vec<String> = plan
        .lints
        .iter()
        .map(|lint| match lint {
            Lint::TimeInChange { addr, argument } => format!("\n - {addr}: {argument}"),
            Lint::TimeInOutput(name) => format!("\n - output {name}"),
        })
        .collect();
    let more = lines.len().saturating_sub(MOST_LINTS);
    let more = if more > 0 { format!("\n - and {more} more") } else { String::new() };
    let shown = lines.iter().take(MOST_LINTS).map(String::as_str).collect::<String>();
    (!lines.is_empty()).then(|| {
        Diagnostic::warning(
            "Plan depends on when it was made",
            format!(
                "What comes of plantimestamp() is another in each plan, so that no later plan will \
                 be found equal to this one:{shown}{more}\n\nWhere a plan is approved before it is \
                 applied, save it and apply the file."
            ),
        )
    })
}

/// Tells what was found.
pub fn tell(operation: &Operation<'_>, found: &Diagnostics) {
    if operation.planning().json {
        found.iter().for_each(|one| operation.follower().emit(Event::Diagnostic(one.clone())));
    } else {
        operation.follower().clear();
        operation.terminal().diagnostics(found, operation.sources());
    }
}

/// What one may do with a plan that can be applied; a pipeline knows. `generated` is where
/// configuration was written.
fn next_step(plan: &Plan, out: Option<&Path>, generated: Option<&Path>, invocation: &Invocation) {
    if !plan.applyable || invocation.env.in_automation() {
        return;
    }
    let text = match out {
        Some(path) => format!(
            "Saved the plan to: {path}\n\nTo perform exactly these actions, run the following \
             command to apply:\n    groma apply {path:?}",
            path = path.display()
        ),
        None => "Note: You didn't use the -out option to save this plan, so Groma can't guarantee \
                 to take exactly these actions if you run \"groma apply\" now."
            .to_owned(),
    };
    let generated = generated.map(|path| {
        format!(
            "Groma has generated configuration and written it to {}. Please review the \
             configuration and edit it as necessary before adding it to version control.",
            path.display()
        )
    });
    let terminal = invocation.terminal;
    let style = terminal.out;
    let parts = generated.iter().chain([&text]).map(|text| format!("\n{}", prose(text, style)));
    terminal.print(&(rule(style) + &parts.collect::<String>()));
}
