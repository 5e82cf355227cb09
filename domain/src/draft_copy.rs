//! The office's copy of a draft, for its author alone: whoever loses the phone in the middle of a
//! visit goes on with it on another. Not the draft itself, which is the phone's and which the
//! office does not read.

use serde::{Deserialize, Serialize};

use crate::hash::Hash;
use crate::id::{SiteId, SubjectId};
use crate::time::UnixMs;

/// Most bytes of a request that brings a draft (1 MiB): the longest notes and signature there can
/// be, as a text inside a text.
pub const DRAFT_BYTES: usize = 1 << 20;
/// Most drafts kept of one person.
pub const DRAFTS_MAX: usize = 50;

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_revision_is_greater_than_the_one_before_whatever_the_clock_does() {
        assert_eq!(DraftEntry::next_revision(None, 70), 70);
        assert_eq!(DraftEntry::next_revision(Some(70), 90), 90);
        assert_eq!(DraftEntry::next_revision(Some(70), 70), 71);
        assert_eq!(DraftEntry::next_revision(Some(70), 3), 71);
    }
}
