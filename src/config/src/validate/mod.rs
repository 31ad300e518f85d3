//! References that lead nowhere, found without evaluating anything.
//!
//! Evaluation would find them too, but only where it comes past, and one at a time: what depends
//! on the first is not evaluated. Here all of them are found, with what names mean at each place.

mod body;
mod subject;

use std::sync::Arc;

use groma_addr::{Ident, Resource};
use groma_diag::{Diagnostic, Diagnostics};
use groma_lang::syntax::{Body, Expr, ExprKind, ExprRef, Traversal};

use crate::model::{Condition, Config, Module, ModuleCall, Provisioner, Repetition, ResourceBlock};
use crate::reference::{Reference, Subject};

/// Checks every reference of every module.
pub fn check_references(config: &Config) -> Diagnostics {
    let mut diags = Diagnostics::new();
    for module in &config.modules {
        Checker { config, module, diags: &mut diags }.module();
    }
    diags
}

/// Checks that provider configurations are there which resources name and calls pass on.
pub fn check_providers(config: &Config) -> Diagnostics {
    let mut diags = Diagnostics::new();
    for module in &config.modules {
        let mut checker = Checker { config, module, diags: &mut diags };
        for call in module.calls.values() {
            checker.passed(call);
        }
        for resource in module.resources.values() {
            checker.provider(resource);
        }
    }
    diags
}

/// What `count`, `each` and `self` are at some place, and which `check` it is in.
#[derive(Clone, Copy, Default)]
struct Place<'a> {
    count: bool,
    each: bool,
    this: bool,
    check: Option<&'a Ident>,
}

impl Place<'_> {
    fn of(repetition: &Repetition) -> Self {
        Self {
            count: matches!(repetition, Repetition::Count(_)),
            each: matches!(repetition, Repetition::ForEach(_)),
            ..Self::default()
        }
    }

    fn with_self(self) -> Self {
        Self { this: true, ..self }
    }
}

struct Checker<'a> {
    config: &'a Config,
    module: &'a Arc<Module>,
    diags: &'a mut Diagnostics,
}

impl<'a> Checker<'a> {
    fn module(&mut self) {
        let module = self.module;
        let top = Place::default();
        for variable in module.variables.values() {
            self.conditions(&variable.validations, top);
        }
        for local in module.locals.values() {
            self.expr(&local.expr, top);
        }
        for output in module.outputs.values() {
            self.expr(&output.expr, top);
            self.depends_on(&output.depends_on);
            self.conditions(&output.preconditions, top);
        }
        for provider in module.providers.values() {
            self.body(&provider.body, top);
        }
        for resource in module.resources.values() {
            self.provider(resource);
            self.resource(resource);
        }
        for call in module.calls.values() {
            self.call(call);
        }
        for check in module.checks.values() {
            let place = Place { check: Some(&check.name), ..top };
            self.conditions(&check.asserts, place);
        }
        for removed in &module.removed {
            let place = Place { count: true, each: true, this: true, check: None };
            self.provisioners(removed.connection.as_ref(), &removed.provisioners, place);
        }
        for import in &module.imports {
            let place = Place { each: import.for_each.is_some(), ..top };
            self.expr(import.by.expr(), place);
            self.keys(import.to.as_ref(), place);
            if let Some(for_each) = &import.for_each {
                self.expr(for_each, top);
            }
        }
    }

    fn resource(&mut self, resource: &'a ResourceBlock) {
        self.repetition(&resource.repetition);
        self.depends_on(&resource.depends_on);
        let place = Place { check: resource.check.as_ref(), ..Place::of(&resource.repetition) };
        self.body(&resource.body, place);
        let lifecycle = &resource.lifecycle;
        if !self.circular(resource) {
            self.conditions(&lifecycle.preconditions, place);
            self.conditions(&lifecycle.postconditions, place.with_self());
        }
        let place = place.with_self();
        self.provisioners(resource.connection.as_ref(), &resource.provisioners, place);
    }

    fn provisioners(
        &mut self,
        connection: Option<&Body>,
        provisioners: &[Provisioner],
        place: Place<'_>,
    ) {
        if let Some(connection) = connection
            && !provisioners.is_empty()
        {
            self.body(connection, place);
        }
        for provisioner in provisioners {
            self.body(&provisioner.body, place);
            if let Some(connection) = &provisioner.connection {
                self.body(connection, place);
            }
        }
    }

    fn call(&mut self, call: &'a ModuleCall) {
        self.repetition(&call.repetition);
        self.depends_on(&call.depends_on);
        let place = Place::of(&call.repetition);
        if call.arguments.is_empty() {
            self.body(&call.body, place);
        }
        for argument in call.arguments.values() {
            self.expr(&argument.expr, place);
        }
    }

