//! Ephemeral values and resources: what must not outlive a run.

use groma_addr::Mode;
use groma_config::ResourceBlock;
use groma_diag::{Diagnostic, Diagnostics};
use groma_value::{PathStep, Value};

use crate::instance::path::attribute_at;
use crate::pool::TypeSchema;
use crate::report::argument;

/// Complains of ephemeral values in a block that are not given to write-only arguments.
pub(crate) fn misplaced(
    block: &ResourceBlock,
    value: &Value,
    schema: &TypeSchema,
    address: &str,
) -> Diagnostics {
    let mut diags = Diagnostics::new();
    if block.addr.mode == Mode::Ephemeral || !value.marks_deep().ephemeral() {
        return diags;
    }
    for (path, marks) in value.unmark_deep_with_paths().1 {
        let allowed = attribute_at(&schema.schema.block, &path).is_some_and(|a| a.write_only);
        if !marks.ephemeral() || allowed {
            continue;
        }
        let place = argument(&block.body, &path.0).or(Some(block.span));
        let Some(PathStep::Attr(name)) = path.0.first() else { continue };
        let name = name.as_str();
        diags.push(
            Diagnostic::error(
                "Invalid use of ephemeral value",
                format!(
                    "Ephemeral values are not valid for {name:?}, because it is not a write-only \
                     attribute and must be persisted to state."
                ),
            )
            .at_opt(place)
            .about(address),
        );
    }
    diags
}
