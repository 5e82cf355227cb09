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

#[cfg(test)]
mod tests {
    use super::super::fixture::event;
    use super::super::outbox::{ItemState, Outbox};
    use super::*;
    use crate::id::EventId;
    use crate::log::LoggedEvent;
    use crate::sync::limits::PUSH_BYTES;

    /// An outbox of events `(number, subject)` in this order.
    fn outbox(events: &[(u8, u8)]) -> Outbox {
        let mut outbox = Outbox::default();
        for (number, subject) in events {
            outbox.push(Item::fresh(event(*number, *subject)).unwrap());
        }
        outbox
    }

    fn id(number: u8) -> EventId {
        event(number, 0).open().unwrap().envelope.id
    }

    fn chosen(outbox: &Outbox, with_held: bool, room: usize) -> Vec<EventId> {
        let chosen = choose(outbox.items(), with_held, room);
        chosen.into_iter().map(|item| item.id).collect()
    }

    #[test]
    fn subjects_go_in_the_order_begun_and_each_in_its_own_order() {
        let outbox = outbox(&[(1, 1), (2, 2), (3, 1), (4, 3)]);
        assert_eq!(chosen(&outbox, true, PUSH_BYTES), [1, 3, 2, 4].map(id));
    }

    #[test]
    fn only_waiting_items_go() {
        let mut outbox = outbox(&[(1, 1), (2, 2), (3, 3)]);
        outbox.mark(id(2), ItemState::Received { seq: 7 });
        assert_eq!(chosen(&outbox, true, PUSH_BYTES), [1, 3].map(id));
    }

    #[test]
    fn what_was_put_off_comes_last_and_takes_its_followers_along() {
        let mut outbox = outbox(&[(1, 1), (2, 2), (3, 1), (4, 3)]);
        outbox.hold(id(1), 9);
        outbox.hold(id(2), 8);
        assert_eq!(chosen(&outbox, false, PUSH_BYTES), [4].map(id));
        // 3 waits behind 1; 2 was put off before 1.
        assert_eq!(chosen(&outbox, true, PUSH_BYTES), [4, 2, 1, 3].map(id));
    }

    #[test]
    fn a_hundred_items_go_at_most() {
        let many: Vec<(u8, u8)> = (0..=100).map(|number| (number, number)).collect();
        let outbox = outbox(&many);
        let first: Vec<EventId> = (0..100).map(id).collect();
        assert_eq!(chosen(&outbox, true, PUSH_BYTES), first);
    }

    #[test]
    fn what_does_not_fit_waits_and_lets_others_pass_but_not_its_followers() {
        let outbox = outbox(&[(1, 1), (2, 2), (3, 2), (4, 3)]);
        let room = outbox.items()[0].bytes() + outbox.items()[3].bytes();
        assert_eq!(chosen(&outbox, true, room), [1, 2].map(id));
        // One goes however little room there is.
        assert_eq!(chosen(&outbox, true, 0), [1].map(id));
    }

    #[test]
    fn rows_put_back_go_before_the_rest_and_once() {
        let mut outbox = outbox(&[(3, 1), (4, 2)]);
        let row = |number, seq| LoggedEvent {
            seq,
            received_at: 0,
            event: event(number, 1),
        };
        outbox.put_back(vec![row(1, 5), row(3, 6)]);
        let ids: Vec<EventId> = outbox.items().iter().map(|item| item.id).collect();
        assert_eq!(ids, [1, 3, 4].map(id));
        assert_eq!(chosen(&outbox, true, PUSH_BYTES), [4].map(id));
    }

    #[test]
    fn no_event_travels_in_more_bytes_than_it_is_counted_for_nor_in_far_fewer() {
        let made = event(1, 1);
        let mut awkward = made.clone();
        let part = awkward.parts.values_mut().next().unwrap();
        if let crate::event::PartState::Present(part) = part {
            part.body = serde_json::to_string(&"\"\\\u{1}业\n".repeat(99)).unwrap();
        }
        // Nothing but what takes two bytes for each.
        let mut worst = made.clone();
        worst.envelope = "\"".repeat(9_000);
        let part = worst.parts.values_mut().next().unwrap();
        if let crate::event::PartState::Present(part) = part {
            part.body = "\\".repeat(9_000);
        }
        for (event, spare) in [(made, 1_000), (awkward, 3_000), (worst, 200)] {
            let sent = serde_json::to_vec(&event).unwrap().len();
            let mut item = Item::fresh(self::event(1, 1)).unwrap();
            item.event = event;
            let counted = item.bytes();
            assert!(sent <= counted, "{sent} > {counted}");
            assert!(counted <= sent + spare, "{counted} > {sent} + {spare}");
        }
    }

    #[test]
    fn only_what_waits_is_put_off() {
        let mut outbox = outbox(&[(1, 1), (2, 2)]);
        assert!(!outbox.holds_any());
        outbox.hold(id(1), 9);
        assert!(outbox.holds_any());
        outbox.mark(id(1), ItemState::Received { seq: 7 });
        assert!(!outbox.holds_any());
    }
}
