//! Timestamps: `formatdate`, `plantimestamp`, `timeadd`, `timecmp`, `timestamp`.

mod duration;
mod instant;
mod pattern;

use groma_value::Value;

pub(super) use self::instant::Instant;
use super::{Call, Function, FunctionError, Parameter, returns};

const RFC3339: &str = "A timestamp in RFC 3339 format: `2017-11-22T00:00:00Z`.";

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "formatdate",
        "Writes a timestamp in another format: `YYYY` year, `MM` month, `DD` day, `hh` hour, `mm` \
         minute, `ss` second, and more.",
        &[
            Parameter::string("format").described("The format; text between quotes stays."),
            Parameter::string("time").described(RFC3339),
        ],
        returns::string,
        formatdate,
    ),
    Function::new(
        "plantimestamp",
        "The time when the plan was made.",
        &[],
        returns::string,
        |call| match call.context.host.plan_timestamp() {
            Some(time) => Ok(Value::string(Instant::from_system(time).rfc3339())),
            None => call.unknown(),
        },
    ),
    Function::new(
        "timeadd",
        "Adds a duration to a timestamp.",
        &[
            Parameter::string("timestamp").described(RFC3339),
            Parameter::string("duration").described(
                "Numbers with units, such as `1h30m` or `-1.5s`: `h`, `m`, `s`, `ms`, `us`, `ns`.",
            ),
        ],
        returns::string,
        |call| {
            let time = Instant::parse(call.text(0)?).map_err(FunctionError::new)?;
            let duration = duration::parse(call.text(1)?).map_err(FunctionError::new)?;
            Ok(Value::string(time.add(duration).rfc3339()))
        },
    ),
    Function::new(
        "timecmp",
        "Compares two timestamps: -1 if the first is earlier, 1 if it is later, 0 if they are the \
         same moment.",
        &[
            Parameter::string("timestamp_a").described(RFC3339),
            Parameter::string("timestamp_b").described(RFC3339),
        ],
        returns::number,
        |call| {
            let order = time_argument(call, 0)?.moment().cmp(&time_argument(call, 1)?.moment());
            Ok(Value::number(order as i64))
        },
    ),
    Function::new(
        "timestamp",
        "The time now, which is known at apply only.",
        &[],
        returns::string,
        |call| match call.context.host.now() {
            Some(time) => Ok(Value::string(Instant::from_system(time).rfc3339())),
            None => call.unknown(),
        },
    ),
];

fn time_argument(call: &Call<'_>, index: usize) -> Result<Instant, FunctionError> {
    Instant::parse(call.text(index)?).map_err(|message| FunctionError::argument(index, message))
}

fn formatdate(call: &Call<'_>) -> Result<Value, FunctionError> {
    let time = time_argument(call, 1)?;
    let text = pattern::write(call.text(0)?, &time)
        .map_err(|message| FunctionError::argument(0, message))?;
    Ok(Value::string(text))
}
