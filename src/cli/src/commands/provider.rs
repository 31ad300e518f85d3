//! `groma provider serve`

use std::process::ExitCode;

use clap::Subcommand;
use groma_provider_plugin::serve::{Client, Listening, Offer, ServeError, Service};

use super::{Invocation, Outcome};
use crate::error::CommandError;
use crate::providers;

/// Serve the providers that Groma has to other programs
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Be the plugin of a provider: run by Terraform or any program that speaks tfplugin 6
    Serve {
        /// The provider: `local`, `null`, `random`, `time`, …
        name: String,
    },
}

pub fn run(args: &Args, invocation: &Invocation) -> Outcome {
    let Command::Serve { name } = &args.command;
    let natives = providers::native(invocation);
    let found = natives.iter().find(|(source, _)| *source.ty == **name);
    let Some((_, factory)) = found else {
        let mut names: Vec<&str> = natives.keys().map(|source| &*source.ty).collect();
        names.sort_unstable();
        names.dedup();
        return Err(CommandError::new(
            "No such provider",
            format!("Groma itself has no provider {name:?}, only {}.", names.join(", ")),
        ));
    };
    let service = Service::new(factory.instantiate(), factory.metadata().capabilities);
    let failed = |error: ServeError| {
        CommandError::new("The provider is not served", format!("{}.", capital(&error)))
    };
    invocation.block_on(async {
        let client = Client::from_env(|name| invocation.env.raw(name)).map_err(failed)?;
        // Ctrl-C reaches every process of a terminal. When this one ends is for its client to say,
        // which may have objects being made.
        let kept = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::interrupt());
        let _ignored = kept.map_err(|error| failed(error.into()))?;
        let listening = Listening::open(&client, Offer::default()).await.map_err(failed)?;
        invocation.terminal.print(&format!("{}\n", listening.line()));
        listening.serve(service).await.map_err(|error| failed(error.into()))
    })?;
    Ok(ExitCode::SUCCESS)
}

/// The error as a sentence's beginning.
fn capital(error: &ServeError) -> String {
    let text = error.to_string();
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
