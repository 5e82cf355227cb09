//! Visits of the months before, and households beside the register's, as many as are asked for: to try
//! how everything carries a site of many years. The stories are told again and again, at all doors.

use std::fmt::Write as _;

use chrono_tz::Tz;
use doorstep_domain::account::Site;
use doorstep_domain::state::Household;
use doorstep_domain::time::UnixMs;

use super::phone::Phone;
use super::story::{STORIES, Story};
use super::visits::{DAY_MS, draft, finished};
use super::{DemoError, register};
use crate::clock;
use crate::register_file::{self, RegisterFile};
use crate::store::Writer;

/// Visits on a day.
const A_DAY: usize = 40;
/// So many days before today the history ends: the stories themselves come after it.
const ENDS_DAYS: usize = 35;
/// Most visits, so that all lie within [`PAST_MS`].
pub(crate) const VISITS_MAX: usize = 40_000;
/// Most households.
pub(crate) const HOUSEHOLDS_MAX: usize = 100_000;
/// Long enough ago that nothing of the demo is older: 3 years.
pub(super) const PAST_MS: UnixMs = 3 * 365 * DAY_MS;
/// Events of one push.
const PUSH: usize = 100;

/// The register with as many households more as make `count`.
pub(super) fn households(count: usize) -> RegisterFile {
    let mut file = register();
    let mut lines = String::from("building,unit,room,name,phone,residence,use,occupied\n");
    for n in 0..count.saturating_sub(file.rows.len()) {
        let (building, rest) = (101 + n / 120, n % 120);
        let (unit, floor, door) = (1 + rest / 60, 1 + rest % 60 / 4, 1 + rest % 4);
        let number = 10_000_000 + n;
        // Writing into a text does not fail.
        writeln!(
            lines,
            "{building},{unit},{floor}{door:02},住户{n},139{number},permanent,home,yes"
        )
        .unwrap_or_default();
    }
    let more = register_file::read(lines.as_bytes());
    file.rows
        .extend(more.into_iter().flat_map(|more| more.rows));
    file
}

/// Records `count` visits to `households`, the oldest first.
pub(super) fn tell(
    writer: &mut Writer<'_>,
    phone: &Phone,
    households: &[&Household],
    (site, zone): (&Site, Tz),
    count: usize,
) -> Result<(), DemoError> {
    // Whoever wrote it, one phone brings it: hers are all it may.
    let stories: Vec<&Story> = STORIES
        .iter()
        .filter(|story| story.visitor == phone.person.login && story.photo.is_none())
        .collect();
    let mut events = Vec::new();
    for n in (0..count.min(VISITS_MAX)).rev() {
        let story = stories[n % stories.len()];
        let began = clock::at_site(time_of(n), zone).ok_or(DemoError::Clock)?;
        let household = households[n * 7 % households.len()];
        let mut draft = draft(story, household, site, began)?;
        "业主要求这个时间上门。".clone_into(&mut draft.reason);
        events.push(phone.write(finished(&draft, story, phone, site, began)?).1);
        if events.len() == PUSH || n == 0 {
            phone.push(writer, std::mem::take(&mut events))?;
        }
    }
    Ok(())
}

/// When the visit before `n` others was: some minutes after the next earlier one of its day.
fn time_of(n: usize) -> UnixMs {
    let number = |n: usize| i64::try_from(n).unwrap_or(i64::MAX / DAY_MS);
    let (day, of_day) = (number(ENDS_DAYS + n / A_DAY), number(n % A_DAY));
    let today = clock::now() / DAY_MS * DAY_MS;
    today - day * DAY_MS + (A_DAY_STARTS_MS - of_day * A_VISIT_MS)
}

/// The day's last visit begins so late, in UTC: in the evening in China.
const A_DAY_STARTS_MS: i64 = 12 * 60 * 60 * 1_000;
/// From one visit to the next.
const A_VISIT_MS: i64 = 16 * 60 * 1_000;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_register_grows_to_what_is_asked_for_and_nobody_lives_at_one_place_twice() {
        let own = register().rows.len();
        let rows = households(5_000).rows;
        assert_eq!(rows.len(), 5_000);
        let places = rows[own..]
            .iter()
            .map(|row| (&row.building, &row.unit, &row.room));
        assert_eq!(places.collect::<BTreeSet<_>>().len(), 5_000 - own);
    }

    #[test]
    fn all_of_the_history_lies_within_the_past() {
        assert!(clock::now() - time_of(VISITS_MAX) < PAST_MS);
        assert!(time_of(1) < time_of(0));
    }
}
