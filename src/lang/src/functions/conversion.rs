//! Conversion to a type: `tobool`, `tolist`, `tomap`, `tonumber`, `toset`, `tostring`; and the
//! special forms `can`, `try` and `type`, which the evaluator handles.

use groma_value::{Marks, Type, Value, convert};

use super::{Call, Function, FunctionError, Parameter};

const V: Parameter = Parameter::any("v").nullable().unknown().dynamic().marked();

/// A function that converts to `$ty`.
macro_rules! to {
    ($name:literal, $description:literal, $ty:expr) => {
        Function::new($name, $description, &[V], |args| check(args, &$ty), |call| to(call, &$ty))
            .nullable()
    };
}

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "can",
        "Whether an expression can be evaluated without an error.",
        &[Parameter::any("expression").dynamic()],
        |_| Ok(Type::Bool),
        special_form,
    ),
    to!("tobool", "Converts a value to a bool.", Type::Bool),
    to!("tolist", "Converts a value to a list.", Type::list(Type::Dynamic)),
    to!("tomap", "Converts a value to a map.", Type::map(Type::Dynamic)),
    to!("tonumber", "Converts a value to a number.", Type::Number),
    to!("toset", "Converts a value to a set.", Type::set(Type::Dynamic)),
    to!("tostring", "Converts a value to a string.", Type::String),
    Function::new(
        "try",
        "The value of the first of several expressions that can be evaluated without an error.",
        &[],
        |_| Ok(Type::Dynamic),
        special_form,
    )
    .variadic(Parameter::any("expressions"))
    .nullable(),
];

/// What is not listed: `type` exists in the console only, and its result is a type; `list` and `map`
/// say what to use instead of them.
pub(super) const UNLISTED: &[Function] = &[
    Function::new(
        "list",
        "Gone: `tolist([…])` makes a list.",
        &[],
        |_| {
            Err(FunctionError::new(
                "the \"list\" function was deprecated in Terraform v0.12 and is no longer \
                 available; use tolist([ ... ]) syntax to write a literal list",
            ))
        },
        special_form,
    )
    .variadic(Parameter::any("vals").nullable().unknown().dynamic().marked()),
    Function::new(
        "map",
        "Gone: `tomap({…})` makes a map.",
        &[],
        |_| {
            Err(FunctionError::new(
                "the \"map\" function was deprecated in Terraform v0.12 and is no longer \
                 available; use tomap({ ... }) syntax to write a literal map",
            ))
        },
        special_form,
    )
    .variadic(Parameter::any("vals").nullable().unknown().dynamic().marked()),
    Function::new(
        "type",
        "The type of a value. Only in the console.",
        &[Parameter::any("value").nullable().unknown().dynamic().marked()],
        |_| Ok(Type::Dynamic),
        special_form,
    ),
];

fn special_form(_: &Call<'_>) -> Result<Value, FunctionError> {
    Err(FunctionError::new("the arguments of this function are expressions, not values"))
}

fn check(args: &[Value], wanted: &Type) -> Result<Type, FunctionError> {
    let Some(arg) = args.first() else { return Ok(wanted.clone()) };
    let given = arg.ty();
    // Whether a type converts at all shows in an unknown value of it.
    if given != *wanted && convert(&Value::unknown(given.clone()), wanted).is_err() {
        return Err(refusal(&given, wanted));
    }
    Ok(wanted.clone())
}

fn refusal(given: &Type, wanted: &Type) -> FunctionError {
    FunctionError::argument(
        0,
        format!(
            "cannot convert {} to {}",
            given.friendly_name(),
            wanted.friendly_constraint_name()
        ),
    )
}

fn to(call: &Call<'_>, wanted: &Type) -> Result<Value, FunctionError> {
    let value = call.value(0)?;
    convert(value, wanted).map_err(|_| {
        let given = value.ty();
        let marks = value.marks();
        if marks != Marks::NONE {
            let which = if marks.sensitive() { "sensitive" } else { "ephemeral" };
            return FunctionError::argument(
                0,
                format!(
                    "cannot convert this {which} {} to {}",
                    given.friendly_name(),
                    wanted.friendly_constraint_name()
                ),
            );
        }
        let shown = value.as_str().map_or_else(|| "string".to_owned(), |text| format!("{text:?}"));
        match (given, wanted) {
            (Type::String, Type::Bool) => FunctionError::argument(
                0,
                format!(
                    "cannot convert {shown} to bool; only the strings \"true\" or \"false\" are \
                     allowed"
                ),
            ),
            (Type::String, Type::Number) => FunctionError::argument(
                0,
                format!(
                    "cannot convert {shown} to number; given string must be a decimal \
                     representation of a number"
                ),
            ),
            (given, _) => refusal(&given, wanted),
        }
    })
}
