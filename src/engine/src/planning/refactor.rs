//! What is wrong with `moved` and `removed` blocks.
//!
//! Whether the objects that a `moved` block is about are there is known once all is planned.

use std::collections::HashMap;
use std::fmt;

use groma_addr::{ModuleInstance, Resource, ResourceInstance, Target};
use groma_config::{Config, RemovedTarget, Repetition};
use groma_diag::{Diagnostic, Diagnostics, Span};
use groma_eval::Frames;
use petgraph::algo::tarjan_scc;

use super::Planner;
use super::moved::{Endpoints, Statement, chained, join, statements};
use crate::graph::covers;

impl Planner<'_> {
    /// Reports `removed` blocks that came to nothing, and moves that targets cut in half.
    pub(super) fn check_refactoring(&mut self) {
        let found = still_there(self.input.config);
        self.report_all(found);
        let excluded = self.excluded_moves();
        if !excluded.is_empty() {
            self.report(excluded_by_targeting(&excluded));
        }
    }

    /// Where objects were moved from and to, of what no target names.
    fn excluded_moves(&self) -> Vec<ResourceInstance> {
        let targets: &[Target] = &self.input.options.targets;
        if targets.is_empty() {
            return Vec::new();
        }
        let ends = self.moved.iter().flat_map(|(to, from)| [from, to]);
        let mut excluded: Vec<_> =
            ends.filter(|addr| !targets.iter().any(|t| covers(t, addr))).cloned().collect();
        excluded.sort();
        excluded
    }

    /// Checks the `moved` blocks. What is wrong with one is most likely why other things went
    /// wrong: it is all that is reported then, and the plan is not worth looking at.
    pub(super) fn check_moves(&mut self) {
        let found = Moves::new(self.input.config, &self.eval.frames).check();
        if found.has_errors() {
            self.diags = found;
            self.abandoned = true;
        }
    }
}

/// What `removed` blocks say is gone, and is not.
fn still_there(config: &Config) -> Diagnostics {
    let mut diags = Diagnostics::new();
    for module in &config.modules {
        for removed in &module.removed {
            let inside = |path: &groma_addr::Module| {
                groma_addr::Module::new(module.path.calls().iter().chain(path.calls()).cloned())
            };
            let (kind, name, place) = match &removed.from {
                RemovedTarget::Resource(addr) => {
                    let path = inside(&addr.module);
                    let block = config.find(&path).and_then(|m| m.resources.get(&addr.resource));
                    let name = addr.resource.clone().in_module(path).to_string();
                    ("resource", name, block.map(|block| block.span))
                }
                RemovedTarget::Module(path) => {
                    let path = inside(path);
                    let call = path.parent().and_then(|(caller, name)| {
                        config.find(&caller).and_then(|module| module.calls.get(name))
                    });
                    ("module", path.to_string(), call.map(|call| call.span))
                }
            };
            let Some(place) = place else { continue };
            let detail = format!(
                "This statement declares that {name} was removed, but it is still declared in \
                 configuration."
            );
            let summary = format!("Removed {kind} still exists");
            diags.push(Diagnostic::error(summary, detail).at(place));
        }
    }
    diags
}

fn excluded_by_targeting(excluded: &[ResourceInstance]) -> Diagnostic {
    let mut lines: Vec<String> = excluded
        .iter()
        .map(|addr| format!("\n  -target={:?}", addr.containing().to_string()))
        .collect();
    lines.dedup();
    Diagnostic::error(
        "Moved resource instances excluded by targeting",
        format!(
            "Resource instances in your current state have moved to new addresses in the latest \
             configuration. Terraform must include those resource instances while planning in order \
             to ensure a correct result, but your -target=... options do not fully cover all of \
             those resource instances.\n\nTo create a valid plan, either remove your -target=... \
             options altogether or add the following additional target options:{}\n\nNote that \
             adding these options may include further additional resource instances in your plan, \
             in order to respect object dependencies.",
            lines.concat()
        ),
    )
}

