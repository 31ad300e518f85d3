//! What a body may hold.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use groma_value::Str;

/// The arguments and blocks that a body may hold.
#[derive(Clone, Debug, Default)]
pub struct BodySchema {
    attributes: Vec<AttributeSchema>,
    blocks: Vec<BlockSchema>,
    attribute_index: HashMap<Cow<'static, str>, usize>,
    block_index: HashMap<Cow<'static, str>, usize>,
    /// What a body reads as hidden once it has been read by this schema: made once, not for each
    /// of a hundred thousand bodies.
    hidden: OnceLock<Arc<Hidden>>,
}

/// The names that have been taken out of a body.
#[derive(Clone, Debug, Default)]
pub(super) struct Hidden {
    pub(super) attributes: HashSet<Str>,
    pub(super) blocks: HashSet<Str>,
}

/// An argument that a body may hold.
#[derive(Clone, Debug)]
pub struct AttributeSchema {
    /// Its name.
    pub name: Cow<'static, str>,
    /// Whether its absence is an error.
    pub required: bool,
}

/// A type of block that a body may hold, any number of times.
#[derive(Clone, Debug)]
pub struct BlockSchema {
    /// Its type.
    pub ty: Cow<'static, str>,
    /// What each of its labels is called in messages, such as `type` and `name`.
    pub labels: Vec<Cow<'static, str>>,
}

impl BodySchema {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same, with an argument that may be left out.
    #[must_use]
    pub fn optional(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.add_attribute(AttributeSchema { name: name.into(), required: false });
        self
    }

    /// The same, with an argument that must be there.
    #[must_use]
    pub fn required(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.add_attribute(AttributeSchema { name: name.into(), required: true });
        self
    }

    /// The same, with a type of block and the names of its labels.
    #[must_use]
    pub fn block(mut self, ty: impl Into<Cow<'static, str>>, labels: &[&'static str]) -> Self {
        let labels = labels.iter().map(|label| Cow::Borrowed(*label)).collect();
        self.add_block(BlockSchema { ty: ty.into(), labels });
        self
    }

    /// Adds an argument; of a name given twice the first stays.
    pub fn add_attribute(&mut self, schema: AttributeSchema) {
        let next = self.attributes.len();
        self.hidden = OnceLock::new();
        if *self.attribute_index.entry(schema.name.clone()).or_insert(next) == next {
            self.attributes.push(schema);
        }
    }

    /// Adds a type of block; of a type given twice the first stays.
    pub fn add_block(&mut self, schema: BlockSchema) {
        let next = self.blocks.len();
        self.hidden = OnceLock::new();
        if *self.block_index.entry(schema.ty.clone()).or_insert(next) == next {
            self.blocks.push(schema);
        }
    }

    /// The arguments, as they were added.
    pub fn attributes(&self) -> &[AttributeSchema] {
        &self.attributes
    }

    /// The types of blocks, as they were added.
    pub fn blocks(&self) -> &[BlockSchema] {
        &self.blocks
    }

    /// The names that it takes out of a body.
    pub(super) fn hidden(&self) -> &Arc<Hidden> {
        self.hidden.get_or_init(|| {
            Arc::new(Hidden {
                attributes: self.attributes.iter().map(|a| Str::new(&a.name)).collect(),
                blocks: self.blocks.iter().map(|b| Str::new(&b.ty)).collect(),
            })
        })
    }

    pub(super) fn attribute_index(&self, name: &str) -> Option<usize> {
        self.attribute_index.get(name).copied()
    }

    pub(super) fn block_schema(&self, ty: &str) -> Option<&BlockSchema> {
        self.blocks.get(*self.block_index.get(ty)?)
    }
}
