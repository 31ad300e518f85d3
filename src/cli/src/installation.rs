//! How providers are installed, and which provider serves a source.
//!
//! A source is served by the real provider's binary if one is under development, or if the
//! dependency lock file has hashes of one. Else it is served natively, if there is a native
//! provider, the CLI configuration admits it, and the constraints admit the version that it
//! emulates. Else by the real binary.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fs, io};

use groma_addr::Provider;
use groma_config::version::{Constraints, Version};
use groma_config::{Source as _, SourceError};
use groma_diag::{Diagnostic, Diagnostics, SourceMap};
use groma_fetch::packages::{Package, Store, installed, present};
use groma_fetch::rc::{CliConfig, Location, Method, Patterns};
use groma_fetch::requirements::meets;
use groma_fetch::{LOCK_FILE, Lock, Requirements};

use crate::commands::Invocation;
use crate::environment::Environment;
use crate::error::CommandError;
use crate::project::Project;
use crate::providers;
use crate::terminal::Terminal;

/// What serves a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// This program.
    Native,
    /// The provider's own, in a process of its own.
    Plugin,
}

/// How the providers of a configuration are installed.
#[derive(Clone, Debug)]
pub struct Installation {
    /// The selected versions.
    pub lock: Lock,
    /// The packages.
    pub store: Store,
    /// What CLI configuration files say.
    pub config: Arc<CliConfig>,
}

impl Installation {
    /// Reads the lock file that is part of the configuration.
    ///
    /// # Errors
    /// It cannot be read, or is wrong.
    pub fn load(invocation: &Invocation, project: &Project) -> Result<Self, CommandError> {
        let content = match project.source.read(LOCK_FILE) {
            Ok(content) => Some(content.to_vec()),
            Err(SourceError::NotFound(_)) => None,
            Err(error) => return Err(unreadable(&error)),
        };
        Self::new(invocation, content, &project.config.sources)
    }

    /// Reads the lock file in the directory that the command works in.
    ///
    /// # Errors
    /// It cannot be read, or is wrong.
    pub fn beside(invocation: &Invocation) -> Result<Self, CommandError> {
        let content = match fs::read(invocation.place.directory.join(LOCK_FILE)) {
            Ok(content) => Some(content),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(unreadable(&error)),
        };
        Self::new(invocation, content, &invocation.sources)
    }

    /// The same, if the configuration is read from there too, and only if a provider is selected.
    pub fn at_hand(invocation: &Invocation) -> Option<Self> {
        let place = &invocation.place;
        if !place.is_worked_in() {
            return None;
        }
        let content = fs::read(place.directory.join(LOCK_FILE)).ok()?;
        let installation = Self::new(invocation, Some(content), &SourceMap::new()).ok()?;
        (!installation.lock.is_empty()).then_some(installation)
    }

    fn new(
        invocation: &Invocation,
        lock: Option<Vec<u8>>,
        sources: &SourceMap,
    ) -> Result<Self, CommandError> {
        let lock = match lock {
            Some(content) => Lock::parse(content.into(), sources)?,
            None => Lock::default(),
        };
        let directory = &invocation.place.directory;
        let store = Store::new(directory, &invocation.env.data_dir());
        Ok(Self { lock, store, config: Arc::clone(&invocation.config) })
    }

    /// The packages of what is required.
    ///
    /// # Errors
    /// They are not installed, or not as the lock file has them.
    pub fn packages(&self, requirements: &Requirements) -> Result<Vec<Package>, Diagnostics> {
        installed(&self.store, requirements, &self.lock, &self.config.overrides)
    }

    /// The packages that are installed and selected besides those that are required: a state may
    /// have objects of providers that a configuration does not use any more.
    ///
    /// Of one that is missing, whoever meets an object of it says so.
    pub fn other_packages(&self, requirements: &Requirements) -> Vec<Package> {
        let other = |source: &Provider| requirements.get(source).is_none();
        present(&self.store, &self.lock, &self.config.overrides, other)
    }

    /// What serves a source. `native` is the version that a native provider of it emulates, if
    /// there is one.
    pub fn service(
        &self,
        source: &Provider,
        constraints: &Constraints,
        native: Option<&Version>,
    ) -> Service {
        let locked = self.lock.get(source).is_some_and(|entry| !entry.hashes.is_empty());
        let native = native.filter(|version| {
            source.is_built_in()
                || providers::is_explicit(source)
                || (self.config.admits_native(source) && meets(constraints, version))
        });
        let real = locked || self.config.overrides.contains_key(source);
        if native.is_some() && !real { Service::Native } else { Service::Plugin }
    }
}

fn unreadable(error: &dyn std::fmt::Display) -> CommandError {
    CommandError::new("Failed to read dependency lock file", format!("{LOCK_FILE}: {error}."))
}

