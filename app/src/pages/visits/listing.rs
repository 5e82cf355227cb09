//! What the list of visits says, from the folded log: newest first, filtered, counted; and of
//! each visit on the screen what its row tells. Codes, not words.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use doorstep_domain::door::Exception;
use doorstep_domain::event::{Absence, Kind, PartName};
use doorstep_domain::id::{PersonId, SubjectId};
use doorstep_domain::policy::{Action, Role, may, why_absent};
use doorstep_domain::state::{Finish, Place, SiteState, Soundness, VisitRecord};
use doorstep_domain::time::SiteTime;
use doorstep_domain::topic::{Satisfaction, Topic};
use doorstep_domain::visit::{Outcome, Purpose, SigningOutcome, VisitContent, Way};

/// Which visits are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Filter {
    /// Every one.
    All,
    /// Those with opinions that wait for the director (R3.9).
    Decision,
    /// Those that wait for the supervisor's opinion (R3.8).
    Opinion,
    /// Those whose owner waits for an answer (R3.10).
    Answer,
    /// Those the person recorded.
    Mine,
    /// Those the office has not received, or not all of.
    OnPhone,
}

impl Filter {
    /// All, in the order shown.
    pub const ALL: [Self; 6] = [
        Self::All,
        Self::Decision,
        Self::Opinion,
        Self::Answer,
        Self::Mine,
        Self::OnPhone,
    ];

    /// Whether it is offered to somebody holding `roles`: each is shown what waits for them.
    pub fn is_for(self, roles: &[Role]) -> bool {
        let any_may = |action| roles.iter().any(|role| may(*role, action));
        match self {
            Self::All | Self::OnPhone => true,
            Self::Decision => any_may(Action::DecideOpinion),
            // A director may write one too; asking for it is the supervisor's list.
            Self::Opinion => roles.contains(&Role::Supervisor),
            Self::Answer => any_may(Action::GiveAnswer { own: true }),
            Self::Mine => any_may(Action::RecordVisit),
        }
    }

    fn admits(self, record: &VisitRecord, me: Option<PersonId>) -> bool {
        match self {
            Self::All => true,
            Self::Decision => record.awaited_decisions() > 0,
            Self::Opinion => record.awaits_opinion(),
            Self::Answer => !record.follow_ups().is_empty(),
            Self::Mine => record.finishes.iter().any(|it| Some(it.actor) == me),
            Self::OnPhone => record.is_partly_on_phone(),
        }
    }
}

/// Who asks for which visits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Which.
    pub filter: Filter,
    /// At most so many rows.
    pub limit: usize,
    /// The person.
    pub me: Option<PersonId>,
    /// The posts they hold.
    pub roles: Vec<Role>,
    /// Records of which the office refused something.
    pub refused: BTreeSet<SubjectId>,
}

/// The list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Listing {
    counts: [u64; Filter::ALL.len()],
    /// The first rows under the filter, newest first.
    pub rows: Vec<Row>,
}

impl Listing {
    /// How many visits there are under `filter`.
    pub fn count(&self, filter: Filter) -> u64 {
        self.counts[filter as usize]
    }
}

/// One visit as its row tells it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Row {
    /// The record.
    pub subject: SubjectId,
    /// When the visit began.
    pub at: SiteTime,
    /// What it was.
    pub gist: Gist,
    /// What is to be known of it at a glance, most pressing first.
    pub marks: Vec<Mark>,
    /// Whether it was voided.
    pub voided: bool,
}

/// What a visit was.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Gist {
    /// As its content says.
    Seen {
        /// The household's address.
        room: String,
        /// Who was met; may be empty.
        met: String,
        /// What was said.
        line: Line,
    },
    /// Its content is not here: what counting needs remains.
    Unseen {
        /// Whether it was erased; otherwise it is not shown to this reader.
        erased: bool,
        /// The visitor's post.
        post: Role,
        /// Way of visiting.
        way: Way,
    },
}

/// The line under a row's heading.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Line {
    /// The first opinion with words, else the first.
    Opinion {
        /// About what.
        topic: Topic,
        /// The mark, if one was given.
        mark: Option<Satisfaction>,
        /// The owner's words; may be empty.
        text: String,
    },
    /// The conclusion, or the reason of an exception.
    Words(String),
    /// Nothing was said: how it was visited, and by whom.
    Visited {
        /// Way of visiting.
        way: Way,
        /// The visitor's name.
        visitor: String,
    },
}

