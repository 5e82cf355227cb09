//! The course of a record (经过): what has happened to it by the clock, and what it waits for.
//! Not the fold, which is [`crate::state`], and no words.

use crate::id::{EventId, PersonId};
use crate::policy::Role;
use crate::review::Verdict;
use crate::state::{Addition, Finish, Place, Soundness, VisitRecord};
use crate::time::{SiteTime, UnixMs};
use crate::topic::Topic;
use crate::visit::{Outcome, SigningOutcome};

/// Who did something, and in which role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Actor {
    /// The person.
    pub person: PersonId,
    /// The role they acted in.
    pub role: Role,
}

/// One step of a record's course.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// The event it comes from; a visit's finish and its arrival share one.
    pub event: EventId,
    /// When: device time, of an arrival the server's.
    pub at: UnixMs,
    /// Whether the office has not received it yet.
    pub on_phone: bool,
    /// What happened.
    pub what: Happening,
}

/// What happened to a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Happening {
    /// The visit was finished on a phone, and sealed there where somebody was met.
    Finished {
        /// The visitor.
        by: Actor,
        /// How the visit ended.
        outcome: Outcome,
        /// How the owner's page ended; `None` when nobody was met, or withheld.
        signing: Option<SigningOutcome>,
        /// Whether it carries a seal.
        sealed: bool,
    },
    /// The record was corrected by a further revision.
    Corrected {
        /// By whom.
        by: Actor,
        /// How the owner's page ended; `None` when nobody was met, or withheld.
        signing: Option<SigningOutcome>,
        /// Whether it carries a seal.
        sealed: bool,
    },
    /// The office received it.
    Received {
        /// Whether it is as it was signed; `None` where there is no seal.
        intact: Option<bool>,
    },
    /// An opinion on the record was written (R3.8).
    OpinionWritten {
        /// By whom.
        by: Actor,
    },
    /// One of the owner's opinions was decided on (R3.9).
    Decided {
        /// By whom.
        by: Actor,
        /// Which opinion.
        topic: Topic,
        /// Adopted or not.
        verdict: Verdict,
    },
    /// An owner was given an answer (R3.10).
    Answered {
        /// Who wrote it down.
        by: Actor,
        /// To which opinion.
        topic: Topic,
    },
    /// The record was voided.
    Voided {
        /// By whom.
        by: Actor,
    },
}

/// What a record waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Awaited {
    /// To be received by the office.
    Receipt,
    /// The supervisor's opinion (R3.8).
    Opinion,
    /// The director's decision on so many opinions (R3.9).
    Decisions(u64),
    /// So many answers to the owner (R3.10).
    Answers(u64),
}

/// Everything that happened to `record`, earliest first. Steps of the same moment keep the order
/// finished, received, opinion, decision, answer, voided.
pub fn course(record: &VisitRecord) -> Vec<Step> {
    let finished = record.finishes.iter().map(finished);
    let received = record.finishes.iter().filter_map(received);
    let opinions = record.opinions.iter();
    let opinions = opinions.map(|it| added(it, Happening::OpinionWritten { by: Actor::of(it) }));
    let decisions = record.decisions.iter().map(|decided| {
        let what = Happening::Decided {
            by: Actor::of(&decided.addition),
            topic: decided.decision.topic,
            verdict: decided.decision.verdict,
        };
        added(&decided.addition, what)
    });
    let answers = record.answers.iter().map(|answered| {
        let what = Happening::Answered {
            by: Actor::of(&answered.addition),
            topic: answered.given.topic,
        };
        added(&answered.addition, what)
    });
    let voided = record.voided.iter();
    let voided = voided.map(|it| added(it, Happening::Voided { by: Actor::of(it) }));
    let all = finished.chain(received).chain(opinions);
    let all = all.chain(decisions).chain(answers);
    let mut steps: Vec<Step> = all.chain(voided).collect();
    steps.sort_by_key(|step| step.at);
    steps
}

