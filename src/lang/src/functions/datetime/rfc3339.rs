//! RFC 3339 as Terraform's functions take it, with errors that speak of parts of a timestamp and not
//! of Go's layouts.

use groma_time::{ParseError, Timestamp};

/// Reads a timestamp as Go does, which is all that `timecmp` asks for.
pub(super) fn lax(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse(text).map_err(|error| invalid(&reason(&error)))
}

/// Reads a timestamp that keeps to the standard, as the functions of cty want it.
pub(super) fn strict(text: &str) -> Result<Timestamp, String> {
    let time = Timestamp::parse(text).map_err(|error| match (error.element, &error.problem) {
        ("15", Some(_)) => invalid("hour must be between 0 and 23 inclusive"),
        _ => invalid(&reason(&error)),
    })?;
    laxity(text).map_or(Ok(time), |problem| Err(invalid(&problem)))
}

fn invalid(problem: &str) -> String {
    format!("not a valid RFC3339 timestamp: {problem}")
}

/// What Go lets pass in a timestamp that it reads, and the standard does not.
fn laxity(text: &str) -> Option<String> {
    let (_, clock) = text.split_once('T')?;
    if clock.find(':') != Some(2) {
        return Some("hour must have exactly two digits".to_owned());
    }
    if clock.contains(',') {
        return Some(unusable(",", "timestamp segment"));
    }
    let zone = clock.rfind(['+', '-']).map(|at| &clock[at..])?;
    let far = zone.get(1..3) > Some("23") || zone.get(4..6) > Some("59");
    far.then(|| unusable(zone, "UTC offset"))
}

fn reason(error: &ParseError) -> String {
    let ParseError { element, found, problem, .. } = error;
    let part = match (*element, problem) {
        ("", Some(problem)) if found.is_empty() => return problem.clone(),
        ("T", _) => return "missing required time introducer 'T'".to_owned(),
        ("-" | ":", _) if found.is_empty() => {
            return format!("end of string where {element:?} is expected");
        }
        ("-" | ":", _) => return format!("found {found:?} where {element:?} is expected"),
        ("2006", _) => "year",
        ("01", _) => "month",
        ("02", _) => "day of month",
        ("15", _) => "hour",
        ("04", _) => "minute",
        ("05", _) => "second",
        ("Z07:00", _) => "UTC offset",
        _ => "timestamp segment",
    };
    unusable(found, part)
}

/// `found` cannot be that part of a timestamp.
fn unusable(found: &str, part: &str) -> String {
    if found.is_empty() {
        return format!("end of string before {part}");
    }
    format!("cannot use {found:?} as {part}")
}

#[cfg(test)]
mod tests {
    use super::{lax, strict};

    fn check(text: &str, expected: &str) {
        let said = strict(text).map(|time| time.to_string());
        assert_eq!(said, Err(format!("not a valid RFC3339 timestamp: {expected}")), "{text}");
    }

    #[test]
    fn errors_name_the_part() {
        check("2020", "end of string where \"-\" is expected");
        check("2020/01/01T", "found \"/01/01T\" where \"-\" is expected");
        check("2020-13-01T00:00:00Z", "cannot use \"-01T00:00:00Z\" as month");
        check("2020-02-30T00:00:00Z", "day out of range");
        check("2020-01-01t00:00:00Z", "missing required time introducer 'T'");
        check("2020-01-01T24:00:00Z", "hour must be between 0 and 23 inclusive");
        check("2020-01-01T00:00:00.5", "end of string before UTC offset");
        check("2020-01-01T00:00:00Zz", "cannot use \"z\" as timestamp segment");
    }

    #[test]
    fn what_go_lets_pass_is_refused_where_the_standard_counts() {
        for (text, expected) in [
            ("2020-01-01T1:00:00Z", "hour must have exactly two digits"),
            ("2020-01-01T00:00:00,5Z", "cannot use \",\" as timestamp segment"),
            ("2020-01-01T00:00:00+01:60", "cannot use \"+01:60\" as UTC offset"),
            ("2020-01-01T00:00:00+24:00", "cannot use \"+24:00\" as UTC offset"),
        ] {
            check(text, expected);
            assert!(lax(text).is_ok(), "{text}");
        }
    }
}
