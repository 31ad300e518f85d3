//! Arithmetic: `abs`, `ceil`, `floor`, `log`, `max`, `min`, `pow`, `signum`.

use std::cmp::Ordering;

use groma_value::{Number, Refinements, Type, Value};

use super::{Call, Function, FunctionError, Parameter, returns};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "abs",
        "Gives a number without its sign: `abs(-3)` is `3`.",
        &[Parameter::number("num").dynamic()],
        returns::number,
        |call| Ok(Value::number(call.number(0)?.abs())),
    ),
    Function::new(
        "ceil",
        "Rounds up to the nearest whole number that is not less.",
        &[Parameter::number("num")],
        returns::number,
        |call| Ok(Value::number(call.number(0)?.ceil())),
    ),
    Function::new(
        "floor",
        "Rounds down to the nearest whole number that is not greater.",
        &[Parameter::number("num")],
        returns::number,
        |call| Ok(Value::number(call.number(0)?.floor())),
    ),
    Function::new(
        "log",
        "The logarithm of a number to a base.",
        &[Parameter::number("num"), Parameter::number("base")],
        returns::number,
        log,
    ),
    Function::new("max", "The greatest of one or more numbers.", &[], returns::number, |call| {
        extreme(call, Ordering::Greater)
    })
    .variadic(Parameter::number("numbers").dynamic().unknown()),
    Function::new("min", "The least of one or more numbers.", &[], returns::number, |call| {
        extreme(call, Ordering::Less)
    })
    .variadic(Parameter::number("numbers").dynamic().unknown()),
    Function::new(
        "pow",
        "Raises the first number to the power of the second.",
        &[Parameter::number("num"), Parameter::number("power")],
        returns::number,
        pow,
    ),
    Function::new(
        "signum",
        "The sign of a number: -1, 0 or 1.",
        &[Parameter::number("num")],
        returns::number,
        signum,
    ),
];

fn log(call: &Call<'_>) -> Result<Value, FunctionError> {
    let result = call.number(0)?.log(call.number(1)?);
    Ok(Value::number(result.ok_or_else(not_a_number)?))
}

fn pow(call: &Call<'_>) -> Result<Value, FunctionError> {
    let result = call.number(0)?.pow(call.number(1)?);
    Ok(Value::number(result.ok_or_else(not_a_number)?))
}

/// Terraform's panic here reads `can't use NaN as number`.
fn not_a_number() -> FunctionError {
    FunctionError::new("the result is not a number")
}

fn signum(call: &Call<'_>) -> Result<Value, FunctionError> {
    let number = call.integer(0)?;
    Ok(Value::number(number.signum()))
}

/// The number that is `wanted` beside all others. With unknown ones the known ones still bound
/// the result.
fn extreme(call: &Call<'_>, wanted: Ordering) -> Result<Value, FunctionError> {
    if call.args.is_empty() {
        return Err(FunctionError::new("must pass at least one number"));
    }
    let known = call.args.iter().filter_map(Value::as_number);
    let best = known.reduce(|best, next| if next.cmp(best) == wanted { next } else { best });
    if call.args.iter().all(Value::is_known) {
        return best.map_or_else(|| call.unknown(), |best| Ok(Value::number(best.clone())));
    }
    let bound = |best: &Number| Some((best.clone(), true));
    let mut refinements = Refinements { not_null: true, ..Refinements::default() };
    match wanted {
        Ordering::Greater => refinements.number_min = best.and_then(bound),
        _ => refinements.number_max = best.and_then(bound),
    }
    Ok(Value::unknown_with(Type::Number, refinements))
}
