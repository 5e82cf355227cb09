//! The office's copy of a draft, for its author alone: whoever loses the phone in the middle of a
//! visit goes on with it on another. Not the draft itself, which is the phone's and which the
//! office does not read.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::hash::Hash;
use crate::id::{SiteId, SubjectId};
use crate::time::UnixMs;

/// Most bytes of a request that brings a draft (1 MiB): the longest notes and signature there can
/// be, as a text inside a text.
pub const DRAFT_BYTES: usize = 1 << 20;
/// Most drafts kept of one person.
pub const DRAFTS_MAX: usize = 50;
/// Milliseconds after its last saving when a copy is dropped (62 days): a visit that was not
/// finished within the month after its own is not going to be, and what was said at the door is
/// not kept without need (PIPL 19).
pub const KEPT_MS: UnixMs = 62 * 24 * 60 * 60 * 1_000;

/// `PUT /api/v1/drafts/{subject}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DraftPut {
    /// The site of the visit.
    pub site: SiteId,
    /// The draft as the phone keeps it; the office does not look into it.
    pub body: String,
}

/// A draft that is kept, without what is in it; also the answer to a `PUT`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DraftEntry {
    /// The record's id, minted when the visit was begun.
    pub subject: SubjectId,
    /// The site of the visit.
    pub site: SiteId,
    /// Which saving it is: greater with each, never used twice, with holes. Its entity tag (RFC
    /// 9110 §8.8.3) is this number in quotation marks.
    pub revision: i64,
    /// Server time of saving.
    pub saved_at: UnixMs,
    /// The device that saved it.
    pub device: Hash,
}

/// The answer to `GET /api/v1/drafts`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Drafts {
    /// The asker's own, the latest first.
    pub drafts: Vec<DraftEntry>,
}

/// The answer to `GET /api/v1/drafts/{subject}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DraftCopy {
    /// Which, of when.
    pub entry: DraftEntry,
    /// The draft as the phone kept it.
    pub body: String,
}

impl DraftEntry {
    /// The revision that follows `before` at `now`: the time where that is greater, so that none
    /// is used again after a draft was dropped.
    pub fn next_revision(before: Option<i64>, now: UnixMs) -> i64 {
        before.map_or(now, |before| now.max(before.saturating_add(1)))
    }
}

/// A draft on the phone that asks what is to be done about the copies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HereDraft {
    /// The record it will become.
    pub subject: SubjectId,
    /// As it is now, this phone has copied it.
    pub is_copied: bool,
}

/// What a phone does about one copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CopyStep {
    /// Saves the draft.
    Save {
        /// Which.
        subject: SubjectId,
        /// Over the copy of this revision; `None` for the first.
        over: Option<i64>,
    },
    /// Drops the copy of a draft that was thrown away here.
    Drop {
        /// Which.
        subject: SubjectId,
        /// The copy's revision.
        revision: i64,
    },
}

/// How a phone's drafts and the office's copies of them compare.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Comparison {
    /// What this phone does.
    pub steps: Vec<CopyStep>,
    /// Copies by another phone of drafts that are here too: a person decides which goes on.
    pub taken: Vec<DraftEntry>,
    /// Copies by another phone of drafts that are not here: they can be taken over.
    pub elsewhere: Vec<DraftEntry>,
}

/// Compares the drafts of `device` with the copies. What became an event that the office has not
/// received yet (`finished`) keeps its copy until it has: until then the copy is all there is
/// beside this phone.
pub fn compare(
    device: &Hash,
    here: &[HereDraft],
    finished: &BTreeSet<SubjectId>,
    copies: &[DraftEntry],
) -> Comparison {
    let mut comparison = Comparison::default();
    for draft in here {
        let subject = draft.subject;
        match copies.iter().find(|copy| copy.subject == subject) {
            Some(copy) if copy.device != *device => comparison.taken.push(copy.clone()),
            Some(_) if draft.is_copied => {}
            copy => comparison.steps.push(CopyStep::Save {
                subject,
                over: copy.map(|copy| copy.revision),
            }),
        }
    }
    let is_here = |copy: &&DraftEntry| here.iter().any(|draft| draft.subject == copy.subject);
    for copy in copies.iter().filter(|copy| !is_here(copy)) {
        if finished.contains(&copy.subject) {
            continue;
        }
        if copy.device == *device {
            comparison.steps.push(CopyStep::Drop {
                subject: copy.subject,
                revision: copy.revision,
            });
        } else {
            comparison.elsewhere.push(copy.clone());
        }
    }
    comparison
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::sha256;

    fn subject(n: u8) -> SubjectId {
        SubjectId::mint(u64::from(n), &[n; 10])
    }

    fn copy(n: u8, by: &[u8]) -> DraftEntry {
        DraftEntry {
            subject: subject(n),
            site: SiteId::mint(1, &[9; 10]),
            revision: i64::from(n) * 100,
            saved_at: 1,
            device: sha256(by),
        }
    }

    fn draft(n: u8, is_copied: bool) -> HereDraft {
        HereDraft {
            subject: subject(n),
            is_copied,
        }
    }

    #[test]
    fn a_phone_saves_what_changed_and_drops_what_was_thrown_away() {
        let here = [draft(1, false), draft(2, false), draft(3, true)];
        let copies = [copy(2, b"me"), copy(3, b"me"), copy(4, b"me")];
        let found = compare(&sha256(b"me"), &here, &BTreeSet::new(), &copies);
        let save = |n, over| CopyStep::Save {
            subject: subject(n),
            over,
        };
        let drop = CopyStep::Drop {
            subject: subject(4),
            revision: 400,
        };
        assert_eq!(found.steps, [save(1, None), save(2, Some(200)), drop]);
        assert_eq!((found.taken, found.elsewhere), (vec![], vec![]));
    }

    #[test]
    fn a_copy_that_the_office_lost_is_saved_again() {
        let found = compare(&sha256(b"me"), &[draft(1, true)], &BTreeSet::new(), &[]);
        assert_eq!(found.steps.len(), 1);
    }

    #[test]
    fn another_phones_copies_are_never_touched() {
        let copies = [copy(1, b"other"), copy(2, b"other")];
        let here = [draft(1, false)];
        let found = compare(&sha256(b"me"), &here, &BTreeSet::new(), &copies);
        assert_eq!(found.steps, []);
        assert_eq!(found.taken, [copy(1, b"other")]);
        assert_eq!(found.elsewhere, [copy(2, b"other")]);
    }

    #[test]
    fn a_finished_visit_keeps_its_copy_until_the_office_has_it() {
        let copies = [copy(1, b"me"), copy(2, b"other")];
        let finished = BTreeSet::from([subject(1), subject(2)]);
        let found = compare(&sha256(b"me"), &[], &finished, &copies);
        assert_eq!(found, Comparison::default());
    }

    #[test]
    fn a_revision_is_greater_than_the_one_before_whatever_the_clock_does() {
        assert_eq!(DraftEntry::next_revision(None, 70), 70);
        assert_eq!(DraftEntry::next_revision(Some(70), 90), 90);
        assert_eq!(DraftEntry::next_revision(Some(70), 70), 71);
        assert_eq!(DraftEntry::next_revision(Some(70), 3), 71);
    }
}
