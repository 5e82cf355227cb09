//! When a door visit asks for a reason (R3.6): no appointment, or late in the day.
//! Allowed with a reason, never silently; the reason is part of the record.

use serde::{Deserialize, Serialize};

use crate::time::SiteTime;
use crate::visit::Way;

/// From this minute of the site's day on no visits in principle: 22:00 (R3.6).
pub const EVENING_MINUTE: u32 = 22 * 60;
/// Until before this minute of the site's day: 8:00 (*practice*).
pub const MORNING_MINUTE: u32 = 8 * 60;

/// What a reason is asked for; marked in review.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exception {
    /// A door visit that was not agreed beforehand.
    NoAppointment,
    /// A door visit that starts from 22:00 to before 8:00, site's time.
    LateHours,
}

/// The exceptions of a visit made in `way` at `started_at`, `agreed` beforehand or not.
pub fn exceptions(way: Way, agreed: bool, started_at: SiteTime) -> Vec<Exception> {
    if way != Way::Door {
        return Vec::new();
    }
    let minute = started_at.minute_of_day();
    let late = !(MORNING_MINUTE..EVENING_MINUTE).contains(&minute);
    [
        (!agreed, Exception::NoAppointment),
        (late, Exception::LateHours),
    ]
    .into_iter()
    .filter_map(|(holds, exception)| holds.then_some(exception))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(clock: &str) -> SiteTime {
        format!("2026-11-23T{clock}.000+08:00").parse().unwrap()
    }

    #[test]
    fn late_hours_begin_at_22_and_end_before_8_on_the_sites_clock() {
        for (clock, late) in [
            ("21:59:59", false),
            ("22:00:00", true),
            ("23:59:59", true),
            ("00:00:00", true),
            ("07:59:59", true),
            ("08:00:00", false),
        ] {
            let found = exceptions(Way::Door, true, at(clock));
            assert_eq!(found == [Exception::LateHours], late, "{clock}");
        }
    }

    #[test]
    fn the_clock_is_the_sites_in_every_zone() {
        // Kathmandu and Adelaide are off by odd minutes.
        for offset in ["+08:00", "+00:00", "-05:00", "+05:45", "+10:30", "-11:00"] {
            for (clock, late) in [
                ("21:59:59", false),
                ("22:00:00", true),
                ("07:59:59", true),
                ("08:00:00", false),
            ] {
                let at = format!("2026-11-23T{clock}.000{offset}").parse().unwrap();
                let found = exceptions(Way::Door, true, at);
                assert_eq!(found == [Exception::LateHours], late, "{clock}{offset}");
            }
        }
    }

    #[test]
    fn only_door_visits_ask() {
        assert_eq!(
            exceptions(Way::Door, false, at("22:00:00")),
            [Exception::NoAppointment, Exception::LateHours]
        );
        assert!(exceptions(Way::Phone, false, at("22:30:00")).is_empty());
    }
}