/// Something to be known of a visit at a glance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mark {
    /// Voided by an addition.
    Voided,
    /// A part is not what was signed.
    Broken,
    /// The office refused it, or something added to it.
    Refused,
    /// The office has not received it.
    OnPhone,
    /// The office has not received what was added to it here.
    AddedOnPhone,
    /// Corrected since it was recorded.
    Corrected,
    /// Finished more than once: so many revisions stand beside each other.
    Finishes(u64),
    /// Nobody was met.
    Outcome(Outcome),
    /// How the owner's page ended.
    Signing(SigningOutcome),
    /// Another purpose than the monthly visit.
    Purpose(Purpose),
    /// What R3.6 asked a reason for.
    Exception(Exception),
    /// The owner waits for an answer (R3.10).
    WantsAnswer,
}

/// The list as `asked`.
pub fn list(state: &SiteState, asked: &Asked) -> Listing {
    let mut counts = [0; Filter::ALL.len()];
    let mut kept: Vec<(SiteTime, &VisitRecord, &Finish)> = Vec::new();
    for record in state.visits.values() {
        // Additions to a record that has not arrived are no visit yet.
        let Some(counted) = record.counted() else {
            continue;
        };
        for filter in Filter::ALL {
            if filter.admits(record, asked.me) {
                counts[filter as usize] += 1;
                if filter == asked.filter {
                    kept.push((counted.when(), record, counted));
                }
            }
        }
    }
    kept.sort_unstable_by_key(|(at, record, _)| Reverse((*at, record.subject)));
    let shown = kept.into_iter().take(asked.limit);
    let rows = shown
        .map(|(at, record, counted)| Row {
            subject: record.subject,
            at,
            gist: gist(counted, asked),
            marks: marks(record, counted, asked),
            voided: record.is_voided(),
        })
        .collect();
    Listing { counts, rows }
}

fn gist(finish: &Finish, asked: &Asked) -> Gist {
    let Some(content) = &finish.content else {
        return Gist::Unseen {
            erased: is_erased(finish, asked),
            post: finish.role,
            way: finish.fact.way,
        };
    };
    Gist::Seen {
        room: content.room.clone(),
        met: content.met.clone(),
        line: line(content),
    }
}

fn is_erased(finish: &Finish, asked: &Asked) -> bool {
    let why = |me| {
        why_absent(
            &asked.roles,
            me,
            Kind::VisitRecorded,
            finish.actor,
            PartName::Content,
        )
    };
    asked.me.is_some_and(|me| why(me) == Absence::Erased)
}

fn line(content: &VisitContent) -> Line {
    let mut with_words = content.opinions.iter().filter(|it| !it.text.is_empty());
    if let Some(opinion) = with_words.next().or(content.opinions.first()) {
        return Line::Opinion {
            topic: opinion.topic,
            mark: opinion.satisfaction,
            text: opinion.text.clone(),
        };
    }
    let words = [&content.conclusion, &content.reason];
    match words.into_iter().find(|words| !words.is_empty()) {
        Some(words) => Line::Words(words.clone()),
        None => Line::Visited {
            way: content.way,
            visitor: content.visitor.clone(),
        },
    }
}

fn marks(record: &VisitRecord, counted: &Finish, asked: &Asked) -> Vec<Mark> {
    let mut marks = standing(record, asked);
    if counted.fact.outcome != Outcome::Met {
        marks.push(Mark::Outcome(counted.fact.outcome));
    }
    marks.extend(counted.signing.as_ref().map(|it| Mark::Signing(it.outcome)));
    if counted.fact.purpose != Purpose::Visit {
        marks.push(Mark::Purpose(counted.fact.purpose));
    }
    if let Some(content) = &counted.content {
        marks.extend(content.exceptions().into_iter().map(Mark::Exception));
    }
    if !record.follow_ups().is_empty() {
        marks.push(Mark::WantsAnswer);
    }
    marks
}

