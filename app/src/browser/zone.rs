//! Time zones: how far a site's clock is from UTC at an instant, asked of the browser's own
//! zone table. Not formatting; that is [`super::format`].

use std::cell::RefCell;
use std::collections::BTreeMap;

use chrono::NaiveDate;
use doorstep_domain::time::UnixMs;
use js_sys::{Array, Date, Function, Intl, Reflect};
use wasm_bindgen::{JsCast, JsValue};

use super::{object, property};

thread_local! {
    /// Making a formatter costs far more than using one.
    static FORMATTERS: RefCell<BTreeMap<String, Option<Intl::DateTimeFormat>>> =
        const { RefCell::new(BTreeMap::new()) };
}

/// Minutes east of UTC of the IANA zone `zone` at `unix_ms`; `None` for a zone the browser does
/// not know.
#[expect(
    clippy::cast_precision_loss,
    reason = "times of this era are below 2^53 ms"
)]
pub fn offset_minutes(zone: &str, unix_ms: UnixMs) -> Option<i32> {
    let formatter = formatter(zone)?;
    let date = Date::new(&JsValue::from_f64(unix_ms as f64));
    let parts: Array = formatter.format_to_parts(&date);
    let part = |name: &str| {
        let is_it = |part: &JsValue| property(part, "type").as_string().as_deref() == Some(name);
        property(&parts.iter().find(is_it)?, "value")
            .as_string()?
            .parse::<i64>()
            .ok()
    };
    let day = NaiveDate::from_ymd_opt(
        part("year")?.try_into().ok()?,
        part("month")?.try_into().ok()?,
        part("day")?.try_into().ok()?,
    )?;
    let days = day.signed_duration_since(NaiveDate::default()).num_days();
    let minutes = (days * 24 + part("hour")?) * 60 + part("minute")?;
    i32::try_from(minutes - unix_ms.div_euclid(60_000)).ok()
}

fn formatter(zone: &str) -> Option<Intl::DateTimeFormat> {
    FORMATTERS.with_borrow_mut(|known| {
        known
            .entry(zone.to_owned())
            .or_insert_with(|| make(zone))
            .clone()
    })
}

fn make(zone: &str) -> Option<Intl::DateTimeFormat> {
    let numeric = JsValue::from_str("numeric");
    let options = object(&[
        ("timeZone", &JsValue::from_str(zone)),
        ("hourCycle", &JsValue::from_str("h23")),
        ("year", &numeric),
        ("month", &numeric),
        ("day", &numeric),
        ("hour", &numeric),
        ("minute", &numeric),
    ]);
    construct(&JsValue::from_str("en-US"), &options)
}

/// `new Intl.DateTimeFormat(locale, options)`; `None` where that throws (an unknown zone).
pub(super) fn construct(locale: &JsValue, options: &JsValue) -> Option<Intl::DateTimeFormat> {
    let intl = property(&js_sys::global(), "Intl");
    let class: Function = property(&intl, "DateTimeFormat").dyn_into().ok()?;
    let made = Reflect::construct(&class, &Array::of2(locale, options)).ok()?;
    Some(made.unchecked_into())
}
