//! The beginning and the end of an apply: what the refresh found, outputs, checks.

use std::collections::BTreeMap;
use std::sync::Arc;

use groma_diag::Diagnostic;
use groma_eval::Frames;
use groma_state::{Change, Output, Outputs, Run, State};
use groma_value::Value;

use super::Applier;
use crate::{Event, Outcome, PlanMode};

impl Applier<'_> {
    /// Records what the plan knows of the state beyond what the store has: moves, what the refresh
    /// found, data that was read. Whether that could be written.
    pub(super) async fn begin_state(&mut self, stored: &State) -> bool {
        let changes = match stored.diff(&self.plan.prior.state) {
            Ok(changes) => changes,
            Err(error) => {
                self.report(Diagnostic::error("Failed to save state", error.to_string()));
                self.broken = true;
                return false;
            }
        };
        // Results of conditions, and outputs of modules, are of the end.
        let is_known =
            |change: &Change| matches!(change, Change::Object { .. } | Change::Output { .. });
        let changes: Vec<Change> = changes.into_iter().filter(is_known).collect();
        if changes.is_empty() {
            return true;
        }
        match self.run.record(changes).await {
            Ok(()) => true,
            Err(error) => {
                self.store_failed(&error);
                false
            }
        }
    }

    /// Records outputs and checks, and ends the run.
    pub(super) async fn finish(mut self, run: Arc<Box<dyn Run>>, cancelled: bool) -> Outcome {
        if !self.broken {
            let changes = self.last_changes();
            for change in &changes {
                self.state.apply(change.clone());
            }
            if let Err(error) = self.run.record(changes).await {
                self.store_failed(&error);
            }
            if let Err(error) = self.run.flush().await {
                self.store_failed(&error);
            }
        }
        if !self.plan.targets.is_empty() {
            self.report(incomplete());
        }
        if cancelled {
            self.report(halted());
        }
        let Self { state, counts, mut diags, events, plan, run: ours, broken, .. } = self;
        drop(ours);
        let mut closed = None;
        // After a hard stop, jobs under way still hold it; the next run closes its version then.
        if let Ok(run) = Arc::try_unwrap(run) {
            match run.close().await {
                Ok(end) => closed = Some(end),
                // It has been said already that nothing can be written.
                Err(_) if broken => {}
                Err(error) => {
                    let diagnostic = Diagnostic::error("Failed to save state", error.to_string());
                    events.emit(Event::Diagnostic(diagnostic.clone()));
                    diags.push(diagnostic);
                }
            }
        }
        if diags.has_errors() {
            return Outcome { state, counts, cancelled, closed, diagnostics: diags };
        }
        events.emit(Event::ChangeSummary { counts, applied: true, mode: plan.mode });
        let values = state
            .outputs()
            .iter()
            .map(|(name, output)| (Arc::clone(name), output.value.clone(), output.sensitive));
        events.emit(Event::OutputValues(values.collect()));
        Outcome { state, counts, cancelled, closed, diagnostics: diags }
    }

    /// Outputs of all modules, and results of conditions.
    fn last_changes(&mut self) -> Vec<Change> {
        let mut changes = Vec::new();
        let failed = self.diags.has_errors();
        let declared = self.config.root().map(|root| &root.outputs);
        for output in &self.plan.outputs {
            let is_declared = declared.is_some_and(|all| all.contains_key(&output.name));
            let after = match self.plan.mode {
                PlanMode::Destroy => None,
                _ => self.eval.frames.get(Frames::ROOT).output(&output.name),
            };
            // What the plan knew is as the plan has it.
            let planned = output.after.is_wholly_known().then_some(&output.after);
            let after = after.map(|value| planned.unwrap_or(value));
            let after = after.map(|value| value.unmark_deep().0);
            let change = match after {
                Some(value) if value.is_null() => None,
                // What it depends on failed.
                Some(value) if failed && !value.is_wholly_known() => continue,
                // What it depends on was not made: it is no target, or nothing was to be made.
                Some(value) if !value.is_wholly_known() => Some(Output {
                    value: value.unknown_as_null(),
                    sensitive: output.is_declared_sensitive(),
                }),
                Some(value) => Some(Output { value, sensitive: output.is_declared_sensitive() }),
                // What is not written any more depends on nothing that could fail.
                None if output.after.is_null() && !(failed && is_declared) => None,
                None => continue,
            };
            changes.push(Change::Output { name: output.name.clone(), output: change });
        }
        changes.extend(self.module_outputs());
        let checks = self.eval.results(&self.plan.checks);
        changes.push(Change::Checks((!checks.is_empty()).then(|| checks.into())));
        changes
    }

    fn module_outputs(&self) -> Vec<Change> {
        let mut changes = Vec::new();
        let known = self.plan.prior.state.module_outputs();
        let destroys = self.plan.mode == PlanMode::Destroy;
        // What is beside the targets is as it was.
        let keeps = self.targeted.is_limited() && !destroys;
        let mut seen = if keeps { known.clone() } else { BTreeMap::new() };
        for (_, frame) in self.eval.frames.iter().filter(|(id, _)| *id != Frames::ROOT) {
            let outputs = frame.module.outputs.values().filter(|output| !output.ephemeral);
            let outputs = outputs.filter_map(|output| {
                let value: Value = frame.output(&output.name)?.unmark_deep().0;
                let whole = value.is_wholly_known().then_some(value)?;
                let sensitive = output.sensitive;
                Some((output.name.clone(), Output { value: whole, sensitive }))
            });
            let outputs: Outputs = outputs.collect();
            if !destroys {
                seen.entry(frame.addr.clone()).or_default().extend(outputs);
            }
        }
        for module in known.keys() {
            if !seen.contains_key(module) {
                let outputs = Outputs::new();
                changes.push(Change::ModuleOutputs { module: module.clone(), outputs });
            }
        }
        let kept = seen.into_iter().filter(|(_, outputs)| !outputs.is_empty());
        changes.extend(kept.map(|(module, outputs)| Change::ModuleOutputs { module, outputs }));
        changes
    }
}

/// That somebody ended it.
fn halted() -> Diagnostic {
    Diagnostic::error(
        "execution halted",
        "The run was interrupted before everything was done. What was done is recorded in the \
         state; apply again to do the rest.",
    )
}

/// That what was applied was not everything.
fn incomplete() -> Diagnostic {
    Diagnostic::warning(
        "Applied changes may be incomplete",
        "The plan was created with the -target option in effect, so some changes requested in the \
         configuration may have been ignored and the output values may not be fully updated. Run \
         the following command to verify that no other changes are pending:\n    terraform \
         plan\n\nNote that the -target option is not suitable for routine use, and is provided \
         only for exceptional situations such as recovering from errors or mistakes, or when \
         Terraform specifically suggests to use it as part of an error message.",
    )
}
