//! Which attributes a plan's changes may have come from.
//!
//! References are followed through the configuration as it is written, not through instances: what
//! a reference leads to is the same whether or not the instance that it names is there.

use std::collections::{BTreeMap, HashMap, HashSet};

use groma_addr::{InstanceKey, ModuleInstance, Resource};
use groma_config::{Module, ModuleId, Reference, Repetition, Subject};
use groma_eval::{Frames, instance_key};
use groma_lang::syntax::{Expr, StepKind, Traversal};
use groma_value::{Path, PathStep, View};

use super::Planner;
use crate::{Action, OutputChange, PlanMode, RelevantAttribute, RelevantResource};

/// References that are followed, each once.
struct Walk<'p, 'a> {
    planner: &'p Planner<'a>,
    places: Vec<Place>,
    by_addr: HashMap<ModuleInstance, PlaceId>,
    pending: Vec<Pending>,
    seen: HashSet<(PlaceId, Option<Resource>, String)>,
    found: BTreeMap<(RelevantResource, String), Path>,
}

/// A module as references lead to it: a call that names no instance leads to one with no key, of
/// which there may be none.
struct Place {
    module: ModuleId,
    addr: ModuleInstance,
}

/// Names a place.
type PlaceId = usize;

/// A reference that is still to be followed.
struct Pending {
    place: PlaceId,
    /// The resource that it is in, if that says what it means: of `count` and `each`.
    within: Option<Resource>,
    traversal: Traversal,
}

impl Planner<'_> {
    /// The attributes that expressions of changed resources and outputs refer to, directly or
    /// through other values.
    pub(super) fn relevant_attributes(&self, outputs: &[OutputChange]) -> Vec<RelevantAttribute> {
        let mut walk = Walk {
            planner: self,
            places: Vec::new(),
            by_addr: HashMap::new(),
            pending: Vec::new(),
            seen: HashSet::new(),
            found: BTreeMap::new(),
        };
        let mut last: Option<(&ModuleInstance, &Resource)> = None;
        for change in self.changes.iter().filter(|change| change.action != Action::NoOp) {
            let at = (&change.addr.module, &change.addr.resource);
            // All instances of a resource refer to the same, and they stand together.
            if last.replace(at) != Some(at)
                && let Some(place) = walk.place(&change.addr.module)
            {
                walk.resource(place, &change.addr.resource, None);
            }
        }
        if let Some(place) = walk.place(&ModuleInstance::root()) {
            for change in outputs.iter().filter(|change| change.action != Action::NoOp) {
                walk.output(place, &change.name);
            }
        }
        // Nothing is evaluated to be destroyed.
        if self.mode != PlanMode::Destroy {
            walk.module_outputs();
        }
        while let Some(reference) = walk.pending.pop() {
            walk.follow(&reference);
        }
        let found = walk.found.into_iter();
        found.map(|((resource, _), attribute)| RelevantAttribute { resource, attribute }).collect()
    }
}

