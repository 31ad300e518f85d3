//! Module instances, named values and conditions: what planning, applying and validating share.
//!
//! Methods are called once for each node, in the order of references, and give what is wrong.

use std::collections::BTreeMap;
use std::sync::Arc;

use groma_addr::{Ident, InstanceKey, ModuleInstance};
use groma_config::ModuleId;
use groma_diag::{Diagnostic, Diagnostics, Severity, Span};
use groma_eval::condition::{self, Kind};
use groma_eval::variable::{About, Given, RootSource, prepare};
use groma_eval::{Expansion, FrameId, Frames, Globals, KeyData, ModuleScope, expand};
use groma_lang::eval::evaluate;
use groma_state::{CheckResult, CheckStatus, State};
use groma_value::{Marks, Value};

use crate::checks::{Checkable, Checks, Group};
use crate::graph::{ConfigGraph, Id};
use crate::{Directives, VariableSource, VariableValue};

/// What is known of the values of a configuration.
pub(crate) struct Evaluation<'a> {
    /// What there is to know.
    pub(crate) graph: &'a ConfigGraph,
    /// The values.
    pub(crate) frames: Frames,
    /// What is the same in all modules.
    pub(crate) globals: Globals,
    /// Results of conditions.
    pub(crate) checks: Checks,
    /// Values of the root module's variables.
    pub(crate) variables: BTreeMap<Ident, VariableValue>,
    /// Per-instance exceptions.
    pub(crate) directives: Directives,
    /// The state that it starts from.
    pub(crate) prior: State,
    /// Whether values that are given need not be: a destruction, or a check of a configuration.
    pub(crate) lenient: bool,
    /// Whether conditions that do not hold are only told of: nothing is going to be changed.
    pub(crate) forgiving: bool,
}

