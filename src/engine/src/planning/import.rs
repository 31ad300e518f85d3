//! Imports: objects that exist already and are brought under management.
//!
//! An instance that is to be imported is imported and read right before it is planned; the object
//! then stands in the state as if it had always been there.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use groma_addr::{
    ConfigResource, InstanceKey, ProviderConfig, ResourceInstance, Target, parse_target,
};
use groma_config::{Config, Import, ImportBy, Repetition, ResourceBlock};
use groma_diag::Diagnostic;
use groma_eval::{Frames, KeyData};
use groma_lang::eval::{Cause, Scope, evaluate, expression_values};
use groma_lang::syntax::{Expr, ExprKind, ExprRef, Traversal};
use groma_provider_api::{
    Answer as Said, Answered, AttributeDiagnostic, ImportTarget, ObjectState, Private,
    ProviderDiagnostics, ReadRequest, has_errors,
};
use groma_state::Change;
use groma_value::{Str, Type, Value, View, convert};

use super::resources::Wanted;
use super::{Answer, Planner, generate};
use crate::event::id_value;
use crate::graph::Id;
use crate::instance::codec::{Decoded, encode};
use crate::instance::sound::{put_right, unreadable};
use crate::pool::TypeSchema;
use crate::report::located;
use crate::walk::{Load, Next};
use crate::{Event, Importing, ObjectId, PlanMode, PlannedObject};

const TO: &str = "Invalid import 'to' expression";
const ID: &str = "Invalid import id argument";
const NO_CONFIG: &str = "Configuration for import target does not exist";

/// What an object is to be imported by.
#[derive(Clone, Debug)]
pub(crate) struct Named {
    /// As it is shown.
    text: String,
    target: ImportTarget,
}

impl Named {
    fn id(id: &str) -> Self {
        Self { text: id.to_owned(), target: ImportTarget::Id(id.to_owned()) }
    }

    fn identity(value: Value) -> Self {
        Self { text: jsonish(&value), target: ImportTarget::Identity(value) }
    }

    /// As part of a plan.
    pub(super) fn importing(&self) -> Importing {
        let identity = match &self.target {
            ImportTarget::Id(_) => None,
            ImportTarget::Identity(value) => Some(value.clone()),
        };
        Importing { id: self.text.clone(), identity }
    }
}

/// An identity on one line.
fn jsonish(value: &Value) -> String {
    let json = groma_value::to_json(value, &value.ty()).unwrap_or_default();
    String::from_utf8_lossy(&json).into_owned()
}

/// An object that a provider has named for an import, not yet read.
pub(crate) struct ImportAnswer {
    named: Named,
    result: Said<ObjectState>,
}

/// An imported object as it is.
pub(crate) struct ImportRead {
    named: Named,
    result: Said<ObjectState>,
}

/// What the provider knows an object by; `None` if that is not known yet.
pub(crate) fn import_name(
    import: &Import,
    scope: &dyn Scope,
) -> Result<Option<Named>, groma_diag::Diagnostics> {
    match &import.by {
        ImportBy::Id(id) => Ok(import_id(id, scope)?.as_deref().map(Named::id)),
        ImportBy::Identity(identity) => {
            let (value, diags) = evaluate(identity, scope);
            if diags.has_errors() {
                return Err(diags);
            }
            let (value, _) = value.unmark_deep();
            let known = value.is_wholly_known() && !value.is_null();
            Ok(known.then(|| Named::identity(value)))
        }
    }
}

fn import_id(id: &Expr, scope: &dyn Scope) -> Result<Option<String>, groma_diag::Diagnostics> {
    let (value, diags) = evaluate(id, scope);
    if diags.has_errors() {
        return Err(diags);
    }
    let (value, _) = value.unmark_deep();
    let invalid =
        |summary: &str, detail: &str| Err(Diagnostic::error(summary, detail).at(id.span()).into());
    if value.is_null() {
        return invalid(ID, "The import ID cannot be null.");
    }
    if !value.is_known() {
        return Ok(None);
    }
    let text = convert(&value, &Type::String).ok();
    match text.as_ref().and_then(Value::as_str).map(Str::as_str) {
        None => invalid("Incorrect value type", "Invalid expression value: string required."),
        Some("") => invalid(
            ID,
            "The import ID value evaluates to an empty string, please provide a non-empty value.",
        ),
        Some(id) => Ok(Some(id.to_owned())),
    }
}

