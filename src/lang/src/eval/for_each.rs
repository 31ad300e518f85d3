//! `[for …]` and `{for …}`

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use groma_diag::Diagnostics;
use groma_value::{Fields, Marks, Str, Type, Value, View, convert};

use super::access::is_dynamic;
use super::evaluator::{Env, Evaluator, Local};
use crate::syntax::{ExprRef, For, ForResult};

/// What the rounds of a `for` have made so far.
struct Rounds {
    /// Of everything that decides which elements there are.
    marks: Marks,
    /// Whether the elements are known. Once they are not the rounds go on for their diagnostics.
    known: bool,
    result: Made,
}

enum Made {
    Tuple(Vec<Value>),
    Object(BTreeMap<Str, Value>),
    Grouped(BTreeMap<Str, Vec<Value>>),
}

impl Evaluator<'_> {
    pub(super) fn for_each(
        &mut self,
        expr: ExprRef<'_>,
        for_: &For<'_>,
        env: Env<'_>,
        diags: &mut Diagnostics,
    ) -> Value {
        let collection = self.eval(for_.collection, env, diags);
        if collection.is_null() {
            let detail = "A null value cannot be used as the collection in a 'for' expression.";
            let (summary, place) = ("Iteration over null value", for_.collection);
            diags.push(self.error(summary, detail, place.span(), place, env).within(expr.span()));
            return Value::dynamic();
        }
        if is_dynamic(&collection) {
            return Value::dynamic();
        }
        let (collection, marks) = collection.unmark();
        if !iterable(&collection) {
            let detail = format!(
                "A value of type {} cannot be used as the collection in a 'for' expression.",
                collection.ty().friendly_name()
            );
            let (summary, place) = ("Iteration over non-iterable value", for_.collection);
            diags.push(self.error(summary, detail, place.span(), place, env).within(expr.span()));
            return Value::dynamic();
        }
        let Some(condition_marks) = self.probe_condition(expr, for_, env, diags) else {
            return Value::dynamic();
        };
        if !collection.is_known() {
            return Value::dynamic().with_marks(marks | condition_marks);
        }

        let result = match for_.result {
            ForResult::Tuple(_) => Made::Tuple(Vec::new()),
            ForResult::Object { group: false, .. } => Made::Object(BTreeMap::new()),
            ForResult::Object { group: true, .. } => Made::Grouped(BTreeMap::new()),
        };
        let mut rounds = Rounds { marks, known: true, result };
        match collection.view() {
            View::List(items) | View::Tuple(items) => {
                for (at, item) in items.iter().enumerate() {
                    let key = Value::number(i64::try_from(at).unwrap_or(i64::MAX));
                    self.round(expr, for_, [&key, item], env, &mut rounds, diags);
                }
            }
            View::Set(items) => {
                for item in items {
                    self.round(expr, for_, [item, item], env, &mut rounds, diags);
                }
            }
            View::Map(fields) | View::Object(fields) => {
                for (name, item) in fields.iter() {
                    let key = Value::string(name.clone());
                    self.round(expr, for_, [&key, item], env, &mut rounds, diags);
                }
            }
            _ => {}
        }
        rounds.finish()
    }

    /// Evaluates the `if` once with nothing known of the element, so that what is wrong with it
    /// whatever the element is reported once and not for each. Gives its marks.
    fn probe_condition(
        &mut self,
        expr: ExprRef<'_>,
        for_: &For<'_>,
        env: Env<'_>,
        diags: &mut Diagnostics,
    ) -> Option<Marks> {
        let Some(condition) = for_.condition else { return Some(Marks::NONE) };
        let mut found = Diagnostics::new();
        let nothing = Value::dynamic();
        let value =
            bind(for_, [&nothing, &nothing], env, |env| self.eval(condition, env, &mut found));
        let failed = found.has_errors();
        diags.extend(found);
        let (summary, detail) = if value.is_null() {
            let detail = "The value of the 'if' clause must not be null.".to_owned();
            ("Condition is null", detail)
        } else if let Err(error) = as_bool(&value) {
            ("Invalid 'for' condition", format!("The 'if' clause value is invalid: {error}."))
        } else {
            return (!failed).then(|| value.marks());
        };
        let error = self.error(summary, detail, condition.span(), condition, env);
        diags.push(error.within(expr.span()));
        None
    }

    fn round(
        &mut self,
        expr: ExprRef<'_>,
        for_: &For<'_>,
        [key, item]: [&Value; 2],
        env: Env<'_>,
        rounds: &mut Rounds,
        diags: &mut Diagnostics,
    ) {
        bind(for_, [key, item], env, |env| {
            if let Some(condition) = for_.condition
                && !self.included(expr, condition, env, rounds, diags)
            {
                return;
            }
            match for_.result {
                ForResult::Tuple(value) => {
                    let value = self.eval(value, env, diags);
                    if let Made::Tuple(items) = &mut rounds.result {
                        items.push(value);
                    }
                }
                ForResult::Object { key, value, group: _ } => {
                    let Some(name) = self.round_key(expr, key, env, rounds, diags) else { return };
                    let value = self.eval(value, env, diags);
                    self.insert(expr, key, name, value, env, rounds, diags);
                }
            }
        });
    }

    /// Whether the `if` lets the element in. Not if that is unknown.
    fn included(
        &mut self,
        expr: ExprRef<'_>,
        condition: ExprRef<'_>,
        env: Env<'_>,
        rounds: &mut Rounds,
        diags: &mut Diagnostics,
    ) -> bool {
        let (value, marks) = self.eval(condition, env, diags).unmark();
        rounds.marks |= marks;
        let detail = if value.is_null() {
            "The value of the 'if' clause must not be null.".to_owned()
        } else {
            match as_bool(&value) {
                Ok(Some(included)) => return included,
                Ok(None) => {
                    rounds.known = false;
                    return false;
                }
                Err(error) => format!("The 'if' clause value is invalid: {error}."),
            }
        };
        if std::mem::replace(&mut rounds.known, false) {
            let (summary, subject) = ("Invalid 'for' condition", condition.span());
            let error = self.error(summary, detail, subject, condition, env);
            diags.push(error.within(expr.span()));
        }
        false
    }

    /// The name of the attribute that this round makes.
    fn round_key(
        &mut self,
        expr: ExprRef<'_>,
        key: ExprRef<'_>,
        env: Env<'_>,
        rounds: &mut Rounds,
        diags: &mut Diagnostics,
    ) -> Option<Str> {
        let (value, marks) = self.eval(key, env, diags).unmark();
        rounds.marks |= marks;
        let detail = if value.is_null() {
            "Key expression in 'for' expression must not produce a null value.".to_owned()
        } else if !value.is_known() {
            rounds.known = false;
            return None;
        } else {
            match convert(&value, &Type::String) {
                Ok(name) => return name.as_str().cloned(),
                Err(error) => format!("The key expression produced an invalid result: {error}."),
            }
        };
        if std::mem::replace(&mut rounds.known, false) {
            let error = self.error("Invalid object key", detail, key.span(), key, env);
            diags.push(error.within(expr.span()));
        }
        None
    }

    #[expect(clippy::too_many_arguments, reason = "one round's parts, used here alone")]
    fn insert(
        &mut self,
        expr: ExprRef<'_>,
        key: ExprRef<'_>,
        name: Str,
        value: Value,
        env: Env<'_>,
        rounds: &mut Rounds,
        diags: &mut Diagnostics,
    ) {
        match &mut rounds.result {
            Made::Tuple(_) => {}
            Made::Grouped(groups) => groups.entry(name).or_default().push(value),
            Made::Object(attributes) => match attributes.entry(name) {
                Entry::Vacant(entry) => {
                    entry.insert(value);
                }
                Entry::Occupied(entry) => {
                    let detail = format!(
                        "Two different items produced the key {:?} in this 'for' expression. If \
                         duplicates are expected, use the ellipsis (...) after the value \
                         expression to enable grouping by key.",
                        entry.key()
                    );
                    let error = self.error("Duplicate object key", detail, key.span(), key, env);
                    diags.push(error.within(expr.span()));
                }
            },
        }
    }
}

