//! Templates that are found at run time, for `templatefile` and `templatestring`.

use std::sync::Arc;

use groma_diag::{Diagnostic, Diagnostics, SourceMap};
use groma_value::{Fields, Value};

use super::evaluator::Evaluator;
use super::scope::{FunctionRef, Resolved, Scope, unknown_variable};
use super::spans;
use crate::functions::{Host, Patterns, RenderError, TemplateRenderer};
use crate::syntax::{Traversal, parse_template};

/// Renders templates with the functions of a scope and the names that they are given.
pub(super) struct Renderer<'s> {
    pub(super) scope: &'s dyn Scope,
}

impl TemplateRenderer for Renderer<'_> {
    fn render(
        &self,
        name: &str,
        source: &str,
        vars: &Fields,
        host: &dyn Host,
    ) -> Result<Value, RenderError> {
        if let Some((name, _)) = vars.iter().find(|(name, _)| !is_identifier(name)) {
            return Err(RenderError::Variables(format!(
                "invalid template variable name {name:?}: must start with a letter, followed by \
                 zero or more letters, digits, and underscores"
            )));
        }
        let sources = SourceMap::new();
        let file = sources.add(name, source.as_bytes());
        let (template, problems) = parse_template(file, Arc::from(source.as_bytes()));
        if problems.has_errors() {
            return Err(RenderError::Syntax(summarize(&sources, &problems)));
        }
        for reference in template.variables() {
            if vars.get(&reference.root).is_none() {
                let place =
                    spans::describe_range(&sources, reference.root_span).unwrap_or_default();
                let root = &reference.root;
                return Err(RenderError::Variables(format!(
                    "vars map does not contain key {root:?}, referenced at {place}"
                )));
            }
        }
        let scope = TemplateScope { vars, functions: self.scope, host, sources: &sources };
        let mut evaluator = Evaluator::new(&scope);
        evaluator.in_template = true;
        let (value, mut problems) = evaluator.run(template.as_ref());
        if value.is_null() && !problems.has_errors() {
            // Of both functions Terraform says the same.
            let detail = "The result of the template is null, which is not a valid result for a \
                          templatestring call.";
            problems.push(Diagnostic::error("Template result is null", detail).at(template.span()));
        }
        if problems.has_errors() {
            return Err(RenderError::Failed(summarize(&sources, &problems)));
        }
        Ok(value)
    }
}

/// Whether the language could name a variable so.
fn is_identifier(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(unicode_ident::is_xid_start)
        && chars.all(|c| c == '-' || unicode_ident::is_xid_continue(c))
}

/// The first error with its place, and how many others there are.
fn summarize(sources: &SourceMap, problems: &Diagnostics) -> String {
    let Some(first) = problems.iter().find(|problem| problem.is_error()) else {
        return String::new();
    };
    let place =
        first.subject.and_then(|span| spans::describe_range(sources, span)).unwrap_or_default();
    let text = format!("{place}: {}; {}", first.summary, first.detail);
    match problems.len() - 1 {
        0 => text,
        others => format!("{text}, and {others} other diagnostic(s)"),
    }
}

/// The names that a template is given, and the functions from around it.
struct TemplateScope<'a> {
    vars: &'a Fields,
    functions: &'a dyn Scope,
    host: &'a dyn Host,
    sources: &'a SourceMap,
}

impl Scope for TemplateScope<'_> {
    fn resolve(&self, reference: &Traversal) -> Result<Resolved, Diagnostics> {
        let value = self.vars.get(&reference.root).ok_or_else(|| {
            unknown_variable(reference, self.vars.iter().map(|(name, _)| name.as_str()))
        })?;
        Ok(Resolved::root(value.clone()))
    }

    fn function(&self, name: &str) -> FunctionRef {
        self.functions.function(name)
    }

    fn function_names(&self) -> Vec<String> {
        self.functions.function_names()
    }

    fn host(&self) -> &dyn Host {
        self.host
    }

    fn patterns(&self) -> Option<&Patterns> {
        self.functions.patterns()
    }

    fn sources(&self) -> Option<&SourceMap> {
        Some(self.sources)
    }
}
