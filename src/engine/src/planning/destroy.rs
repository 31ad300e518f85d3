//! Destructions.
//!
//! One is planned in two walks. The first plans as ever, with conditions as warnings: it reads what
//! is there, and gives the outputs the values that the configuration says they have just before
//! they go. Of what it planned nothing is kept but the state. The second plans the end of each
//! object in that state.
//!
//! With `-refresh=false` there is only the second, and providers are configured from the state.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use groma_addr::{InstanceKey, Mode, ResourceInstance};
use groma_config::{ModuleId, Repetition, ResourceBlock};
use groma_diag::Diagnostics;
use groma_eval::Instances;
use groma_state::State;
use groma_value::{Type, Value};

use super::{Planner, known};
use crate::graph::{self, Id, Node};
use crate::walk::{Begin, walk};
use crate::{Action, InstanceChange, Options, PlanMode, PlannedObject};

/// What the first walk plans.
pub(super) fn first_mode(options: &Options, state: &State) -> PlanMode {
    let is_empty = state.instances().next().is_none() && state.outputs().is_empty();
    match options.mode {
        PlanMode::Destroy if options.refresh && !is_empty => PlanMode::Normal,
        mode => mode,
    }
}

impl Planner<'_> {
    /// The second walk.
    pub(super) async fn destroy(&mut self) {
        if !self.diags.has_errors() {
            let outputs = self.output_changes();
            self.refresh_outputs(&outputs);
            // The first walk's warnings are of changes that will not be made.
            self.diags = Diagnostics::new();
        }
        // What the first walk planned was never to be done.
        self.abandoned |= self.diags.has_errors();
        self.mode = PlanMode::Destroy;
        self.ending = true;
        self.eval.lenient = true;
        self.eval.forget_results();
        self.changes.clear();
        self.by_resource.clear();
        self.keys = HashMap::new();
        self.imported = HashMap::new();
        self.known = known(&self.state);
        self.targeted = graph::target_ends(self.graph, &self.state, &self.input.options.targets);
        if !self.abandoned {
            let (graph, input) = (self.graph, self.input);
            walk(&graph.graph, self, input.options.parallelism, input.cancel).await;
        }
    }

    /// Begins a node of the second walk.
    pub(super) fn begin_ending(&mut self, id: Id) -> Begin {
        match self.graph.graph[id] {
            Node::Resource(module, at) => {
                let Some(block) = self.block(module, at).cloned() else { return Begin::Done };
                let mut parts = Vec::new();
                if block.addr.mode != Mode::Ephemeral {
                    self.add_gone(&block, module, &HashSet::new(), &mut parts);
                }
                self.open(id, parts)
            }
            Node::Orphan(at) => self.begin_orphan(id, at),
            Node::Output(module, at) => {
                // What is left beside targets keeps its outputs.
                if !self.targeted.is_limited() {
                    self.eval.output_ends(module, at);
                }
                Begin::Done
            }
            _ => Begin::Done,
        }
    }

    /// Plans that data is read no more, which is no change to tell of.
    pub(super) fn data_ends(&mut self, addr: &ResourceInstance) {
        let Some(instance) = self.state.instance(addr) else { return };
        let provider = Arc::clone(&instance.provider);
        let schema = self.pool.ty(&provider.provider, Mode::Data, &addr.resource.ty);
        let gone = Value::null(schema.map_or(Type::Dynamic, |schema| schema.ty.clone()));
        let object = PlannedObject {
            schema_version: schema.map_or(0, |schema| schema.schema.version),
            dependencies: groma_state::Dependencies::none(),
            create_before_destroy: false,
            identity: None,
        };
        let before = gone.clone();
        let action = Action::Delete;
        self.keep(InstanceChange::new(addr.clone(), provider, action, before, gone, object));
    }

    /// Gives a resource that is only to be destroyed the instances that the state has, for what
    /// refers to it: the configuration of a provider.
    pub(super) fn shape_as_known(&mut self, id: Id, block: &ResourceBlock, module: ModuleId) {
        let path = self.graph.module(module).module.path.clone();
        let known = self.known.get(&block.addr.clone().in_module(path));
        for frame in self.eval.frames_of(module) {
            let addr = &self.eval.frames.get(frame).addr;
            let keys = known.into_iter().flatten().filter(|known| known.module == *addr);
            let keys = keys.map(|known| &known.key);
            let shape = match block.repetition {
                Repetition::Single => Instances::Single(()),
                Repetition::Count(_) => {
                    // As many as there are: an index beyond that says nothing of how many.
                    let mut shape = vec![None; keys.clone().count()];
                    for key in keys {
                        if let InstanceKey::Int(index) = key
                            && let Ok(index) = usize::try_from(*index)
                            && let Some(slot) = shape.get_mut(index)
                        {
                            *slot = Some(());
                        }
                    }
                    Instances::Count(shape)
                }
                Repetition::ForEach(_) => Instances::ForEach(
                    keys.filter_map(|key| match key {
                        InstanceKey::Str(key) => Some((key.clone(), ())),
                        _ => None,
                    })
                    .collect(),
                ),
            };
            self.shapes.insert((id, frame), shape);
        }
    }
}
