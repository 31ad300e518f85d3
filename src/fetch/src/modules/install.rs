//! Installing: the modules that a configuration calls, and those that they call.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use groma_config::modules::{Located, ModuleRequest, ModuleSource, RegistryModule};
use groma_config::source::path;
use groma_config::version::{Constraints, Version};
use groma_config::{Config, Modules, Source, load_config};
use groma_diag::{Diagnostic, Diagnostics, SourceMap};

use super::fetch::{FetchError, Packages, Tools};
use super::installed::{ModulesDir, unreadable_manifest};
use super::manifest::{Manifest, Record, key};
use super::prefetch::{Plan, Prefetch, joined};
use super::redact::{has_secrets, redacted};
use super::registry::{Choice, Registries, RegistryError};
use super::tree;
use crate::files::write_atomically;

/// What happens, in the order in which it is told: that of Terraform.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event<'e> {
    /// A package is wanted, and will be waited for.
    Downloading {
        /// Its address, without secrets.
        package: &'e str,
        /// Which version, of a registry's module.
        version: Option<&'e Version>,
        /// The module: `a.b`.
        key: &'e str,
    },
    /// A module is where it belongs.
    Installed {
        /// The module: `a.b`.
        key: &'e str,
        /// Its directory, as a path from the root module's.
        dir: &'e str,
    },
}

/// What is told of.
pub type Report<'r> = &'r mut (dyn FnMut(Event<'_>) + Send);

/// What installs the modules of a root module.
pub struct Installer<'a> {
    /// Its directory on disk, which paths are from.
    pub root: &'a Path,
    /// Where modules go.
    pub dir: ModulesDir,
    /// Whether to take new copies and versions of what is there.
    pub upgrade: bool,
    /// What fetches.
    pub tools: Tools,
}

impl Installer<'_> {
    /// Installs what the configuration in the directory `.` of `source` calls, and loads it on the
    /// way. `source` must show what is written to the modules' directory.
    ///
    /// What was installed before is left as it is where it is still what is called, unless it is
    /// to be upgraded. If anything goes wrong that is among the diagnostics, and what was installed
    /// until then stays.
    pub fn install(
        &self,
        source: &dyn Source,
        sources: &Arc<SourceMap>,
        report: Report<'_>,
    ) -> (Config, Diagnostics) {
        let (before, mut problems) = match self.read_manifest() {
            Ok(manifest) => (manifest, Diagnostics::new()),
            Err(problem) => (Manifest::default(), problem.into()),
        };
        if problems.has_errors() {
            return (Config { modules: Vec::new(), sources: Arc::clone(sources) }, problems);
        }
        let limits = self.tools.limits.fresh();
        let tools = Tools { limits, ..self.tools.clone() };
        let registries = Registries::new(tools.client.clone());
        let limits = tools.limits.clone();
        let packages = Packages::new(tools, self.root.join(self.dir.path()));
        let prefetch = Prefetch::new(Plan {
            source,
            root: self.root,
            dir: &self.dir,
            packages: &packages,
            registries: &registries,
            manifest: &before,
            upgrade: self.upgrade,
        });
        let (config, diags, manifest) = std::thread::scope(|scope| {
            let walk = Walk {
                installer: self,
                packages: &packages,
                registries: &registries,
                source,
                sources,
                start: &|| prefetch.start(scope),
                state: Mutex::new(State { manifest: before.clone(), report, warnings: Vec::new() }),
            };
            let (config, mut diags) = load_config(source, &walk, sources);
            prefetch.end(&limits);
            let state = walk.state.into_inner().unwrap_or_else(PoisonError::into_inner);
            diags.extend(state.warnings);
            (config, diags, state.manifest)
        });
        problems.extend(diags);
        if manifest != before
            && let Err(problem) = self.write_manifest(manifest)
        {
            problems.push(problem);
        }
        (config, problems)
    }

    fn read_manifest(&self) -> Result<Manifest, Diagnostic> {
        let path = self.root.join(self.dir.manifest());
        match fs::read(&path) {
            Ok(content) => {
                Manifest::parse(&content).map_err(|error| unreadable_manifest(&error.to_string()))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Manifest::default()),
            Err(error) => Err(unreadable_manifest(&error.to_string())),
        }
    }

    fn write_manifest(&self, mut manifest: Manifest) -> Result<(), Diagnostic> {
        let root = Record { source: String::new(), version: None, dir: ".".to_owned() };
        manifest.insert(String::new(), root);
        let path = self.root.join(self.dir.manifest());
        write_atomically(&path, manifest.text().as_bytes()).map_err(|error| {
            let detail = format!(
                "Unable to write the module manifest file {}: {error}",
                self.dir.manifest()
            );
            Diagnostic::error("Failed to update module manifest", detail)
        })
    }
}

