//! The phone's clock, seen in a site's zone.
//! Not a trusted time: the server adds its own (`received_at`), and the skew between the two is
//! measured by [`crate::sync`].

use doorstep_domain::time::{SiteTime, UnixMs};

use super::zone;

/// Milliseconds since 1970 UTC by the phone's clock.
#[expect(
    clippy::cast_possible_truncation,
    reason = "Date.now is a whole number below 2^53"
)]
pub fn now_ms() -> UnixMs {
    js_sys::Date::now() as UnixMs
}

/// Milliseconds since the page was opened, never running backwards.
pub fn elapsed_ms() -> f64 {
    super::window()
        .performance()
        .map_or_else(js_sys::Date::now, |clock| clock.now())
}

/// An instant on the clock of the IANA zone `zone`. A zone the browser does not know is taken as
/// UTC: the instant is right all the same, and the server checks the offset.
pub fn in_zone(zone: &str, unix_ms: UnixMs) -> SiteTime {
    let offset = zone::offset_minutes(zone, unix_ms).unwrap_or(0);
    SiteTime::at(unix_ms, offset)
        .or_else(|| SiteTime::at(0, 0))
        .expect("1970 in UTC is a time")
}

/// The instant at which the clock of the IANA zone `zone` shows `local` (`2026-11-23T15:02`, as a
/// `datetime-local` field gives it); `None` for any other text. Of an hour that comes twice the
/// first is taken.
pub fn from_local(zone: &str, local: &str) -> Option<SiteTime> {
    // The offset depends on the instant, which depends on the offset: look twice.
    let guess = SiteTime::from_local(local, 0)?.unix_ms();
    let first = SiteTime::from_local(local, zone::offset_minutes(zone, guess)?)?;
    SiteTime::from_local(local, zone::offset_minutes(zone, first.unix_ms())?)
}

/// Now on the clock of the IANA zone `zone`.
pub fn site_time(zone: &str) -> SiteTime {
    in_zone(zone, now_ms())
}