/// What a `moved` block names, in one instance of the module that it stands in.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Thing {
    Call(ModuleInstance),
    Module(ModuleInstance),
    Resource(ModuleInstance, Resource),
    Instance(ResourceInstance),
}

impl Thing {
    /// Both ends of a statement.
    fn ends(statement: &Statement<'_>, base: &ModuleInstance) -> (Self, Self) {
        let inside =
            |module: &ModuleInstance| join(base.steps().to_vec(), module.steps().iter().cloned());
        match &statement.endpoints {
            Endpoints::Call { from, to } => (Self::Call(inside(from)), Self::Call(inside(to))),
            Endpoints::Module { from, to } => {
                (Self::Module(inside(from)), Self::Module(inside(to)))
            }
            Endpoints::Resource { from, to } => (
                Self::Resource(inside(&from.0), from.1.clone()),
                Self::Resource(inside(&to.0), to.1.clone()),
            ),
            Endpoints::Instance { from, to } => {
                let end = |addr: &ResourceInstance| {
                    Self::Instance(ResourceInstance {
                        module: inside(&addr.module),
                        ..addr.clone()
                    })
                };
                (end(from), end(to))
            }
        }
    }

    /// What it is, at length and in short.
    const fn nouns(&self) -> (&'static str, &'static str) {
        match self {
            Self::Call(_) => ("module call", "call"),
            Self::Module(_) => ("module instance", "instance"),
            Self::Resource(..) => ("resource", "resource"),
            Self::Instance(_) => ("resource instance", "instance"),
        }
    }

    fn exists(&self, frames: &Frames) -> bool {
        let resource = |module: &ModuleInstance, resource: &Resource| {
            let frame = frames.get(frames.find(module)?);
            frame.resource(resource.mode, &resource.ty, &resource.name)
        };
        match self {
            Self::Call(module) => module.parent().is_some_and(|(caller, last)| {
                frames.find(&caller).is_some_and(|f| frames.get(f).called(&last.name).is_some())
            }),
            Self::Module(module) => frames.find(module).is_some(),
            Self::Resource(module, addr) => resource(module, addr).is_some(),
            Self::Instance(addr) => resource(&addr.module, &addr.resource)
                .is_some_and(|instances| instances.get(&addr.key).is_some()),
        }
    }

    /// Where it is declared: of one instance, where it is said how many there are.
    fn declared(&self, config: &Config) -> Option<Span> {
        let repeated = |repetition: &Repetition, span: Span| match repetition {
            Repetition::Count(expr) | Repetition::ForEach(expr) => expr.span(),
            Repetition::Single => span,
        };
        let call = |module: &ModuleInstance| {
            let (caller, last) = module.parent()?;
            config.find(&caller.module())?.calls.get(&last.name)
        };
        let resource = |module: &ModuleInstance, addr: &Resource| {
            config.find(&module.module())?.resources.get(addr)
        };
        Some(match self {
            Self::Call(module) => call(module)?.span,
            Self::Module(module) => {
                let call = call(module)?;
                repeated(&call.repetition, call.span)
            }
            Self::Resource(module, addr) => resource(module, addr)?.span,
            Self::Instance(addr) => {
                let block = resource(&addr.module, &addr.resource)?;
                repeated(&block.repetition, block.span)
            }
        })
    }
}

impl fmt::Display for Thing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Call(module) | Self::Module(module) => module.fmt(f),
            Self::Resource(module, resource) => resource.clone().absolute(module.clone()).fmt(f),
            Self::Instance(addr) => addr.fmt(f),
        }
    }
}

/// The `moved` blocks of a configuration whose instances are known.
struct Moves<'c> {
    config: &'c Config,
    frames: &'c Frames,
    statements: Vec<Statement<'c>>,
    /// The other end of what was named as one, and the statement that did.
    from: HashMap<Thing, (Thing, Span)>,
    to: HashMap<Thing, (Thing, Span)>,
    diags: Diagnostics,
}

impl<'c> Moves<'c> {
    fn new(config: &'c Config, frames: &'c Frames) -> Self {
        let (from, to) = Default::default();
        let statements = statements(config);
        Self { config, frames, statements, from, to, diags: Diagnostics::new() }
    }

