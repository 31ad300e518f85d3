//! Text: case, trimming, searching, splitting and joining.

use groma_value::{Type, Value};

use super::{Call, Function, FunctionError, Parameter, returns};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "join",
        "Puts the strings of one or more lists together, with a separator between them.",
        &[Parameter::string("separator").described("What comes between two strings.")],
        returns::string,
        join,
    )
    .variadic(Parameter::strings("lists").described("The strings.").unknown()),
    Function::new(
        "split",
        "Cuts a string at each occurrence of a separator.",
        &[Parameter::string("separator"), Parameter::string("str")],
        returns::strings,
        split,
    ),
];

fn join(call: &Call<'_>) -> Result<Value, FunctionError> {
    let separator = call.text(0)?;
    let lists = &call.args[1..];
    if lists.is_empty() {
        return Err(FunctionError::new("at least one list is required"));
    }
    if !lists.iter().all(Value::is_wholly_known) {
        return call.unknown();
    }
    let mut items = Vec::new();
    for (at, list) in lists.iter().enumerate() {
        for (index, item) in call.items(at + 1)?.iter().enumerate() {
            let Some(text) = item.as_str() else {
                let which =
                    if lists.len() > 1 { format!(" of list {}", at + 1) } else { String::new() };
                return Err(FunctionError::argument(
                    at + 1,
                    format!("element {index}{which} is null; cannot concatenate null values"),
                ));
            };
            items.push(text.as_str());
        }
        debug_assert!(list.is_known());
    }
    Ok(Value::string(items.join(separator.as_str())))
}

fn split(call: &Call<'_>) -> Result<Value, FunctionError> {
    let (separator, text) = (call.text(0)?.as_str(), call.text(1)?.as_str());
    let parts: Vec<Value> = if separator.is_empty() {
        text.chars().map(|c| Value::string(c.to_string())).collect()
    } else {
        text.split(separator).map(Value::from).collect()
    };
    Ok(Value::list(Type::String, parts))
}
