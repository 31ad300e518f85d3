//! What has objects replaced: `replace_triggered_by`, and `-replace`.

use groma_addr::{AbsResource, InstanceKey, Mode, Resource, ResourceInstance};
use groma_config::{Reference, Subject};
use groma_diag::Diagnostic;
use groma_eval::{Instances, KeyData, instance_key};
use groma_lang::eval::evaluate;
use groma_lang::syntax::{Expr, ExprKind, StepKind, Traversal};
use groma_value::{Path, PathStep, View};

use super::Planner;
use super::resources::Wanted;
use crate::{Action, InstanceChange};

impl Planner<'_> {
    /// Warns of `-replace` with an address that lacks the key of an instance.
    pub(super) fn check_replacements(&mut self, resource: &AbsResource, keys: &Instances<KeyData>) {
        let keyless = resource.clone().instance(InstanceKey::None);
        if !self.input.options.force_replace.contains(&keyless) {
            return;
        }
        let instances = keys.entries().map(|(key, _)| resource.clone().instance(key));
        let instances: Vec<ResourceInstance> = instances.collect();
        let option = |addr: &ResourceInstance| format!("\n  -replace={:?}", addr.to_string());
        let why = match instances.as_slice() {
            [only] if *only == keyless => return,
            [] => "this resource doesn't have any instances.".to_owned(),
            [only] => format!(
                "it lacks an instance key.\n\nTo force replacement of the single declared instance, \
                 use the following option instead:{}",
                option(only)
            ),
            several => format!(
                "it lacks an instance key.\n\nTo force replacement of particular instances, use one \
                 or more of the following options instead:{}",
                several.iter().map(option).collect::<String>()
            ),
        };
        self.report(Diagnostic::warning(
            "Incompletely-matched force-replace resource instance",
            format!(
                "Your force-replace request for {keyless} doesn't match any resource instances \
                 because {why}"
            ),
        ));
    }

    /// Whether something in the instance's `replace_triggered_by` is about to change. `None` if
    /// nothing at all is planned for what one of them names, which is then reported: Terraform
    /// takes that for a mistake, too.
    pub(super) fn triggered(&mut self, triggers: &[Expr], wanted: &Wanted) -> Option<bool> {
        let mut ok = true;
        for expr in triggers {
            match self.triggers(expr, wanted) {
                Ok(true) if ok => return Some(true),
                Ok(_) => {}
                Err(nothing) => {
                    self.report(nothing);
                    ok = false;
                }
            }
        }
        ok.then_some(false)
    }

    /// Whether what a trigger refers to is about to change.
    fn triggers(&self, expr: &Expr, wanted: &Wanted) -> Result<bool, Diagnostic> {
        let Some((traversal, key)) = self.trigger(expr, wanted) else { return Ok(false) };
        let Ok(Reference {
            subject: Subject::Resource { mode: Mode::Managed, ty, name, key: literal },
            consumed,
            ..
        }) = Reference::parse(&traversal)
        else {
            return Ok(false);
        };
        let resource = Resource::new(Mode::Managed, ty.as_str(), name.as_str());
        let key = key.or_else(|| literal.and_then(instance_key));
        let rest: Vec<PathStep> = traversal.steps[consumed..]
            .iter()
            .filter_map(|step| match &step.kind {
                StepKind::Attr(name) => Some(PathStep::Attr(name.clone())),
                StepKind::Index(key) => match key.view() {
                    View::Number(number) => Some(PathStep::Index(number.clone())),
                    View::String(text) => Some(PathStep::Key(text.clone())),
                    _ => None,
                },
            })
            .collect();
        let rest = Path(rest);
        let module = &wanted.addr.module;
        let of_module = resource.clone().in_module(module.module());
        let mut planned = self
            .changes_of(&of_module)
            .filter(|change| {
                change.addr.module == *module
                    && change.deposed.is_none()
                    && key.as_ref().is_none_or(|key| *key == change.addr.key)
            })
            .peekable();
        if planned.peek().is_none() {
            let key = key.as_ref().map(InstanceKey::to_string).unwrap_or_default();
            let module =
                if module.is_root() { "the root module".to_owned() } else { module.to_string() };
            let summary = format!("no change found for {resource}{key} in {module}");
            return Err(Diagnostic::error(summary, "").at(expr.span()));
        }
        Ok(planned.any(|change| changes_at(change, &rest)))
    }

    /// The reference of a trigger, with the key if it is an expression.
    fn trigger(&self, expr: &Expr, wanted: &Wanted) -> Option<(Traversal, Option<InstanceKey>)> {
        match expr.kind() {
            ExprKind::Traversal(traversal) => Some((traversal, None)),
            ExprKind::Index { collection, key } => {
                let ExprKind::Traversal(traversal) = collection.kind() else { return None };
                let scope = self.eval.scope(wanted.frame).keyed(&wanted.data);
                let (value, _) = evaluate(&key.to_expr(), &scope);
                Some((traversal, Some(instance_key(&value)?)))
            }
            ExprKind::Relative(inner, steps) => {
                let (mut traversal, key) = self.trigger(&inner.to_expr(), wanted)?;
                traversal.steps.extend(steps);
                Some((traversal, key))
            }
            _ => None,
        }
    }
}

/// Whether a change touches what is at a path: of a whole object, updates and replacements; of an
/// attribute, any difference.
fn changes_at(change: &InstanceChange, path: &Path) -> bool {
    if path.0.is_empty() {
        return change.action == Action::Update || change.action.is_replace();
    }
    if !(change.action == Action::Update || change.action.is_replace()) {
        return false;
    }
    let before = change.before.unmark_deep().0;
    let after = change.after.unmark_deep().0;
    match (before.at_path(path), after.at_path(path)) {
        (Some(before), Some(after)) => before.equals(after).as_bool() != Some(true),
        (None, None) => false,
        _ => true,
    }
}