    /// `count` and `for_each`, which stand outside of what they repeat.
    fn repetition(&mut self, repetition: &Repetition) {
        match repetition {
            Repetition::Count(expr) | Repetition::ForEach(expr) => {
                self.expr(expr, Place::default());
            }
            Repetition::Single => {}
        }
    }

    fn conditions(&mut self, rules: &[Condition], place: Place<'_>) {
        for rule in rules {
            self.expr(&rule.condition, place);
            self.expr(&rule.error_message, place);
        }
    }

    /// Whether the conditions of a resource name the resource itself, rather than `self`. Then no
    /// more is said of them.
    fn circular(&mut self, resource: &ResourceBlock) -> bool {
        let before = self.diags.len();
        let (own, lifecycle) = (&resource.addr, &resource.lifecycle);
        let pre = lifecycle.preconditions.iter().map(|rule| ("precondition", rule));
        let post = lifecycle.postconditions.iter().map(|rule| ("postcondition", rule));
        for (kind, rule) in pre.chain(post) {
            for expr in [&rule.condition, &rule.error_message] {
                if expr.variables().iter().any(|reference| names(reference, own)) {
                    let detail = format!("Configuration for {own} may not refer to itself.");
                    let error = Diagnostic::error(format!("Invalid reference in {kind}"), detail);
                    self.diags.push(error.at(expr.span()));
                }
            }
        }
        self.diags.len() > before
    }

    /// The same of those that a call passes on.
    fn passed(&mut self, call: &ModuleCall) {
        for passed in &call.providers {
            let addr = self.module.provider_configs.get(&passed.parent.addr);
            let missing = addr
                .filter(|addr| addr.alias.is_some() && self.config.provider_block(addr).is_none());
            if let Some(addr) = missing {
                let error = Diagnostic::error(format!("missing provider {addr}"), "");
                self.diags.push(error.at(passed.parent.span));
            }
        }
    }

    /// A configuration under an alias must be there; a default one is implied.
    fn provider(&mut self, resource: &ResourceBlock) {
        let Some(addr) = self.module.provider_config_of(resource) else { return };
        if addr.alias.is_none() || self.config.provider_block(addr).is_some() {
            return;
        }
        let resource = resource.addr.clone().in_module(self.module.path.clone());
        let detail = format!(
            "To work with {resource} its original provider configuration at {addr} is required, \
             but it has been removed. This occurs when a provider configuration is removed while \
             objects created by that provider still exist in the state. Re-add the provider \
             configuration to destroy {resource}, after which you can remove the provider \
             configuration again."
        );
        self.diags.push(Diagnostic::error("Provider configuration not present", detail));
    }

    fn expr(&mut self, expr: &Expr, place: Place<'_>) {
        for reference in expr.variables() {
            self.reference(&reference, place);
        }
    }

    fn body(&mut self, body: &Body, place: Place<'_>) {
        for reference in body::references(body) {
            self.reference(&reference, place);
        }
    }

    /// The keys in an address that are expressions.
    fn keys(&mut self, expr: ExprRef<'_>, place: Place<'_>) {
        match expr.kind() {
            ExprKind::Index { collection, key } => {
                for reference in key.variables() {
                    self.reference(&reference, place);
                }
                self.keys(collection, place);
            }
            ExprKind::Relative(source, _) => self.keys(source, place),
            _ => {}
        }
    }

    /// `depends_on` names whole objects. Those that are not there are said up to the first.
    fn depends_on(&mut self, depends_on: &[Traversal]) {
        let before = self.diags.len();
        for traversal in depends_on {
            match Reference::parse(traversal) {
                Err(diag) => self.diags.push(diag),
                Ok(reference) => {
                    if let Some(first) = traversal.steps.get(reference.consumed) {
                        let detail = "References in depends_on must be to a whole object \
                                      (resource, etc), not to an attribute of an object.";
                        let span = traversal
                            .steps
                            .last()
                            .map_or(first.span, |last| first.span.to(last.span));
                        let error = Diagnostic::error("Invalid depends_on reference", detail);
                        self.diags.push(error.at(span));
                    } else if self.diags.len() == before
                        && matches!(
                            reference.subject,
                            Subject::Resource { .. } | Subject::Module { .. }
                        )
                    {
                        self.subject(traversal, &reference, Place::default(), true);
                    }
                }
            }
        }
    }

    fn reference(&mut self, traversal: &Traversal, place: Place<'_>) {
        match Reference::parse(traversal) {
            Ok(reference) => self.subject(traversal, &reference, place, false),
            Err(diag) => self.diags.push(diag),
        }
    }
}

/// Whether a reference is to that very resource.
fn names(traversal: &Traversal, own: &Resource) -> bool {
    match Reference::parse(traversal).map(|reference| reference.subject) {
        Ok(Subject::Resource { mode, ty, name, .. }) => {
            mode == own.mode && **ty == *own.ty && **name == *own.name
        }
        _ => false,
    }
}
