//! String templates.

use groma_diag::Diagnostics;
use groma_value::{Marks, Type, Value, View, convert};

use super::evaluator::{Env, Evaluator};
use crate::syntax::{ExprRef, For, JsonString};

const SUMMARY: &str = "Invalid template interpolation value";

/// Of an unknown string so much is remembered, in bytes: it is stored with each plan.
const LONGEST_PREFIX: usize = 128;

impl Evaluator<'_> {
    /// Parts joined to one string. If any is unknown then so is the string, but it is known to
    /// start with what comes before.
    pub(super) fn template(
        &mut self,
        expr: ExprRef<'_>,
        parts: &[ExprRef<'_>],
        env: Env<'_>,
        diags: &mut Diagnostics,
    ) -> Value {
        let mut text = String::new();
        let mut marks = Marks::NONE;
        let mut known = true;
        let mut failed = false;
        for part in parts {
            if let Some(literal) = part.literal_text() {
                if known && !failed {
                    text.push_str(&literal);
                }
                continue;
            }
            let mut part_diags = Diagnostics::new();
            let (value, part_marks) = self.eval(*part, env, &mut part_diags).unmark();
            failed |= part_diags.has_errors();
            diags.extend(part_diags);
            let detail = match value.view() {
                View::Null => {
                    "The expression result is null. Cannot include a null value in a string \
                     template."
                        .to_owned()
                }
                View::Unknown(_) => {
                    known = false;
                    marks |= part_marks;
                    continue;
                }
                _ => match as_string(&value) {
                    Ok(part) => {
                        marks |= part_marks;
                        if known && !failed {
                            text.push_str(part.as_str().map_or("", |part| part));
                        }
                        continue;
                    }
                    Err(why) => {
                        format!("Cannot include the given value in a string template: {why}.")
                    }
                },
            };
            failed = true;
            diags.push(self.error(SUMMARY, detail, part.span(), *part, env).within(expr.span()));
        }
        let value = match (known, failed) {
            (true, _) => Value::string(text),
            (false, true) => Value::unknown(Type::String).refine_not_null(),
            (false, false) => {
                let prefix = &text[..text.floor_char_boundary(LONGEST_PREFIX)];
                Value::unknown(Type::String).refine().not_null().prefix(prefix).done()
            }
        };
        value.with_marks(marks)
    }

    /// `%{for}`: the results joined to one string.
    pub(super) fn template_for(
        &mut self,
        expr: ExprRef<'_>,
        for_: &For<'_>,
        env: Env<'_>,
        diags: &mut Diagnostics,
    ) -> Value {
        let (tuple, mut marks) = self.for_each(expr, for_, env, diags).unmark();
        let View::Tuple(items) = tuple.view() else {
            return Value::unknown(Type::String).with_marks(marks);
        };
        let mut text = String::new();
        for item in items {
            let detail = match item.view() {
                View::Null => {
                    "An iteration result is null. Cannot include a null value in a string template."
                        .to_owned()
                }
                View::Unknown(_) => {
                    return Value::unknown(Type::String).with_marks(marks | item.marks());
                }
                _ => match as_string(item) {
                    Ok(part) => {
                        marks |= part.marks();
                        text.push_str(part.as_str().map_or("", |part| part));
                        continue;
                    }
                    Err(why) => format!(
                        "Cannot include one of the interpolation results into the string \
                         template: {why}."
                    ),
                },
            };
            diags.push(self.error(SUMMARY, detail, expr.span(), expr, env));
        }
        Value::string(text).with_marks(marks)
    }

    /// A string of JSON syntax: a template where there are names, else itself.
    pub(super) fn json_string(
        &mut self,
        string: &JsonString<'_>,
        env: Env<'_>,
        diags: &mut Diagnostics,
    ) -> Value {
        let template = string.template().filter(|_| self.scope.has_names());
        let Some((template, problems)) = template else {
            return Value::string(&*string.literal());
        };
        diags.extend(problems.iter().cloned());
        if problems.has_errors() {
            return Value::dynamic();
        }
        self.eval(template, env, diags)
    }
}

fn as_string(value: &Value) -> Result<Value, String> {
    if value.as_str().is_some() {
        return Ok(value.clone());
    }
    convert(value, &Type::String).map_err(|error| error.to_string())
}
