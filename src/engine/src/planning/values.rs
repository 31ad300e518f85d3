//! Module instances, and named values.

use groma_config::ModuleId;
use groma_diag::{Diagnostic, Diagnostics, Span};
use groma_eval::condition::{self, Kind, Status};
use groma_eval::variable::{Given, RootSource, prepare};
use groma_eval::{Expansion, FrameId, Frames, ModuleScope, expand};
use groma_lang::eval::evaluate;
use groma_state::{CheckStatus, CheckableKind};
use groma_value::{Marks, Value};

use super::Planner;
use crate::{PlanMode, VariableSource};

impl Planner<'_> {
    /// The names of a frame, as far as they have values.
    pub(super) fn scope(&self, frame: FrameId) -> ModuleScope<'_> {
        ModuleScope::new(&self.frames, frame, &self.globals)
    }

    /// The instances of a module at one place in the configuration.
    pub(super) fn frames_of(&self, module: ModuleId) -> Vec<FrameId> {
        self.frames.of(module).to_vec()
    }

    /// Makes the instances of a module in each instance of its caller.
    pub(super) fn expand_module(&mut self, id: ModuleId) -> bool {
        let module = std::sync::Arc::clone(&self.graph.module(id).module);
        let Some((parent, name)) = module.parent.clone() else { return true };
        let caller = std::sync::Arc::clone(&self.graph.module(parent).module);
        let Some(call) = caller.calls.get(&name) else { return true };
        let mut ok = true;
        for frame in self.frames_of(parent) {
            let (expansion, diags) = expand(&call.repetition, &self.scope(frame), false);
            ok &= self.report_all(diags);
            match expansion {
                Expansion::Known(keys) => self.frames.expand(frame, &name, &module, &keys),
                Expansion::Unknown | Expansion::Failed => ok = false,
            }
        }
        ok
    }

    /// Sets an input variable in all instances of its module.
    pub(super) fn variable(&mut self, id: ModuleId, at: u32) -> bool {
        let entry = self.graph.module(id);
        let module = std::sync::Arc::clone(&entry.module);
        let Some(name) = entry.names.variables.get(at as usize).cloned() else { return true };
        let Some(variable) = module.variables.get(&name) else { return true };
        let argument = module.parent.as_ref().and_then(|(parent, call)| {
            self.graph.module(*parent).module.calls.get(call)?.arguments.get(&name).cloned()
        });
        let mut ok = true;
        for frame in self.frames_of(id) {
            let (given, from) = match (&argument, self.frames.get(frame).parent) {
                (Some(argument), Some(caller)) => {
                    let keys = self.frames.get(frame).key.clone();
                    let (value, diags) = evaluate(&argument.expr, &self.scope(caller).keyed(&keys));
                    ok &= self.report_all(diags);
                    (Some(value), Given::Argument(argument.expr.span()))
                }
                (None, Some(_)) => (None, Given::Default),
                _ => self.root_variable(&name),
            };
            let (value, diags) = prepare(variable, given, from);
            let sound = self.report_all(diags);
            self.frames.set_variable(frame, &name, value);
            ok &= sound;
            if sound && !variable.validations.is_empty() {
                let place = match from {
                    Given::Argument(span) | Given::Root(RootSource::File(span)) => span,
                    _ => variable.span,
                };
                ok &= self.validate_variable(frame, &name, place);
            }
        }
        ok
    }

    fn root_variable(&self, name: &str) -> (Option<Value>, Given) {
        match self.input.options.variables.get(name) {
            None => (None, Given::Default),
            Some(given) => {
                let from = match &given.source {
                    VariableSource::Environment => RootSource::Environment,
                    VariableSource::Argument => RootSource::Argument,
                    VariableSource::File(span) => RootSource::File(*span),
                    VariableSource::Interactive | VariableSource::Caller => RootSource::Other,
                };
                (Some(given.value.clone()), Given::Root(from))
            }
        }
    }

    fn validate_variable(&mut self, frame: FrameId, name: &str, place: Span) -> bool {
        let module = std::sync::Arc::clone(&self.frames.get(frame).module);
        let Some(variable) = module.variables.get(name) else { return true };
        let mut ok = true;
        let mut results = Vec::new();
        for rule in &variable.validations {
            let checked = condition::validate(rule, place, &self.scope(frame));
            ok &= self.report_all(checked.diagnostics);
            results.push((checked.status, checked.message));
        }
        self.note_checks(CheckableKind::Variable, frame, &format!("var.{name}"), results);
        ok
    }

    /// Sets a local value in all instances of its module.
    pub(super) fn local(&mut self, id: ModuleId, at: u32) -> bool {
        let entry = self.graph.module(id);
        let module = std::sync::Arc::clone(&entry.module);
        let Some(name) = entry.names.locals.get(at as usize).cloned() else { return true };
        let Some(local) = module.locals.get(&name) else { return true };
        let mut ok = true;
        for frame in self.frames_of(id) {
            let (value, diags) = evaluate(&local.expr, &self.scope(frame));
            if self.report_all(diags) {
                self.frames.set_local(frame, &name, value);
            } else {
                ok = false;
            }
        }
        ok
    }

    /// Sets an output value in all instances of its module, after its preconditions.
    pub(super) fn output(&mut self, id: ModuleId, at: u32) -> bool {
        let entry = self.graph.module(id);
        let module = std::sync::Arc::clone(&entry.module);
        let Some(name) = entry.names.outputs.get(at as usize).cloned() else { return true };
        let Some(output) = module.outputs.get(&name) else { return true };
        let destroying = self.input.options.mode == PlanMode::Destroy;
        let mut ok = true;
        for frame in self.frames_of(id) {
            if !destroying && !output.preconditions.is_empty() {
                let what = format!("output.{name}");
                let rules = &output.preconditions;
                let (kind, checkable) = (Kind::OutputPrecondition, CheckableKind::Output);
                ok &= self.conditions(rules, kind, checkable, frame, &what, None);
            }
            let (value, diags) = evaluate(&output.expr, &self.scope(frame));
            if !self.report_all(diags) {
                // Of a destruction, what an output would be does not matter.
                ok &= destroying;
                self.frames.set_output(frame, &name, Value::dynamic());
                continue;
            }
            match output_value(output, value, frame == Frames::ROOT) {
                Ok(value) => self.frames.set_output(frame, &name, value),
                Err(diagnostic) => {
                    self.report(diagnostic);
                    ok = false;
                }
            }
        }
        ok
    }

    /// Evaluates conditions, reports those that do not hold, and notes the results.
    pub(super) fn conditions(
        &mut self,
        rules: &[groma_config::Condition],
        kind: Kind,
        checkable: CheckableKind,
        frame: FrameId,
        what: &str,
        scope: Option<(&groma_eval::KeyData, Option<&Value>)>,
    ) -> bool {
        let mut diags = Diagnostics::new();
        let mut results = Vec::new();
        for rule in rules {
            let mut names = self.scope(frame);
            if let Some((keys, this)) = scope {
                names = names.keyed(keys);
                if let Some(this) = this {
                    names = names.with_self(this);
                }
            }
            let checked = condition::check(rule, kind, &names);
            diags.extend(checked.diagnostics);
            results.push((checked.status, checked.message));
        }
        self.note_checks(checkable, frame, what, results);
        self.report_all(diags)
    }

    /// Evaluates the assertions of a `check` block.
    pub(super) fn check(&mut self, id: ModuleId, at: u32) -> bool {
        let entry = self.graph.module(id);
        let module = std::sync::Arc::clone(&entry.module);
        let Some(name) = entry.names.checks.get(at as usize).cloned() else { return true };
        let Some(check) = module.checks.get(&name) else { return true };
        for frame in self.frames_of(id) {
            let what = format!("check.{name}");
            let (kind, checkable) = (Kind::CheckAssertion, CheckableKind::Check);
            self.conditions(&check.asserts, kind, checkable, frame, &what, None);
        }
        true
    }

    /// Adds the results of conditions to those of their object.
    pub(super) fn note_checks(
        &mut self,
        kind: CheckableKind,
        frame: FrameId,
        what: &str,
        results: Vec<(Status, String)>,
    ) {
        let frame = self.frames.get(frame);
        let within = |module: String| {
            if module.is_empty() { what.to_owned() } else { format!("{module}.{what}") }
        };
        let object = within(frame.addr.to_string());
        let config = within(frame.module.path.to_string());
        let config = match kind {
            // An instance's key is not part of what is written.
            CheckableKind::Resource => config.split('[').next().unwrap_or_default().to_owned(),
            _ => config,
        };
        let results = results.into_iter().map(|(status, message)| {
            (
                match status {
                    Status::Pass => CheckStatus::Pass,
                    Status::Fail => CheckStatus::Fail,
                    Status::Unknown => CheckStatus::Unknown,
                    Status::Error => CheckStatus::Error,
                },
                message,
            )
        });
        self.checks.note(kind, &config, &object, results);
    }
}

