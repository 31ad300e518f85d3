//! Arguments and nested blocks to an object.

use std::borrow::Cow;

use groma_diag::Diagnostics;
use groma_lang::eval::{Scope, convert_for, evaluate};
use groma_lang::syntax::{Attribute, BlockSchema, Body, BodySchema};
use groma_value::{Fields, Marks, Type, Value};

use super::dynamic;
use super::nested::{Gathered, Occurrence};
use super::spec::{ArgumentSpec, FieldKind, Spec};

/// What the `dynamic` blocks around a body mean for its values.
#[derive(Clone, Copy, Default)]
pub(super) struct Inside {
    /// A `for_each` is unknown: no argument has a known value, and there may be any number of
    /// such bodies.
    pub(super) unknown: bool,
    /// The marks of the `for_each` whose content this is; they go onto each argument.
    pub(super) marks: Marks,
}

impl Spec {
    /// The value of a body, which conforms to [`Spec::ty`], and what is wrong with it.
    ///
    /// References to the iterators of `dynamic` blocks are resolved here, all others by `scope`.
    pub fn decode(&self, body: &Body, scope: &dyn Scope) -> (Value, Diagnostics) {
        let mut diags = Diagnostics::new();
        let value = self.decode_body(body, scope, Inside::default(), &mut diags);
        (value, diags)
    }

    pub(super) fn decode_body(
        &self,
        body: &Body,
        scope: &dyn Scope,
        inside: Inside,
        diags: &mut Diagnostics,
    ) -> Value {
        let schema = self.effective_schema(body);
        let (content, problems) = body.content(&schema);
        diags.extend(problems);

        let mut arguments: Vec<Option<&Attribute>> = vec![None; self.fields.len()];
        for attribute in &content.attributes {
            if let Some(at) = self.field(&attribute.name) {
                arguments[at] = Some(attribute);
            }
        }
        let mut gathered: Vec<Gathered> = Vec::new();
        gathered.resize_with(self.fields.len(), Gathered::default);
        for block in &content.blocks {
            if &*block.ty == "dynamic" {
                dynamic::expand(self, &schema, block, scope, inside, &mut gathered, diags);
            } else if let Some(at) = self.field(&block.ty) {
                let occurrence = Occurrence::of(block, scope, inside);
                self.occur(at, &occurrence, &mut gathered, diags);
            }
        }

        let missing = content.missing_item_span.unwrap_or_else(|| body.missing_item_span());
        let fields = self.fields.iter().zip(arguments).zip(gathered);
        let fields = fields.map(|((field, argument), gathered)| {
            let value = match &field.kind {
                FieldKind::Argument(spec) => match argument {
                    Some(attribute) => spec.decode(attribute, scope, inside, diags),
                    None => spec.of_blocks(gathered),
                },
                FieldKind::Blocks(spec) => gathered.finish(&field.name, spec, missing, diags),
            };
            (field.name.clone(), value)
        });
        Value::object(fields.collect::<Fields>())
    }

    /// What to ask the body for. Where an argument that may be written as blocks is not written
    /// as an argument, blocks of its name are.
    pub(super) fn effective_schema(&self, body: &Body) -> Cow<'_, BodySchema> {
        if self.as_blocks.attributes().is_empty() {
            return Cow::Borrowed(&self.schema);
        }
        let (written, _, _) = body.partial_content(&self.as_blocks);
        let as_block = |name: &str| {
            self.as_blocks.attributes().iter().any(|attribute| attribute.name == name)
                && written.attr(name).is_none()
        };
        let mut schema = BodySchema::new();
        for attribute in self.schema.attributes() {
            if as_block(&attribute.name) {
                schema.add_block(BlockSchema { ty: attribute.name.clone(), labels: Vec::new() });
            } else {
                schema.add_attribute(attribute.clone());
            }
        }
        for block in self.schema.blocks() {
            schema.add_block(block.clone());
        }
        Cow::Owned(schema)
    }

    /// Decodes one block and keeps it with the others of its type.
    pub(super) fn occur(
        &self,
        at: usize,
        occurrence: &Occurrence<'_>,
        gathered: &mut [Gathered],
        diags: &mut Diagnostics,
    ) {
        let (Some(field), Some(gathered)) = (self.fields.get(at), gathered.get_mut(at)) else {
            return;
        };
        match &field.kind {
            FieldKind::Blocks(blocks) => gathered.add(&field.name, blocks, occurrence, diags),
            FieldKind::Argument(argument) => {
                if let Some(spec) = &argument.as_blocks {
                    gathered.add_object(spec, occurrence, diags);
                }
            }
        }
    }
}

impl ArgumentSpec {
    fn decode(
        &self,
        attribute: &Attribute,
        scope: &dyn Scope,
        inside: Inside,
        diags: &mut Diagnostics,
    ) -> Value {
        if inside.unknown {
            return Value::unknown(self.ty.clone());
        }
        let (value, problems) = evaluate(&attribute.expr, scope);
        diags.extend(problems);
        let value = value.with_marks(inside.marks);
        convert_for(attribute, value, &self.constraint, scope, diags)
    }

    /// The value where the argument is not written as one: of blocks in its place, or null.
    fn of_blocks(&self, gathered: Gathered) -> Value {
        let objects = gathered.into_values();
        match &self.ty {
            _ if objects.is_empty() => Value::null(self.ty.clone()),
            Type::List(element) => Value::list(Type::clone(element), objects),
            Type::Set(element) => Value::set(Type::clone(element), objects),
            _ => Value::null(self.ty.clone()),
        }
    }
}
