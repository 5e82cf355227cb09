//! The fold of answers, and who still waits for one (R3.10).

use chrono::NaiveDate;

use super::{Addition, Finish, Place, SiteState, VisitRecord, addition_of_words, upsert};
use crate::event::{Opened, PartName};
use crate::follow_up::{Answer, AnswerGiven, due_on};
use crate::id::{EventId, PersonId};
use crate::topic::Topic;

/// The answer an owner was given to one opinion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// To which opinion, how and when.
    pub given: AnswerGiven,
    /// What was done; `None` when withheld or erased, empty when nothing was noted.
    pub measure: Option<String>,
    /// Who wrote it down, when, where, and what the owner was told.
    pub addition: Addition,
}

/// An opinion whose owner waits for an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FollowUp<'a> {
    /// The record that holds it.
    pub record: &'a VisitRecord,
    /// Its finish.
    pub finish: &'a Finish,
    /// Which of its opinions.
    pub topic: Topic,
    /// The last day on which an answer is in time.
    pub due: NaiveDate,
}

impl FollowUp<'_> {
    /// Who owes the answer. **Reading** of R3.10: the visitor.
    pub fn responsible(&self) -> PersonId {
        self.record.visitor(self.finish)
    }
}

impl VisitRecord {
    /// Answers given to the opinion on `topic` of the revision `on`, in the log's order; those to
    /// an earlier revision are among them where the words are the same.
    pub fn answers(&self, on: EventId, topic: Topic) -> impl Iterator<Item = &Answered> {
        let alike = self.alike(on, topic);
        let about = move |it: &&Answered| alike.contains(&it.given.on) && it.given.topic == topic;
        self.answers.iter().filter(about)
    }

    /// The opinions whose owner asked for an answer and has none, in the regulation's order; none
    /// of a record that is voided. One that only this phone has is among them: what was promised
    /// at the door is owed from then on.
    pub fn follow_ups(&self) -> Vec<FollowUp<'_>> {
        let Some(finish) = self.contact() else {
            return Vec::new();
        };
        let opinions = finish.content.iter().flat_map(|content| &content.opinions);
        let waits = |topic| self.answers(finish.id, topic).next().is_none();
        let topics = opinions.filter(|opinion| opinion.wants_answer && waits(opinion.topic));
        let due = due_on(finish.fact.date);
        let of = |topic| FollowUp {
            record: self,
            finish,
            topic,
            due,
        };
        topics.map(|opinion| of(opinion.topic)).collect()
    }
}

impl SiteState {
    /// Every opinion of the site whose owner waits for an answer, what is due first before.
    pub fn follow_ups(&self) -> Vec<FollowUp<'_>> {
        let records = self.visits.values();
        let mut waiting: Vec<FollowUp<'_>> = records.flat_map(VisitRecord::follow_ups).collect();
        waiting.sort_by_key(|it| (it.due, it.record.subject, it.topic));
        waiting
    }

    pub(super) fn apply_answer(&mut self, opened: &Opened<'_>, place: Place) -> Option<()> {
        let given: AnswerGiven = opened.body(PartName::Fact).ok()??;
        let answer: Option<Answer> = opened.body(PartName::Content).ok()?;
        let (measure, text) = answer.map(|it| (it.measure, it.text)).unzip();
        let mut addition = addition_of_words(opened, place, given.on, text);
        addition.adopted = self.adoption(opened, place);
        let answered = Answered {
            given,
            measure,
            addition,
        };
        let list = &mut self.record(opened).answers;
        upsert(list, answered, |it| it.addition.id, |it| it.addition.place);
        Some(())
    }
}
