//! A moment with its offset from UTC, read and written as RFC 3339.

use std::time::{SystemTime, UNIX_EPOCH};

/// Nanoseconds of a second.
const NANOS: i128 = 1_000_000_000;
const DAY: i64 = 86_400;

/// A moment, and the offset that it is shown at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::functions) struct Instant {
    /// Since 1970, in UTC, in nanoseconds.
    nanos: i128,
    /// East of UTC, in seconds.
    offset: i64,
}

/// A date and a time of the day, by the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Civil {
    pub(super) year: i64,
    /// From 1.
    pub(super) month: u32,
    /// From 1.
    pub(super) day: u32,
    pub(super) hour: u32,
    pub(super) minute: u32,
    pub(super) second: u32,
    /// From Sunday, 0.
    pub(super) weekday: u32,
}

impl Instant {
    /// Now, or a moment that a clock gave, shown in UTC in whole seconds.
    pub(super) fn from_system(time: SystemTime) -> Self {
        let nanos = match time.duration_since(UNIX_EPOCH) {
            Ok(after) => i128::from(after.as_secs()) * NANOS,
            Err(before) => -(i128::from(before.duration().as_secs()) * NANOS),
        };
        Self { nanos, offset: 0 }
    }

    /// Year, month and day, hour, minute and second, and seconds east of UTC; `None` if there is no
    /// such day or time.
    pub(in crate::functions) fn of(date: [i64; 3], time: [i64; 3], offset: i64) -> Option<Self> {
        let ([year, month, day], [hour, minute, second]) = (date, time);
        let exists = (1..=12).contains(&month)
            && (1..=days_in(year, month)).contains(&day)
            && (0..24).contains(&hour)
            && (0..60).contains(&minute)
            && (0..60).contains(&second);
        let seconds = days(year, month, day) * DAY + hour * 3600 + minute * 60 + second - offset;
        exists.then(|| Self { nanos: i128::from(seconds) * NANOS, offset })
    }

    /// Where it is in time, whatever the offset.
    pub(super) const fn moment(&self) -> i128 {
        self.nanos
    }

    /// So many nanoseconds later.
    pub(super) const fn add(self, nanos: i64) -> Self {
        Self { nanos: self.nanos + nanos as i128, ..self }
    }

    /// By the calendar, at its offset.
    pub(super) fn civil(&self) -> Civil {
        let seconds = (self.nanos.div_euclid(NANOS)) as i64 + self.offset;
        let (days, rest) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY) as u32);
        let (year, month, day) = date(days);
        Civil {
            year,
            month,
            day,
            hour: rest / 3600,
            minute: rest / 60 % 60,
            second: rest % 60,
            weekday: (days + 4).rem_euclid(7) as u32,
        }
    }

    /// `+0130`, or `+01:30` with a separator.
    pub(super) fn zone(&self, separator: &str) -> String {
        let sign = if self.offset < 0 { '-' } else { '+' };
        let minutes = self.offset.abs() / 60;
        format!("{sign}{:02}{separator}{:02}", minutes / 60, minutes % 60)
    }

    /// `Z`, or the offset.
    pub(super) fn zone_or_z(&self) -> String {
        if self.offset == 0 { "Z".to_owned() } else { self.zone(":") }
    }

    /// In RFC 3339, in whole seconds.
    pub(in crate::functions) fn rfc3339(&self) -> String {
        let Civil { year, month, day, hour, minute, second, .. } = self.civil();
        let sign = if year < 0 { "-" } else { "" };
        format!(
            "{sign}{:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{}",
            year.abs(),
            self.zone_or_z()
        )
    }

    /// Reads RFC 3339 as Go does, and words its errors as cty does.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut parser = Parser { rest: text };
        let wrong = |what: &str| format!("not a valid RFC3339 timestamp: {what}");
        parser.timestamp().map_err(|problem| wrong(&problem))
    }
}

struct Parser<'a> {
    rest: &'a str,
}

