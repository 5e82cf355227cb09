//! The follow-up (R2.5, R3.10): an owner who asked for an answer gets one in time, from whoever made
//! the visit. What was answered, by what channel, and when it is due. Nothing closes without it.
//! Not who waits for one, which is [`crate::state`]'s to fold.

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::id::EventId;
use crate::text::{TEXT_MAX, is_clean};
use crate::topic::Topic;
use crate::visit::Channel;

/// How long an owner waits for an answer, in days from the visit: R3.10 says "in time"; a week
/// is *practice*.
pub const ANSWER_DAYS: u64 = 7;

/// Part `fact` of `answer.given`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerGiven {
    /// The finish of the visit that holds the opinion.
    pub on: EventId,
    /// Which of its opinions.
    pub topic: Topic,
    /// How the owner was told.
    pub channel: Channel,
    /// The day the owner was told, site's calendar.
    pub date: NaiveDate,
}

/// Part `content` of `answer.given`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// What was done (处理措施); may be empty.
    pub measure: String,
    /// What the owner was told (反馈情况).
    pub text: String,
}

/// What keeps an answer from being written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerProblem {
    /// It does not say what the owner was told.
    Missing,
    /// A text is too long or holds what cannot be seen.
    Text,
}

impl Answer {
    /// The first thing wrong with it, if any.
    pub fn check(&self) -> Result<(), AnswerProblem> {
        if self.text.is_empty() {
            Err(AnswerProblem::Missing)
        } else if is_clean(&self.text, TEXT_MAX) && is_clean(&self.measure, TEXT_MAX) {
            Ok(())
        } else {
            Err(AnswerProblem::Text)
        }
    }
}

/// The last day on which the answer to what was said on `visited` is in time.
pub fn due_on(visited: NaiveDate) -> NaiveDate {
    visited
        .checked_add_days(Days::new(ANSWER_DAYS))
        .unwrap_or(visited)
}

/// How an answer that is due stands by the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Due {
    /// Its day has passed by so many days.
    Late(u64),
    /// Today is its last day.
    Today,
    /// So many days are left.
    In(u64),
}

impl Due {
    /// How an answer due on `due` stands on `today`.
    pub fn of(due: NaiveDate, today: NaiveDate) -> Self {
        let left = (due - today).num_days();
        match left {
            0 => Self::Today,
            left if left > 0 => Self::In(left.unsigned_abs()),
            left => Self::Late(left.unsigned_abs()),
        }
    }

    /// Whether it is to be shown before it is late: from the day before.
    pub fn is_near(self) -> bool {
        !matches!(self, Self::In(2..))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn an_answer_is_due_a_week_after_the_visit_over_the_turn_of_the_year() {
        assert_eq!(due_on(day("2026-12-28")), day("2027-01-04"));
        assert_eq!(due_on(NaiveDate::MAX), NaiveDate::MAX);
    }

    #[test]
    fn it_is_near_from_the_day_before_and_late_from_the_day_after() {
        let stands = |today| Due::of(day("2026-12-01"), day(today));
        assert_eq!(stands("2026-11-29"), Due::In(2));
        assert_eq!(stands("2026-11-30"), Due::In(1));
        assert_eq!(stands("2026-12-01"), Due::Today);
        assert_eq!(stands("2026-12-02"), Due::Late(1));
        let near = ["2026-11-29", "2026-11-30", "2026-12-01", "2026-12-05"];
        assert_eq!(
            near.map(|today| stands(today).is_near()),
            [false, true, true, true]
        );
    }

    #[test]
    fn an_answer_says_what_the_owner_was_told() {
        let answer = |measure: &str, text: &str| Answer {
            measure: measure.into(),
            text: text.into(),
        };
        assert_eq!(answer("", "已疏通，请放心").check(), Ok(()));
        assert_eq!(answer("已疏通", "").check(), Err(AnswerProblem::Missing));
        let long = "长".repeat(TEXT_MAX + 1);
        assert_eq!(answer(&long, "好").check(), Err(AnswerProblem::Text));
    }
}
