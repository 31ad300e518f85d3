//! Compiled expressions, and those that an evaluation keeps.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use groma_value::{Str, Type, Value};
use regex::{Captures, Regex};

use super::super::FunctionError;
use super::syntax::{SyntaxError, Translated, translate};

/// A compiled expression, and its groups.
pub(super) struct Pattern {
    pub(super) regex: Regex,
    pub(super) groups: Groups,
}

/// The name of each group. All have one or none has, where a value is made of them.
pub(super) struct Groups(pub(super) Vec<Option<Str>>);

impl Pattern {
    pub(super) fn compile(source: &str) -> Result<Self, SyntaxError> {
        let Translated { pattern, groups } = translate(source)?;
        let regex = regex::RegexBuilder::new(&pattern)
            .nest_limit(4096)
            .size_limit(64 << 20)
            .build()
            .map_err(|error| SyntaxError::from_engine(&error, source))?;
        Ok(Self { regex, groups: Groups(groups) })
    }

    /// The value of one match. A group that took no part is null.
    pub(super) fn value(&self, captures: &Captures<'_>) -> Value {
        let group = |index: usize| {
            captures
                .get(index)
                .map_or_else(|| Value::null(Type::String), |text| Value::string(text.as_str()))
        };
        let Groups(groups) = &self.groups;
        if groups.is_empty() {
            return group(0);
        }
        let values = (1..=groups.len()).map(group);
        if !self.groups.are_named() {
            return Value::tuple(values.collect());
        }
        Value::object_of(groups.iter().flatten().cloned().zip(values))
    }
}

impl Groups {
    /// Those of an expression that is the `pattern` argument, which is not compiled for it.
    pub(super) fn of_argument(source: &str) -> Result<Self, FunctionError> {
        let groups = Self(translate(source).map_err(|error| invalid(&error))?.groups);
        groups.check()?;
        Ok(groups)
    }

    /// Refuses a mixture of named and unnamed ones, with cty's wording.
    pub(super) fn check(&self) -> Result<(), FunctionError> {
        let named = self.0.iter().filter(|name| name.is_some()).count();
        if named > 0 && named < self.0.len() {
            let detail = "invalid regexp pattern: cannot mix both named and unnamed capture groups";
            return Err(FunctionError::argument(0, detail));
        }
        Ok(())
    }

    fn are_named(&self) -> bool {
        self.0.first().is_some_and(Option::is_some)
    }

    /// The type of one match.
    pub(super) fn ty(&self) -> Type {
        if self.0.is_empty() {
            return Type::String;
        }
        if self.are_named() {
            return Type::object(self.0.iter().flatten().map(|n| (n.clone(), Type::String)));
        }
        Type::tuple(self.0.iter().map(|_| Type::String))
    }
}

/// What is wrong with a `pattern` argument, with cty's wording.
pub(super) fn invalid(error: &SyntaxError) -> FunctionError {
    let SyntaxError { problem, expression } = error;
    FunctionError::argument(0, format!("invalid regexp pattern: {problem} in {expression}"))
}

/// Regular expressions that were compiled in the course of an evaluation: one that stands in a
/// resource with many instances is compiled once.
///
/// It holds few, and starts anew when it is full: what makes up ever new expressions gains nothing
/// from any of them being kept.
#[derive(Default)]
pub struct Patterns(Mutex<HashMap<Box<str>, Arc<Pattern>>>);

/// How many expressions are kept.
const MOST: usize = 128;

impl Patterns {
    /// The expression, compiled now if it is not kept.
    pub(super) fn get(&self, source: &str) -> Result<Arc<Pattern>, SyntaxError> {
        let kept = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pattern) = kept().get(source) {
            return Ok(Arc::clone(pattern));
        }
        // Nobody waits for another's compilation, which may take long.
        let pattern = Arc::new(Pattern::compile(source)?);
        let mut kept = kept();
        if kept.len() >= MOST {
            kept.clear();
        }
        kept.insert(source.into(), Arc::clone(&pattern));
        Ok(pattern)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_compiled_once_and_few_are_kept() {
        let patterns = Patterns::default();
        let kept = || patterns.0.lock().unwrap().len();
        let first = patterns.get("a+").unwrap();
        assert!(Arc::ptr_eq(&first, &patterns.get("a+").unwrap()));
        assert!(patterns.get("a(").is_err());
        assert_eq!(kept(), 1);
        for length in 1..=3 * MOST {
            patterns.get(&"b".repeat(length)).unwrap();
            assert!(kept() <= MOST);
        }
        assert!(first.regex.is_match("caat"));
        assert!(patterns.get("a+").unwrap().regex.is_match("caat"));
    }
}
