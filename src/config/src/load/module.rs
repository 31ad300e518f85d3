//! Files joined to a module.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashMap};

use groma_addr::{Ident, LocalProvider, Mode, Provider, Resource, ResourceInstance};
use groma_diag::{Diagnostic, Diagnostics, SourceMap, Span};
use groma_lang::eval::describe_range;
use indexmap::IndexMap;

use crate::decode::{CallDraft, File, OutputDraft, ProviderDraft, ResourceDraft, VariableDraft};
use crate::model::{
    Backend, Check, Cloud, Import, Lifecycle, Local, Module, ModuleCall, ModuleId, Moved, Output,
    ProviderBlock, ProviderMeta, Removed, RequiredProvider, ResourceBlock,
};
use crate::version::Constraints;

/// A module while its files are joined: blocks know what they say and what they leave out.
#[derive(Default)]
pub(super) struct Draft {
    pub(super) required_version: Vec<(Constraints, Span)>,
    pub(super) backend: Option<Backend>,
    pub(super) cloud: Option<Cloud>,
    pub(super) required_providers: BTreeMap<Ident, RequiredProvider>,
    requirements_span: Option<Span>,
    pub(super) provider_metas: BTreeMap<Ident, ProviderMeta>,
    pub(super) providers: BTreeMap<LocalProvider, ProviderDraft>,
    pub(super) variables: BTreeMap<Ident, VariableDraft>,
    pub(super) locals: BTreeMap<Ident, Local>,
    pub(super) outputs: BTreeMap<Ident, OutputDraft>,
    pub(super) calls: BTreeMap<Ident, CallDraft>,
    pub(super) resources: BTreeMap<Resource, ResourceDraft>,
    checks: BTreeMap<Ident, Check>,
    moved: Vec<Moved>,
    removed: Vec<Removed>,
    imports: Vec<Import>,
}

/// Joins files, and says what they say twice.
pub(super) struct Builder<'a> {
    pub(super) sources: &'a SourceMap,
    pub(super) diags: &'a mut Diagnostics,
    pub(super) draft: Draft,
    /// What `import` blocks name without expressions in it, and the block that did first.
    imported: HashMap<ResourceInstance, Span>,
}

impl<'a> Builder<'a> {
    pub(super) fn new(sources: &'a SourceMap, diags: &'a mut Diagnostics) -> Self {
        Self { sources, diags, draft: Draft::default(), imported: HashMap::new() }
    }

    pub(super) fn place(&self, span: Span) -> String {
        describe_range(self.sources, span).unwrap_or_default()
    }

    pub(super) fn error(&mut self, summary: impl Into<String>, detail: String, at: Span) {
        self.diags.push(Diagnostic::error(summary, detail).at(at));
    }

    /// Joins the blocks of another primary file.
    pub(super) fn append(&mut self, file: File) {
        self.draft.required_version.extend(file.required_versions);
        for requirements in file.requirements {
            if let Some(first) = self.draft.requirements_span {
                let place = self.place(first);
                let detail = format!(
                    "A module may have only one required providers configuration. The required \
                     providers were previously configured at {place}."
                );
                let summary = "Duplicate required providers configuration";
                self.error(summary, detail, requirements.span);
                continue;
            }
            self.draft.requirements_span = Some(requirements.span);
            self.draft.required_providers = requirements.entries.into_iter().collect();
        }
        self.append_state_blocks(file.backends, file.clouds);
        for (name, meta) in file.provider_metas {
            self.append_meta(name, meta);
        }
        for provider in file.providers {
            self.append_provider(provider);
        }
        self.append_values(file.variables, file.locals, file.outputs);
        for call in file.calls {
            if let Some(first) = self.draft.calls.get(&call.name) {
                let detail = format!(
                    "A module call named {:?} was already defined at {}. Module calls must have \
                     unique names within a module.",
                    call.name,
                    self.place(first.span)
                );
                self.error("Duplicate module call", detail, call.span);
                continue;
            }
            self.draft.calls.insert(call.name.clone(), call);
        }
        for resource in file.resources {
            self.append_resource(resource);
        }
        for check in file.checks {
            if let Some(first) = self.draft.checks.get(&check.name) {
                let name = &check.name;
                let detail = format!(
                    "A check block named {name:?} was already declared at {}. Check blocks must \
                     be unique within each module.",
                    self.place(first.span)
                );
                self.error(format!("Duplicate check {name:?} configuration"), detail, check.span);
                continue;
            }
            self.draft.checks.insert(check.name.clone(), check);
        }
        self.draft.moved.extend(file.moved);
        self.draft.removed.extend(file.removed);
        file.imports.into_iter().for_each(|import| self.append_import(import));
    }

