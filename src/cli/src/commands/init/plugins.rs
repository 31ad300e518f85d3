//! The step of `init` that sees to providers: what serves each, and packages for those that run
//! as plugins.

use std::fs;
use std::path::PathBuf;

use groma_addr::Provider;
use groma_diag::{Diagnostic, Diagnostics};
use groma_fetch::install::{Event, Failures, Installer, Selections};
use groma_fetch::origin::{Authentication, Origins};
use groma_fetch::packages::Store;
use groma_fetch::requirements::normalized;
use groma_fetch::{LOCK_FILE, Lock, Platform, Requirements};
use groma_render::style::{Color, Style};

use crate::commands::Invocation;
use crate::error::CommandError;
use crate::installation::{self, Installation};
use crate::project::Project;
use crate::providers;
use crate::store::StateAccess;

/// What was asked for.
pub struct Options<'a> {
    /// `-plugin-dir`: the only places for packages.
    pub directories: &'a [String],
    /// Whether there is a state that may need providers too.
    pub state: bool,
    /// `-upgrade`
    pub upgrade: bool,
    /// `-lockfile=readonly`
    pub read_only: bool,
    /// `-json`
    pub json: bool,
}

/// Says what serves each provider, installs the real ones, and writes what was selected to the
/// lock file. Gives what is worth a warning.
///
/// # Errors
/// A provider cannot be found or installed, or the lock file would have to change and may not.
pub fn install(
    options: &Options<'_>,
    invocation: &Invocation,
    project: &Project,
    say: &dyn Fn(&str),
) -> Result<Diagnostics, CommandError> {
    let installation = Installation::load(invocation, project)?;
    let mut requirements = installation::requirements(project);
    if options.state {
        for source in in_state(invocation, project)? {
            requirements.add(&source, None);
        }
    }
    let natives = providers::native_versions(&providers::native(invocation));
    let plugins = providers::plugins(&installation, &requirements, &natives);
    for (source, _) in requirements.iter().filter(|(source, _)| plugins.get(source).is_none()) {
        if source.is_built_in() {
            say(&format!("- {source} is built in to Groma\n"));
        } else if let Some(version) = natives.get(source) {
            say(&format!("- {} is served natively, as v{version}\n", source.for_display()));
        }
    }
    let mut warnings: Diagnostics =
        installation.config.override_warning(true).into_iter().collect();
    let selections = match packages(options, invocation, &installation, &plugins, say) {
        Ok(selections) => selections,
        Err(problems) => {
            warnings.extend(problems);
            return Err(warnings.into());
        }
    };
    // An entry without hashes says nothing of a binary; it stays with who is served natively.
    warnings.extend(selections.warnings);
    let mut lock = selections.lock;
    lock.retain(|source| requirements.get(source).is_some());
    save(&lock, &installation.lock, options, invocation, &mut warnings, say)?;
    if let Some(warning) = incomplete(&selections.incomplete) {
        warnings.push(warning);
    }
    Ok(warnings)
}

/// The providers of what is in the state.
fn in_state(invocation: &Invocation, project: &Project) -> Result<Vec<Provider>, CommandError> {
    let stored = invocation.block_on(StateAccess::of_project(invocation, project)?.stored())?;
    let instances = stored.iter().flat_map(|stored| stored.snapshot.state.instances());
    Ok(instances.map(|(_, instance)| instance.provider.provider.clone()).collect())
}

fn packages(
    options: &Options<'_>,
    invocation: &Invocation,
    installation: &Installation,
    requirements: &Requirements,
    say: &dyn Fn(&str),
) -> Result<Selections, Diagnostics> {
    let config = &installation.config;
    let methods = match &directories(options, invocation)?[..] {
        [] => config.methods(&installation::implied_mirrors(&invocation.env)),
        directories => installation::only_in(directories),
    };
    let installer = Installer {
        origins: Origins { methods: &methods, client: &invocation.network },
        store: &installation.store,
        shared: config.plugin_cache_dir.as_deref().map(Store::shared),
        trust_shared: config.cache_may_break_lock,
        upgrade: options.upgrade,
        any_hash: false,
    };
    let style = if options.json { Style::PLAIN } else { invocation.terminal.out };
    let mut by_others = false;
    let installed = installer.install(requirements, &installation.lock, &mut |event| {
        by_others |= matches!(event, Event::Fetched(_, _, by) if by.third_party().is_some());
        say(&line(event, style));
    });
    if by_others {
        say(SIGNING);
    }
    installed.map_err(Failures::into_diagnostics)
}

const SIGNING: &str = "\
Partner and community providers are signed by their developers.
If you'd like to know more about provider signing, you can read about it here:
https://developer.hashicorp.com/terraform/cli/plugins/signing
";

