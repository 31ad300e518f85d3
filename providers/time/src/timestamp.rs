//! Moments with a distance from UTC, read, written and reckoned with as Go does.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

const DAY: i64 = 86_400;
const LAYOUT: &str = "2006-01-02T15:04:05Z07:00";

/// A moment, as seen from a distance from UTC. To the second, fractions being dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Timestamp {
    /// Seconds since 1970, UTC.
    unix: i64,
    /// Seconds east of UTC.
    offset: i64,
}

/// The moment is further away than can be reckoned with.
#[derive(Debug, thiserror::Error)]
#[error("the timestamp is out of range")]
pub(crate) struct OutOfRange;

/// What the clocks and calendars show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Civil {
    pub(crate) year: i64,
    pub(crate) month: i64,
    pub(crate) day: i64,
    pub(crate) hour: i64,
    pub(crate) minute: i64,
    pub(crate) second: i64,
}

/// Days from 1970-01-01 to a day of the Gregorian calendar, `month` from 1 on.
const fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    // Years that begin in March have the leap day last; eras have 400 of them.
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year * 365 + year / 4 - year / 100 + day_of_year - 719_468
}

/// The reverse of [`days_from_civil`].
const fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day_of_year = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 400 + year + (month <= 2) as i64, month, day)
}

const fn days_in(year: i64, month: i64) -> i64 {
    let (next_year, next) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    days_from_civil(next_year, next, 1) - days_from_civil(year, month, 1)
}

impl Timestamp {
    /// Go's zero time, which is the first second of the year 1.
    pub(crate) const ZERO: Self = Self { unix: -62_135_596_800, offset: 0 };

    /// That many seconds after 1970, in UTC.
    pub(crate) const fn from_unix(unix: i64) -> Self {
        Self { unix, offset: 0 }
    }

    /// In UTC.
    pub(crate) fn from_system(time: SystemTime) -> Self {
        let seconds =
            |duration: std::time::Duration| i64::try_from(duration.as_secs()).unwrap_or(i64::MAX);
        let unix = match time.duration_since(UNIX_EPOCH) {
            Ok(after) => seconds(after),
            Err(before) => -seconds(before.duration()),
        };
        Self::from_unix(unix)
    }

    /// Seconds since 1970.
    pub(crate) const fn unix(self) -> i64 {
        self.unix
    }

    const fn local_days(self) -> i64 {
        (self.unix + self.offset).div_euclid(DAY)
    }

    /// What the clocks and calendars show there.
    pub(crate) const fn civil(self) -> Civil {
        let (year, month, day) = civil_from_days(self.local_days());
        let second = (self.unix + self.offset).rem_euclid(DAY);
        let (hour, minute) = (second / 3_600, second / 60 % 60);
        Civil { year, month, day, hour, minute, second: second % 60 }
    }

    /// The day of the year, from 1 on.
    pub(crate) const fn year_day(self) -> i64 {
        self.local_days() - days_from_civil(self.civil().year, 1, 1) + 1
    }

    /// The day of the week, 0 for Sunday.
    pub(crate) const fn weekday(self) -> i64 {
        (self.local_days() + 4).rem_euclid(7)
    }

    /// The year and week by ISO 8601: those of the week's Thursday.
    pub(crate) const fn iso_week(self) -> (i64, i64) {
        let thursday = self.local_days() + 3 - (self.weekday() + 6) % 7;
        let (year, _, _) = civil_from_days(thursday);
        (year, (thursday - days_from_civil(year, 1, 1)) / 7 + 1)
    }

    /// So many seconds later.
    pub(crate) fn add_seconds(self, seconds: i64) -> Result<Self, OutOfRange> {
        let unix = self.unix.checked_add(seconds).ok_or(OutOfRange)?;
        // A hundred billion years, so that nothing overflows further on.
        if unix.unsigned_abs() > 3_155_760_000_000_000_000 {
            return Err(OutOfRange);
        }
        Ok(Self { unix, ..self })
    }

    /// So many units of `length` seconds later.
    pub(crate) fn add_units(self, count: i64, length: i64) -> Result<Self, OutOfRange> {
        self.add_seconds(count.checked_mul(length).ok_or(OutOfRange)?)
    }

