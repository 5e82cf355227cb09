//! Which waiting items go into the next request. Not when it is sent.

use std::collections::BTreeMap;

use super::outbox::Item;
use crate::id::{SiteId, SubjectId};
use crate::sync::limits::PUSH_MAX;

/// Chooses waiting items within the limits of one request. Items about one subject keep their
/// order and none overtakes another. Subjects put off before come after all others, the longest
/// put off first, so that no number of them blocks the rest; only when `with_held`.
pub(super) fn choose(items: &[Item], with_held: bool, room: usize) -> Vec<&Item> {
    let mut subjects: BTreeMap<(SiteId, SubjectId), Vec<&Item>> = BTreeMap::new();
    let mut first_seen = Vec::new();
    for item in items.iter().filter(|item| item.is_waiting()) {
        let Some(key) = item.key else { continue };
        let subject = subjects.entry((key.site, key.subject)).or_default();
        if subject.is_empty() {
            first_seen.push((key.site, key.subject));
        }
        subject.push(item);
    }
    let mut in_turn: Vec<Vec<&Item>> = first_seen
        .iter()
        .filter_map(|subject| subjects.remove(subject))
        .filter(|subject| with_held || put_off(subject).is_none())
        .collect();
    // Stable: subjects put off equally long stay in the outbox's order.
    in_turn.sort_by_key(|subject| put_off(subject));
    within(in_turn, room)
}

/// The request after which anything about the subject was last put off.
fn put_off(subject: &[&Item]) -> Option<u64> {
    subject.iter().filter_map(|item| item.held).max()
}

fn within(subjects: Vec<Vec<&Item>>, room: usize) -> Vec<&Item> {
    let mut chosen = Vec::new();
    let mut left = room;
    for subject in subjects {
        for item in subject {
            // One item always goes, however large: somebody must say that it is too large.
            let fits = item.bytes() <= left || chosen.is_empty();
            if chosen.len() == PUSH_MAX || !fits {
                break;
            }
            left = left.saturating_sub(item.bytes());
            chosen.push(item);
        }
    }
    chosen
}
