//! Expressions read for what they are, not what they evaluate to: `depends_on`,
//! `ignore_changes`, `providers`, type constraints.
//!
//! In JSON syntax a string stands for the native expression that it holds.

use std::borrow::Cow;
use std::sync::Arc;

use groma_diag::{Diagnostic, Diagnostics};
use groma_value::Str;

use super::expr::{ExprKind, ExprRef, JsonString, StaticCall};
use super::node::Node;
use super::parse::{parse_expression_at, parse_traversal_at};
use super::{Expr, Step, StepKind, Traversal};

impl Expr {
    /// See [`ExprRef::as_traversal`].
    pub fn as_traversal(&self) -> Result<Traversal, Diagnostics> {
        self.as_ref().as_traversal()
    }

    /// See [`ExprRef::as_keyword`].
    pub fn as_keyword(&self) -> Option<Str> {
        self.as_ref().as_keyword()
    }

    /// See [`ExprRef::as_literal_list`].
    pub fn as_literal_list(&self) -> Result<Vec<Self>, Diagnostics> {
        self.as_ref().as_literal_list()
    }

    /// See [`ExprRef::as_map_items`].
    pub fn as_map_items(&self) -> Result<Vec<(Self, Self)>, Diagnostics> {
        self.as_ref().as_map_items()
    }

    /// See [`ExprRef::as_quoted`].
    pub fn as_quoted(&self) -> Option<Str> {
        self.as_ref().as_quoted()
    }

    /// See [`ExprRef::as_quoted_traversal`].
    pub fn as_quoted_traversal(&self) -> Option<Result<Traversal, Diagnostics>> {
        self.as_ref().as_quoted_traversal()
    }

    /// See [`ExprRef::as_call`].
    pub fn as_call(&self) -> Result<StaticCall, Diagnostics> {
        self.as_ref().as_call()
    }
}

impl<'a> ExprRef<'a> {
    /// The reference that it is, with literal steps only; the keywords `true`, `false` and
    /// `null` count as names. `(a.b)` is not a reference.
    pub fn as_traversal(self) -> Result<Traversal, Diagnostics> {
        let found = match self.tree.node(self.id) {
            Node::Traversal { .. } => self.written_traversal(),
            Node::Null | Node::Bool(_) => self.word().map(|word| Traversal {
                root: Str::new(word),
                root_span: self.span(),
                steps: Vec::new(),
                span: self.span(),
            }),
            Node::Relative { source, steps } => {
                self.at(source).as_traversal().ok().map(|mut traversal| {
                    let steps = self.tree.steps(steps).iter();
                    traversal.steps.extend(steps.map(|step| self.step(step.kind, step.range)));
                    traversal.span = self.span();
                    traversal
                })
            }
            Node::JsonString(_) => self.json_literal().and_then(|text| {
                parse_traversal_at(self.file(), Arc::from(text.as_bytes()), self.span().start).ok()
            }),
            _ => None,
        };
        found.ok_or_else(|| {
            let detail = "A single static variable reference is required: only attribute access \
                          and indexing with constant keys. No calculations, function calls, \
                          template expressions, etc are allowed here.";
            self.refuse("Invalid expression", detail)
        })
    }

    /// The single name that it is.
    pub fn as_keyword(self) -> Option<Str> {
        match self.tree.node(self.id) {
            Node::JsonString(_) => {
                let traversal = self.as_traversal().ok()?;
                traversal.is_word().then_some(traversal.root)
            }
            _ => self.word().map(Str::new),
        }
    }

    /// The elements of a tuple constructor.
    pub fn as_literal_list(self) -> Result<Vec<Expr>, Diagnostics> {
        let Node::Tuple(items) = self.tree.node(self.id) else {
            return Err(self.refuse("Invalid expression", "A static list expression is required."));
        };
        Ok(self.tree.list(items).iter().map(|id| self.at(*id).to_expr()).collect())
    }

    /// The keys and values of an object constructor.
    pub fn as_map_items(self) -> Result<Vec<(Expr, Expr)>, Diagnostics> {
        let (Node::Object(items) | Node::JsonObject(items)) = self.tree.node(self.id) else {
            return Err(self.refuse("Invalid expression", "A static map expression is required."));
        };
        let pairs = self.tree.list(items).as_chunks::<2>().0.iter();
        Ok(pairs.map(|[key, value]| (self.at(*key).to_expr(), self.at(*value).to_expr())).collect())
    }

    /// The function call that it is.
    pub fn as_call(self) -> Result<StaticCall, Diagnostics> {
        match self.tree.node(self.id) {
            Node::Call(index) => {
                if let Some(call) = self.call_view(index) {
                    return Ok(StaticCall {
                        name: call.name.to_owned(),
                        name_span: call.name_span,
                        args: call.args.iter().map(|arg| arg.to_expr()).collect(),
                        args_span: call.open_span.to(call.close_span),
                    });
                }
            }
            Node::JsonString(_) => {
                let text = self.json_literal().unwrap_or_default();
                let text = Arc::from(text.as_bytes());
                let (expr, diagnostics) = parse_expression_at(self.file(), text, self.span().start);
                if !diagnostics.has_errors()
                    && let Ok(call) = expr.as_call()
                {
                    return Ok(call);
                }
            }
            _ => {}
        }
        Err(self.refuse("Invalid expression", "A static function call is required."))
    }

    /// The text of a quoted string of native syntax, if it has no interpolations.
    pub fn as_quoted(self) -> Option<Str> {
        if !self.source().starts_with('"') {
            return None;
        }
        match self.kind() {
            ExprKind::Literal(value) => value.as_str().cloned(),
            ExprKind::Template(parts) => parts.is_empty().then(|| Str::new("")),
            _ => None,
        }
    }

    /// The reference that a quoted string of native syntax holds, as references were written up
    /// to Terraform 0.11. `None` if it is anything but such a string.
    pub fn as_quoted_traversal(self) -> Option<Result<Traversal, Diagnostics>> {
        let text = self.as_quoted()?;
        let start = self.span().start + 1;
        Some(parse_traversal_at(self.file(), Arc::from(text.as_bytes()), start))
    }

    /// The text of a string of JSON syntax, as it stands.
    pub(super) fn json_literal(self) -> Option<Cow<'a, str>> {
        match self.tree.node(self.id) {
            Node::JsonString(index) => {
                let node = *self.tree.json_strings.get(index as usize)?;
                Some(JsonString { tree: self.tree, id: self.id, node }.literal())
            }
            _ => None,
        }
    }

    fn refuse(self, summary: &str, detail: &str) -> Diagnostics {
        Diagnostic::error(summary, detail).at(self.span()).into()
    }
}

impl Step {
    /// The name, if it is an attribute step.
    pub fn name(&self) -> Option<&Str> {
        match &self.kind {
            StepKind::Attr(name) => Some(name),
            StepKind::Index(_) => None,
        }
    }
}