/// Finds modules by installing them.
struct Walk<'w, 'r> {
    installer: &'w Installer<'w>,
    packages: &'w Packages,
    registries: &'w Registries,
    source: &'w dyn Source,
    sources: &'w SourceMap,
    /// Begins to fetch ahead.
    start: &'w (dyn Fn() + Sync),
    state: Mutex<State<'r>>,
}

struct State<'r> {
    manifest: Manifest,
    report: Report<'r>,
    warnings: Vec<Diagnostic>,
}

impl Modules for Walk<'_, '_> {
    fn locate(&self, request: ModuleRequest<'_>) -> Result<Located, Diagnostic> {
        let key = key(request.path);
        if let Some(located) = self.reuse(request, &key) {
            return Ok(located);
        }
        let call = request.call;
        let (version, dir) = match &call.source_addr {
            ModuleSource::Local(local) => (None, self.local(request, local)?),
            ModuleSource::Registry { package, subdir } => {
                self.clear(&key)?;
                (self.start)();
                let constraints = call.version.as_ref().map(|(constraints, _)| constraints.clone());
                let constraints = constraints.unwrap_or_default();
                let (version, dir) =
                    self.of_registry(request, &key, package, subdir.as_deref(), &constraints)?;
                (Some(version), dir)
            }
            ModuleSource::Remote { package, subdir } => {
                self.clear(&key)?;
                (self.start)();
                self.report(Event::Downloading {
                    package: &redacted(package),
                    version: None,
                    key: &key,
                });
                let dir = self.place(request, &key, package)?;
                (None, self.expand(&dir, subdir.as_deref())?)
            }
        };
        let source = call.source_addr.to_string();
        let record = Record { source, version: version.clone(), dir: dir.clone() };
        let mut state = self.state();
        state.manifest.insert(key.clone(), record);
        (state.report)(Event::Installed { key: &key, dir: &dir });
        Ok(Located { dir, version })
    }
}

