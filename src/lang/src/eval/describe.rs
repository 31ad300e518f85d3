//! What a diagnostic says of the values that its expression refers to.

use groma_value::{Number, Type, Value, View};

/// What a diagnostic is about, and so which values are worth a mention beside it. Without the
/// flag such values are left out, lest people take them for the cause.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cause {
    /// It is about a value not being known.
    pub unknown: bool,
    /// It is about a value being sensitive.
    pub sensitive: bool,
    /// It is about a value being ephemeral.
    pub ephemeral: bool,
}

/// The statement about a value: `is 3`, `is a list of string`, `will be known only after apply`.
/// `None` where nothing helpful, or nothing safe, can be said.
pub fn statement(value: &Value, cause: Cause) -> Option<String> {
    let marks = value.marks();
    match (marks.sensitive(), marks.ephemeral()) {
        (true, true) => {
            return (cause.sensitive && cause.ephemeral)
                .then(|| "has an ephemeral, sensitive value".to_owned());
        }
        (true, false) => return cause.sensitive.then(|| "has a sensitive value".to_owned()),
        (false, true) => return cause.ephemeral.then(|| "has an ephemeral value".to_owned()),
        (false, false) => {}
    }
    let View::Unknown(refinements) = value.view() else {
        return Some(format!("is {}", brief(value)));
    };
    let ty = value.ty();
    if ty == Type::Dynamic {
        return cause.unknown.then(|| "will be known only after apply".to_owned());
    }
    let name = ty.friendly_name();
    if !cause.unknown {
        return Some(format!("is a {name}"));
    }
    let detail = if ty.is_collection() {
        length_bounds(refinements.length_min.unwrap_or(0), refinements.length_max)
    } else if let Some(prefix) = &refinements.prefix {
        format!(" with prefix {prefix:?}")
    } else {
        String::new()
    };
    Some(format!("is a {name}{detail}, known only after apply"))
}

fn length_bounds(min: u64, max: Option<u64>) -> String {
    // Larger bounds only distract.
    const WORTH_SHOWING: u64 = 1024;
    match (min, max) {
        (min, Some(max)) if min == max => format!(" of length {min}"),
        (0, Some(max)) if max <= WORTH_SHOWING => format!(" with up to {max} elements"),
        (min, Some(max)) if min > 0 && max <= WORTH_SHOWING => {
            format!(" with between {min} and {max} elements")
        }
        (0, _) => String::new(),
        (min, _) => format!(" with at least {min} elements"),
    }
}

/// A value in a few words. Shows no element, since only the value itself is known not to be
/// sensitive; names of attributes are safe.
pub fn brief(value: &Value) -> String {
    if value.marks().sensitive() {
        return "(sensitive value)".to_owned();
    }
    if value.marks().ephemeral() {
        return "(ephemeral value)".to_owned();
    }
    match value.view() {
        View::Null => "null".to_owned(),
        View::Unknown(_) => "(not yet known)".to_owned(),
        View::Bool(value) => value.to_string(),
        View::Number(number) => ten_digits(number),
        View::String(text) => format!("{text:?}"),
        View::List(items) | View::Set(items) | View::Tuple(items) => {
            counted(&value.ty(), items.len())
        }
        View::Map(entries) => counted(&value.ty(), entries.len()),
        View::Object(attributes) => match attributes.len() {
            0 => "object with no attributes".to_owned(),
            1 => {
                let name = attributes.iter().next().map_or("", |(name, _)| name.as_str());
                format!("object with 1 attribute {name:?}")
            }
            count => format!("object with {count} attributes"),
        },
    }
}

fn counted(ty: &Type, length: usize) -> String {
    let name = ty.friendly_name();
    match length {
        0 => format!("empty {name}"),
        1 => format!("{name} with 1 element"),
        length => format!("{name} with {length} elements"),
    }
}

/// A number with ten significant digits, as C's `%.10g` has it.
fn ten_digits(number: &Number) -> String {
    const DIGITS: i32 = 10;
    if let Some(small) = number.to_i64().filter(|n| n.unsigned_abs() < 10_000_000_000) {
        return small.to_string();
    }
    let float = number.to_f64();
    if float.is_infinite() {
        return if float > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
    }
    let scientific = format!("{float:.9e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..DIGITS).contains(&exponent) {
        let places = usize::try_from(DIGITS - 1 - exponent).unwrap_or(0);
        return trim_zeros(&format!("{float:.places$}")).to_owned();
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{}e{sign}{:02}", trim_zeros(mantissa), exponent.unsigned_abs())
}

fn trim_zeros(digits: &str) -> &str {
    if digits.contains('.') { digits.trim_end_matches('0').trim_end_matches('.') } else { digits }
}

#[cfg(test)]
mod tests {
    use super::*;
    use groma_value::Marks;

    #[track_caller]
    fn check(value: &Value, expected: &str) {
        assert_eq!(brief(value), expected);
    }

    #[test]
    fn shows_ten_digits() {
        for (text, expected) in [
            ("3", "3"),
            ("-12345", "-12345"),
            ("9999999999", "9999999999"),
            ("10000000000", "1e+10"),
            ("12345678901", "1.23456789e+10"),
            ("0.1", "0.1"),
            ("0.00001", "1e-05"),
            ("3.14159265358979", "3.141592654"),
        ] {
            check(&Value::number(text.parse::<Number>().unwrap()), expected);
        }
    }

    #[test]
    fn never_shows_what_is_inside() {
        check(&Value::tuple(vec![]), "empty tuple");
        check(&Value::list(Type::String, vec!["secret".into()]), "list of string with 1 element");
        check(&Value::object_of([("a", Value::from("secret"))]), "object with 1 attribute \"a\"");
        check(&Value::from("a\"b").with_marks(Marks::SENSITIVE), "(sensitive value)");
        check(&Value::from("a\"b"), r#""a\"b""#);
    }

    #[test]
    fn mentions_what_the_diagnostic_is_about() {
        let check = |value: &Value, cause, expected: Option<&str>| {
            assert_eq!(statement(value, cause).as_deref(), expected);
        };
        let plain = Cause::default();
        let unknown = Cause { unknown: true, ..plain };
        check(&Value::from(3), plain, Some("is 3"));
        check(&Value::from(3).with_marks(Marks::SENSITIVE), plain, None);
        let sensitive = Cause { sensitive: true, ..plain };
        check(
            &Value::from(3).with_marks(Marks::SENSITIVE),
            sensitive,
            Some("has a sensitive value"),
        );
        check(&Value::dynamic(), plain, None);
        check(&Value::dynamic(), unknown, Some("will be known only after apply"));
        check(&Value::unknown(Type::Number), plain, Some("is a number"));
        check(
            &Value::unknown(Type::list(Type::Bool)),
            unknown,
            Some("is a list of bool, known only after apply"),
        );
    }
}