impl<'p> Walk<'p, '_> {
    /// The place of an address; `None` if there is no such module.
    fn place(&mut self, addr: &ModuleInstance) -> Option<PlaceId> {
        if let Some(place) = self.by_addr.get(addr) {
            return Some(*place);
        }
        let module = self.planner.input.config.find(&addr.module())?.id;
        let place = self.places.len();
        self.places.push(Place { module, addr: addr.clone() });
        self.by_addr.insert(addr.clone(), place);
        Some(place)
    }

    fn module(&self, place: PlaceId) -> &'p Module {
        &self.planner.graph.module(self.places[place].module).module
    }

    /// Outputs of modules are new to each plan, for no state has them: all that have a value count
    /// as changed.
    fn module_outputs(&mut self) {
        for (id, frame) in self.planner.eval.frames.iter().filter(|(id, _)| *id != Frames::ROOT) {
            let frame_outputs = self.planner.eval.frames.get(id).module.outputs.keys();
            let Some(place) = self.place(&frame.addr) else { continue };
            for name in frame_outputs {
                if frame.output(name).is_some_and(|value| !value.is_null()) {
                    self.output(place, name);
                }
            }
        }
    }

    fn reference(&mut self, place: PlaceId, within: Option<&Resource>, traversal: Traversal) {
        let within = within.filter(|_| matches!(&*traversal.root, "count" | "each")).cloned();
        if self.seen.insert((place, within.clone(), traversal.to_string())) {
            self.pending.push(Pending { place, within, traversal });
        }
    }

    fn expr(&mut self, place: PlaceId, expr: &Expr) {
        for traversal in expr.variables() {
            self.reference(place, None, traversal);
        }
    }

    fn output(&mut self, place: PlaceId, name: &str) {
        if let Some(output) = self.module(place).outputs.get(name) {
            self.expr(place, &output.expr);
        }
    }

    /// What the arguments of a resource refer to, or what one of them does.
    fn resource(&mut self, place: PlaceId, addr: &Resource, argument: Option<&str>) {
        let Some(block) = self.module(place).resources.get(addr) else { return };
        let Some(schema) = self.planner.pool.ty(&block.source, addr.mode, &addr.ty) else { return };
        let references = match argument {
            Some(name) => schema.spec.references_in(&block.body, name),
            None => schema.spec.references(&block.body),
        };
        for traversal in references {
            self.reference(place, Some(addr), traversal);
        }
    }

    fn follow(&mut self, pending: &Pending) {
        let Pending { place, within, traversal } = pending;
        let place = *place;
        let Ok(Reference { subject, consumed, .. }) = Reference::parse(traversal) else { return };
        match subject {
            Subject::Local(name) => {
                if let Some(local) = self.module(place).locals.get(name.as_str()) {
                    self.expr(place, &local.expr);
                }
            }
            Subject::Variable(name) => self.variable(place, name.as_str()),
            Subject::Module { name, key, output } => {
                let key = key.and_then(instance_key).unwrap_or(InstanceKey::None);
                let addr = self.places[place].addr.child(name.as_str(), key);
                let Some(child) = self.place(&addr) else { return };
                match output {
                    Some(output) => self.output(child, output),
                    None => {
                        for name in self.module(child).outputs.keys() {
                            self.output(child, name);
                        }
                    }
                }
            }
            Subject::Resource { mode, ty, name, key } => {
                let resource = Resource::new(mode, ty.as_str(), name.as_str());
                if !self.module(place).resources.contains_key(&resource) {
                    return;
                }
                let path = attribute(traversal, consumed);
                let addr = resource.clone().absolute(self.places[place].addr.clone());
                let relevant = match key.and_then(instance_key) {
                    Some(key) => RelevantResource::Instance(addr.instance(key)),
                    None => RelevantResource::Resource(addr),
                };
                let first = traversal.attr(consumed).cloned();
                self.found.insert((relevant, written(traversal, consumed)), path);
                self.resource(place, &resource, first.as_deref());
            }
            Subject::Count(_) | Subject::Each(_) => {
                let block = within.as_ref().and_then(|addr| self.module(place).resources.get(addr));
                if let Some(Repetition::Count(expr) | Repetition::ForEach(expr)) =
                    block.map(|block| &block.repetition)
                {
                    self.expr(place, expr);
                }
            }
            Subject::Path(_) | Subject::Terraform(_) | Subject::This => {}
        }
    }

    /// What the argument of a module's call refers to.
    fn variable(&mut self, place: PlaceId, name: &str) {
        let Some((caller, _)) = self.places[place].addr.parent() else { return };
        let Some((parent, call)) = &self.module(place).parent else { return };
        let call = self.planner.graph.module(*parent).module.calls.get(call);
        let argument = call.and_then(|call| call.arguments.get(name));
        if let (Some(argument), Some(caller)) = (argument, self.place(&caller)) {
            self.expr(caller, &argument.expr);
        }
    }
}

/// The steps of a reference beyond what names the resource.
fn attribute(traversal: &Traversal, from: usize) -> Path {
    let steps = traversal.steps.get(from..).unwrap_or_default();
    let steps = steps.iter().map_while(|step| match &step.kind {
        StepKind::Attr(name) => Some(PathStep::Attr(name.clone())),
        StepKind::Index(key) => match key.view() {
            View::Number(number) => Some(PathStep::Index(number.clone())),
            View::String(text) => Some(PathStep::Key(text.clone())),
            _ => None,
        },
    });
    Path(steps.collect())
}

/// The same steps as written: `.a` and `["a"]` are told apart, as readers of plans expect.
fn written(traversal: &Traversal, from: usize) -> String {
    let steps = traversal.steps.get(from..).unwrap_or_default();
    steps.iter().map(ToString::to_string).collect()
}
