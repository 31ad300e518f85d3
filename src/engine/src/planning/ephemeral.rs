//! Ephemeral resources: open while the plan is made.

use std::sync::Arc;

use groma_config::ResourceBlock;
use groma_value::{Marks, Value};

use super::resources::{Evaluated, Part, Wanted};
use super::{Answer, Planner};
use crate::ephemeral::{OpenAnswer, open};
use crate::graph::{Id, Node};
use crate::walk::{Load, Next};
use crate::{ObjectId, Operation};

impl Planner<'_> {
    /// Opens an ephemeral resource; one whose configuration is not known yet waits for the apply.
    pub(super) fn start_open(
        &mut self,
        id: Id,
        part: usize,
        block: &ResourceBlock,
        wanted: &Wanted,
    ) -> Next<Answer> {
        let Some(evaluated) = self.evaluate(block, wanted) else { return Next::Failed };
        let Evaluated { config, schema, provider, .. } = evaluated;
        if !config.is_wholly_known() {
            let value = Value::unknown(schema.ty.clone()).with_marks(Marks::EPHEMERAL);
            self.set_value(id, part, value);
            return Next::Done;
        }
        let addr = wanted.addr.clone();
        let object = ObjectId { addr: Arc::new(addr.clone()), deposed: None };
        let operation = Operation::Open;
        self.underway.start((id, part), object, operation, None, self.input.events);
        Next::Job {
            load: Load::Call,
            job: Box::pin(async move {
                Answer::Opened(Box::new(open(provider, addr, config, schema).await))
            }),
        }
    }

    /// Takes in what opening gave.
    pub(super) fn opened(&mut self, id: Id, part: usize, answer: OpenAnswer) -> bool {
        let Some(Part::Wanted(wanted)) = self.part(id, part) else { return true };
        let Node::Resource(module, at) = self.graph.graph[id] else { return true };
        let Some(block) = self.block(module, at).cloned() else { return true };
        let (value, diags) = self.opened.take(answer, &block);
        self.underway.end((id, part), value.is_some().then_some(None), self.input.events);
        let mut ok = self.report_all(diags);
        let Some(value) = value else { return false };
        ok &= self.holds(id, &block, &wanted, &value);
        self.set_value(id, part, value);
        ok
    }
}
