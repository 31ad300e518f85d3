//! Durations as Go writes them: `1h30m`, `-1.5s`.

use crate::quote;

/// The nanoseconds of a duration (`time.ParseDuration`).
///
/// # Errors
/// Go's, for what is none or longer than 292 years.
pub fn parse_duration(text: &str) -> Result<i64, String> {
    let shown = quote(text);
    let invalid = || format!("time: invalid duration {shown}");
    let (negative, mut rest) = match text.as_bytes() {
        [b'-', ..] => (true, &text[1..]),
        [b'+', ..] => (false, &text[1..]),
        _ => (false, text),
    };
    if rest == "0" {
        return Ok(0);
    }
    if rest.is_empty() {
        return Err(invalid());
    }
    // In magnitude, up to that of the least duration.
    let mut total: u64 = 0;
    while !rest.is_empty() {
        let (whole, after) = digits(rest);
        let (fraction, after) = match after.strip_prefix('.') {
            Some(after) => digits(after),
            None => ("", after),
        };
        if whole.is_empty() && fraction.is_empty() {
            return Err(invalid());
        }
        let end = after.find(|c: char| c == '.' || c.is_ascii_digit()).unwrap_or(after.len());
        let (unit, after) = after.split_at(end);
        if unit.is_empty() {
            return Err(format!("time: missing unit in duration {shown}"));
        }
        let nanos = match unit {
            "ns" => 1,
            "us" | "µs" | "μs" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            _ => return Err(format!("time: unknown unit {} in duration {shown}", quote(unit))),
        };
        let number = if whole.is_empty() { Some(0) } else { whole.parse::<u64>().ok() };
        let part = number
            .filter(|number| *number <= 1 << 63)
            .and_then(|number| number.checked_mul(nanos))
            .filter(|part| *part <= 1 << 63);
        total = part
            .and_then(|part| part.checked_add(fraction_of(fraction, nanos)))
            .and_then(|part| total.checked_add(part))
            .filter(|total| *total <= 1 << 63)
            .ok_or_else(invalid)?;
        rest = after;
    }
    if negative {
        return Ok(0i64.wrapping_sub_unsigned(total));
    }
    i64::try_from(total).map_err(|_| invalid())
}

fn digits(text: &str) -> (&str, &str) {
    text.split_at(text.bytes().take_while(u8::is_ascii_digit).count())
}

/// A decimal fraction of a unit, computed in a double as Go does. Digits that overflow do not count.
fn fraction_of(digits: &str, unit: u64) -> u64 {
    let (mut number, mut scale) = (0u64, 1.0);
    for digit in digits.bytes() {
        let next = number
            .checked_mul(10)
            .and_then(|number| number.checked_add(u64::from(digit - b'0')))
            .filter(|number| number >> 63 == 0);
        let Some(next) = next else { break };
        number = next;
        scale *= 10.0;
    }
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        reason = "Go computes so, and both factors are positive"
    )]
    let part = (number as f64 * (unit as f64 / scale)) as u64;
    part
}

#[cfg(test)]
mod tests {
    use super::parse_duration;

    #[test]
    fn durations_are_read_as_go_reads_them() {
        for (text, expected) in [
            ("1h30m", Ok(5_400_000_000_000)),
            ("-1.5s", Ok(-1_500_000_000)),
            (".5ms", Ok(500_000)),
            ("0", Ok(0)),
            ("1.s", Ok(1_000_000_000)),
            ("0.9223372036854775807s", Ok(922_337_203)),
            ("+1ns1µs", Ok(1_001)),
            ("-9223372036854775808ns", Ok(i64::MIN)),
            ("", Err("time: invalid duration \"\"")),
            ("1", Err("time: missing unit in duration \"1\"")),
            ("1d", Err("time: unknown unit \"d\" in duration \"1d\"")),
            ("9223372036854775808ns", Err("time: invalid duration \"9223372036854775808ns\"")),
            (".s", Err("time: invalid duration \".s\"")),
        ] {
            assert_eq!(parse_duration(text), expected.map_err(str::to_owned), "{text}");
        }
    }
}
