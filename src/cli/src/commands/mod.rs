//! The commands, one file each: raw arguments, then settings, then the run.

mod apply;
mod completion;
mod console;
mod fmt;
mod force_unlock;
mod generate;
mod get;
mod graph;
mod import;
mod init;
mod metadata;
mod output;
mod plan;
mod provider;
mod providers;
mod show;
pub mod state;
mod taint;
mod validate;
pub mod version;
mod workspace;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, OnceLock};

use clap::{Parser, Subcommand};
use groma_diag::SourceMap;
use groma_engine::Cancel;
use groma_fetch::http::Client;
use groma_fetch::rc::CliConfig;
use groma_provider_plugin::Plugins;

use crate::args::SourceArgs;
use crate::environment::Environment;
use crate::error::CommandError;
use crate::installation;
use crate::network;
use crate::place::Place;
use crate::plugins;
use crate::terminal::{Question, Terminal};
use crate::threads::Threads;

/// Plans and applies infrastructure that is written in the Terraform language.
#[derive(Parser, Debug)]
#[command(name = "groma", version, disable_version_flag = true, max_term_width = 100)]
pub struct Cli {
    /// Switch to a different working directory before running the command
    #[arg(long, value_name = "DIR")]
    chdir: Option<PathBuf>,
    /// An alias for the "version" command
    #[arg(long, short = 'v')]
    version: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand, Debug)]
enum Command {
    Apply(apply::Args),
    Completion(completion::Args),
    Console(console::Args),
    Destroy(apply::Destroy),
    Fmt(fmt::Args),
    ForceUnlock(force_unlock::Args),
    Get(get::Args),
    Graph(graph::Args),
    Import(import::Args),
    Init(init::Args),
    Metadata(metadata::Args),
    Output(output::Args),
    Plan(plan::Args),
    Provider(provider::Args),
    Providers(providers::Args),
    Refresh(apply::Refresh),
    Show(show::Args),
    State(state::Args),
    Taint(taint::Taint),
    Untaint(taint::Untaint),
    Validate(validate::Args),
    Version(version::Args),
    #[command(alias = "env")]
    Workspace(workspace::Args),
}

/// What every command is handed.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// The environment, as it was at the start.
    pub env: Environment,
    /// Where to write.
    pub terminal: Terminal,
    /// Where it works.
    pub place: Place,
    /// Files read so far, for diagnostics.
    pub sources: Arc<SourceMap>,
    /// What it works on.
    pub threads: Arc<Threads>,
    /// The provider plugins that it has started, if any.
    pub plugins: Arc<OnceLock<Arc<Plugins>>>,
    /// What CLI configuration files say.
    pub config: Arc<CliConfig>,
    /// The client that everything is fetched with.
    pub network: Client,
}

impl Invocation {
    /// Runs asynchronous work to its end.
    ///
    /// # Errors
    /// Threads cannot be started, or what `work` fails with.
    pub fn block_on<T>(
        &self,
        work: impl Future<Output = Result<T, CommandError>>,
    ) -> Result<T, CommandError> {
        self.threads.block_on(work)
    }

    /// What starts provider plugins, made for the first of them.
    ///
    /// # Errors
    /// The system has nothing left to start them with.
    pub fn plugins(&self) -> Result<&Arc<Plugins>, CommandError> {
        if let Some(plugins) = self.plugins.get() {
            return Ok(plugins);
        }
        let made = plugins::start(self)?;
        Ok(self.plugins.get_or_init(|| made))
    }

    /// Ends what was begun for the command.
    fn end(&self) {
        if let Some(plugins) = self.plugins.get() {
            self.threads.finish(plugins.end());
        }
    }

    /// Asks for a plain `yes`.
    ///
    /// # Errors
    /// Nobody can answer, or the answer cannot be read.
    pub fn confirm(&self, question: &Question<'_>) -> Result<bool, CommandError> {
        self.may_ask()?;
        answered(self.terminal.ask(question))
    }

    /// The same while Ctrl-C is taken as a request to end: it ends the asking too.
    ///
    /// # Errors
    /// Nobody can answer, the answer cannot be read, or Ctrl-C was the answer.
    pub async fn confirm_unless(
        &self,
        cancel: &Cancel,
        question: Question<'static>,
    ) -> Result<bool, CommandError> {
        self.may_ask()?;
        let terminal = self.terminal;
        let (say, mut hear) = tokio::sync::oneshot::channel();
        // A thread of its own: nothing can end the reading, and the runtime would wait for it.
        std::thread::spawn(move || {
            // Nobody listens any more after an interruption.
            let _ = say.send(answered(terminal.ask(&question)));
        });
        tokio::select! {
            answer = &mut hear => answer.unwrap_or_else(|_| Err(no_answer("the question was lost"))),
            () = cancel.raised(false) => Err(no_answer("interrupted")),
        }
    }

