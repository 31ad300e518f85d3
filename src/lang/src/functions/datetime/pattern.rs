//! The patterns of `formatdate`: a run of one letter is a part of the time, text between quotes and
//! anything that is no letter stands for itself.

use groma_time::{Civil, MONTHS, Timestamp, WEEKDAYS};

/// Writes `time` by `pattern`.
pub(super) fn write(pattern: &str, time: Timestamp) -> Result<String, String> {
    let civil = time.civil();
    let mut out = String::with_capacity(pattern.len());
    let mut rest = pattern;
    while let Some(c) = rest.chars().next() {
        if c == '\'' {
            rest = quoted(&rest[1..], &mut out)?;
        } else if c.is_ascii_alphabetic() {
            let length = rest.chars().take_while(|other| *other == c).count();
            let (verb, after) = rest.split_at(length);
            out.push_str(&part(verb, c, time, &civil)?);
            rest = after;
        } else {
            out.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    Ok(out)
}

/// The text up to the closing quote; two quotes are one. Gives what follows.
fn quoted<'a>(text: &'a str, out: &mut String) -> Result<&'a str, String> {
    if let Some(after) = text.strip_prefix('\'') {
        out.push('\'');
        return Ok(after);
    }
    let mut rest = text;
    loop {
        let Some((part, after)) = rest.split_once('\'') else {
            return Err("unterminated literal '".to_owned());
        };
        out.push_str(part);
        match after.strip_prefix('\'') {
            Some(after) => {
                out.push('\'');
                rest = after;
            }
            None => return Ok(after),
        }
    }
}

fn part(verb: &str, letter: char, time: Timestamp, civil: &Civil) -> Result<String, String> {
    let invalid = |why: &str| Err(format!("invalid date format verb {verb:?}: {why}"));
    // One letter for the plain number, two for two digits.
    let number = |number: i64, what: &str| match verb.len() {
        1 => Ok(number.to_string()),
        2 => Ok(format!("{number:02}")),
        _ => invalid(&format!("{what} must either be \"{letter}\" or \"{letter}{letter}\"")),
    };
    match (letter, verb.len()) {
        ('Y', 2) => Ok(format!("{:02}", civil.year % 100)),
        ('Y', 4) => Ok(format!("{:04}", civil.year)),
        ('Y', _) => invalid("year must either be \"YY\" or \"YYYY\""),
        ('M', 1) => Ok(civil.month.to_string()),
        ('M', 2) => Ok(format!("{:02}", civil.month)),
        ('M', 3) => Ok(name(&MONTHS, civil.month - 1)[..3].to_owned()),
        ('M', 4) => Ok(name(&MONTHS, civil.month - 1).to_owned()),
        ('M', _) => invalid("month must be \"M\", \"MM\", \"MMM\", or \"MMMM\""),
        ('D', _) => number(civil.day, "day of month"),
        ('E', 3) => Ok(name(&WEEKDAYS, time.weekday())[..3].to_owned()),
        ('E', 4) => Ok(name(&WEEKDAYS, time.weekday()).to_owned()),
        ('E', _) => invalid("day of week must either be \"EEE\" or \"EEEE\""),
        ('h', _) => number(civil.hour, "24-hour"),
        ('H', _) => number((civil.hour + 11) % 12 + 1, "12-hour"),
        ('A', 2) => Ok(if civil.hour < 12 { "AM" } else { "PM" }.to_owned()),
        ('a', 2) => Ok(if civil.hour < 12 { "am" } else { "pm" }.to_owned()),
        ('A' | 'a', _) => invalid(&format!("must be \"{letter}{letter}\"")),
        ('m', _) => number(civil.minute, "minute"),
        ('s', _) => number(civil.second, "second"),
        ('Z', 1) => Ok(time.zone_or_z()),
        ('Z', 3) if time.zone("") == "+0000" => Ok("UTC".to_owned()),
        ('Z', 3 | 4) => Ok(time.zone("")),
        ('Z', 5) => Ok(time.zone(":")),
        ('Z', _) => invalid("timezone must be Z, ZZZZ, or ZZZZZ"),
        _ => Err(format!("invalid date format verb {verb:?}")),
    }
}

fn name(names: &[&'static str], index: i64) -> &'static str {
    usize::try_from(index).ok().and_then(|index| names.get(index)).copied().unwrap_or("???")
}
