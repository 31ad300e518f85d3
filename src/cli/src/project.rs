//! The configuration that a command works on: its source, read and checked.

use std::path::Path;
use std::sync::Arc;

use groma_config::source::{MountedSource, RecordingSource, SnapshotSource};
use groma_config::{Config, DirSource, Source, load_config};
use groma_diag::Diagnostics;
use groma_engine::{Plan, Recording};
use groma_fetch::modules::{InstalledModules, Report};

use crate::commands::Invocation;
use crate::error::CommandError;
use crate::modules;

/// A configuration, with where it was read from.
pub struct Project {
    /// As it was read.
    pub config: Arc<Config>,
    /// Where from. What is read is recorded, for the plan.
    pub source: Arc<Recording>,
    /// Where `terraform.tfvars` and its like are looked for.
    pub inputs: Arc<dyn Source>,
    /// The commit, if it was read from one.
    pub commit: Option<String>,
    /// What was worth a warning.
    pub warnings: Diagnostics,
}

impl Project {
    /// Reads the configuration.
    ///
    /// # Errors
    /// The source cannot be read, or there are errors in the configuration.
    pub fn load(invocation: &Invocation) -> Result<Self, CommandError> {
        let project = Self::load_lenient(invocation)?;
        if project.warnings.has_errors() {
            return Err(project.warnings.into());
        }
        Ok(project)
    }

    /// Reads the configuration; errors in it are among the warnings.
    ///
    /// # Errors
    /// The source cannot be read.
    pub fn load_lenient(invocation: &Invocation) -> Result<Self, CommandError> {
        let mut project = Self::read(invocation)?;
        project.check_calls();
        Ok(project)
    }

    /// Reads the configuration for what it needs, whether it could be planned or not.
    ///
    /// # Errors
    /// The source cannot be read, or there are errors in the configuration.
    pub fn load_to_install(invocation: &Invocation) -> Result<Self, CommandError> {
        let project = Self::read(invocation)?;
        if project.warnings.has_errors() {
            return Err(project.warnings.into());
        }
        Ok(project)
    }

    /// Installs what the configuration calls, and reads it on the way. Errors are among the
    /// warnings.
    ///
    /// # Errors
    /// The source cannot be read.
    pub fn install(
        invocation: &Invocation,
        upgrade: bool,
        report: Report<'_>,
    ) -> Result<Self, CommandError> {
        let (source, commit) = Self::recorded(invocation)?;
        let installer = modules::installer(invocation, upgrade);
        let (config, warnings) = installer.install(&*source, &invocation.sources, report);
        let inputs = Arc::clone(&source) as Arc<dyn Source>;
        Ok(Self { config: Arc::new(config), source, inputs, commit, warnings })
    }

    fn read(invocation: &Invocation) -> Result<Self, CommandError> {
        let (source, commit) = Self::recorded(invocation)?;
        Ok(Self::of_source(source, commit, invocation))
    }

    /// The source that the command works on, and the commit if it is one. The modules that a
    /// commit calls are where those of the directory are that the command works in.
    fn recorded(invocation: &Invocation) -> Result<(Arc<Recording>, Option<String>), CommandError> {
        let (mut source, commit) = invocation.place.source()?;
        let dir = modules::dir(&invocation.env);
        if commit.is_some() {
            let on_disk = invocation.place.directory.join(dir.path());
            source = Arc::new(MountedSource::new(source, dir.path(), &on_disk));
        }
        Ok((Arc::new(RecordingSource::new(source).with_modules(dir.path())), commit))
    }

    /// Whether calls have the arguments that they need.
    fn check_calls(&mut self) {
        if !self.warnings.has_errors() {
            self.warnings.extend(groma_config::check_calls(&self.config));
        }
    }

    /// Reads the configuration of another directory, which is a path from the one that the command
    /// works in. Files with values of variables are still looked for in the latter.
    ///
    /// # Errors
    /// There is no configuration there, or there are errors in it.
    pub fn load_directory(directory: &Path, invocation: &Invocation) -> Result<Self, CommandError> {
        let place = &invocation.place;
        let source = directory_source(&place.directory.join(directory), &place.started_in);
        let found = groma_config::module_files(&*source, ".");
        if !found.is_ok_and(|files| !files.is_empty()) {
            return Err(CommandError::new(
                "No Terraform configuration files",
                format!(
                    "The directory {} does not contain any Terraform configuration files (.tf or \
                     .tf.json). To specify a different configuration directory, use the \
                     -config=\"...\" command line option.",
                    directory.display()
                ),
            ));
        }
        let source = RecordingSource::new(source);
        let source = source.with_modules(modules::dir(&invocation.env).path());
        let mut project = Self::of_source(Arc::new(source), None, invocation);
        project.check_calls();
        if project.warnings.has_errors() {
            return Err(project.warnings.into());
        }
        let inputs = directory_source(&place.directory, &place.started_in);
        Ok(Self { inputs, ..project })
    }

    fn of_source(source: Arc<Recording>, commit: Option<String>, invocation: &Invocation) -> Self {
        let dir = modules::dir(&invocation.env);
        let installed = InstalledModules::new(&*source, dir, invocation.place.installs_modules());
        let (config, warnings) = load_config(&*source, &installed, &invocation.sources);
        let inputs = Arc::clone(&source) as Arc<dyn Source>;
        Self { config: Arc::new(config), source, inputs, commit, warnings }
    }

    /// The configuration of a plan, from what the plan carries.
    ///
    /// # Errors
    /// The snapshot does not hold it.
    pub fn of_plan(plan: &Plan, invocation: &Invocation) -> Result<Self, CommandError> {
        let snapshot = SnapshotSource::new(Arc::clone(&plan.provenance.snapshot));
        let source: Arc<dyn Source> = Arc::new(snapshot);
        let source = Arc::new(RecordingSource::new(source));
        let (config, warnings) = modules::load_planned(&*source, plan, invocation);
        if warnings.has_errors() {
            return Err(warnings.into());
        }
        let commit = plan.provenance.commit.clone();
        let inputs = Arc::clone(&source) as Arc<dyn Source>;
        let config = Arc::new(config);
        Ok(Self { config, source, inputs, commit, warnings })
    }

    /// Whether there is any configuration.
    pub fn is_empty(&self) -> bool {
        groma_config::module_files(&*self.source, ".").is_ok_and(|files| files.is_empty())
    }
}

/// The directory as a source.
pub fn directory_source(directory: &Path, started_in: &Path) -> Arc<dyn Source> {
    Arc::new(DirSource::new(directory, started_in))
}