/// An output's value with its marks, or why it must not have that value.
pub(crate) fn output_value(
    output: &groma_config::Output,
    value: Value,
    root: bool,
) -> Result<Value, Diagnostic> {
    let marks = value.marks_deep();
    let place = output.expr.span();
    if marks.sensitive() && !output.sensitive && root {
        return Err(Diagnostic::error(
            "Output refers to sensitive values",
            "To reduce the risk of accidentally exporting sensitive data that was intended to be \
             only internal, Terraform requires that any root module output containing sensitive \
             data be explicitly marked as sensitive, to confirm your intent.\n\nIf you do intend to \
             export this data, annotate the output value as sensitive by adding the following \
             argument:\n    sensitive = true",
        )
        .at(output.span));
    }
    if output.ephemeral {
        let value = value.with_marks(Marks::EPHEMERAL);
        return Ok(if output.sensitive { value.with_marks(Marks::SENSITIVE) } else { value });
    }
    if marks.ephemeral() {
        return Err(Diagnostic::error(
            "Ephemeral value not allowed",
            "This output value is not declared as returning an ephemeral value, so it cannot be \
             set to a result derived from an ephemeral value.",
        )
        .at(place));
    }
    Ok(if output.sensitive { value.with_marks(Marks::SENSITIVE) } else { value })
}
