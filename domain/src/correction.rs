//! Correcting a sealed record: nothing sealed is changed, a further revision is added that says
//! why, stands in the place of the one it corrects, and is put before the owner like the first.
//! What a record's revisions come to is [`crate::state`]'s to fold.

use serde::{Deserialize, Serialize};

use crate::draft::Visitor;
use crate::id::{EventId, SubjectId};
use crate::time::SiteTime;
use crate::topic::Topic;
use crate::visit::{Opinion, VisitContent};

/// What the draft of a correction keeps of the revision it corrects. The draft's own id is that of
/// the event it becomes, so that it is known for finished wherever the event is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correcting {
    /// The record.
    pub record: SubjectId,
    /// The revision that is corrected.
    pub corrects: EventId,
    /// Who visited: whoever corrects a record was not at the door.
    pub visitor: Visitor,
    /// When the visit began, as that revision has it.
    pub started_at: SiteTime,
    /// When it ended, as that revision has it.
    pub ended_at: SiteTime,
    /// Why it is corrected, as typed.
    pub why: String,
}

impl Correcting {
    /// When the visit ended, if it began at `started_at`: a visit that is moved lasts as long as it
    /// did.
    pub fn ends_at(&self, started_at: SiteTime) -> SiteTime {
        if started_at == self.started_at {
            return self.ended_at;
        }
        let lasted = self.ended_at.unix_ms() - self.started_at.unix_ms();
        let ends = SiteTime::at(started_at.unix_ms() + lasted, started_at.offset_minutes());
        ends.unwrap_or(started_at)
    }
}

/// What a correction changed of the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Changed {
    /// Who was met, or who that is to the household.
    Met,
    /// From when to when.
    Time,
    /// Way of visiting.
    Way,
    /// What was agreed beforehand.
    Agreed,
    /// What for.
    Purpose,
    /// How it ended.
    Outcome,
    /// The reason R3.6 asks for.
    Reason,
    /// What was heard under a topic.
    Opinion(Topic),
    /// The conclusion.
    Conclusion,
    /// Whether it is reported to operations.
    Report,
}

/// What differs from `before` in `after`, in the form's order. The language of either is not told:
/// it is the reader's.
pub fn changes(before: &VisitContent, after: &VisitContent) -> Vec<Changed> {
    let differs = [
        (
            Changed::Met,
            (&before.met, before.relation) != (&after.met, after.relation),
        ),
        (Changed::Time, times(before) != times(after)),
        (Changed::Way, before.way != after.way),
        (Changed::Agreed, before.agreed != after.agreed),
        (Changed::Purpose, before.purpose != after.purpose),
        (Changed::Outcome, before.outcome != after.outcome),
        (Changed::Reason, before.reason != after.reason),
    ];
    let topics = Topic::ALL.into_iter();
    let opinions = topics.filter(|topic| before.opinion(*topic) != after.opinion(*topic));
    let closing = [
        (Changed::Conclusion, before.conclusion != after.conclusion),
        (
            Changed::Report,
            before.report_to_operations != after.report_to_operations,
        ),
    ];
    let told = |(what, differs): (Changed, bool)| differs.then_some(what);
    let head = differs.into_iter().filter_map(told);
    let foot = closing.into_iter().filter_map(told);
    head.chain(opinions.map(Changed::Opinion))
        .chain(foot)
        .collect()
}

fn times(content: &VisitContent) -> [Option<SiteTime>; 3] {
    let (began, ended) = (content.started_at, content.ended_at);
    [content.arrived_at, Some(began), Some(ended)]
}

impl VisitContent {
    /// What was heard under `topic`.
    pub fn opinion(&self, topic: Topic) -> Option<&Opinion> {
        self.opinions.iter().find(|opinion| opinion.topic == topic)
    }
}
