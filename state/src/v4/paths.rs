//! Paths of sensitive values: lists of steps, `get_attr` or `index`.

use groma_value::{Path, PathStep, Type, Value, View, from_json, to_json, type_from_json};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::StateFileError;

#[derive(Serialize, Deserialize)]
struct StepV4<'a> {
    #[serde(rename = "type")]
    ty: &'a str,
    #[serde(borrow)]
    value: &'a RawValue,
}

#[derive(Deserialize)]
struct IndexV4<'a> {
    #[serde(borrow)]
    value: &'a RawValue,
    #[serde(rename = "type")]
    ty: serde_json::Value,
}

/// Reads `[[{"type":"get_attr","value":"a"}]]`, as `sensitive_attributes` has it.
pub fn paths_from_json(json: &str) -> Result<Vec<Path>, StateFileError> {
    if json == "[]" {
        return Ok(Vec::new());
    }
    let paths: Vec<Vec<StepV4<'_>>> = serde_json::from_str(json)
        .map_err(|error| StateFileError::new("Error unmarshaling path steps", error.to_string()))?;
    paths
        .into_iter()
        .map(|steps| Ok(Path(steps.iter().map(read_step).collect::<Result<_, _>>()?)))
        .collect()
}

fn read_step(step: &StepV4<'_>) -> Result<PathStep, StateFileError> {
    const SUMMARY: &str = "Error unmarshaling path step";
    match step.ty {
        "get_attr" => {
            let name: String = serde_json::from_str(step.value.get()).map_err(|error| {
                let detail = format!("Failed to unmarshal get attr step name: {error}");
                StateFileError::new(SUMMARY, detail)
            })?;
            Ok(PathStep::Attr(name.into()))
        }
        "index" => {
            let bad = |error: &dyn std::fmt::Display| {
                let detail = format!("Failed to unmarshal index step key: {error}");
                StateFileError::new(SUMMARY, detail)
            };
            let index: IndexV4<'_> = serde_json::from_str(step.value.get()).map_err(|e| bad(&e))?;
            let ty = type_from_json(&index.ty).map_err(|e| bad(&e))?;
            let key = from_json(index.value.get().as_bytes(), &ty).map_err(|e| bad(&e))?;
            match key.view() {
                View::String(key) => Ok(PathStep::Key(key.clone())),
                View::Number(index) => Ok(PathStep::Index(index.clone())),
                _ => Err(bad(&"a string or a number is required")),
            }
        }
        other => Err(StateFileError::new(
            "Unsupported path step",
            format!("Unsupported path step type {other:?}"),
        )),
    }
}

/// Writes what [`paths_from_json`] reads, compact.
pub fn paths_to_json(paths: &[Path]) -> Result<String, StateFileError> {
    if paths.is_empty() {
        return Ok("[]".to_owned());
    }
    let mut out = String::from("[");
    for (i, path) in paths.iter().enumerate() {
        out.push_str(if i == 0 { "[" } else { ",[" });
        for (i, step) in path.0.iter().enumerate() {
            if i > 0 {
                out.push(',');
            }
            let (ty, key, key_type) = match step {
                PathStep::Attr(name) => {
                    let name = serde_json::Value::from(name.as_str());
                    out.extend(["{\"type\":\"get_attr\",\"value\":", &name.to_string(), "}"]);
                    continue;
                }
                PathStep::Key(key) => ("string", Value::string(key.clone()), Type::String),
                PathStep::Index(index) => ("number", Value::number(index.clone()), Type::Number),
                PathStep::Element(_) => {
                    return Err(StateFileError::new(
                        "Unsupported path step",
                        "An element of a set cannot be marked as sensitive by itself.",
                    ));
                }
            };
            let key = to_json(&key, &key_type)?;
            out.push_str("{\"type\":\"index\",\"value\":{\"value\":");
            out.push_str(&String::from_utf8_lossy(&key));
            out.extend([",\"type\":\"", ty, "\"}}"]);
        }
        out.push(']');
    }
    out.push(']');
    Ok(out)
}