    /// So many months later, at the same time of day. A day that the month does not have is so
    /// many days into the next.
    pub(crate) fn add_months(self, months: i64) -> Result<Self, OutOfRange> {
        let Civil { year, month, day, .. } = self.civil();
        let months = months.checked_add(month - 1).ok_or(OutOfRange)?;
        let year = year + months.div_euclid(12);
        if year.unsigned_abs() > 100_000_000_000 {
            return Err(OutOfRange);
        }
        let days = days_from_civil(year, months.rem_euclid(12) + 1, 1) + day - 1;
        self.add_units(days - self.local_days(), DAY)
    }

    /// Reads an RFC 3339 timestamp. Errors are worded as Go's are.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut parser = Parser { whole: text, rest: text };
        let year = parser.digits(4, "2006", None)?;
        parser.literal("-")?;
        let month = parser.digits(2, "01", Some(("month", 1..=12)))?;
        parser.literal("-")?;
        let day = parser.digits(2, "02", None)?;
        parser.literal("T")?;
        let hour = parser.digits(2, "15", Some(("hour", 0..=23)))?;
        parser.literal(":")?;
        let minute = parser.digits(2, "04", Some(("minute", 0..=59)))?;
        parser.literal(":")?;
        let second = parser.digits(2, "05", Some(("second", 0..=59)))?;
        parser.skip_fraction();
        let offset = parser.zone()?;
        if !parser.rest.is_empty() {
            return Err(parser.error(&format!("extra text: {:?}", parser.rest)));
        }
        if !(1..=days_in(year, month)).contains(&day) {
            return Err(parser.error("day out of range"));
        }
        let clock = hour * 3_600 + minute * 60 + second;
        Ok(Self { unix: days_from_civil(year, month, day) * DAY + clock - offset, offset })
    }
}

/// RFC 3339, without fractions of a second.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Civil { year, month, day, hour, minute, second } = self.civil();
        let sign = if year < 0 { "-" } else { "" };
        let year = year.unsigned_abs();
        write!(f, "{sign}{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")?;
        if self.offset == 0 {
            return f.write_str("Z");
        }
        let sign = if self.offset < 0 { '-' } else { '+' };
        let minutes = self.offset.abs() / 60;
        write!(f, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)
    }
}

struct Parser<'a> {
    whole: &'a str,
    rest: &'a str,
}

type Range = std::ops::RangeInclusive<i64>;

impl Parser<'_> {
    fn error(&self, problem: &str) -> String {
        format!("parsing time {:?}: {problem}", self.whole)
    }

    fn mismatch(&self, wanted: &str) -> String {
        let Self { whole, rest } = self;
        format!("parsing time {whole:?} as {LAYOUT:?}: cannot parse {rest:?} as {wanted:?}")
    }

    fn digits(
        &mut self,
        count: usize,
        wanted: &str,
        range: Option<(&str, Range)>,
    ) -> Result<i64, String> {
        let digits = self.rest.get(..count).filter(|d| d.bytes().all(|b| b.is_ascii_digit()));
        let Some(value) = digits.and_then(|digits| digits.parse::<i64>().ok()) else {
            return Err(self.mismatch(wanted));
        };
        if let Some((name, _)) = range.filter(|(_, range)| !range.contains(&value)) {
            return Err(self.error(&format!("{name} out of range")));
        }
        self.rest = self.rest.get(count..).unwrap_or_default();
        Ok(value)
    }

    fn literal(&mut self, wanted: &str) -> Result<(), String> {
        self.rest = self.rest.strip_prefix(wanted).ok_or_else(|| self.mismatch(wanted))?;
        Ok(())
    }

    fn skip_fraction(&mut self) {
        if let Some(rest) = self.rest.strip_prefix(['.', ',']) {
            let after = rest.trim_start_matches(|c: char| c.is_ascii_digit());
            if after.len() < rest.len() {
                self.rest = after;
            }
        }
    }

    fn zone(&mut self) -> Result<i64, String> {
        const WANTED: &str = "Z07:00";
        if let Some(rest) = self.rest.strip_prefix('Z') {
            self.rest = rest;
            return Ok(0);
        }
        let sign = match self.rest.as_bytes().first() {
            Some(b'+') => 1,
            Some(b'-') => -1,
            _ => return Err(self.mismatch(WANTED)),
        };
        let pair = |at: std::ops::Range<usize>| {
            let digits = self.rest.get(at).filter(|d| d.bytes().all(|b| b.is_ascii_digit()))?;
            digits.parse::<i64>().ok()
        };
        let colon = self.rest.as_bytes().get(3) == Some(&b':');
        let (Some(hours), Some(minutes), true) = (pair(1..3), pair(4..6), colon) else {
            return Err(self.mismatch(WANTED));
        };
        for (name, value, most) in [("hour", hours, 24), ("minute", minutes, 59)] {
            if value > most {
                return Err(self.error(&format!("time zone offset {name} out of range")));
            }
        }
        self.rest = self.rest.get(6..).unwrap_or_default();
        Ok(sign * (hours * 3_600 + minutes * 60))
    }
}