fn unknown_id(import: &Import) -> Diagnostic {
    let argument = match &import.by {
        ImportBy::Id(_) => "id",
        ImportBy::Identity(_) => "identity",
    };
    Diagnostic::error(
        format!("Invalid import {argument} argument"),
        format!(
            "The import block \"{argument}\" argument depends on resource attributes that cannot be \
             determined until apply, so Terraform cannot plan to import this resource."
        ),
    )
    .at(import.by.expr().span())
}

impl Planner<'_> {
    /// Asks for one import, instead of those of `import` blocks, after which nothing is planned.
    pub(super) fn import_only(&mut self, addr: &ResourceInstance, id: &str) {
        let resource = addr.containing().config();
        if self.graph.find_resource(&resource).is_none() {
            let text = format!("There is no resource {resource} in the configuration.");
            self.report(Diagnostic::error("Resource not in the configuration", text));
            return;
        }
        self.imports.insert(addr.clone(), Named::id(id));
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

    /// Works out which instances of a resource are imported. Whether that could be done.
    pub(super) fn resolve_imports(
        &mut self,
        resource: &ConfigResource,
        block: &ResourceBlock,
        wanted: &HashSet<ResourceInstance>,
    ) -> bool {
        if self.import_only.is_some() || self.mode != PlanMode::Normal {
            return true;
        }
        let mut found: Vec<(ResourceInstance, Named)> = Vec::new();
        let config = Arc::clone(self.input.config);
        let blocks = config.root().map_or(&[][..], |root| root.imports.as_slice());
        let places = self.import_blocks.get(resource).cloned().unwrap_or_default();
        for import in places.into_iter().filter_map(|at| blocks.get(at)) {
            match self.expand_import(import, &block.repetition) {
                Ok(targets) => found.extend(targets),
                Err(diagnostics) => return self.report_all(diagnostics),
            }
        }
        let mut ok = true;
        for (addr, named) in found {
            // What is managed already needs no import: a block may stay once it has been applied.
            if self.state.object(&addr, None).is_some() {
                continue;
            }
            if !wanted.contains(&addr) {
                self.report(Diagnostic::error(NO_CONFIG, no_config(&addr)));
                ok = false;
                continue;
            }
            self.imports.insert(addr, named);
        }
        ok
    }

    /// The instances that a block imports, each with what names it.
    fn expand_import(
        &self,
        import: &Import,
        repetition: &Repetition,
    ) -> Result<Vec<(ResourceInstance, Named)>, groma_diag::Diagnostics> {
        let mut targets = Vec::new();
        for data in self.import_keys(import)? {
            let addr = self.import_target(&import.to, &data)?;
            let misfit = match (&addr.key, repetition) {
                (InstanceKey::Int(_), Repetition::Count(_))
                | (InstanceKey::Str(_), Repetition::ForEach(_))
                | (InstanceKey::None, _) => None,
                (InstanceKey::Int(_), _) => Some("The target resource does not use count."),
                (InstanceKey::Str(_), _) => Some("The target resource does not use for_each."),
            };
            if let Some(detail) = misfit {
                return Err(Diagnostic::error(TO, detail).at(import.to.span()).into());
            }
            let scope = self.eval.scope(Frames::ROOT).keyed(&data);
            let named = import_name(import, &scope)?.ok_or_else(|| unknown_id(import))?;
            targets.push((addr, named));
        }
        Ok(targets)
    }

    /// What `each` is in each import that a block stands for.
    fn import_keys(&self, import: &Import) -> Result<Vec<KeyData>, groma_diag::Diagnostics> {
        const SUMMARY: &str = "Invalid for_each argument";
        let Some(expr) = &import.for_each else { return Ok(vec![KeyData::NONE]) };
        let scope = self.eval.scope(Frames::ROOT);
        let (value, diags) = evaluate(expr, &scope);
        if diags.has_errors() {
            return Err(diags);
        }
        let (value, _) = value.unmark();
        if !value.is_wholly_known() {
            let mut diagnostic = Diagnostic::error(
                SUMMARY,
                "The \"for_each\" expression includes values derived from other resource \
                 attributes that cannot be determined until apply, and so Terraform cannot \
                 determine the full set of values that might be used to import this resource.",
            )
            .at(expr.span());
            let cause = Cause { unknown: true, ..Cause::default() };
            diagnostic.values = expression_values(expr, &scope, cause);
            return Err(diagnostic.into());
        }
        Ok(match value.view() {
            View::Null => Vec::new(),
            View::Map(fields) | View::Object(fields) => fields
                .iter()
                .map(|(name, value)| KeyData::each(Value::from(&**name), value.clone()))
                .collect(),
            View::Set(items) => {
                items.iter().map(|item| KeyData::each(item.clone(), item.clone())).collect()
            }
            View::List(items) | View::Tuple(items) => (0_i64..)
                .zip(items)
                .map(|(at, item)| KeyData::each(Value::from(at), item.clone()))
                .collect(),
            _ => {
                let detail = "The \"for_each\" expression must be a collection.";
                return Err(Diagnostic::error(SUMMARY, detail).at(expr.span()).into());
            }
        })
    }

    /// The instance that `to` names.
    fn import_target(
        &self,
        to: &Expr,
        data: &KeyData,
    ) -> Result<ResourceInstance, groma_diag::Diagnostics> {
        let text = self.import_address(to.as_ref(), data)?;
        match parse_target(&text) {
            Ok(Target::Instance(instance)) => Ok(instance),
            Ok(Target::Resource(resource)) => Ok(resource.instance(InstanceKey::None)),
            Ok(Target::Module(_)) => Err(Diagnostic::error(
                "Invalid import 'to' expression",
                "The import block 'to' argument does not resolve to a single resource instance.",
            )
            .at(to.span())
            .into()),
            Err(error) => Err(Diagnostic::error(error.summary, error.message).at(to.span()).into()),
        }
    }

    fn import_address(
        &self,
        expr: ExprRef<'_>,
        data: &KeyData,
    ) -> Result<String, groma_diag::Diagnostics> {
        match expr.kind() {
            ExprKind::Index { collection, key } => {
                let mut text = self.import_address(collection, data)?;
                text.push_str(&self.import_key(&key.to_expr(), data)?.to_string());
                Ok(text)
            }
            ExprKind::Relative(source, steps) => {
                let mut text = self.import_address(source, data)?;
                for step in &steps {
                    text.push_str(&step.to_string());
                }
                Ok(text)
            }
            _ => expr.as_traversal().map(|traversal| written(&traversal)),
        }
    }

    /// A key in `to`, which may use `each` alone.
    fn import_key(
        &self,
        key: &Expr,
        data: &KeyData,
    ) -> Result<InstanceKey, groma_diag::Diagnostics> {
        if let Some(other) = key.variables().into_iter().find(|t| &*t.root != "each") {
            let text = format!(
                "There is no variable named {:?}.Only \"each.key\" and \"each.value\" can be used \
                 in import address index expressions.",
                &*other.root
            );
            return Err(Diagnostic::error("Unknown variable", text).at(other.span).into());
        }
        let (value, diags) = evaluate(key, &self.eval.scope(Frames::ROOT).keyed(data));
        if diags.has_errors() {
            return Err(diags);
        }
        let invalid = |detail: &str| Diagnostic::error("Invalid index expression", detail);
        if value.marks().sensitive() {
            let detail = "Import address index expression cannot be sensitive.";
            return Err(invalid(detail).at(key.span()).into());
        }
        let found = match value.view() {
            View::String(text) => Some(InstanceKey::Str(text.as_str().into())),
            View::Number(number) => number.to_u64().map(InstanceKey::Int),
            _ => None,
        };
        found.ok_or_else(|| {
            let detail =
                "Invalid resource instance key: either a string or an integer is required.";
            Diagnostic::error("Invalid address", detail).at(key.span()).into()
        })
    }

    /// Refuses imports of what the configuration does not have.
    pub(super) fn check_imports(&mut self) {
        if self.mode == PlanMode::Normal {
            let generating = self.input.options.generate_config;
            let refused = without_block(self.input.config, generating);
            self.report_all(refused);
        }
    }

    /// Asks the provider for the object of an instance that is to be imported; `None` if it is
    /// not.
    pub(super) fn start_import(
        &mut self,
        block: &ResourceBlock,
        wanted: &Wanted,
    ) -> Option<Next<Answer>> {
        let mut named = self.imports.remove(&wanted.addr)?;
        let Some((config, schema)) = self.served(block, wanted) else { return Some(Next::Failed) };
        if let ImportTarget::Identity(value) = &named.target {
            match identity(value, &schema, &wanted.addr) {
                Ok(value) => named = Named::identity(value),
                Err(diagnostic) => {
                    self.report(diagnostic.at(block.span));
                    return Some(Next::Failed);
                }
            }
        }
        let Some(provider) = self.pool.configured(&config).cloned() else {
            return Some(Next::Failed);
        };
        let object = ObjectId { addr: Arc::new(wanted.addr.clone()), deposed: None };
        self.input.events.emit(Event::ImportStart { object, id: named.text.clone() });
        let ty = Arc::clone(&block.addr.ty);
        let job = Box::pin(async move {
            let result = match provider.import(&ty, &named.target).await {
                Ok(Answered { answer, warnings }) => {
                    only(answer, &ty, &named.text).map(|answer| Answered { answer, warnings })
                }
                Err(diagnostics) => Err(diagnostics),
            };
            Answer::Imported(Box::new(ImportAnswer { named, result }))
        });
        Some(Next::Job { load: Load::Call, job })
    }

    /// Which provider configuration serves an instance, and the schema of its type.
    fn served(
        &self,
        block: &ResourceBlock,
        wanted: &Wanted,
    ) -> Option<(ProviderConfig, Arc<TypeSchema>)> {
        let module = &self.eval.frames.get(wanted.frame).module;
        let config = module.provider_configs.get(&block.provider)?.clone();
        let schema = self.pool.ty(&config.provider, block.addr.mode, &block.addr.ty)?.clone();
        Some((config, schema))
    }

    /// Takes in the object that a provider named, and has it read.
    pub(super) fn imported(&mut self, id: Id, part: usize, answer: ImportAnswer) -> Next<Answer> {
        let Some((block, wanted)) = self.wanted(id, part) else { return Next::Done };
        let prior = match answer.result {
            Ok(Answered { answer, warnings }) => {
                self.import_warned(warnings, &block, &wanted);
                answer
            }
            Err(diagnostics) => return self.import_failed(diagnostics, &block, &wanted),
        };
        let Some((config, _)) = self.served(&block, &wanted) else { return Next::Failed };
        let Some(provider) = self.pool.configured(&config).cloned() else { return Next::Failed };
        let object = ObjectId { addr: Arc::new(wanted.addr.clone()), deposed: None };
        let named = answer.named;
        let id = named.text.clone();
        self.input.events.emit(Event::ImportDone { object: object.clone(), id });
        self.input.events.emit(Event::RefreshStart { object, id: id_value(&prior.value) });
        let ty = Arc::clone(&block.addr.ty);
        let source = &config.provider;
        let meta = self.metas.of_object(self.input.config, &wanted.addr.module, source);
        let address = wanted.addr.to_string();
        let job = Box::pin(async move {
            let identity = prior.identity.clone();
            let result = match provider.read(ReadRequest { ty, prior, meta }).await {
                Ok(now) if now.answer.value.is_null() => Err(no_object(&address)),
                other => other.map(|now| {
                    now.map(|now| ObjectState { identity: now.identity.or(identity), ..now })
                }),
            };
            Answer::ImportRead(Box::new(ImportRead { named, result }))
        });
        Next::Job { load: Load::Call, job }
    }

    /// Takes in an imported object; the instance is planned next.
    pub(super) fn import_read(&mut self, id: Id, part: usize, answer: ImportRead) -> Next<Answer> {
        let Some((block, wanted)) = self.wanted(id, part) else { return Next::Done };
        let now = match answer.result {
            Ok(Answered { answer, warnings }) => {
                self.import_warned(warnings, &block, &wanted);
                answer
            }
            Err(diagnostics) => return self.import_failed(diagnostics, &block, &wanted),
        };
        let Some((config, schema)) = self.served(&block, &wanted) else { return Next::Failed };
        let addr = wanted.addr.clone();
        let wrong = unreadable(&now.value, &schema, &config, &addr.to_string());
        if !wrong.is_empty() {
            return self.import_failed(wrong, &block, &wanted);
        }
        let object = ObjectId { addr: Arc::new(addr.clone()), deposed: None };
        self.input.events.emit(Event::RefreshDone { object, id: id_value(&now.value) });
        let private: Private = now.private;
        let decoded = Decoded {
            value: schema.mark_sensitive(put_right(now.value, &schema)),
            private: Arc::clone(&private),
            tainted: false,
            object: PlannedObject {
                schema_version: schema.schema.version,
                dependencies: self.reach.of(id).clone(),
                create_before_destroy: self.reach.creates_first(id),
                identity: now.identity,
            },
            was: None,
        };
        match encode(&decoded.value, &schema, private, false, &decoded.object) {
            Ok(object) => self.state.apply(Change::Object {
                addr: addr.clone(),
                deposed: None,
                provider: Arc::new(config),
                object: Some(object),
            }),
            Err(error) => {
                let text = format!("The object read for {addr} cannot be stored: {error}.");
                let error = Diagnostic::error("Provider produced invalid object", text);
                self.report(error.at(block.span));
                return Next::Failed;
            }
        }
        let value = decoded.value.clone();
        self.objects.insert((addr.clone(), None), decoded);
        if self.import_only.as_ref() == Some(&addr) {
            return Next::Done;
        }
        if !self.generate(id, &block, &wanted, &schema, &value) {
            return Next::Failed;
        }
        self.imported.insert(addr, answer.named);
        self.start_instance(id, part)
    }

    fn import_warned(
        &mut self,
        warnings: ProviderDiagnostics,
        block: &ResourceBlock,
        wanted: &Wanted,
    ) {
        let address = wanted.addr.to_string();
        self.report_all(located(warnings, None, Some(block.span), &address));
    }

    fn import_failed(
        &mut self,
        diagnostics: ProviderDiagnostics,
        block: &ResourceBlock,
        wanted: &Wanted,
    ) -> Next<Answer> {
        debug_assert!(has_errors(&diagnostics));
        let address = wanted.addr.to_string();
        let diags = located(diagnostics, None, Some(block.span), &address);
        self.report_all(diags);
        Next::Failed
    }
}

