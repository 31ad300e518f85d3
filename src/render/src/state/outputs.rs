//! Output values: `output`, after an apply, and in `show`.

use std::fmt::Write as _;

use groma_state::{Output, Outputs};
use groma_value::{Value, convert, type_to_json};

use super::json::output_value;
use crate::change::{self, Canvas};
use crate::console::value_expression;
use crate::json::{Json, Object, known_json};
use crate::style::Style;

/// `name = value` for each, as after an apply.
pub fn outputs_text(outputs: &Outputs) -> String {
    outputs.iter().fold(String::new(), |mut out, (name, output)| {
        let _ = writeln!(out, "{name} = {}", output_text(output));
        out
    })
}

/// One value as an expression; `<sensitive>` if it must not be shown.
pub fn output_text(output: &Output) -> String {
    if output.sensitive { "<sensitive>".to_owned() } else { value_expression(&output.value, 0) }
}

/// One value as an expression, shown though it is sensitive: it was asked for by name.
pub fn value_text(value: &Value) -> String {
    value_expression(value, 0)
}

/// `name = value` for each, as `show` draws values.
pub(super) fn state_outputs(outputs: &Outputs, style: Style) -> String {
    let canvas = Canvas { style, symbols: false, unchanged: true };
    outputs.iter().fold(String::new(), |mut out, (name, output)| {
        let value = output_value(&output.value, output.sensitive);
        let node = change::value(&value);
        let _ = writeln!(out, "{name} = {}", change::draw(&node, canvas));
        out
    })
}

/// `output -json`: every output with its type, on several lines.
pub fn outputs_json(outputs: &Outputs) -> Json {
    let members = outputs.iter().map(|(name, output)| {
        let mut member = Object::new();
        member.set("sensitive", output.sensitive);
        member.set("type", Json::Raw(type_to_json(&output.value.ty()).to_string()));
        member.set("value", known_json(&output.value).unwrap_or(Json::Null));
        (&**name, Json::from(member))
    });
    Json::Object(members.collect())
}

/// `output -raw`: text, for values that have one.
///
/// # Errors
/// Why the value has none.
pub fn output_raw(output: &Output) -> Result<String, String> {
    if output.value.is_null() {
        return Err("The value is null".to_owned());
    }
    let text =
        convert(&output.value, &groma_value::Type::String).map_err(|error| error.to_string())?;
    text.as_str().map(ToString::to_string).ok_or_else(|| "The value is not known".to_owned())
}
