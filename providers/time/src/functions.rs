//! `rfc3339_parse`, `unix_timestamp_parse` and `duration_parse`.

use groma_provider_api::native::{CallResult, Function, Object};
use groma_provider_api::{FunctionParameter, FunctionSignature};
use groma_time::{MONTHS, Timestamp, WEEKDAYS, parse_duration};
use groma_value::{Number, Str, Type, Value};

use crate::base::set_moment;

/// The attributes of both timestamp functions, without the one that each has alone.
const PARTS: [(&str, Type); 12] = [
    ("year", Type::Number),
    ("year_day", Type::Number),
    ("day", Type::Number),
    ("month", Type::Number),
    ("month_name", Type::String),
    ("weekday", Type::Number),
    ("weekday_name", Type::String),
    ("hour", Type::Number),
    ("minute", Type::Number),
    ("second", Type::Number),
    ("iso_year", Type::Number),
    ("iso_week", Type::Number),
];

fn signature(
    text: (&str, &str),
    parameter: (&str, Type, &str),
    return_type: Type,
) -> FunctionSignature {
    let (name, ty, description) = parameter;
    let parameter = FunctionParameter {
        name: name.to_owned(),
        ty,
        allow_null: false,
        allow_unknown: false,
        description: description.to_owned(),
    };
    FunctionSignature {
        summary: text.0.to_owned(),
        description: text.1.to_owned(),
        parameters: vec![parameter],
        variadic: None,
        return_type,
        deprecation: None,
    }
}

/// A moment with [`PARTS`] and one more.
fn taken_apart(moment: Timestamp, more: &str, value: Value) -> Value {
    let mut object = Object::default();
    set_moment(&mut object, moment);
    let name = |names: &[&'static str], at: i64| {
        Value::from(usize::try_from(at).ok().and_then(|at| names.get(at)).copied().unwrap_or(""))
    };
    let (iso_year, iso_week) = moment.iso_week();
    let parts = [
        ("year_day", Value::from(moment.year_day())),
        ("month_name", name(&MONTHS, moment.civil().month - 1)),
        ("weekday", Value::from(moment.weekday())),
        ("weekday_name", name(&WEEKDAYS, moment.weekday())),
        ("iso_year", Value::from(iso_year)),
        ("iso_week", Value::from(iso_week)),
    ];
    for (name, value) in parts {
        object.set(name, value);
    }
    let parts = PARTS.iter().map(|(name, _)| (*name, object.get(name)));
    Value::object_of(parts.chain([(more, value)]))
}

fn text(args: &[Value]) -> &str {
    args.first().and_then(Value::as_str).map_or("", Str::as_str)
}

/// `rfc3339_parse`
pub(crate) struct Rfc3339Parse;

impl Function for Rfc3339Parse {
    fn name(&self) -> &'static str {
        "rfc3339_parse"
    }

    fn signature(&self) -> FunctionSignature {
        signature(
            ("Takes an RFC 3339 timestamp apart.", "Takes an RFC 3339 timestamp apart."),
            ("timestamp", Type::String, "The timestamp."),
            Type::object(PARTS.into_iter().chain([("unix", Type::Number)])),
        )
    }

    fn call(&self, args: &[Value]) -> CallResult {
        let text = text(args);
        let moment = Timestamp::parse(text).map_err(|_| {
            let problem = format!("{text:?} is not a valid RFC3339 timestamp");
            (Some(0), format!("Error parsing RFC3339 timestamp: {problem}"))
        })?;
        Ok(taken_apart(moment, "unix", Value::from(moment.unix())))
    }
}

/// `unix_timestamp_parse`
pub(crate) struct UnixTimestampParse;

impl Function for UnixTimestampParse {
    fn name(&self) -> &'static str {
        "unix_timestamp_parse"
    }

    fn signature(&self) -> FunctionSignature {
        signature(
            ("Takes a number of seconds since 1970 apart.", "The moment is seen from UTC."),
            ("unix_timestamp", Type::Number, "The seconds since 1970."),
            Type::object(PARTS.into_iter().chain([("rfc3339", Type::String)])),
        )
    }

    fn call(&self, args: &[Value]) -> CallResult {
        let seconds = args.first().and_then(Value::as_number).and_then(Number::to_i64);
        let seconds =
            seconds.ok_or((Some(0), "a whole number of 64 bits is required".to_owned()))?;
        let moment = Timestamp::from_unix(0).add_seconds(seconds);
        let moment = moment.map_err(|problem| (Some(0), problem.to_string()))?;
        Ok(taken_apart(moment, "rfc3339", Value::string(moment.to_string())))
    }
}

/// `duration_parse`
pub(crate) struct DurationParse;

impl Function for DurationParse {
    fn name(&self) -> &'static str {
        "duration_parse"
    }

    fn signature(&self) -> FunctionSignature {
        let parts = ["hours", "minutes", "seconds", "milliseconds", "microseconds", "nanoseconds"];
        signature(
            (
                "Converts a duration to several units.",
                "Converts a duration as Go writes it: `1h30m`.",
            ),
            ("duration", Type::String, "The duration."),
            Type::object(parts.map(|name| (name, Type::Number))),
        )
    }

    fn call(&self, args: &[Value]) -> CallResult {
        let text = text(args);
        let nanoseconds = parse_duration(text).map_err(|_| {
            let problem = format!("{text:?} is not a valid duration string");
            (Some(0), format!("Error parsing duration string: {problem}"))
        })?;
        let whole = |unit: i64| Value::from(nanoseconds / unit);
        Ok(Value::object_of([
            ("hours", float(nanoseconds, 3_600_000_000_000)),
            ("minutes", float(nanoseconds, 60_000_000_000)),
            ("seconds", float(nanoseconds, 1_000_000_000)),
            ("milliseconds", whole(1_000_000)),
            ("microseconds", whole(1_000)),
            ("nanoseconds", whole(1)),
        ]))
    }
}

/// Nanoseconds in another unit, to a double's precision: the whole units, and then the rest.
#[expect(clippy::cast_precision_loss, reason = "a double is what the real provider gives")]
fn float(nanoseconds: i64, unit: i64) -> Value {
    let (whole, rest) = (nanoseconds / unit, nanoseconds % unit);
    let float = whole as f64 + rest as f64 / unit as f64;
    // A quotient of whole numbers is finite.
    Value::number(Number::from_f64(float).unwrap_or(Number::ZERO))
}