/// An identity as the provider's schema has it.
fn identity(
    value: &Value,
    schema: &TypeSchema,
    addr: &ResourceInstance,
) -> Result<Value, Diagnostic> {
    let Some(named) = &schema.identity else {
        let detail = format!(
            "The provider has no identities for objects of the type {}: import {addr} by its id.",
            addr.resource.ty
        );
        return Err(Diagnostic::error("Invalid import identity argument", detail));
    };
    convert(value, &named.ty).map_err(|error| {
        let detail = format!("The identity of {addr} is not as its schema has it: {error}.");
        Diagnostic::error("Invalid import identity argument", detail)
    })
}

/// The one object that an import gave.
fn only(
    objects: Vec<groma_provider_api::Imported>,
    ty: &str,
    id: &str,
) -> Result<ObjectState, ProviderDiagnostics> {
    let refuse =
        |summary: &str, detail: String| Err(vec![AttributeDiagnostic::error(summary, detail)]);
    let mut objects = objects.into_iter();
    let Some(object) = objects.next() else {
        return refuse(
            "Import returned no resources",
            format!(
                "While attempting to import with ID {id:?}, the provider returned no instance states."
            ),
        );
    };
    if objects.next().is_some() {
        return refuse(
            "Multiple import states not supported",
            format!(
                "While attempting to import with ID {id:?}, the provider returned multiple \
                 resource instance states. This is not currently supported."
            ),
        );
    }
    if object.state.value.is_null() {
        return refuse(
            "Import returned null resource",
            format!(
                "While attempting to import with ID {id:?}, the provider returned an instance with \
                 no state."
            ),
        );
    }
    if &*object.ty != ty {
        return refuse(
            "Import returned another resource type",
            format!(
                "While attempting to import with ID {id:?}, the provider returned an instance of \
                 type {:?} where one of type {ty:?} was asked for.",
                &*object.ty
            ),
        );
    }
    Ok(object.state)
}