    fn may_ask(&self) -> Result<(), CommandError> {
        if self.env.allows_input() {
            return Ok(());
        }
        Err(CommandError::new(
            "Input is disabled",
            "This command asks for confirmation, and input is disabled by TF_INPUT.",
        ))
    }
}

fn answered(answer: std::io::Result<Option<String>>) -> Result<bool, CommandError> {
    match answer {
        Ok(Some(answer)) => Ok(answer == "yes"),
        Ok(None) => Err(no_answer("EOF")),
        Err(error) => Err(no_answer(&error.to_string())),
    }
}

fn no_answer(why: &str) -> CommandError {
    CommandError::new(format!("error asking for approval: {why}"), "")
}

type Outcome = Result<ExitCode, CommandError>;

/// Runs a parsed command line.
pub fn run(cli: Cli, env: &Environment, terminal: Terminal) -> ExitCode {
    let sources = Arc::new(SourceMap::new());
    let command = cli.command;
    let config = Arc::new(match &command {
        // Nothing may be said where its client reads how to reach it.
        Some(Command::Provider(_)) => CliConfig::default(),
        _ => installation::cli_config(env, terminal),
    });
    let place = Place::resolve(cli.chdir.as_deref(), command.as_ref().and_then(source_args), env);
    let outcome = place.and_then(|place| {
        let sources = sources.clone();
        let env = env.clone();
        let (threads, plugins) = (Arc::default(), Arc::default());
        let network = network::client(&env, &config);
        let invocation =
            Invocation { env, terminal, place, sources, threads, plugins, config, network };
        let outcome = dispatch(command, &invocation);
        invocation.end();
        outcome
    });
    outcome.unwrap_or_else(|error| error.report(terminal, &sources))
}

/// The flags of a command that say where configuration comes from.
fn source_args(command: &Command) -> Option<&SourceArgs> {
    Some(match command {
        Command::Apply(args) => &args.operation.source,
        Command::Console(args) => &args.source,
        Command::Destroy(command) => &command.args.operation.source,
        Command::Get(args) => &args.source,
        Command::Plan(args) => &args.operation.source,
        Command::Refresh(command) => &command.args.operation.source,
        _ => return None,
    })
}

fn dispatch(command: Option<Command>, invocation: &Invocation) -> Outcome {
    match command {
        None => {
            let help = <Cli as clap::CommandFactory>::command().render_help();
            invocation.terminal.print(&help.to_string());
            Ok(ExitCode::from(127))
        }
        Some(Command::Apply(args)) => apply::run(&args, invocation),
        Some(Command::Destroy(args)) => apply::destroy(args, invocation),
        Some(Command::Refresh(args)) => apply::refresh(args, invocation),
        Some(Command::Completion(args)) => completion::run(&args, invocation),
        Some(Command::Console(args)) => console::run(&args, invocation),
        Some(Command::Fmt(args)) => fmt::run(&args, invocation),
        Some(Command::ForceUnlock(args)) => force_unlock::run(&args, invocation),
        Some(Command::Get(args)) => get::run(&args, invocation),
        Some(Command::Graph(args)) => graph::run(&args, invocation),
        Some(Command::Import(args)) => import::run(&args, invocation),
        Some(Command::Init(args)) => init::run(&args, invocation),
        Some(Command::Metadata(args)) => metadata::run(&args, invocation),
        Some(Command::Provider(args)) => provider::run(&args, invocation),
        Some(Command::Providers(args)) => providers::run(&args, invocation),
        Some(Command::Output(args)) => output::run(&args, invocation),
        Some(Command::Plan(args)) => plan::run(&args, invocation),
        Some(Command::Show(args)) => show::run(&args, invocation),
        Some(Command::Taint(args)) => taint::taint(&args, invocation),
        Some(Command::Untaint(args)) => taint::untaint(&args, invocation),
        Some(Command::State(args)) => state::run(&args, invocation),
        Some(Command::Validate(args)) => validate::run(&args, invocation),
        Some(Command::Version(args)) => version::run(&args, invocation),
        Some(Command::Workspace(args)) => workspace::run(args, invocation),
    }
}
