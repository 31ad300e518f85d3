//! What is said of how provider configurations are named and passed, in Terraform's words.

use std::collections::{BTreeMap, BTreeSet};

use groma_addr::{DEFAULT_HOST, Ident, LocalProvider, Provider};
use groma_diag::{Diagnostic, Diagnostics, Span};

use super::super::module::implied_provider;
use super::super::tree::source_of;
use super::is_empty;
use crate::model::{Config, Module, ModuleCall, PassedProvider, Repetition};

/// Checks every module, what is called before its caller.
pub(in super::super) fn check(config: &Config, diags: &mut Diagnostics) {
    for module in config.modules.iter().rev() {
        let mut checker = Checker::new(config, module, diags);
        checker.duplicates();
        checker.implied();
        checker.passed_on();
        if module.parent.is_some() {
            checker.child();
        }
    }
}

/// `hashicorp/NAME`, even if the name is that of the built-in one.
fn default_provider(name: &Ident) -> Provider {
    Provider::new(DEFAULT_HOST, "hashicorp", name.clone())
}

struct Checker<'a> {
    config: &'a Config,
    module: &'a Module,
    diags: &'a mut Diagnostics,
    /// `provider` blocks that say something.
    configured: BTreeSet<&'a LocalProvider>,
    /// `provider` blocks that say nothing.
    empty: BTreeMap<&'a LocalProvider, Span>,
    /// What `configuration_aliases` asks for.
    aliases: BTreeMap<&'a LocalProvider, &'a Provider>,
    /// The call of the module, and the calling one.
    call: Option<(&'a Module, &'a ModuleCall)>,
    /// What the call passes, by the name here.
    passed: BTreeMap<&'a LocalProvider, &'a PassedProvider>,
}

impl<'a> Checker<'a> {
    fn new(config: &'a Config, module: &'a Module, diags: &'a mut Diagnostics) -> Self {
        let (mut configured, mut empty) = (BTreeSet::new(), BTreeMap::new());
        for (name, block) in &module.providers {
            if is_empty(block) {
                empty.insert(name, block.span);
            } else {
                configured.insert(name);
            }
        }
        let required = module.required_providers.values();
        let aliases = required
            .flat_map(|required| required.aliases.iter().map(|alias| (alias, &required.source)))
            .collect();
        let call = module.parent.as_ref().and_then(|(id, name)| {
            let parent = config.module(*id)?;
            Some((&**parent, parent.calls.get(name)?))
        });
        let passed = call.map(|(_, call)| &call.providers).into_iter().flatten();
        let passed = passed.map(|passed| (&passed.child.addr, passed)).collect();
        Self { config, module, diags, configured, empty, aliases, call, passed }
    }

