//! Chores of the repository: `cargo xtask test`, `lint`, `licences`.

mod bench;
mod command;
mod licences;
mod parts;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::command::cargo;

/// Chores of the repository
#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Run every test
    Test {
        /// Passed on to the test binaries
        #[arg(last = true)]
        args: Vec<String>,
    },
    /// Fetch what the tests need besides what is here, which test does as well
    Parts,
    /// Check formatting, lints and licences
    Lint,
    /// Check the licences of all dependencies
    Licences,
    /// Hold groma against the real terraform, and write PARITY.md
    Parity,
    /// Measure speed beside the real terraform
    Bench {
        /// A tenth of the size
        #[arg(long)]
        quick: bool,
        /// Only this
        #[arg(long)]
        only: Option<bench::Section>,
    },
    /// Run a command and print what it took; a part of bench
    #[command(hide = true)]
    Measure {
        /// The program
        program: std::path::PathBuf,
        /// Its arguments
        #[arg(last = true)]
        args: Vec<String>,
    },
}

fn main() -> ExitCode {
    let done = match Cli::parse().chore {
        Chore::Test { args } => test(&args),
        Chore::Parts => parts::fetch(),
        Chore::Lint => lint(),
        Chore::Licences => licences::check(),
        Chore::Parity => parity(),
        Chore::Bench { quick, only } => bench::run(quick, only),
        Chore::Measure { program, args } => bench::measure_here(&program, &args),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

fn test(args: &[String]) -> Result<(), String> {
    // What cannot be had is missed by the tests that need it, which say so.
    if let Err(problem) = parts::fetch() {
        eprintln!("warning: some parts for tests are missing: {problem}");
    }
    // The end-to-end tests run the binary, which `cargo test` builds only for its own package. All
    // targets, so that both build with the same features and nothing is built twice.
    cargo(&["build", "--workspace", "--all-targets"])?;
    let mut all = vec!["test", "--workspace"];
    if !args.is_empty() {
        all.push("--");
        all.extend(args.iter().map(String::as_str));
    }
    cargo(&all)
}

fn lint() -> Result<(), String> {
    cargo(&["fmt", "--all", "--check"])?;
    cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"])?;
    licences::check()
}

fn parity() -> Result<(), String> {
    cargo(&["build"])?;
    let test = ["test", "-p", "groma-tests", "--test", "parity"];
    command::cargo_with(&test, &[("GROMA_UPDATE", "1")])
}
