//! Imports: objects that exist already and are brought under management.
//!
//! An instance that is to be imported is imported and read right before it is planned; the object
//! then stands in the state as if it had always been there.

mod blocks;
mod named;

use std::sync::Arc;

use groma_addr::{ProviderConfig, ResourceInstance};
use groma_config::ResourceBlock;
use groma_diag::Diagnostic;
use groma_provider_api::{
    Answer as Said, Answered, AttributeDiagnostic, ImportTarget, ObjectState, Private,
    ProviderDiagnostics, ReadRequest, has_errors,
};
use groma_state::Change;

pub(crate) use self::blocks::without_block;
pub(super) use self::blocks::{by_resource, written};
use self::named::identity;
pub(crate) use self::named::{Named, import_name};
use super::resources::Wanted;
use super::{Answer, Planner};
use crate::event::id_value;
use crate::graph::Id;
use crate::instance::codec::{Decoded, encode};
use crate::instance::sound::{put_right, unreadable};
use crate::pool::TypeSchema;
use crate::report::located;
use crate::walk::{Load, Next};
use crate::{Event, ObjectId, PlannedObject};

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