impl Evaluation<'_> {
    /// The names of a frame, as far as they have values.
    pub(crate) fn scope(&self, frame: FrameId) -> ModuleScope<'_> {
        ModuleScope::new(&self.frames, frame, &self.globals)
    }

    /// The instances of a module at one place in the configuration.
    pub(crate) fn frames_of(&self, module: ModuleId) -> Vec<FrameId> {
        self.frames.of(module).to_vec()
    }

    /// Makes the instances of a module in each instance of its caller.
    pub(crate) fn expand_module(&mut self, id: ModuleId) -> Diagnostics {
        let mut diags = Diagnostics::new();
        let module = Arc::clone(&self.graph.module(id).module);
        let Some((parent, name)) = module.parent.clone() else { return diags };
        let caller = Arc::clone(&self.graph.module(parent).module);
        let Some(call) = caller.calls.get(&name) else { return diags };
        for frame in self.frames_of(parent) {
            let (expansion, problems) = expand(&call.repetition, &self.scope(frame), false);
            diags.extend(problems);
            if let Expansion::Known(mut keys) = expansion {
                if !self.directives.is_empty() {
                    let base = self.frames.get(frame).addr.clone();
                    let all: Vec<InstanceKey> = keys.entries().map(|(key, _)| key).collect();
                    for key in all {
                        if self.is_held_back(&base.child(name.clone(), key.clone())) {
                            keys.remove(&key);
                        }
                    }
                }
                self.frames.expand(frame, &name, &module, &keys);
            }
        }
        diags
    }

    /// Whether a module instance is held and was never made.
    fn is_held_back(&self, addr: &ModuleInstance) -> bool {
        self.directives.holds_module(addr)
            && !self.prior.module_outputs().contains_key(addr)
            && !self.prior.instances().any(|(instance, _)| addr.contains(&instance.module))
    }

    /// What an output of a held module instance was at its last apply.
    fn held_output(&self, frame: FrameId, name: &str) -> Option<Value> {
        if self.directives.is_empty() {
            return None;
        }
        let addr = &self.frames.get(frame).addr;
        if addr.is_root() || !self.directives.holds_module(addr) {
            return None;
        }
        let output = self.prior.module_outputs().get(addr)?.get(name)?;
        let marks = if output.sensitive { Marks::SENSITIVE } else { Marks::NONE };
        Some(output.value.clone().with_marks(marks))
    }

    /// Sets an input variable in all instances of its module.
    pub(crate) fn variable(&mut self, id: ModuleId, at: u32) -> Diagnostics {
        let mut diags = Diagnostics::new();
        let entry = self.graph.module(id);
        let module = Arc::clone(&entry.module);
        let Some(name) = entry.names.variables.get(at as usize).cloned() else { return diags };
        let Some(variable) = module.variables.get(&name) else { return diags };
        let argument = module.parent.as_ref().and_then(|(parent, call)| {
            self.graph.module(*parent).module.calls.get(call)?.arguments.get(&name).cloned()
        });
        let node = self.graph.module(id).variable(at);
        self.expanded(node);
        for frame in self.frames_of(id) {
            let (given, from) = match (&argument, self.frames.get(frame).parent) {
                (Some(argument), Some(caller)) => {
                    let keys = self.frames.get(frame).key.clone();
                    let (value, problems) =
                        evaluate(&argument.expr, &self.scope(caller).keyed(&keys));
                    diags.extend(problems);
                    (Some(value), Given::Argument(argument.expr.span()))
                }
                (None, Some(_)) => (None, Given::Default),
                _ => self.root_variable(&name),
            };
            let about =
                About { module: &self.frames.get(frame).addr, sources: &self.globals.sources };
            let (value, problems) = prepare(variable, given, from, about);
            let sound = !problems.has_errors();
            self.expect(node, frame, &InstanceKey::None);
            diags.extend(problems);
            self.frames.set_variable(frame, &name, value);
            if sound && !self.lenient && !variable.validations.is_empty() {
                let place = match from {
                    Given::Argument(span) | Given::Root(RootSource::File(span)) => span,
                    _ => variable.span,
                };
                diags.extend(self.validate_variable(id, at, frame, &name, place));
            }
        }
        diags
    }

    fn root_variable(&self, name: &str) -> (Option<Value>, Given) {
        match self.variables.get(name) {
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

    fn validate_variable(
        &mut self,
        id: ModuleId,
        at: u32,
        frame: FrameId,
        name: &str,
        place: Span,
    ) -> Diagnostics {
        let mut diags = Diagnostics::new();
        let module = Arc::clone(&self.frames.get(frame).module);
        let Some(variable) = module.variables.get(name) else { return diags };
        let mut results = Vec::with_capacity(variable.validations.len());
        for rule in &variable.validations {
            let mut checked = condition::validate(rule, place, &self.scope(frame));
            diags.extend(std::mem::take(&mut checked.diagnostics));
            results.push(checked);
        }
        let of = Checkable::single(self.graph.module(id).variable(at), frame);
        self.checks.note(of, Group::First, &results);
        diags
    }

    /// Sets a local value in all instances of its module.
    pub(crate) fn local(&mut self, id: ModuleId, at: u32) -> Diagnostics {
        let mut diags = Diagnostics::new();
        let entry = self.graph.module(id);
        let module = Arc::clone(&entry.module);
        let Some(name) = entry.names.locals.get(at as usize).cloned() else { return diags };
        let Some(local) = module.locals.get(&name) else { return diags };
        for frame in self.frames_of(id) {
            let (value, problems) = evaluate(&local.expr, &self.scope(frame));
            if !problems.has_errors() {
                self.frames.set_local(frame, &name, value);
            }
            diags.extend(problems);
        }
        diags
    }

    /// Sets an output value in all instances of its module, after its preconditions.
    pub(crate) fn output(&mut self, id: ModuleId, at: u32) -> Diagnostics {
        let mut diags = Diagnostics::new();
        let entry = self.graph.module(id);
        let module = Arc::clone(&entry.module);
        let Some(name) = entry.names.outputs.get(at as usize).cloned() else { return diags };
        let Some(output) = module.outputs.get(&name) else { return diags };
        let node = self.graph.module(id).output(at);
        self.checks.expanded(node);
        for frame in self.frames_of(id) {
            self.checks.expect(node, frame, &InstanceKey::None);
            if let Some(value) = self.held_output(frame, &name) {
                self.frames.set_output(frame, &name, value);
                continue;
            }
            if !self.lenient && !output.preconditions.is_empty() {
                let of = Checkable::single(node, frame);
                let kind = Kind::OutputPrecondition;
                let problems = self.conditions(&output.preconditions, kind, of, None);
                let fails = problems.has_errors();
                diags.extend(problems);
                if fails && frame == Frames::ROOT {
                    continue;
                }
            }
            let (value, problems) = evaluate(&output.expr, &self.scope(frame));
            if problems.has_errors() {
                // Of a destruction, what an output would be does not matter.
                if !self.lenient {
                    diags.extend(problems);
                    if frame == Frames::ROOT {
                        continue;
                    }
                }
                self.frames.set_output(frame, &name, Value::dynamic());
                continue;
            }
            diags.extend(problems);
            match output_value(output, value, frame == Frames::ROOT) {
                Ok(value) => self.frames.set_output(frame, &name, value),
                Err(diagnostic) => diags.push(diagnostic),
            }
        }
        diags
    }

    /// Notes the instances of an output that is not evaluated.
    pub(crate) fn output_ends(&mut self, id: ModuleId, at: u32) {
        let node = self.graph.module(id).output(at);
        self.checks.expanded(node);
        for frame in self.frames_of(id) {
            self.checks.expect(node, frame, &InstanceKey::None);
        }
    }

    /// Forgets the results of conditions, which are about to be gathered anew.
    pub(crate) fn forget_results(&mut self) {
        self.checks = Checks::of(self.graph);
    }

    /// Evaluates conditions and notes the results; gives those that do not hold. `names` are
    /// `each`, `count` and `self`.
    pub(crate) fn conditions(
        &mut self,
        rules: &[groma_config::Condition],
        kind: Kind,
        of: Checkable<'_>,
        names: Option<(&KeyData, Option<&Value>)>,
    ) -> Diagnostics {
        if self.lenient || rules.is_empty() {
            return Diagnostics::new();
        }
        let severity = if self.forgiving { Severity::Warning } else { kind.severity() };
        let mut diags = Diagnostics::new();
        let mut results = Vec::with_capacity(rules.len());
        for rule in rules {
            let mut scope = self.scope(of.frame);
            if let Some((keys, this)) = names {
                scope = scope.keyed(keys);
                if let Some(this) = this {
                    scope = scope.with_self(this);
                }
            }
            let mut checked = condition::check(rule, kind, severity, &scope);
            diags.extend(std::mem::take(&mut checked.diagnostics));
            results.push(checked);
        }
        let second = kind == Kind::ResourcePostcondition;
        self.checks.note(of, if second { Group::Second } else { Group::First }, &results);
        diags
    }

    /// Evaluates the assertions of a `check` block. One whose own data could not be read has
    /// failed already.
    pub(crate) fn check(&mut self, id: ModuleId, at: u32) -> Diagnostics {
        let mut diags = Diagnostics::new();
        let entry = self.graph.module(id);
        let (module, node) = (Arc::clone(&entry.module), entry.check(at));
        let Some(name) = entry.names.checks.get(at as usize).cloned() else { return diags };
        let Some(check) = module.checks.get(&name) else { return diags };
        if self.lenient {
            return diags;
        }
        self.checks.expanded(node);
        for frame in self.frames_of(id) {
            let of = Checkable::single(node, frame);
            self.checks.expect(node, frame, &InstanceKey::None);
            if self.checks.status(of) != CheckStatus::Fail {
                diags.extend(self.conditions(&check.asserts, Kind::CheckAssertion, of, None));
            }
        }
        diags
    }

    /// Notes that a resource has been expanded, and has its conditions to be evaluated.
    pub(crate) fn expanded(&mut self, resource: Id) {
        if !self.lenient {
            self.checks.expanded(resource);
        }
    }

    /// Notes an instance of a resource, whose conditions are to be evaluated.
    pub(crate) fn expect(&mut self, resource: Id, frame: FrameId, key: &InstanceKey) {
        if !self.lenient {
            self.checks.expect(resource, frame, key);
        }
    }

    /// All results of conditions so far, which are then forgotten; see [`Checks::finish`].
    pub(crate) fn results(&mut self, planned: &[CheckResult]) -> Vec<CheckResult> {
        std::mem::take(&mut self.checks).finish(self.graph, &self.frames, planned)
    }

    /// What a check's own data is checked for.
    pub(crate) fn check_of(
        &self,
        module: ModuleId,
        name: &str,
        frame: FrameId,
    ) -> Option<Checkable<'static>> {
        let entry = self.graph.module(module);
        let at = entry.names.checks.binary_search_by(|check| (**check).cmp(name)).ok()?;
        Some(Checkable::single(entry.check(u32::try_from(at).ok()?), frame))
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
