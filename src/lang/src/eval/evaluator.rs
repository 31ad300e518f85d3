//! The walk over an expression.

use groma_diag::{Diagnostic, Diagnostics, Span};
use groma_value::{Type, Value};

use super::describe::Cause;
use super::scope::{NoScope, Scope};
use crate::syntax::{Expr, ExprKind, ExprRef, MAX_HEIGHT};

/// The value of `expr` in `scope`, and everything that is wrong with it. What failed is unknown
/// in the value.
pub fn evaluate(expr: &Expr, scope: &dyn Scope) -> (Value, Diagnostics) {
    Evaluator::new(scope).run(expr.as_ref())
}

/// The value of `expr` without any names or functions: what depends on those is unknown, unless it
/// is the branch of a conditional that is not taken. Both sides of `&&` and `||` count.
pub fn constant(expr: &Expr) -> Value {
    let mut evaluator = Evaluator::new(&NoScope);
    evaluator.both_sides = true;
    evaluator.run(expr.as_ref()).0
}

/// One evaluation.
#[expect(clippy::struct_excessive_bools, reason = "independent switches, not one state")]
pub(super) struct Evaluator<'s> {
    pub(super) scope: &'s dyn Scope,
    /// What is wrong with the references themselves; kept apart, since `try` must not hide it.
    pub(super) unresolved: Diagnostics,
    /// Whether a reference did not resolve, which may have been reported elsewhere.
    pub(super) failed: bool,
    /// Whether this is inside `templatefile` or `templatestring`, which do not nest.
    pub(super) in_template: bool,
    /// Whether nobody will see what a diagnostic says of values, as inside `try`.
    pub(super) terse: bool,
    /// Whether `&&` and `||` need both sides, as before Terraform 1.12.
    pub(super) both_sides: bool,
    depth: u32,
}

/// The names and the element that are bound around an expression.
#[derive(Clone, Copy, Default)]
pub(super) struct Env<'e> {
    pub(super) locals: Option<&'e Local<'e>>,
    /// The element at hand of the innermost splat.
    pub(super) item: Option<&'e Value>,
}

/// A name bound by a `for`.
pub(super) struct Local<'e> {
    pub(super) name: &'e str,
    pub(super) value: &'e Value,
    pub(super) outer: Option<&'e Local<'e>>,
}

impl<'e> Env<'e> {
    pub(super) fn local(self, name: &str) -> Option<&'e Value> {
        self.names().find(|local| local.name == name).map(|local| local.value)
    }

    /// The bound names, innermost first.
    pub(super) fn names(self) -> impl Iterator<Item = &'e Local<'e>> {
        std::iter::successors(self.locals, |local| local.outer)
    }
}

/// How deep evaluation goes: as deep as a tree can be, and once more for a template in a string
/// of JSON syntax.
const MAX_DEPTH: u32 = 2 * MAX_HEIGHT as u32;

/// So much of the stack is left for what one level needs, functions included, ...
const RED_ZONE: usize = 256 * 1024;

/// ... and so much is added where less is left.
const SEGMENT: usize = 2 * 1024 * 1024;

impl<'s> Evaluator<'s> {
    pub(super) fn new(scope: &'s dyn Scope) -> Self {
        Self {
            scope,
            unresolved: Diagnostics::new(),
            failed: false,
            in_template: false,
            terse: false,
            both_sides: false,
            depth: 0,
        }
    }

    pub(super) fn run(mut self, expr: ExprRef<'_>) -> (Value, Diagnostics) {
        let mut diags = Diagnostics::new();
        let value = self.eval(expr, Env::default(), &mut diags);
        if self.failed {
            // What else went wrong most likely follows from that.
            return (Value::dynamic(), self.unresolved);
        }
        if self.unresolved.is_empty() {
            return (value, diags);
        }
        self.unresolved.extend(diags);
        (value, self.unresolved)
    }

    pub(super) fn eval(
        &mut self,
        expr: ExprRef<'_>,
        env: Env<'_>,
        diags: &mut Diagnostics,
    ) -> Value {
        if self.depth >= MAX_DEPTH {
            diags.push(
                Diagnostic::error(
                    "Expression too deeply nested",
                    format!("An expression may be nested at most {MAX_DEPTH} levels deep."),
                )
                .at(expr.span()),
            );
            return Value::dynamic();
        }
        self.depth += 1;
        let value = stacker::maybe_grow(RED_ZONE, SEGMENT, || self.eval_kind(expr, env, diags));
        self.depth -= 1;
        value
    }

    fn eval_kind(&mut self, expr: ExprRef<'_>, env: Env<'_>, diags: &mut Diagnostics) -> Value {
        match expr.kind() {
            ExprKind::Literal(value) => value,
            ExprKind::Traversal(traversal) => self.traversal(expr, &traversal, env, diags),
            ExprKind::Relative(source, steps) => {
                let value = self.eval(source, env, diags);
                self.steps(expr, value, &steps, env, diags)
            }
            ExprKind::Template(parts) => self.template(expr, &parts, env, diags),
            ExprKind::TemplateWrap(inner) | ExprKind::Parens(inner) => self.eval(inner, env, diags),
            ExprKind::TemplateFor(for_) => self.template_for(expr, &for_, env, diags),
            ExprKind::Call(call) => self.call(expr, &call, env, diags),
            ExprKind::Conditional { condition, then, otherwise } => {
                self.conditional(expr, [condition, then, otherwise], env, diags)
            }
            ExprKind::Binary { op, left, right } => {
                self.binary(expr, op, [left, right], env, diags)
            }
            ExprKind::Unary { op, operand } => self.unary(expr, op, operand, env, diags),
            ExprKind::Index { collection, key } => self.index(expr, collection, key, env, diags),
            ExprKind::Tuple(items) => {
                Value::tuple(items.iter().map(|item| self.eval(*item, env, diags)).collect())
            }
            ExprKind::Object(items) => self.object(&items, env, diags),
            ExprKind::JsonObject(items) => self.json_object(expr, &items, env, diags),
            ExprKind::JsonString(string) => self.json_string(&string, env, diags),
            ExprKind::For(for_) => self.for_each(expr, &for_, env, diags),
            ExprKind::Splat { source, each, full: _ } => self.splat(expr, source, each, env, diags),
            ExprKind::SplatItem => env.item.cloned().unwrap_or_else(Value::dynamic),
            ExprKind::Invalid => Value::dynamic(),
        }
    }

    /// An error of `expr`, shown at `subject`, with what its references were.
    pub(super) fn error(
        &mut self,
        summary: &str,
        detail: impl Into<String>,
        subject: Span,
        expr: ExprRef<'_>,
        env: Env<'_>,
    ) -> Diagnostic {
        let mut diagnostic = Diagnostic::error(summary, detail).at(subject);
        if !self.terse {
            diagnostic.values = self.values_of(expr, env, Cause::default());
        }
        diagnostic
    }
}

/// Unknown, of type `ty`.
pub(super) fn unknown(ty: &Type) -> Value {
    Value::unknown(ty.clone())
}
