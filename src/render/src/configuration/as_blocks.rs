//! Arguments that are written as blocks, as the expressions that they stand for.

use groma_lang::eval::constant;
use groma_lang::syntax::{AttributeSchema, Block, BlockSchema, Body, BodyContent, BodySchema};
use groma_value::{Fields, Type, Value, convert};

use super::expressions::reference_strings;
use crate::json::{Object, known_json};

/// The object that each block of an argument of type `ty` stands for; `None` if no block can.
fn object_of_blocks(ty: &Type) -> Option<&Type> {
    match ty {
        Type::List(element) | Type::Set(element) if matches!(**element, Type::Object(_)) => {
            Some(element)
        }
        _ => None,
    }
}

/// The blocks of those arguments that may be written so and are not among the `written`.
pub(super) fn unwritten<'a>(
    body: &Body,
    written: &BodyContent,
    arguments: impl Iterator<Item = (&'a str, &'a Type)>,
) -> BodyContent {
    let mut wanted = BodySchema::new();
    let mut any = false;
    for (name, _) in arguments.filter(|(_, ty)| object_of_blocks(ty).is_some()) {
        if written.attr(name).is_none() {
            any = true;
            wanted.add_block(BlockSchema { ty: name.to_owned().into(), labels: Vec::new() });
        }
    }
    if any { body.partial_content(&wanted).0 } else { BodyContent::default() }
}

/// The blocks of an argument of type `ty`, as an expression is told.
pub(super) fn blocks_json(blocks: &[&Block], ty: &Type) -> Object {
    let mut references = Vec::new();
    let value = blocks_value(blocks, ty, &mut references);
    let mut out = Object::new();
    if value.is_wholly_known()
        && let Some(constant) = known_json(&value)
    {
        out.set("constant_value", constant);
    }
    out.set_some("references", references);
    out
}

fn blocks_value(blocks: &[&Block], ty: &Type, references: &mut Vec<String>) -> Value {
    let Some(object) = object_of_blocks(ty) else { return Value::unknown(ty.clone()) };
    let values = blocks.iter().map(|block| object_value(&block.body, object, references)).collect();
    match ty {
        Type::Set(_) => Value::set(object.clone(), values),
        _ => Value::list(object.clone(), values),
    }
}

fn object_value(body: &Body, ty: &Type, references: &mut Vec<String>) -> Value {
    let Type::Object(object) = ty else { return Value::unknown(ty.clone()) };
    let mut wanted = BodySchema::new();
    for name in object.attributes.keys() {
        wanted.add_attribute(AttributeSchema { name: name.to_string().into(), required: false });
    }
    let (arguments, _, _) = body.partial_content(&wanted);
    let types = || object.attributes.iter().map(|(name, attribute)| (name, &attribute.ty));
    let blocks = unwritten(body, &arguments, types().map(|(name, ty)| (name.as_str(), ty)));
    let fields = types().map(|(name, ty)| {
        let value = if let Some(argument) = arguments.attr(name) {
            let made = argument.expr.variables();
            references.extend(made.iter().flat_map(reference_strings));
            convert(&constant(&argument.expr), ty).unwrap_or_else(|_| Value::unknown(ty.clone()))
        } else {
            match blocks.blocks_of(name).collect::<Vec<_>>() {
                none if none.is_empty() => Value::null(ty.clone()),
                blocks => blocks_value(&blocks, ty, references),
            }
        };
        (name.clone(), value)
    });
    Value::object(fields.collect::<Fields>())
}
