//! The planned visit: who makes it and when, what was agreed and with whom (R2.2, R3.6), and what
//! came of phoning ahead. A plan is moved by another entry and called off by an addition.
//! Not the visit itself; that is [`crate::visit`], whose fact names the plan it was made on.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::id::{EventId, HouseholdId, PersonId};
use crate::text::{NAME_MAX, TEXT_MAX, is_clean};
use crate::time::{SiteTime, UnixMs};
use crate::visit::{Agreed, Channel, Purpose, Way};

/// How long before the agreed time the visitor is to be there: 5 minutes (R2.2).
pub const EARLY_MS: i64 = 5 * 60 * 1_000;
/// What it takes to get ready and walk there within a site: 10 minutes (*practice*).
pub const SETTING_OUT_MS: i64 = 10 * 60 * 1_000;
/// How long after its time a visit is still expected to begin, as the visitor may stand at the door:
/// 30 minutes (*practice*).
pub const LATE_MS: i64 = 30 * 60 * 1_000;
/// How far ahead a visit can be planned, in days; what lies further is a mistyped year.
pub const AHEAD_MAX_DAYS: i64 = 366;

/// What planning and counting need, without names or times of day: part `fact` of
/// `visit.planned`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanFact {
    /// The household to be visited.
    pub household: HouseholdId,
    /// Who is to make the visit.
    pub visitor: PersonId,
    /// The day, site's calendar.
    pub date: NaiveDate,
    /// What for.
    pub purpose: Purpose,
}

/// How a visit was agreed (R2.2: phone ahead).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agreement {
    /// By what channel.
    pub channel: Channel,
    /// With whom; may be empty.
    pub with: String,
}

/// The plan as its people read it: part `content` of `visit.planned`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanContent {
    /// Way of visiting (R3.5).
    pub way: Way,
    /// When.
    pub at: SiteTime,
    /// What was agreed; `None` while nobody of the household has.
    pub agreement: Option<Agreement>,
    /// What is to be talked about (R2.4); may be empty.
    pub agenda: String,
}

/// What came of phoning ahead where no visit was agreed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallResult {
    /// Nobody answered.
    NoAnswer,
    /// Asked to be called again.
    CallAgain,
    /// A visit is not wished.
    Declined,
}

impl CallResult {
    /// All three, in the order offered.
    pub const ALL: [Self; 3] = [Self::NoAnswer, Self::CallAgain, Self::Declined];
}

/// A call that agreed no visit: part `fact` of `household.called`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallFact {
    /// The household called.
    pub household: HouseholdId,
    /// What came of it.
    pub result: CallResult,
}

/// Which entry of a plan is called off: part `fact` of `visit.called_off`. A plan that was moved in
/// between stands: whoever called it off had not seen the new time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalledOff {
    /// The `visit.planned` event.
    pub on: EventId,
}

impl PlanContent {
    /// Whether the texts are clean and within their limits.
    pub fn is_sound(&self) -> bool {
        let with = self.agreement.iter().map(|agreement| &agreement.with);
        with.into_iter().all(|name| is_clean(name, NAME_MAX)) && is_clean(&self.agenda, TEXT_MAX)
    }

    /// Whether the time lies no further ahead of `now` than [`AHEAD_MAX_DAYS`]. One that has passed
    /// is none of this: a phone may say so late.
    pub fn is_within_reach(&self, now: SiteTime) -> bool {
        (self.at.date() - now.date()).num_days() <= AHEAD_MAX_DAYS
    }

    /// What the record of the visit says was agreed (R3.6).
    pub fn agreed(&self) -> Option<Agreed> {
        let agreement = self.agreement.as_ref()?;
        Some(Agreed {
            at: self.at,
            channel: agreement.channel,
        })
    }
}

/// When a visitor is reminded of a visit planned for `at`: in time to set out and be there
/// [`EARLY_MS`] before (R2.2).
pub fn reminds_at(at: SiteTime) -> UnixMs {
    at.unix_ms() - EARLY_MS - SETTING_OUT_MS
}

