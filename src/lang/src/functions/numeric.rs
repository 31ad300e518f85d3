//! Numbers: `abs`, `ceil`, `floor`, `log`, `max`, `min`, `parseint`, `pow`, `signum`.

use std::cmp::Ordering;

use groma_value::{Type, Value};
use num_bigint::BigInt;

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
    .variadic(Parameter::number("numbers").dynamic()),
    Function::new("min", "The least of one or more numbers.", &[], returns::number, |call| {
        extreme(call, Ordering::Less)
    })
    .variadic(Parameter::number("numbers").dynamic()),
    Function::new(
        "parseint",
        "Reads a whole number that is written in a given base, from 2 to 62.",
        &[Parameter::any("number"), Parameter::number("base")],
        parseint_type,
        parseint,
    ),
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

/// The number that is `wanted` beside all others.
fn extreme(call: &Call<'_>, wanted: Ordering) -> Result<Value, FunctionError> {
    let numbers = call.args.iter().filter_map(Value::as_number);
    let best = numbers.reduce(|best, next| if next.cmp(best) == wanted { next } else { best });
    let best = best.ok_or_else(|| FunctionError::new("must pass at least one number"))?;
    Ok(Value::number(best.clone()))
}

fn parseint_type(args: &[Value]) -> returns::Result {
    match args.first().map(Value::ty) {
        None | Some(Type::String) => Ok(Type::Number),
        Some(other) => Err(FunctionError::argument(
            0,
            format!("first argument must be a string, not {}", other.friendly_name()),
        )),
    }
}

fn parseint(call: &Call<'_>) -> Result<Value, FunctionError> {
    let text = call.text(0)?.as_str();
    let base = call.integer(1).map_err(|error| FunctionError::argument(1, error.message))?;
    let Some(base) = u32::try_from(base).ok().filter(|base| (2..=62).contains(base)) else {
        return Err(FunctionError::argument(
            1,
            "base must be a whole number between 2 and 62 inclusive",
        ));
    };
    let number = digits(text, base).ok_or_else(|| {
        FunctionError::argument(0, format!("cannot parse {text:?} as a base {base} integer"))
    })?;
    Ok(Value::number(number))
}

/// A whole number with an optional sign. Up to base 36 either case of a letter is the same digit;
/// above, capitals come after small letters.
fn digits(text: &str, base: u32) -> Option<BigInt> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let values = digits.bytes().map(|byte| {
        let value = match byte {
            b'0'..=b'9' => byte - b'0',
            b'a'..=b'z' => byte - b'a' + 10,
            b'A'..=b'Z' if base <= 36 => byte - b'A' + 10,
            b'A'..=b'Z' => byte - b'A' + 36,
            _ => return None,
        };
        Some(value).filter(|value| u32::from(*value) < base)
    });
    let values: Vec<u8> = values.collect::<Option<_>>()?;
    if values.is_empty() {
        return None;
    }
    let sign = if negative { num_bigint::Sign::Minus } else { num_bigint::Sign::Plus };
    BigInt::from_radix_be(sign, &values, base)
}