    fn append_import(&mut self, import: Import) {
        if let Some(target) = &import.target {
            if let Some(first) = self.imported.get(target) {
                let resource = &import.resource;
                let detail = format!(
                    "An import block for the resource \"{resource}\" was already declared at {}. A \
                     resource can have only one import block.",
                    self.place(*first)
                );
                let summary = format!("Duplicate import configuration for \"{resource}\"");
                self.error(summary, detail, import.to.span());
            } else {
                self.imported.insert(target.clone(), import.span);
            }
        }
        self.draft.imports.push(import);
    }

    pub(super) fn append_state_blocks(&mut self, backends: Vec<Backend>, clouds: Vec<Cloud>) {
        for backend in backends {
            if let Some(first) = &self.draft.backend {
                let detail = format!(
                    "A module may have only one backend configuration. The backend was previously \
                     configured at {}.",
                    self.place(first.span)
                );
                self.error("Duplicate backend configuration", detail, backend.span);
                continue;
            }
            self.draft.backend = Some(backend);
        }
        for cloud in clouds {
            if let Some(first) = &self.draft.cloud {
                let detail = format!(
                    "A module may have only one 'cloud' block configuring HCP Terraform or \
                     Terraform Enterprise. The 'cloud' block was previously configured at {}.",
                    self.place(first.span)
                );
                self.error("Duplicate HCP Terraform configurations", detail, cloud.span);
                continue;
            }
            self.draft.cloud = Some(cloud);
        }
        if let (Some(backend), Some(cloud)) = (&self.draft.backend, &self.draft.cloud) {
            let (span, cloud) = (backend.span, self.place(cloud.span));
            let detail = format!(
                "A module may declare either one 'cloud' block OR one 'backend' block configuring \
                 a state backend. The 'cloud' block is configured at {cloud}; a backend is \
                 configured at {}. Remove the backend block to configure HCP Terraform or \
                 Terraform Enteprise.",
                self.place(span)
            );
            self.error("Both a backend and cloud configuration are present", detail, span);
        }
    }

    fn append_meta(&mut self, name: Ident, meta: ProviderMeta) {
        if let Some(first) = self.draft.provider_metas.get(&name) {
            let detail = format!(
                "A provider_meta block for provider {name:?} was already declared at {}. Providers \
                 may only have one provider_meta block per module.",
                self.place(first.span)
            );
            self.error("Duplicate provider_meta block", detail, meta.span);
            return;
        }
        self.draft.provider_metas.insert(name, meta);
    }

    fn append_provider(&mut self, provider: ProviderDraft) {
        let Some(first) = self.draft.providers.get(&provider.addr) else {
            self.draft.providers.insert(provider.addr.clone(), provider);
            return;
        };
        let (name, place) = (&provider.addr.name, self.place(first.span));
        let detail = match &provider.addr.alias {
            None => format!(
                "A default (non-aliased) provider configuration for {name:?} was already given at \
                 {place}. If multiple configurations are required, set the \"alias\" argument for \
                 alternative configurations."
            ),
            Some(alias) => format!(
                "A provider configuration for {name:?} with alias {alias:?} was already given at \
                 {place}. Each configuration for the same provider must have a distinct alias."
            ),
        };
        self.error("Duplicate provider configuration", detail, provider.span);
    }

    fn append_values(
        &mut self,
        variables: Vec<VariableDraft>,
        locals: Vec<Local>,
        outputs: Vec<OutputDraft>,
    ) {
        for variable in variables {
            if let Some(first) = self.draft.variables.get(&variable.name) {
                let detail = format!(
                    "A variable named {:?} was already declared at {}. Variable names must be \
                     unique within a module.",
                    variable.name,
                    self.place(first.span)
                );
                self.error("Duplicate variable declaration", detail, variable.span);
            }
            // The later one counts from here on.
            self.draft.variables.insert(variable.name.clone(), variable);
        }
        for local in locals {
            if let Some(first) = self.draft.locals.get(&local.name) {
                let detail = format!(
                    "A local value named {:?} was already defined at {}. Local value names must \
                     be unique within a module.",
                    local.name,
                    self.place(first.span)
                );
                self.error("Duplicate local value definition", detail, local.span);
            }
            self.draft.locals.insert(local.name.clone(), local);
        }
        for output in outputs {
            if let Some(first) = self.draft.outputs.get(&output.name) {
                let detail = format!(
                    "An output named {:?} was already defined at {}. Output names must be unique \
                     within a module.",
                    output.name,
                    self.place(first.span)
                );
                self.error("Duplicate output definition", detail, output.span);
            }
            self.draft.outputs.insert(output.name.clone(), output);
        }
    }

    fn append_resource(&mut self, resource: ResourceDraft) {
        let first = match self.draft.resources.entry(resource.addr.clone()) {
            Entry::Vacant(entry) => {
                entry.insert(resource);
                return;
            }
            Entry::Occupied(entry) => entry.get().span,
        };
        let Resource { mode, ty, name } = &resource.addr;
        let (block, kind) = match mode {
            Mode::Managed => ("resource", "resource"),
            Mode::Data => ("data", "data resource"),
            Mode::Ephemeral => ("ephemeral", "ephemeral resource"),
        };
        let scope = if resource.check.is_some() { ", including within check blocks" } else { "" };
        let detail = format!(
            "A {ty} {kind} named {name:?} was already declared at {}. Resource names must be \
             unique per type in each module{scope}.",
            self.place(first)
        );
        self.error(format!("Duplicate {block} {ty:?} configuration"), detail, resource.span);
    }