/// What `record` waits for, in the office's order; nothing when it is voided or has not arrived.
pub fn awaited(record: &VisitRecord) -> Vec<Awaited> {
    if record.is_voided() || record.finishes.is_empty() {
        return Vec::new();
    }
    if !record.is_received() {
        return vec![Awaited::Receipt];
    }
    let opinion = record.awaits_opinion().then_some(Awaited::Opinion);
    let decisions = match record.awaited_decisions() {
        0 => None,
        n => Some(Awaited::Decisions(n)),
    };
    let answers = match record.follow_ups().len() {
        0 => None,
        n => Some(Awaited::Answers(n as u64)),
    };
    let reviewed = opinion.into_iter().chain(decisions);
    reviewed.chain(answers).collect()
}

impl VisitRecord {
    /// Whether the office has the finish that counts: the ground of every review.
    pub fn is_received(&self) -> bool {
        let counted = self.counted();
        counted.is_some_and(|finish| finish.place != Place::OnPhone)
    }

    /// Whether the supervisor's opinion is due (R3.8). **Reading**: on visits where somebody was
    /// met; on others one may be written, and none is asked for.
    pub fn awaits_opinion(&self) -> bool {
        let contact = self.contact();
        self.is_received() && contact.is_some_and(|finish| self.opinion(finish.id).is_none())
    }

    /// How many opinions of the owner's wait for the director (R3.9). A second finish was not
    /// seen by a decision on the first, so that its opinions wait for themselves; what was
    /// corrected waits for nothing.
    pub fn awaited_decisions(&self) -> u64 {
        if self.is_voided() || !self.is_received() {
            return 0;
        }
        let received = self.current().filter(|it| it.place != Place::OnPhone);
        received.map(|it| self.undecided(it).len() as u64).sum()
    }

    /// Whether the office has not received a finish of it, or something added to it.
    pub fn is_partly_on_phone(&self) -> bool {
        let decided = self.decisions.iter().map(|decided| &decided.addition);
        let answered = self.answers.iter().map(|answered| &answered.addition);
        let added = self.opinions.iter().chain(&self.voided).chain(decided);
        let mut added = added.chain(answered);
        self.finishes.iter().any(|it| it.place == Place::OnPhone)
            || added.any(|it| it.place == Place::OnPhone)
    }
}

impl Finish {
    /// When the visit began; where that is withheld, the moment of finishing stands in.
    pub fn when(&self) -> SiteTime {
        let content = self.content.as_ref();
        content.map_or(self.at, |content| content.started_at)
    }
}

impl Actor {
    fn of(addition: &Addition) -> Self {
        Self {
            person: addition.actor,
            role: addition.role,
        }
    }
}

fn finished(finish: &Finish) -> Step {
    let by = Actor {
        person: finish.actor,
        role: finish.role,
    };
    let signing = finish.signing.as_ref().map(|signing| signing.outcome);
    let sealed = finish.seal.is_some();
    let what = match finish.fact.corrects {
        None => Happening::Finished {
            by,
            outcome: finish.fact.outcome,
            signing,
            sealed,
        },
        Some(_) => Happening::Corrected {
            by,
            signing,
            sealed,
        },
    };
    Step {
        event: finish.id,
        at: finish.at.unix_ms(),
        on_phone: finish.place == Place::OnPhone,
        what,
    }
}

fn received(finish: &Finish) -> Option<Step> {
    let Place::Received { at, .. } = finish.place else {
        return None;
    };
    let intact = finish.soundness == Soundness::Sound;
    Some(Step {
        event: finish.id,
        at,
        on_phone: false,
        what: Happening::Received {
            intact: finish.seal.map(|_| intact),
        },
    })
}

fn added(addition: &Addition, what: Happening) -> Step {
    Step {
        event: addition.id,
        at: addition.at.unix_ms(),
        on_phone: addition.place == Place::OnPhone,
        what,
    }
}
