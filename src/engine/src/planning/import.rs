//! `import` blocks: objects that are there already, brought under management.

use std::collections::HashMap;
use std::sync::Arc;

use groma_addr::{InstanceKey, ModuleInstance, ModuleStep, ResourceInstance};
use groma_config::{Import, ResourceBlock};
use groma_diag::{Diagnostic, Span};
use groma_eval::{Expansion, Frames, KeyData, expand};
use groma_lang::eval::{Cause, evaluate, expression_values};
use groma_lang::syntax::{Expr, ExprKind, StepKind};
use groma_provider_api::{ObjectState, ProviderDiagnostics, ReadRequest};
use groma_state::Change;
use groma_value::{Type, Value, View, convert};

use super::resources::{Part, Wanted};
use super::{Answer, Planner};
use crate::graph::{Id, Node};
use crate::instance::codec::{Decoded, encode};
use crate::report::located;
use crate::walk::Next;
use crate::{Event, Importing, ObjectId, PlannedObject};

/// An object to be imported.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    id: String,
    span: Span,
}

/// An object that was imported, or was not.
pub(crate) struct Imported {
    result: Result<Option<ObjectState>, ProviderDiagnostics>,
}

impl Planner<'_> {
    /// Asks for one import, besides those of `import` blocks, after which nothing is planned.
    pub(super) fn import_only(&mut self, addr: &ResourceInstance, id: &str) {
        let resource = addr.containing().config();
        let block = self.graph.modules.iter().find_map(|entry| {
            let here = entry.module.path == resource.module;
            here.then(|| entry.module.resources.get(&resource.resource)).flatten()
        });
        let Some(block) = block else {
            let text = format!("There is no resource {resource} in the configuration.");
            self.report(Diagnostic::error("Resource not in the configuration", text));
            return;
        };
        let target = Target { id: id.to_owned(), span: block.ty_span };
        self.imports.insert(addr.clone(), target);
        self.import_only = Some(addr.clone());
    }

    /// The change that takes an imported object into the state.
    pub(super) fn imported_object(&self, addr: &ResourceInstance) -> Option<Change> {
        let instance = self.state.instance(addr)?;
        Some(Change::Object {
            addr: addr.clone(),
            deposed: None,
            provider: Arc::clone(&instance.provider),
            object: Some(instance.current.clone()?),
        })
    }

    /// Finds the imports whose target is an instance of a resource. Whether all were understood.
    pub(super) fn find_imports(
        &mut self,
        block: &ResourceBlock,
        path: &groma_addr::Module,
    ) -> bool {
        let Some(root) = self.input.config.root().cloned() else { return true };
        let mut ok = true;
        for import in &root.imports {
            if import.resource.resource == block.addr && import.resource.module == *path {
                ok &= self.find_import(import);
            }
        }
        ok
    }

    fn find_import(&mut self, import: &Import) -> bool {
        let keys = match &import.for_each {
            None => vec![KeyData::NONE],
            Some(expr) => {
                let repetition = groma_config::Repetition::ForEach(expr.clone());
                let (expansion, diags) = expand(&repetition, &self.eval.scope(Frames::ROOT), false);
                if !self.report_all(diags) {
                    return false;
                }
                let Expansion::Known(keys) = expansion else { return false };
                keys.entries().map(|(_, data)| data.clone()).collect()
            }
        };
        let mut ok = true;
        for data in keys {
            match self.import_target(import, &data) {
                Ok((addr, id)) => {
                    let target = Target { id, span: import.span };
                    if self.imports.insert(addr.clone(), target).is_some() {
                        let text = format!(
                            "An import block for the resource {addr} was already declared. A \
                             resource can have only one import block."
                        );
                        let diagnostic = Diagnostic::error("Duplicate import configuration", text);
                        self.report(diagnostic.at(import.span));
                        ok = false;
                    }
                }
                Err(Some(diagnostic)) => {
                    self.report(diagnostic);
                    ok = false;
                }
                Err(None) => ok = false,
            }
        }
        ok
    }

    fn import_target(
        &mut self,
        import: &Import,
        data: &KeyData,
    ) -> Result<(ResourceInstance, String), Option<Diagnostic>> {
        let keys = import_keys(&import.to).ok_or_else(|| {
            Diagnostic::error(
                "Invalid import address expression",
                "Import address must be a reference to a resource's address, and only allows for \
                 indexing with dynamic keys. For example: module.my_module[expression1].\
                 aws_s3_bucket.my_buckets[expression2] for resources inside of modules, or simply \
                 aws_s3_bucket.my_bucket for a resource in the root module",
            )
            .at(import.to.span())
        })?;
        let mut instance_keys = Vec::new();
        for key in keys {
            let (value, diags) = match key {
                None => (None, groma_diag::Diagnostics::new()),
                Some(Ok(value)) => (Some(value), groma_diag::Diagnostics::new()),
                Some(Err(expr)) => {
                    let (value, diags) =
                        evaluate(&expr, &self.eval.scope(Frames::ROOT).keyed(data));
                    (Some(value), diags)
                }
            };
            if !self.report_all(diags) {
                return Err(None);
            }
            instance_keys.push(match value.as_ref().map(|value| value.view()) {
                None => InstanceKey::None,
                Some(View::Number(number)) => InstanceKey::Int(number.to_u64().unwrap_or_default()),
                Some(View::String(text)) => InstanceKey::Str(text.as_str().into()),
                Some(_) => {
                    return Err(Some(
                        Diagnostic::error(
                            "Invalid index expression",
                            "Index key must be either a string or a number.",
                        )
                        .at(import.to.span()),
                    ));
                }
            });
        }
        let key = instance_keys.pop().unwrap_or(InstanceKey::None);
        let calls = import.resource.module.calls().iter().zip(instance_keys);
        let steps = calls.map(|(name, key)| ModuleStep { name: name.clone(), key });
        let addr = ResourceInstance {
            module: ModuleInstance::new(steps),
            resource: import.resource.resource.clone(),
            key,
        };
        let (id, diags) = {
            let scope = self.eval.scope(Frames::ROOT);
            let (value, diags) = evaluate(&import.id, &scope.keyed(data));
            (value, diags)
        };
        if !self.report_all(diags) {
            return Err(None);
        }
        self.import_id(import, &id).map(|id| (addr, id)).map_err(Some)
    }

    fn import_id(&self, import: &Import, value: &Value) -> Result<String, Diagnostic> {
        let wrong = |detail: &str, cause: Cause| {
            let mut diagnostic =
                Diagnostic::error("Invalid import id argument", detail).at(import.id.span());
            let scope = self.eval.scope(Frames::ROOT);
            diagnostic.values = expression_values(&import.id, &scope, cause);
            diagnostic
        };
        let none = Cause::default();
        let (plain, marks) = value.unmark_deep();
        if plain.is_null() {
            return Err(wrong("The import ID cannot be null.", none));
        }
        if !plain.is_known() {
            return Err(wrong(
                "The import block \"id\" argument depends on resource attributes that cannot be \
                 determined until apply, so Terraform cannot plan to import this resource.",
                Cause { unknown: true, ..none },
            ));
        }
        if marks.sensitive() {
            return Err(wrong("The import ID cannot be sensitive.", none));
        }
        let text = convert(&plain, &Type::String).ok();
        let text = text.as_ref().and_then(Value::as_str).map(ToString::to_string);
        match text {
            Some(text) if text.is_empty() => Err(wrong(
                "The import ID value evaluates to an empty string, please provide a non-empty value.",
                none,
            )),
            Some(text) => Ok(text),
            None => Err(wrong("The import ID value is unsuitable: a string is required.", none)),
        }
    }

    /// Starts an instance's import, if there is one to be done.
    pub(super) fn start_import(
        &mut self,
        block: &ResourceBlock,
        wanted: &Wanted,
    ) -> Option<Next<Answer>> {
        let target = self.imports.get(&wanted.addr)?.clone();
        if self.objects.contains_key(&(wanted.addr.clone(), None)) {
            // It is managed already.
            self.imports.remove(&wanted.addr);
            return None;
        }
        let module = Arc::clone(&self.eval.frames.get(wanted.frame).module);
        let config = module.provider_configs.get(&block.provider)?;
        let provider = self.pool.configured(config).cloned()?;
        let ty = Arc::clone(&block.addr.ty);
        let object = ObjectId { addr: Arc::new(wanted.addr.clone()), deposed: None };
        self.input.events.emit(Event::ImportStart { object, id: target.id.clone() });
        Some(Next::Job {
            pure: false,
            job: Box::pin(async move {
                let result = match provider.import(&ty, &target.id).await {
                    Err(errors) => Err(errors),
                    Ok(found) => match found.into_iter().find(|object| object.ty == ty) {
                        None => Ok(None),
                        Some(object) => {
                            let request = ReadRequest { ty, prior: object.state };
                            provider.read(request).await.map(Some)
                        }
                    },
                };
                Answer::Imported(Box::new(Imported { result }))
            }),
        })
    }

    /// Takes in an imported object, and goes on to plan its change.
    pub(super) fn imported(&mut self, id: Id, part: usize, answer: Imported) -> Next<Answer> {
        let Some(Part::Wanted(wanted)) = self.part(id, part) else { return Next::Done };
        let Node::Resource(module, at) = self.graph.graph[id] else { return Next::Done };
        let Some(block) = self.block(module, at).cloned() else { return Next::Done };
        let Some(target) = self.imports.get(&wanted.addr).cloned() else { return Next::Done };
        let address = wanted.addr.to_string();
        let found = match answer.result {
            Ok(found) => found.filter(|object| !object.value.is_null()),
            Err(errors) => {
                self.report_all(located(errors, None, Some(target.span), &address));
                return Next::Failed;
            }
        };
        let Some(object) = found else {
            self.report(
                Diagnostic::error(
                    "Cannot import non-existent remote object",
                    format!(
                        "While attempting to import an existing object to {address:?}, the \
                         provider detected that no object exists with the given id. Only \
                         pre-existing objects can be imported; check that the id is correct and \
                         that it is associated with the provider's configured region or endpoint, \
                         or use \"terraform apply\" to create a new remote object for this \
                         resource.",
                    ),
                )
                .at(target.span),
            );
            return Next::Failed;
        };
        let frame = Arc::clone(&self.eval.frames.get(wanted.frame).module);
        let Some(config) = frame.provider_configs.get(&block.provider) else {
            return Next::Failed;
        };
        let Some(schema) = self.pool.ty(&config.provider, block.addr.mode, &block.addr.ty).cloned()
        else {
            return Next::Failed;
        };
        let decoded = Decoded {
            value: schema.mark_sensitive(object.value),
            private: object.private,
            tainted: false,
            object: PlannedObject {
                schema_version: schema.schema.version,
                dependencies: self.reach.resources(self.graph, id),
                create_before_destroy: self.reach.creates_first(id),
            },
        };
        let private = Arc::clone(&decoded.private);
        match encode(&decoded.value, &schema, private, false, &decoded.object) {
            Ok(object) => self.state.apply(Change::Object {
                addr: wanted.addr.clone(),
                deposed: None,
                provider: Arc::new(config.clone()),
                object: Some(object),
            }),
            Err(error) => {
                let text = format!("The object imported to {address} cannot be stored: {error}.");
                let diagnostic = Diagnostic::error("Provider produced invalid object", text);
                self.report(diagnostic.at(target.span));
                return Next::Failed;
            }
        }
        self.objects.insert((wanted.addr.clone(), None), decoded);
        let object = ObjectId { addr: Arc::new(wanted.addr.clone()), deposed: None };
        self.input.events.emit(Event::ImportDone { object, id: target.id });
        if self.import_only.as_ref() == Some(&wanted.addr) {
            return Next::Done;
        }
        self.start_managed(id, part, &block, &wanted)
    }

    /// The import that an instance's change is part of.
    pub(super) fn importing(&self, addr: &ResourceInstance) -> Option<Importing> {
        self.imports.get(addr).map(|target| Importing { id: target.id.clone() })
    }

    /// Reports imports whose target is no resource of the configuration.
    pub(super) fn check_imports(&mut self) {
        let Some(root) = self.input.config.root().cloned() else { return };
        for import in &root.imports {
            if self.graph.find_resource(&import.resource).is_none() {
                self.report(
                    Diagnostic::error(
                        "Import block target does not exist",
                        "The target for the given import block does not exist. The specified \
                         target is within a module, and must be defined as a resource within that \
                         module before anything can be imported.",
                    )
                    .at(import.to.span()),
                );
            }
        }
    }
}

