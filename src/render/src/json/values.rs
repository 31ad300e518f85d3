//! Values as plan and state JSON have them: known parts, and masks of what is unknown or hidden.

use groma_value::{Value, View};

use super::{Json, Object};

/// The known parts: unknown attributes are left out, unknown elements are null. `None` if nothing
/// of it is known.
pub(crate) fn known_json(value: &Value) -> Option<Json> {
    Some(match value.view() {
        View::Null => Json::Null,
        View::Unknown(_) => return None,
        View::Bool(value) => Json::Bool(value),
        View::Number(number) => Json::Raw(number.to_string()),
        View::String(text) => Json::Text(text.to_string()),
        View::List(items) | View::Set(items) | View::Tuple(items) => {
            Json::Array(items.iter().map(|item| known_json(item).unwrap_or(Json::Null)).collect())
        }
        View::Map(fields) | View::Object(fields) => {
            let known = fields.iter().filter_map(|(k, v)| Some((k.as_str(), known_json(v)?)));
            Json::Object(known.collect())
        }
    })
}

/// `true` where the value is unknown; of objects only the members that are not wholly `false`.
pub(crate) fn unknown_json(value: &Value) -> Json {
    mask(value, &|value| !value.is_known())
}

/// `true` where the value must not be shown; of objects only the members that are not wholly
/// `false`.
pub(crate) fn sensitive_json(value: &Value) -> Json {
    mask(value, &|value| value.marks().sensitive())
}

fn mask(value: &Value, hit: &dyn Fn(&Value) -> bool) -> Json {
    if hit(value) {
        return Json::Bool(true);
    }
    match value.view() {
        View::Null | View::Bool(_) | View::Number(_) | View::String(_) => Json::Bool(false),
        View::Unknown(_) => match value.ty() {
            groma_value::Type::List(_)
            | groma_value::Type::Set(_)
            | groma_value::Type::Tuple(_) => Json::Array(Vec::new()),
            groma_value::Type::Map(_) | groma_value::Type::Object(_) => Object::new().into(),
            _ => Json::Bool(false),
        },
        View::List(items) | View::Set(items) | View::Tuple(items) => {
            Json::Array(items.iter().map(|item| mask(item, hit)).collect())
        }
        View::Map(fields) | View::Object(fields) => {
            let members = fields.iter().map(|(name, value)| (name.as_str(), mask(value, hit)));
            Json::Object(members.filter(|(_, mask)| *mask != Json::Bool(false)).collect())
        }
    }
}