#[cfg(test)]
mod tests {
    use super::{Timestamp, civil_from_days, days_from_civil};

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    #[test]
    fn reads_and_writes() {
        for (text, unix) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2020-02-29T23:59:59Z", 1_583_020_799),
            ("2020-02-12T06:36:13+05:30", 1_581_469_573),
            ("1969-12-31T19:00:00-05:00", 0),
            ("0001-01-01T00:00:00Z", -62_135_596_800),
        ] {
            assert_eq!(at(text).to_string(), text);
            assert_eq!(at(text).unix(), unix, "{text}");
        }
        assert_eq!(at("2020-01-01T00:00:00.987Z").to_string(), "2020-01-01T00:00:00Z");
        assert_eq!(Timestamp::ZERO, at("0001-01-01T00:00:00Z"));
    }

    #[test]
    fn words_errors_as_go_does() {
        let check = |text: &str, expected: &str| {
            assert_eq!(Timestamp::parse(text).unwrap_err(), expected);
        };
        let layout = "\"2006-01-02T15:04:05Z07:00\"";
        check("x", &format!("parsing time \"x\" as {layout}: cannot parse \"x\" as \"2006\""));
        check(
            "2020-01-01",
            &format!("parsing time \"2020-01-01\" as {layout}: cannot parse \"\" as \"T\""),
        );
        check("2020-13-01T00:00:00Z", "parsing time \"2020-13-01T00:00:00Z\": month out of range");
        check("2021-02-29T00:00:00Z", "parsing time \"2021-02-29T00:00:00Z\": day out of range");
        check("2021-02-28T00:00:00Zz", "parsing time \"2021-02-28T00:00:00Zz\": extra text: \"z\"");
        check(
            "2021-02-28T00:00:00+1:00",
            &format!(
                "parsing time \"2021-02-28T00:00:00+1:00\" as {layout}: cannot parse \"+1:00\" as \
                 \"Z07:00\""
            ),
        );
    }

    #[test]
    fn months_run_over() {
        let later = |text: &str, months| at(text).add_months(months).unwrap().to_string();
        assert_eq!(later("2020-01-31T12:00:00Z", 1), "2020-03-02T12:00:00Z");
        assert_eq!(later("2020-02-29T00:00:00+02:00", 12), "2021-03-01T00:00:00+02:00");
        assert_eq!(later("2020-03-31T00:00:00Z", -13), "2019-03-03T00:00:00Z");
        assert!(at("2020-01-01T00:00:00Z").add_months(i64::MAX).is_err());
        assert!(at("2020-01-01T00:00:00Z").add_units(i64::MAX, 60).is_err());
    }

    #[test]
    fn days_of_years_and_weeks() {
        let monday = at("2018-12-31T00:00:00Z");
        assert_eq!((monday.weekday(), monday.year_day(), monday.iso_week()), (1, 365, (2019, 1)));
        let sunday = at("2023-01-01T00:00:00Z");
        assert_eq!((sunday.weekday(), sunday.year_day(), sunday.iso_week()), (0, 1, (2022, 52)));
    }

    #[test]
    fn calendars_agree_both_ways() {
        for days in (-1_000_000..1_000_000).step_by(997) {
            let (year, month, day) = civil_from_days(days);
            assert_eq!(days_from_civil(year, month, day), days);
        }
    }
}
