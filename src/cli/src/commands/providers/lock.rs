//! `groma providers lock`

use std::collections::BTreeSet;
use std::process::ExitCode;

use groma_addr::Provider;
use groma_diag::{Diagnostic, Diagnostics};
use groma_fetch::install::{Event, Installer};
use groma_fetch::lock::Entry;
use groma_fetch::origin::Origins;
use groma_fetch::packages::Store;
use groma_fetch::rc::{Location, Method, Patterns};
use groma_fetch::{Lock, Platform, Requirements};
use groma_render::style::Color;

use super::super::init::plugins::{authenticated, write};
use super::super::{Invocation, Outcome};
use crate::error::CommandError;
use crate::installation::{self, Installation};
use crate::project::Project;
use crate::providers;

#[derive(clap::Args, Debug)]
pub struct Args {
    /// Only these providers
    providers: Vec<String>,
    /// Take packages from this directory, not from registries
    #[arg(long, value_name = "DIR")]
    fs_mirror: Option<String>,
    /// Take packages from this network mirror, not from registries
    #[arg(long, value_name = "URL")]
    net_mirror: Option<String>,
    /// For this platform; may be given several times
    #[arg(long, value_name = "OS_ARCH")]
    platform: Vec<String>,
    /// Use packages of the plugin cache, and keep what is downloaded there
    #[arg(long)]
    enable_plugin_cache: bool,
}

pub fn run(args: &Args, invocation: &Invocation) -> Outcome {
    let method = method(args)?;
    let (platforms, mut problems) = platforms(&args.platform);
    let project = Project::load_to_install(invocation)?;
    let (requirements, more) = wanted(args, &project);
    problems.extend(more);
    if problems.has_errors() {
        return Err(problems.into());
    }
    let installation = Installation::load(invocation, &project)?;
    let before = &installation.lock;
    let mut found = Vec::new();
    for platform in &platforms {
        let lock = locked(args, invocation, &method, &requirements, before, platform)?;
        found.push((platform, lock));
    }
    let (lock, changed) = merged(&requirements, before, &found, invocation);
    write(&lock, invocation)?;
    invocation.terminal.diagnostics(&project.warnings, &invocation.sources);
    let style = invocation.terminal.out;
    let success = style.paint(Color::BoldGreen, "Success!");
    let (what, then) = if changed { (UPDATED, REVIEW) } else { (VALIDATED, "") };
    let what = style.paint(Color::Bold, what);
    invocation.terminal.print(&format!("\n{success} {what}\n{then}"));
    Ok(ExitCode::SUCCESS)
}

const UPDATED: &str = "Groma has updated the lock file.";
const VALIDATED: &str = "Groma has validated the lock file and found no need for changes.";
const REVIEW: &str = "
Review the changes in .terraform.lock.hcl and then commit to your
version control system to retain the new checksums.

";

/// Where packages come from: registries, whatever the CLI configuration says, unless a mirror is
/// named.
fn method(args: &Args) -> Result<Method, CommandError> {
    let location = match (&args.fs_mirror, &args.net_mirror) {
        (Some(_), Some(_)) => {
            return Err(CommandError::new(
                "Invalid installation method options",
                "The -fs-mirror and -net-mirror command line options are mutually-exclusive.",
            ));
        }
        (Some(directory), None) => Location::Filesystem(directory.into()),
        (None, Some(url)) if url.starts_with("https://") => Location::Network(url.clone()),
        (None, Some(_)) => {
            return Err(CommandError::new(
                "Invalid network mirror URL",
                "The -net-mirror option requires a valid https: URL as the mirror base URL.",
            ));
        }
        (None, None) => Location::Direct,
    };
    Ok(Method { location, patterns: Patterns::default() })
}

/// The platforms that are asked for: this one, if none is.
pub(super) fn platforms(written: &[String]) -> (Vec<Platform>, Diagnostics) {
    if written.is_empty() {
        return (vec![Platform::current()], Diagnostics::new());
    }
    let mut platforms = Vec::new();
    let mut problems = Diagnostics::new();
    for text in written {
        match text.parse() {
            Ok(platform) => platforms.push(platform),
            Err(problem) => problems.push(Diagnostic::error(
                "Invalid target platform",
                format!(
                    "The string {text:?} given in the -platform option is not a valid target \
                     platform: {problem}."
                ),
            )),
        }
    }
    (platforms, problems)
}