/// The keys of an import's address: of each module call and of the resource, where it has one. A
/// key is a value, or an expression to be evaluated.
fn import_keys(to: &Expr) -> Option<Vec<Option<Result<Value, Expr>>>> {
    let mut names = Vec::new();
    let mut keys: HashMap<usize, Result<Value, Expr>> = HashMap::new();
    flatten(to, &mut names, &mut keys)?;
    let mut at = 0;
    let mut found = Vec::new();
    while names.get(at).is_some_and(|name| name == "module") {
        found.push(keys.remove(&(at + 1)));
        at += 2;
    }
    if names.get(at).is_some_and(|name| name == "resource") {
        at += 1;
    }
    found.push(keys.remove(&(at + 1)));
    (names.len() == at + 2).then_some(found)
}

/// The names of an address in order, and the keys by the place of the name that they follow.
fn flatten(
    expr: &Expr,
    names: &mut Vec<String>,
    keys: &mut HashMap<usize, Result<Value, Expr>>,
) -> Option<()> {
    let steps = |steps: &[groma_lang::syntax::Step],
                 names: &mut Vec<String>,
                 keys: &mut HashMap<usize, Result<Value, Expr>>| {
        for step in steps {
            match &step.kind {
                StepKind::Attr(name) => names.push(name.to_string()),
                StepKind::Index(key) => {
                    drop(keys.insert(names.len().saturating_sub(1), Ok(key.clone())));
                }
            }
        }
    };
    match expr.kind() {
        ExprKind::Traversal(traversal) => {
            names.push(traversal.root.to_string());
            steps(&traversal.steps, names, keys);
        }
        ExprKind::Index { collection, key } => {
            flatten(&collection.to_expr(), names, keys)?;
            keys.insert(names.len().saturating_sub(1), Err(key.to_expr()));
        }
        ExprKind::Relative(inner, more) => {
            flatten(&inner.to_expr(), names, keys)?;
            steps(&more, names, keys);
        }
        _ => return None,
    }
    Some(())
}
