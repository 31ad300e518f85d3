//! Durations as Go writes them: `1h30m`, `1.5s`.

/// The nanoseconds of a duration (`time.ParseDuration`). Errors are worded as Go's are.
pub(crate) fn parse(text: &str) -> Result<i64, String> {
    let invalid = || format!("time: invalid duration {text:?}");
    let (negative, mut rest) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    if rest == "0" {
        return Ok(0);
    }
    if rest.is_empty() {
        return Err(invalid());
    }
    let mut total: i128 = 0;
    while !rest.is_empty() {
        let (number, after) = split_number(rest);
        let unit_end = after.find(|c: char| c == '.' || c.is_ascii_digit()).unwrap_or(after.len());
        let (unit, next) = after.split_at(unit_end);
        if !number.contains(|c: char| c.is_ascii_digit()) {
            return Err(invalid());
        }
        if unit.is_empty() {
            return Err(format!("time: missing unit in duration {text:?}"));
        }
        let length = unit_nanoseconds(unit)
            .ok_or_else(|| format!("time: unknown unit {unit:?} in duration {text:?}"))?;
        total += in_nanoseconds(number, length).ok_or_else(invalid)?;
        rest = next;
    }
    let total = if negative { -total } else { total };
    i64::try_from(total).map_err(|_| invalid())
}

/// Digits with at most one point.
fn split_number(text: &str) -> (&str, &str) {
    let mut points = 0;
    let end = text.find(|c: char| {
        points += usize::from(c == '.');
        !(c.is_ascii_digit() || c == '.' && points == 1)
    });
    text.split_at(end.unwrap_or(text.len()))
}

/// `number` units of that length; what is smaller than a nanosecond is dropped.
fn in_nanoseconds(number: &str, length: i64) -> Option<i128> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = |text: &str| if text.is_empty() { Some(0) } else { text.parse::<i128>().ok() };
    // More digits than these do not reach a nanosecond, even of an hour.
    let fraction = fraction.get(..18).unwrap_or(fraction);
    let scale = 10i128.pow(u32::try_from(fraction.len()).ok()?);
    let length = i128::from(length);
    let whole = digits(whole).filter(|whole| *whole <= i128::from(i64::MAX))?;
    Some(whole * length + digits(fraction)? * length / scale)
}

fn unit_nanoseconds(unit: &str) -> Option<i64> {
    Some(match unit {
        "ns" => 1,
        "us" | "µs" | "μs" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn reads_durations() {
        for (text, nanoseconds) in [
            ("0", 0),
            ("30s", 30_000_000_000),
            ("1h15m30.918s", 4_530_918_000_000),
            ("-1.5h", -5_400_000_000_000),
            ("+.5m", 30_000_000_000),
            ("1.s", 1_000_000_000),
            ("1µs2ns", 1_002),
            ("0.9223372036854775807s", 922_337_203),
        ] {
            assert_eq!(parse(text), Ok(nanoseconds), "{text}");
        }
    }

    #[test]
    fn words_errors_as_go_does() {
        for (text, expected) in [
            ("", "time: invalid duration \"\""),
            ("3", "time: missing unit in duration \"3\""),
            ("3x", "time: unknown unit \"x\" in duration \"3x\""),
            ("s", "time: invalid duration \"s\""),
            (".s", "time: invalid duration \".s\""),
            ("9999999999h", "time: invalid duration \"9999999999h\""),
            (
                "99999999999999999999999999999999999999999h",
                "time: invalid duration \"99999999999999999999999999999999999999999h\"",
            ),
        ] {
            assert_eq!(parse(text).unwrap_err(), expected);
        }
    }
}
