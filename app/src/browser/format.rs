//! Dates and times as people read them: in the app's language and the SITE's zone, through the
//! browser's `Intl`. Not parsing, and no zone but the one handed in (R3.6).

use std::cell::RefCell;
use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate, NaiveTime};
use doorstep_domain::language::Language;
use doorstep_domain::time::UnixMs;
use js_sys::{Date, Intl};
use wasm_bindgen::JsValue;

use super::{clock, object, zone};

/// How much of an instant is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Style {
    /// `11月23日 星期一`, `Monday 23 November`.
    Day,
    /// `11月23日`, `23 November`.
    ShortDay,
    /// `2026年11月23日`, `23 November 2026`.
    FullDay,
    /// `15:02`.
    Clock,
    /// `15:02:24`.
    ClockSeconds,
    /// `11月23日 15:02`, `23 November, 15:02`.
    DayClock,
    /// `2026年11月23日 15:02`, `23 November 2026, 15:02`.
    FullDayClock,
}

thread_local! {
    /// Making a formatter costs far more than using one.
    static FORMATTERS: RefCell<BTreeMap<(&'static str, String, Style), Intl::DateTimeFormat>> =
        const { RefCell::new(BTreeMap::new()) };
}

/// The instant `unix_ms` in `style`, on the clock of the IANA zone `zone`. A zone the browser
/// does not know is read as UTC.
#[expect(
    clippy::cast_precision_loss,
    reason = "times of this era are below 2^53 ms"
)]
pub fn time(language: Language, zone: &str, style: Style, unix_ms: UnixMs) -> String {
    let formatter = FORMATTERS.with_borrow_mut(|known| {
        let key = (language.tag(), zone.to_owned(), style);
        known
            .entry(key)
            .or_insert_with(|| formatter(language, zone, style))
            .clone()
    });
    let date = Date::new(&JsValue::from_f64(unix_ms as f64));
    let written = formatter.format().call1(&formatter, &date);
    written
        .ok()
        .and_then(|text| text.as_string())
        .unwrap_or_default()
}

/// A date of a site's calendar, which has no zone of its own, in a style without a clock.
pub fn date(language: Language, style: Style, date: NaiveDate) -> String {
    let midnight = date.and_time(NaiveTime::MIN).and_utc();
    time(language, "UTC", style, midnight.timestamp_millis())
}

/// A date as lists tell it: with its year only when that is not `today`'s.
pub fn near_date(language: Language, today: NaiveDate, day: NaiveDate) -> String {
    let style = if day.year() == today.year() {
        Style::ShortDay
    } else {
        Style::FullDay
    };
    date(language, style, day)
}

/// An instant as lists tell it: the clock alone when it lies on `today`.
pub fn near_time(language: Language, zone: &str, today: NaiveDate, unix_ms: UnixMs) -> String {
    let day = clock::in_zone(zone, unix_ms).date();
    let style = match day {
        _ if day == today => Style::Clock,
        _ if day.year() == today.year() => Style::DayClock,
        _ => Style::FullDayClock,
    };
    time(language, zone, style, unix_ms)
}

fn formatter(language: Language, zone: &str, style: Style) -> Intl::DateTimeFormat {
    // British order and a 24-hour clock: the office's papers, not the American ones.
    let locale = JsValue::from_str(match language {
        Language::Chinese => "zh-CN",
        Language::English => "en-GB",
    });
    let options = |zone: &str| {
        let mut fields: Vec<(&str, &str)> = vec![("timeZone", zone), ("hourCycle", "h23")];
        fields.extend(style.fields());
        let values: Vec<(&str, JsValue)> = fields
            .into_iter()
            .map(|(name, value)| (name, JsValue::from_str(value)))
            .collect();
        let fields: Vec<(&str, &JsValue)> =
            values.iter().map(|(name, value)| (*name, value)).collect();
        object(&fields)
    };
    zone::construct(&locale, &options(zone))
        .or_else(|| zone::construct(&locale, &options("UTC")))
        .expect("every browser formats dates in UTC")
}

impl Style {
    fn fields(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Day => &[("month", "long"), ("day", "numeric"), ("weekday", "long")],
            Self::ShortDay => &[("month", "long"), ("day", "numeric")],
            Self::FullDay => &[("year", "numeric"), ("month", "long"), ("day", "numeric")],
            Self::Clock => &[("hour", "2-digit"), ("minute", "2-digit")],
            Self::ClockSeconds => &[
                ("hour", "2-digit"),
                ("minute", "2-digit"),
                ("second", "2-digit"),
            ],
            Self::DayClock => &[
                ("month", "long"),
                ("day", "numeric"),
                ("hour", "2-digit"),
                ("minute", "2-digit"),
            ],
            Self::FullDayClock => &[
                ("year", "numeric"),
                ("month", "long"),
                ("day", "numeric"),
                ("hour", "2-digit"),
                ("minute", "2-digit"),
            ],
        }
    }
}