    /// The module, with nothing left open but its place in the tree.
    pub(super) fn finish(self, dir: &str) -> Module {
        let draft = self.draft;
        let mut module = Module {
            id: ModuleId::ROOT,
            path: groma_addr::Module::root(),
            parent: None,
            children: BTreeMap::new(),
            dir: dir.to_owned(),
            version: None,
            required_version: draft.required_version,
            backend: draft.backend,
            cloud: draft.cloud,
            required_providers: draft.required_providers,
            provider_metas: draft.provider_metas,
            providers: BTreeMap::new(),
            provider_configs: BTreeMap::new(),
            variables: BTreeMap::new(),
            locals: draft.locals,
            outputs: BTreeMap::new(),
            resources: IndexMap::new(),
            calls: BTreeMap::new(),
            moved: draft.moved,
            removed: draft.removed,
            imports: draft.imports,
            checks: draft.checks,
        };
        let finished = |draft: VariableDraft| (draft.name.clone(), draft.finish());
        module.variables = draft.variables.into_values().map(finished).collect();
        let outputs = draft.outputs.into_values().filter_map(OutputDraft::finish);
        module.outputs = outputs.map(|output: Output| (output.name.clone(), output)).collect();
        let calls = draft.calls.into_values().filter_map(finish_call);
        module.calls = calls.map(|call| (call.name.clone(), call)).collect();
        for (addr, provider) in draft.providers {
            let block = ProviderBlock {
                source: module.provider_for_name(&addr.name),
                addr: addr.clone(),
                version: provider.version,
                body: provider.body,
                span: provider.span,
            };
            module.providers.insert(addr, block);
        }
        let mut names = Providers { module: &module, by_type: HashMap::new() };
        // In order already, so that the tree is built in one go.
        let resources = draft.resources.into_iter();
        let resources =
            resources.map(|(addr, draft)| (addr, finish_resource(draft, &mut names))).collect();
        module.resources = resources;
        module
    }
}

/// A call without a source (which has been complained of) is nothing.
fn finish_call(draft: CallDraft) -> Option<ModuleCall> {
    let (source, source_addr, source_span) = draft.source?;
    Some(ModuleCall {
        name: draft.name,
        source,
        source_addr,
        source_span,
        version: draft.version,
        repetition: draft.repetition,
        arguments: BTreeMap::new(),
        body: draft.body,
        depends_on: draft.depends_on,
        providers: draft.providers,
        span: draft.span,
    })
}

/// What resource types imply, found out once for each type.
struct Providers<'a> {
    module: &'a Module,
    by_type: HashMap<Ident, (LocalProvider, Provider)>,
}

impl Providers<'_> {
    fn of(&mut self, ty: &Ident, written: Option<LocalProvider>) -> (LocalProvider, Provider) {
        if let Some(written) = written {
            let source = self.module.provider_for_name(&written.name);
            return (written, source);
        }
        if let Some(known) = self.by_type.get(ty) {
            return known.clone();
        }
        let name = Ident::from(implied_provider(ty));
        let source = self.module.provider_for_name(&name);
        let found = (LocalProvider { name, alias: None }, source);
        self.by_type.insert(ty.clone(), found.clone());
        found
    }
}

fn finish_resource(draft: ResourceDraft, names: &mut Providers<'_>) -> ResourceBlock {
    let provider_span = draft.provider.as_ref().map(|provider| provider.span);
    let (provider, source) = names.of(&draft.addr.ty, draft.provider.map(|written| written.addr));
    let lifecycle = draft.lifecycle;
    ResourceBlock {
        source,
        provider,
        provider_span,
        addr: draft.addr,
        repetition: draft.repetition,
        body: draft.body,
        depends_on: draft.depends_on,
        lifecycle: Lifecycle {
            create_before_destroy: lifecycle.create_before_destroy,
            prevent_destroy: lifecycle
                .prevent_destroy
                .and_then(|(prevent, span)| prevent.then_some(span)),
            ignore_changes: lifecycle.ignore_changes,
            replace_triggered_by: lifecycle.replace_triggered_by,
            preconditions: lifecycle.preconditions,
            postconditions: lifecycle.postconditions,
        },
        connection: draft.connection,
        provisioners: draft.provisioners,
        ty_span: draft.ty_span,
        check: draft.check,
        generated: false,
        span: draft.span,
    }
}

/// The local name of the provider that a resource type belongs to if nothing else is said: what
/// comes before the first underscore.
pub(super) fn implied_provider(resource_type: &str) -> &str {
    resource_type.split_once('_').map_or(resource_type, |(provider, _)| provider)
}
