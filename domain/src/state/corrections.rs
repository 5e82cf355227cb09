//! Which of a record's revisions counts, and what was said about an earlier one that still stands.

use super::{Finish, SiteState, VisitRecord};
use crate::id::{EventId, PersonId, SubjectId};
use crate::topic::Topic;

impl SiteState {
    /// The record that the draft `draft` has become, or become a correction of.
    pub fn became(&self, draft: SubjectId) -> Option<SubjectId> {
        if self.visits.contains_key(&draft) {
            return Some(draft);
        }
        let mut records = self.visits.values();
        let event = EventId::from(draft);
        let record = records.find(|record| record.finish(event).is_some());
        record.map(|record| record.subject)
    }
}

impl VisitRecord {
    /// The revisions nothing has corrected, in the log's order; more than one when a visit was
    /// finished on two phones, or corrected on two.
    pub fn current(&self) -> impl Iterator<Item = &Finish> {
        let finishes = self.finishes.iter();
        finishes.filter(|finish| !self.is_corrected(finish.id))
    }

    /// The revision that counts: the latest correction, or where there is none the first finish.
    pub fn counted(&self) -> Option<&Finish> {
        let corrections = self.finishes.iter().rev();
        let mut corrections = corrections.filter(|it| it.fact.corrects.is_some());
        corrections.next().or_else(|| self.finishes.first())
    }

    /// Whether a later revision stands in the place of this one.
    pub fn is_corrected(&self, id: EventId) -> bool {
        let mut finishes = self.finishes.iter();
        finishes.any(|it| it.fact.corrects == Some(id))
    }

    /// `finish` and what it corrects, back to how the visit was first recorded.
    pub fn lineage<'a>(&'a self, finish: &'a Finish) -> Vec<&'a Finish> {
        let mut line = vec![finish];
        let mut last = finish;
        // No longer than there are revisions: a log that names itself in a circle ends here too.
        while line.len() <= self.finishes.len()
            && let Some(before) = last.fact.corrects.and_then(|id| self.finish(id))
        {
            line.push(before);
            last = before;
        }
        line
    }

    /// Who made the visit that `finish` tells of: who recorded it first, whoever corrected it.
    pub fn visitor(&self, finish: &Finish) -> PersonId {
        self.lineage(finish)
            .last()
            .map_or(finish.actor, |it| it.actor)
    }

    /// The revision that is event `id`.
    pub fn finish(&self, id: EventId) -> Option<&Finish> {
        self.finishes.iter().find(|it| it.id == id)
    }

    /// The revisions, from `on` back, whose words under `topic` are those of `on`: what was decided
    /// on them or answered to them stands.
    pub(super) fn alike(&self, on: EventId, topic: Topic) -> Vec<EventId> {
        let Some(finish) = self.finish(on) else {
            return vec![on];
        };
        let said = |finish: &Finish| {
            let content = finish.content.as_ref();
            content.map(|content| content.opinion(topic).cloned())
        };
        let words = said(finish);
        let line = self.lineage(finish).into_iter();
        line.take_while(|it| said(it) == words)
            .map(|it| it.id)
            .collect()
    }
}