impl Rounds {
    fn finish(self) -> Value {
        let value = match self.result {
            _ if !self.known => Value::dynamic(),
            Made::Tuple(items) => Value::tuple(items),
            Made::Object(attributes) => Value::object(attributes.into_iter().collect::<Fields>()),
            Made::Grouped(groups) => Value::object(
                groups.into_iter().map(|(k, v)| (k, Value::tuple(v))).collect::<Fields>(),
            ),
        };
        value.with_marks(self.marks)
    }
}

/// Calls `then` with the names of the `for` bound to an element.
fn bind<R>(
    for_: &For<'_>,
    [key, item]: [&Value; 2],
    env: Env<'_>,
    then: impl FnOnce(Env<'_>) -> R,
) -> R {
    let key = for_.key_var.map(|name| Local { name, value: key, outer: env.locals });
    let outer = key.as_ref().or(env.locals);
    let item = Local { name: for_.value_var, value: item, outer };
    then(Env { locals: Some(&item), item: env.item })
}

/// The truth value of a condition; `None` while it is unknown.
fn as_bool(value: &Value) -> Result<Option<bool>, String> {
    if let Some(known) = value.as_bool() {
        return Ok(Some(known));
    }
    convert(value, &Type::Bool).map(|value| value.as_bool()).map_err(|error| error.to_string())
}

fn iterable(value: &Value) -> bool {
    match value.view() {
        View::List(_) | View::Set(_) | View::Map(_) | View::Tuple(_) | View::Object(_) => true,
        View::Unknown(_) => {
            let ty = value.ty();
            ty.is_collection() || matches!(ty, Type::Tuple(_) | Type::Object(_))
        }
        _ => false,
    }
}
