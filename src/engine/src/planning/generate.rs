//! Configuration for imports that have none: `-generate-config-out`.
//!
//! Each gets a block without arguments before the graph is built. Once its object has been read,
//! the block says what the object is, and the instance is planned by it.

use std::collections::HashMap;
use std::sync::Arc;

use groma_addr::{LocalProvider, Resource};
use groma_config::{Config, Import, Lifecycle, Module, Repetition, ResourceBlock};
use groma_diag::{Diagnostic, Diagnostics};
use groma_lang::syntax::{Body, parse_file};
use groma_state::State;
use groma_value::Value;

use super::Planner;
use super::import::written;
use super::resources::Wanted;
use crate::graph::Id;
use crate::pool::TypeSchema;

/// A block that was made of an object.
pub(super) struct GeneratedBlock {
    block: ResourceBlock,
    /// As it is to be written to a file.
    pub(super) text: Arc<str>,
}

/// Blocks that are generated, by the node of their resource.
pub(super) type GeneratedBlocks = HashMap<Id, GeneratedBlock>;

/// The configuration with a block for each import that has none and could have one; `None` if
/// there is no such import.
pub(super) fn with_blocks(config: &Config, state: &State) -> Option<Arc<Config>> {
    let root = config.root()?;
    let blocks: Vec<ResourceBlock> = root
        .imports
        .iter()
        .filter(|import| {
            import.resource.module.is_root()
                && !root.resources.contains_key(&import.resource.resource)
                && can_generate(import)
        })
        .map(|import| placeholder(root, import))
        // What is managed already is not imported.
        .filter(|block| {
            let addr = block.addr.clone().absolute(groma_addr::ModuleInstance::root());
            state.object(&addr.instance(groma_addr::InstanceKey::None), None).is_none()
        })
        .collect();
    if blocks.is_empty() {
        return None;
    }
    let mut root = Module::clone(root);
    root.resources.extend(blocks.into_iter().map(|block| (block.addr.clone(), block)));
    root.resources.sort_unstable_keys();
    let mut config = config.clone();
    let id = root.id.0 as usize;
    *config.modules.get_mut(id)? = Arc::new(root);
    Some(Arc::new(config))
}

/// Whether an import is of one object without a key.
pub(super) fn can_generate(import: &Import) -> bool {
    import.for_each.is_none()
        && import.to.as_traversal().is_ok_and(|to| !written(&to).ends_with(']'))
}

fn placeholder(root: &Module, import: &Import) -> ResourceBlock {
    let addr = import.resource.resource.clone();
    let provider = import.provider.clone();
    let provider = provider.unwrap_or_else(|| implied(&addr));
    let span = import.to.span();
    ResourceBlock {
        source: root.provider_for_name(&provider.name),
        provider,
        provider_span: None,
        repetition: Repetition::Single,
        body: Body::synthetic(Vec::new(), span),
        depends_on: Vec::new(),
        lifecycle: Lifecycle::default(),
        connection: None,
        provisioners: Vec::new(),
        ty_span: span,
        check: None,
        generated: true,
        addr,
        span,
    }
}

/// The provider that a resource's type implies.
fn implied(addr: &Resource) -> LocalProvider {
    let name = addr.ty.split('_').next().unwrap_or_default();
    LocalProvider { name: name.into(), alias: None }
}

/// What messages call the file of generated configuration.
const GENERATED: &str = "generated.tf";

impl Planner<'_> {
    /// The block that was generated for a resource.
    pub(super) fn generated_block(&self, id: Id) -> Option<&ResourceBlock> {
        Some(&self.generated.get(&id)?.block)
    }

    /// Writes the block of an imported object, if it is to be generated. Whether that could be
    /// done.
    pub(super) fn generate(
        &mut self,
        id: Id,
        block: &ResourceBlock,
        wanted: &Wanted,
        schema: &TypeSchema,
        value: &Value,
    ) -> bool {
        if !block.generated {
            return true;
        }
        let addr = &block.addr;
        let provider = (block.provider != implied(addr)).then_some(&block.provider);
        let Some(made) = groma_eval::generate(addr, provider, &schema.schema.block, value) else {
            let text = format!("No configuration could be generated for {addr}. This is a bug.");
            self.report(Diagnostic::error("Failed to generate configuration", text));
            return false;
        };
        let skipped = made.skipped.iter().map(|name| skipped(name, wanted));
        self.report_all(skipped.collect());
        let text: Arc<[u8]> = made.arguments.into_bytes().into();
        let file = self.input.config.sources.add(GENERATED, Arc::clone(&text));
        let (body, diags): (Body, Diagnostics) = parse_file(file, GENERATED, text);
        if !self.report_all(diags) {
            return false;
        }
        let block = ResourceBlock { body, ..block.clone() };
        self.generated.insert(id, GeneratedBlock { block, text: made.block.into() });
        true
    }
}

fn skipped(name: &str, wanted: &Wanted) -> Diagnostic {
    Diagnostic::warning(
        "Skipped part of config generation",
        format!(
            "Could not create attribute {name} in {} when generating import configuration. The \
             plan will likely report the missing attribute as being deleted.",
            wanted.addr
        ),
    )
}
