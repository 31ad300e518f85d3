//! `groma version`

use std::process::ExitCode;

use super::{Invocation, Outcome};

/// The version of Terraform whose language, state and JSON this is.
pub const TERRAFORM_VERSION: &str = "1.11.4";

/// Show the version, and the Terraform version that it answers as
#[derive(clap::Args, Debug, Default)]
pub struct Args {
    /// Print JSON in Terraform's form
    #[arg(long)]
    json: bool,
}

/// `linux_amd64`
pub fn platform() -> String {
    let os = match std::env::consts::OS {
        "macos" => "darwin",
        other => other,
    };
    let arch = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        "x86" => "386",
        other => other,
    };
    format!("{os}_{arch}")
}

pub fn run(args: &Args, invocation: &Invocation) -> Outcome {
    let platform = platform();
    let own = env!("CARGO_PKG_VERSION");
    if args.json {
        let json = serde_json::json!({
            "terraform_version": TERRAFORM_VERSION,
            "platform": platform,
            "provider_selections": {},
            "terraform_outdated": false,
            "groma": { "version": own },
        });
        invocation.terminal.print(&format!("{json:#}\n"));
    } else {
        // Wrappers read the first line, so it is Terraform's.
        invocation
            .terminal
            .print(&format!("Terraform v{TERRAFORM_VERSION}\non {platform}\n+ groma v{own}\n"));
    }
    Ok(ExitCode::SUCCESS)
}
