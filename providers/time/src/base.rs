//! What the resource types share: the attributes of a moment, and the arithmetic of steps.

use groma_provider_api::native::{Checks, Object};
use groma_provider_api::{Attribute, AttributeDiagnostic, ProviderDiagnostics};
use groma_time::{Civil, OutOfRange, Timestamp};
use groma_value::{Type, Value};

/// `triggers`: a new moment is taken when these change.
pub(crate) fn triggers() -> Attribute {
    Attribute::new(Type::map(Type::String))
        .optional()
        .describe("Arbitrary values that, when they change, cause a new beginning.")
}

/// A number that may be configured.
pub(crate) fn count(description: &str) -> Attribute {
    Attribute::new(Type::Number).optional().describe(description)
}

/// A computed text.
pub(crate) fn computed(description: &str) -> Attribute {
    Attribute::new(Type::String).computed().describe(description)
}

/// The attributes that [`set_moment`] sets.
pub(crate) fn moment() -> [(&'static str, Attribute); 7] {
    let number = |what: &str| Attribute::new(Type::Number).computed().describe(what);
    [
        ("year", number("The year.")),
        ("month", number("The month, from 1 on.")),
        ("day", number("The day of the month.")),
        ("hour", number("The hour of the day.")),
        ("minute", number("The minute of the hour.")),
        ("second", number("The second of the minute.")),
        ("unix", number("The seconds since 1970.")),
    ]
}

/// Takes a moment apart into an object's attributes.
pub(crate) fn set_moment(object: &mut Object, moment: Timestamp) {
    let Civil { year, month, day, hour, minute, second } = moment.civil();
    let parts = [
        ("year", year),
        ("month", month),
        ("day", day),
        ("hour", hour),
        ("minute", minute),
        ("second", second),
        ("unix", moment.unix()),
    ];
    for (name, value) in parts {
        object.set(name, Value::from(value));
    }
}

/// A moment as text.
pub(crate) fn shown(moment: Timestamp) -> Value {
    Value::string(moment.to_string())
}

/// How far a step goes.
#[derive(Clone, Copy)]
pub(crate) enum Step {
    /// So many seconds a unit.
    Seconds(i64),
    /// So many months a unit.
    Months(i64),
}

impl Step {
    pub(crate) fn from(self, base: Timestamp, count: i64) -> Result<Timestamp, OutOfRange> {
        match self {
            Self::Seconds(length) => base.add_units(count, length),
            Self::Months(months) => base.add_months(count.checked_mul(months).ok_or(OutOfRange)?),
        }
    }
}

/// `base` and a step. Of several steps the last counts, and none leads to the zero time: so the
/// real provider does it.
pub(crate) fn step(
    object: &Object,
    steps: &[(&str, Step)],
    base: Timestamp,
) -> Result<Timestamp, OutOfRange> {
    let set = |name: &str| object.int(name).filter(|count| *count != 0);
    let last = steps.iter().rev().find_map(|(name, step)| Some((step, set(name)?)));
    last.map_or(Ok(Timestamp::ZERO), |(step, count)| step.from(base, count))
}

/// Checks that an attribute is a timestamp.
pub(crate) fn check_timestamp(mut checks: Checks, attribute: &str) -> Checks {
    let bad = checks.config().str(attribute).is_some_and(|text| Timestamp::parse(text).is_err());
    if bad {
        let must = "value must be a string in RFC3339 format";
        checks.invalid(attribute, "Invalid Attribute Value Type", must);
    }
    checks
}

/// One error, about the whole.
pub(crate) fn error(summary: &str, detail: impl Into<String>) -> ProviderDiagnostics {
    vec![AttributeDiagnostic::error(summary, detail)]
}

/// One error, with what caused it.
pub(crate) fn caused(
    summary: &str,
    what: &str,
    cause: &dyn std::fmt::Display,
) -> ProviderDiagnostics {
    error(summary, format!("{what}\n\nOriginal Error: {cause}"))
}

/// Reads an attribute that must be a timestamp.
pub(crate) fn timestamp(
    object: &Object,
    attribute: &str,
    summary: &str,
) -> Result<Timestamp, ProviderDiagnostics> {
    let text = object.str(attribute).unwrap_or_default();
    parse(text, &format!("{attribute} timestamp"), summary)
}

/// Reads a text that must be a timestamp.
pub(crate) fn parse(
    text: &str,
    what: &str,
    summary: &str,
) -> Result<Timestamp, ProviderDiagnostics> {
    let what = format!("The {what} that was supplied could not be parsed as RFC3339.");
    Timestamp::parse(text).map_err(|problem| caused(summary, &what, &problem))
}

/// A count of an import id: nothing for null.
pub(crate) fn import_count(
    text: &str,
    attribute: &str,
    summary: &str,
) -> Result<Value, ProviderDiagnostics> {
    if text.is_empty() {
        return Ok(Value::null(Type::Number));
    }
    let what = format!("The {attribute} parameter that was supplied could not be parsed as Int64.");
    text.parse::<i64>().map(Value::from).map_err(|problem| caused(summary, &what, &problem))
}

/// `triggers` of an import, which cannot be known. The real provider takes them for empty, and
/// then plans a replacement if there are none.
pub(crate) fn no_triggers() -> Value {
    Value::null(Type::map(Type::String))
}
