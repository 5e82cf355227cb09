//! Turns the demo's stories into visits of the last days, to households of the register, and
//! what supervisor and director said about them.

use chrono::{Datelike, NaiveTime, TimeZone};
use chrono_tz::Tz;
use doorstep_domain::account::Site;
use doorstep_domain::draft::{OwnerPage, VisitDraft, Visitor};
use doorstep_domain::event::{Event, Kind};
use doorstep_domain::follow_up::{Answer, AnswerGiven};
use doorstep_domain::household::HouseholdCard;
use doorstep_domain::id::{EventId, SubjectId};
use doorstep_domain::language::Language;
use doorstep_domain::photo::Photo;
use doorstep_domain::review::{About, Decision, Verdict, Words};
use doorstep_domain::state::{Household, Place, SiteState};
use doorstep_domain::time::{SiteTime, UnixMs};
use doorstep_domain::visit::{Agreed, Channel, Outcome, Relation, SigningOutcome};

use super::phone::{Note, Phone};
use super::story::{STORIES, Story, StoryPhoto};
use super::{DemoError, PEOPLE, history, ink, phrases};
use crate::store::{Database, StoreError};
use crate::{clock, random};

pub(super) const DAY_MS: UnixMs = 24 * 60 * MINUTE_MS;
const MINUTE_MS: UnixMs = 60 * 1_000;
/// Days over which the visits are spread at least, early in a month.
const DAYS_MIN: i64 = 5;

pub(super) fn ensure(database: &Database, site: &Site, history: usize) -> Result<usize, DemoError> {
    let mut writer = database.writer();
    let mut state = SiteState::default();
    writer.reader().each_row(site.id, |_, row| {
        let row = row?.logged;
        state.apply(
            &row.event,
            Place::Received {
                seq: row.seq,
                at: row.received_at,
            },
        );
        Ok::<_, StoreError>(())
    })?;
    if !state.visits.is_empty() {
        return Ok(0);
    }
    let zone = clock::zone(&site.zone).ok_or(DemoError::Clock)?;
    let phones = PEOPLE[..3]
        .iter()
        .map(|person| Phone::enrol(&mut writer, *person, site))
        .collect::<Result<Vec<_>, _>>()?;
    let sender = &phones[0];
    for StoryPhoto { bytes, .. } in STORIES.iter().filter_map(|story| story.photo) {
        sender.send_photo(&mut writer, bytes)?;
    }
    history::tell(
        &mut writer,
        sender,
        &households(&state),
        (site, zone),
        history,
    )?;
    let told = tell(&state, &phones, site, zone)?;
    for (phone, events) in told {
        phone.push(&mut writer, events)?;
    }
    Ok(STORIES.len() + history)
}

type Told<'a> = Vec<(&'a Phone, Vec<Event>)>;

/// Who pushes what, in the order it happened.
fn tell<'a>(
    state: &SiteState,
    phones: &'a [Phone],
    site: &Site,
    zone: Tz,
) -> Result<Told<'a>, DemoError> {
    let owner = |login: &str| {
        let phone = phones.iter().find(|phone| phone.person.login == login);
        phone.ok_or(DemoError::Clock)
    };
    let mut told = Vec::new();
    let supervisor = owner("lin")?;
    let long_ago = began(STORIES.len(), &STORIES[0], zone)?;
    let phrases = phrases::notes(long_ago).map(|note| supervisor.write(note).1);
    told.push((supervisor, phrases.collect()));
    let households = households(state);
    for (place, story) in STORIES.iter().enumerate().rev() {
        // Every so many doors, so that all buildings are seen.
        let household = households[(place * 67 + 11) % households.len()];
        let phone = owner(story.visitor)?;
        let began = began(place, story, zone)?;
        let draft = draft(story, household, site, began)?;
        let subject = draft.subject;
        let (on, visit) = phone.write(finished(&draft, story, phone, site, began)?);
        told.push((phone, vec![visit]));
        for (login, note) in additions(story, subject, on, began)? {
            let phone = owner(login)?;
            told.push((phone, vec![phone.write(note).1]));
        }
    }
    Ok(told)
}

/// Occupied homes with somebody to ask for, by address.
fn households(state: &SiteState) -> Vec<&Household> {
    let mut chosen: Vec<&Household> = state
        .listed()
        .filter(|household| household.fact.occupied)
        .filter(|household| {
            household
                .card
                .as_ref()
                .is_some_and(|card| !card.contacts.is_empty())
        })
        .collect();
    chosen.sort_by_key(|household| household.card.as_ref().map(HouseholdCard::key));
    chosen
}

/// When a story began: on a day before today, of this month unless it is too young.
fn began(place: usize, story: &Story, zone: Tz) -> Result<SiteTime, DemoError> {
    let today = clock::at_site(clock::now(), zone)
        .ok_or(DemoError::Clock)?
        .date();
    let span = (i64::from(today.day()) - 1).max(DAYS_MIN);
    let count = i64::try_from(STORIES.len()).unwrap_or(i64::MAX);
    let back = 1 + i64::try_from(place).unwrap_or(0) * span / count;
    let (hour, minute) = story.at;
    let time = NaiveTime::from_hms_opt(hour, minute, 0).ok_or(DemoError::Clock)?;
    let local = (today - chrono::Duration::days(back)).and_time(time);
    let instant = zone
        .from_local_datetime(&local)
        .earliest()
        .ok_or(DemoError::Clock)?;
    clock::at_site(instant.timestamp_millis(), zone).ok_or(DemoError::Clock)
}

