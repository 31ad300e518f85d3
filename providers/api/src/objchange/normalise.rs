//! Objects of the legacy SDK, which may have null and unknown blocks.

use groma_value::{Fields, Str, Value};

use super::level::{elements, part, rebuild};
use crate::{Block, NestedBlock, Nesting};

/// The object as a provider that follows the rules would have written it
/// (`objchange.NormalizeObjectFromLegacySDK`): a block that is null becomes an empty collection,
/// one that is unknown becomes a block of unknown attributes. Marks are kept.
pub fn normalise_legacy(block: &Block, value: &Value) -> Value {
    let (bare, marks) = value.unmark_deep_with_paths();
    normalise(block, &bare).mark_with_paths(&marks)
}

fn normalise(block: &Block, value: &Value) -> Value {
    if value.is_null() {
        return Value::null(block.implied_type());
    }
    let attributes = block
        .attributes
        .iter()
        .map(|(name, attribute)| (Str::new(name), part(value, name, || attribute.ty.clone())));
    let blocks = block.blocks.iter().map(|(name, nested)| {
        let value = part(value, name, || nested.implied_type());
        (Str::new(name), normalise_block(nested, value))
    });
    Value::object(attributes.chain(blocks).collect::<Fields>())
}

fn normalise_block(nested: &NestedBlock, value: Value) -> Value {
    let ty = nested.block.implied_type();
    // The legacy SDK has neither dynamic types nor maps of blocks.
    if ty.has_dynamic() || nested.nesting == Nesting::Map {
        return value;
    }
    let several = |items: Vec<Value>| match nested.nesting {
        Nesting::Set => Value::set(ty.clone(), items),
        _ => Value::list(ty.clone(), items),
    };
    match nested.nesting {
        Nesting::Single | Nesting::Group if !value.is_known() => unknown_block(&nested.block),
        Nesting::Group if value.is_null() => nested.block.empty_value(),
        Nesting::Single | Nesting::Group => normalise(&nested.block, &value),
        _ if !value.is_known() => several(vec![unknown_block(&nested.block)]),
        _ if value.is_null() => several(Vec::new()),
        _ => {
            let items = elements(&value);
            let items = items.into_iter().map(|(_, item)| normalise(&nested.block, item)).collect();
            rebuild(&value, items)
        }
    }
}

/// A block of unknown attributes, which stands for an unknown block.
fn unknown_block(block: &Block) -> Value {
    let attributes = block
        .attributes
        .iter()
        .map(|(name, attribute)| (Str::new(name), Value::unknown(attribute.ty.clone())));
    let blocks = block.blocks.iter().map(|(name, nested)| {
        let ty = nested.block.implied_type();
        let value = match nested.nesting {
            Nesting::Single | Nesting::Group => unknown_block(&nested.block),
            Nesting::List => Value::list(ty, vec![unknown_block(&nested.block)]),
            Nesting::Set => Value::set(ty, vec![unknown_block(&nested.block)]),
            Nesting::Map => Value::map(ty, Fields::default()),
        };
        (Str::new(name), value)
    });
    Value::object(attributes.chain(blocks).collect::<Fields>())
}
