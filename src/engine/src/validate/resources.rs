//! Resources, with everything in their blocks.

use std::sync::Arc;

use groma_addr::Mode;
use groma_config::{IgnoreChanges, Module, ModuleId, Repetition, ResourceBlock};
use groma_diag::{Diagnostic, Diagnostics};
use groma_eval::condition::Kind;
use groma_eval::{FrameId, KeyData, check_steps, deprecated, expand};
use groma_lang::syntax::{Step, StepKind, Traversal};
use groma_value::{Marks, Value};

use super::{Answer, Validator};
use crate::ephemeral::misplaced;
use crate::planning::no_type;
use crate::pool::TypeSchema;
use crate::report::located;
use crate::walk::{Load, Next};

impl Validator<'_> {
    fn block(&self, module: ModuleId, at: u32) -> Option<(Arc<Module>, FrameId, &ResourceBlock)> {
        let entry = self.graph.module(module);
        let block = entry.module.resources.get_index(at as usize).map(|(_, block)| block)?;
        Some((Arc::clone(&entry.module), self.frame(module)?, block))
    }

    pub(super) fn start_resource(&mut self, id: ModuleId, at: u32) -> Next<Answer> {
        let Some((module, frame, block)) = self.block(id, at) else { return Next::Done };
        let block = block.clone();
        let Some(loaded) = self.pool.get(&block.source) else { return Next::Failed };
        let Some(schema) = loaded.ty(block.addr.mode, &block.addr.ty).cloned() else {
            let found = self.unknown_type(&block);
            self.diags.push(found);
            return Next::Failed;
        };
        let provider = Arc::clone(&loaded.probe);
        let keys = match block.repetition {
            Repetition::Single => KeyData::NONE,
            Repetition::Count(_) => {
                KeyData { each_key: None, each_value: None, ..KeyData::unknown() }
            }
            Repetition::ForEach(_) => KeyData { count_index: None, ..KeyData::unknown() },
        };
        let (_, mut diags) = expand(&block.repetition, &self.scope(frame), true);
        let this = Self::whole(&block, &schema);
        diags.extend(self.lifecycle(&block, frame, &keys, &this, &schema));
        diags.extend(self.depends_on(&module, &block.depends_on, frame));
        let scope = self.scope(frame).keyed(&keys);
        let (value, problems) = schema.spec.decode(&block.body, &scope);
        diags.extend(problems);
        let address = block.addr.clone().in_module(module.path.clone()).to_string();
        diags.extend(misplaced(&block, &value, &schema, &address));
        diags.extend(self.provisioners(&block, frame, &keys));
        if !self.report_all(diags) {
            return Next::Failed;
        }
        self.frames.set_resource_whole(frame, &block.addr, this);
        let (mode, ty) = (block.addr.mode, Arc::clone(&block.addr.ty));
        let value = value.unmark_deep().0;
        Next::Job {
            load: Load::Call,
            job: Box::pin(async move {
                Answer(match mode {
                    Mode::Managed => provider.validate_resource(&ty, &value).await,
                    Mode::Data => provider.validate_data(&ty, &value).await,
                    Mode::Ephemeral => provider.validate_ephemeral(&ty, &value).await,
                })
            }),
        }
    }

    pub(super) fn resource_answered(
        &mut self,
        id: ModuleId,
        at: u32,
        Answer(found): Answer,
    ) -> bool {
        let Some((module, _, block)) = self.block(id, at) else { return true };
        let address = block.addr.clone().in_module(module.path.clone()).to_string();
        let diags = located(found, Some(&block.body), Some(block.span), &address);
        self.report_all(diags)
    }

    /// What a reference to the resource gives.
    fn whole(block: &ResourceBlock, schema: &TypeSchema) -> Value {
        match (block.addr.mode, &block.repetition) {
            (Mode::Ephemeral, _) => Value::dynamic().with_marks(Marks::EPHEMERAL),
            (_, Repetition::Single) => Value::unknown(schema.ty.clone()),
            _ => Value::dynamic(),
        }
    }

    fn unknown_type(&self, block: &ResourceBlock) -> Diagnostic {
        let mut diagnostic = no_type(&block.source, block.addr.mode, &block.addr.ty);
        let ty = &block.addr.ty;
        let has = |mode| self.pool.ty(&block.source, mode, ty).is_some();
        if block.addr.mode == Mode::Managed && has(Mode::Data) {
            diagnostic.detail += &format!(
                "\n\nDid you intend to use the data source {ty:?}? If so, declare this using a \
                 \"data\" block instead of a \"resource\" block.",
            );
        } else if block.addr.mode == Mode::Data && has(Mode::Managed) {
            diagnostic.detail += &format!(
                "\n\nDid you intend to use the managed resource type {ty:?}? If so, declare this \
                 using a \"resource\" block instead of a \"data\" block.",
            );
        } else if let Some(loaded) = self.pool.get(&block.source) {
            let known = match block.addr.mode {
                Mode::Managed => loaded.schema.resources.keys(),
                Mode::Data => loaded.schema.data_sources.keys(),
                Mode::Ephemeral => loaded.schema.ephemeral.keys(),
            };
            if let Some(name) = groma_lang::eval::suggest(ty, known.map(|name| &**name)) {
                diagnostic.detail += &format!(" Did you mean {name:?}?");
            }
        }
        diagnostic.at(block.ty_span)
    }

    fn lifecycle(
        &self,
        block: &ResourceBlock,
        frame: FrameId,
        keys: &KeyData,
        this: &Value,
        schema: &TypeSchema,
    ) -> Diagnostics {
        let lifecycle = &block.lifecycle;
        let (before, after) = (Kind::ResourcePrecondition, Kind::ResourcePostcondition);
        let mut diags = self.conditions(&lifecycle.preconditions, before, frame, keys, None);
        let after =
            self.conditions(&lifecycle.postconditions, after, frame, keys, Some((this, schema)));
        diags.extend(after);
        if let IgnoreChanges::Paths(paths) = &lifecycle.ignore_changes {
            for path in paths {
                diags.extend(ignored(block, schema, path));
            }
        }
        diags
    }

    fn provisioners(&self, block: &ResourceBlock, frame: FrameId, keys: &KeyData) -> Diagnostics {
        let mut diags = Diagnostics::new();
        let this = &Value::dynamic();
        for provisioner in &block.provisioners {
            let scope = self.scope(frame).keyed(keys).with_self(this);
            diags.extend(crate::provision::validate(provisioner, &scope));
        }
        diags
    }
}

/// What is wrong with an entry of `ignore_changes`.
fn ignored(block: &ResourceBlock, schema: &TypeSchema, path: &Traversal) -> Diagnostics {
    let root = Step { kind: StepKind::Attr(path.root.clone()), span: path.root_span };
    let steps: Vec<Step> = std::iter::once(root).chain(path.steps.iter().cloned()).collect();
    let mut diags = check_steps(&schema.schema.block, &steps);
    diags.extend(deprecated(&schema.schema.block, &steps));
    let attribute = schema.schema.block.attributes.get(path.root.as_str());
    if path.steps.is_empty() && attribute.is_some_and(|a| a.computed && !a.optional) {
        diags.push(
            Diagnostic::warning(
                "Redundant ignore_changes element",
                format!(
                    "Adding an attribute name to ignore_changes tells Terraform to ignore future \
                     changes to the argument in configuration after the object has been created, \
                     retaining the value originally configured.\n\nThe attribute {} is decided by \
                     the provider alone and therefore there can be no configured value to compare \
                     with. Including this attribute in ignore_changes has no effect. Remove the \
                     attribute from ignore_changes to quiet this warning.",
                    path.root
                ),
            )
            .at(block.ty_span),
        );
    }
    diags
}