    fn check(mut self) -> Diagnostics {
        let ends: Vec<(Thing, Thing, Span)> = self
            .statements
            .iter()
            .flat_map(|statement| {
                let frames = self.frames.of(statement.module.id).iter();
                frames.map(|frame| {
                    let (from, to) = Thing::ends(statement, &self.frames.get(*frame).addr);
                    (from, to, statement.block.span)
                })
            })
            .collect();
        for (from, to, place) in ends {
            self.move_of(from, to, place);
        }
        if !self.diags.has_errors() {
            self.circles();
        }
        self.diags
    }

    fn error(&mut self, summary: &str, detail: String, place: Span) {
        self.diags.push(Diagnostic::error(summary, detail).at(place));
    }

    fn move_of(&mut self, from: Thing, to: Thing, place: Span) {
        const AMBIGUOUS: &str = "Ambiguous move statements";
        if from == to {
            let detail = format!(
                "This statement declares a move from {from} to the same address, which is the same \
                 as not declaring this move at all."
            );
            return self.error("Redundant move statement", detail, place);
        }
        let (noun, short) = from.nouns();
        if from.exists(self.frames) {
            let declared = from.declared(self.config).map_or_else(String::new, |span| {
                format!(" at {}", self.config.sources.describe(span))
            });
            let detail = format!(
                "This statement declares a move from {from}, but that {noun} is still declared\
                 {declared}.\n\nChange your configuration so that this {short} will be declared as \
                 {to} instead."
            );
            self.error("Moved object still exists", detail, place);
        }
        let sources = &self.config.sources;
        let mut ambiguous = Vec::new();
        if let Some((other, there)) = self.from.get(&from).filter(|(other, _)| *other != to) {
            ambiguous.push(format!(
                "A statement at {} declared that {from} moved to {other}, but this statement \
                 instead declares that it moved to {to}.\n\nEach {noun} can move to only one \
                 destination {short}.",
                sources.describe(*there)
            ));
        }
        if let Some((other, there)) = self.to.get(&to).filter(|(other, _)| *other != from) {
            ambiguous.push(format!(
                "A statement at {} declared that {other} moved to {to}, but this statement instead \
                 declares that {from} moved there.\n\nEach {noun} can have moved from only one \
                 source {short}.",
                sources.describe(*there)
            ));
        }
        for detail in ambiguous {
            self.error(AMBIGUOUS, detail, place);
        }
        self.from.entry(from.clone()).or_insert_with(|| (to.clone(), place));
        self.to.entry(to).or_insert((from, place));
    }

    /// Reports statements that move in circles.
    fn circles(&mut self) {
        for circle in tarjan_scc(&chained(&self.statements)) {
            if circle.len() < 2 {
                continue;
            }
            let statements = circle.iter().filter_map(|node| self.statements.get(node.index()));
            let mut lines: Vec<String> = statements
                .map(|statement| {
                    let place = self.config.sources.describe(statement.block.span);
                    let (from, to) = statement.written();
                    format!("\n  - {place}: {from} \u{2192} {to}")
                })
                .collect();
            lines.sort();
            self.diags.push(Diagnostic::error(
                "Cyclic dependency in move statements",
                format!(
                    "The following chained move statements form a cycle, and so there is no final \
                     location to move objects to:{}\n\nA chain of move statements must end with an \
                     address that doesn't appear in any other statements, and which typically also \
                     refers to an object still declared in the configuration.",
                    lines.concat()
                ),
            ));
        }
    }
}

impl Statement<'_> {
    /// Both ends, with `[*]` where any instance is meant.
    fn written(&self) -> (String, String) {
        let (from, to) = Thing::ends(self, &ModuleInstance::root());
        let base: String =
            self.module.path.calls().iter().map(|call| format!("module.{call}[*].")).collect();
        let written = |thing: &Thing| match thing {
            Thing::Call(_) | Thing::Resource(..) => format!("{base}{thing}[*]"),
            Thing::Module(_) | Thing::Instance(_) => format!("{base}{thing}"),
        };
        (written(&from), written(&to))
    }
}
