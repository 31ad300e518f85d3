//! Override files: what they say takes the place of what was said before, argument by argument.

use groma_addr::Mode;
use groma_diag::{Diagnostic, Span};
use groma_lang::syntax::{Body, Traversal};
use groma_value::Value;

use super::module::Builder;
use crate::decode::{
    CallDraft, File, OutputDraft, ProviderDraft, ResourceDraft, VariableDraft, to_type,
};
use crate::model::{IgnoreChanges, Local, Repetition};

impl Builder<'_> {
    /// Applies an override file.
    pub(super) fn merge(&mut self, file: File) {
        if !file.required_versions.is_empty() {
            self.draft.required_version = file.required_versions;
        }
        for requirements in file.requirements {
            self.draft.required_providers.extend(requirements.entries);
        }
        self.merge_state_blocks(file.backends, file.clouds);
        for (name, meta) in file.provider_metas {
            self.draft.provider_metas.insert(name, meta);
        }
        for provider in file.providers {
            self.merge_provider(provider);
        }
        for variable in file.variables {
            self.merge_variable(variable);
        }
        for local in file.locals {
            self.merge_local(local);
        }
        for output in file.outputs {
            self.merge_output(output);
        }
        for call in file.calls {
            self.merge_call(call);
        }
        for resource in file.resources {
            self.merge_resource(resource);
        }
        for moved in file.moved {
            let detail = "Records of moved objects can appear only in normal files, not in \
                          override files.";
            self.error("Cannot override 'moved' blocks", detail.to_owned(), moved.span);
        }
        for import in file.imports {
            let detail = "Import blocks can appear only in normal files, not in override files.";
            self.error("Cannot override 'import' blocks", detail.to_owned(), import.span);
        }
        for removed in file.removed {
            let detail = "Removed blocks can appear only in normal files. This one has no effect.";
            self.diags
                .push(Diagnostic::warning("Ignored 'removed' block", detail).at(removed.span));
        }
    }

    fn missing(&mut self, summary: &str, what: &str, only: &str, span: Span) {
        let detail = format!("There is no {what}. An override file can only override {only}.");
        self.error(summary, detail, span);
    }

    pub(super) fn merge_state_blocks(
        &mut self,
        backends: Vec<crate::model::Backend>,
        clouds: Vec<crate::model::Cloud>,
    ) {
        if let [first, second, ..] = backends.as_slice() {
            let detail = format!(
                "Each override file may have only one backend configuration. A backend was \
                 previously configured at {}.",
                self.place(first.span)
            );
            self.error("Duplicate override backend configuration", detail, second.span);
        }
        if let [first, second, ..] = clouds.as_slice() {
            let detail = format!(
                "A module may have only one 'cloud' block configuring HCP Terraform or Terraform \
                 Enterprise. The 'cloud' block was previously configured at {}.",
                self.place(first.span)
            );
            self.error("Duplicate HCP Terraform configurations", detail, second.span);
        }
        if let Some(backend) = backends.into_iter().next() {
            self.draft.backend = Some(backend);
            self.draft.cloud = None;
        }
        if let Some(cloud) = clouds.into_iter().next() {
            self.draft.cloud = Some(cloud);
            self.draft.backend = None;
        }
    }

    fn merge_provider(&mut self, over: ProviderDraft) {
        let Some(base) = self.draft.providers.get_mut(&over.addr) else {
            if over.addr.alias.is_some() {
                let what = format!(
                    "provider configuration for {:?} with the alias {:?}",
                    over.addr.name,
                    over.addr.alias.as_deref().unwrap_or_default()
                );
                let only = "an aliased provider configuration that was already defined in a \
                            primary configuration file";
                let summary = "Missing base provider configuration for override";
                self.missing(summary, &what, only, over.span);
                return;
            }
            // A default configuration is always there, empty if nothing is said of it.
            self.draft.providers.insert(over.addr.clone(), over);
            return;
        };
        replace(&mut base.version, over.version);
        base.body = Body::merge_override(&base.body, &over.body);
    }

    fn merge_variable(&mut self, over: VariableDraft) {
        let Some(base) = self.draft.variables.get_mut(&over.name) else {
            let what = format!("variable named {:?}", over.name);
            let only = "a variable that was already declared in a primary configuration file";
            self.missing("Missing base variable declaration to override", &what, only, over.span);
            return;
        };
        let (new_type, new_default) = (over.constraint.is_some(), over.default.is_some());
        replace(&mut base.description, over.description);
        replace(&mut base.constraint, over.constraint);
        replace(&mut base.default, over.default);
        replace(&mut base.sensitive, over.sensitive);
        replace(&mut base.ephemeral, over.ephemeral);
        replace(&mut base.nullable, over.nullable);
        let Some((default, _)) = &mut base.default else { return };
        let mut problem = None;
        if let Some((constraint, _)) = &base.constraint {
            match to_type(default.clone(), constraint) {
                Ok(value) => *default = value,
                Err(why) => {
                    *default = Value::dynamic();
                    let what = match (new_type, new_default) {
                        (true, false) => {
                            "Overriding this variable's type constraint has made its default \
                             value invalid"
                        }
                        (false, true) => {
                            "The overridden default value for this variable is not compatible \
                             with the variable's type constraint"
                        }
                        _ => {
                            "This variable's default value is not compatible with its type \
                             constraint, due to a change in an override file"
                        }
                    };
                    problem = Some(format!("{what}: {why}."));
                }
            }
        }
        if base.nullable == Some(false) && default.is_null() {
            problem = Some("A null default value is not valid when nullable=false.".to_owned());
        }
        if let Some(detail) = problem {
            self.error("Invalid default value for variable", detail, over.span);
        }
    }

    fn merge_local(&mut self, over: Local) {
        if let Some(base) = self.draft.locals.get_mut(&over.name) {
            *base = over;
            return;
        }
        let what = format!("local value named {:?}", over.name);
        let only = "a local value that was already defined in a primary configuration file";
        let summary = "Missing base local value definition to override";
        self.missing(summary, &what, only, over.span);
    }

    fn merge_output(&mut self, over: OutputDraft) {
        let Some(base) = self.draft.outputs.get_mut(&over.name) else {
            let what = format!("output named {:?}", over.name);
            let only = "an output that was already defined in a primary configuration file";
            self.missing("Missing base output definition to override", &what, only, over.span);
            return;
        };
        replace(&mut base.description, over.description);
        replace(&mut base.expr, over.expr);
        replace(&mut base.sensitive, over.sensitive);
        replace(&mut base.ephemeral, over.ephemeral);
        self.refuse_depends_on(&over.depends_on);
    }

    fn merge_call(&mut self, over: CallDraft) {
        let Some(base) = self.draft.calls.get_mut(&over.name) else {
            let what = format!("module call named {:?}", over.name);
            let only = "a module call that was defined in a primary configuration file";
            self.missing("Missing module call to override", &what, only, over.span);
            return;
        };
        replace(&mut base.source, over.source);
        replace(&mut base.version, over.version);
        replace_repetition(&mut base.repetition, over.repetition);
        base.body = Body::merge_override(&base.body, &over.body);
        for passed in over.providers {
            let mut same = base.providers.iter_mut();
            match same.find(|other| other.child.addr == passed.child.addr) {
                Some(other) => *other = passed,
                None => base.providers.push(passed),
            }
        }
        self.refuse_depends_on(&over.depends_on);
    }

    fn merge_resource(&mut self, over: ResourceDraft) {
        let Some(base) = self.draft.resources.get_mut(&over.addr) else {
            let (ty, name) = (&over.addr.ty, &over.addr.name);
            if over.addr.mode == Mode::Ephemeral {
                // Terraform says nothing of it.
                let detail = format!(
                    "There is no {ty} ephemeral resource named {name:?} to override. This block \
                     has no effect."
                );
                let summary = "Ignored override of an ephemeral resource";
                self.diags.push(Diagnostic::warning(summary, detail).at(over.span));
                return;
            }
            let (kind, block) = match over.addr.mode {
                Mode::Data => ("data resource", "data"),
                Mode::Managed | Mode::Ephemeral => ("resource", "resource"),
            };
            let what = format!("{ty} {kind} named {name:?}");
            let only = format!("a {block} block defined in a primary configuration file");
            self.missing(&format!("Missing {kind} to override"), &what, &only, over.span);
            return;
        };
        replace(&mut base.provider, over.provider);
        replace_repetition(&mut base.repetition, over.repetition);
        replace(&mut base.connection, over.connection);
        base.body = Body::merge_override(&base.body, &over.body);
        if !over.provisioners.is_empty() {
            base.provisioners = over.provisioners;
        }
        let (base, over_cycle) = (&mut base.lifecycle, over.lifecycle);
        replace(&mut base.create_before_destroy, over_cycle.create_before_destroy);
        replace(&mut base.prevent_destroy, over_cycle.prevent_destroy);
        if !matches!(over_cycle.ignore_changes, IgnoreChanges::None) {
            base.ignore_changes = over_cycle.ignore_changes;
        }
        if !over_cycle.replace_triggered_by.is_empty() {
            base.replace_triggered_by = over_cycle.replace_triggered_by;
        }
        self.refuse_depends_on(&over.depends_on);
    }

    fn refuse_depends_on(&mut self, depends_on: &[Traversal]) {
        if let Some(first) = depends_on.first() {
            let detail = "The depends_on argument may not be overridden.";
            self.error("Unsupported override", detail.to_owned(), first.span);
        }
    }
}

/// What the override says, if it says anything.
fn replace<T>(base: &mut Option<T>, over: Option<T>) {
    if over.is_some() {
        *base = over;
    }
}

fn replace_repetition(base: &mut Repetition, over: Repetition) {
    if !matches!(over, Repetition::Single) {
        *base = over;
    }
}
