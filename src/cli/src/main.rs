//! The `groma` binary.

#![expect(clippy::struct_excessive_bools, reason = "flags are booleans")]
#![expect(clippy::unnecessary_wraps, reason = "every command answers with an `Outcome`")]
#![expect(clippy::unused_self, reason = "only who is handed the `Terminal` may print")]

mod args;
mod argv;
mod backend;
mod commands;
mod environment;
mod error;
mod files;
mod follow;
mod installation;
mod interrupt;
mod modules;
mod network;
mod operation;
mod place;
mod plugins;
mod project;
mod providers;
mod remote_state;
mod replay;
mod store;
mod terminal;
mod threads;
mod usage;
mod variables;
mod workspace;

use std::process::ExitCode;

use clap::{CommandFactory as _, FromArgMatches as _};

use crate::commands::Cli;
use crate::environment::Environment;
use crate::terminal::Terminal;

fn main() -> ExitCode {
    let args: Vec<_> = std::env::args_os().collect();
    if let Some(code) = plugins::launched(&args) {
        return code;
    }
    let env = Environment::read();
    let terminal = Terminal::detect(&env);
    let command = argv::complete(Cli::command());
    let args = match argv::with_environment(args, &command, |name| env.get(name).map(String::from))
    {
        Ok(args) => argv::with_version(argv::normalise(args)),
        Err(message) => {
            terminal.eprint(&format!("Error: {message}\n"));
            return ExitCode::FAILURE;
        }
    };
    let names = command.clone();
    let given = args.clone();
    let parsed = command.try_get_matches_from(args).and_then(|matches| {
        let plain = argv::looks(&matches, argv::NO_COLOR);
        let compact = argv::looks(&matches, argv::COMPACT_WARNINGS);
        Ok((Cli::from_arg_matches(&matches)?, terminal.plain(plain).compact(compact)))
    });
    match parsed {
        Ok((cli, terminal)) => commands::run(cli, &env, terminal),
        Err(error) if error.use_stderr() => {
            terminal.eprint(&usage::explain(&error, &given, &names, terminal.err));
            // Terraform answers a wrong command line with 1; clap would with 2, which is a plan
            // with changes to whoever passes `-detailed-exitcode`.
            ExitCode::FAILURE
        }
        Err(help) => {
            let _ = help.print();
            ExitCode::SUCCESS
        }
    }
}
