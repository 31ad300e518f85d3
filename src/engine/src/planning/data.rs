//! Data sources: read while planning if that can be, else put off until the apply.

use std::sync::Arc;

use groma_addr::{Mode, ProviderConfig};
use groma_config::ResourceBlock;
use groma_diag::Diagnostic;
use groma_provider_api::objchange::planned_data_object;
use groma_provider_api::{Answer as Said, DataRequest, ProviderDiagnostics, has_errors};
use groma_state::{Change, Dependencies};
use groma_value::{Marks, Path, Value};

use super::resources::{Evaluated, Part, Wanted};
use super::{Answer, Planner};
use crate::checks::{self, Checkable};
use crate::event::id_value;
use crate::graph::{Id, Node};
use crate::instance::codec::encode;
use crate::instance::sound::conforms;
use crate::pool::TypeSchema;
use crate::report::located;
use crate::walk::{Load, Next};
use crate::{Action, ActionReason, InstanceChange, ObjectId, Operation, PlanMode, PlannedObject};

/// What a data source gave.
pub(crate) struct DataAnswer {
    config: Value,
    result: Said<Value>,
    warnings: ProviderDiagnostics,
}

impl Planner<'_> {
    pub(super) fn start_data(
        &mut self,
        id: Id,
        part: usize,
        block: &ResourceBlock,
        wanted: &Wanted,
    ) -> Next<Answer> {
        let Some(evaluated) = self.evaluate(block, wanted) else { return Next::Failed };
        let Evaluated { config, schema, provider, provider_config, meta } = evaluated;
        let (plain, _) = config.unmark_deep();
        let reason = if !plain.is_wholly_known() {
            ActionReason::ReadBecauseConfigUnknown
        } else if self.is_pending(id, block, wanted) {
            ActionReason::ReadBecauseDependencyPending
        } else {
            ActionReason::None
        };
        if reason != ActionReason::None {
            if let Some(check) = self.check_of(id, block, wanted) {
                self.eval.checks.note_data(check, None);
            }
            let after = not_read(&config, &schema);
            self.read_later(wanted, provider_config, after.clone(), &schema, reason);
            // What was read before says nothing of what will be.
            self.drop_data(&wanted.addr);
            self.set_value(id, part, after);
            return Next::Done;
        }
        let object = ObjectId { addr: Arc::new(wanted.addr.clone()), deposed: None };
        self.underway.start((id, part), object, Operation::Read, None, self.input.events);
        let ty = Arc::clone(&block.addr.ty);
        Next::Job {
            load: Load::Call,
            job: Box::pin(async move {
                let warnings = provider.validate_data(&ty, &plain).await;
                let failed = has_errors(&warnings);
                let request = DataRequest { ty, config: plain, meta };
                let result =
                    if failed { Err(Vec::new()) } else { provider.read_data(request).await };
                Answer::Data(Box::new(DataAnswer { config, result, warnings }))
            }),
        }
    }

    /// The check that a data source belongs to.
    fn check_of(
        &self,
        id: Id,
        block: &ResourceBlock,
        wanted: &Wanted,
    ) -> Option<Checkable<'static>> {
        let Node::Resource(module, _) = self.graph.graph[id] else { return None };
        self.eval.check_of(module, block.check.as_ref()?, wanted.frame)
    }

    /// Plans to read a data source, maybe again.
    fn read_later(
        &mut self,
        wanted: &Wanted,
        provider: Arc<ProviderConfig>,
        after: Value,
        schema: &TypeSchema,
        reason: ActionReason,
    ) {
        let object = PlannedObject {
            schema_version: schema.schema.version,
            // Nothing has to be destroyed in order.
            dependencies: Dependencies::none(),
            create_before_destroy: false,
            identity: None,
        };
        let addr = wanted.addr.clone();
        let before = Value::null(schema.ty.clone());
        let change = InstanceChange::new(addr, provider, Action::Read, before, after, object);
        self.keep(InstanceChange { reason, ..change });
    }

    /// Takes in what a data source gave.
    pub(super) fn data_read(&mut self, id: Id, part: usize, answer: DataAnswer) -> bool {
        let now = answer.result.as_ref().ok().map(|read| id_value(&read.answer));
        self.underway.end((id, part), now, self.input.events);
        let Some(Part::Wanted(wanted)) = self.part(id, part) else { return true };
        let Node::Resource(module, at) = self.graph.graph[id] else { return true };
        let Some(block) = self.block(module, at).cloned() else { return true };
        let address = wanted.addr.to_string();
        let provider =
            self.eval.frames.get(wanted.frame).module.provider_configs.get(&block.provider);
        let provider = provider.and_then(|config| self.pool.configured_as(config));
        let Some(provider) = provider.map(|(config, _)| Arc::clone(config)) else { return false };
        let Some(schema) = self.pool.ty(&provider.provider, Mode::Data, &block.addr.ty).cloned()
        else {
            return false;
        };
        let DataAnswer { config, result, mut warnings } = answer;
        let value = match result {
            Ok(read) => {
                warnings.extend(read.warnings);
                Some(read.answer)
            }
            Err(errors) => {
                warnings.extend(errors);
                None
            }
        };
        let mut diags = located(warnings, Some(&block.body), Some(block.span), &address);
        let sound = |value: &Value| {
            let sound = conforms(value, &schema.ty).is_ok() && value.is_wholly_known();
            if !sound {
                diags.push(unsound(&provider, &address).at(block.span));
            }
            sound
        };
        let value = value.filter(sound).map(|value| {
            let (_, marks): (Value, Vec<(Path, Marks)>) = config.unmark_deep_with_paths();
            schema.mark_sensitive(value.mark_with_paths(&marks))
        });
        let check = self.check_of(id, &block, &wanted);
        if let Some(check) = check {
            // What a check cannot find out is told, and stops nothing.
            let failed = diags.has_errors().then(|| checks::failed_to_read(&mut diags));
            self.eval.checks.note_data(check, failed);
        }
        if !self.report_all(diags) {
            return false;
        }
        let value = value.unwrap_or_else(|| not_read(&config, &schema));
        if check.is_some() && self.mode == PlanMode::Normal {
            let reason = ActionReason::ReadBecauseCheckNested;
            self.read_later(&wanted, Arc::clone(&provider), value.clone(), &schema, reason);
        }
        let planned = PlannedObject {
            schema_version: schema.schema.version,
            dependencies: Dependencies::none(),
            create_before_destroy: false,
            identity: None,
        };
        // What could not be read is null there.
        let stored = value.unknown_as_null();
        if let Ok(object) = encode(&stored, &schema, Arc::default(), false, &planned) {
            self.state.apply(Change::Object {
                addr: wanted.addr.clone(),
                deposed: None,
                provider,
                object: Some(object),
            });
        }
        let ok = self.holds(id, &block, &wanted, &value);
        self.set_value(id, part, value);
        ok
    }
}

/// A data source that has not been read: as its configuration says, the rest unknown.
fn not_read(config: &Value, schema: &TypeSchema) -> Value {
    let (plain, marks) = config.unmark_deep_with_paths();
    let value = planned_data_object(&schema.schema.block, &plain).mark_with_paths(&marks);
    schema.mark_sensitive(value)
}

fn unsound(provider: &ProviderConfig, address: &str) -> Diagnostic {
    Diagnostic::error(
        "Provider produced invalid object",
        format!(
            "Provider {:?} produced an invalid value for {address}.\n\nThis is a bug in the \
             provider, which should be reported in the provider's own issue tracker.",
            provider.provider.to_string()
        ),
    )
}
