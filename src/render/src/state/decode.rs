//! Stored attributes as values.

use groma_provider_api::Schema;
use groma_state::Object;
use groma_value::{Marks, Path, Value, from_json, implied_type};

/// The attributes of a stored object as a value with marks. By the schema if they fit it; else by
/// what their JSON is, because what is stored must be showable though its provider has moved on.
pub fn object_value(object: &Object, schema: Option<&Schema>) -> Value {
    let Some(json) = object.json() else { return Value::null(groma_value::Type::Dynamic) };
    let by_schema = schema.and_then(|schema| from_json(json, &schema.block.implied_type()).ok());
    let by_itself = || implied_type(json).ok().and_then(|ty| from_json(json, &ty).ok());
    let value =
        by_schema.or_else(by_itself).unwrap_or_else(|| Value::null(groma_value::Type::Dynamic));
    let paths = object.sensitive_paths.iter().cloned();
    marked(value, schema, paths)
}

/// The value with `paths`, and what the schema calls sensitive, marked so.
pub(crate) fn marked(
    value: Value,
    schema: Option<&Schema>,
    paths: impl Iterator<Item = Path>,
) -> Value {
    let mut marks: Vec<(Path, Marks)> = paths.map(|path| (path, Marks::SENSITIVE)).collect();
    if let Some(schema) = schema {
        marks.extend(schema.block.value_marks(&value));
    }
    if marks.is_empty() { value } else { value.mark_with_paths(&marks) }
}