impl<'r> Walk<'_, 'r> {
    fn state(&self) -> MutexGuard<'_, State<'r>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn report(&self, event: Event<'_>) {
        (self.state().report)(event);
    }

    /// What is there already, if it is still what is called.
    fn reuse(&self, request: ModuleRequest<'_>, key: &str) -> Option<Located> {
        if self.installer.upgrade {
            return None;
        }
        let state = self.state();
        let record = state.manifest.get(key)?;
        let call = request.call;
        let same = record.source == call.source_addr.to_string()
            && call.version.as_ref().is_none_or(|(constraints, _)| {
                record.version.as_ref().is_some_and(|version| constraints.admits(version))
            })
            && self.installer.root.join(&record.dir).is_dir();
        same.then(|| Located { dir: record.dir.clone(), version: record.version.clone() })
    }

    /// Takes away what was installed, and what it called.
    fn clear(&self, key: &str) -> Result<(), Diagnostic> {
        self.state().manifest.remove(key);
        let dir = self.installer.dir.package(key);
        tree::remove(&self.installer.root.join(&dir)).map_err(|error| {
            let detail = format!("The module cannot be replaced: {error}.");
            Diagnostic::error("Failed to remove local module cache", detail)
        })
    }

    fn local(&self, request: ModuleRequest<'_>, local: &str) -> Result<String, Diagnostic> {
        let source_of = |key: &str| {
            let state = self.state();
            state.manifest.get(key).map(|record| redacted(&record.source)).unwrap_or_default()
        };
        let dir = self.installer.dir.local(request, local, source_of)?;
        self.state().manifest.remove(&key(request.path));
        if self.source.list(&dir).is_ok() {
            return Ok(dir);
        }
        let detail = format!("The directory {dir} could not be read for {}.", self.named(request));
        Err(Diagnostic::error("Unreadable module directory", detail).at(request.call.span))
    }

    fn of_registry(
        &self,
        request: ModuleRequest<'_>,
        key: &str,
        module: &RegistryModule,
        subdir: Option<&str>,
        constraints: &Constraints,
    ) -> Result<(Version, String), Diagnostic> {
        let version = self.choose(request, module, constraints)?;
        let package = Some(&version);
        self.report(Event::Downloading { package: &module.to_string(), version: package, key });
        let failed = |summary: &str, detail: String| {
            Err(Diagnostic::error(summary, detail).at(request.call.span))
        };
        let host = &module.host;
        let shown = module.for_display();
        let location = match self.registries.location(module, &version) {
            Ok(location) => location,
            Err(error) => {
                return match &*error {
                    RegistryError::Location(why) => failed(
                        "Invalid package location from module registry",
                        format!(
                            "Module registry {host} returned invalid source location for {shown} \
                             {version}: {why}."
                        ),
                    ),
                    why => failed(
                        "Error accessing remote module registry",
                        format!(
                            "Failed to retrieve a download URL for {shown} {version} from {host}: \
                             {why}"
                        ),
                    ),
                };
            }
        };
        let (address, inside) = &*location;
        let dir = self.place(request, key, address).map_err(|mut problem| {
            problem.detail.push('.');
            problem
        })?;
        let subdir = joined(inside.as_deref(), subdir);
        let found = self.expand(&dir, Some(&subdir)).unwrap_or_else(|_| path::join(&dir, &subdir));
        if self.installer.root.join(&found).is_dir() {
            return Ok((version, found));
        }
        let detail = format!(
            "The directory {found} does not exist. The target submodule {subdir} does not exist \
             within the target module."
        );
        Err(Diagnostic::error("Unreadable module subdirectory", detail))
    }

    fn choose(
        &self,
        request: ModuleRequest<'_>,
        module: &RegistryModule,
        constraints: &Constraints,
    ) -> Result<Version, Diagnostic> {
        let (host, address) = (&module.host, module.for_display());
        let place = self.place_of(request);
        let named = format!("module {:?} ({place})", request.call.name);
        let failed = |summary: &str, detail: String| {
            Err(Diagnostic::error(summary, detail).at(request.call.span))
        };
        let available = match self.registries.available(module) {
            Ok(available) => available,
            Err(error) => {
                return match &*error {
                    RegistryError::NotFound => failed(
                        "Module not found",
                        format!(
                            "Module {:?} (from {place}) cannot be found in the module registry at \
                             {host}.",
                            request.call.name
                        ),
                    ),
                    why => failed(
                        "Error accessing remote module registry",
                        format!(
                            "Failed to retrieve available versions for {named} from {host}: {why}."
                        ),
                    ),
                };
            }
        };
        for invalid in &available.invalid {
            let detail = format!(
                "The registry at {host} returned an invalid version string {invalid:?} for \
                 {named}, which Terraform ignored."
            );
            let summary = "Invalid response from remote module registry";
            let warning = Diagnostic::warning(summary, detail).at(request.call.span);
            self.state().warnings.push(warning);
        }
        match available.choose(constraints) {
            Choice::Version(version) => Ok(version),
            Choice::Nothing => failed(
                "Module has no versions",
                format!("Module {address:?} ({place}) has no versions available on {host}."),
            ),
            Choice::Unresolvable(newest) => failed(
                "Unresolvable module version constraint",
                format!(
                    "There is no available version of module {address:?} ({place}) which matches \
                     the given version constraint. The newest available version is {newest}."
                ),
            ),
        }
    }

    /// Fetches a package and puts it where the module belongs. Gives its directory.
    fn place(
        &self,
        request: ModuleRequest<'_>,
        key: &str,
        address: &str,
    ) -> Result<String, Diagnostic> {
        let dir = self.installer.dir.package(key);
        let failed = |error: &FetchError| {
            let detail = format!(
                "Could not download {} source code from {:?}: {error}",
                self.named(request),
                redacted(address)
            );
            let problem = Diagnostic::error("Failed to download module", detail);
            // The line may have what may not be shown.
            if has_secrets(&request.call.source) { problem } else { problem.at(request.call.span) }
        };
        let fetched = self.packages.get(address, &dir).map_err(|error| failed(&error))?;
        fetched.install(&self.installer.root.join(&dir)).map_err(|error| failed(&error))?;
        Ok(dir)
    }

    /// A directory inside of a package that is in its place.
    fn expand(&self, dir: &str, subdir: Option<&str>) -> Result<String, Diagnostic> {
        let Some(subdir) = subdir.filter(|subdir| !subdir.is_empty()) else {
            return Ok(dir.to_owned());
        };
        tree::expand(&self.installer.root.join(dir), subdir)
            .map(|found| path::join(dir, &found))
            .map_err(|problem| Diagnostic::error("Failed to expand subdir globs", problem))
    }

    /// `module "a" (main.tf:1)`
    fn named(&self, request: ModuleRequest<'_>) -> String {
        format!("module {:?} ({})", request.call.name, self.place_of(request))
    }

    /// `main.tf:1`
    fn place_of(&self, request: ModuleRequest<'_>) -> String {
        let span = request.call.span;
        let file = self.sources.get(span.file);
        file.map_or_else(String::new, |file| {
            format!("{}:{}", file.path(), file.position(span.start).line)
        })
    }
}
