//! Modules where they were installed: for every command but those that install.

use std::sync::OnceLock;

use groma_config::modules::{Located, ModuleRequest, ModuleSource};
use groma_config::source::path;
use groma_config::{Modules, Source, SourceError};
use groma_diag::Diagnostic;

use super::manifest::{Manifest, Record, key};
use super::redact::has_secrets;

/// Where modules are installed: `modules` in the data directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModulesDir(String);

impl ModulesDir {
    /// That of a data directory, which is a path from the root module's directory, or absolute.
    pub fn new(data_dir: &str) -> Self {
        Self(path::join(data_dir, "modules"))
    }

    /// The directory itself.
    pub fn at(dir: &str) -> Self {
        Self(path::clean(dir))
    }

    /// The directory, as a path of a source.
    pub fn path(&self) -> &str {
        &self.0
    }

    /// The manifest in it.
    pub fn manifest(&self) -> String {
        path::join(&self.0, "modules.json")
    }

    /// Where the package of a module is, or would be.
    pub fn package(&self, key: &str) -> String {
        path::join(&self.0, key)
    }

    /// The directory of the package that a directory is part of; none outside of all packages.
    fn package_of(&self, dir: &str) -> Option<String> {
        let inside = dir.strip_prefix(&*self.0)?.strip_prefix('/')?;
        let name = inside.split('/').next().filter(|name| !name.is_empty())?;
        Some(self.package(name))
    }

    /// Where the module of a local source is.
    ///
    /// # Errors
    /// That is outside of the package which the calling module is part of.
    pub(super) fn local(
        &self,
        request: ModuleRequest<'_>,
        local: &str,
        source_of: impl FnOnce(&str) -> String,
    ) -> Result<String, Diagnostic> {
        let dir = path::join(request.parent_dir, local);
        let Some(package) = self.package_of(request.parent_dir) else { return Ok(dir) };
        if dir == package || dir.strip_prefix(&*package).is_some_and(|rest| rest.starts_with('/')) {
            return Ok(dir);
        }
        let key = path::file_name(&package).to_owned();
        Err(Diagnostic::error(
            "Local module path escapes module package",
            format!(
                "The given source directory for {} would be outside of its containing package \
                 {:?}. Local source addresses starting with \"../\" must stay within the same \
                 package that the calling module belongs to.",
                request.path,
                source_of(&key)
            ),
        )
        .at(request.call.span))
    }
}

/// Finds modules by the manifest of what is installed.
///
/// The manifest is read through the source, so that a plan carries it with all else that it was
/// made from; and only if a module is called that is not in the source itself.
pub struct InstalledModules<'s> {
    source: &'s dyn Source,
    dir: ModulesDir,
    /// What would install them.
    command: String,
    manifest: OnceLock<Result<Manifest, String>>,
}

impl<'s> InstalledModules<'s> {
    /// The modules in `dir`, which `source` must give access to. `command` is what would install
    /// them: `groma init`.
    pub fn new(source: &'s dyn Source, dir: ModulesDir, command: impl Into<String>) -> Self {
        Self { source, dir, command: command.into(), manifest: OnceLock::new() }
    }

    fn manifest(&self) -> Result<&Manifest, Diagnostic> {
        let manifest = self.manifest.get_or_init(|| match self.source.read(&self.dir.manifest()) {
            Ok(content) => Manifest::parse(&content).map_err(|error| error.to_string()),
            Err(SourceError::NotFound(_)) => Ok(Manifest::default()),
            Err(error) => Err(error.to_string()),
        });
        manifest.as_ref().map_err(|problem| unreadable_manifest(problem))
    }

    fn record(&self, request: ModuleRequest<'_>) -> Result<&Record, Diagnostic> {
        let advice = format!(
            "Run {:?} to install all modules required by this configuration.",
            self.command
        );
        let call = request.call;
        let not_installed = |why: &str| {
            Diagnostic::error("Module not installed", format!("{why} {advice}")).at(call.span)
        };
        let Some(record) = self.manifest()?.get(&key(request.path)) else {
            return Err(not_installed("This module is not yet installed."));
        };
        if record.source != call.source_addr.to_string() {
            let detail =
                format!("The source address was changed since this module was installed. {advice}");
            let span = if has_secrets(&call.source) { call.span } else { call.source_span };
            return Err(Diagnostic::error("Module source has changed", detail).at(span));
        }
        if let Some((constraints, span)) = &call.version
            && !record.version.as_ref().is_some_and(|version| constraints.admits(version))
        {
            let installed = match &record.version {
                Some(version) => format!("version ({version}) is no longer acceptable"),
                None => "one has no version".to_owned(),
            };
            let detail = format!(
                "The version requirements have changed since this module was installed and the \
                 installed {installed}. {advice}"
            );
            let summary = "Module version requirements have changed";
            return Err(Diagnostic::error(summary, detail).at(*span));
        }
        if self.source.list(&record.dir).is_err() {
            return Err(not_installed(&format!(
                "This module's local cache directory {} could not be read.",
                record.dir
            )));
        }
        Ok(record)
    }
}

impl Modules for InstalledModules<'_> {
    fn locate(&self, request: ModuleRequest<'_>) -> Result<Located, Diagnostic> {
        if let ModuleSource::Local(local) = &request.call.source_addr {
            let source_of = |key: &str| {
                let record = self.manifest().ok().and_then(|manifest| manifest.get(key));
                record.map(|record| super::redact::redacted(&record.source)).unwrap_or_default()
            };
            return Ok(Located { dir: self.dir.local(request, local, source_of)?, version: None });
        }
        let record = self.record(request)?;
        Ok(Located { dir: record.dir.clone(), version: record.version.clone() })
    }
}

/// The manifest cannot be read.
pub(super) fn unreadable_manifest(problem: &str) -> Diagnostic {
    Diagnostic::error(format!("failed to read module manifest: {problem}"), "")
}
