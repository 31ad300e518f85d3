//! `groma providers`

mod lock;
mod mirror;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::process::ExitCode;

use clap::Subcommand;
use groma_addr::Provider;
use groma_config::{Config, Module};
use groma_provider_api::ProviderSchemaJson;

use super::{Invocation, Outcome};
use crate::args::TestDirectoryArg;
use crate::error::CommandError;
use crate::project::Project;
use crate::providers;
use crate::store::StateAccess;

/// Show the providers that the configuration and the state need, and what serves each
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    tests: TestDirectoryArg,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Print the schemas of the providers that the configuration uses
    Schema {
        /// Print JSON, which is the only form there is
        #[arg(long)]
        json: bool,
    },
    /// Add the hashes of packages to the dependency lock file
    Lock(lock::Args),
    /// Copy packages of the required providers to a directory
    Mirror(mirror::Args),
}

pub fn run(args: &Args, invocation: &Invocation) -> Outcome {
    match &args.command {
        None => tree(invocation),
        Some(Command::Schema { json }) => schema(*json, invocation),
        Some(Command::Lock(args)) => lock::run(args, invocation),
        Some(Command::Mirror(args)) => mirror::run(args, invocation),
    }
}

fn tree(invocation: &Invocation) -> Outcome {
    let project = Project::load_to_install(invocation)?;
    let served = providers::served(invocation, &project)?;
    let mut out = "\nProviders required by configuration:\n.\n".to_owned();
    if let Some(root) = project.config.root() {
        module(&mut out, &project.config, root, "");
    }
    let state = invocation.block_on(StateAccess::of_project(invocation, &project)?.read())?;
    let in_state: BTreeSet<Provider> = state
        .iter()
        .flat_map(|stored| {
            stored.snapshot.state.instances().map(|(_, i)| i.provider.provider.clone())
        })
        .collect();
    if !in_state.is_empty() {
        out.push_str("\nProviders required by state:\n\n");
        for source in in_state {
            let _ = writeln!(out, "    provider[{source}]\n");
        }
    }
    out.push_str("\nServed by:\n\n");
    for source in providers::used(&project) {
        if let Some(factory) = served.factories.get(&source) {
            let version = factory.metadata().version;
            let _ = if served.plugins.get(&source).is_none() {
                writeln!(out, "    provider[{source}]: native, as version {version}")
            } else {
                writeln!(out, "    provider[{source}]: plugin, version {version}")
            };
        }
    }
    invocation.terminal.print(&out);
    Ok(ExitCode::SUCCESS)
}

/// The branch of a module: what it needs, then what it calls.
fn module(out: &mut String, config: &Config, module_here: &Module, indent: &str) {
    let sources: BTreeSet<&Provider> = providers::used_by(module_here).collect();
    let mut left = sources.len() + module_here.children.len();
    let mut branch = || {
        left -= 1;
        if left == 0 { ("└── ", "    ") } else { ("├── ", "│   ") }
    };
    for source in sources {
        let constraint = module_here
            .required_providers
            .values()
            .filter(|required| required.source == *source)
            .find_map(|required| required.version.as_ref().map(|(v, _)| format!(" {v}")));
        let constraint = constraint.unwrap_or_default();
        let _ = writeln!(out, "{indent}{}provider[{source}]{constraint}", branch().0);
    }
    for (name, id) in &module_here.children {
        let (here, below) = branch();
        let _ = writeln!(out, "{indent}{here}module.{name}");
        if let Some(child) = config.module(*id) {
            module(out, config, child, &format!("{indent}{below}"));
        }
    }
}

fn schema(json: bool, invocation: &Invocation) -> Outcome {
    if !json {
        return Err(CommandError::new(
            "Missing required flag",
            "The `groma providers schema` command requires the `-json` flag.",
        ));
    }
    let project = Project::load_to_install(invocation)?;
    let used = providers::used(&project);
    let factories = providers::serving(invocation, &project)?;
    let wanted = |source: &Provider| used.contains(source);
    let schemas = invocation.block_on(providers::schemas(&factories, wanted))?;
    let mut all = serde_json::Map::new();
    for (source, schema) in schemas.iter() {
        let json = serde_json::to_value(ProviderSchemaJson::new(schema, source.is_built_in()))
            .map_err(|error| CommandError::new("Failed to print a schema", error.to_string()))?;
        all.insert(source.to_string(), json);
    }
    let mut out = serde_json::Map::new();
    out.insert("format_version".into(), "1.0".into());
    if !all.is_empty() {
        out.insert("provider_schemas".into(), all.into());
    }
    invocation.terminal.print(&format!("{}\n", serde_json::Value::Object(out)));
    Ok(ExitCode::SUCCESS)
}
