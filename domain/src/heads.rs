//! What the office states, day by day, of where each site's log stands. A statement is an event of
//! the organisation's log, so it is signed by the office and chained; handed to a director, it is
//! what the server's own owner cannot take back: the log must lead to it for ever.
//!
//! One event for each site and not one for all, so that a director of one site holds, and checks,
//! what is of that site and nothing else. In the organisation's log and not in the site's own, as
//! every row of a log names those before it already: only another log adds anything.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::event::{Event, Kind, PartName};
use crate::hash::Hash;
use crate::id::{OrganisationId, SiteId};
use crate::log::{Head, Seq};
use crate::time::UnixMs;

/// The form's name and version, by which a file of [`Heads`] is known.
pub const FORMAT: &str = "doorstep-heads/1";

/// Where a site's log stood: the fact of a `heads.stated` event, whose subject is the site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeadStated {
    /// The site's calendar day on which it was stated.
    pub day: NaiveDate,
    /// Whose log.
    pub site: SiteId,
    /// Its end at that moment; never of an empty log.
    pub head: Head,
}

/// A statement with its place in the organisation's log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Stated {
    /// Place in the organisation's log.
    pub seq: Seq,
    /// Server time of acceptance.
    pub received_at: UnixMs,
    /// The chain's hash at this place: with `seq`, a head of the organisation's log.
    pub hash: Hash,
    /// The signed event, a [`HeadStated`].
    pub event: Event,
}

/// The latest statements of some sites, as directors are given them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Heads {
    /// [`FORMAT`].
    pub format: String,
    /// Whose logs they are.
    pub organisation: OrganisationId,
    /// One for each site, in the order of the sites' codes; none where nothing was stated yet.
    pub statements: Vec<Stated>,
}

/// Whether a head is to be stated on the site's day `today`: once a day, and only what was not
/// stated before.
pub fn is_due(last: Option<&HeadStated>, today: NaiveDate, head: Head) -> bool {
    head.seq > 0 && last.is_none_or(|last| last.day < today && last.head != head)
}

/// What an event states, if it is a whole statement of the form.
pub fn read(event: &Event) -> Option<HeadStated> {
    let opened = event.open().ok()?;
    let states = opened.envelope.known_kind() == Some(Kind::HeadsStated);
    opened.body(PartName::Fact).ok()?.filter(|_| states)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_due_once_a_day_and_only_when_the_log_has_grown() {
        let day = |day| NaiveDate::from_ymd_opt(2026, 11, day).unwrap();
        let head = |seq| Head {
            seq,
            hash: Hash([u8::try_from(seq).unwrap(); 32]),
        };
        let last = HeadStated {
            day: day(23),
            site: SiteId::mint(1, &[1; 10]),
            head: head(4),
        };
        assert!(!is_due(None, day(23), head(0)), "nothing to state");
        assert!(is_due(None, day(23), head(1)));
        assert!(!is_due(Some(&last), day(23), head(5)), "stated today");
        assert!(is_due(Some(&last), day(24), head(5)));
        assert!(is_due(Some(&last), day(27), head(5)), "days were missed");
        assert!(!is_due(Some(&last), day(24), head(4)), "stated before");
        assert!(!is_due(Some(&last), day(22), head(5)), "a clock set back");
    }
}
