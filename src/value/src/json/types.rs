//! Types as JSON: `"string"`, `["list","string"]`, `["object",{…}]`, `["object",{…},["optional"]]`.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use super::{JsonError, write_json_string};
use crate::{Attribute, Path, Type};

/// `"string"`, `["list","string"]`, `["object",{…}]`, `["object",{…},["optional"]]`
pub fn type_to_json(ty: &Type) -> Json {
    match ty {
        Type::Dynamic => json!("dynamic"),
        Type::Bool => json!("bool"),
        Type::Number => json!("number"),
        Type::String => json!("string"),
        Type::List(elem) => json!(["list", type_to_json(elem)]),
        Type::Set(elem) => json!(["set", type_to_json(elem)]),
        Type::Map(elem) => json!(["map", type_to_json(elem)]),
        Type::Tuple(elems) => json!(["tuple", elems.iter().map(type_to_json).collect::<Vec<_>>()]),
        Type::Object(object) => {
            let attributes: Map<String, Json> = object
                .attributes
                .iter()
                .map(|(name, attribute)| (name.to_string(), type_to_json(&attribute.ty)))
                .collect();
            let optional: Vec<&str> = object
                .attributes
                .iter()
                .filter(|(_, attribute)| attribute.optional)
                .map(|(name, _)| name.as_str())
                .collect();
            if optional.is_empty() {
                json!(["object", attributes])
            } else {
                json!(["object", attributes, optional])
            }
        }
    }
}

/// Writes what [`type_to_json`] gives.
pub(crate) fn write_type(ty: &Type, out: &mut Vec<u8>) {
    let collection = |kind: &str, elem: &Type, out: &mut Vec<u8>| {
        out.extend_from_slice(format!("[\"{kind}\",").as_bytes());
        write_type(elem, out);
        out.push(b']');
    };
    match ty {
        Type::Dynamic => out.extend_from_slice(b"\"dynamic\""),
        Type::Bool => out.extend_from_slice(b"\"bool\""),
        Type::Number => out.extend_from_slice(b"\"number\""),
        Type::String => out.extend_from_slice(b"\"string\""),
        Type::List(elem) => collection("list", elem, out),
        Type::Set(elem) => collection("set", elem, out),
        Type::Map(elem) => collection("map", elem, out),
        Type::Tuple(elems) => {
            out.extend_from_slice(b"[\"tuple\",[");
            for (at, elem) in elems.iter().enumerate() {
                if at > 0 {
                    out.push(b',');
                }
                write_type(elem, out);
            }
            out.extend_from_slice(b"]]");
        }
        Type::Object(object) => {
            out.extend_from_slice(b"[\"object\",{");
            for (at, (name, attribute)) in object.attributes.iter().enumerate() {
                if at > 0 {
                    out.push(b',');
                }
                write_json_string(name, out);
                out.push(b':');
                write_type(&attribute.ty, out);
            }
            out.push(b'}');
            let optional = object.attributes.iter().filter(|(_, attribute)| attribute.optional);
            for (at, (name, _)) in optional.clone().enumerate() {
                out.extend_from_slice(if at > 0 { b"," } else { b",[" });
                write_json_string(name, out);
            }
            if optional.count() > 0 {
                out.push(b']');
            }
            out.push(b']');
        }
    }
}

/// Reads what [`type_to_json`] writes.
pub fn type_from_json(json: &Json) -> Result<Type, JsonError> {
    let wrong = |message: String| JsonError { path: Path::new(), message };
    match json {
        Json::String(name) => match name.as_str() {
            "dynamic" => Ok(Type::Dynamic),
            "bool" => Ok(Type::Bool),
            "number" => Ok(Type::Number),
            "string" => Ok(Type::String),
            _ => Err(wrong(format!("invalid primitive type name {name:?}"))),
        },
        Json::Array(parts) => match parts.as_slice() {
            [Json::String(kind), elem] if kind == "list" => type_from_json(elem).map(Type::list),
            [Json::String(kind), elem] if kind == "set" => type_from_json(elem).map(Type::set),
            [Json::String(kind), elem] if kind == "map" => type_from_json(elem).map(Type::map),
            [Json::String(kind), Json::Array(elems)] if kind == "tuple" => {
                let elems = elems.iter().map(type_from_json).collect::<Result<Vec<_>, _>>()?;
                Ok(Type::tuple(elems))
            }
            [Json::String(kind), Json::Object(attributes)] if kind == "object" => {
                object_from_json(attributes, &[])
            }
            [Json::String(kind), Json::Object(attributes), Json::Array(optional)]
                if kind == "object" =>
            {
                object_from_json(attributes, optional)
            }
            [Json::String(kind), ..] => {
                Err(wrong(format!("invalid complex type kind name {kind:?}")))
            }
            _ => Err(wrong("invalid complex type description".to_owned())),
        },
        _ => Err(wrong("invalid type description".to_owned())),
    }
}

fn object_from_json(attributes: &Map<String, Json>, optional: &[Json]) -> Result<Type, JsonError> {
    let mut types = BTreeMap::new();
    for (name, ty) in attributes {
        let optional = optional.iter().any(|o| o.as_str() == Some(name));
        types.insert(name.as_str().into(), Attribute { ty: type_from_json(ty)?, optional });
    }
    Ok(Type::object_with(types))
}

/// Reads a type from JSON text.
pub(crate) fn parse_type(text: &[u8]) -> Result<Type, JsonError> {
    let json = serde_json::from_slice(text)
        .map_err(|error| JsonError { path: Path::new(), message: error.to_string() })?;
    type_from_json(&json)
}