/// The providers to lock: those that the configuration requires, or some of them. What is part of
/// this program is not locked.
fn wanted(args: &Args, project: &Project) -> (Requirements, Diagnostics) {
    let mut problems = Diagnostics::new();
    let requirements = installation::requirements(project);
    let mut only = BTreeSet::new();
    for text in &args.providers {
        match text.parse::<Provider>() {
            Ok(provider) if requirements.get(&provider).is_some() => {
                only.insert(provider);
            }
            Ok(provider) => problems.push(Diagnostic::error(
                "Invalid provider argument",
                format!("The provider {provider} is not required by the current configuration."),
            )),
            Err(error) => problems.push(Diagnostic::error(error.summary, error.message)),
        }
    }
    let wanted = requirements.filter(|provider, _| {
        !provider.is_built_in()
            && !providers::is_explicit(provider)
            && (only.is_empty() || only.contains(provider))
    });
    (wanted, problems)
}

/// The lock as it would be on a platform. Packages are installed where nobody uses them.
fn locked(
    args: &Args,
    invocation: &Invocation,
    method: &Method,
    requirements: &Requirements,
    before: &Lock,
    platform: &Platform,
) -> Result<Lock, CommandError> {
    let staging = tempfile::tempdir().map_err(|error| {
        CommandError::new(
            "Could not create temporary directory",
            format!(
                "Failed to create a temporary directory for staging the requested provider \
                 packages: {error}."
            ),
        )
    })?;
    let store = Store::shared(staging.path()).of_platform(platform.clone());
    let cache = invocation.config.plugin_cache_dir.as_deref().filter(|_| args.enable_plugin_cache);
    let installer = Installer {
        origins: Origins { methods: std::slice::from_ref(method), client: &invocation.network },
        store: &store,
        shared: cache.map(|cache| Store::shared(cache).of_platform(platform.clone())),
        trust_shared: false,
        upgrade: false,
        any_hash: true,
    };
    let style = invocation.terminal.out;
    let say = |text: String| invocation.terminal.print(&text);
    let installed = installer.install(requirements, before, &mut |event| match event {
        Event::Fetching(provider, version) => {
            say(format!("- Fetching {} {version} for {platform}...\n", provider.for_display()));
        }
        Event::Fetched(provider, version, authentication) => {
            let how = authenticated(authentication, style);
            let shown = provider.for_display();
            say(format!("- Retrieved {shown} {version} for {platform} ({how})\n"));
        }
        Event::Reusing(_) | Event::Finding(..) | Event::Installed(..) | Event::Shared(..) => {}
    });
    installed.map(|selections| selections.lock).map_err(|failures| {
        CommandError::new(
            "Could not retrieve providers for locking",
            format!(
                "Groma failed to fetch the requested providers for {platform} in order to \
                 calculate their checksums: {}.",
                failures.listed()
            ),
        )
    })
}

/// The lock with the hashes of all platforms, and whether it is another than before. Says what is
/// new.
fn merged(
    requirements: &Requirements,
    before: &Lock,
    found: &[(&Platform, Lock)],
    invocation: &Invocation,
) -> (Lock, bool) {
    let mut lock = before.clone();
    let mut changed = false;
    for (provider, _) in requirements.iter() {
        let old = before.get(provider);
        let mut merged: Option<Entry> = None;
        for (platform, lock) in found {
            let Some(entry) = lock.get(provider) else { continue };
            let what = match old {
                None => "This was a new provider and the checksums for this platform are now",
                Some(old) if !entry.hashes.is_subset(&old.hashes) => {
                    "Additional checksums for this platform are now"
                }
                Some(_) => "All checksums for this platform were already",
            };
            changed |= old.is_none_or(|old| !entry.hashes.is_subset(&old.hashes));
            invocation.terminal.print(&format!(
                "- Obtained {} checksums for {platform}; {what} tracked in the lock file\n",
                provider.for_display()
            ));
            match &mut merged {
                Some(merged) => merged.hashes.extend(entry.hashes.iter().cloned()),
                None => merged = Some(entry.clone()),
            }
        }
        if let Some(mut merged) = merged {
            merged.hashes.extend(old.iter().flat_map(|old| old.hashes.iter().cloned()));
            lock.insert(provider.clone(), merged);
        }
    }
    (lock, changed)
}
