//! Times as values: an instant with its site's offset, dates, months and the clock of a day.
//! Reads no clock and knows no time zone table; offsets are handed in by phone and server.

use core::fmt;
use core::str::FromStr;

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, SecondsFormat, Timelike};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Milliseconds since 1970-01-01T00:00Z, leap seconds not counted. Server times use it.
pub type UnixMs = i64;

/// An instant to the millisecond together with the offset its site had then (R3.6: the site's
/// time decides, not the phone's). Text: RFC 3339 with exactly three decimals and a numeric
/// offset, e.g. `2026-11-23T15:02:00.000+08:00`; no other spelling is read.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SiteTime(DateTime<FixedOffset>);

/// The text was not a [`SiteTime`] in its one spelling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotATime;

impl fmt::Display for NotATime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a time: expected e.g. 2026-11-23T15:02:00.000+08:00")
    }
}

impl core::error::Error for NotATime {}

/// A calendar month of a site, the unit of the visit quota (R3.3). Text: `2026-11`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    /// Calendar year.
    pub year: i32,
    /// 1 to 12.
    pub month: u32,
}

impl SiteTime {
    /// The instant `unix_ms` seen at `offset_minutes` east of UTC (-1,439 to 1,439).
    /// `None` when either is out of range.
    pub fn at(unix_ms: UnixMs, offset_minutes: i32) -> Option<Self> {
        let offset = FixedOffset::east_opt(offset_minutes.checked_mul(60)?)?;
        let time = Self(DateTime::from_timestamp_millis(unix_ms)?.with_timezone(&offset));
        // Four-digit years only: the text form has no other.
        (0..=9999).contains(&time.0.year()).then_some(time)
    }

    /// The instant a wall clock `offset_minutes` east of UTC shows as `local`, in the spelling of
    /// HTML's local date and time: `2026-11-23T15:02`. `None` for any other text.
    pub fn from_local(local: &str, offset_minutes: i32) -> Option<Self> {
        let ahead = offset_minutes.abs();
        let sign = if offset_minutes < 0 { '-' } else { '+' };
        let text = format!("{local}:00.000{sign}{:02}:{:02}", ahead / 60, ahead % 60);
        text.parse().ok()
    }

    /// What the site's wall clock shows, to the minute: `2026-11-23T15:02`.
    pub fn local(self) -> String {
        let mut text = self.to_string();
        text.truncate("2026-11-23T15:02".len());
        text
    }

    /// What the site's wall clock shows, without the date: `15:02`.
    pub fn clock(self) -> String {
        self.0.format("%H:%M").to_string()
    }

    /// Milliseconds since 1970 UTC.
    pub fn unix_ms(self) -> UnixMs {
        self.0.timestamp_millis()
    }

    /// Minutes east of UTC.
    pub fn offset_minutes(self) -> i32 {
        self.0.offset().local_minus_utc() / 60
    }

    /// The date on the site's calendar.
    pub fn date(self) -> NaiveDate {
        self.0.date_naive()
    }

    /// The month on the site's calendar.
    pub fn month(self) -> Month {
        Month::of(self.date())
    }

    /// Minutes since the site's midnight, 0 to 1,439.
    pub fn minute_of_day(self) -> u32 {
        self.0.hour() * 60 + self.0.minute()
    }
}

impl Month {
    /// The month a date lies in.
    pub fn of(date: NaiveDate) -> Self {
        Self {
            year: date.year(),
            month: date.month(),
        }
    }

    /// The month's last day.
    pub fn last_day(self) -> NaiveDate {
        let (year, month) = if self.month == 12 {
            (self.year + 1, 1)
        } else {
            (self.year, self.month + 1)
        };
        NaiveDate::from_ymd_opt(year, month, 1)
            .and_then(|first| first.pred_opt())
            .expect("a month made from a date has a following first day")
    }

    /// How many months after `earlier` this one is; 0 for the same month and later ones.
    pub fn since(self, earlier: Self) -> u32 {
        let count = |it: Self| i64::from(it.year) * 12 + i64::from(it.month);
        u32::try_from(count(self) - count(earlier)).unwrap_or(0)
    }

    /// Days left after `date` up to the month's last day; 0 on the last day and later.
    pub fn days_left(self, date: NaiveDate) -> u32 {
        u32::try_from((self.last_day() - date).num_days()).unwrap_or(0)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

impl fmt::Display for SiteTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_rfc3339_opts(SecondsFormat::Millis, false))
    }
}

impl fmt::Debug for SiteTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SiteTime({self})")
    }
}

impl FromStr for SiteTime {
    type Err = NotATime;
    fn from_str(text: &str) -> Result<Self, NotATime> {
        let time = Self(DateTime::parse_from_rfc3339(text).map_err(|_| NotATime)?);
        // One spelling only: the text is hashed.
        if time.to_string() == text {
            Ok(time)
        } else {
            Err(NotATime)
        }
    }
}

impl Serialize for SiteTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for SiteTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_time_keeps_its_offset_and_its_one_spelling() {
        let time = SiteTime::at(1_795_590_120_000, 480).unwrap();
        assert_eq!(time.to_string().parse(), Ok(time));
        assert_eq!(time.offset_minutes(), 480);
        assert_eq!(
            "2026-11-23T15:02:00+08:00".parse::<SiteTime>(),
            Err(NotATime)
        );
        assert_eq!(
            "2026-11-23T15:02:00.000Z".parse::<SiteTime>(),
            Err(NotATime)
        );
        assert!("2026-11-23T15:02:00.000+08:00".parse::<SiteTime>().is_ok());
    }

    #[test]
    fn a_wall_clocks_time_reads_back_in_its_offset() {
        for (local, offset) in [("2026-11-23T15:02", 480), ("2026-03-01T00:00", -210)] {
            let time = SiteTime::from_local(local, offset).unwrap();
            assert_eq!(
                (time.local().as_str(), time.offset_minutes()),
                (local, offset)
            );
        }
        for text in ["", "2026-11-23", "2026-11-23T15:02:30", "2026-02-30T10:00"] {
            assert_eq!(SiteTime::from_local(text, 480), None, "{text}");
        }
    }

    #[test]
    fn the_month_is_the_sites_not_utc() {
        let newyear: SiteTime = "2027-01-01T00:30:00.000+08:00".parse().unwrap();
        assert_eq!(
            newyear.month(),
            Month {
                year: 2027,
                month: 1
            }
        );
        assert_eq!(
            SiteTime::at(newyear.unix_ms(), 0)
                .unwrap()
                .month()
                .to_string(),
            "2026-12"
        );
    }

    #[test]
    fn months_end_where_calendars_say() {
        let days = |year, month| Month { year, month }.last_day().to_string();
        assert_eq!(days(2026, 12), "2026-12-31");
        assert_eq!(days(2028, 2), "2028-02-29");
        let date = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
        assert_eq!(Month::of(date).days_left(date), 7);
    }

    #[test]
    fn months_are_counted_across_years() {
        let month = |year, month| Month { year, month };
        let now = month(2026, 11);
        assert_eq!(now.since(month(2025, 12)), 11);
        assert_eq!(now.since(month(2026, 10)), 1);
        assert_eq!(now.since(now), 0);
        assert_eq!(now.since(month(2027, 1)), 0);
    }
}
