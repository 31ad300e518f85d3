//! `groma console`

mod entry;
mod person;

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::SystemTime;

use groma_diag::{Diagnostic, Diagnostics};
use groma_engine::{Answer, Cancel, Console, Directives, IgnoreEvents, Options, PlanInput};
use groma_lang::syntax::parse_expression;
use groma_render::console::value_expression;
use rustyline::error::ReadlineError;

use self::person::Person;
use super::{Invocation, Outcome};
use crate::args::{LegacyStateArgs, NoTargets, SourceArgs, VarArgs};
use crate::error::CommandError;
use crate::project::Project;
use crate::store::{StateAccess, database};
use crate::{providers, variables};

const HELP: &str = "\
The Groma console allows you to experiment with Terraform expressions.
You may access resources in the state (if you have one) just as you would
from a configuration. For example: \"aws_instance.foo.id\" would evaluate
to the ID of \"aws_instance.foo\" if it exists in your state.

Type in the expression to test and hit <enter> to see the result.

To exit the console, type \"exit\" and hit <enter>, or use Control-C or
Control-D.";

/// Evaluate expressions with the values of the configuration and the state
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Make a plan, and evaluate with the values that it has
    #[arg(long)]
    plan: bool,
    /// Ask for values of variables, which are unknown here unless they are given
    #[arg(long, hide = true, default_value_t = true, action = clap::ArgAction::Set)]
    input: bool,
    #[command(flatten)]
    targets: NoTargets,
    #[command(flatten)]
    vars: VarArgs,
    #[command(flatten)]
    pub source: SourceArgs,
    #[command(flatten)]
    legacy: LegacyStateArgs,
}

pub fn run(args: &Args, invocation: &Invocation) -> Outcome {
    args.legacy.refuse()?;
    let (console, problems) = prepare(args, invocation)?;
    if !problems.is_empty() {
        // Errors come first, for they decide where all is said.
        let mut said = problems;
        if said.has_errors() {
            said.push(Diagnostic::warning(
                "Due to the problems above, some expressions may produce unexpected results.",
                "",
            ));
        }
        invocation.terminal.diagnostics_aside(&said, &invocation.sources);
    }
    if invocation.terminal.interactive {
        interactive(&console, invocation)
    } else {
        piped(&console, invocation)
    }
}

/// Reads configuration, variables and state, and works out the values.
fn prepare(args: &Args, invocation: &Invocation) -> Result<(Console, Diagnostics), CommandError> {
    providers::begin(invocation);
    let project = Project::load(invocation)?;
    crate::backend::refuse(&project.config)?;
    let (values, problems) = variables::gather_unset_as_unknown(&project, &args.vars, invocation);
    let ((), mut problems) = problems.ok_or(())?;
    let factories = providers::serving(invocation, &project)?;
    let access = StateAccess::of_project(invocation, &project)?;
    let options = Options { variables: values, timestamp: SystemTime::now(), ..Options::default() };
    let (console, found) = invocation.block_on(async {
        let stored = access.read().await?;
        let input = PlanInput {
            config: &project.config,
            source: &project.source,
            state: stored.as_ref(),
            providers: &factories,
            options: &options,
            directives: &Directives::default(),
            workspace: &access.key.workspace,
            commit: project.commit.as_deref(),
            home: invocation.env.get("HOME"),
            events: &IgnoreEvents,
            cancel: &Cancel::new(),
        };
        Ok(if args.plan { Console::of_plan(input).await } else { Console::of_state(input).await })
    })?;
    problems.extend(found);
    Ok((console, problems))
}

/// What to do after an entry.
enum Reply {
    Show(String),
    Exit,
}

fn reply(console: &Console, entry: &str, invocation: &Invocation) -> Result<Reply, Diagnostics> {
    match entry.trim() {
        "" => return Ok(Reply::Show(String::new())),
        "exit" => return Ok(Reply::Exit),
        "help" => return Ok(Reply::Show(HELP.to_owned())),
        _ => {}
    }
    let bytes = entry.as_bytes();
    let file = invocation.sources.add("<console-input>", bytes);
    let (expr, problems) = parse_expression(file, bytes.into());
    let (expr, mut warnings) = problems.ok_or(expr)?;
    let (answer, problems) = console.evaluate(&expr)?;
    warnings.extend(problems);
    invocation.terminal.diagnostics_aside(&warnings, &invocation.sources);
    Ok(Reply::Show(match answer {
        Answer::Value(value) => value_expression(&value, 0),
        Answer::Type(text) => text,
    }))
}

/// A script on standard input. As with Terraform the last result is the answer, and an error ends
/// it.
fn piped(console: &Console, invocation: &Invocation) -> Outcome {
    let mut last = String::new();
    for line in BufReader::new(std::io::stdin().lock()).lines() {
        let line =
            line.map_err(|error| CommandError::new("Failed to read the input", error.to_string()))?;
        match reply(console, line.trim(), invocation)? {
            Reply::Show(text) => last = text,
            Reply::Exit => return Ok(ExitCode::SUCCESS),
        }
    }
    invocation.terminal.print(&(last + "\n"));
    Ok(ExitCode::SUCCESS)
}

/// Answers a person until they leave.
fn interactive(console: &Console, invocation: &Invocation) -> Outcome {
    let failed = |error: ReadlineError| {
        CommandError::new("Failed to read from the terminal", format!("{error}."))
    };
    let history = history_file(invocation);
    let mut person = Person::new(invocation.terminal, &history).map_err(failed)?;
    while let Some(entry) = person.entry().map_err(failed)? {
        match reply(console, &entry, invocation) {
            Ok(Reply::Show(text)) => invocation.terminal.print(&(text + "\n")),
            Ok(Reply::Exit) => break,
            Err(problems) => {
                invocation.terminal.diagnostics_aside(&problems, &invocation.sources);
            }
        }
    }
    person.leave(&history);
    Ok(ExitCode::SUCCESS)
}

/// Beside the state database.
fn history_file(invocation: &Invocation) -> PathBuf {
    database(&invocation.env, &invocation.place.directory).with_file_name("console_history")
}
