//! A moment, as the clocks and calendars at some distance from UTC show it.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::calendar::{civil_from_days, days_from_civil, days_in};

/// Seconds.
const DAY: i64 = 86_400;
/// Nanoseconds of a second.
const NANOS: i128 = 1_000_000_000;

/// A moment, and the distance from UTC that it is seen at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timestamp {
    /// Since 1970 in UTC.
    nanos: i128,
    /// Seconds east of UTC.
    offset: i64,
}

/// The moment is further away than can be reckoned with.
#[derive(Debug, thiserror::Error)]
#[error("the timestamp is out of range")]
pub struct OutOfRange;

/// What the clocks and calendars show. Months and days count from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "their names say it")]
pub struct Civil {
    pub year: i64,
    pub month: i64,
    pub day: i64,
    pub hour: i64,
    pub minute: i64,
    pub second: i64,
}

impl Timestamp {
    /// Go's zero time, which is the first second of the year 1.
    pub const ZERO: Self = Self::from_unix(-62_135_596_800);

    /// That many seconds after 1970, in UTC.
    #[must_use]
    pub const fn from_unix(unix: i64) -> Self {
        Self { nanos: unix as i128 * NANOS, offset: 0 }
    }

    /// What a clock says, in UTC, in whole seconds.
    #[must_use]
    pub fn from_system(time: SystemTime) -> Self {
        let seconds =
            |duration: std::time::Duration| i64::try_from(duration.as_secs()).unwrap_or(i64::MAX);
        Self::from_unix(match time.duration_since(UNIX_EPOCH) {
            Ok(after) => seconds(after),
            Err(before) => -seconds(before.duration()),
        })
    }

    /// When the clocks `offset` seconds east of UTC show this; `None` if they never do.
    #[must_use]
    pub fn from_civil(civil: Civil, offset: i64) -> Option<Self> {
        let Civil { year, month, day, hour, minute, second } = civil;
        let exists = (1..=12).contains(&month)
            && (1..=days_in(year, month)).contains(&day)
            && (0..24).contains(&hour)
            && (0..60).contains(&minute)
            && (0..60).contains(&second);
        let clock = hour * 3_600 + minute * 60 + second;
        let unix = || days_from_civil(year, month, day) * DAY + clock - offset;
        exists.then(|| Self { offset, ..Self::from_unix(unix()) })
    }

    /// Seconds since 1970, begun ones of fractions not counted.
    #[must_use]
    pub const fn unix(self) -> i64 {
        // Every constructor starts from seconds that fit.
        self.nanos.div_euclid(NANOS) as i64
    }

    /// Nanoseconds since 1970, whatever the distance from UTC.
    #[must_use]
    pub const fn unix_nanos(self) -> i128 {
        self.nanos
    }

    const fn local_days(self) -> i64 {
        (self.unix() + self.offset).div_euclid(DAY)
    }

    /// What the clocks and calendars show there.
    #[must_use]
    pub const fn civil(self) -> Civil {
        let (year, month, day) = civil_from_days(self.local_days());
        let second = (self.unix() + self.offset).rem_euclid(DAY);
        let (hour, minute) = (second / 3_600, second / 60 % 60);
        Civil { year, month, day, hour, minute, second: second % 60 }
    }

    /// The day of the year, from 1 on.
    #[must_use]
    pub const fn year_day(self) -> i64 {
        self.local_days() - days_from_civil(self.civil().year, 1, 1) + 1
    }

    /// The day of the week, 0 for Sunday.
    #[must_use]
    pub const fn weekday(self) -> i64 {
        (self.local_days() + 4).rem_euclid(7)
    }

    /// The year and week by ISO 8601: those of the week's Thursday.
    #[must_use]
    pub const fn iso_week(self) -> (i64, i64) {
        let thursday = self.local_days() + 3 - (self.weekday() + 6) % 7;
        let (year, _, _) = civil_from_days(thursday);
        (year, (thursday - days_from_civil(year, 1, 1)) / 7 + 1)
    }

    /// So many nanoseconds later. A duration of 64 bits, 292 years, leads nowhere that cannot be
    /// reckoned with.
    #[must_use]
    pub const fn add_nanos(self, nanos: i64) -> Self {
        Self { nanos: self.nanos + nanos as i128, ..self }
    }

    /// So many seconds later.
    ///
    /// # Errors
    /// Beyond a hundred billion years.
    pub fn add_seconds(self, seconds: i64) -> Result<Self, OutOfRange> {
        let unix = self.unix().checked_add(seconds).ok_or(OutOfRange)?;
        // So that nothing overflows further on.
        if unix.unsigned_abs() > 3_155_760_000_000_000_000 {
            return Err(OutOfRange);
        }
        Ok(Self { nanos: self.nanos + i128::from(seconds) * NANOS, ..self })
    }

    /// So many units of `length` seconds later.
    ///
    /// # Errors
    /// As [`add_seconds`](Self::add_seconds).
    pub fn add_units(self, count: i64, length: i64) -> Result<Self, OutOfRange> {
        self.add_seconds(count.checked_mul(length).ok_or(OutOfRange)?)
    }

    /// So many months later, at the same time of day. A day that the month does not have is so
    /// many days into the next.
    ///
    /// # Errors
    /// As [`add_seconds`](Self::add_seconds).
    pub fn add_months(self, months: i64) -> Result<Self, OutOfRange> {
        let Civil { year, month, day, .. } = self.civil();
        let months = months.checked_add(month - 1).ok_or(OutOfRange)?;
        let year = year + months.div_euclid(12);
        if year.unsigned_abs() > 100_000_000_000 {
            return Err(OutOfRange);
        }
        let days = days_from_civil(year, months.rem_euclid(12) + 1, 1) + day - 1;
        self.add_units(days - self.local_days(), DAY)
    }

    /// The distance from UTC, as `+01:30` with a colon for `separator`.
    #[must_use]
    pub fn zone(self, separator: &str) -> String {
        let sign = if self.offset < 0 { '-' } else { '+' };
        let minutes = self.offset.abs() / 60;
        format!("{sign}{:02}{separator}{:02}", minutes / 60, minutes % 60)
    }

    /// The same, and `Z` in UTC.
    #[must_use]
    pub fn zone_or_z(self) -> String {
        if self.offset == 0 { "Z".to_owned() } else { self.zone(":") }
    }
}

/// RFC 3339, without fractions of a second.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Civil { year, month, day, hour, minute, second } = self.civil();
        let sign = if year < 0 { "-" } else { "" };
        let year = year.unsigned_abs();
        write!(f, "{sign}{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")?;
        f.write_str(&self.zone_or_z())
    }
}

#[cfg(test)]
mod tests {
    use super::Timestamp;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
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
    fn fractions_count_but_do_not_show() {
        let nearly = at("1969-12-31T23:59:59.9Z");
        assert_eq!((nearly.unix(), nearly.unix_nanos()), (-1, -100_000_000));
        assert_eq!(nearly.to_string(), "1969-12-31T23:59:59Z");
        assert_eq!(nearly.add_nanos(100_000_000), Timestamp::from_unix(0));
        assert_eq!(Timestamp::ZERO, at("0001-01-01T00:00:00Z"));
    }
}