impl Parser<'_> {
    fn timestamp(&mut self) -> Result<Instant, String> {
        let year = self.number(4, "year", i64::MAX)?;
        self.literal('-')?;
        let month = self.number(2, "month", 12)?;
        self.literal('-')?;
        let day = self.number(2, "day of month", i64::MAX)?;
        if !self.rest.starts_with('T') {
            return Err("missing required time introducer 'T'".to_owned());
        }
        self.rest = &self.rest[1..];
        let hour = self.hour()?;
        self.literal(':')?;
        let minute = self.number(2, "minute", 59)?;
        self.literal(':')?;
        let second = self.number(2, "second", 59)?;
        let nanos = self.fraction();
        let offset = self.offset()?;
        if !self.rest.is_empty() {
            return Err(format!("cannot use {:?} as timestamp segment", self.rest));
        }
        if month < 1 {
            return Err("month out of range".to_owned());
        }
        if day < 1 || day > days_in(year, month) {
            return Err("day out of range".to_owned());
        }
        let seconds = days(year, month, day) * DAY + hour * 3600 + minute * 60 + second - offset;
        Ok(Instant { nanos: i128::from(seconds) * NANOS + nanos, offset })
    }

    /// What stands here cannot be that part.
    fn unusable(&self, what: &str) -> String {
        let rest = self.rest;
        if rest.is_empty() {
            format!("end of string before {what}")
        } else {
            format!("cannot use {rest:?} as {what}")
        }
    }

    fn number(&mut self, length: usize, what: &str, most: i64) -> Result<i64, String> {
        let digits = self.rest.get(..length).filter(|d| d.bytes().all(|b| b.is_ascii_digit()));
        let Some(number) = digits.and_then(|digits| digits.parse().ok()) else {
            return Err(self.unusable(what));
        };
        self.rest = &self.rest[length..];
        // Go has moved on by then, so that it names what follows.
        if number > most || what == "month" && number < 1 {
            return Err(self.unusable(what));
        }
        Ok(number)
    }

    fn hour(&mut self) -> Result<i64, String> {
        let digits = self.rest.bytes().take(2).take_while(u8::is_ascii_digit).count();
        if digits == 1 {
            return Err("hour must have exactly two digits".to_owned());
        }
        self.number(2, "hour", 23)
    }

    fn literal(&mut self, wanted: char) -> Result<(), String> {
        if let Some(rest) = self.rest.strip_prefix(wanted) {
            self.rest = rest;
            return Ok(());
        }
        let wanted = wanted.to_string();
        Err(if self.rest.is_empty() {
            format!("end of string where {wanted:?} is expected")
        } else {
            format!("found {:?} where {wanted:?} is expected", self.rest)
        })
    }

    /// Any number of digits after a point or a comma; beyond nanoseconds they do not count.
    fn fraction(&mut self) -> i128 {
        let Some(rest) = self.rest.strip_prefix(['.', ',']) else { return 0 };
        let length = rest.bytes().take_while(u8::is_ascii_digit).count();
        if length == 0 {
            return 0;
        }
        self.rest = &rest[length..];
        let digits = format!("{:0<9.9}", &rest[..length]);
        digits.parse().unwrap_or(0)
    }

    fn offset(&mut self) -> Result<i64, String> {
        if let Some(rest) = self.rest.strip_prefix('Z') {
            self.rest = rest;
            return Ok(0);
        }
        let bytes = self.rest.as_bytes();
        let zone = match bytes {
            [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2, ..]
                if [h1, h2, m1, m2].iter().all(|b| b.is_ascii_digit()) =>
            {
                let number = |a: u8, b: u8| i64::from(a - b'0') * 10 + i64::from(b - b'0');
                Some((*sign, number(*h1, *h2), number(*m1, *m2)))
            }
            _ => None,
        };
        let Some((sign, hours, minutes)) = zone else {
            return Err(self.unusable("UTC offset"));
        };
        self.rest = &self.rest[6..];
        if hours > 24 || minutes >= 60 {
            return Err(self.unusable("UTC offset"));
        }
        let seconds = hours * 3600 + minutes * 60;
        Ok(if sign == b'-' { -seconds } else { seconds })
    }
}

const fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

const fn days_in(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if is_leap(year) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Days since 1970 of a date in the Gregorian calendar, by counting years from March.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The date that is so many days after 1970 began.
fn date(days: i64) -> (i64, u32, u32) {
    let days = days + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let part = |number: i64| u32::try_from(number).unwrap_or(1);
    (year + era * 400 + i64::from(month <= 2), part(month), part(day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_days_are_inverse() {
        for day in (-1_000_000..1_000_000).step_by(97) {
            let (year, month, of_month) = date(day);
            assert_eq!(days(year, month.into(), of_month.into()), day);
        }
        assert_eq!(date(0), (1970, 1, 1));
        assert_eq!(date(-1), (1969, 12, 31));
        assert_eq!(date(19_782), (2024, 2, 29));
    }

    #[test]
    fn timestamps_round_trip() {
        for text in
            ["2020-01-02T03:04:05Z", "0001-01-01T00:00:00-07:30", "9999-12-31T23:59:59+14:00"]
        {
            assert_eq!(Instant::parse(text).map(|time| time.rfc3339()).as_deref(), Ok(text));
        }
    }
}