fn no_object(address: &str) -> ProviderDiagnostics {
    vec![AttributeDiagnostic::error(
        "Cannot import non-existent remote object",
        format!(
            "While attempting to import an existing object to {address:?}, the provider detected \
             that no object exists with the given id. Only pre-existing objects can be imported; \
             check that the id is correct and that it is associated with the provider's configured \
             region or endpoint, or use \"terraform apply\" to create a new remote object for this \
             resource."
        ),
    )]
}

fn no_config(addr: &ResourceInstance) -> String {
    format!(
        "The configuration for the given import {addr} does not exist. All target instances must \
         have an associated configuration to be imported."
    )
}

/// Refuses imports of what a configuration does not have, unless a block can be generated.
pub(crate) fn without_block(config: &Config, generating: bool) -> groma_diag::Diagnostics {
    let Some(root) = config.root() else { return groma_diag::Diagnostics::new() };
    let refused = root.imports.iter().filter(|import| {
        let module = config.find(&import.resource.module);
        let has = module.is_some_and(|m| m.resources.contains_key(&import.resource.resource));
        let root = import.resource.module.is_root();
        !(has || generating && root && generate::can_generate(import))
    });
    refused.map(|import| refusal(import, generating)).collect()
}

fn refusal(import: &Import, generating: bool) -> Diagnostic {
    let span = import.to.span();
    let target =
        import.to.as_traversal().map_or_else(|_| import.resource.to_string(), |to| written(&to));
    let diagnostic = if !import.resource.module.is_root() && generating {
        let text = format!(
            "Resource {target} not found. Only resources within the root module are eligible \
             for config generation."
        );
        Diagnostic::error(NO_CONFIG, text)
    } else if !import.resource.module.is_root() {
        let text = format!(
            "The configuration for the given import target {target} does not exist. All target \
             instances must have an associated configuration to be imported."
        );
        Diagnostic::error(NO_CONFIG, text)
    } else if import.for_each.is_some() {
        Diagnostic::error(TO, "The target resource does not use for_each.")
    } else if generating {
        Diagnostic::error(
            NO_CONFIG,
            "The given import block is not compatible with config generation. The \
             -generate-config-out option cannot be used with import blocks which use for_each, \
             or resources which use for_each or count.",
        )
    } else {
        let text = format!(
            "The configuration for the given import target {target} does not exist. If you \
             wish to automatically generate config for this resource, use the \
             -generate-config-out option within terraform plan. Otherwise, make sure the \
             target resource exists within your configuration. For example:\n\n  terraform \
             plan -generate-config-out=generated.tf"
        );
        Diagnostic::error(NO_CONFIG, text)
    };
    diagnostic.at(span)
}

/// The `import` blocks of each resource, by position.
pub(super) fn by_resource(config: &Config) -> HashMap<ConfigResource, Vec<usize>> {
    let mut found: HashMap<ConfigResource, Vec<usize>> = HashMap::new();
    let blocks = config.root().map_or(&[][..], |root| root.imports.as_slice());
    for (at, import) in blocks.iter().enumerate() {
        found.entry(import.resource.clone()).or_default().push(at);
    }
    found
}

/// A reference as text.
pub(super) fn written(traversal: &Traversal) -> String {
    let mut text = traversal.root.to_string();
    for step in &traversal.steps {
        text.push_str(&step.to_string());
    }
    text
}
