//! A schema prepared for decoding.

use std::borrow::Cow;

use groma_lang::syntax::{AttributeSchema, BlockSchema, BodySchema};
use groma_provider_api::{Attribute, Block, NestedType, Nesting};
use groma_value::{Attribute as TypeAttribute, Fields, Str, Type, Value};

/// A schema prepared for decoding: types and names worked out once, not once for each body.
#[derive(Debug)]
pub struct Spec {
    /// In name order.
    pub(super) fields: Vec<Field>,
    /// What to ask a body for, `dynamic` blocks included.
    pub(super) schema: BodySchema,
    /// The arguments that may be written as blocks; empty if there are none.
    pub(super) as_blocks: BodySchema,
    /// The type of what it decodes to.
    pub(super) ty: Type,
}

/// An argument or a type of nested blocks.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: Str,
    pub(super) kind: FieldKind,
}

#[derive(Debug)]
pub(super) enum FieldKind {
    Argument(ArgumentSpec),
    Blocks(Box<BlocksSpec>),
}

#[derive(Debug)]
pub(super) struct ArgumentSpec {
    /// What its value is converted to; objects of a nested type have optional attributes.
    pub(super) constraint: Type,
    /// The type of its value.
    pub(super) ty: Type,
    /// The element's content, of a list or set of objects that may be written as blocks.
    pub(super) as_blocks: Option<Box<Spec>>,
}

#[derive(Debug)]
pub(super) struct BlocksSpec {
    pub(super) nesting: Nesting,
    pub(super) spec: Spec,
    /// The type of the blocks together; dynamic where that depends on how many there are.
    pub(super) ty: Type,
    pub(super) min_items: u64,
    pub(super) max_items: u64,
}

impl BlocksSpec {
    /// The label that names each block of a map.
    pub(super) const fn labels(&self) -> &'static [&'static str] {
        if matches!(self.nesting, Nesting::Map) { &["key"] } else { &[] }
    }
}

impl Spec {
    /// Prepares a schema.
    pub fn new(block: &Block) -> Self {
        Self::prepare(block, block.allows_blocks_for_arguments())
    }

    fn prepare(block: &Block, blocks_for_arguments: bool) -> Self {
        let arguments = block.attributes.iter().map(|(name, attribute)| {
            let kind = FieldKind::Argument(ArgumentSpec::new(attribute, blocks_for_arguments));
            Field { name: Str::new(name), kind }
        });
        let blocks = block.blocks.iter().map(|(name, nested)| {
            let blocks = BlocksSpec {
                nesting: nested.nesting,
                spec: Self::prepare(&nested.block, blocks_for_arguments),
                ty: nested.implied_type(),
                min_items: nested.min_items,
                max_items: nested.max_items,
            };
            Field { name: Str::new(name), kind: FieldKind::Blocks(Box::new(blocks)) }
        });
        let required = |name: &str| block.attributes.get(name).is_some_and(|a| a.required);
        Self::of(arguments.chain(blocks).collect(), &required)
    }

    /// The content of the blocks that stand for the objects of an argument. All in it is
    /// optional: a type says less than a schema, and the provider has the last word.
    fn of_object(ty: &Type) -> Option<Self> {
        let Type::Object(object) = ty else { return None };
        let fields = object.attributes.iter().map(|(name, attribute)| {
            let argument = ArgumentSpec::new(&Attribute::new(attribute.ty.clone()), true);
            Field { name: name.clone(), kind: FieldKind::Argument(argument) }
        });
        Some(Self::of(fields.collect(), &|_| false))
    }

    fn of(mut fields: Vec<Field>, required: &dyn Fn(&str) -> bool) -> Self {
        fields.sort_by(|a, b| a.name.cmp(&b.name));
        // No valid schema has an argument and a block of one name; the argument stays.
        fields.dedup_by(|b, a| a.name == b.name);
        let ty = Type::object(fields.iter().map(|field| {
            let ty = match &field.kind {
                FieldKind::Argument(argument) => argument.ty.clone(),
                FieldKind::Blocks(blocks) => blocks.ty.clone(),
            };
            (field.name.clone(), ty)
        }));
        let mut schema = BodySchema::new().block("dynamic", &["type"]);
        let mut as_blocks = BodySchema::new();
        for field in &fields {
            let name = || Cow::Owned(field.name.to_string());
            match &field.kind {
                FieldKind::Argument(argument) => {
                    let required = required(&field.name);
                    schema.add_attribute(AttributeSchema { name: name(), required });
                    if argument.as_blocks.is_some() {
                        as_blocks.add_attribute(AttributeSchema { name: name(), required: false });
                    }
                }
                FieldKind::Blocks(blocks) => {
                    let labels = blocks.labels().iter().copied().map(Cow::Borrowed).collect();
                    schema.add_block(BlockSchema { ty: name(), labels });
                }
            }
        }
        Self { fields, schema, as_blocks, ty }
    }

    /// The type of what it decodes to (configschema `ImpliedType`).
    pub fn ty(&self) -> &Type {
        &self.ty
    }

    pub(super) fn field(&self, name: &str) -> Option<usize> {
        self.fields.binary_search_by(|field| field.name.as_str().cmp(name)).ok()
    }

    /// The value of a block with nothing in it (configschema `EmptyValue`).
    pub(super) fn empty(&self) -> Value {
        let fields = self.fields.iter().map(|field| {
            let value = match &field.kind {
                FieldKind::Argument(argument) => Value::null(argument.ty.clone()),
                FieldKind::Blocks(blocks) => blocks.none(),
            };
            (field.name.clone(), value)
        });
        Value::object(fields.collect::<Fields>())
    }
}

impl BlocksSpec {
    /// The value where there are no such blocks.
    pub(super) fn none(&self) -> Value {
        let element = || self.spec.ty.clone();
        match (self.nesting, &self.ty) {
            (Nesting::Single, _) => Value::null(element()),
            (Nesting::Group, _) => self.spec.empty(),
            (Nesting::List, Type::Dynamic) => Value::tuple(Vec::new()),
            (Nesting::List, _) => Value::list(element(), Vec::new()),
            (Nesting::Set, _) => Value::set(element(), Vec::new()),
            (Nesting::Map, Type::Dynamic) => Value::object(Fields::default()),
            (Nesting::Map, _) => Value::map(element(), Fields::default()),
        }
    }
}

impl ArgumentSpec {
    fn new(attribute: &Attribute, may_be_blocks: bool) -> Self {
        let constraint = constraint(attribute);
        let as_blocks = match &attribute.ty {
            Type::List(element) | Type::Set(element) if may_be_blocks => {
                Spec::of_object(element).map(Box::new)
            }
            _ => None,
        };
        Self { ty: constraint.without_optional(), constraint, as_blocks }
    }
}

/// The type that an argument is converted to: of a nested type's objects, what need not be
/// written is optional.
fn constraint(attribute: &Attribute) -> Type {
    match &attribute.nested {
        Some(nested) => nested_constraint(nested),
        None => attribute.ty.clone(),
    }
}

fn nested_constraint(nested: &NestedType) -> Type {
    let attributes = nested.attributes.iter().map(|(name, attribute)| {
        let optional = attribute.optional || attribute.computed;
        (Str::new(name), TypeAttribute { ty: constraint(attribute), optional })
    });
    let object = Type::object_with(attributes.collect());
    match nested.nesting {
        Nesting::Single | Nesting::Group => object,
        Nesting::List => Type::list(object),
        Nesting::Set => Type::set(object),
        Nesting::Map => Type::map(object),
    }
}