/// How the record itself stands.
fn standing(record: &VisitRecord, asked: &Asked) -> Vec<Mark> {
    let finishes = &record.finishes;
    let broken = finishes.iter().any(|it| it.soundness != Soundness::Sound);
    let on_phone = finishes.iter().any(|it| it.place == Place::OnPhone);
    let place = if asked.refused.contains(&record.subject) {
        Some(Mark::Refused)
    } else if on_phone {
        Some(Mark::OnPhone)
    } else if record.is_partly_on_phone() {
        Some(Mark::AddedOnPhone)
    } else {
        None
    };
    let voided = record.is_voided().then_some(Mark::Voided);
    let current = record.current().count();
    let several = (current > 1).then_some(Mark::Finishes(current as u64));
    let corrected = (current < finishes.len()).then_some(Mark::Corrected);
    let broken = broken.then_some(Mark::Broken);
    let marks = [voided, broken, place, corrected, several];
    marks.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use doorstep_domain::event::PartName;

    use super::*;
    use crate::sample::{finish, person, record, site, subject};

    const LIN: u8 = 1;

    fn asked(filter: Filter, role: Role) -> Asked {
        Asked {
            filter,
            limit: 60,
            me: Some(person(LIN)),
            roles: vec![role],
            refused: BTreeSet::new(),
        }
    }

    fn three_days() -> SiteState {
        let mut here = finish(3, LIN, "2026-11-22T15:00");
        here.place = Place::OnPhone;
        site(vec![
            record(1, vec![finish(1, LIN, "2026-11-21T15:00")]),
            record(2, vec![finish(2, 2, "2026-11-23T15:00")]),
            record(3, vec![here]),
        ])
    }

    #[test]
    fn visits_are_listed_newest_first_and_counted_by_filter() {
        let state = three_days();
        let listing = list(&state, &asked(Filter::All, Role::Supervisor));
        let order: Vec<SubjectId> = listing.rows.iter().map(|row| row.subject).collect();
        assert_eq!(order, [2, 3, 1].map(subject));
        let counts = Filter::ALL.map(|filter| listing.count(filter));
        assert_eq!(counts, [3, 2, 2, 3, 2, 1]);
        let mine = list(&state, &asked(Filter::Mine, Role::Supervisor));
        let order: Vec<SubjectId> = mine.rows.iter().map(|row| row.subject).collect();
        assert_eq!(order, [3, 1].map(subject));
    }

    #[test]
    fn no_more_rows_than_asked_for_and_all_counted() {
        let mut few = asked(Filter::All, Role::Director);
        few.limit = 1;
        let listing = list(&three_days(), &few);
        assert_eq!((listing.rows.len(), listing.count(Filter::All)), (1, 3));
    }

    #[test]
    fn each_reader_is_offered_what_waits_for_them() {
        let offered = |role| {
            let mut filters = Filter::ALL.to_vec();
            filters.retain(|filter| filter.is_for(&[role]));
            filters
        };
        use Filter::{All, Answer, Decision, Mine, OnPhone, Opinion};
        assert_eq!(offered(Role::Steward), [All, Answer, Mine, OnPhone]);
        assert_eq!(
            offered(Role::Supervisor),
            [All, Opinion, Answer, Mine, OnPhone]
        );
        assert_eq!(
            offered(Role::Director),
            [All, Decision, Answer, Mine, OnPhone]
        );
        assert_eq!(offered(Role::Operations), [All, OnPhone]);
    }

    #[test]
    fn a_row_tells_the_first_opinion_with_words_and_what_is_to_be_marked() {
        let mut broken = finish(1, LIN, "2026-11-21T22:30");
        broken.soundness = Soundness::Broken(PartName::Ink);
        let again = finish(2, LIN, "2026-11-21T22:30");
        let state = site(vec![record(1, vec![broken, again])]);
        let listing = list(&state, &asked(Filter::All, Role::Director));
        let row = &listing.rows[0];
        let Gist::Seen { line, .. } = &row.gist else {
            panic!("the content is here")
        };
        assert_eq!(
            *line,
            Line::Opinion {
                topic: Topic::Cleaning,
                mark: None,
                text: "车库积水".into()
            }
        );
        assert_eq!(
            row.marks,
            [
                Mark::Broken,
                Mark::Finishes(2),
                Mark::Signing(SigningOutcome::Signed),
                Mark::Exception(Exception::NoAppointment),
                Mark::Exception(Exception::LateHours),
                Mark::WantsAnswer,
            ]
        );
    }

    #[test]
    fn what_is_withheld_is_told_from_what_was_erased() {
        let unseen = |n, who| {
            let mut finish = finish(n, who, "2026-11-21T15:00");
            (finish.content, finish.signing, finish.ink) = (None, None, None);
            record(n, vec![finish])
        };
        let state = site(vec![unseen(1, LIN), unseen(2, 2)]);
        let listing = list(&state, &asked(Filter::All, Role::Steward));
        let erased = |row: &Row| matches!(row.gist, Gist::Unseen { erased: true, .. });
        let told: Vec<(SubjectId, bool)> = listing
            .rows
            .iter()
            .map(|row| (row.subject, erased(row)))
            .collect();
        assert_eq!(told, [(subject(2), false), (subject(1), true)]);
        assert!(listing.rows[0].marks.is_empty());
    }

    #[test]
    fn a_refusal_is_said_instead_of_where_it_is() {
        let mut refused = asked(Filter::OnPhone, Role::Steward);
        let mark = |asked: &Asked| list(&three_days(), asked).rows[0].marks[0];
        assert_eq!(mark(&refused), Mark::OnPhone);
        refused.refused.insert(subject(3));
        assert_eq!(mark(&refused), Mark::Refused);
    }
}