/// Which providers a configuration needs, and in which versions.
pub fn requirements(project: &Project) -> Requirements {
    let mut requirements = Requirements::default();
    for module in &project.config.modules {
        for required in module.required_providers.values() {
            let version = required.version.as_ref().map(|(constraints, _)| constraints);
            requirements.add(&required.source, version);
        }
        for block in module.providers.values() {
            let version = block.version.as_ref().map(|(constraints, _)| constraints);
            requirements.add(&block.source, version);
        }
        for source in providers::used_by(module) {
            requirements.add(source, None);
        }
    }
    requirements
}

/// What CLI configuration files say. Says what is wrong with them, and goes on with the rest.
pub fn cli_config(env: &Environment, terminal: Terminal) -> CliConfig {
    let mut problems = Diagnostics::new();
    let mut files = Vec::new();
    for path in config_files(env, &mut problems) {
        match fs::read(&path) {
            Ok(content) => files.push((path, content)),
            Err(error) => {
                let summary = format!("Error reading {}: {error}", path.display());
                problems.push(Diagnostic::error(summary, ""));
            }
        }
    }
    let variable = |name: &str| env.get(name).map(str::to_owned);
    let (mut config, found) = CliConfig::parse(&files, &variable);
    problems.extend(found.config);
    if let Some(directory) = env.path("TF_PLUGIN_CACHE_DIR") {
        config.plugin_cache_dir = Some(directory);
    }
    if let Some(flag) = env.get("TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE") {
        config.cache_may_break_lock = flag != "0";
    }
    if let Some(directory) = config.plugin_cache_dir.take_if(|directory| !directory.is_dir()) {
        let problem = fs::read_dir(&directory).err().map(|error| error.to_string());
        let summary = format!(
            "The specified plugin cache dir {} cannot be opened: {}",
            directory.display(),
            problem.unwrap_or_default()
        );
        problems.push(Diagnostic::error(summary, ""));
    }
    say(terminal, &problems, "CLI", "Groma");
    say(terminal, &found.installation, "provider_installation", "Groma's provider installer");
    config
}

fn say(terminal: Terminal, problems: &Diagnostics, what: &str, who: &str) {
    if problems.is_empty() {
        return;
    }
    terminal.eprint(&format!("There are some problems with the {what} configuration:\n"));
    terminal.diagnostics_aside(problems, &SourceMap::new());
    if problems.has_errors() {
        let text = "As a result of the above problems,";
        terminal.eprint(&format!("\n{text} {who} may not behave as intended.\n\n"));
    }
}

/// The CLI configuration files that there are.
fn config_files(env: &Environment, problems: &mut Diagnostics) -> Vec<PathBuf> {
    if let Some(file) = env.path("TF_CLI_CONFIG_FILE") {
        if file.exists() {
            return vec![file];
        }
        problems.push(Diagnostic::warning(
            "Unable to open CLI configuration file",
            format!(
                "The CLI configuration file at {:?} does not exist.",
                file.display().to_string()
            ),
        ));
        return Vec::new();
    }
    let Some(home) = env.path("HOME") else { return Vec::new() };
    let mut more: Vec<PathBuf> = fs::read_dir(home.join(".terraform.d"))
        .into_iter()
        .flat_map(|entries| entries.filter_map(Result::ok))
        .map(|entry| entry.path())
        .filter(|path| is_config(path) && path.is_file())
        .collect();
    more.sort();
    let own = home.join(".terraformrc");
    own.exists().then_some(own).into_iter().chain(more).collect()
}

/// `NAME.tfrc` or `NAME.tfrc.json`; hidden files are those of editors.
fn is_config(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let plain = Path::new(name.strip_suffix(".json").unwrap_or(name));
    !name.starts_with('.') && plain.extension().is_some_and(|extension| extension == "tfrc")
}

/// Where packages are looked for if no file says otherwise, in this order.
pub fn implied_mirrors(env: &Environment) -> Vec<PathBuf> {
    let home = env.path("HOME");
    let in_home = |path: &str| home.as_ref().map(|home| home.join(path));
    let mut mirrors = vec![PathBuf::from("terraform.d/plugins")];
    mirrors.extend(in_home(".terraform.d/plugins"));
    let own = env.path("XDG_DATA_HOME").or_else(|| in_home(".local/share"));
    let shared = env.get("XDG_DATA_DIRS").unwrap_or("/usr/local/share:/usr/share");
    let shared = shared.split(':').filter(|path| !path.is_empty()).map(PathBuf::from);
    mirrors.extend(own.into_iter().chain(shared).map(|path| path.join("terraform/plugins")));
    mirrors
}

/// Directories as the only places where packages are looked for (`-plugin-dir`).
pub fn only_in(directories: &[String]) -> Vec<Method> {
    let method = |directory: &String| Method {
        location: Location::Filesystem(directory.into()),
        patterns: Patterns::default(),
    };
    directories.iter().map(method).collect()
}
