//! `a[*].b` and `a.*.b`

use groma_diag::{Diagnostic, Diagnostics};
use groma_value::{Type, Value, View};

use super::evaluator::{Env, Evaluator};
use super::spans;
use crate::syntax::ExprRef;

impl Evaluator<'_> {
    /// Applies `each` to the elements of a list, set or tuple. Any other value stands for a tuple
    /// of itself alone, and null for an empty one.
    pub(super) fn splat(
        &mut self,
        expr: ExprRef<'_>,
        source: ExprRef<'_>,
        each: ExprRef<'_>,
        env: Env<'_>,
        diags: &mut Diagnostics,
    ) -> Value {
        let mut source_diags = Diagnostics::new();
        let value = self.eval(source, env, &mut source_diags);
        let failed = source_diags.has_errors();
        diags.extend(source_diags);
        if failed {
            return Value::dynamic();
        }
        let marks = value.marks();
        let ty = match value.view() {
            View::List(items) | View::Set(items) => {
                let element = value.ty().element().cloned().unwrap_or(Type::Dynamic);
                let list = self.splat_list(expr, &element, items, each, env, diags);
                return list.with_marks(marks);
            }
            View::Tuple(items) => {
                return self.splat_items(items, each, env, diags).0.with_marks(marks);
            }
            View::Null | View::Unknown(_) => value.ty(),
            _ => {
                let item = std::slice::from_ref(&value);
                return self.splat_items(item, each, env, diags).0.with_marks(marks);
            }
        };
        let sequence = matches!(ty, Type::List(_) | Type::Set(_) | Type::Tuple(_));
        match (value.is_null(), sequence) {
            (true, false) => Value::tuple(Vec::new()).with_marks(marks),
            (true, true) => {
                let detail =
                    "Splat expressions (with the * symbol) cannot be applied to null sequences.";
                let subject = source.span();
                let error = self.error("Splat of null value", detail, subject, source, env);
                let full = expr.source().trim_end().ends_with(']');
                let marker = spans::splat_marker(expr, source, full);
                diags.push(error.within(subject.to(marker)));
                Value::dynamic()
            }
            (false, _) if ty == Type::Dynamic => Value::dynamic().with_marks(marks),
            (false, true) => self.splat_unknown(&value, &ty, each, env, diags).with_marks(marks),
            (false, false) => {
                // One element, or none should it turn out null; what is wrong with `each` is
                // wrong either way.
                let item = std::slice::from_ref(&value);
                let (tuple, _) = self.splat_items(item, each, env, diags);
                let certain = value.is_definitely_not_null();
                (if certain { tuple } else { Value::dynamic() }).with_marks(marks)
            }
        }
    }

    /// `each` of every item as a tuple, and whether all went well. If not the tuple is unknown,
    /// of the type that it would have.
    fn splat_items(
        &mut self,
        items: &[Value],
        each: ExprRef<'_>,
        env: Env<'_>,
        diags: &mut Diagnostics,
    ) -> (Value, bool) {
        let mut found = Diagnostics::new();
        let results: Vec<_> =
            items.iter().map(|item| self.splat_item(item, each, env, &mut found)).collect();
        let failed = found.has_errors();
        diags.extend(found);
        let tuple = Value::tuple(results);
        if failed { (Value::unknown(tuple.ty()), false) } else { (tuple, true) }
    }

    fn splat_item(
        &mut self,
        item: &Value,
        each: ExprRef<'_>,
        env: Env<'_>,
        diags: &mut Diagnostics,
    ) -> Value {
        self.eval(each, Env { item: Some(item), ..env }, diags)
    }

    /// `each` of the elements of a known list or set, as a list.
    fn splat_list(
        &mut self,
        expr: ExprRef<'_>,
        element: &Type,
        items: &[Value],
        each: ExprRef<'_>,
        env: Env<'_>,
        diags: &mut Diagnostics,
    ) -> Value {
        if items.is_empty() {
            let result = self.splat_item(&Value::unknown(element.clone()), each, env, diags);
            return Value::list(result.ty(), Vec::new());
        }
        let (tuple, complete) = self.splat_items(items, each, env, diags);
        let Some(results) = tuple.as_slice().filter(|_| complete) else {
            let item = Value::unknown(element.clone());
            let result = self.splat_item(&item, each, env, &mut Diagnostics::new());
            return Value::unknown(Type::list(result.ty()));
        };
        // A nested splat over single values may give tuples of different lengths.
        let mut types = results.iter().map(Value::ty).filter(|ty| *ty != Type::Dynamic);
        let first = types.next().unwrap_or(Type::Dynamic);
        if types.any(|ty| ty != first) {
            let detail = "The second level of splat expression produced elements of different \
                          types, so it isn't possible to construct a valid list to represent the \
                          top-level result.\n\nConsider using a for expression instead, to \
                          produce a tuple-typed result which can therefore have non-homogenous \
                          element types.";
            diags.push(
                Diagnostic::error("Invalid nested splat expressions", detail)
                    .at(each.span())
                    .within(expr.span()),
            );
            return Value::dynamic();
        }
        let typed = results.iter().map(|result| match result.view() {
            View::Null => Value::null(first.clone()).with_marks(result.marks()),
            View::Unknown(_) if result.ty() == Type::Dynamic => {
                Value::unknown(first.clone()).with_marks(result.marks())
            }
            _ => result.clone(),
        });
        let typed = typed.collect();
        Value::list(first, typed)
    }

    /// `each` of a list, set or tuple that is not known, for the type of its result.
    fn splat_unknown(
        &mut self,
        value: &Value,
        ty: &Type,
        each: ExprRef<'_>,
        env: Env<'_>,
        diags: &mut Diagnostics,
    ) -> Value {
        let mut result = |element: &Type| {
            self.splat_item(&Value::unknown(element.clone()), each, env, diags).ty()
        };
        match ty {
            Type::Tuple(elements) => {
                let ty = Type::tuple(elements.iter().map(result).collect::<Vec<_>>());
                Value::unknown(ty).refine_not_null()
            }
            Type::List(element) | Type::Set(element) => {
                let mut list = Value::unknown(Type::list(result(element))).refine().not_null();
                if let Some(refinements) = value.refinements() {
                    list = list.length_min(refinements.length_min.unwrap_or(0));
                    if let Some(max) = refinements.length_max {
                        list = list.length_max(max);
                    }
                }
                list.done()
            }
            _ => Value::dynamic(),
        }
    }
}
