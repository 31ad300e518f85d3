//! RFC 3339 as Go's `time.Parse` reads it, which is laxer than the standard here and there: an hour
//! may have one digit, a comma may begin the fraction, and a zone may be 24 hours away.

use std::fmt;
use std::ops::RangeInclusive;

use crate::calendar::days_in;
use crate::{Civil, Timestamp, quote};

const LAYOUT: &str = "2006-01-02T15:04:05Z07:00";

/// Why a text is no timestamp: Go's `time.ParseError`. It shows as Go's does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    text: String,
    /// The part of Go's layout that was wanted: `2006`, `-`, `15`, `Z07:00`, …; empty at the end.
    pub element: &'static str,
    /// What there was instead; for a number out of its range, what comes after it.
    pub found: String,
    /// What else is wrong: `month out of range`.
    pub problem: Option<String>,
}

impl std::error::Error for ParseError {}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = quote(&self.text);
        if let Some(problem) = &self.problem {
            return write!(f, "parsing time {text}: {problem}");
        }
        let (found, element) = (quote(&self.found), quote(self.element));
        write!(f, "parsing time {text} as \"{LAYOUT}\": cannot parse {found} as {element}")
    }
}

impl Timestamp {
    /// Reads RFC 3339, fractions of a second to the nanosecond.
    ///
    /// # Errors
    /// Go's.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let mut parser = Parser { text, rest: text };
        let year = parser.year()?;
        parser.literal("-")?;
        let month = parser.number("01", "month", 1..=12)?;
        parser.literal("-")?;
        // That the month has such a day is seen last.
        let day = parser.number("02", "day", 0..=99)?;
        parser.literal("T")?;
        let hour = parser.number("15", "hour", 0..=23)?;
        parser.literal(":")?;
        let minute = parser.number("04", "minute", 0..=59)?;
        parser.literal(":")?;
        let second = parser.number("05", "second", 0..=59)?;
        let nanos = parser.fraction();
        let offset = parser.zone()?;
        if !parser.rest.is_empty() {
            return Err(parser.problem("", format!("extra text: {}", quote(parser.rest))));
        }
        if !(1..=days_in(year, month)).contains(&day) {
            return Err(parser.problem("", "day out of range".to_owned()));
        }
        let civil = Civil { year, month, day, hour, minute, second };
        let whole = Self::from_civil(civil, offset);
        Ok(whole.ok_or_else(|| parser.mismatch(LAYOUT))?.add_nanos(nanos))
    }
}

struct Parser<'a> {
    text: &'a str,
    rest: &'a str,
}

impl<'a> Parser<'a> {
    fn mismatch(&self, element: &'static str) -> ParseError {
        ParseError {
            text: self.text.to_owned(),
            element,
            found: self.rest.to_owned(),
            problem: None,
        }
    }

    fn problem(&self, element: &'static str, problem: String) -> ParseError {
        ParseError { problem: Some(problem), ..self.mismatch(element) }
    }

