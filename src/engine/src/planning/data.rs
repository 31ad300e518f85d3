//! Data sources: read while planning if that can be, else put off until the apply.

use std::collections::BTreeMap;
use std::sync::Arc;

use groma_addr::{Mode, ProviderConfig};
use groma_config::ResourceBlock;
use groma_diag::Diagnostic;
use groma_eval::condition::Kind;
use groma_provider_api::ProviderDiagnostics;
use groma_provider_api::objchange::planned_data_object;
use groma_state::{Change, CheckableKind};
use groma_value::{Marks, Path, Value};

use super::resources::{Part, Wanted};
use super::{Answer, Planner};
use crate::graph::{Id, Node};
use crate::instance::codec::encode;
use crate::instance::sound::conforms;
use crate::report::located;
use crate::walk::Next;
use crate::{Action, ActionReason, InstanceChange, Origin, PlanMode, PlannedObject};

/// What a data source gave.
pub(crate) struct DataAnswer {
    config: Value,
    result: Result<Value, ProviderDiagnostics>,
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
        if self.input.options.mode == PlanMode::Destroy {
            self.set_value(id, part, Value::dynamic());
            return Next::Done;
        }
        let Some((config, schema)) = self.decode_block(block, wanted) else { return Next::Failed };
        let module = Arc::clone(&self.eval.frames.get(wanted.frame).module);
        let Some(provider_config) = module.provider_configs.get(&block.provider) else {
            return Next::Failed;
        };
        let Some(provider) = self.pool.configured(provider_config).cloned() else {
            return Next::Failed;
        };
        let (plain, _) = config.unmark_deep();
        let reason = if !plain.is_wholly_known() {
            ActionReason::ReadBecauseConfigUnknown
        } else if self.is_pending(id, block) {
            ActionReason::ReadBecauseDependencyPending
        } else {
            ActionReason::None
        };
        if reason != ActionReason::None {
            self.put_off(id, part, wanted, provider_config, &config, &schema, reason);
            return Next::Done;
        }
        let ty = Arc::clone(&block.addr.ty);
        Next::Job {
            pure: false,
            job: Box::pin(async move {
                let warnings = provider.validate_data(&ty, &plain).await;
                let failed = warnings.iter().any(|d| d.severity == groma_diag::Severity::Error);
                let result =
                    if failed { Err(Vec::new()) } else { provider.read_data(&ty, &plain).await };
                Answer::Data(Box::new(DataAnswer { config, result, warnings }))
            }),
        }
    }

    /// Whether something that the block depends on, beyond its arguments, is about to change.
    fn is_pending(&self, id: Id, block: &ResourceBlock) -> bool {
        if block.depends_on.is_empty() {
            return false;
        }
        let nearest = self.reach.resources(self.graph, id);
        nearest.iter().any(|addr| self.changes_of(addr).any(|change| change.action.is_change()))
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one decision")]
    fn put_off(
        &mut self,
        id: Id,
        part: usize,
        wanted: &Wanted,
        provider: &ProviderConfig,
        config: &Value,
        schema: &crate::pool::TypeSchema,
        reason: ActionReason,
    ) {
        let (plain, marks) = config.unmark_deep_with_paths();
        let after = planned_data_object(&schema.schema.block, &plain).mark_with_paths(&marks);
        let after = schema.mark_sensitive(after);
        let change = InstanceChange {
            addr: wanted.addr.clone(),
            prev_run_addr: wanted.addr.clone(),
            deposed: None,
            provider: Arc::new(provider.clone()),
            action: Action::Read,
            reason,
            before: Value::null(schema.ty.clone()),
            after: after.clone(),
            required_replace: Vec::new(),
            replace_causes: Vec::new(),
            importing: None,
            generated_config: None,
            unknown_from: BTreeMap::new(),
            provisioners: None,
            private: Arc::default(),
            object: PlannedObject {
                schema_version: schema.schema.version,
                dependencies: self.reach.resources(self.graph, id),
                create_before_destroy: false,
            },
            origin: Origin::default(),
        };
        self.keep(change);
        self.set_value(id, part, after);
    }

    /// Takes in what a data source gave.
    pub(super) fn data_read(&mut self, id: Id, part: usize, answer: DataAnswer) -> bool {
        let Some(Part::Wanted(wanted)) = self.part(id, part) else { return true };
        let Node::Resource(module, at) = self.graph.graph[id] else { return true };
        let Some(block) = self.block(module, at).cloned() else { return true };
        let address = wanted.addr.to_string();
        let DataAnswer { config, result, mut warnings } = answer;
        let value = result.unwrap_or_else(|errors| {
            warnings.extend(errors);
            Value::dynamic()
        });
        let mut diags = located(warnings, Some(&block.body), Some(block.span), &address);
        if block.check.is_some() && diags.has_errors() {
            // What a check cannot find out is told, and stops nothing.
            for diagnostic in &mut diags {
                diagnostic.severity = groma_diag::Severity::Warning;
            }
            self.report_all(diags);
            self.set_value(id, part, Value::dynamic());
            return true;
        }
        if !self.report_all(diags) {
            return false;
        }
        let module = Arc::clone(&self.eval.frames.get(wanted.frame).module);
        let Some(provider) = module.provider_configs.get(&block.provider) else { return false };
        let Some(schema) = self.pool.ty(&provider.provider, Mode::Data, &block.addr.ty).cloned()
        else {
            return false;
        };
        if conforms(&value, &schema.ty).is_err() || !value.is_wholly_known() {
            self.report(
                Diagnostic::error(
                    "Provider produced invalid object",
                    format!(
                        "Provider {:?} produced an invalid value for {address}.\n\nThis is a bug \
                         in the provider, which should be reported in the provider's own issue \
                         tracker.",
                        provider.provider.to_string()
                    ),
                )
                .at(block.span),
            );
            return false;
        }
        let (_, marks): (Value, Vec<(Path, Marks)>) = config.unmark_deep_with_paths();
        let value = schema.mark_sensitive(value.mark_with_paths(&marks));
        let planned = PlannedObject {
            schema_version: schema.schema.version,
            dependencies: Arc::default(),
            create_before_destroy: false,
        };
        if let Ok(object) = encode(&value, &schema, Arc::default(), false, &planned) {
            self.state.apply(Change::Object {
                addr: wanted.addr.clone(),
                deposed: None,
                provider: Arc::new(provider.clone()),
                object: Some(object),
            });
        }
        let rules = &block.lifecycle.postconditions;
        let mut ok = true;
        if !rules.is_empty() {
            let what = format!("{}{}", block.addr, wanted.key);
            let names = Some((&wanted.data, Some(&value)));
            let kind = Kind::ResourcePostcondition;
            let found = self.eval.conditions(
                rules,
                kind,
                CheckableKind::Resource,
                wanted.frame,
                &what,
                names,
            );
            ok = self.report_all(found);
        }
        self.set_value(id, part, value);
        ok
    }
}