/// The time proposed for a new plan: the full hour that is at least an hour ahead, moved to ten the
/// next morning where that is before eight or after eight in the evening (R3.6, *practice*).
pub fn usual_time(now: SiteTime) -> SiteTime {
    const HOUR_MS: i64 = 60 * 60 * 1_000;
    let at = |ms| SiteTime::at(ms, now.offset_minutes()).unwrap_or(now);
    let local_ms = now.unix_ms() + i64::from(now.offset_minutes()) * 60_000;
    let ahead = at(now.unix_ms() - local_ms.rem_euclid(HOUR_MS) + 2 * HOUR_MS);
    match ahead.minute_of_day() / 60 {
        8..=20 => ahead,
        hour => {
            let days = i64::from(hour > 20);
            let hours = days * 24 + 10 - i64::from(hour);
            at(ahead.unix_ms() + hours * HOUR_MS)
        }
    }
}

/// How a planned visit stands by the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// Its time has passed by [`LATE_MS`] without the visit.
    Missed,
    /// Its time has come.
    Now,
    /// Time to set out: the reminder is due.
    Due,
    /// Later that day.
    Today,
    /// On a later day.
    Later,
}

impl Standing {
    /// Whether it is among what is to be done today.
    pub fn is_todays(self) -> bool {
        matches!(self, Self::Now | Self::Due | Self::Today)
    }

    /// How a visit planned for `at` stands at `now`; both in the site's time.
    pub fn of(at: SiteTime, now: SiteTime) -> Self {
        if at.unix_ms() + LATE_MS < now.unix_ms() {
            Self::Missed
        } else if at <= now {
            Self::Now
        } else if reminds_at(at) <= now.unix_ms() {
            Self::Due
        } else if at.date() == now.date() {
            Self::Today
        } else {
            Self::Later
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(time: &str) -> SiteTime {
        format!("{time}.000+08:00").parse().unwrap()
    }

    #[test]
    fn the_reminder_leaves_time_to_be_there_five_minutes_early() {
        let agreed = at("2026-11-26T15:00:00");
        let stands = |now| Standing::of(agreed, at(now));
        assert_eq!(stands("2026-11-25T23:59:59"), Standing::Later);
        assert_eq!(stands("2026-11-26T14:44:59"), Standing::Today);
        assert_eq!(stands("2026-11-26T14:45:00"), Standing::Due);
        assert_eq!(stands("2026-11-26T14:59:59"), Standing::Due);
        assert_eq!(stands("2026-11-26T15:00:00"), Standing::Now);
        assert_eq!(stands("2026-11-26T15:30:00"), Standing::Now);
        assert_eq!(stands("2026-11-26T15:30:01"), Standing::Missed);
    }

    #[test]
    fn a_new_plan_is_proposed_for_a_full_hour_of_the_day() {
        let proposed = |now| usual_time(at(now)).local();
        assert_eq!(proposed("2026-11-26T14:20:31"), "2026-11-26T16:00");
        assert_eq!(proposed("2026-11-26T18:59:59"), "2026-11-26T20:00");
        assert_eq!(proposed("2026-11-26T19:00:00"), "2026-11-27T10:00");
        assert_eq!(proposed("2026-11-26T23:30:00"), "2026-11-27T10:00");
        assert_eq!(proposed("2026-11-27T00:30:00"), "2026-11-27T10:00");
        assert_eq!(proposed("2026-11-27T06:00:00"), "2026-11-27T08:00");
        let nepal: SiteTime = "2026-11-26T14:20:00.000+05:45".parse().unwrap();
        assert_eq!(usual_time(nepal).local(), "2026-11-26T16:00");
    }

    #[test]
    fn a_visit_just_after_midnight_is_remembered_the_evening_before() {
        let stands = Standing::of(at("2026-11-27T00:10:00"), at("2026-11-26T23:56:00"));
        assert_eq!(stands, Standing::Due);
    }

    #[test]
    fn what_was_agreed_is_what_the_record_says() {
        let mut plan = PlanContent {
            way: Way::Door,
            at: at("2026-11-26T15:00:00"),
            agreement: Some(Agreement {
                channel: Channel::Message,
                with: "陈佳慧".into(),
            }),
            agenda: String::new(),
        };
        let agreed = Agreed {
            at: plan.at,
            channel: Channel::Message,
        };
        assert_eq!(plan.agreed(), Some(agreed));
        assert!(plan.is_sound());
        plan.agenda = "积".repeat(TEXT_MAX + 1);
        assert!(!plan.is_sound());
        plan.agreement = None;
        assert_eq!(plan.agreed(), None);
    }
}