    fn digits(&self, most: usize) -> &'a str {
        let count = self.rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
        &self.rest[..count]
    }

    fn year(&mut self) -> Result<i64, ParseError> {
        let digits = self.digits(4);
        match digits.parse() {
            Ok(year) if digits.len() == 4 => {
                self.rest = &self.rest[4..];
                Ok(year)
            }
            _ => Err(self.mismatch("2006")),
        }
    }

    /// Two digits. Of an hour, one will do.
    fn number(
        &mut self,
        element: &'static str,
        name: &str,
        range: RangeInclusive<i64>,
    ) -> Result<i64, ParseError> {
        let digits = self.digits(2);
        let number = digits.parse().ok().filter(|_| digits.len() == 2 || element == "15");
        let number = number.ok_or_else(|| self.mismatch(element))?;
        self.rest = &self.rest[digits.len()..];
        if !range.contains(&number) {
            return Err(self.problem(element, format!("{name} out of range")));
        }
        Ok(number)
    }

    fn literal(&mut self, wanted: &'static str) -> Result<(), ParseError> {
        self.rest = self.rest.strip_prefix(wanted).ok_or_else(|| self.mismatch(wanted))?;
        Ok(())
    }

    /// Any number of digits after a point or a comma, of which nine count.
    fn fraction(&mut self) -> i64 {
        let Some(rest) = self.rest.strip_prefix(['.', ',']) else { return 0 };
        let after = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        let digits = &rest[..rest.len() - after.len()];
        if digits.is_empty() {
            return 0;
        }
        self.rest = after;
        format!("{digits:0<9.9}").parse().unwrap_or(0)
    }

    /// Seconds east of UTC.
    fn zone(&mut self) -> Result<i64, ParseError> {
        const ELEMENT: &str = "Z07:00";
        if let Some(rest) = self.rest.strip_prefix('Z') {
            self.rest = rest;
            return Ok(0);
        }
        let (sign, [h1, h2, m1, m2]) = match *self.rest.as_bytes() {
            [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2, ..] => (sign, [h1, h2, m1, m2]),
            _ => return Err(self.mismatch(ELEMENT)),
        };
        if ![h1, h2, m1, m2].iter().all(u8::is_ascii_digit) {
            return Err(self.mismatch(ELEMENT));
        }
        let pair = |tens: u8, ones: u8| i64::from(tens - b'0') * 10 + i64::from(ones - b'0');
        let (hours, minutes) = (pair(h1, h2), pair(m1, m2));
        self.rest = &self.rest[6..];
        for (name, value, most) in [("minute", minutes, 60), ("hour", hours, 24)] {
            if value > most {
                let problem = format!("time zone offset {name} out of range");
                return Err(self.problem(ELEMENT, problem));
            }
        }
        let seconds = hours * 3_600 + minutes * 60;
        Ok(if sign == b'-' { -seconds } else { seconds })
    }
}

#[cfg(test)]
mod tests {
    use crate::Timestamp;

    #[test]
    fn reads_and_writes() {
        for (text, unix) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2020-02-29T23:59:59Z", 1_583_020_799),
            ("2020-02-12T06:36:13+05:30", 1_581_469_573),
            ("1969-12-31T19:00:00-05:00", 0),
            ("0001-01-01T00:00:00Z", -62_135_596_800),
            ("0001-01-01T00:00:00-07:30", -62_135_569_800),
            ("9999-12-31T23:59:59+14:00", 253_402_250_399),
        ] {
            let time = Timestamp::parse(text).unwrap();
            assert_eq!((time.to_string(), time.unix()), (text.to_owned(), unix));
        }
    }

    #[test]
    fn is_lax_as_go_is() {
        for (text, expected) in [
            ("2020-01-01T1:00:00Z", "2020-01-01T01:00:00Z"),
            ("2020-01-01T00:00:00.1234567891Z", "2020-01-01T00:00:00Z"),
            ("2020-01-01T00:00:00,5Z", "2020-01-01T00:00:00Z"),
            ("2020-01-01T00:00:00+24:00", "2020-01-01T00:00:00+24:00"),
            ("2020-01-01T00:00:00+01:60", "2020-01-01T00:00:00+02:00"),
        ] {
            assert_eq!(Timestamp::parse(text).unwrap().to_string(), expected);
        }
    }

    #[test]
    fn words_errors_as_go_does() {
        let check = |text: &str, expected: &str| {
            let said = Timestamp::parse(text).unwrap_err().to_string();
            assert_eq!(said, format!("parsing time {text:?}{expected}"));
        };
        let layout = "\"2006-01-02T15:04:05Z07:00\"";
        check("x", &format!(" as {layout}: cannot parse \"x\" as \"2006\""));
        check("2020-01-01", &format!(" as {layout}: cannot parse \"\" as \"T\""));
        check("2020-13-01T00:00:00Z", ": month out of range");
        check("2021-02-29T00:00:00Z", ": day out of range");
        check("2021-02-28T00:00:00Zz", ": extra text: \"z\"");
        check("2021-02-28T00:00:00+25:00", ": time zone offset hour out of range");
        let zone = format!(" as {layout}: cannot parse \"+1:00\" as \"Z07:00\"");
        check("2021-02-28T00:00:00+1:00", &zone);
    }
}
