//! Regular expressions: `regex`, `regexall`, `replace`.

mod pattern;
mod syntax;

use std::sync::Arc;

use groma_value::{Str, Type, Value};
use regex::Captures;

pub use self::pattern::Patterns;
use self::pattern::{Groups, Pattern, invalid};
use self::syntax::SyntaxError;
use super::{Call, Function, FunctionError, Parameter, returns};

const PATTERN: Parameter =
    Parameter::string("pattern").described("The regular expression, in RE2 syntax.");

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "regex",
        "Applies a regular expression to a string and gives the first match: an object of its \
         named groups, a tuple of its unnamed ones, or the whole match if it has none.",
        &[PATTERN, Parameter::string("string").described("The text to search.")],
        regex_type,
        regex_first,
    ),
    Function::new(
        "regexall",
        "Applies a regular expression to a string and gives a list of all matches, each as \
         `regex` would give it.",
        &[PATTERN, Parameter::string("string").described("The text to search.")],
        regexall_type,
        regex_all,
    ),
    Function::new(
        "replace",
        "Replaces every occurrence of a part of a string, or every match of a regular expression \
         written between slashes.",
        &[
            Parameter::string("str").described("The text to search."),
            Parameter::string("substr")
                .described("What to replace: a literal, or `/a regular expression/`."),
            Parameter::string("replace").described(
                "What to put there instead; `$1` and `${name}` stand for groups of the match.",
            ),
        ],
        returns::string,
        replace,
    ),
];

/// The `pattern` argument, compiled.
fn pattern(call: &Call<'_>) -> Result<Arc<Pattern>, FunctionError> {
    let pattern = compiled(call, call.text(0)?).map_err(|error| invalid(&error))?;
    pattern.groups.check()?;
    Ok(pattern)
}

/// An expression, compiled now or before in the same evaluation.
fn compiled(call: &Call<'_>, source: &str) -> Result<Arc<Pattern>, SyntaxError> {
    match call.context.patterns {
        Some(patterns) => patterns.get(source),
        None => Pattern::compile(source).map(Arc::new),
    }
}

fn regex_type(args: &[Value]) -> returns::Result {
    match args.first().and_then(Value::as_str) {
        Some(pattern) => Ok(Groups::of_argument(pattern)?.ty()),
        None => Ok(Type::Dynamic),
    }
}

fn regexall_type(args: &[Value]) -> returns::Result {
    match args.first().and_then(Value::as_str) {
        Some(pattern) => Ok(Type::list(Groups::of_argument(pattern)?.ty())),
        None => Ok(Type::list(Type::Dynamic)),
    }
}

fn regex_first(call: &Call<'_>) -> Result<Value, FunctionError> {
    let pattern = pattern(call)?;
    let captures = pattern
        .regex
        .captures(call.text(1)?)
        .ok_or_else(|| FunctionError::new("pattern did not match any part of the given string"))?;
    Ok(pattern.value(&captures))
}

fn regex_all(call: &Call<'_>) -> Result<Value, FunctionError> {
    let pattern = pattern(call)?;
    let matches = pattern.regex.captures_iter(call.text(1)?).map(|m| pattern.value(&m)).collect();
    Ok(Value::list(pattern.groups.ty(), matches))
}

fn replace(call: &Call<'_>) -> Result<Value, FunctionError> {
    let (text, substr, with) =
        (call.text(0)?.as_str(), call.text(1)?.as_str(), call.text(2)?.as_str());
    let inner = substr.strip_prefix('/').and_then(|rest| rest.strip_suffix('/'));
    let Some(source) = inner else {
        return Ok(Value::string(text.replace(substr, with)));
    };
    let pattern = compiled(call, source).map_err(|error| {
        FunctionError::new(format!(
            "error parsing regexp: {}: `{}`",
            error.problem, error.expression
        ))
    })?;
    let mut out = String::with_capacity(text.len());
    let mut end = 0;
    for captures in pattern.regex.captures_iter(text) {
        if let Some(whole) = captures.get(0) {
            out.push_str(&text[end..whole.start()]);
            expand(with, &pattern, &captures, &mut out);
            end = whole.end();
        }
    }
    out.push_str(&text[end..]);
    Ok(Value::string(out))
}

/// Writes `template` with `$1`, `$name`, `${name}` replaced by groups and `$$` by a dollar sign. A
/// name is as long as it can be; a group that is not there is empty; any other `$` stays.
fn expand(template: &str, pattern: &Pattern, captures: &Captures<'_>, out: &mut String) {
    let mut rest = template;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('$') {
            out.push('$');
            rest = after;
            continue;
        }
        let Some((name, after)) = reference(rest) else {
            out.push('$');
            continue;
        };
        rest = after;
        let group = if name.bytes().all(|b| b.is_ascii_digit()) {
            name.parse().ok().and_then(|index: usize| captures.get(index))
        } else {
            // Of several groups with the name the first that took part.
            let named = |group: &Option<Str>| group.as_ref().is_some_and(|g| g.as_str() == name);
            let indexes = pattern.groups.0.iter().enumerate().filter(|(_, group)| named(group));
            indexes.map(|(index, _)| captures.get(index + 1)).find_map(|group| group)
        };
        out.push_str(group.map_or("", |group| group.as_str()));
    }
    out.push_str(rest);
}

/// The name at the start of `text` (which follows a `$`), and what follows it.
fn reference(text: &str) -> Option<(&str, &str)> {
    let braced = text.strip_prefix('{');
    let body = braced.unwrap_or(text);
    let end = body.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(body.len());
    let (name, after) = body.split_at(end);
    let after = if braced.is_some() { after.strip_prefix('}')? } else { after };
    (!name.is_empty()).then_some((name, after))
}
