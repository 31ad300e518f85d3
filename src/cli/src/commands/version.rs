//! `groma version`

use std::process::ExitCode;

use groma_fetch::Platform;

use super::{Invocation, Outcome};
use crate::installation::Installation;

/// The version of Terraform whose language, state and JSON this is.
pub const TERRAFORM_VERSION: &str = "1.11.4";

/// Show the version, and the Terraform version that it answers as
#[derive(clap::Args, Debug, Default)]
pub struct Args {
    /// Print JSON in Terraform's form
    #[arg(long)]
    json: bool,
}

pub fn run(args: &Args, invocation: &Invocation) -> Outcome {
    let platform = Platform::current();
    let own = env!("CARGO_PKG_VERSION");
    // What is wrong with the lock file is for the commands that need it to say.
    let lock = Installation::beside(invocation).map(|found| found.lock).unwrap_or_default();
    if args.json {
        let selected = lock
            .iter()
            .map(|(source, entry)| (source.to_string(), entry.version.to_string().into()));
        let json = serde_json::json!({
            "terraform_version": TERRAFORM_VERSION,
            "platform": platform.to_string(),
            "provider_selections": selected.collect::<serde_json::Map<_, _>>(),
            "terraform_outdated": false,
            "groma": { "version": own },
        });
        invocation.terminal.print(&format!("{json:#}\n"));
    } else {
        let selected =
            lock.iter().map(|(source, entry)| format!("+ provider {source} v{}\n", entry.version));
        // Wrappers read the first line, so it is Terraform's.
        invocation.terminal.print(&format!(
            "Terraform v{TERRAFORM_VERSION}\non {platform}\n{}+ groma v{own}\n",
            selected.collect::<String>()
        ));
    }
    Ok(ExitCode::SUCCESS)
}
