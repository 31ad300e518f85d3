//! References: names, the steps from them, and what they were, for messages.

use std::collections::BTreeMap;

use groma_diag::{Diagnostics, ExprValue};
use groma_value::Value;

use super::access;
use super::describe::{Cause, statement};
use super::evaluator::{Env, Evaluator};
use super::scope::{Scope, unknown_variable};
use super::spans::bracket;
use crate::syntax::{Expr, ExprRef, Step, StepKind, Traversal};

/// What can be said of the values of the references in `expr`, for a diagnostic about it: sorted
/// by reference, each once. Sensitive, ephemeral and unknown values only if `cause` says so.
pub fn expression_values(expr: &Expr, scope: &dyn Scope, cause: Cause) -> Vec<ExprValue> {
    Evaluator::new(scope).values_of(expr.as_ref(), Env::default(), cause)
}

impl Evaluator<'_> {
    pub(super) fn traversal(
        &mut self,
        expr: ExprRef<'_>,
        traversal: &Traversal,
        env: Env<'_>,
        diags: &mut Diagnostics,
    ) -> Value {
        match self.resolve(traversal, env) {
            Ok((value, consumed)) => {
                let rest = traversal.steps.get(consumed..).unwrap_or_default();
                self.steps(expr, value, rest, env, diags)
            }
            // What needs names is no constant, which is a failure of the expression like any other.
            Err(errors) if !self.scope.has_names() => {
                diags.extend(errors);
                Value::dynamic()
            }
            Err(errors) => {
                self.failed = true;
                for error in errors {
                    // A reference may be evaluated more than once, in a loop or for its type.
                    if !self.unresolved.iter().any(|known| *known == error) {
                        self.unresolved.push(error);
                    }
                }
                Value::dynamic()
            }
        }
    }

    /// The value that the reference starts from, and how many steps that takes.
    fn resolve(&self, traversal: &Traversal, env: Env<'_>) -> Result<(Value, usize), Diagnostics> {
        if let Some(value) = env.local(&traversal.root) {
            return Ok((value.clone(), 0));
        }
        if env.locals.is_some() && !self.scope.has_names() {
            let known = env.names().map(|local| local.name);
            return Err(unknown_variable(traversal, known).into());
        }
        self.scope.resolve(traversal).map(|resolved| (resolved.value, resolved.consumed))
    }

    /// Goes from `value` along `steps`, which are part of `expr`.
    pub(super) fn steps(
        &mut self,
        expr: ExprRef<'_>,
        mut value: Value,
        steps: &[Step],
        env: Env<'_>,
        diags: &mut Diagnostics,
    ) -> Value {
        for step in steps {
            value = match take(&value, step) {
                Ok(next) => next,
                Err(error) => {
                    diags.push(self.error(error.summary, error.detail, step.span, expr, env));
                    return Value::dynamic();
                }
            };
        }
        value
    }

    /// `collection[key]`
    pub(super) fn index(
        &mut self,
        expr: ExprRef<'_>,
        collection: ExprRef<'_>,
        key: ExprRef<'_>,
        env: Env<'_>,
        diags: &mut Diagnostics,
    ) -> Value {
        let collection_value = self.eval(collection, env, diags);
        let key = self.eval(key, env, diags);
        match access::index(&collection_value, &key) {
            Ok(element) => element,
            Err(error) => {
                let subject = bracket(expr, collection);
                diags.push(self.error(error.summary, error.detail, subject, expr, env));
                Value::dynamic()
            }
        }
    }

    /// What can be said of the references in `expr`: of each the longest part that has a value.
    pub(super) fn values_of(
        &mut self,
        expr: ExprRef<'_>,
        env: Env<'_>,
        cause: Cause,
    ) -> Vec<ExprValue> {
        let mut said = BTreeMap::new();
        for traversal in expr.variables() {
            let Some((reference, value)) = self.longest(&traversal, env) else { continue };
            if let Some(statement) = statement(&value, cause) {
                said.insert(reference, statement);
            }
        }
        said.into_iter().map(|(traversal, statement)| ExprValue { traversal, statement }).collect()
    }

    /// The longest part of the reference that has a value. A name alone is not worth mentioning.
    fn longest(&self, traversal: &Traversal, env: Env<'_>) -> Option<(String, Value)> {
        (1..=traversal.steps.len()).rev().find_map(|end| {
            let part = traversal.prefix(end);
            let (mut value, consumed) = self.resolve(&part, env).ok()?;
            for step in part.steps.get(consumed..)? {
                value = take(&value, step).ok()?;
            }
            Some((part.to_string(), value))
        })
    }
}

fn take(value: &Value, step: &Step) -> Result<Value, access::AccessError> {
    match &step.kind {
        StepKind::Attr(name) => access::get_attr(value, name),
        StepKind::Index(key) => access::index(value, key),
    }
}
