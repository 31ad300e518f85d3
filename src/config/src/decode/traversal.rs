//! References read as addresses of objects: `moved`, `removed`, `import`.

use std::ops::Range;

use groma_addr::{ConfigResource, Ident, Mode, Module, ParseError, Resource, Target, parse_target};
use groma_diag::{Diagnostic, Span};
use groma_lang::syntax::{ExprKind, ExprRef, Step, StepKind, Traversal};

use crate::model::RemovedTarget;

/// The address that a reference is, of any kind of object.
pub(super) fn target(traversal: &Traversal) -> Result<Target, Diagnostic> {
    let mut text = traversal.root.to_string();
    let mut steps = vec![(0..text.len(), traversal.root_span)];
    for step in &traversal.steps {
        let start = text.len();
        text.push_str(&step.to_string());
        steps.push((start..text.len(), step.span));
    }
    parse_target(&text).map_err(|error| locate(&error, &steps))
}

/// The error at the place in the file of the step that it is about.
fn locate(error: &ParseError, steps: &[(Range<usize>, Span)]) -> Diagnostic {
    let touched = steps.iter().filter(|(range, _)| {
        range.start < error.span.end.max(error.span.start + 1) && error.span.start < range.end
    });
    let span = touched.map(|(_, span)| *span).reduce(Span::to);
    Diagnostic::error(error.summary.clone(), error.message.clone()).at_opt(span)
}

/// An expression as a reference without keys that are not literal: the static part of
/// `module.a[each.key].b.c[each.value]`.
pub(super) fn without_dynamic_keys(expr: ExprRef<'_>) -> Option<Traversal> {
    match expr.kind() {
        ExprKind::Index { collection, .. } => {
            let mut traversal = without_dynamic_keys(collection)?;
            traversal.span = expr.span();
            Some(traversal)
        }
        ExprKind::Relative(source, steps) => {
            let mut traversal = without_dynamic_keys(source)?;
            traversal.steps.extend(steps);
            traversal.span = expr.span();
            Some(traversal)
        }
        _ => expr.as_traversal().ok(),
    }
}

/// What a `removed` block names: a resource or module as written, with no keys.
pub(super) fn removed(traversal: &Traversal) -> Result<RemovedTarget, Diagnostic> {
    let mut rest = Names::new(traversal);
    let mut module = Module::root();
    while rest.first_name().is_some_and(|name| &**name == "module") {
        let at = rest.span();
        rest = rest.after_first();
        let Some(name) = rest.first_name() else {
            let detail = "Prefix \"module.\" must be followed by a module name.";
            return Err(Diagnostic::error("Invalid address operator", detail).at(at));
        };
        module = module.child(Ident::from(name.clone()));
        rest = rest.after_first();
        if let Some(key) = rest.key() {
            let detail = "Module address must be a module (e.g. \"module.foo\"), not a module \
                          instance (e.g. \"module.foo[1]\").";
            return Err(Diagnostic::error("Module instance keys not allowed", detail).at(key));
        }
    }
    if rest.is_empty() {
        return Ok(RemovedTarget::Module(module));
    }
    match rest.first_name().map(|name| &**name) {
        Some("data") => {
            let detail = "Data sources are never destroyed, so they are not valid targets of \
                          removed blocks. To remove the data source from state, remove the data \
                          source block from configuration.";
            return Err(
                Diagnostic::error("Data source address not allowed", detail).at(traversal.span)
            );
        }
        Some("resource") => rest = rest.after_first(),
        _ => {}
    }
    let resource = rest.resource()?;
    Ok(RemovedTarget::Resource(ConfigResource { module, resource }))
}

/// The names and keys of a reference from some point on.
struct Names<'a> {
    traversal: &'a Traversal,
    /// 0 is the root.
    from: usize,
}

impl<'a> Names<'a> {
    fn new(traversal: &'a Traversal) -> Self {
        Self { traversal, from: 0 }
    }

    fn after_first(&self) -> Self {
        Self { traversal: self.traversal, from: self.from + 1 }
    }

    fn step(&self, index: usize) -> Option<&'a Step> {
        self.traversal.steps.get((self.from + index).checked_sub(1)?)
    }

    fn is_empty(&self) -> bool {
        self.from > self.traversal.steps.len()
    }

    fn first_name(&self) -> Option<&'a groma_value::Str> {
        self.name(0)
    }

    fn name(&self, index: usize) -> Option<&'a groma_value::Str> {
        if self.from + index == 0 {
            return Some(&self.traversal.root);
        }
        self.step(index)?.name()
    }

    /// Where the first one is, if it is a key.
    fn key(&self) -> Option<Span> {
        let step = self.step(0)?;
        matches!(step.kind, StepKind::Index(_)).then_some(step.span)
    }

    fn span_of(&self, index: usize) -> Option<Span> {
        if self.from + index == 0 {
            return Some(self.traversal.root_span);
        }
        self.step(index).map(|step| step.span)
    }

    /// From the first to the last.
    fn span(&self) -> Span {
        let first = self.span_of(0).unwrap_or(self.traversal.span);
        Span::new(first.file, first.start, self.traversal.span.end.max(first.end))
    }

    /// A managed resource, and nothing after it.
    fn resource(&self) -> Result<Resource, Diagnostic> {
        let invalid = |detail: &str, at: Span| Diagnostic::error("Invalid address", detail).at(at);
        if self.span_of(1).is_none() {
            let detail = "Resource specification must include a resource type and name.";
            return Err(invalid(detail, self.span()));
        }
        let Some(ty) = self.name(0) else {
            return Err(invalid("A resource type name is required.", self.span()));
        };
        let Some(name) = self.name(1) else {
            let at = self.span_of(1).unwrap_or(self.traversal.span);
            return Err(invalid("A resource name is required.", at));
        };
        if let Some(key) = self.span_of(2) {
            let detail = "Resource address must be a resource (e.g. \"test_instance.foo\"), not a \
                          resource instance (e.g. \"test_instance.foo[1]\").";
            return Err(Diagnostic::error("Resource instance keys not allowed", detail).at(key));
        }
        Ok(Resource::new(Mode::Managed, Ident::from(ty.clone()), Ident::from(name.clone())))
    }
}
