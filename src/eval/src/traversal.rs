//! Whether a reference into an object leads to something that the object's schema has.
//!
//! Values say less than schemas: of an object that is not known at all, a schema still says which
//! attributes it will have.

use groma_diag::{Diagnostic, Diagnostics};
use groma_lang::eval::{get_attr, index};
use groma_lang::syntax::{Step, StepKind, name_suggestion};
use groma_provider_api::{Block, NestedBlock, Nesting};
use groma_value::{Type, Value, convert};

/// What is wrong with `steps`, which lead into an object of that schema.
pub fn check_steps(block: &Block, steps: &[Step]) -> Diagnostics {
    match steps.split_first() {
        None => Diagnostics::new(),
        Some((step, rest)) => match in_block(block, step, rest) {
            Ok(()) => Diagnostics::new(),
            Err(diagnostic) => diagnostic.into(),
        },
    }
}

/// Warns if `steps`, which lead into an object of that schema, lead to an attribute that its
/// provider would rather not have used. What is inside of attributes is not looked at.
pub fn deprecated(block: &Block, steps: &[Step]) -> Option<Diagnostic> {
    let (step, rest) = steps.split_first()?;
    let StepKind::Attr(name) = &step.kind else { return None };
    if let Some(attribute) = block.attributes.get(name.as_str()) {
        return attribute.deprecated.then(|| {
            Diagnostic::warning(
                "Deprecated attribute",
                format!(
                    "The attribute {:?} is deprecated. Refer to the provider documentation for \
                     details.",
                    name.as_str()
                ),
            )
            .at(step.span)
        });
    }
    let nested = block.blocks.get(name.as_str())?;
    match nested.nesting {
        Nesting::Single | Nesting::Group => deprecated(&nested.block, rest),
        Nesting::List | Nesting::Map => deprecated(&nested.block, rest.get(1..)?),
        Nesting::Set => None,
    }
}

fn in_block(block: &Block, step: &Step, rest: &[Step]) -> Result<(), Diagnostic> {
    let name = match &step.kind {
        StepKind::Attr(name) => name,
        StepKind::Index(key) => return Err(not_an_index(key, step)),
    };
    if let Some(attribute) = block.attributes.get(name.as_str()) {
        return in_type(&attribute.ty, rest);
    }
    match block.blocks.get(name.as_str()) {
        Some(nested) => in_nested(nested, name, step, rest),
        None => Err(unsupported(block, name, step)),
    }
}

fn unsupported(block: &Block, name: &str, step: &Step) -> Diagnostic {
    let attributes = block.attributes.keys().map(|name| &**name);
    let mut known: Vec<&str> = attributes.chain(block.blocks.keys().map(|name| &**name)).collect();
    known.sort_unstable();
    let hint = name_suggestion(name, known);
    let hint = hint.map_or_else(String::new, |near| format!(" Did you mean {near:?}?"));
    Diagnostic::error(
        "Unsupported attribute",
        format!(
            "This object has no argument, nested block, or exported attribute named {name:?}.{hint}"
        ),
    )
    .at(step.span)
}

fn not_an_index(key: &Value, step: &Step) -> Diagnostic {
    let detail = match key.as_str() {
        Some(name) => format!(
            "Only attribute access is allowed here. Did you mean to access attribute {:?} using \
             the dot operator?",
            name.as_str()
        ),
        None => "Only attribute access is allowed here, using the dot operator.".to_owned(),
    };
    Diagnostic::error("Invalid index operation", detail).at(step.span)
}

/// Inside an attribute its type decides, as it does for any value.
fn in_type(ty: &Type, steps: &[Step]) -> Result<(), Diagnostic> {
    let mut value = Value::unknown(ty.clone());
    for step in steps {
        let next = match &step.kind {
            StepKind::Attr(name) => get_attr(&value, name),
            StepKind::Index(key) => index(&value, key),
        };
        value = next.map_err(|e| Diagnostic::error(e.summary, e.detail).at(step.span))?;
    }
    Ok(())
}

fn in_nested(
    nested: &NestedBlock,
    name: &str,
    own: &Step,
    steps: &[Step],
) -> Result<(), Diagnostic> {
    let Some((step, rest)) = steps.split_first() else { return Ok(()) };
    let error = |summary: &str, detail: String, step: &Step| {
        Err(Diagnostic::error(summary, detail).at(step.span))
    };
    let inside = |rest: &[Step]| match rest.split_first() {
        Some((step, rest)) => in_block(&nested.block, step, rest),
        None => Ok(()),
    };
    match (nested.nesting, &step.kind) {
        (Nesting::Single | Nesting::Group, _) => in_block(&nested.block, step, rest),
        (Nesting::Set, StepKind::Index(_)) => error(
            "Cannot index a set value",
            format!(
                "Block type {name:?} is represented by a set of objects, and set elements do not \
                 have addressable keys. To find elements matching specific criteria, use a \"for\" \
                 expression with an \"if\" clause."
            ),
            step,
        ),
        (Nesting::Set, StepKind::Attr(_)) => error(
            "Cannot access attributes on a set",
            format!(
                "Block type {name:?} is represented by a set of objects, which has no attributes \
                 of its own."
            ),
            step,
        ),
        (Nesting::List, StepKind::Index(key)) if convert(key, &Type::Number).is_ok() => {
            inside(rest)
        }
        (Nesting::List, _) => error(
            "Invalid operation",
            format!(
                "Block type {name:?} is represented by a list of objects, so it must be indexed \
                 using a numeric key, like .{name}[0]."
            ),
            own,
        ),
        // A map's keys are not known before its blocks are.
        (Nesting::Map, _) => inside(rest),
    }
}

#[cfg(test)]
mod tests {
    use super::deprecated;
    use groma_diag::SourceMap;
    use groma_lang::syntax::parse_traversal;
    use groma_provider_api::{Attribute, Block, NestedBlock, Nesting};
    use groma_value::Type;

    /// Whether `self.` and `path` lead to an attribute to be warned of.
    #[track_caller]
    fn check(path: &str, expected: bool) {
        let old = Attribute::new(Type::map(Type::String)).optional().deprecated();
        let attributes = [("old".into(), old), ("new".into(), Attribute::new(Type::String))];
        let inner = Block { attributes: attributes.into(), ..Block::default() };
        let nested =
            |nesting| NestedBlock { nesting, block: inner.clone(), min_items: 0, max_items: 0 };
        let blocks = [
            ("one".into(), nested(Nesting::Single)),
            ("list".into(), nested(Nesting::List)),
            ("map".into(), nested(Nesting::Map)),
            ("set".into(), nested(Nesting::Set)),
        ];
        let schema = Block { blocks: blocks.into(), ..inner.clone() };
        let text = format!("self.{path}");
        let file = SourceMap::new().add("test.tf", text.as_bytes());
        let traversal = parse_traversal(file, text.as_bytes().into()).expect("a traversal");
        let found = deprecated(&schema, &traversal.steps);
        assert_eq!(found.is_some(), expected, "{path}: {found:?}");
    }

    #[test]
    fn attributes_and_those_of_blocks_are_found() {
        for path in ["old", "old.x", "old[\"x\"]", "one.old", "list[0].old", "map[\"k\"].old"] {
            check(path, true);
        }
        for path in ["new", "one", "one.new", "list", "list[0]", "list[0].new", "set", "none.old"] {
            check(path, false);
        }
    }
}
