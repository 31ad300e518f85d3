//! Modules joined to a configuration.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use groma_addr::{Ident, Module as ModulePath};
use groma_diag::{Diagnostic, Diagnostics, SourceMap};
use groma_lang::syntax::{AttributeSchema, BodySchema};

use super::module::Builder;
use super::{Unparsed, decode_dir, providers, warnings};
use crate::model::{Backend, Cloud, Config, Module, ModuleCall, ModuleId};
use crate::modules::{Located, ModuleRequest, ModuleSource, Modules};
use crate::source::Source;
use crate::version::{CORE, Version};

/// Where modules that have no end do end, if they are not found to call themselves.
const MAX_DEPTH: usize = 64;

/// Reads the configuration whose root module is in the directory `.` of `source`, and says what is
/// wrong with it as far as that needs no provider.
///
/// There is always a configuration, with whatever was understood: errors are among the
/// diagnostics.
pub fn load_config(
    source: &dyn Source,
    modules: &dyn Modules,
    sources: &Arc<SourceMap>,
) -> (Config, Diagnostics) {
    let mut loader = Loader {
        source,
        modules,
        sources,
        diags: Diagnostics::new(),
        by_dir: HashMap::new(),
        loaded: Vec::new(),
        chain: Vec::new(),
    };
    loader.load(".", &ModulePath::root(), None, None);
    let Loader { mut diags, loaded, .. } = loader;
    let mut config = Config {
        modules: loaded.into_iter().map(Arc::new).collect(),
        sources: Arc::clone(sources),
    };
    let root_is_sound = config.modules.len() > 1 || !diags.has_errors();
    warnings::check_root(&config, &mut diags);
    if root_is_sound {
        providers::check(&config, &mut diags);
    }
    let configs = providers::resolve(&config);
    for (module, configs) in config.modules.iter_mut().zip(configs) {
        // Nobody else holds the module yet.
        if let Some(module) = Arc::get_mut(module) {
            module.provider_configs = configs;
        }
    }
    if !diags.has_errors() {
        arguments(&mut config);
        diags.extend(core_versions(&config));
    }
    (config, diags)
}

/// Checks that calls have the arguments that what they call has variables for. A configuration can
/// be installed without, but not planned.
pub fn check_calls(config: &Config) -> Diagnostics {
    let mut diags = Diagnostics::new();
    for module in &config.modules {
        for call in module.calls.values() {
            if let Some(child) = called(config, module, call) {
                diags.extend(call.body.content(&arguments_of(child)).1);
            }
        }
    }
    diags
}

/// The blocks of a root module that say where its state is.
#[derive(Clone, Default)]
pub struct StateBlocks {
    /// `backend`
    pub backend: Option<Backend>,
    /// `cloud`
    pub cloud: Option<Cloud>,
}

/// Reads where the root module says that its state is, for commands that need no more of it: files
/// that cannot have such a block are not parsed, so that what is wrong in them is not found.
pub fn load_state_blocks(source: &dyn Source, sources: &SourceMap) -> (StateBlocks, Diagnostics) {
    let mut diags = Diagnostics::new();
    let wanted = Unparsed::may_have_state_blocks;
    let (primary, overrides) = decode_dir(source, ".", wanted, sources, &mut diags);
    let mut builder = Builder::new(sources, &mut diags);
    // Nothing else is joined: what an override is of may be in a file that was left out.
    for file in primary {
        builder.append_state_blocks(file.backends, file.clouds);
    }
    for file in overrides {
        builder.merge_state_blocks(file.backends, file.clouds);
    }
    let blocks = StateBlocks { backend: builder.draft.backend, cloud: builder.draft.cloud };
    (blocks, diags)
}

/// The calls of the module in one directory, for who wants to know early what will be wanted. What
/// is wrong there is said by [`load_config`].
pub fn load_calls(source: &dyn Source, dir: &str) -> Vec<ModuleCall> {
    let module = read_module(source, dir, &SourceMap::new(), &mut Diagnostics::new());
    module.calls.into_values().collect()
}

/// The files of a directory, joined.
fn read_module(
    source: &dyn Source,
    dir: &str,
    sources: &SourceMap,
    diags: &mut Diagnostics,
) -> Module {
    let (primary, overrides) = decode_dir(source, dir, |_| true, sources, diags);
    let mut builder = Builder::new(sources, diags);
    for file in primary {
        builder.append(file);
    }
    for file in overrides {
        builder.merge(file);
    }
    builder.finish(dir)
}

struct Loader<'a> {
    source: &'a dyn Source,
    modules: &'a dyn Modules,
    sources: &'a SourceMap,
    diags: Diagnostics,
    /// A directory that is called twice is read once, and what is wrong in it said once.
    by_dir: HashMap<String, Module>,
    loaded: Vec<Module>,
    /// From the root's first call to the one at hand: what is called.
    chain: Vec<Link>,
}

/// A module that is being loaded.
struct Link {
    path: ModulePath,
    dir: String,
    /// Where it comes from, and in which version, unless that is its directory.
    origin: Option<String>,
}

/// What a call gets from elsewhere.
fn origin(call: &ModuleCall) -> Option<String> {
    let version = call.version.as_ref().map(|(constraints, _)| constraints.to_string());
    match &call.source_addr {
        ModuleSource::Local(_) => None,
        source => Some(format!("{source} {}", version.unwrap_or_default())),
    }
}

