//! The fold of the office's phrases.

use super::{Place, SiteState, upsert};
use crate::erasure::Erasure;
use crate::event::{Opened, PartName};
use crate::id::{EventId, SubjectId};
use crate::phrase::{PhraseFact, PhraseText};
use crate::topic::Topic;

/// One entry of a phrase: it was put on the list, changed or taken off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhraseEntry {
    /// The event.
    pub id: EventId,
    /// Where it is.
    pub place: Place,
    /// Under which topic, and whether it is on the list.
    pub fact: PhraseFact,
    /// The phrase; `None` when withheld or erased.
    pub text: Option<String>,
}

/// A phrase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phrase {
    /// Its entries in the log's order, never none; the last one holds.
    pub entries: Vec<PhraseEntry>,
    /// Events nothing about this phrase came after yet.
    pub heads: Vec<EventId>,
}

/// A phrase that is on the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Which.
    pub subject: SubjectId,
    /// Under which topic it is offered; `None` for all.
    pub topic: Option<Topic>,
    /// What it says.
    pub text: String,
}

impl Phrase {
    fn listed(&self, subject: SubjectId) -> Option<Listed> {
        let entry = self.entries.last().filter(|entry| entry.fact.listed)?;
        Some(Listed {
            subject,
            topic: entry.fact.topic,
            text: entry.text.clone()?,
        })
    }
}

impl SiteState {
    /// The list, in the order of topics, those for all last; of one topic in the order added.
    pub fn listed_phrases(&self) -> Vec<Listed> {
        let phrases = self.phrases.iter();
        let mut listed: Vec<Listed> = phrases
            .filter_map(|(subject, phrase)| phrase.listed(*subject))
            .collect();
        listed.sort_by_key(|it| (it.topic.is_none(), it.topic, it.subject));
        listed
    }

    /// What is offered under `topic`: its own first, then what is for all.
    pub fn phrases_for(&self, topic: Topic) -> Vec<Listed> {
        let mut listed = self.listed_phrases();
        listed.retain(|it| it.topic.is_none_or(|own| own == topic));
        listed
    }

    pub(super) fn apply_phrase(&mut self, opened: &Opened<'_>, place: Place) -> Option<()> {
        let text: Option<PhraseText> = opened.body(PartName::Content).ok()?;
        let entry = PhraseEntry {
            id: opened.envelope.id,
            place,
            fact: opened.body(PartName::Fact).ok()??,
            text: text.map(|it| it.text),
        };
        let phrase = self
            .phrases
            .entry(opened.envelope.subject)
            .or_insert_with(|| Phrase {
                entries: Vec::new(),
                heads: Vec::new(),
            });
        upsert(
            &mut phrase.entries,
            entry,
            |entry| entry.id,
            |entry| entry.place,
        );
        Some(())
    }

    /// Takes an erased text out of a phrase.
    pub(super) fn erase_phrase(&mut self, subject: SubjectId, erasure: &Erasure) {
        if !erasure.parts.contains(&PartName::Content) {
            return;
        }
        let phrase = self.phrases.get_mut(&subject);
        let entries = phrase.into_iter().flat_map(|phrase| &mut phrase.entries);
        let erased = entries.filter(|entry| entry.id == erasure.event);
        erased.for_each(|entry| entry.text = None);
    }
}
