//! `{ a = b }`, in native and in JSON syntax.

use std::collections::BTreeMap;

use groma_diag::{Diagnostic, Diagnostics};
use groma_value::{Fields, Marks, Str, Type, Value, convert};

use super::evaluator::{Env, Evaluator};
use super::spans;
use crate::syntax::{ExprKind, ExprRef, ObjectItem};

impl Evaluator<'_> {
    /// An object. With a key that is not known its type is not known either.
    pub(super) fn object(
        &mut self,
        items: &[ObjectItem<'_>],
        env: Env<'_>,
        diags: &mut Diagnostics,
    ) -> Value {
        let mut attributes = Vec::with_capacity(items.len());
        let mut marks = Marks::NONE;
        let mut known = true;
        for item in items {
            let key = self.object_key(item, env, &mut marks, diags);
            let value = self.eval(item.value, env, diags);
            match key {
                Some(name) => attributes.push((name, value)),
                None => known = false,
            }
        }
        if known { Value::object(attributes).with_marks(marks) } else { Value::dynamic() }
    }

    /// The name that a key stands for; `None` if it is unknown or wrong.
    fn object_key(
        &mut self,
        item: &ObjectItem<'_>,
        env: Env<'_>,
        marks: &mut Marks,
        diags: &mut Diagnostics,
    ) -> Option<Str> {
        if let Some(word) = item.word() {
            return Some(word.into());
        }
        if let ExprKind::Traversal(traversal) = item.key.kind()
            && !traversal.is_word()
        {
            diags.push(
                Diagnostic::error(
                    "Ambiguous attribute key",
                    "If this expression is intended to be a reference, wrap it in parentheses. \
                     If it's instead intended as a literal name containing periods, wrap it in \
                     quotes to create a string literal.",
                )
                .at(item.key.span()),
            );
            return None;
        }
        let mut found = Diagnostics::new();
        let (key, key_marks) = self.eval(item.key, env, &mut found).unmark();
        let failed = found.has_errors();
        diags.extend(found);
        if failed {
            return None;
        }
        *marks |= key_marks;
        if let Some(name) = key.as_str() {
            return Some(name.clone());
        }
        let (summary, detail, subject) = if key.is_null() {
            let detail = "Can't use a null value as a key.".to_owned();
            ("Null value as key", detail, item.value.span())
        } else {
            match convert(&key, &Type::String) {
                Ok(key) => return key.as_str().cloned(),
                Err(error) => {
                    let detail = format!("Can't use this value as a key: {error}.");
                    ("Incorrect key type", detail, item.key.span())
                }
            }
        };
        diags.push(self.error(summary, detail, subject, item.key, env));
        None
    }

    /// An object of JSON syntax. Its keys are templates, and each may be there once.
    pub(super) fn json_object(
        &mut self,
        expr: ExprRef<'_>,
        items: &[ObjectItem<'_>],
        env: Env<'_>,
        diags: &mut Diagnostics,
    ) -> Value {
        const SUMMARY: &str = "Invalid object key expression";
        let mut attributes: BTreeMap<Str, (Value, ExprRef<'_>)> = BTreeMap::new();
        let mut marks = Marks::NONE;
        let mut known = true;
        for item in items {
            let (key, key_marks) = self.eval(item.key, env, diags).unmark();
            let value = self.eval(item.value, env, diags);
            marks |= key_marks;
            let subject = item.key.span();
            let name = match convert(&key, &Type::String) {
                Ok(name) => name,
                Err(error) => {
                    let detail = format!("Cannot use this expression as an object key: {error}.");
                    diags.push(self.error(SUMMARY, detail, subject, item.value, env));
                    continue;
                }
            };
            if name.is_null() {
                let detail = "Cannot use null value as an object key.";
                diags.push(self.error(SUMMARY, detail, subject, item.value, env));
                continue;
            }
            let Some(name) = name.as_str() else {
                known = false;
                continue;
            };
            if let Some((_, first)) = attributes.get(name) {
                let place = self.scope.sources();
                let place = place.and_then(|sources| spans::describe_range(sources, first.span()));
                let place = place.map_or_else(String::new, |place| format!(" at {place}"));
                let detail = format!("An attribute named {name:?} was already defined{place}.");
                diags.push(self.error("Duplicate object attribute", detail, subject, expr, env));
                continue;
            }
            attributes.insert(name.clone(), (value, item.key));
        }
        if !known {
            return Value::dynamic();
        }
        let attributes: Fields =
            attributes.into_iter().map(|(name, (value, _))| (name, value)).collect();
        Value::object(attributes).with_marks(marks)
    }
}