pub(super) fn draft(
    story: &Story,
    household: &Household,
    site: &Site,
    began: SiteTime,
) -> Result<VisitDraft, DemoError> {
    let card = household.card.as_ref().ok_or(DemoError::Clock)?;
    let stamp = u64::try_from(began.unix_ms()).unwrap_or(0);
    let subject = SubjectId::mint(stamp, &random::bytes());
    let mut draft = VisitDraft::begin(subject, site.id, household.fact, card, began);
    draft.way = story.way;
    draft.purpose = story.purpose;
    draft.outcome = story.outcome;
    draft.agreed = story.agreed.then_some(Agreed {
        at: began,
        channel: Channel::Phone,
    });
    draft.reason = story.reason.into();
    draft.conclusion = story.conclusion.into();
    draft.private_note = story.private.into();
    for (topic, satisfaction, text, wants_answer) in story.heard {
        let note = draft.note_mut(*topic);
        note.satisfaction = *satisfaction;
        note.text = (*text).into();
        note.wants_answer = *wants_answer;
    }
    let spoken = story.heard.iter().find(|(_, _, text, _)| !text.is_empty());
    if let (Some(photo), Some((topic, ..))) = (story.photo, spoken) {
        let (width, height) = photo.size;
        let photo = Photo::of(photo.bytes, width, height).ok_or(DemoError::Clock)?;
        draft.add_photo(*topic, photo);
    }
    let ended = later(began, story.minutes)?;
    draft.owner_page = (story.outcome == Outcome::Met).then(|| {
        let someone_else = story.signing == SigningOutcome::SomeoneElse;
        let name = if someone_else {
            "王秀兰"
        } else {
            &draft.met
        };
        OwnerPage {
            shown_at: ended,
            language: Language::Chinese,
            ended_at: ended,
            ink: ink::signature(name),
            name: name.to_owned(),
            relation: Relation::Family,
        }
    });
    Ok(draft)
}

/// The visit as its visitor's phone records it.
pub(super) fn finished(
    draft: &VisitDraft,
    story: &Story,
    phone: &Phone,
    site: &Site,
    began: SiteTime,
) -> Result<Note, DemoError> {
    let visitor = Visitor {
        name: phone.account.name.clone(),
        post: phone.person.role,
        site: site.name.clone(),
    };
    let ended = later(began, story.minutes)?;
    let sealed = later(began, story.minutes + 2)?;
    let finished = draft
        .finish_met(&visitor, story.signing, sealed)
        .unwrap_or_else(|| draft.finish_unmet(&visitor, Language::Chinese, ended));
    Ok(Note {
        kind: Kind::VisitRecorded,
        subject: draft.subject,
        after: Vec::new(),
        at: sealed,
        parts: finished.bodies(),
    })
}

/// What was said about the visit afterwards, each by whom.
fn additions(
    story: &Story,
    subject: SubjectId,
    on: EventId,
    began: SiteTime,
) -> Result<Vec<(&'static str, Note)>, DemoError> {
    let mut additions = Vec::new();
    if let Some(text) = story.opinion {
        let words = Words {
            text: text.to_owned(),
        };
        let (kind, at) = (Kind::OpinionWritten, later(began, 90)?);
        additions.push((
            "lin",
            Note::addition(kind, subject, on, at, &About { on }, &words),
        ));
    }
    let topic = story
        .heard
        .iter()
        .find(|(_, _, text, wants)| *wants || !text.is_empty());
    if let (Some((adopted, reason)), Some((topic, ..))) = (story.decision, topic) {
        let verdict = if adopted {
            Verdict::Adopt
        } else {
            Verdict::NotAdopt
        };
        let decision = Decision {
            on,
            topic: *topic,
            verdict,
        };
        let words = Words {
            text: reason.to_owned(),
        };
        let (kind, at) = (Kind::OpinionDecided, later(began, 100)?);
        additions.push((
            "shen",
            Note::addition(kind, subject, on, at, &decision, &words),
        ));
    }
    let wished = story.heard.iter().find(|(.., wants)| *wants);
    if let (Some((measure, text)), Some((topic, ..))) = (story.answer, wished) {
        let (kind, at) = (Kind::AnswerGiven, later(began, DAY_MS / MINUTE_MS)?);
        let given = AnswerGiven {
            on,
            topic: *topic,
            channel: Channel::Phone,
            date: at.date(),
        };
        let answer = Answer {
            measure: measure.to_owned(),
            text: text.to_owned(),
        };
        additions.push((
            story.visitor,
            Note::addition(kind, subject, on, at, &given, &answer),
        ));
    }
    Ok(additions)
}

/// So many minutes later by the same clocks.
fn later(time: SiteTime, minutes: i64) -> Result<SiteTime, DemoError> {
    let later = SiteTime::at(time.unix_ms() + minutes * MINUTE_MS, time.offset_minutes());
    later.ok_or(DemoError::Clock)
}
