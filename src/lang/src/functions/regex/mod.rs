//! Regular expressions: `regex`, `regexall`, `replace`.

mod syntax;

use groma_value::{Str, Type, Value};
use regex::{Captures, Regex};

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

/// A compiled expression, and the name of each of its groups.
struct Pattern {
    regex: Regex,
    groups: Vec<Option<Str>>,
}

impl Pattern {
    fn compile(source: &str) -> Result<Self, syntax::SyntaxError> {
        let translated = syntax::translate(source)?;
        let regex = regex::RegexBuilder::new(&translated.pattern)
            .nest_limit(4096)
            .size_limit(64 << 20)
            .build()
            .map_err(|error| syntax::SyntaxError::from_engine(&error, source))?;
        Ok(Self { regex, groups: translated.groups })
    }

    /// As the `pattern` argument, with cty's wording.
    fn from_argument(source: &str) -> Result<Self, FunctionError> {
        let error = |message: String| {
            FunctionError::argument(0, format!("invalid regexp pattern: {message}"))
        };
        let pattern = Self::compile(source)
            .map_err(|e| error(format!("{} in {}", e.problem, e.expression)))?;
        let named = pattern.groups.iter().filter(|name| name.is_some()).count();
        if named > 0 && named < pattern.groups.len() {
            return Err(error("cannot mix both named and unnamed capture groups".to_owned()));
        }
        Ok(pattern)
    }

    fn is_named(&self) -> bool {
        self.groups.first().is_some_and(Option::is_some)
    }

    /// The type of one match.
    fn ty(&self) -> Type {
        if self.groups.is_empty() {
            return Type::String;
        }
        if self.is_named() {
            return Type::object(self.groups.iter().flatten().map(|n| (n.clone(), Type::String)));
        }
        Type::tuple(self.groups.iter().map(|_| Type::String))
    }

    /// The value of one match. A group that took no part is null.
    fn value(&self, captures: &Captures<'_>) -> Value {
        let group = |index: usize| {
            captures
                .get(index)
                .map_or_else(|| Value::null(Type::String), |text| Value::string(text.as_str()))
        };
        if self.groups.is_empty() {
            return group(0);
        }
        let values = (1..=self.groups.len()).map(group);
        if !self.is_named() {
            return Value::tuple(values.collect());
        }
        Value::object_of(self.groups.iter().flatten().cloned().zip(values))
    }
}

fn regex_type(args: &[Value]) -> returns::Result {
    match args.first().and_then(Value::as_str) {
        Some(pattern) => Ok(Pattern::from_argument(pattern)?.ty()),
        None => Ok(Type::Dynamic),
    }
}

fn regexall_type(args: &[Value]) -> returns::Result {
    match args.first().and_then(Value::as_str) {
        Some(pattern) => Ok(Type::list(Pattern::from_argument(pattern)?.ty())),
        None => Ok(Type::list(Type::Dynamic)),
    }
}

fn regex_first(call: &Call<'_>) -> Result<Value, FunctionError> {
    let pattern = Pattern::from_argument(call.text(0)?)?;
    let captures = pattern
        .regex
        .captures(call.text(1)?)
        .ok_or_else(|| FunctionError::new("pattern did not match any part of the given string"))?;
    Ok(pattern.value(&captures))
}

fn regex_all(call: &Call<'_>) -> Result<Value, FunctionError> {
    let pattern = Pattern::from_argument(call.text(0)?)?;
    let matches = pattern.regex.captures_iter(call.text(1)?).map(|m| pattern.value(&m)).collect();
    Ok(Value::list(pattern.ty(), matches))
}

fn replace(call: &Call<'_>) -> Result<Value, FunctionError> {
    let (text, substr, with) =
        (call.text(0)?.as_str(), call.text(1)?.as_str(), call.text(2)?.as_str());
    let inner = substr.strip_prefix('/').and_then(|rest| rest.strip_suffix('/'));
    let Some(source) = inner else {
        return Ok(Value::string(text.replace(substr, with)));
    };
    let pattern = Pattern::compile(source).map_err(|error| {
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
            let indexes = pattern.groups.iter().enumerate().filter(|(_, group)| named(group));
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