    fn required(&self, name: &str) -> Option<&'a Provider> {
        self.module.required_providers.get(name).map(|required| &required.source)
    }

    fn error(&mut self, summary: &str, detail: String, at: Span) {
        self.diags.push(Diagnostic::error(summary, detail).at(at));
    }

    fn warning(&mut self, summary: &str, detail: String, at: Span) {
        self.diags.push(Diagnostic::warning(summary, detail).at(at));
    }

    /// One provider under two names.
    fn duplicates(&mut self) {
        let mut seen: BTreeMap<&Provider, &Ident> = BTreeMap::new();
        for (name, required) in &self.module.required_providers {
            if let Some(previous) = seen.insert(&required.source, name) {
                let detail = format!(
                    "Provider {} with the local name {name:?} was previously required as \
                     {previous:?}. A provider can only be required once within required_providers.",
                    required.source.for_display()
                );
                self.warning("Duplicate required provider", detail, required.span);
            }
        }
    }

    /// Resources whose type implies a provider that is required under another name.
    fn implied(&mut self) {
        let module = self.module;
        if module.required_providers.is_empty() {
            return;
        }
        for resource in module.resources.values() {
            let local = implied_provider(&resource.addr.ty);
            if resource.provider_span.is_some() || module.required_providers.contains_key(local) {
                continue;
            }
            let implied = Provider::implied(local);
            for (name, required) in &module.required_providers {
                if required.source != implied {
                    continue;
                }
                let detail = format!(
                    "Provider \"{implied}\" was implicitly required via resource \"{}\", but \
                     listed in required_providers as {name:?}. Either the local name in \
                     required_providers must match the resource name, or the {name:?} provider \
                     must be assigned within the resource block.",
                    resource.addr
                );
                self.warning("Duplicate required provider", detail, resource.span);
            }
        }
    }

    fn module_text(&self) -> String {
        text_of(self.module)
    }

    fn parent_text(&self) -> String {
        self.call.map_or_else(|| text_of(self.module), |(parent, _)| text_of(parent))
    }

    /// What this module's calls pass on by default names must be known here.
    fn passed_on(&mut self) {
        let module = self.module;
        let all =
            module.calls.values().flat_map(|call| call.providers.iter().map(move |p| (call, p)));
        for (call, passed) in all {
            let parent = &passed.parent;
            // Aliased ones are never inherited; where they are used says more.
            if parent.addr.alias.is_some() {
                continue;
            }
            let name = &parent.addr.name;
            let default = default_provider(name).for_display();
            let configured = self.configured.contains(&parent.addr);
            if !configured && self.required(name).is_none() {
                let (here, above) = (self.module_text(), self.parent_text());
                let detail = format!(
                    "There is no explicit declaration for local provider name {name:?} in {here}, \
                     so Terraform is assuming you mean to pass a configuration for provider \
                     {default:?}.\n\nTo clarify your intent and silence this warning, add to \
                     {above} a required_providers entry named {name:?} with source = {default:?}, \
                     or a different source address if appropriate."
                );
                self.warning("Reference to undefined provider", detail, parent.name_span);
                continue;
            }
            let Some((_, own_call)) = self.call else { continue };
            if !configured && !self.passed.contains_key(&parent.addr) {
                let detail = format!(
                    "The configuration for {} expects to inherit a configuration for provider \
                     {default} with local name {name:?}, but {} doesn't pass a configuration \
                     under that name.\n\nTo satisfy this requirement, add an entry for {name:?} \
                     to the \"providers\" argument in the module {:?} block.",
                    module.path.child(call.name.clone()),
                    self.parent_text(),
                    own_call.name
                );
                let summary = "Missing required provider configuration";
                self.warning(summary, detail, own_call.span);
            }
        }
    }

    /// What holds of called modules only.
    fn child(&mut self) {
        let Some((parent, call)) = self.call else { return };
        if !self.configured.is_empty()
            && let Some(span) = self.repeated(parent, call)
        {
            let detail = format!(
                "The module at {} is a legacy module which contains its own local provider \
                 configurations, and so calls to it may not use the count, for_each, or depends_on \
                 arguments.\n\nIf you also control the module \"{}\", consider updating this \
                 module to instead expect provider configurations to be passed by its caller.",
                self.module.path,
                source_of(self.config, self.module)
            );
            let summary = "Module is incompatible with count, for_each, and depends_on";
            self.error(summary, detail, span);
        }
        for name in self.configured.clone() {
            if let Some(passed) = self.passed.get(name) {
                let (at, here, above) =
                    (passed.child.name_span, self.module_text(), self.parent_text());
                let detail = format!(
                    "The configuration of {here} has its own local configuration for {name}, and \
                     so it cannot accept an overridden configuration provided by {above}."
                );
                self.error("Cannot override provider configuration", detail, at);
            }
        }
        for (name, provider) in self.aliases.clone() {
            if name.alias.is_none()
                || self.configured.contains(name)
                || self.passed.contains_key(name)
            {
                continue;
            }
            let detail = format!(
                "The child module requires an additional configuration for provider {}, with the \
                 local name \"{name}\".\n\nRefer to the module's documentation to understand the \
                 intended purpose of this additional provider configuration, and then add an \
                 entry for {name} in the \"providers\" meta-argument in the module block to \
                 choose which provider configuration the module should use for that purpose.",
                provider.for_display()
            );
            self.error("Missing required provider configuration", detail, call.span);
        }
        for (name, passed) in self.passed.clone() {
            self.passed_in(parent, name, passed);
        }
        self.redundant();
    }

    /// Where this call, or one around it, repeats or waits.
    fn repeated(&self, parent: &Module, call: &ModuleCall) -> Option<Span> {
        let own = match &call.repetition {
            Repetition::Count(expr) | Repetition::ForEach(expr) => Some(expr.span()),
            Repetition::Single => call.depends_on.first().map(|first| first.span),
        };
        own.or_else(|| {
            let (id, name) = parent.parent.as_ref()?;
            let grandparent = self.config.module(*id)?;
            self.repeated(grandparent, grandparent.calls.get(name)?)
        })
    }

    /// A configuration that is passed must be one that the module can use.
    fn passed_in(&mut self, parent: &Module, name: &LocalProvider, passed: &PassedProvider) {
        let required = self.required(&name.name);
        let declared =
            required.is_some() || self.aliases.contains_key(name) || self.empty.contains_key(name);
        let provider = match self.aliases.get(name) {
            Some(provider) => (*provider).clone(),
            None => required.cloned().unwrap_or_else(|| default_provider(&name.name)),
        };
        let display = provider.for_display();
        if !declared {
            let here = self.module_text();
            let is_default = &*provider.host == DEFAULT_HOST && &*provider.namespace == "hashicorp";
            if is_default {
                let detail = format!(
                    "There is no explicit declaration for local provider name \"{name}\" in \
                     {here}, so Terraform is assuming you mean to pass a configuration for \
                     {display:?}.\n\nIf you also control the child module, add a \
                     required_providers entry named \"{name}\" with the source address {display:?}."
                );
                let summary = "Reference to undefined provider";
                self.warning(summary, detail, passed.child.name_span);
            } else {
                let detail = format!(
                    "The child module does not declare any provider requirement with the local \
                     name \"{name}\".\n\nIf you also control the child module, you can add a \
                     required_providers entry named \"{name}\" with the source address \
                     {display:?} to accept this provider configuration."
                );
                let summary = "Reference to undefined provider";
                self.error(summary, detail, passed.child.name_span);
            }
        }
        let theirs = &passed.parent.addr;
        let given = match parent.required_providers.get(&theirs.name) {
            Some(required) => required.source.clone(),
            None => default_provider(&theirs.name),
        };
        if given != provider {
            let (here, above) = (self.module_text(), self.parent_text());
            let detail = format!(
                "The local name \"{theirs}\" in {above} represents provider \"{}\", but \"{name}\" \
                 in {here} represents {display:?}.\n\nEach provider has its own distinct \
                 configuration schema and provider types, so this module's \"{name}\" can be \
                 assigned only a configuration for {display}, which is not required by {here}.",
                given.for_display()
            );
            self.error("Provider type mismatch", detail, passed.parent.name_span);
        }
    }

    /// Empty blocks, which were how a need was declared up to 0.15.
    fn redundant(&mut self) {
        for (name, span) in self.empty.clone() {
            let source = self.required(&name.name).cloned();
            let source = source.unwrap_or_else(|| default_provider(&name.name)).for_display();
            let alias = match name.alias {
                Some(_) => format!("      configuration_aliases = [\n        {name},\n      ]\n"),
                None => String::new(),
            };
            let local = &name.name;
            let detail = format!(
                "Earlier versions of Terraform used empty provider blocks (\"proxy provider \
                 configurations\") for child modules to declare their need to be passed a \
                 provider configuration by their callers. That approach was ambiguous and is now \
                 deprecated.\n\nIf you control this module, you can migrate to the new \
                 declaration syntax by removing all of the empty provider {local:?} blocks and \
                 then adding or updating an entry like the following to the required_providers \
                 block of {}:\n    {local} = {{\n      source = {source:?}\n{alias}    }}",
                self.module_text()
            );
            self.warning("Redundant empty provider block", detail, span);
        }
    }
}

/// The module as messages name it.
fn text_of(module: &Module) -> String {
    if module.path.is_root() { "the root module".to_owned() } else { module.path.to_string() }
}
