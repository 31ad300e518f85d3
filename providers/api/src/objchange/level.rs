//! One level of a schema: a block, or an attribute with attributes of its own.

use std::collections::BTreeMap;
use std::sync::Arc;

use groma_value::{Fields, Number, Path, PathStep, Str, Type, Value, View};

use crate::{Attribute, Block, NestedBlock, NestedType};

/// The attributes and blocks of one level.
#[derive(Clone, Copy)]
pub(super) struct Level<'a> {
    pub(super) attributes: &'a BTreeMap<Arc<str>, Attribute>,
    pub(super) blocks: Option<&'a BTreeMap<Arc<str>, NestedBlock>>,
}

impl<'a> Level<'a> {
    /// The blocks, by name.
    pub(super) fn blocks(self) -> impl Iterator<Item = (&'a Arc<str>, &'a NestedBlock)> {
        self.blocks.into_iter().flatten()
    }
}

impl<'a> From<&'a Block> for Level<'a> {
    fn from(block: &'a Block) -> Self {
        Self { attributes: &block.attributes, blocks: Some(&block.blocks) }
    }
}

impl<'a> From<&'a NestedType> for Level<'a> {
    fn from(nested: &'a NestedType) -> Self {
        Self { attributes: &nested.attributes, blocks: None }
    }
}

/// The part `name` of an object: unknown of an unknown object, null of a null one.
pub(super) fn part(object: &Value, name: &str, ty: impl FnOnce() -> Type) -> Value {
    match object.view() {
        View::Unknown(_) => Value::unknown(ty()),
        View::Object(fields) => fields.get(name).cloned().unwrap_or_else(|| Value::null(ty())),
        _ => Value::null(ty()),
    }
}

/// The elements of a collection of objects, each with the step to it; none of a null or unknown
/// one.
pub(super) fn elements(collection: &Value) -> Vec<(PathStep, &Value)> {
    match collection.view() {
        View::List(items) | View::Tuple(items) => {
            let items = items.iter().enumerate();
            items.map(|(i, item)| (PathStep::Index(Number::from(i)), item)).collect()
        }
        View::Set(items) => {
            items.iter().map(|item| (PathStep::Element(item.clone()), item)).collect()
        }
        View::Map(fields) | View::Object(fields) => {
            fields.iter().map(|(key, item)| (PathStep::Key(key.clone()), item)).collect()
        }
        _ => Vec::new(),
    }
}

/// The element of a list, map, tuple or object that a step leads to.
pub(super) fn element<'v>(collection: &'v Value, step: &PathStep) -> Option<&'v Value> {
    match step {
        PathStep::Index(at) => {
            let at = usize::try_from(at.to_u64()?).ok()?;
            collection.as_slice()?.get(at)
        }
        PathStep::Key(key) | PathStep::Attr(key) => collection.as_fields()?.get(key),
        PathStep::Element(_) => None,
    }
}

/// The same kind of collection as `like`, with other elements (of the same number, in its order).
pub(super) fn rebuild(like: &Value, elements: Vec<Value>) -> Value {
    let elem = || match like.ty().element() {
        Some(declared) if declared.has_dynamic() => {
            elements.first().map_or_else(|| declared.clone(), Value::ty)
        }
        Some(declared) => declared.clone(),
        None => Type::Dynamic,
    };
    let keyed = |fields: &Fields, elements: Vec<Value>| -> Fields {
        fields.iter().map(|(key, _)| key.clone()).zip(elements).collect::<Vec<(Str, _)>>().into()
    };
    match like.view() {
        View::List(_) => Value::list(elem(), elements),
        View::Set(_) => Value::set(elem(), elements),
        View::Tuple(_) => Value::tuple(elements),
        View::Map(fields) => Value::map(elem(), keyed(fields, elements)),
        View::Object(fields) => Value::object(keyed(fields, elements)),
        _ => like.clone(),
    }
}

/// `path` and one more step.
pub(super) fn join(path: &Path, step: PathStep) -> Path {
    let mut path = path.clone();
    path.0.push(step);
    path
}

/// `path` and one more attribute.
pub(super) fn join_attr(path: &Path, name: &str) -> Path {
    path.clone().attr(name)
}

/// Whether two values are the same but for what is known of their unknown parts.
pub(super) fn same(a: &Value, b: &Value) -> bool {
    a.raw_equals(b)
        || !(a.is_wholly_known() || b.is_wholly_known()) && unrefined(a).raw_equals(&unrefined(b))
}

fn unrefined(value: &Value) -> Value {
    value.transform(|_, part| if part.is_known() { part } else { Value::unknown(part.ty()) })
}
