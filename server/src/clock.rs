//! The server's clock, and the time zones of sites. Not a rule about times: those are the
//! domain's.

use std::time::SystemTime;

use chrono::{Offset, TimeZone};
use chrono_tz::Tz;
use doorstep_domain::time::{SiteTime, UnixMs};

/// Milliseconds since 1970 UTC.
pub fn now() -> UnixMs {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    // A clock before 1970 is a clock not yet set; 0 keeps it visible in every time shown.
    since.map_or(0, |since| {
        UnixMs::try_from(since.as_millis()).unwrap_or(UnixMs::MAX)
    })
}

/// [`now`] as ids are stamped with it.
pub fn id_stamp() -> u64 {
    u64::try_from(now()).unwrap_or(0)
}

/// An instant on the clocks of a zone; `None` outside the years 0 to 9999.
pub fn at_site(unix_ms: UnixMs, zone: Tz) -> Option<SiteTime> {
    let instant = zone.timestamp_millis_opt(unix_ms).single()?;
    SiteTime::at(unix_ms, instant.offset().fix().local_minus_utc() / 60)
}

/// Whether a time carries the offset its site had at that instant (R3.6).
pub fn offset_fits(time: SiteTime, zone: Tz) -> bool {
    // Two `SiteTime`s are equal when their instants are, so the offsets are compared apart.
    at_site(time.unix_ms(), zone).is_some_and(|here| here.offset_minutes() == time.offset_minutes())
}

/// Reads an IANA time zone name, e.g. `Asia/Shanghai`.
pub fn zone(name: &str) -> Option<Tz> {
    name.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(time: &str, name: &str) -> bool {
        offset_fits(time.parse().unwrap(), zone(name).unwrap())
    }

    #[test]
    fn the_offset_is_the_sites_at_that_instant() {
        assert!(fits("2026-11-23T22:00:00.000+08:00", "Asia/Shanghai"));
        assert!(!fits("2026-11-23T22:00:00.000+09:00", "Asia/Shanghai"));
        // Summer time came and went in China from 1986 to 1991.
        assert!(fits("1988-07-01T12:00:00.000+09:00", "Asia/Shanghai"));
        // The hour that London has twice.
        assert!(fits("2026-10-25T01:30:00.000+01:00", "Europe/London"));
        assert!(fits("2026-10-25T01:30:00.000+00:00", "Europe/London"));
        assert!(!fits("2026-10-25T02:30:00.000+01:00", "Europe/London"));
    }

    #[test]
    fn zones_are_iana_names_only() {
        assert!(zone("Asia/Shanghai").is_some());
        assert!(zone("Beijing").is_none());
        assert!(zone("+08:00").is_none());
    }
}
