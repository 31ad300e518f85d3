//! Ephemeral resources: open while changes are made.

use std::sync::Arc;

use groma_config::ResourceBlock;
use groma_value::Value;

use super::make::Part;
use super::{Answer, Applier};
use crate::ephemeral::{OpenAnswer, open};
use crate::graph::Id;
use crate::pool::TypeSchema;
use crate::walk::{Load, Next};
use crate::{ObjectId, Operation};

impl Applier<'_> {
    /// Opens an ephemeral resource. By now all that it needs is known.
    pub(super) fn start_open(
        &mut self,
        id: Id,
        at: usize,
        block: &ResourceBlock,
        part: &Part,
        config: Value,
        schema: Arc<TypeSchema>,
    ) -> Next<Answer> {
        let module = Arc::clone(&self.eval.frames.get(part.frame).module);
        let provider = module.provider_configs.get(&block.provider);
        let Some(provider) = provider.and_then(|config| self.pool.configured(config)).cloned()
        else {
            return Next::Failed;
        };
        let addr = part.addr.clone();
        let object = ObjectId { addr: Arc::new(addr.clone()), deposed: None };
        let operation = Operation::Open;
        self.underway.start((id, at), object, operation, None, &*self.events);
        Next::Job {
            load: Load::Call,
            job: Box::pin(async move {
                Answer::Opened(Box::new(open(provider, addr, config, schema).await))
            }),
        }
    }

    /// Takes in what opening gave.
    pub(super) fn opened(&mut self, id: Id, at: usize, answer: OpenAnswer) -> bool {
        let Some(part) = self.part(id, at) else { return true };
        let Some(block) = self.block_of(id) else { return true };
        let (value, diags) = self.opened.take(answer, &block);
        self.underway.end((id, at), value.is_some().then_some(None), &*self.events);
        let mut ok = self.report_all(diags);
        let Some(value) = value else { return false };
        ok &= self.holds(id, &block, &part, &value);
        self.set_value(id, &part, value);
        ok
    }
}