/// The directories of `-plugin-dir`, which later runs keep to until it is given anew.
fn directories(options: &Options<'_>, invocation: &Invocation) -> Result<Vec<String>, Diagnostic> {
    let file = invocation.place.directory.join(invocation.env.data_dir());
    let file = file.join("plugin_path");
    let failed = |error: &dyn std::fmt::Display| {
        Diagnostic::error(
            "Unable to keep the directories of -plugin-dir",
            format!("{} cannot be read or written: {error}.", file.display()),
        )
    };
    if options.directories.is_empty() {
        return match fs::read(&file) {
            Ok(text) => serde_json::from_slice(&text).map_err(|error| failed(&error)),
            Err(_) => Ok(Vec::new()),
        };
    }
    if options.directories.iter().all(String::is_empty) {
        // Terraform's way to have the usual places back.
        return match fs::remove_file(&file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(failed(&error)),
            _ => Ok(Vec::new()),
        };
    }
    let text = serde_json::to_vec_pretty(options.directories).map_err(|error| failed(&error))?;
    let written =
        file.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&file, text));
    written.map_err(|error| failed(&error))?;
    Ok(options.directories.to_vec())
}

fn line(event: Event<'_>, style: Style) -> String {
    match event {
        Event::Reusing(source) => format!(
            "- Reusing previous version of {} from the dependency lock file\n",
            source.for_display()
        ),
        Event::Finding(source, constraints) => {
            let source = source.for_display();
            match &*normalized(constraints) {
                "" => format!("- Finding latest version of {source}...\n"),
                all => format!("- Finding {source} versions matching {all:?}...\n"),
            }
        }
        Event::Installed(source, version) => {
            format!("- Using previously-installed {} v{version}\n", source.for_display())
        }
        Event::Shared(source, version) => {
            format!("- Using {} v{version} from the shared cache directory\n", source.for_display())
        }
        Event::Fetching(source, version) => {
            format!("- Installing {} v{version}...\n", source.for_display())
        }
        Event::Fetched(source, version, authentication) => {
            let how = authenticated(authentication, style);
            format!("- Installed {} v{version} ({how})\n", source.for_display())
        }
    }
}

/// `self-signed, key ID 34365D9472D7468F`
pub fn authenticated(how: &Authentication, style: Style) -> String {
    match how.third_party() {
        Some(key) => format!("{how}, key ID {}", style.paint(Color::Bold, key)),
        None => how.to_string(),
    }
}

/// Writes the lock file, if anything was selected anew.
fn save(
    lock: &Lock,
    before: &Lock,
    options: &Options<'_>,
    invocation: &Invocation,
    warnings: &mut Diagnostics,
    say: &dyn Fn(&str),
) -> Result<(), CommandError> {
    if lock.selects_the_same(before) {
        return Ok(());
    }
    if options.read_only {
        if !lock.iter().map(|(source, _)| source).eq(before.iter().map(|(source, _)| source)) {
            return Err(CommandError::new(
                "Provider dependency changes detected",
                "Changes to the required provider dependencies were detected, but the lock file is \
                 read-only. To use and record these requirements, run \"groma init\" without the \
                 \"-lockfile=readonly\" flag.",
            ));
        }
        warnings.push(Diagnostic::warning(
            "Provider lock file not updated",
            "Changes to the provider selections were detected, but not saved in the \
             .terraform.lock.hcl file. To record these selections, run \"groma init\" without the \
             \"-lockfile=readonly\" flag.",
        ));
        return Ok(());
    }
    say(if before.is_empty() { CREATED } else { CHANGED });
    write(lock, invocation)
}

/// Writes the lock file.
///
/// # Errors
/// It cannot be written.
pub fn write(lock: &Lock, invocation: &Invocation) -> Result<(), CommandError> {
    let file: PathBuf = invocation.place.directory.join(LOCK_FILE);
    lock.save(&file).map_err(|error| {
        CommandError::new(
            "Failed to save dependency lock file",
            format!("{} cannot be written: {error}.", file.display()),
        )
    })
}

const CREATED: &str = "\
Groma has created a lock file .terraform.lock.hcl to record the provider
selections it made above. Include this file in your version control repository
so that Groma can guarantee to make the same selections by default when
you run \"groma init\" in the future.
";

const CHANGED: &str = "\
Groma has made some changes to the provider dependency selections recorded
in the .terraform.lock.hcl file. Review those changes and commit them to your
version control system if they represent changes you intended to make.
";

/// Providers of which only the hash for this platform is known.
fn incomplete(sources: &[Provider]) -> Option<Diagnostic> {
    if sources.is_empty() {
        return None;
    }
    let platform = Platform::current();
    let lines = sources.iter().map(|source| format!("\n  - {}", source.for_display()));
    Some(Diagnostic::warning(
        "Incomplete lock file information for providers",
        format!(
            "Due to your customized provider installation methods, Groma was forced to calculate \
             lock file checksums locally for the following providers:{}\n\nThe current \
             .terraform.lock.hcl file only includes checksums for {platform}, so Groma running on \
             another platform will fail to install these providers.\n\nTo calculate additional \
             checksums for another platform, run:\n  groma providers lock \
             -platform=linux_amd64\n(where linux_amd64 is the platform to generate)",
            lines.collect::<String>()
        ),
    ))
}
