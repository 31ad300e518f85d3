//! Which attributes a plan's changes may have come from.

use std::collections::{BTreeMap, HashSet};

use groma_addr::{InstanceKey, Resource};
use groma_config::{Reference, Subject};
use groma_eval::{FrameId, Frames};
use groma_lang::syntax::{Body, Expr, Item, StepKind, Traversal};
use groma_value::{Path, PathStep, View};

use super::Planner;
use crate::{Action, OutputChange, RelevantAttribute, RelevantResource};

/// References that are followed, each once.
struct Walk<'p, 'a> {
    planner: &'p Planner<'a>,
    pending: Vec<(FrameId, Traversal)>,
    seen: HashSet<(FrameId, String)>,
    found: BTreeMap<(RelevantResource, String), Path>,
}

impl Planner<'_> {
    /// The attributes that expressions of changed resources and outputs refer to, directly or
    /// through other values.
    pub(super) fn relevant_attributes(&self, outputs: &[OutputChange]) -> Vec<RelevantAttribute> {
        let mut walk = Walk {
            planner: self,
            pending: Vec::new(),
            seen: HashSet::new(),
            found: BTreeMap::new(),
        };
        for change in self.changes.iter().filter(|change| change.action != Action::NoOp) {
            let Some(frame) = self.eval.frames.find(&change.addr.module) else { continue };
            let module = &self.eval.frames.get(frame).module;
            if let Some(block) = module.resources.get(&change.addr.resource) {
                walk.body(frame, &block.body, None);
            }
        }
        if let Some(root) = self.input.config.root() {
            for change in outputs.iter().filter(|change| change.action != Action::NoOp) {
                if let Some(output) = root.outputs.get(&change.name) {
                    walk.expr(Frames::ROOT, &output.expr);
                }
            }
        }
        while let Some((frame, traversal)) = walk.pending.pop() {
            walk.follow(frame, &traversal);
        }
        let found = walk.found.into_iter();
        found.map(|((resource, _), attribute)| RelevantAttribute { resource, attribute }).collect()
    }
}

impl Walk<'_, '_> {
    fn expr(&mut self, frame: FrameId, expr: &Expr) {
        for traversal in expr.variables() {
            if self.seen.insert((frame, traversal.to_string())) {
                self.pending.push((frame, traversal));
            }
        }
    }

    /// All expressions of a body, or of what has that name in it.
    fn body(&mut self, frame: FrameId, body: &Body, name: Option<&str>) {
        let wanted = |found: &str| name.is_none_or(|name| name == found);
        let Some(items) = body.items() else {
            for attribute in body.just_attributes().0 {
                if wanted(&attribute.name) {
                    self.expr(frame, &attribute.expr);
                }
            }
            return;
        };
        for item in items {
            match item {
                Item::Attribute(attribute) if wanted(&attribute.name) => {
                    self.expr(frame, &attribute.expr);
                }
                Item::Block(block) => {
                    let label = block.labels.first().map(|label| label.text.clone());
                    let dynamic = &*block.ty == "dynamic";
                    let named = label.filter(|_| dynamic).unwrap_or_else(|| block.ty.clone());
                    if wanted(&named) {
                        self.body(frame, &block.body, None);
                    }
                }
                Item::Attribute(_) => {}
            }
        }
    }

    fn follow(&mut self, id: FrameId, traversal: &Traversal) {
        let Ok(Reference { subject, consumed, .. }) = Reference::parse(traversal) else { return };
        let planner = self.planner;
        let frame = planner.eval.frames.get(id);
        match subject {
            Subject::Local(name) => {
                if let Some(local) = frame.module.locals.get(name.as_str()) {
                    self.expr(id, &local.expr);
                }
            }
            Subject::Variable(name) => {
                let Some((parent, call)) = &frame.module.parent else { return };
                let caller = &planner.graph.module(*parent).module;
                let call = caller.calls.get(call);
                let argument = call.and_then(|call| call.arguments.get(name.as_str()));
                if let (Some(argument), Some(caller)) = (argument, frame.parent) {
                    self.expr(caller, &argument.expr);
                }
            }
            Subject::Module { name, key, output } => {
                let Some(called) = frame.called(name) else { return };
                let key = key.and_then(instance_key);
                let children =
                    called.entries().filter(|(at, _)| key.is_none() || key.as_ref() == Some(at));
                for child in children.map(|(_, child)| *child).collect::<Vec<_>>() {
                    let module = &planner.eval.frames.get(child).module;
                    let outputs = module.outputs.values();
                    for found in outputs.filter(|o| output.is_none_or(|name| **name == *o.name)) {
                        self.expr(child, &found.expr);
                    }
                }
            }
            Subject::Resource { mode, ty, name, key } => {
                let resource = Resource::new(mode, ty.as_str(), name.as_str());
                let path = attribute(traversal, consumed);
                let block = frame.module.resources.get(&resource);
                let key = key.and_then(instance_key);
                let addr = resource.absolute(frame.addr.clone());
                let relevant = match key {
                    Some(key) => RelevantResource::Instance(addr.instance(key)),
                    None => RelevantResource::Resource(addr),
                };
                let first = traversal.attr(consumed).cloned();
                self.found.insert((relevant, path.to_string()), path);
                if let Some(block) = block {
                    self.body(id, &block.body, first.as_deref());
                }
            }
            Subject::Count(_)
            | Subject::Each(_)
            | Subject::Path(_)
            | Subject::Terraform(_)
            | Subject::This => {}
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

fn instance_key(key: &groma_value::Value) -> Option<InstanceKey> {
    match key.view() {
        View::Number(number) => number.to_u64().map(InstanceKey::Int),
        View::String(text) => Some(InstanceKey::Str(text.as_str().into())),
        _ => None,
    }
}