impl Loader<'_> {
    /// Loads a module and all that it calls; gives its id.
    fn load(
        &mut self,
        dir: &str,
        path: &ModulePath,
        parent: Option<(ModuleId, Ident)>,
        version: Option<Version>,
    ) -> ModuleId {
        let module = self.module(dir);
        // What is wrong in the root is said before anything is said of what it calls.
        let follow = parent.is_some() || !self.diags.has_errors();
        let id = ModuleId(self.loaded.len() as u32);
        let calls = module.calls.clone();
        self.loaded.push(Module { id, path: path.clone(), parent, version, ..module });
        let mut children = BTreeMap::new();
        for call in calls.values().filter(|_| follow) {
            let path = path.child(call.name.clone());
            if let Some(located) = self.locate(dir, &path, call) {
                let parent = Some((id, call.name.clone()));
                let dir = located.dir.clone();
                self.chain.push(Link { path: path.clone(), dir, origin: origin(call) });
                let child = self.load(&located.dir, &path, parent, located.version);
                self.chain.pop();
                children.insert(call.name.clone(), child);
            }
        }
        if let Some(module) = self.loaded.get_mut(id.0 as usize) {
            module.children = children;
        }
        id
    }

    fn module(&mut self, dir: &str) -> Module {
        if let Some(module) = self.by_dir.get(dir) {
            return module.clone();
        }
        let module = read_module(self.source, dir, self.sources, &mut self.diags);
        // The root has no second call, and may be large.
        if dir != "." {
            self.by_dir.insert(dir.to_owned(), module.clone());
        }
        module
    }

    fn locate(
        &mut self,
        parent_dir: &str,
        path: &ModulePath,
        call: &ModuleCall,
    ) -> Option<Located> {
        if path.calls().len() > MAX_DEPTH {
            let detail = format!(
                "The module {path} is nested more than {MAX_DEPTH} calls deep. It probably calls \
                 itself."
            );
            self.diags.push(Diagnostic::error("Module nesting too deep", detail).at(call.span));
            return None;
        }
        // Before it is fetched once more.
        let origin = origin(call);
        let again = self.chain.iter().find(|link| origin.is_some() && link.origin == origin);
        if let Some(link) = again {
            self.diags.push(calls_itself(path, &link.path).at(call.span));
            return None;
        }
        let located = self
            .modules
            .locate(ModuleRequest { path, call, parent_dir })
            .map_err(|diag| self.diags.push(diag))
            .ok()?;
        let root = (located.dir == ".").then(ModulePath::root);
        let again = self.chain.iter().find(|link| link.dir == located.dir);
        if let Some(same) = again.map(|link| link.path.clone()).or(root) {
            self.diags.push(calls_itself(path, &same).at(call.span));
            return None;
        }
        if let Err(error) = self.source.list(&located.dir) {
            let detail =
                format!("The directory {} of {path} could not be read: {error}.", located.dir);
            self.diags.push(Diagnostic::error("Module not installed", detail).at(call.span));
            return None;
        }
        Some(located)
    }
}

fn calls_itself(path: &ModulePath, same: &ModulePath) -> Diagnostic {
    let same = if same.is_root() { "the root module".to_owned() } else { same.to_string() };
    Diagnostic::error(
        "Module calls itself",
        format!("{path} is the same module as {same}, which calls it: that would have no end."),
    )
}

/// Reads the arguments of calls by the variables of what is called.
fn arguments(config: &mut Config) {
    for index in 0..config.modules.len() {
        let Some(module) = config.modules.get(index).cloned() else { continue };
        let mut calls = module.calls.clone();
        for call in calls.values_mut() {
            let Some(child) = called(config, &module, call) else { continue };
            let (content, _) = call.body.content(&arguments_of(child));
            let attributes = content.attributes.into_iter();
            call.arguments = attributes.map(|a| (Ident::from(a.name.clone()), a)).collect();
        }
        drop(module);
        if let Some(module) = config.modules.get_mut(index).and_then(Arc::get_mut) {
            module.calls = calls;
        }
    }
}

fn called<'c>(config: &'c Config, caller: &Module, call: &ModuleCall) -> Option<&'c Arc<Module>> {
    caller.children.get(&call.name).and_then(|id| config.module(*id))
}

/// The arguments that a module takes.
fn arguments_of(module: &Module) -> BodySchema {
    let mut schema = BodySchema::new();
    for variable in module.variables.values() {
        let required = variable.default.is_none();
        schema.add_attribute(AttributeSchema { name: variable.name.to_string().into(), required });
    }
    schema
}

/// Says which modules do not admit this version.
fn core_versions(config: &Config) -> Diagnostics {
    let mut diags = Diagnostics::new();
    for module in &config.modules {
        for (constraints, span) in &module.required_version {
            if constraints.parts.iter().any(|part| part.version.prerelease().is_some()) {
                let detail = format!(
                    "Prerelease version constraints are not supported: {constraints}. Remove the \
                     prerelease information from the constraint. Prerelease versions of terraform \
                     will match constraints using their version core only."
                );
                let summary = "Invalid required_version constraint";
                diags.push(Diagnostic::error(summary, detail).at(*span));
            } else if !constraints.admits(&CORE) {
                let subject = match &module.parent {
                    None => "This configuration".to_owned(),
                    Some(_) => {
                        format!("Module {} (from {})", module.path, source_of(config, module))
                    }
                };
                let detail = format!(
                    "{subject} does not support Terraform version {CORE}. To proceed, either \
                     choose another supported Terraform version or update this version \
                     constraint. Version constraints are normally set for good reason, so \
                     updating the constraint may lead to other errors or unexpected behavior."
                );
                let summary = "Unsupported Terraform Core version";
                diags.push(Diagnostic::error(summary, detail).at(*span));
            }
        }
    }
    diags
}

/// What the call of a module says in `source`.
pub(super) fn source_of(config: &Config, module: &Module) -> String {
    let parent = module.parent.as_ref();
    let call = parent.and_then(|(id, name)| config.module(*id)?.calls.get(name));
    call.map_or_else(String::new, |call| call.source_addr.to_string())
}
