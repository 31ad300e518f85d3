//! Timestamps: `formatdate`, `plantimestamp`, `timeadd`, `timecmp`, `timestamp`.

mod pattern;
mod rfc3339;

use groma_time::{Timestamp, parse_duration};
use groma_value::Value;

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
            Some(time) => Ok(Value::string(Timestamp::from_system(time).to_string())),
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
            let time = rfc3339::strict(call.text(0)?).map_err(FunctionError::new)?;
            let duration = parse_duration(call.text(1)?).map_err(FunctionError::new)?;
            Ok(Value::string(time.add_nanos(duration).to_string()))
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
            let moment = |index| match rfc3339::lax(call.text(index)?) {
                Ok(time) => Ok(time.unix_nanos()),
                Err(message) => Err(FunctionError::argument(index, message)),
            };
            let order = moment(0)?.cmp(&moment(1)?);
            Ok(Value::number(order as i64))
        },
    ),
    Function::new(
        "timestamp",
        "The time now, which is known at apply only.",
        &[],
        returns::string,
        |call| match call.context.host.now() {
            Some(time) => Ok(Value::string(Timestamp::from_system(time).to_string())),
            None => call.unknown(),
        },
    ),
];

fn formatdate(call: &Call<'_>) -> Result<Value, FunctionError> {
    let time =
        rfc3339::strict(call.text(1)?).map_err(|message| FunctionError::argument(1, message))?;
    let text = pattern::write(call.text(0)?, time)
        .map_err(|message| FunctionError::argument(0, message))?;
    Ok(Value::string(text))
}
