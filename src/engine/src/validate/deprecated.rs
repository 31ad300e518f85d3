//! References to attributes that their provider would rather not have used any more.
//!
//! Each place is warned of once, whatever its value turns out to be and however often it is needed.

use std::collections::BTreeMap;

use groma_addr::Resource;
use groma_config::{Condition, Module, Provisioner, Reference, Repetition, ResourceBlock, Subject};
use groma_diag::Diagnostics;
use groma_eval::{deprecated, references};
use groma_lang::syntax::{Body, Expr, Traversal};
use groma_provider_api::Block;

use crate::pool::Pool;

/// Warns of the references in a module.
pub(super) fn in_module(module: &Module, pool: &Pool) -> Diagnostics {
    let schema = |resource: &ResourceBlock| {
        let (mode, ty) = (resource.addr.mode, &resource.addr.ty);
        let schema = &pool.ty(&resource.source, mode, ty)?.schema.block;
        has_deprecated(schema).then_some(schema)
    };
    let resources = module.resources.iter();
    let schemas: BTreeMap<_, _> =
        resources.filter_map(|(addr, resource)| Some((addr, schema(resource)?))).collect();
    let mut search = Search { schemas, found: Diagnostics::new() };
    // Most modules have nothing to look for.
    if !search.schemas.is_empty() {
        search.module(module);
    }
    search.found
}

fn has_deprecated(block: &Block) -> bool {
    block.attributes.values().any(|attribute| attribute.deprecated)
        || block.blocks.values().any(|nested| has_deprecated(&nested.block))
}

struct Search<'a> {
    /// The schemas of those resources that have attributes to warn of.
    schemas: BTreeMap<&'a Resource, &'a Block>,
    found: Diagnostics,
}

impl Search<'_> {
    fn module(&mut self, module: &Module) {
        for variable in module.variables.values() {
            self.conditions(&variable.validations, None);
        }
        module.locals.values().for_each(|local| self.expr(&local.expr, None));
        for output in module.outputs.values() {
            self.expr(&output.expr, None);
            self.conditions(&output.preconditions, None);
        }
        module.providers.values().for_each(|provider| self.body(&provider.body, None));
        module.resources.values().for_each(|resource| self.resource(resource));
        for call in module.calls.values() {
            self.repetition(&call.repetition);
            call.arguments.values().for_each(|argument| self.expr(&argument.expr, None));
        }
        module.checks.values().for_each(|check| self.conditions(&check.asserts, None));
        for import in &module.imports {
            self.expr(import.by.expr(), None);
            import.for_each.iter().for_each(|for_each| self.expr(for_each, None));
        }
    }

    fn resource(&mut self, resource: &ResourceBlock) {
        let this = self.schemas.get(&resource.addr).copied();
        self.repetition(&resource.repetition);
        self.body(&resource.body, None);
        self.conditions(&resource.lifecycle.preconditions, None);
        self.conditions(&resource.lifecycle.postconditions, this);
        for Provisioner { body, connection, .. } in &resource.provisioners {
            self.body(body, this);
            let connection = connection.as_ref().or(resource.connection.as_ref());
            if let Some(connection) = connection {
                self.body(connection, this);
            }
        }
    }

    fn repetition(&mut self, repetition: &Repetition) {
        match repetition {
            Repetition::Count(expr) | Repetition::ForEach(expr) => self.expr(expr, None),
            Repetition::Single => {}
        }
    }

    fn conditions(&mut self, rules: &[Condition], this: Option<&Block>) {
        for rule in rules {
            self.expr(&rule.condition, this);
            self.expr(&rule.error_message, this);
        }
    }

    fn expr(&mut self, expr: &Expr, this: Option<&Block>) {
        references::of_expr(expr, &mut |traversal| self.reference(traversal, this));
    }

    fn body(&mut self, body: &Body, this: Option<&Block>) {
        references::of_body(body, &mut |traversal| self.reference(traversal, this));
    }

    /// `this` is the schema of what `self` is there.
    fn reference(&mut self, traversal: &Traversal, this: Option<&Block>) {
        let Ok(Reference { subject, consumed, .. }) = Reference::parse(traversal) else { return };
        let (schema, consumed) = match subject {
            Subject::Resource { mode, ty, name, .. } => {
                let addr = Resource::new(mode, ty.as_str(), name.as_str());
                (self.schemas.get(&addr).copied(), consumed)
            }
            Subject::This => (this, consumed),
            _ => return,
        };
        let steps = traversal.steps.get(consumed..).unwrap_or_default();
        self.found.extend(schema.and_then(|schema| deprecated(schema, steps)));
    }
}
