//! Handing in without a log-in: what goes, and what an answer makes of the outbox. Sending it is
//! the app's, at a person's wish: it is for whoever cannot log in any more.

use super::outbox::Item;
use super::{ItemState, OutboxChange, SavedItem};
use crate::event::{Event, envelope_hash};
use crate::hash::Hash;
use crate::sync::limits::{PUSH_BYTES, PUSH_MAX};
use crate::sync::wire::DepositReply;

/// The next events to hand in: those that `device` signed and the office has not, in order, as
/// many as one request takes. Empty when there are none left.
pub fn to_deposit(outbox: &[SavedItem], device: &Hash) -> Vec<Event> {
    let mut left = PUSH_BYTES;
    let mut chosen = Vec::new();
    let items = outbox.iter().cloned().map(Item::read).filter(|item| {
        let only_here = matches!(item.state, ItemState::Waiting | ItemState::Refused { .. });
        only_here && item.key.is_some_and(|key| key.device == *device)
    });
    for item in items {
        let fits = item.bytes() <= left || chosen.is_empty();
        if chosen.len() == PUSH_MAX || !fits {
            break;
        }
        left = left.saturating_sub(item.bytes());
        chosen.push(item.event);
    }
    chosen
}

/// What the answer changes: items whose very bytes the office keeps are deposited. All others stay
/// as they are.
pub fn deposited(outbox: &[SavedItem], reply: &DepositReply) -> Vec<OutboxChange> {
    let kept = |item: &&SavedItem| {
        let hash = envelope_hash(&item.event.envelope);
        let mut kept = reply.kept.iter();
        kept.any(|kept| kept.id == item.id && kept.envelope_hash == hash)
    };
    let state = ItemState::Deposited { at: reply.now };
    let items = outbox.iter().filter(kept);
    items
        .map(|item| OutboxChange::Mark(item.id, state.clone()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{device, event, hash_of, id, site};
    use super::super::{Engine, Identity, Input, Moment, Saved};
    use super::*;
    use crate::hash::sha256;
    use crate::sync::wire::{Kept, Params, RefusalCode};

    fn item(number: u8, state: ItemState) -> SavedItem {
        SavedItem {
            id: id(number),
            event: event(number, number),
            state,
        }
    }

    fn refused() -> ItemState {
        ItemState::Refused {
            code: RefusalCode::NotAuthorised,
            params: Params::new(),
        }
    }

    fn reply(kept: &[(u8, Hash)]) -> DepositReply {
        let kept = kept.iter().map(|(number, envelope_hash)| Kept {
            id: id(*number),
            site: site(),
            envelope_hash: *envelope_hash,
            logged: false,
        });
        DepositReply {
            now: 77,
            kept: kept.collect(),
            refused: Vec::new(),
        }
    }

    #[test]
    fn what_is_only_here_and_signed_here_is_handed_in() {
        let outbox = [
            item(1, ItemState::Waiting),
            item(2, ItemState::Received { seq: 4 }),
            item(3, refused()),
            item(4, ItemState::Deposited { at: 1 }),
        ];
        let expected = [event(1, 1), event(3, 3)];
        assert_eq!(to_deposit(&outbox, &device()), expected);
        assert_eq!(to_deposit(&outbox, &sha256(b"another phone")), []);
        let many = vec![item(1, ItemState::Waiting); PUSH_MAX + 1];
        assert_eq!(to_deposit(&many, &device()).len(), PUSH_MAX);
    }

    #[test]
    fn only_the_very_bytes_that_the_office_keeps_are_deposited() {
        let outbox = [item(1, ItemState::Waiting), item(2, ItemState::Waiting)];
        let changes = deposited(&outbox, &reply(&[(1, hash_of(1)), (2, hash_of(1))]));
        let mark = OutboxChange::Mark(id(1), ItemState::Deposited { at: 77 });
        assert_eq!(changes, [mark]);
    }

    #[test]
    fn what_was_deposited_is_shown_and_offered_again_only_at_a_persons_wish() {
        let outbox = vec![item(1, ItemState::Waiting), item(2, refused())];
        let identity = Identity {
            organisation: super::super::fixture::organisation(),
            device: device(),
            build: "test".into(),
        };
        let saved = Saved {
            outbox: outbox.clone(),
            ..Saved::default()
        };
        let mut engine = Engine::new(identity, saved);
        let changes = deposited(&outbox, &reply(&[(1, hash_of(1)), (2, hash_of(2))]));
        engine.step(Moment::default(), Input::Deposited(changes));
        let status = engine.status();
        assert_eq!((status.unsent, status.deposited), (0, 2));
        let pushed = |engine: &mut Engine, input| {
            let effects = engine.step(Moment::default(), input);
            let mut sent = effects.into_iter().filter_map(|effect| match effect {
                super::super::Effect::Send { request, .. } => Some(request.push.len()),
                _ => None,
            });
            sent.next()
        };
        assert_eq!(pushed(&mut engine.clone(), Input::Started), Some(0));
        assert_eq!(pushed(&mut engine, Input::Retry(id(2))), Some(1));
        assert_eq!(engine.status().deposited, 1);
    }
}
